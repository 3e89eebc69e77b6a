//! From points to curves.

use std::collections::BTreeMap;

use record::claims::PointRow;
use record::statistics::{Estimate, extremes};

use super::specs::What;
use crate::plot::{Curve, Intervals, Value};
use crate::style::{BLUE, GREEN, INK, Mark, NetworkLook, ORANGE, PURPLE, SKY_BLUE, VERMILLION};

/// Curves of more points than this have no marks.
const FEW: usize = 20;

/// The curves of a panel, in the order of the rows.
pub fn curves(points: &[PointRow], what: What) -> Vec<Curve> {
    let of_each = |names: Vec<String>, curve: &dyn Fn(&str, NetworkLook) -> Curve| {
        let looks = looks(&names);
        names.iter().zip(looks).map(|(name, look)| curve(name, look)).collect()
    };
    match what {
        What::Metric(metric) => {
            of_each(series_with(points, metric), &|name, look| curve(points, name, metric, look))
        }
        What::OfMiddleSeed(metric) => of_each(series_with(points, metric), &|name, look| {
            curve(&of_middle_seed(points, name), name, metric, look)
        }),
        What::Quantiles(metrics) => of_each(series_with(points, metrics[1]), &|name, look| {
            quantiles(points, name, metrics, look)
        }),
        What::QuantilesOf(series, metrics) => {
            of_each(vec![series.to_owned()], &|name, look| quantiles(points, name, metrics, look))
        }
        What::DifferencesFrom { .. } => Vec::new(),
    }
}

/// The series that have the metric, in the order of the rows.
fn series_with(points: &[PointRow], metric: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for row in points.iter().filter(|row| row.metric == metric) {
        if !names.contains(&row.series) {
            names.push(row.series.clone());
        }
    }
    names
}

/// BN's curves are blue and solid in every picture, those without it vermillion and dashed; others take what
/// is left, in turn.
fn looks(names: &[String]) -> Vec<NetworkLook> {
    const WITH: NetworkLook =
        NetworkLook { color: BLUE, width: 5, pattern: &[], mark: Mark::Circle };
    const WITHOUT: NetworkLook =
        NetworkLook { color: VERMILLION, width: 5, pattern: &[18, 10], mark: Mark::Square };
    const OTHERS: [NetworkLook; 8] = [
        NetworkLook { color: GREEN, width: 5, pattern: &[34, 9, 6, 9], mark: Mark::Up },
        NetworkLook { color: PURPLE, width: 5, pattern: &[7, 8], mark: Mark::Down },
        NetworkLook { color: ORANGE, width: 5, pattern: &[60, 9], mark: Mark::Diamond },
        NetworkLook { color: SKY_BLUE, width: 5, pattern: &[22, 12], mark: Mark::Star },
        NetworkLook { color: VERMILLION, width: 4, pattern: &[4, 8], mark: Mark::Square },
        NetworkLook { color: INK, width: 4, pattern: &[14, 8], mark: Mark::Plus },
        NetworkLook { color: BLUE, width: 4, pattern: &[30, 6, 6, 6], mark: Mark::Circle },
        NetworkLook { color: GREEN, width: 3, pattern: &[], mark: Mark::Up },
    ];
    let mut others = OTHERS.into_iter().cycle();
    let mut look = |name: &String| match name.as_str() {
        "With BN" | "Algorithm 1" | "BN-x5" | "BN-Baseline, 1x" | "With BN, 1x"
        | "With BN, test" => WITH,
        "Without BN" | "Inception, 1x" | "Without BN, 1x" | "Without BN, test" => WITHOUT,
        _ => others.next().expect("without end"),
    };
    names.iter().map(&mut look).collect()
}

/// The values of all seeds by x.
fn by_x(points: &[PointRow], series: &str, metric: &str) -> Vec<(f64, Vec<f64>)> {
    let is_it = |row: &&PointRow| row.series == series && row.metric == metric;
    let mut rows: Vec<(f64, f64)> =
        points.iter().filter(is_it).map(|row| (row.x, row.value)).collect();
    rows.sort_by(|a, b| a.0.total_cmp(&b.0));
    let of_x = |rows: &[(f64, f64)]| (rows[0].0, rows.iter().map(|row| row.1).collect());
    rows.chunk_by(|a, b| a.0 == b.0).map(of_x).collect()
}

fn curve(points: &[PointRow], series: &str, metric: &str, look: NetworkLook) -> Curve {
    let by_x = by_x(points, series, metric);
    let is_short = by_x.len() <= FEW;
    let value = |values: &[f64]| {
        if is_short {
            let estimate = Estimate::of(values).expect("there are values");
            return Value { mean: estimate.mean, interval: estimate.interval() };
        }
        Value { mean: median(values), interval: Some(extremes(values.iter().copied())) }
    };
    Curve {
        name: series.to_owned(),
        look,
        points: by_x.iter().map(|(x, values)| (*x, value(values))).collect(),
        aside: None,
        intervals: if is_short { Intervals::Bars } else { Intervals::Band },
        has_marks: is_short,
    }
}

/// The middle one of three metrics with a band between the others, of the middle seed.
fn quantiles(points: &[PointRow], series: &str, metrics: [&str; 3], look: NetworkLook) -> Curve {
    let of_seed = of_middle_seed(points, series);
    let [low, middle, high] = metrics.map(|metric| by_x(&of_seed, series, metric));
    let value = |((low, middle), high): ((&Vec<f64>, &Vec<f64>), &Vec<f64>)| Value {
        mean: middle[0],
        interval: Some((low[0], high[0])),
    };
    let values = |curve: &[(f64, Vec<f64>)]| {
        curve.iter().map(|(_, values)| values.clone()).collect::<Vec<_>>()
    };
    let (lows, middles, highs) = (values(&low), values(&middle), values(&high));
    let all = lows.iter().zip(&middles).zip(&highs).map(value);
    Curve {
        name: series.to_owned(),
        look,
        points: middle.iter().map(|(x, _)| *x).zip(all).collect(),
        aside: None,
        intervals: Intervals::Band,
        has_marks: false,
    }
}

/// The series' points of the middle one of its seeds.
fn of_middle_seed(points: &[PointRow], series: &str) -> Vec<PointRow> {
    let own: Vec<&PointRow> = points.iter().filter(|row| row.series == series).collect();
    let mut seeds: Vec<u64> = own.iter().map(|row| row.seed).collect();
    seeds.sort_unstable();
    seeds.dedup();
    let middle = seeds.get(seeds.len() / 2).copied();
    own.into_iter().filter(|row| Some(row.seed) == middle).cloned().collect()
}

/// By how much a series is above each of the others at the last x, with intervals over seeds.
pub fn differences(points: &[PointRow], metric: &str, series: &str) -> Vec<(String, Value)> {
    let own = last_of_seeds(points, series, metric);
    let others = series_with(points, metric).into_iter().filter(|name| name != series);
    let row = |name: String| {
        let other = last_of_seeds(points, &name, metric);
        let pairs = own.iter().filter_map(|(seed, own)| Some(own - other.get(seed)?));
        let estimate = Estimate::of(&pairs.collect::<Vec<_>>())?;
        Some((name, Value { mean: estimate.mean, interval: estimate.interval() }))
    };
    others.filter_map(row).collect()
}

fn last_of_seeds(points: &[PointRow], series: &str, metric: &str) -> BTreeMap<u64, f64> {
    let mut rows: Vec<&PointRow> =
        points.iter().filter(|row| row.series == series && row.metric == metric).collect();
    rows.sort_by(|a, b| a.x.total_cmp(&b.x));
    rows.into_iter().map(|row| (row.seed, row.value)).collect()
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len();
    f64::midpoint(sorted[(n - 1) / 2], sorted[n / 2])
}
