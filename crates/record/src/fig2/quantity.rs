//! What is compared, seed by seed.

use super::{Known, Network, Single};
use crate::claims::Rule;
use crate::statistics::{Estimate, RatioEstimate, Verdict};

/// Steps to the first row at which a network is as accurate as Inception of its seed ever was.
pub const STEPS: &str = "steps to Inception's maximum";
/// Inception's steps to its own maximum over a network's.
pub const SPEED_UP: &str = "speed-up over Inception in steps";
/// The maximum of a validation curve.
pub const MAXIMUM: &str = "maximum accuracy";
/// The same, less Inception's of the same seed.
pub const GAIN: &str = "maximum accuracy less Inception's";
/// How much of Inception's way from chance to its maximum a network went.
pub const SHARE: &str = "maximum accuracy above chance, Inception's being 1";
/// The maximum in units of what guessing gives.
pub const OVER_CHANCE: &str = "maximum accuracy over chance";
/// 1 for a training that diverged, 0 for any other.
pub const DIVERGED: &str = "share of trainings that diverged";

/// The difference of BN-x30 to BN-x5, paired by seed.
pub const X30_LESS_X5: &str = "BN-x30 minus BN-x5";
/// The difference of BN-x30 to whichever of the others is highest in the same seed.
pub const X30_LESS_OTHERS: &str = "BN-x30 minus the highest of the others";
/// The ratio of BN-x30 to BN-x5, paired by seed.
pub const X30_OVER_X5: &str = "BN-x30 over BN-x5";

/// A number of a network, or of how two compare, of each seed.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantity {
    /// A network, or how two of them compare.
    pub network: &'static str,
    /// What was measured.
    pub metric: &'static str,
    /// Its unit.
    pub unit: &'static str,
    /// Whether it is averaged and compared on the logarithmic scale.
    pub by_ratio: bool,
    /// Its values, one of each seed of which anything is known.
    pub values: Vec<Known>,
}

/// Everything that the table and the claims are about; nothing of networks that are not there.
pub fn quantities(singles: &[Single], chance: Option<f64>) -> Vec<Quantity> {
    let of_networks = Network::ALL.into_iter().flat_map(|network| {
        let of_network: Vec<&Single> =
            singles.iter().filter(|single| single.network == network).collect();
        of_network_alone(network, &of_network, chance)
    });
    let all = of_networks.chain(comparisons(singles));
    all.filter(|quantity| !quantity.values.is_empty()).collect()
}

fn of_network_alone(network: Network, singles: &[&Single], chance: Option<f64>) -> Vec<Quantity> {
    let quantity = |metric, unit, by_ratio, value: &dyn Fn(&Single) -> Option<Known>| Quantity {
        network: network.name(),
        metric,
        unit,
        by_ratio,
        values: singles.iter().filter_map(|single| value(single)).collect(),
    };
    let exactly = |value: Option<f64>| value.map(Known::Exactly);
    let diverged = |single: &Single| f64::from(u8::from(single.diverged.is_some()));
    vec![
        quantity(STEPS, "steps", true, &|single| single.steps),
        quantity(SPEED_UP, "ratio", true, &|single| single.speed_up),
        quantity(MAXIMUM, "fraction", false, &|single| exactly(Some(single.maximum))),
        quantity(GAIN, "fraction", false, &|single| exactly(single.gain)),
        quantity(SHARE, "ratio", false, &|single| exactly(share(single, chance))),
        quantity(OVER_CHANCE, "ratio", false, &|single| {
            exactly(chance.map(|chance| single.maximum / chance))
        }),
        quantity(DIVERGED, "fraction", false, &|single| exactly(Some(diverged(single)))),
    ]
}

/// How much of Inception's way up from chance; `None` where Inception itself is there.
fn share(single: &Single, chance: Option<f64>) -> Option<f64> {
    single.steps?;
    let inception = single.maximum - single.gain?;
    Some((single.maximum - chance?) / (inception - chance?))
}

/// BN-x30 against BN-x5 and against all others, seed by seed.
fn comparisons(singles: &[Single]) -> [Quantity; 3] {
    let of = |network, seed| {
        singles.iter().find(|single| (single.network, single.seed) == (network, seed))
    };
    let x30 = || singles.iter().filter(|single| single.network == Network::BnX30);
    let x5 = |seed| of(Network::BnX5, seed);
    let less_x5 = x30().filter_map(|x30| Some(x30.maximum - x5(x30.seed)?.maximum));
    let less_others = x30().filter_map(|x30| Some(x30.maximum - highest_other(singles, x30)?));
    let over_x5 = x30().filter_map(|x30| x30.steps?.over(x5(x30.seed)?.steps?));
    let difference = |network, values| Quantity {
        network,
        metric: MAXIMUM,
        unit: "fraction",
        by_ratio: false,
        values,
    };
    [
        difference(X30_LESS_X5, less_x5.map(Known::Exactly).collect()),
        difference(X30_LESS_OTHERS, less_others.map(Known::Exactly).collect()),
        Quantity {
            network: X30_OVER_X5,
            metric: STEPS,
            unit: "ratio",
            by_ratio: true,
            values: over_x5.collect(),
        },
    ]
}

/// The highest maximum of any other network of the same seed.
fn highest_other(singles: &[Single], than: &Single) -> Option<f64> {
    let others =
        singles.iter().filter(|single| single.seed == than.seed && single.network != than.network);
    others.map(|single| single.maximum).max_by(f64::total_cmp)
}

impl Quantity {
    /// The values that are numbers.
    pub fn exact(&self) -> Vec<f64> {
        let exact = |value: &Known| match value {
            Known::Exactly(value) => Some(*value),
            Known::Above(_) | Known::Below(_) => None,
        };
        self.values.iter().filter_map(exact).collect()
    }

    /// Mean and interval of some numbers, on this quantity's scale.
    pub fn mean(&self, values: &[f64]) -> Option<(f64, Option<(f64, f64)>)> {
        if self.by_ratio {
            RatioEstimate::of(values).map(|estimate| (estimate.mean, estimate.interval))
        } else {
            Estimate::of(values).map(|estimate| (estimate.mean, estimate.interval()))
        }
    }

    /// Of each seed, whether it is by itself on the rule's side of the bar; a bound is if it says so.
    pub fn facts(&self, rule: Rule) -> Vec<bool> {
        self.are_on_side(rule.bar(), rule.is_above())
    }

    fn are_on_side(&self, bar: f64, above: bool) -> Vec<bool> {
        let is = |value: &Known| if above { value.is_above(bar) } else { value.is_below(bar) };
        self.values.iter().map(is).collect()
    }

    /// What a rule says of it. A rule of intervals: of the whole interval if every value is a number; if none
    /// is, of every bound, of at least two seeds; if some are, nobody can say.
    pub fn verdict(&self, rule: Rule) -> Verdict {
        if rule.is_of_each() {
            return Verdict::of_facts(&self.facts(rule));
        }
        let exact = self.exact();
        if exact.len() == self.values.len() {
            return rule.of_interval(self.mean(&exact).and_then(|(_, interval)| interval));
        }
        let can_decide = self.values.len() > 1 && exact.is_empty();
        let all = |above| self.are_on_side(rule.bar(), above).into_iter().all(|is| is);
        match (can_decide, all(rule.is_above()), all(!rule.is_above())) {
            (true, true, _) => Verdict::Reproduced,
            (true, _, true) => Verdict::NotReproduced,
            _ => Verdict::Undecided,
        }
    }
}
