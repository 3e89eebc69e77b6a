//! What each training of the comparison says by itself, measured by Inception of the same seed.

use record::fig2::{CurveRow, Outcome, OutcomeRow};
use record::statistics::{distinct, mean};

use crate::point::Known;

/// A network is at chance if its best validation is less than this multiple of it: the best of many
/// validations of a network that guesses lies above chance.
pub const AT_CHANCE: f64 = 1.5;

/// The network that all others are measured by.
const INCEPTION: &str = "Inception";

/// What one training says.
#[derive(Clone, Debug, PartialEq)]
pub struct Single {
    /// Which network.
    pub network: String,
    /// Its seed.
    pub seed: u64,
    /// Where it ends: of a single training the mean of its validation curve (top-1, single centre crop) in the last
    /// eighth of the run; of trainings over budgets the longest one's accuracy on the test images.
    pub accuracy: f64,
    /// That less Inception's of the same seed.
    pub gain: Option<f64>,
    /// Steps to its first row that is at least as accurate as Inception of the same seed ends: as the mean of
    /// Inception's rows in the last eighth of the run. Above the steps of the run where there is no such row. `None`
    /// where Inception of this seed is missing or itself [at chance](AT_CHANCE), and so sets nothing to be reached.
    pub steps: Option<Known>,
    /// That accuracy.
    pub target: Option<f64>,
    /// Inception's own steps to where it ends, over these.
    pub speed_up: Option<Known>,
    /// The step at which it diverged.
    pub diverged: Option<u64>,
}

/// Every training of these rows, by network and seed; `chance` is what guessing gives, if known.
///
/// Steps are as coarse as the rows: a network is said to need the steps of the first validation that
/// finds it there.
pub fn singles(curves: &[CurveRow], outcomes: &[OutcomeRow], chance: Option<f64>) -> Vec<Single> {
    let steps_of_run = curves.iter().map(|row| row.step).max().unwrap_or(0);
    let mut singles = Vec::new();
    for (network, seed) in distinct(curves.iter().map(|row| (row.network.as_str(), row.seed))) {
        let inception = curve(curves, INCEPTION, seed);
        let end = end(&inception, steps_of_run).filter(|accuracy| is_trained(*accuracy, chance));
        let own = curve(curves, network, seed);
        let single = Single::of((network, seed), &own, &inception, end, steps_of_run);
        let diverged = diverged(outcomes, network, seed);
        singles.extend(single.map(|single| Single { diverged, ..single }));
    }
    singles
}

pub(super) fn is_trained(accuracy: f64, chance: Option<f64>) -> bool {
    chance.is_none_or(|chance| accuracy >= AT_CHANCE * chance)
}

impl Single {
    /// Of a curve, of Inception's of the same seed, and of the accuracy that is to be reached, if one is.
    fn of(
        (network, seed): (&str, u64),
        own: &Curve,
        inception: &Curve,
        target: Option<f64>,
        steps_of_run: u64,
    ) -> Option<Self> {
        let steps_of = |curve: &Curve| target.map(|target| steps_to(target, curve, steps_of_run));
        let (steps, of_inception) = (steps_of(own), steps_of(inception));
        let accuracy = |curve: &Curve| end(curve, steps_of_run).or(Some(curve.last()?.1));
        Some(Self {
            network: network.to_owned(),
            seed,
            accuracy: accuracy(own)?,
            gain: accuracy(inception).zip(accuracy(own)).map(|(other, own)| own - other),
            steps,
            target,
            speed_up: of_inception.zip(steps).and_then(|(inception, own)| inception.over(own)),
            diverged: None,
        })
    }
}

/// (step, accuracy) of one training, in the order of steps.
type Curve = [(u64, f64)];

fn curve(rows: &[CurveRow], network: &str, seed: u64) -> Vec<(u64, f64)> {
    let of_training = rows.iter().filter(|row| (row.network.as_str(), row.seed) == (network, seed));
    let mut curve: Vec<(u64, f64)> = of_training.map(|row| (row.step, row.top1_accuracy)).collect();
    curve.retain(|(_, accuracy)| accuracy.is_finite());
    curve.sort_by_key(|(step, _)| *step);
    curve
}

/// The mean of a curve in the last eighth of the run. A maximum of many rows would lie above the curve's trend, and the
/// step of the maximum anywhere on a plateau.
fn end(curve: &Curve, steps_of_run: u64) -> Option<f64> {
    let last = curve.iter().filter(|(step, _)| 8 * step > 7 * steps_of_run);
    mean(&last.map(|(_, accuracy)| *accuracy).collect::<Vec<_>>())
}

fn steps_to(accuracy: f64, curve: &Curve, steps_of_run: u64) -> Known {
    let trained = curve.iter().filter(|(step, _)| *step > 0);
    let first = trained.clone().find(|(_, reached)| *reached >= accuracy);
    first.map_or(Known::Above(steps_of_run as f64), |(step, _)| Known::Exactly(*step as f64))
}

pub(super) fn diverged(outcomes: &[OutcomeRow], network: &str, seed: u64) -> Option<u64> {
    let of_training = |row: &&OutcomeRow| {
        (row.network.as_str(), row.seed, row.outcome) == (network, seed, Outcome::Diverged)
    };
    outcomes.iter().find(of_training).map(|row| row.step)
}
