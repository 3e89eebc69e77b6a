//! What the paper claims of the comparison (§4.2.2), and what a run says of it, by the rules of
//! `paper/claims.toml`: `results/table-single/claims.csv`.

use anyhow::Result;
use serde::{Deserialize, Serialize};

use super::{DIVERGED, Paper, Quantity};
use crate::claims::{self, Claim, Rule};
use crate::run::Scale;
use crate::statistics::Verdict;

/// A claim, the number that decides it, and what it decides.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClaimRow {
    /// Scale of the run.
    pub scale: Scale,
    /// The claim in words.
    pub claim: String,
    /// Which network, or comparison of two,
    pub network: String,
    /// and which number of it decides.
    pub metric: String,
    /// The same number of the paper's values; empty where it gives none.
    pub paper: Option<f64>,
    /// What the number must be greater than (or smaller than: see `rule`).
    pub bar: f64,
    /// The rule in words.
    pub rule: String,
    /// Whether it asks for a yes or no of each training, which needs no interval.
    pub is_fact: bool,
    /// Its mean over the seeds of which it is known.
    pub mean: Option<f64>,
    /// Lower end of its 95 % confidence interval.
    pub ci95_low: Option<f64>,
    /// Upper end.
    pub ci95_high: Option<f64>,
    /// Seeds of which it is known, or a bound is; 0 if the run has none of them.
    pub n: usize,
    /// Of these, seeds of which only a bound is known.
    pub censored: usize,
    /// Of these, seeds that are by themselves on the claim's side of the bar.
    pub agreeing: usize,
    /// What the rule says.
    pub verdict: Verdict,
}

/// Every claim of Figure 2; those of networks that the run does not have are undecided with `n` 0.
///
/// # Errors
/// If `paper/claims.toml` is missing or damaged.
pub fn claims(scale: Scale, quantities: &[Quantity], paper: &Paper) -> Result<Vec<ClaimRow>> {
    let claims = claims::of_run("fig2")?.into_iter();
    Ok(claims.map(|claim| ClaimRow::of(claim, scale, quantities, paper)).collect())
}

impl ClaimRow {
    fn of(claim: Claim, scale: Scale, quantities: &[Quantity], paper: &Paper) -> Self {
        let (network, metric) = (claim.hypothesis.of, claim.hypothesis.metric);
        let rule = claim.hypothesis.rule;
        let is_it =
            |quantity: &&Quantity| (quantity.network, quantity.metric) == (&network, &metric);
        let quantity = quantities.iter().find(is_it);
        let exact = quantity.map(Quantity::exact).unwrap_or_default();
        let mean = quantity.and_then(|quantity| quantity.mean(&exact));
        let interval = mean.and_then(|(_, interval)| interval);
        let facts = quantity.map(|quantity| quantity.facts(rule)).unwrap_or_default();
        Self {
            scale,
            claim: claim.claim,
            paper: paper.value(&network, &metric),
            bar: rule.bar(),
            rule: words(rule, &metric),
            network,
            metric,
            is_fact: rule.is_of_each(),
            mean: mean.map(|(mean, _)| mean),
            ci95_low: interval.map(|(low, _)| low),
            ci95_high: interval.map(|(_, high)| high),
            n: facts.len(),
            censored: facts.len() - exact.len(),
            agreeing: facts.iter().filter(|agrees| **agrees).count(),
            verdict: quantity.map_or(Verdict::Undecided, |quantity| quantity.verdict(rule)),
        }
    }
}

/// The rule in words; a training diverges or does not, whatever its number.
fn words(rule: Rule, metric: &str) -> String {
    if metric == DIVERGED { "in every seed".to_owned() } else { rule.words() }
}
