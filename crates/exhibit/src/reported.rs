//! The paper's own numbers, from `paper/reported.csv`.

use anyhow::Result;
use record::{repository, table};
use serde::Deserialize;

/// One number (or one fact that is not a number, such as "never") that the paper reports.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Reported {
    /// Which figure, table or claim, for instance `fig1`.
    pub artefact: String,
    /// The network or model, as printed.
    pub network: String,
    /// What was measured.
    pub metric: String,
    /// The value as printed.
    pub value: String,
    /// Its unit.
    pub unit: String,
    /// Where the paper says so.
    pub section: String,
}

/// Every number that the paper reports.
///
/// # Errors
/// If `paper/reported.csv` is missing or damaged.
pub fn all() -> Result<Vec<Reported>> {
    table::read(&repository().join("paper/reported.csv"))
}
