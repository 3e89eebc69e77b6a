//! What each training of the comparison says by itself, measured by Inception of the same seed.

use std::cmp::Ordering;

use super::{CurveRow, Outcome, OutcomeRow};
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
    /// The maximum of its validation curve (top-1, single centre crop).
    pub maximum: f64,
    /// Its maximum less Inception's of the same seed.
    pub gain: Option<f64>,
    /// Steps to its first row that is at least as accurate as Inception of the same seed ever was;
    /// above the steps of the run where there is no such row. `None` where Inception of this seed is
    /// missing or itself [at chance](AT_CHANCE), and so sets nothing to be reached.
    pub steps: Option<Known>,
    /// Inception's steps to its own maximum over these.
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
    for (network, seed) in trainings(curves) {
        let inception = maximum(&curve(curves, INCEPTION, seed));
        let single = Single::of(
            (network, seed),
            &curve(curves, network, seed),
            inception,
            inception.filter(|(steps, accuracy)| *steps > 0 && is_trained(*accuracy, chance)),
            steps_of_run,
        );
        let diverged = diverged(outcomes, network, seed);
        singles.extend(single.map(|single| Single { diverged, ..single }));
    }
    singles
}

fn is_trained(accuracy: f64, chance: Option<f64>) -> bool {
    chance.is_none_or(|chance| accuracy >= AT_CHANCE * chance)
}

/// In the order of the rows.
fn trainings(curves: &[CurveRow]) -> Vec<(&str, u64)> {
    let mut trainings: Vec<(&str, u64)> = Vec::new();
    for row in curves {
        let training = (row.network.as_str(), row.seed);
        if trainings.last() != Some(&training) && !trainings.contains(&training) {
            trainings.push(training);
        }
    }
    trainings
}

impl Single {
    /// Of a curve, of where Inception of the same seed has its maximum, and of the same if the others
    /// are to reach it.
    fn of(
        (network, seed): (&str, u64),
        curve: &[(u64, f64)],
        inception: Option<(u64, f64)>,
        target: Option<(u64, f64)>,
        steps_of_run: u64,
    ) -> Option<Self> {
        let (_, maximum) = maximum(curve)?;
        let steps = target.map(|(_, accuracy)| steps_to(accuracy, curve, steps_of_run));
        let speed_up = target.zip(steps);
        Some(Self {
            network: network.to_owned(),
            seed,
            maximum,
            gain: inception.map(|(_, accuracy)| maximum - accuracy),
            steps,
            speed_up: speed_up.map(|((target, _), own)| own.inverse().times(target as f64)),
            diverged: None,
        })
    }
}

/// (step, accuracy) of one training, in the order of steps.
fn curve(rows: &[CurveRow], network: &str, seed: u64) -> Vec<(u64, f64)> {
    let of_training = rows.iter().filter(|row| (row.network.as_str(), row.seed) == (network, seed));
    let mut curve: Vec<(u64, f64)> = of_training.map(|row| (row.step, row.top1_accuracy)).collect();
    curve.retain(|(_, accuracy)| accuracy.is_finite());
    curve.sort_by_key(|(step, _)| *step);
    curve
}

/// The first of the most accurate rows.
fn maximum(curve: &[(u64, f64)]) -> Option<(u64, f64)> {
    let earlier_wins = |a: &(u64, f64), b: &(u64, f64)| match a.1.total_cmp(&b.1) {
        Ordering::Equal => b.0.cmp(&a.0),
        other => other,
    };
    curve.iter().copied().max_by(earlier_wins)
}

fn steps_to(accuracy: f64, curve: &[(u64, f64)], steps_of_run: u64) -> Known {
    let trained = curve.iter().filter(|(step, _)| *step > 0);
    let first = trained.clone().find(|(_, reached)| *reached >= accuracy);
    first.map_or(Known::Above(steps_of_run as f64), |(step, _)| Known::Exactly(*step as f64))
}

fn diverged(outcomes: &[OutcomeRow], network: &str, seed: u64) -> Option<u64> {
    let of_training = |row: &&OutcomeRow| {
        (row.network.as_str(), row.seed, row.outcome) == (network, seed, Outcome::Diverged)
    };
    outcomes.iter().find(of_training).map(|row| row.step)
}
