//! What `experiments/src/bin/NAME.toml` says.

use std::collections::BTreeMap;

use anyhow::ensure;
use recipe::SingleNetwork;
use record::run::Scale;
use record::statistics::mean;
use serde::Deserialize;

use crate::point::Point;
use crate::{Claim, PanelDescription, Unit};

/// The description of an exhibit. Every key that it does not know is an error.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Description {
    /// Its title in README and report: `Figure 1: activations over time`.
    pub title: String,
    /// What `make help` says of it, in a line.
    pub about: String,
    /// Where the paper has it: `§4.1, Figure 1`.
    pub section: String,
    /// Its place among all exhibits, in the paper's order.
    pub order: u32,
    /// The exhibit whose run this one shows, if it has no program.
    #[serde(default)]
    pub view_of: Option<String>,
    /// How the rows of a run become points.
    #[serde(default)]
    pub rows: RowKind,
    /// The scales, `smoke` among them; the first other one is the default, and is committed. A view has those of the
    /// exhibit whose run it shows.
    #[serde(default, rename = "scale")]
    pub scales: Vec<ScaleDescription>,
    /// Name of its picture under `figures/`, if it is not the exhibit's.
    #[serde(default)]
    pub picture: Option<String>,
    /// The role of each series that has one; a role has a colour in every picture.
    #[serde(default)]
    pub roles: BTreeMap<String, Role>,
    /// The panels of its picture; none if a table says it all, or the picture is drawn by hand.
    #[serde(default, rename = "panel")]
    pub panels: Vec<PanelDescription>,
    /// What a reader of the picture must know, beside scale and seeds: the end of its caption.
    #[serde(default)]
    pub caption: String,
    /// Tables beside that of the claims.
    #[serde(default, rename = "table")]
    pub tables: Vec<TableDescription>,
    /// What the paper claims of it, and what would show that it holds.
    #[serde(default, rename = "claim")]
    pub claims: Vec<Claim>,
    /// When trainings count as converged, at scales that do not say it themselves.
    #[serde(default)]
    pub converged: Option<Converged>,
    /// Prose of README and report, Markdown.
    #[serde(default)]
    pub prose: String,
    /// More prose, which only the report has.
    #[serde(default)]
    pub report: String,
}

/// A scale that an exhibit can be run at.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScaleDescription {
    /// Which.
    pub name: Scale,
    /// Seeds, without an option.
    pub seeds: u64,
    /// Minutes on two cores; none where it takes other machines.
    #[serde(default)]
    pub minutes: Option<f64>,
    /// Whether this is what the paper did.
    #[serde(default)]
    pub is_the_papers: bool,
    /// Options that it needs, as a user types them: `--data DIR`.
    #[serde(default)]
    pub options: String,
    /// Why its networks do not converge, if they do not: then claims that need that are not tested.
    #[serde(default)]
    pub not_converged: Option<String>,
    /// When its trainings count as converged.
    #[serde(default)]
    pub converged: Option<Converged>,
}

/// When trainings count as converged: if the mean of a number over seeds is not larger.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Converged {
    /// The number,
    pub metric: String,
    /// of this series,
    pub of: String,
    /// less that of this one, where it is a difference.
    #[serde(default)]
    pub less: Option<String>,
    /// What it may be.
    pub at_most: f64,
}

/// How the rows of a run become points.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RowKind {
    /// They are points.
    #[default]
    Points,
    /// Figure 1's accuracies and activations.
    Activations,
    /// Accuracies over learning rate and initial weights.
    Sweep,
    /// Figure 2's curves and outcomes.
    Curves,
    /// Points, some of them over learning rates.
    Rates,
    /// Figure 4's errors and gains.
    Ensemble,
    /// Figure 5's stages and counts.
    Architecture,
}

/// What a series is to the paper; it has the same colour, dashes and mark in every picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(try_from = "String")]
pub enum Role {
    /// The network with BN, where one with and one without are compared.
    WithBn,
    /// The one without.
    WithoutBn,
    /// A row of Figure 2.
    Row(SingleNetwork),
}

impl TryFrom<String> for Role {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match text.as_str() {
            "with-bn" => Ok(Self::WithBn),
            "without-bn" => Ok(Self::WithoutBn),
            key => {
                let row = SingleNetwork::with_key(key).map(Self::Row);
                row.ok_or_else(|| format!("there is no role '{key}'"))
            }
        }
    }
}

/// A table of numbers over seeds.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableDescription {
    /// What stands above it; nothing if it is empty.
    #[serde(default)]
    pub title: String,
    /// What the first column is called.
    #[serde(default)]
    pub of: String,
    /// Its rows: series of the run or of the paper.
    pub series: Vec<String>,
    /// Its columns.
    #[serde(rename = "column")]
    pub columns: Vec<TableColumn>,
}

/// A column of a table.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableColumn {
    /// What stands above it: what the number is.
    pub title: String,
    /// The metric, at the last place that has it.
    pub metric: String,
    /// Whether the numbers are the paper's and not ours.
    #[serde(default)]
    pub is_the_papers: bool,
    /// The unit.
    #[serde(default)]
    pub unit: Unit,
}

impl Converged {
    /// Why a run with these points has not converged, if it has not.
    pub(crate) fn why_not(&self, points: &[Point]) -> Option<String> {
        let Self { metric, of, less, at_most } = self;
        let mean_of = |series: &str| mean(&exact_values(points, series, metric));
        let subtracted = less.as_deref().map_or(Some(0.0), mean_of);
        let what = match less {
            Some(less) => format!("{of}'s {metric} less that of {less}"),
            None => format!("{of}'s {metric}"),
        };
        let Some(found) = mean_of(of).zip(subtracted).map(|(own, other)| own - other) else {
            return Some(format!("{what} is not known"));
        };
        if found <= *at_most {
            return None;
        }
        // A digit more than elsewhere: it may be close.
        let [found, most] = [found, *at_most].map(|value| format!("{:.2} points", 100.0 * value));
        Some(format!("{what} is {found}, and may be {most}"))
    }
}

fn exact_values(points: &[Point], series: &str, metric: &str) -> Vec<f64> {
    let is_it = |point: &&Point| (&*point.series, &*point.metric) == (series, metric);
    points.iter().filter(is_it).filter_map(|point| point.value.exact()).collect()
}

impl Description {
    /// Checks what the types do not.
    pub(crate) fn check(&self) -> anyhow::Result<()> {
        ensure!(
            self.view_of.is_some() == self.scales.is_empty(),
            "it needs a [[scale]] or view_of, and not both"
        );
        for claim in &self.claims {
            claim.check()?;
        }
        self.panels.iter().try_for_each(PanelDescription::check)
    }
}
