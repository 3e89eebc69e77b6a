//! The ensemble's rows as points, and the paper's.

use std::collections::BTreeMap;

use record::ensemble::{Crops, ErrorRow, Gain, GainRow, MemberRow, UNMODIFIED, best_on_held_out};
use record::statistics::{extremes, mean};

use crate::point::Point;
use crate::reported::Reported;

/// What panels, tables and claims are about. "One network" is each of them, its number in the place of a seed: the
/// interval is Student's t over networks.
pub fn points(members: &[MemberRow], errors: &[ErrorRow], gains: &[GainRow]) -> Vec<Point> {
    let mut points = Vec::new();
    for row in errors {
        for who in names(row, members) {
            points.extend(of_error(&who, row));
        }
    }
    let alone: Vec<(u64, &ErrorRow)> = errors.iter().filter_map(of_member).collect();
    points.extend(alone.iter().flat_map(|(member, row)| of_one(*member, row, members.len())));
    points.extend(of_best(errors, members));
    points.extend(over_networks(errors));
    points.extend(against_unmodified(errors));
    let of_several = gains_of_several(members.len(), &alone, errors);
    let is_missing = |gain: &&GainRow| !of_several.iter().any(|of| of.series == gain.gain.name());
    points.extend(gains.iter().filter(is_missing).flat_map(of_gain));
    points.extend(of_several);
    points
}

/// The number of the network that a row is of, if it is of one.
fn of_member(row: &ErrorRow) -> Option<(u64, &ErrorRow)> {
    Some((row.networks.parse().ok()?, row))
}

/// A network as one of several; alone it keeps the interval over images.
fn of_one(member: u64, row: &ErrorRow, members: usize) -> Vec<Point> {
    let as_seed = |point: Point| Point {
        seed: member,
        interval: point.interval.filter(|_| members == 1),
        ..point
    };
    of_error("one network", row).into_iter().map(as_seed).collect()
}

/// How "one network" looks, and how many look, before and after a gain.
const GAINS: [(Gain, Crops, bool, Crops); 5] = [
    (Gain::MultiCrop, Crops::One, false, Crops::OneHundredFortyFour),
    (Gain::MeanOverMaximum, Crops::GreatestOf144, false, Crops::OneHundredFortyFour),
    (Gain::EnsembleSingleCrop, Crops::One, true, Crops::One),
    (Gain::EnsembleMultiCrop, Crops::OneHundredFortyFour, true, Crops::OneHundredFortyFour),
    (Gain::Both, Crops::One, true, Crops::OneHundredFortyFour),
];

/// By how much the error of each of several networks falls.
fn gains_of_several(members: usize, alone: &[(u64, &ErrorRow)], errors: &[ErrorRow]) -> Vec<Point> {
    let mut points = Vec::new();
    for (gain, before, is_of_all, after) in GAINS {
        for (member, own) in alone.iter().filter(|(_, row)| members > 1 && row.crops == before) {
            let is_after = |row: &&ErrorRow| {
                let whose =
                    if is_of_all { row.models == members } else { row.networks == own.networks };
                whose && row.crops == after
            };
            let Some(then) = errors.iter().find(is_after) else { continue };
            let point = |metric: &str, x| Point::new(gain.name(), *member, metric, 0.0, x);
            points.push(point("gain of top-1", own.top1_error - then.top1_error));
            points.push(point("gain of top-5", own.top5_error - then.top5_error));
        }
    }
    points
}

/// The series that a row belongs to.
fn names(row: &ErrorRow, members: &[MemberRow]) -> Vec<String> {
    let member = members.iter().find(|member| member.member.to_string() == row.networks);
    let alone = member.map(|member| format!("{}: {}", member.member, member.network));
    let all = (row.models == members.len()).then(|| "all networks".to_owned());
    let subset = match row.networks.as_str() {
        UNMODIFIED => "the unmodified network".to_owned(),
        networks => format!("networks {networks}"),
    };
    alone.into_iter().chain(all).chain([subset]).collect()
}

/// Over the number of crops, and as a series of its own for each number.
fn of_error(who: &str, row: &ErrorRow) -> Vec<Point> {
    let crops = f64::from(row.crops.count());
    let number = row.crops.count();
    let of_crops = match row.crops {
        Crops::One => format!("{who}, 1 crop"),
        Crops::GreatestOf144 => format!("{who}, {number} crops, maximum"),
        _ => format!("{who}, {number} crops"),
    };
    let end = if row.crops == Crops::GreatestOf144 { ", maximum over crops" } else { "" };
    let point = |series: &str, metric: String, error, low, high| {
        Point::new(series, 0, metric, crops, error).within(low, high)
    };
    let (top1, low1, high1) = (row.top1_error, row.top1_low, row.top1_high);
    let (top5, low5, high5) = (row.top5_error, row.top5_low, row.top5_high);
    vec![
        point(who, format!("top-1 error over crops{end}"), top1, low1, high1),
        point(who, format!("top-5 error over crops{end}"), top5, low5, high5),
        point(&of_crops, "top-1 error".to_owned(), top1, low1, high1),
        point(&of_crops, "top-5 error".to_owned(), top5, low5, high5),
    ]
}

/// The member that errs least on held-out pictures, or where none are held out on these, for each number of crops.
fn of_best(errors: &[ErrorRow], members: &[MemberRow]) -> Vec<Point> {
    let chosen = best_on_held_out(members).map(|place| members[place].member);
    let best = |crops: &Crops| {
        let mut alone = errors.iter().filter_map(of_member).filter(|(_, row)| row.crops == *crops);
        let by_error =
            |a: &(u64, &ErrorRow), b: &(u64, &ErrorRow)| a.1.top1_error.total_cmp(&b.1.top1_error);
        let row = match chosen {
            Some(chosen) => alone.find(|(member, _)| *member == chosen),
            None => alone.min_by(by_error),
        };
        row.map(|(_, row)| row)
    };
    Crops::ALL.iter().filter_map(best).flat_map(|row| of_error("the best network", row)).collect()
}

/// By how much each member errs more than the network that is not modified, with 144 crops.
fn against_unmodified(errors: &[ErrorRow]) -> Vec<Point> {
    let with_all = || errors.iter().filter(|row| row.crops == Crops::OneHundredFortyFour);
    let unmodified = with_all().find(|row| row.networks == UNMODIFIED);
    let point = |(member, row): (u64, &ErrorRow)| {
        let more = row.top1_error - unmodified?.top1_error;
        let metric = "top-1 error less the unmodified network's";
        Some(Point::new("one network", member, metric, 0.0, more))
    };
    with_all().filter_map(of_member).filter_map(point).collect()
}

/// The mean over all subsets of so many networks, and the best and the worst of them.
fn over_networks(errors: &[ErrorRow]) -> Vec<Point> {
    let mut points = Vec::new();
    for (crops, name) in [(Crops::One, "1 crop"), (Crops::OneHundredFortyFour, "144 crops")] {
        let mut sizes: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
        let of_members = errors.iter().filter(|row| row.networks != UNMODIFIED);
        for row in of_members.filter(|row| row.crops == crops) {
            sizes.entry(row.models).or_default().push(row.top1_error);
        }
        for (size, errors) in sizes {
            let (low, high) = extremes(errors.iter().copied());
            let mean = mean(&errors).unwrap_or(f64::NAN);
            let metric = "top-1 error over networks";
            points.push(Point::new(name, 0, metric, size as f64, mean).within(low, high));
        }
    }
    points
}

fn of_gain(row: &GainRow) -> [Point; 2] {
    let name = row.gain.name();
    [
        Point::new(name, 0, "gain of top-1", 0.0, row.top1_gain)
            .within(row.top1_low, row.top1_high),
        Point::new(name, 0, "gain of top-5", 0.0, row.top5_gain)
            .within(row.top5_low, row.top5_high),
    ]
}

/// The rows of the paper's Figure 4, and the gains between them.
pub fn paper_points(reported: &[Reported]) -> Vec<Point> {
    let rows = || reported.iter().filter(|row| row.artefact == "table-ensemble");
    let point = |row: &Reported| {
        let value = row.value.parse().ok()?;
        Some(Point::new(&row.network, 0, &row.metric, 0.0, value))
    };
    let mut points: Vec<Point> = rows().filter_map(point).collect();
    for (gain, before, after) in PUBLISHED {
        for (metric, error) in [("gain of top-1", "top-1 error"), ("gain of top-5", "top-5 error")]
        {
            let of = |network: &str| {
                let is_it = |point: &&Point| point.series == network && point.metric == error;
                points.iter().find(is_it).map(|point| point.value.number())
            };
            let difference = of(before).zip(of(after)).map(|(before, after)| before - after);
            points.extend(difference.map(|x| Point::new(gain.name(), 0, metric, 0.0, x)));
        }
    }
    points
}

/// Between which of the published rows an error falls by a gain.
const PUBLISHED: [(Gain, &str, &str); 3] = [
    (Gain::MultiCrop, "BN-Inception single crop", "BN-Inception multicrop"),
    (Gain::EnsembleMultiCrop, "BN-Inception multicrop", "BN-Inception ensemble"),
    (Gain::Both, "BN-Inception single crop", "BN-Inception ensemble"),
];
