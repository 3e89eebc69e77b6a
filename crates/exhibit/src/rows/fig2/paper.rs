//! The paper's Figure 3, as the points that ours stand beside.

use recipe::SingleNetwork;

use super::{Single, of_singles};
use crate::point::{Known, Point};
use crate::reported::Reported;

/// What the paper reports of the comparison, one training each: seed 0.
pub fn paper_points(reported: &[Reported]) -> Vec<Point> {
    let singles: Vec<Single> =
        SingleNetwork::ALL.into_iter().filter_map(|network| single(reported, network)).collect();
    let mut points = of_singles(&singles, chance(reported));
    let rate = |row: &Reported| {
        let rate = row.value.parse().ok()?;
        Some(Point::new(&row.network, 0, "initial learning rate", 0.0, rate))
    };
    points.extend(of(reported, "initial learning rate").filter_map(rate));
    points
}

fn of<'a>(reported: &'a [Reported], metric: &'a str) -> impl Iterator<Item = &'a Reported> {
    reported.iter().filter(move |row| row.artefact == "table-single" && row.metric == metric)
}

fn value<'a>(reported: &'a [Reported], network: SingleNetwork, metric: &str) -> Option<&'a str> {
    let is_it = |row: &&Reported| {
        (row.artefact.as_str(), row.network.as_str(), row.metric.as_str())
            == ("table-single", network.name(), metric)
    };
    reported.iter().find(is_it).map(|row| row.value.as_str())
}

fn single(reported: &[Reported], network: SingleNetwork) -> Option<Single> {
    let maximum = |network| value(reported, network, "maximum accuracy")?.parse::<f64>().ok();
    let steps = |network| match value(reported, network, "steps to 72.2 %")? {
        "never" => Some(Known::Above(f64::INFINITY)),
        steps => steps.parse().ok().map(Known::Exactly),
    };
    let inception = SingleNetwork::Inception;
    let diverged = value(reported, network, "parameters") == Some("machine infinity");
    let own = maximum(network);
    (own.is_some() || diverged).then(|| Single {
        network: network.name().to_owned(),
        seed: 0,
        accuracy: own.unwrap_or(f64::NAN),
        gain: own.zip(maximum(inception)).map(|(own, inception)| own - inception),
        // A network of which only a maximum is printed still has one that Inception's is compared with.
        steps: steps(network).or(own.map(|_| Known::Above(f64::INFINITY))),
        target: maximum(inception),
        speed_up: steps(inception).zip(steps(network)).and_then(|(a, b)| a.over(b)),
        diverged: diverged.then_some(0),
    })
}

/// What guessing among the paper's classes gives.
fn chance(reported: &[Reported]) -> Option<f64> {
    let is_classes =
        |row: &&Reported| (row.artefact.as_str(), row.metric.as_str()) == ("fig2", "classes");
    reported.iter().find(is_classes)?.value.parse().ok().map(f64::recip)
}
