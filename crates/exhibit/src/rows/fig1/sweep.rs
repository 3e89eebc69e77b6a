//! The sensitivity sweep as points.

use std::collections::BTreeMap;

use record::fig1::{Cell, SensitivityRow, SigmoidNetwork, cells};
use record::statistics::{deviation, extremes, mean};

use crate::point::Point;

/// The sweep as points: the accuracy of every training, over the rate, a metric for each width; how much it varies over
/// settings; and how many settings BN helps at.
pub fn points(rows: &[SensitivityRow]) -> Vec<Point> {
    let point = |row: &SensitivityRow| {
        let metric = format!("accuracy, std {}", row.init_std);
        let (series, accuracy) = (row.network.name(), row.held_out_accuracy_fraction);
        Point::new(series, row.seed, metric, row.learning_rate, accuracy)
    };
    rows.iter().map(point).chain(spreads(rows)).chain(facts(&cells(rows))).collect()
}

/// Of each network and seed, the standard deviation of its accuracies over rates, in the mean over widths; and over
/// widths, in the mean over rates.
fn spreads(rows: &[SensitivityRow]) -> Vec<Point> {
    let mut trainings: BTreeMap<(SigmoidNetwork, u64), Vec<&SensitivityRow>> = BTreeMap::new();
    for row in rows {
        trainings.entry((row.network, row.seed)).or_default().push(row);
    }
    let width = |row: &SensitivityRow| row.init_std;
    let rate = |row: &SensitivityRow| row.learning_rate;
    let spread = |((network, seed), rows): ((SigmoidNetwork, u64), Vec<&SensitivityRow>)| {
        let point = |metric: &str, value| Point::new(network.name(), seed, metric, 0.0, value);
        let over_rates = spread(&rows, width).map(|x| point("spread over learning rates", x));
        let over_widths = spread(&rows, rate).map(|x| point("spread over initial weights", x));
        over_rates.into_iter().chain(over_widths).collect::<Vec<_>>()
    };
    trainings.into_iter().flat_map(spread).collect()
}

/// The mean, over groups that have the same of something, of the standard deviation of accuracies in each.
fn spread(rows: &[&SensitivityRow], same: fn(&SensitivityRow) -> f64) -> Option<f64> {
    let mut rows = rows.to_vec();
    rows.sort_by(|a, b| same(a).total_cmp(&same(b)));
    let accuracy = |row: &&SensitivityRow| row.held_out_accuracy_fraction;
    let groups = rows.chunk_by(|a, b| same(a) == same(b));
    let deviations = groups
        .filter_map(|group| deviation(&group.iter().map(accuracy).collect::<Vec<_>>()))
        .collect::<Vec<_>>();
    mean(&deviations)
}

/// More than this much accuracy is a difference.
const POINT: f64 = 0.01;

fn facts(cells: &[Cell]) -> Vec<Point> {
    let mut facts = Vec::new();
    let mut push = |series: &str, metric: &str, value: f64| {
        facts.push(Point::new(series, 0, metric, 0.0, value));
    };
    let count = |is: fn(f64) -> bool| cells.iter().filter(|cell| is(cell.gain())).count() as f64;
    push("BN gains more than a point", "settings", count(|gain| gain > POINT));
    push("within a point", "settings", count(|gain| gain.abs() <= POINT));
    push("BN loses more than a point", "settings", count(|gain| gain < -POINT));
    push("all", "settings", cells.len() as f64);
    let (least, most) = extremes(cells.iter().map(Cell::gain));
    push("least", "gain", least);
    push("most", "gain", most);
    for (network, accuracies) in [
        (SigmoidNetwork::WithoutBn, cells.iter().map(|cell| cell.without_bn).collect::<Vec<_>>()),
        (SigmoidNetwork::WithBn, cells.iter().map(|cell| cell.with_bn).collect()),
    ] {
        let (lowest, highest) = extremes(accuracies.into_iter());
        push(network.name(), "lowest accuracy of a setting", lowest);
        push(network.name(), "highest accuracy of a setting", highest);
    }
    facts
}
