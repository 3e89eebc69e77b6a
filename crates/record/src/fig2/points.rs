//! Figure 2's rows as points.

use super::{CurveRow, OutcomeRow, Single, singles};
use crate::point::{Known, Point};

/// What panels, tables and claims are about; `chance` is what guessing gives.
pub fn points(curves: &[CurveRow], outcomes: &[OutcomeRow], chance: Option<f64>) -> Vec<Point> {
    let singles = singles(curves, outcomes, chance);
    let mut points = of_curves(curves, &singles);
    points.extend(of_singles(&singles, chance));
    points
}

/// The curves, as far as a training had not diverged; where one had, its last row before.
fn of_curves(curves: &[CurveRow], singles: &[Single]) -> Vec<Point> {
    let mut points = Vec::new();
    for single in singles {
        let is_its = |row: &&CurveRow| {
            (&row.network, row.seed) == (&single.network, single.seed)
                && row.top1_accuracy.is_finite()
                && single.diverged.is_none_or(|step| row.step < step)
        };
        let point = |metric: &str, row: &CurveRow| {
            Point::new(&row.network, row.seed, metric, row.step as f64, row.top1_accuracy)
        };
        let rows = || curves.iter().filter(is_its);
        points.extend(rows().map(|row| point("validation accuracy", row)));
        let last = rows().next_back().filter(|_| single.diverged.is_some());
        points.extend(last.map(|row| point("validation accuracy where it diverged", row)));
    }
    points
}

/// What each training comes to, measured by Inception of the same seed.
pub fn of_singles(singles: &[Single], chance: Option<f64>) -> Vec<Point> {
    let mut points = Vec::new();
    for single in singles {
        let mut push = |metric: &str, value: Option<Known>| {
            let point = Point::new(&single.network, single.seed, metric, 0.0, f64::NAN);
            points.extend(value.map(|value| point.known(value)));
        };
        let exactly = |value: Option<f64>| value.map(Known::Exactly);
        let diverged = f64::from(u8::from(single.diverged.is_some()));
        push("steps to Inception's maximum", single.steps);
        push("speed-up over Inception in steps", single.speed_up);
        push("steps to Inception's maximum over Inception's", single.speed_up.map(Known::inverse));
        push("maximum accuracy", exactly(Some(single.maximum)));
        push("maximum accuracy less Inception's", exactly(single.gain));
        push("maximum accuracy above chance, Inception's being 1", exactly(share(single, chance)));
        push("maximum accuracy over chance", exactly(chance.map(|chance| single.maximum / chance)));
        push("share of trainings that diverged", Some(Known::Exactly(diverged)));
    }
    points.extend(highest_others(singles));
    points
}

/// How much of Inception's way up from chance; `None` where Inception itself is there.
fn share(single: &Single, chance: Option<f64>) -> Option<f64> {
    single.steps?;
    let inception = single.maximum - single.gain?;
    Some((single.maximum - chance?) / (inception - chance?))
}

/// Of each seed the highest maximum of all networks but BN-x30.
fn highest_others(singles: &[Single]) -> Vec<Point> {
    const X30: &str = "BN-x30";
    let seeds = singles.iter().filter(|single| single.network == X30).map(|single| single.seed);
    let point = |seed: u64| {
        let others = singles.iter().filter(|other| other.seed == seed && other.network != X30);
        let known = others.map(|other| other.maximum).filter(|maximum| !maximum.is_nan());
        let highest = known.max_by(f64::total_cmp)?;
        Some(Point::new("the highest of the others", seed, "maximum accuracy", 0.0, highest))
    };
    seeds.filter_map(point).collect()
}
