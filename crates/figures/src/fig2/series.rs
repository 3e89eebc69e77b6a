//! What the panels show, before it has a place.

use anyhow::Result;
use record::fig2::{GAIN, Known, MAXIMUM, Network, SPEED_UP, STEPS};

use crate::aggregate::{Band, over_seeds};
use crate::table_single::SingleTable;

/// A network in panel (a).
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// Which.
    pub network: Network,
    /// Its accuracy after each number of steps but 0, which a logarithmic axis has not.
    pub bands: Vec<Band>,
    /// Where it reaches Inception's maximum.
    pub reach: Option<Reach>,
    /// (step, accuracy) of each training that diverged.
    pub diverged: Vec<(f64, f64)>,
    /// Trainings in all.
    pub seeds: usize,
}

/// Where a network reaches Inception's maximum.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reach {
    /// Steps, as the table has them.
    pub steps: f64,
    /// Whether it does in every seed.
    pub in_all: bool,
}

/// A network in panels (b) and (c): the paper and us.
#[derive(Clone, Debug, PartialEq)]
pub struct Compared {
    /// Which.
    pub network: Network,
    /// Steps to Inception's maximum over Inception's.
    pub steps: [Option<Value>; 2],
    /// Maximum accuracy less Inception's, points.
    pub gain: [Option<Value>; 2],
}

/// A number with its interval, or the fact that it is never reached.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    /// A mean, its interval, and the seeds in which there is no such number.
    Number { mean: f64, interval: Option<(f64, f64)>, never_in: usize },
    /// In no seed.
    Never,
}

/// Every network of the run.
///
/// # Errors
/// If polars refuses the rows, which would be a bug.
pub fn curves(table: &SingleTable) -> Result<Vec<Curve>> {
    let has = |network: &Network| table.curves.iter().any(|row| row.network == *network);
    Network::ALL.into_iter().filter(has).map(|network| Curve::of(table, network)).collect()
}

impl Curve {
    fn of(table: &SingleTable, network: Network) -> Result<Self> {
        let rows = || table.curves.iter().filter(move |row| row.network == network);
        let shown = rows().filter(|row| row.step > 0 && row.top1_accuracy.is_finite());
        let singles = table.singles.iter().filter(|single| single.network == network);
        let last = |seed: u64| {
            let of_seed = rows().filter(|row| row.seed == seed && row.top1_accuracy.is_finite());
            of_seed.max_by_key(|row| row.step).map_or(0.0, |row| row.top1_accuracy)
        };
        let crosses =
            singles.clone().filter_map(|single| Some((single.diverged? as f64, last(single.seed))));
        Ok(Self {
            network,
            bands: over_seeds(shown.map(|row| (row.step, row.top1_accuracy)))?,
            reach: reach(table, network),
            diverged: crosses.collect(),
            seeds: singles.count(),
        })
    }
}

fn reach(table: &SingleTable, network: Network) -> Option<Reach> {
    let row = table.row(network.name(), STEPS)?;
    Some(Reach { steps: row.mean?, in_all: row.censored == 0 })
}

/// Mean over seeds of Inception's maximum: the horizontal line.
pub fn inceptions_maximum(table: &SingleTable) -> Option<f64> {
    table.row(Network::Inception.name(), MAXIMUM)?.mean
}

/// The paper's five networks.
pub fn compared(table: &SingleTable) -> Vec<Compared> {
    let five = Network::ALL.into_iter().take(5);
    five.map(|network| Compared {
        network,
        steps: [printed_steps(table, network), our_steps(table, network)],
        gain: [printed_gain(table, network), our_gain(table, network)],
    })
    .collect()
}

fn exactly(mean: f64) -> Value {
    Value::Number { mean, interval: None, never_in: 0 }
}

fn printed_steps(table: &SingleTable, network: Network) -> Option<Value> {
    if table.paper.is_never(network) {
        return Some(Value::Never);
    }
    table.paper.speed_up(network).map(|speed_up| exactly(speed_up.recip()))
}

/// The inverse of the speed-up.
fn our_steps(table: &SingleTable, network: Network) -> Option<Value> {
    let row = table.row(network.name(), SPEED_UP)?;
    let Some(mean) = row.mean else { return Some(Value::Never) };
    let interval = row.ci95_low.zip(row.ci95_high);
    Some(Value::Number {
        mean: mean.recip(),
        interval: interval.map(|(low, high)| (high.recip(), low.recip())),
        never_in: row.censored,
    })
}

fn printed_gain(table: &SingleTable, network: Network) -> Option<Value> {
    table.paper.less(network, Network::Inception).map(|gain| exactly(100.0 * gain))
}

fn our_gain(table: &SingleTable, network: Network) -> Option<Value> {
    let row = table.row(network.name(), GAIN)?;
    let interval = row.ci95_low.zip(row.ci95_high);
    Some(Value::Number {
        mean: 100.0 * row.mean?,
        interval: interval.map(|(low, high)| (100.0 * low, 100.0 * high)),
        never_in: 0,
    })
}

/// How many seeds reach Inception's maximum, of how many.
pub fn reached(table: &SingleTable, network: Network) -> (usize, usize) {
    let of_network = table.singles.iter().filter(|single| single.network == network);
    let steps = of_network.filter_map(|single| single.steps);
    let is_number = |known: &Known| matches!(known, Known::Exactly(_));
    (steps.clone().filter(is_number).count(), steps.count())
}
