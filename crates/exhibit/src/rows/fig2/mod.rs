//! Figure 2's rows as points, those of the paper's Figure 3 beside them; and those of the sweep of its rate.

mod budgets;
mod convergence;
mod paper;
pub mod rates;
mod single;

use std::collections::BTreeMap;

use recipe::SingleNetwork;
use record::fig2::{CurveRow, OutcomeRow};
use record::statistics::{distinct, mean};

use crate::point::{Known, Point};

pub use paper::paper_points;
pub use single::{AT_CHANCE, Single, singles};

use single::diverged;

/// What panels, tables and claims are about; `chance` is what guessing gives.
pub fn points(curves: &[CurveRow], outcomes: &[OutcomeRow], chance: Option<f64>) -> Vec<Point> {
    let mut points = Vec::new();
    let singles = if budgets::has_budgets(outcomes) {
        let longest = budgets::longest(curves);
        points.extend(of_curves("validation accuracy", &longest, outcomes));
        points.extend(of_curves("validation accuracy of each budget", curves, outcomes));
        points.extend(budgets::points(outcomes));
        budgets::singles(outcomes, chance)
    } else {
        points.extend(of_curves("validation accuracy", curves, outcomes));
        singles(curves, outcomes, chance)
    };
    points.extend(of_singles(&singles, chance));
    points.extend(convergence::points(curves));
    points
}

/// The curves, as far as a training had not diverged; where one had, its last row before.
fn of_curves(metric: &str, curves: &[CurveRow], outcomes: &[OutcomeRow]) -> Vec<Point> {
    let mut points = Vec::new();
    for (network, seed) in distinct(curves.iter().map(|row| (row.network.as_str(), row.seed))) {
        let diverged = diverged(outcomes, network, seed);
        let is_its = |row: &&CurveRow| {
            (row.network.as_str(), row.seed) == (network, seed)
                && row.top1_accuracy.is_finite()
                && diverged.is_none_or(|step| row.step < step)
        };
        let point = |metric: &str, row: &CurveRow| {
            Point::new(&row.network, row.seed, metric, row.step as f64, row.top1_accuracy)
        };
        let rows = || curves.iter().filter(is_its);
        points.extend(rows().map(|row| point(metric, row)));
        let last = rows().next_back().filter(|_| diverged.is_some());
        points.extend(last.map(|row| point(&format!("{metric} where it diverged"), row)));
    }
    points
}

/// What each training comes to, measured by Inception of the same seed.
fn of_singles(singles: &[Single], chance: Option<f64>) -> Vec<Point> {
    let mut points = Vec::new();
    for single in singles {
        let mut push = |metric: &str, value: Option<Known>| {
            let point = Point::new(&single.network, single.seed, metric, 0.0, f64::NAN);
            points.extend(value.map(|value| point.known(value)));
        };
        let exactly =
            |value: Option<f64>| value.filter(|value| value.is_finite()).map(Known::Exactly);
        let diverged = f64::from(u8::from(single.diverged.is_some()));
        push("steps to Inception's accuracy", single.steps);
        push("speed-up over Inception in steps", single.speed_up);
        push("steps to Inception's accuracy over Inception's", single.speed_up.map(Known::inverse));
        push("accuracy to be reached", exactly(single.target));
        push("final accuracy", exactly(Some(single.accuracy)));
        push("final accuracy less Inception's", exactly(single.gain));
        push("final accuracy above chance, Inception's being 1", exactly(share(single, chance)));
        push("final accuracy over chance", exactly(chance.map(|chance| single.accuracy / chance)));
        push("share of trainings that diverged", Some(Known::Exactly(diverged)));
    }
    points.extend(best_other(singles));
    points
}

/// How much of Inception's way up from chance; `None` where Inception itself is there.
fn share(single: &Single, chance: Option<f64>) -> Option<f64> {
    let inception = single.target?;
    Some((single.accuracy - chance?) / (inception - chance?))
}

/// The accuracies of the network that is highest of all but BN-x30 on average. The highest of each seed would be a maximum
/// over networks' noise, which a single network is not.
fn best_other(singles: &[Single]) -> Vec<Point> {
    let mut networks: BTreeMap<&str, Vec<&Single>> = BTreeMap::new();
    let others = singles.iter().filter(|single| single.network != SingleNetwork::BnX30.name());
    for single in others.filter(|single| !single.accuracy.is_nan()) {
        networks.entry(&single.network).or_default().push(single);
    }
    let height = |singles: &Vec<&Single>| {
        mean(&singles.iter().map(|single| single.accuracy).collect::<Vec<_>>()).unwrap_or(f64::NAN)
    };
    let best = networks.into_values().max_by(|a, b| height(a).total_cmp(&height(b)));
    let point = |single: &Single| {
        Point::new("the best of the others", single.seed, "final accuracy", 0.0, single.accuracy)
    };
    best.into_iter().flatten().map(point).collect()
}
