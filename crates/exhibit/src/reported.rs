//! What the paper says, number by number and sentence by sentence, from `paper/reported.csv`.

use anyhow::Result;
use record::{repository, table};
use serde::Deserialize;

/// Unit of what is no number.
pub const SENTENCE: &str = "text";

/// One number that the paper reports, or one sentence that can be checked.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Reported {
    /// What claims name it by: short, and begins with its place, for instance `s3.3-scale-output`.
    pub id: String,
    /// Which figure or table, for instance `fig1`; `claims` if the text says so.
    pub artefact: String,
    /// The network or model, as printed.
    pub network: String,
    /// What was measured.
    pub metric: String,
    /// The value as printed; of a sentence its decisive words.
    pub value: String,
    /// Its unit; of a sentence [`SENTENCE`].
    pub unit: String,
    /// Where the paper says so.
    pub section: String,
    /// Why no claim tests it; none if one does.
    pub not_a_claim: Option<String>,
}

/// Every number that the paper reports, and every sentence that can be checked, in the paper's order.
///
/// # Errors
/// If `paper/reported.csv` is missing or damaged.
pub fn all() -> Result<Vec<Reported>> {
    table::read(&repository().join("paper/reported.csv"))
}
