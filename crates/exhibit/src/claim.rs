//! What the paper claims, and what would show that it holds.

use anyhow::{Result, bail, ensure};
use record::run::Scale;
use serde::Deserialize;

/// A claim of the paper, or of a later one, and what would show that it holds.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// The claim in words.
    pub claim: String,
    /// Where the paper says so; the exhibit's section if it is empty.
    #[serde(default)]
    pub section: String,
    /// What kind of claim it is.
    pub kind: Kind,
    /// What the paper has for it.
    pub paper: PaperValue,
    /// The rows of `paper/reported.csv` that it tests, by their `id`.
    #[serde(default)]
    pub reported: Vec<String>,
    /// What was measured,
    #[serde(default)]
    pub metric: String,
    /// of which series,
    #[serde(default)]
    pub of: String,
    /// less this one of the same seed,
    #[serde(default)]
    less: Option<String>,
    /// or over this one, averaged on the logarithmic scale;
    #[serde(default)]
    over: Option<String>,
    /// whether the metric itself is a ratio, averaged so, too;
    #[serde(default)]
    pub is_ratio: bool,
    /// and where along the series: `last`, `largest`, or an x.
    #[serde(default)]
    pub at: Place,
    /// Reproduced if the whole 95 % interval is above this,
    #[serde(default)]
    interval_above: Option<f64>,
    /// below this,
    #[serde(default)]
    interval_below: Option<f64>,
    /// if it is above this in every seed,
    #[serde(default)]
    each_above: Option<f64>,
    /// or below this.
    #[serde(default)]
    each_below: Option<f64>,
    /// Why it is not tested here; it then has no rule.
    #[serde(default)]
    pub not_tested: Option<String>,
    /// Whether only networks that have converged can tell.
    #[serde(default)]
    pub needs_convergence: bool,
    /// Only runs of these scales have it; all if there are none.
    #[serde(default)]
    pub scales: Vec<Scale>,
    /// Unit of the number that decides.
    #[serde(default)]
    pub unit: Unit,
}

/// What kind of claim it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Algebra, held by arithmetic: it holds or there is a bug.
    Identity,
    /// A measurement that could have come out otherwise.
    Empirical,
    /// A later paper's, or ours.
    BeyondThePaper,
}

/// What the paper has for a claim.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(from = "String")]
pub enum PaperValue {
    /// Words: `yes`, `about 1 %`.
    Words(String),
    /// The same number, worked out from `paper/reported.csv`; written `reported`.
    Reported,
}

impl From<String> for PaperValue {
    fn from(text: String) -> Self {
        if text == "reported" { Self::Reported } else { Self::Words(text) }
    }
}

/// How two series of a seed are compared.
#[derive(Clone, Debug, PartialEq)]
pub enum Versus {
    /// Less this one.
    Less(String),
    /// Over this one; averaged on the logarithmic scale.
    Over(String),
}

/// Which point of a series counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(try_from = "PlaceText")]
pub enum Place {
    /// That of the largest x.
    #[default]
    Last,
    /// The largest value.
    Largest,
    /// The point at this x.
    X(f64),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum PlaceText {
    X(f64),
    Name(String),
}

impl TryFrom<PlaceText> for Place {
    type Error = String;

    fn try_from(text: PlaceText) -> Result<Self, String> {
        match text {
            PlaceText::X(x) => Ok(Self::X(x)),
            PlaceText::Name(name) if name == "last" => Ok(Self::Last),
            PlaceText::Name(name) if name == "largest" => Ok(Self::Largest),
            PlaceText::Name(name) => {
                Err(format!("at is 'last', 'largest' or a number, not '{name}'"))
            }
        }
    }
}

/// When a claim is reproduced.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rule {
    /// The whole 95 % interval is above this.
    IntervalAbove(f64),
    /// The whole 95 % interval is below this.
    IntervalBelow(f64),
    /// It is above this in every seed.
    EachAbove(f64),
    /// It is below this in every seed.
    EachBelow(f64),
}

/// How a number is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// As it is, with three digits.
    #[default]
    Number,
    /// The same of what is above zero and compared by its logarithm, as a learning rate.
    Logarithmic,
    /// As so many times another.
    Times,
    /// A fraction, in percent; a difference of two, in points.
    Percent,
    /// A difference of fractions by itself, in points.
    Points,
    /// Whole, with commas.
    Steps,
    /// In millions.
    Millions,
}

impl Claim {
    /// Checks what the types do not: exactly one rule, or a reason for none; one comparison at most.
    pub(crate) fn check(&self) -> Result<()> {
        let claim = &self.claim;
        let bars: Vec<f64> =
            [self.interval_above, self.interval_below, self.each_above, self.each_below]
                .into_iter()
                .flatten()
                .collect();
        ensure!(bars.iter().all(|bar| bar.is_finite()), "claim '{claim}': its bar is no number");
        ensure!(
            self.less.is_none() || self.over.is_none(),
            "claim '{claim}': it has both less and over"
        );
        match (bars.len(), &self.not_tested) {
            (0, Some(_)) => Ok(()),
            (1, None) => {
                ensure!(
                    !self.metric.is_empty() && !self.of.is_empty(),
                    "claim '{claim}': it needs metric and of"
                );
                Ok(())
            }
            (0, None) => bail!("claim '{claim}': it has no rule"),
            (_, None) => bail!("claim '{claim}': it has more than one rule"),
            (_, Some(_)) => bail!("claim '{claim}': it is not tested and has a rule"),
        }
    }

    /// What decides; none if it is not tested.
    pub fn rule(&self) -> Option<Rule> {
        let above = self.interval_above.map(Rule::IntervalAbove);
        let below = self.interval_below.map(Rule::IntervalBelow);
        let each_above = self.each_above.map(Rule::EachAbove);
        above.or(below).or(each_above).or(self.each_below.map(Rule::EachBelow))
    }

    /// The series that it is compared with, if with any.
    pub fn versus(&self) -> Option<Versus> {
        let less = self.less.clone().map(Versus::Less);
        less.or_else(|| self.over.clone().map(Versus::Over))
    }

    /// Whether it is averaged and compared on the logarithmic scale.
    pub fn is_by_ratio(&self) -> bool {
        self.is_ratio || self.over.is_some()
    }

    /// Whether runs of this scale have it.
    pub fn is_of_scale(&self, scale: Scale) -> bool {
        self.scales.is_empty() || self.scales.contains(&scale)
    }
}

impl Rule {
    /// What the number is compared with.
    pub fn bar(self) -> f64 {
        match self {
            Self::IntervalAbove(bar)
            | Self::IntervalBelow(bar)
            | Self::EachAbove(bar)
            | Self::EachBelow(bar) => bar,
        }
    }

    /// Whether the number must lie above the bar, and not below it.
    pub fn is_above(self) -> bool {
        matches!(self, Self::IntervalAbove(_) | Self::EachAbove(_))
    }

    /// Whether it asks for a fact of each seed, which needs no interval.
    pub fn is_of_each(self) -> bool {
        matches!(self, Self::EachAbove(_) | Self::EachBelow(_))
    }

    /// In words.
    pub fn words(self) -> String {
        let bar = self.bar();
        let short =
            if bar != 0.0 && bar.abs() < 1e-3 { format!("{bar:e}") } else { bar.to_string() };
        let side = if self.is_above() { "above" } else { "below" };
        if self.is_of_each() {
            format!("{side} {short} in every seed")
        } else {
            format!("the whole 95 % interval is {side} {short}")
        }
    }
}
