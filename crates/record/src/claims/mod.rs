//! What the paper claims in words, and what our measurements say of it.
//!
//! `paper/claims.toml` says of each claim which number of which run decides it, and by which [`Rule`]. A
//! program for a claim writes [`PointRow`]s, and [`Claim::finding`] applies the rule to them; the figures have
//! rows of their own, whose modules do. No verdict is typed by hand.

mod hypothesis;

use std::fmt;
use std::path::Path;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::manifest::{self, Manifest};
use crate::run::Scale;
use crate::statistics::Verdict;
use crate::{repository, table};

pub use hypothesis::{Hypothesis, Ours, Place, Rule, Versus};

/// Name of the file with the [`PointRow`]s.
pub const POINTS_FILE: &str = "points.csv";

/// Name of the file with the [`PointRow`]s that a training leaves on its way.
pub const OBSERVED_FILE: &str = "observed.csv";

/// A number that was measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PointRow {
    /// Scale of the run.
    pub scale: Scale,
    /// What it was measured of, for instance a network.
    pub series: String,
    /// The seed.
    pub seed: u64,
    /// What was measured.
    pub metric: String,
    /// Where: a training step, a factor, the size of a mini-batch.
    pub x: f64,
    /// The number; it may be infinite, or none.
    pub value: f64,
}

/// A claim of the paper, or of a later one, and what would show that it holds.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Claim {
    /// Where the paper says so.
    pub section: String,
    /// The claim in words.
    pub claim: String,
    /// What the paper has for it: a number, "yes", or the file that its numbers are worked out from.
    pub paper: String,
    /// The run that decides, as a folder under `results/`.
    pub run: String,
    /// What of the run decides, and how.
    #[serde(flatten)]
    pub hypothesis: Hypothesis,
    /// Unit of the number that decides.
    #[serde(default)]
    pub unit: Unit,
}

/// How a number is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// As it is, with three digits.
    #[default]
    Number,
    /// As so many times another.
    Times,
    /// A fraction or a difference of two, in percent.
    Percent,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Claims {
    claim: Vec<Claim>,
}

/// What our measurements say of a claim.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// The claim.
    pub claim: Claim,
    /// Scale of the run.
    pub scale: Scale,
    /// The number that decides; none if the run does not have it.
    pub ours: Option<Ours>,
    /// What the rule says.
    pub verdict: Verdict,
}

/// Every claim of `paper/claims.toml`, in its order.
///
/// # Errors
/// If the file is missing or damaged.
pub fn all() -> Result<Vec<Claim>> {
    let path = repository().join("paper/claims.toml");
    let read = || -> Result<Claims> { Ok(toml::from_str(&std::fs::read_to_string(&path)?)?) };
    Ok(read().with_context(|| format!("cannot read {}", path.display()))?.claim)
}

/// The claims that a run of this artefact decides.
///
/// # Errors
/// If the file is missing or damaged.
pub fn of_run(artefact: &str) -> Result<Vec<Claim>> {
    Ok(all()?.into_iter().filter(|claim| claim.run == artefact).collect())
}

/// The findings of one finished run of points, in this folder.
///
/// # Errors
/// If the rows or the claims cannot be read.
pub fn findings(folder: &Path) -> Result<Vec<Finding>> {
    let manifest = Manifest::read(folder)?;
    let points: Vec<PointRow> = table::read(&folder.join(POINTS_FILE))?;
    of_points(&manifest.artefact, manifest.scale, &points)
}

/// The findings of the points of a run of this artefact.
///
/// # Errors
/// If the claims cannot be read.
pub fn of_points(artefact: &str, scale: Scale, points: &[PointRow]) -> Result<Vec<Finding>> {
    let claims = of_run(artefact)?.into_iter();
    Ok(claims.map(|claim| claim.finding(scale, points)).collect())
}

/// Whether the run in this folder is finished and has points.
pub fn is_there(folder: &Path) -> bool {
    [manifest::FILE, POINTS_FILE].iter().all(|file| folder.join(file).exists())
}

impl Claim {
    /// What these points say of it.
    pub fn finding(self, scale: Scale, points: &[PointRow]) -> Finding {
        let values = self.hypothesis.values(points);
        let ours = self.hypothesis.ours(&values);
        let verdict = self.hypothesis.verdict(&values, ours.as_ref());
        Finding { claim: self, scale, ours, verdict }
    }
}

impl Unit {
    /// A number in this unit, with a typographic minus.
    pub fn show(self, value: f64) -> String {
        let text = match self {
            Self::Percent => format!("{:.1}", 100.0 * value),
            Self::Number | Self::Times => three_digits(value),
        };
        let is_zero = text.trim_start_matches('-').chars().all(|digit| "0.".contains(digit));
        let sign = if is_zero { "" } else { "−" };
        text.replace('-', sign)
    }

    /// What stands behind the numbers.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Number => "",
            Self::Times => "×",
            Self::Percent => " %",
        }
    }
}

/// Three digits of a number, in powers of ten where it is very large or very small.
fn three_digits(value: f64) -> String {
    match value.abs() {
        0.0 => "0".to_owned(),
        size if !(1e-3..1e5).contains(&size) => format!("{value:.1e}"),
        size => {
            let decimals = (2 - size.log10().floor() as i32).max(0) as usize;
            format!("{value:.decimals$}")
        }
    }
}

impl Finding {
    /// The number with its interval: `2.31× (1.9 to 2.8, n 3)`; a difference of fractions in points.
    pub fn number(&self) -> String {
        let Some(ours) = &self.ours else { return "–".to_owned() };
        let unit = self.claim.unit;
        let interval = ours.interval.map_or(String::new(), |(low, high)| {
            format!("{} to {}, ", unit.show(low), unit.show(high))
        });
        let is_difference = matches!(self.claim.hypothesis.versus, Some(Versus::Less(_)));
        let sign = match unit {
            Unit::Percent if is_difference => " points",
            unit => unit.sign(),
        };
        format!("{}{sign} ({interval}n {})", unit.show(ours.mean), ours.n)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.claim.claim, self.number(), self.verdict)
    }
}
