//! One judge: every claim is a rule over points, and [`judge`] applies it.

mod holm;
mod number;
mod verdict;

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use record::run::Scale;

use crate::point::{Known, Point};
use crate::spread::Spread;
use crate::{Claim, Exhibit, Kind, PaperValue, Place, Rule, Unit, Versus};

pub use holm::{ALPHA, holm};
pub use verdict::Verdict;

/// What our measurements say of a claim.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Exhibit that decides.
    pub exhibit: String,
    /// Where the paper makes the claim.
    pub section: String,
    /// The claim.
    pub claim: Claim,
    /// Scale of the run.
    pub scale: Scale,
    /// What the paper has for it.
    pub paper: String,
    /// The number that decides; none if the run does not have it.
    pub ours: Option<Ours>,
    /// What the rule says.
    pub verdict: Verdict,
    /// Why the run cannot tell, if it cannot.
    pub not_tested: Option<String>,
    /// The chance of a decision as clear as this one if nothing were there, on its side; none where nothing was
    /// measured, or of a single seed.
    pub p: Option<f64>,
    /// Whether a decided verdict stays so when the number of empirical claims in its section counts ([`holm`]).
    pub holds_after_holm: Option<bool>,
}

/// The number that decides, over seeds.
#[derive(Clone, Debug, PartialEq)]
pub struct Ours {
    /// That of each seed.
    pub values: Vec<Known>,
    /// The mean of those that are numbers, and their interval; geometric where ratios are compared.
    pub spread: Option<Spread>,
    /// Whether a rule of each seed is met, by seed.
    pub facts: Vec<bool>,
}

/// What the points of one run say of its exhibit's claims, in their order.
///
/// # Errors
/// If a claim names a series or a metric that the run did not write, unless the run is a smoke or custom one,
/// which may have fewer.
pub fn judge(
    exhibit: &Exhibit,
    scale: Scale,
    points: &[Point],
    paper: &[Point],
) -> Result<Vec<Finding>> {
    let may_lack = matches!(scale, Scale::Smoke | Scale::Custom);
    let mut findings = Vec::new();
    for claim in &exhibit.description.claims {
        if !(may_lack || claim.is_of_scale(scale)) {
            continue;
        }
        let finding = Finding::of(exhibit, claim, scale, points, paper);
        if let (None, None, false) = (&finding.ours, &claim.not_tested, may_lack) {
            bail!(
                "{}: claim '{}': the run has no points of metric '{}' and series '{}'",
                exhibit.name,
                claim.claim,
                claim.metric,
                series_of(claim).join("' and '")
            );
        }
        findings.push(finding);
    }
    Ok(findings)
}

fn series_of(claim: &Claim) -> Vec<String> {
    let versus = claim.versus().map(|versus| versus.series().to_owned());
    [claim.of.clone()].into_iter().chain(versus).collect()
}

impl Finding {
    fn of(
        exhibit: &Exhibit,
        claim: &Claim,
        scale: Scale,
        points: &[Point],
        paper: &[Point],
    ) -> Self {
        let ours = claim.rule().and_then(|rule| Ours::of(claim, rule, points));
        let not_tested = exhibit.not_tested(claim, scale, points);
        let decides = claim.rule().zip(ours.as_ref()).filter(|_| not_tested.is_none());
        let verdict = match decides {
            _ if not_tested.is_some() => Verdict::NotTested,
            None => Verdict::Undecided,
            Some((rule, ours)) => ours.verdict(rule, claim.kind),
        };
        let p = decides.and_then(|(rule, ours)| ours.p(rule));
        let own = &claim.section;
        let section = if own.is_empty() { &exhibit.description.section } else { own };
        Self {
            exhibit: exhibit.name.clone(),
            section: section.clone(),
            claim: claim.clone(),
            scale,
            paper: printed(claim, paper),
            ours,
            verdict,
            not_tested,
            p,
            holds_after_holm: None,
        }
    }

    /// Whether chance could have decided it: an empirical claim with a p.
    pub fn is_at_chance(&self) -> bool {
        self.claim.kind == Kind::Empirical && self.p.is_some()
    }

    /// What would reproduce it, in words; why it is not tested.
    pub fn rule(&self) -> String {
        let rule = self.claim.rule().map(Rule::words);
        let reason = self.not_tested.as_ref().map(|reason| format!("not tested here: {reason}"));
        rule.into_iter().chain(reason).collect::<Vec<_>>().join("; ")
    }

    /// The number with its interval: `2.31× (1.9 to 2.8, n 3)`.
    pub fn number(&self) -> String {
        let Some(ours) = &self.ours else { return "–".to_owned() };
        let unit = Unit::of(&self.claim);
        let facts = self.claim.rule().filter(|rule| rule.is_of_each()).map(|_| {
            let shown = ours.facts.iter().filter(|fact| **fact).count();
            let p = self.p.filter(|_| self.is_at_chance());
            let p = p.map_or(String::new(), |p| format!(", p {}", Unit::Number.digits(p)));
            format!("; so in {shown} of {} seeds{p}", ours.facts.len())
        });
        let facts = facts.filter(|_| ours.facts.len() > 1 || ours.spread.is_none());
        format!("{}{}", unit.ours(ours), facts.unwrap_or_default())
    }
}

/// The paper's number for the claim, or its words.
fn printed(claim: &Claim, paper: &[Point]) -> String {
    match &claim.paper {
        PaperValue::Words(words) => words.clone(),
        PaperValue::Reported => {
            let values = values(claim, paper);
            let value = values.first().and_then(|value| value.exact());
            value.map_or("–".to_owned(), |value| Unit::of(claim).one(value))
        }
    }
}

/// The number of each seed that has it, by seed.
fn values(claim: &Claim, points: &[Point]) -> Vec<Known> {
    let own = of_seeds(claim, points, &claim.of);
    let Some(versus) = claim.versus() else {
        return own.into_values().map(|point| point.value).collect();
    };
    let other = of_seeds(claim, points, versus.series());
    let compare = |(seed, own): (u64, &Point)| {
        let other = other.get(&seed)?.value;
        match versus {
            Versus::Less(_) => own.value.less(other),
            Versus::Over(_) => own.value.over(other),
        }
    };
    own.into_iter().filter_map(compare).collect()
}

fn of_seeds<'a>(claim: &Claim, points: &'a [Point], series: &str) -> BTreeMap<u64, &'a Point> {
    let mut seeds: BTreeMap<u64, Vec<&Point>> = BTreeMap::new();
    let is_it = |point: &&Point| point.series == series && point.metric == claim.metric;
    for point in points.iter().filter(is_it) {
        seeds.entry(point.seed).or_default().push(point);
    }
    let there = |(seed, points): (u64, Vec<&'a Point>)| Some((seed, at(claim.at, &points)?));
    seeds.into_iter().filter_map(there).collect()
}

/// The point there, of points of one seed in any order.
fn at<'a>(place: Place, points: &[&'a Point]) -> Option<&'a Point> {
    let by_x = |a: &&&Point, b: &&&Point| a.x.total_cmp(&b.x);
    let by_value = |a: &&&Point, b: &&&Point| a.value.number().total_cmp(&b.value.number());
    match place {
        Place::Last => points.iter().max_by(by_x).copied(),
        Place::Largest => points.iter().max_by(by_value).copied(),
        Place::X(x) => points.iter().find(|point| point.x == x).copied(),
    }
}

impl Versus {
    /// The other series.
    pub fn series(&self) -> &str {
        match self {
            Self::Less(series) | Self::Over(series) => series,
        }
    }
}

impl Ours {
    fn of(claim: &Claim, rule: Rule, points: &[Point]) -> Option<Self> {
        let values = values(claim, points);
        if values.is_empty() {
            return None;
        }
        let exact: Vec<f64> = values.iter().filter_map(|value| value.exact()).collect();
        let own = of_seeds(claim, points, &claim.of).into_values().next();
        let spread = match own.and_then(|point| point.interval).filter(|_| claim.versus().is_none())
        {
            Some(interval) => exact.first().map(|value| Spread::with_interval(*value, interval)),
            None => Spread::of(&exact, claim.is_by_ratio()),
        };
        let facts = values.iter().map(|value| is_met_by(rule, *value)).collect();
        Some(Self { values, spread, facts })
    }

    /// Seeds of which only a bound is known.
    pub fn censored(&self) -> usize {
        self.values.iter().filter(|value| value.exact().is_none()).count()
    }

    /// What a rule says. One of intervals: of the whole interval if every value is a number. One of a fact, and one of
    /// intervals whose values are all bounds: what every seed says, if there are as many as that takes.
    fn verdict(&self, rule: Rule, kind: Kind) -> Verdict {
        if self.is_by_interval(rule) {
            return of_interval(rule, self.spread.as_ref().and_then(|spread| spread.interval));
        }
        let is_enough = kind == Kind::Identity || self.chance_of_all() <= ALPHA;
        if is_enough { self.of_all(rule) } else { Verdict::Undecided }
    }

    fn is_by_interval(&self, rule: Rule) -> bool {
        !rule.is_of_each() && self.censored() == 0
    }

    /// What every seed says; where only some have a bound, nobody can say.
    fn of_all(&self, rule: Rule) -> Verdict {
        if rule.is_of_each() {
            return Verdict::of_facts(&self.facts);
        }
        let is_bounds = self.censored() == self.values.len();
        let all = |is_above: bool| {
            self.values.iter().all(|value| is_beyond(rule.bar(), is_above, *value))
        };
        match (is_bounds, all(rule.is_above()), all(!rule.is_above())) {
            (true, true, _) => Verdict::Reproduced,
            (true, _, true) => Verdict::NotReproduced,
            _ => Verdict::Undecided,
        }
    }

    /// Of a fact in every one of n seeds: 1 in 2ⁿ.
    fn chance_of_all(&self) -> f64 {
        0.5_f64.powi(self.facts.len() as i32)
    }

    /// One-sided, on the side that the numbers are on: by Student's t or, for an interval of the number's own, by
    /// the normal distribution; of a fact in every seed, or in none, the chance of that.
    fn p(&self, rule: Rule) -> Option<f64> {
        if self.is_by_interval(rule) {
            return self.spread.as_ref()?.p_of(rule.bar());
        }
        let is_of_all = self.of_all(rule) != Verdict::Undecided;
        Some(if is_of_all { self.chance_of_all() } else { 0.5 })
    }
}

/// Whether a number is on the rule's side of its bar; a bound is if it says so.
fn is_met_by(rule: Rule, value: Known) -> bool {
    is_beyond(rule.bar(), rule.is_above(), value)
}

fn is_beyond(bar: f64, is_above: bool, value: Known) -> bool {
    if is_above { value.is_above(bar) } else { value.is_below(bar) }
}

/// What a rule says of an interval: it is wholly on the claim's side, wholly on the other, or neither.
fn of_interval(rule: Rule, interval: Option<(f64, f64)>) -> Verdict {
    if rule.is_above() {
        return Verdict::greater_than(rule.bar(), interval);
    }
    Verdict::greater_than(-rule.bar(), interval.map(|(low, high)| (-high, -low)))
}
