//! The sensitivity sweep, and the setting that it chooses for Figure 1.

use serde::{Deserialize, Serialize};

use super::SigmoidNetwork;
use crate::run::Scale;
use crate::statistics::{distinct, mean};

/// A row of `results/fig1-sensitivity/accuracy.csv`: one network at one setting.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SensitivityRow {
    /// Scale of the run.
    pub scale: Scale,
    /// Which network.
    pub network: SigmoidNetwork,
    /// Seed of its initial weights and order.
    pub seed: u64,
    /// Training steps done.
    pub step: u64,
    /// Learning rate of plain SGD.
    pub learning_rate: f64,
    /// Standard deviation of the Gaussian that the initial weights are drawn from.
    pub init_std: f64,
    /// Share of the 10,000 held-out training images classified rightly, with population statistics.
    pub held_out_accuracy_fraction: f64,
}

/// A row of `results/fig1-sensitivity/curves.csv`: how such a training came there.
///
/// The input of a sigmoid is a pure number; percentiles are over the 10,000 held-out images.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SensitivityCurveRow {
    /// Which network.
    pub network: SigmoidNetwork,
    /// Seed of its initial weights and order.
    pub seed: u64,
    /// Learning rate of plain SGD.
    pub learning_rate: f64,
    /// Standard deviation of the Gaussian that the initial weights are drawn from.
    pub init_std: f64,
    /// Training steps done.
    pub step: u64,
    /// Share of the held-out images classified rightly, with population statistics.
    pub held_out_accuracy_fraction: f64,
    /// 15th percentile of the input of the last hidden layer's first sigmoid.
    pub input_p15: f64,
    /// Median.
    pub input_p50: f64,
    /// 85th percentile.
    pub input_p85: f64,
}

/// A learning rate and a width of the initial weights' Gaussian.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Setting {
    /// Learning rate of plain SGD.
    pub learning_rate: f64,
    /// Standard deviation of the Gaussian.
    pub init_std: f64,
}

/// The two networks at one setting, over seeds.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// The setting.
    pub setting: Setting,
    /// Mean accuracy without BN.
    pub without_bn: f64,
    /// Mean accuracy with BN.
    pub with_bn: f64,
}

impl Cell {
    /// What BN gains here, as a fraction of the held-out images.
    pub fn gain(&self) -> f64 {
        self.with_bn - self.without_bn
    }
}

/// Every setting of a sweep for which both networks are there, by rate and then by width.
pub fn cells(rows: &[SensitivityRow]) -> Vec<Cell> {
    let setting =
        |row: &SensitivityRow| Setting { learning_rate: row.learning_rate, init_std: row.init_std };
    let mut settings = distinct(rows.iter().map(setting));
    settings.sort_by(|a, b| {
        let key = |setting: &Setting| (setting.learning_rate, setting.init_std);
        key(a).partial_cmp(&key(b)).expect("rates and widths are finite")
    });
    settings.into_iter().filter_map(|setting| cell(setting, rows)).collect()
}

fn cell(setting: Setting, rows: &[SensitivityRow]) -> Option<Cell> {
    let here = |row: &&SensitivityRow| {
        (row.learning_rate, row.init_std) == (setting.learning_rate, setting.init_std)
    };
    let accuracy = |network| {
        let of_network = rows.iter().filter(here).filter(|row| row.network == network);
        mean(&of_network.map(|row| row.held_out_accuracy_fraction).collect::<Vec<_>>())
    };
    Some(Cell {
        setting,
        without_bn: accuracy(SigmoidNetwork::WithoutBn)?,
        with_bn: accuracy(SigmoidNetwork::WithBn)?,
    })
}

/// The paper's "small random Gaussian values": at most 1/√100, the width at which a unit's input
/// varies no more than the 100 inputs it sums.
pub const SMALL_INIT_STD: f64 = 0.1;
/// The lower end of panel (a)'s axis; the paper shows both networks above it.
pub const LOWEST_ACCURACY_SHOWN: f64 = 0.7;

/// The setting of Figure 1: where BN's gain is the *median* one.
///
/// Of the swept settings with a small Gaussian, those at which both networks are on the paper's
/// axis (mean accuracy ≥ 0.7) are sorted by what BN gains; the middle one is taken (of two
/// middle ones, that with the smaller gain). So the figure shows neither BN's best nor its worst.
pub fn typical_setting(rows: &[SensitivityRow]) -> Option<Cell> {
    let mut eligible: Vec<Cell> = cells(rows).into_iter().filter(is_eligible).collect();
    eligible.sort_by(|a, b| a.gain().total_cmp(&b.gain()));
    let middle = eligible.len().checked_sub(1)? / 2;
    Some(eligible.swap_remove(middle))
}

/// Whether Figure 1 may be drawn at this setting.
pub fn is_eligible(cell: &Cell) -> bool {
    cell.setting.init_std <= SMALL_INIT_STD
        && cell.without_bn >= LOWEST_ACCURACY_SHOWN
        && cell.with_bn >= LOWEST_ACCURACY_SHOWN
}
