//! Inception's learning rate at small scale, from a sweep.

use serde::{Deserialize, Serialize};

use super::CurveRow;
use crate::run::Scale;

/// Name of the file with the [`RateRow`]s.
pub const RATES_FILE: &str = "rates.csv";

/// One training of the sweep.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RateRow {
    /// Scale of the run.
    pub scale: Scale,
    /// Inception's initial learning rate.
    pub learning_rate: f64,
    /// Seed.
    pub seed: u64,
    /// Steps that it did; fewer than were asked for if it diverged.
    pub steps: u64,
    /// The highest validation accuracy of its curve.
    pub max_top1_accuracy: f64,
    /// Mean cross-entropy of the last mini-batches.
    pub training_loss_nats: Option<f64>,
}

impl RateRow {
    /// What a curve comes to; `None` of an empty one.
    pub fn of(learning_rate: f64, curve: &[CurveRow]) -> Option<Self> {
        let last = curve.last()?;
        let accuracies = curve.iter().map(|row| row.top1_accuracy);
        Some(Self {
            scale: last.scale,
            learning_rate,
            seed: last.seed,
            steps: last.step,
            max_top1_accuracy: accuracies.fold(0.0, f64::max),
            training_loss_nats: last.training_loss_nats,
        })
    }
}

/// The learning rate of the highest mean accuracy over seeds; of equal ones, the lowest.
pub fn best_rate(rows: &[RateRow]) -> Option<f64> {
    let mut rates: Vec<f64> = rows.iter().map(|row| row.learning_rate).collect();
    rates.sort_by(f64::total_cmp);
    rates.dedup();
    let mean = |rate: f64| {
        let of_rate: Vec<_> = rows.iter().filter(|row| row.learning_rate == rate).collect();
        of_rate.iter().map(|row| row.max_top1_accuracy).sum::<f64>() / of_rate.len() as f64
    };
    rates.into_iter().rev().max_by(|a, b| mean(*a).total_cmp(&mean(*b)))
}
