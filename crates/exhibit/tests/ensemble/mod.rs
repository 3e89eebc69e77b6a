//! The ensemble's rows as points.

use exhibit::point::Point;
use exhibit::rows::ensemble::points;
use record::ensemble::{Crops, ErrorRow, Gain, GainRow, MemberRow};
use record::run::Scale;

fn members(count: u64) -> Vec<MemberRow> {
    let row = |member| MemberRow {
        scale: Scale::Small,
        member,
        network: "BN-x30".to_owned(),
        convolution_gain: None,
        dropout: None,
        is_per_activation: None,
        steps: None,
        held_out_accuracy: None,
    };
    (1..=count).map(row).collect()
}

/// Errors of networks, `1+2`, with one crop, with 144, and with the maximum over these.
fn errors(networks: &str, top1_errors: [f64; 3]) -> Vec<ErrorRow> {
    let crops = [Crops::One, Crops::OneHundredFortyFour, Crops::GreatestOf144];
    let row = |(crops, top1_error): (Crops, f64)| ErrorRow {
        scale: Scale::Small,
        networks: networks.to_owned(),
        models: networks.split('+').count(),
        crops,
        images: 8,
        top1_error,
        top1_low: top1_error - 0.1,
        top1_high: top1_error + 0.1,
        top5_error: 0.0,
        top5_low: 0.0,
        top5_high: 0.0,
    };
    crops.into_iter().zip(top1_errors).map(row).collect()
}

fn gain(gain: Gain, top1_gain: f64) -> GainRow {
    GainRow {
        scale: Scale::Small,
        gain,
        models: 1,
        images: 8,
        top1_gain,
        top1_low: 0.0,
        top1_high: 1.0,
        top5_gain: 0.0,
        top5_low: 0.0,
        top5_high: 0.0,
    }
}

#[test]
fn what_one_of_several_networks_gains_is_a_number_of_each() {
    let mut rows = errors("1", [0.5, 0.25, 0.5]);
    rows.extend(errors("2", [0.5, 0.5, 0.5]));
    rows.extend(errors("1+2", [0.375, 0.125, 0.25]));
    let points = points(&members(2), &rows, &[gain(Gain::EnsembleOverBest, 0.125)]);
    let of = |gain: Gain| -> Vec<(u64, f64)> {
        let is_it = |p: &&Point| p.series == gain.name() && p.metric == "gain of top-1";
        points.iter().filter(is_it).map(|p| (p.seed, p.value.number())).collect()
    };
    assert_eq!(of(Gain::MultiCrop), [(1, 0.25), (2, 0.0)]);
    assert_eq!(of(Gain::MeanOverMaximum), [(1, 0.25), (2, 0.0)]);
    assert_eq!(of(Gain::EnsembleSingleCrop), [(1, 0.125), (2, 0.125)]);
    assert_eq!(of(Gain::EnsembleMultiCrop), [(1, 0.125), (2, 0.375)]);
    assert_eq!(of(Gain::Both), [(1, 0.375), (2, 0.375)]);
    assert_eq!(of(Gain::EnsembleOverBest), [(0, 0.125)]);
    let is_each = |p: &&Point| p.series == "one network, 144 crops" && p.metric == "top-1 error";
    let each: Vec<&Point> = points.iter().filter(is_each).collect();
    assert!(each.len() == 2 && each.iter().all(|point| point.interval.is_none()));
}

#[test]
fn a_network_alone_has_intervals_over_images() {
    let gains = [gain(Gain::MultiCrop, 0.25)];
    let points = points(&members(1), &errors("1", [0.5, 0.25, 0.5]), &gains);
    let gain = points.iter().find(|p| p.series == Gain::MultiCrop.name()).unwrap();
    assert_eq!(gain.interval, Some((0.0, 1.0)));
    let alone = points.iter().find(|p| p.series == "one network, 1 crop").unwrap();
    assert!(alone.interval.is_some());
}

const BEST: &str = "the best network, 144 crops";

#[test]
fn the_best_network_is_chosen_on_held_out_pictures_if_there_are_any() {
    let mut rows = errors("1", [0.5, 0.25, 0.5]);
    rows.extend(errors("2", [0.5, 0.5, 0.5]));
    rows.extend(errors("unmodified", [0.75, 0.375, 0.5]));
    let best = |members: &[MemberRow]| {
        let points = points(members, &rows, &[]);
        let is_it = |p: &&Point| (p.series.as_str(), p.metric.as_str()) == (BEST, "top-1 error");
        points.iter().find(is_it).unwrap().value.number()
    };
    let mut members = members(2);
    assert_eq!(best(&members), 0.25);
    members[0].held_out_accuracy = Some(0.6);
    members[1].held_out_accuracy = Some(0.7);
    assert_eq!(best(&members), 0.5);
    let points = points(&members, &rows, &[]);
    let is_more = |p: &&Point| p.metric == "top-1 error less the unmodified network's";
    let more: Vec<f64> = points.iter().filter(is_more).map(|p| p.value.number()).collect();
    assert_eq!(more, [0.25 - 0.375, 0.5 - 0.375]);
}
