//! What the paper claims of the comparison (§4.2.2), and what a run says of it, by rules that were
//! written before there was a run: `results/table-single/claims.csv`.

use serde::{Deserialize, Serialize};

use super::{
    DIVERGED, MAXIMUM, Network, OVER_CHANCE, Paper, Quantity, SHARE, SPEED_UP, STEPS,
    X30_LESS_OTHERS, X30_LESS_X5, X30_OVER_X5,
};
use crate::run::Scale;
use crate::statistics::Verdict;

/// The least speed-up that "several times faster" can mean.
pub const SEVERAL: f64 = 2.0;
/// A network trains if it goes more than this share of Inception's way from chance to its maximum.
pub const TRAINS: f64 = 0.5;
/// A network is at chance if its best validation is less than this multiple of it: the best of many
/// validations of a network that guesses lies above chance.
pub const AT_CHANCE: f64 = 1.5;

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

/// How a number decides.
#[derive(Clone, Copy)]
enum Rule {
    /// The whole 95 % interval over seeds is above the bar.
    IntervalAbove,
    /// A fact of each training: it is above the bar in every seed.
    EachAbove,
    /// A fact of each training: it is below the bar in every seed.
    EachBelow,
}

struct Claim {
    text: &'static str,
    network: &'static str,
    metric: &'static str,
    rule: Rule,
    bar: f64,
    paper: fn(&Paper) -> Option<f64>,
}

const CLAIMS: [Claim; 8] = [
    Claim {
        text: "BN-Baseline reaches Inception's maximum in fewer steps",
        network: "BN-Baseline",
        metric: SPEED_UP,
        rule: Rule::IntervalAbove,
        bar: 1.0,
        paper: |paper| paper.speed_up(Network::BnBaseline),
    },
    Claim {
        text: "BN-x5 reaches it several times faster",
        network: "BN-x5",
        metric: SPEED_UP,
        rule: Rule::IntervalAbove,
        bar: SEVERAL,
        paper: |paper| paper.speed_up(Network::BnX5),
    },
    Claim {
        text: "BN-x30 is at first slower than BN-x5",
        network: X30_OVER_X5,
        metric: STEPS,
        rule: Rule::IntervalAbove,
        bar: 1.0,
        paper: |paper| Some(paper.steps(Network::BnX30)? / paper.steps(Network::BnX5)?),
    },
    Claim {
        text: "BN-x30 ends higher than BN-x5",
        network: X30_LESS_X5,
        metric: MAXIMUM,
        rule: Rule::IntervalAbove,
        bar: 0.0,
        paper: |paper| paper.less(Network::BnX30, Network::BnX5),
    },
    Claim {
        text: "BN-x30 ends highest of all",
        network: X30_LESS_OTHERS,
        metric: MAXIMUM,
        rule: Rule::IntervalAbove,
        bar: 0.0,
        paper: highest_of_all,
    },
    Claim {
        text: "With sigmoids, Inception trains if it has BN",
        network: "BN-x5-Sigmoid",
        metric: SHARE,
        rule: Rule::EachAbove,
        bar: TRAINS,
        paper: |paper| {
            let above = |network| Some(paper.maximum(network)? - paper.chance()?);
            Some(above(Network::BnX5Sigmoid)? / above(Network::Inception)?)
        },
    },
    Claim {
        text: "With sigmoids and without BN, Inception stays at chance",
        network: "Inception with sigmoid",
        metric: OVER_CHANCE,
        rule: Rule::EachBelow,
        bar: AT_CHANCE,
        paper: |paper| Some(paper.maximum(Network::InceptionSigmoid)? / paper.chance()?),
    },
    Claim {
        text: "Inception at 5 times its rate diverges",
        network: "Inception at 5x",
        metric: DIVERGED,
        rule: Rule::EachAbove,
        bar: 0.5,
        paper: |paper| {
            let says_so = paper.printed(Network::InceptionX5, "parameters");
            says_so.map(|text| f64::from(u8::from(text == "machine infinity")))
        },
    },
];

fn highest_of_all(paper: &Paper) -> Option<f64> {
    let others = Network::ALL.into_iter().filter(|network| *network != Network::BnX30);
    let highest = others.filter_map(|network| paper.maximum(network)).max_by(f64::total_cmp)?;
    Some(paper.maximum(Network::BnX30)? - highest)
}

/// Every claim; those of networks that the run does not have are undecided with `n` 0.
pub fn claims(scale: Scale, quantities: &[Quantity], paper: &Paper) -> Vec<ClaimRow> {
    CLAIMS.iter().map(|claim| claim.row(scale, quantities, paper)).collect()
}

impl Claim {
    fn row(&self, scale: Scale, quantities: &[Quantity], paper: &Paper) -> ClaimRow {
        let is_it = |quantity: &&Quantity| {
            (quantity.network, quantity.metric) == (self.network, self.metric)
        };
        let quantity = quantities.iter().find(is_it);
        let exact = quantity.map(Quantity::exact).unwrap_or_default();
        let mean = quantity.and_then(|quantity| quantity.mean(&exact));
        let interval = mean.and_then(|(_, interval)| interval);
        let facts = quantity.map(|quantity| self.facts(quantity)).unwrap_or_default();
        ClaimRow {
            scale,
            claim: self.text.to_owned(),
            network: self.network.to_owned(),
            metric: self.metric.to_owned(),
            paper: (self.paper)(paper),
            bar: self.bar,
            rule: self.words(),
            is_fact: !matches!(self.rule, Rule::IntervalAbove),
            mean: mean.map(|(mean, _)| mean),
            ci95_low: interval.map(|(low, _)| low),
            ci95_high: interval.map(|(_, high)| high),
            n: facts.len(),
            censored: facts.len() - exact.len(),
            agreeing: facts.iter().filter(|agrees| **agrees).count(),
            verdict: quantity.map_or(Verdict::Undecided, |quantity| self.verdict(quantity)),
        }
    }

    /// The rule in words.
    fn words(&self) -> String {
        match self.rule {
            Rule::IntervalAbove => format!("the whole 95 % interval is above {}", self.bar),
            Rule::EachAbove if self.metric == DIVERGED => "in every seed".to_owned(),
            Rule::EachAbove => format!("above {} in every seed", self.bar),
            Rule::EachBelow => format!("below {} in every seed", self.bar),
        }
    }

    fn verdict(&self, quantity: &Quantity) -> Verdict {
        match self.rule {
            Rule::IntervalAbove => quantity.is_greater_than(self.bar),
            Rule::EachAbove | Rule::EachBelow => Verdict::of_facts(&self.facts(quantity)),
        }
    }

    /// Of each seed, whether it is by itself on the claim's side.
    fn facts(&self, quantity: &Quantity) -> Vec<bool> {
        let values = quantity.values.iter();
        match self.rule {
            Rule::EachBelow => values.map(|value| value.is_below(self.bar)).collect(),
            Rule::IntervalAbove | Rule::EachAbove => {
                values.map(|value| value.is_above(self.bar)).collect()
            }
        }
    }
}
