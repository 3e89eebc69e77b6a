//! The one format of numbers: of claims, tables and pictures.

use recipe::thousands;

use super::Ours;
use crate::point::Known;
use crate::{Claim, Unit, Versus};

impl Unit {
    /// That of a claim's number.
    pub fn of(claim: &Claim) -> Self {
        let is_difference = matches!(claim.versus(), Some(Versus::Less(_)));
        if is_difference { claim.unit.of_difference() } else { claim.unit }
    }

    /// That of a difference: fractions differ by points.
    #[must_use]
    pub fn of_difference(self) -> Self {
        if self == Self::Percent { Self::Points } else { self }
    }

    /// Whether means of it are geometric.
    pub fn is_geometric(self) -> bool {
        matches!(self, Self::Logarithmic | Self::Times | Self::Steps)
    }

    /// A number without its unit, with a typographic minus.
    pub fn digits(self, value: f64) -> String {
        let text = match self {
            Self::Percent | Self::Points => format!("{:.1}", 100.0 * value),
            Self::Number | Self::Logarithmic | Self::Times => three_digits(value),
            Self::Steps => thousands(value.round().max(0.0) as u64),
            Self::Millions => format!("{:.1}", value / 1e6),
        };
        let is_zero = text.trim_start_matches('-').chars().all(|digit| "0.".contains(digit));
        text.replace('-', if is_zero { "" } else { "−" })
    }

    /// What stands behind the numbers.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Number | Self::Logarithmic | Self::Steps => "",
            Self::Times => "×",
            Self::Percent => " %",
            Self::Points => " points",
            Self::Millions => " million",
        }
    }

    /// `2.31×`.
    pub fn one(self, value: f64) -> String {
        format!("{}{}", self.digits(value), self.sign())
    }

    /// `2.31× (1.9 to 2.8)`.
    pub fn with_interval(self, value: f64, interval: Option<(f64, f64)>) -> String {
        format!("{}{}", self.one(value), self.interval(interval))
    }

    /// ` (1.9 to 2.8)`; nothing where there is none.
    pub fn interval(self, interval: Option<(f64, f64)>) -> String {
        interval.map_or(String::new(), |(low, high)| {
            format!(" ({} to {})", self.digits(low), self.digits(high))
        })
    }

    /// `2.31× (1.9 to 2.8, n 3)`; where some seeds have only a bound, `4.03× (1 of 3 seeds)`; where all have,
    /// `below 0.83× (n 3)`.
    pub fn ours(self, ours: &Ours) -> String {
        let n = ours.values.len();
        let Some(spread) = &ours.spread else {
            return format!("{} (n {n})", self.bound(&ours.values));
        };
        let seeds = match (ours.censored(), spread.is_over_seeds) {
            (0, true) => format!("n {n}"),
            (0, false) => String::new(),
            (censored, _) => format!("{} of {n} seeds", n - censored),
        };
        let interval = spread
            .interval
            .map(|(low, high)| format!("{} to {}", self.digits(low), self.digits(high)));
        let inside: Vec<String> =
            interval.into_iter().chain([seeds]).filter(|text| !text.is_empty()).collect();
        format!("{} ({})", self.one(spread.mean), inside.join(", "))
    }

    /// The loosest of some bounds.
    fn bound(self, values: &[Known]) -> String {
        let above = values.iter().all(|value| matches!(value, Known::Above(_)));
        let bounds = values.iter().map(|value| value.number());
        if above {
            format!("above {}", self.one(bounds.fold(f64::INFINITY, f64::min)))
        } else {
            format!("below {}", self.one(bounds.fold(f64::NEG_INFINITY, f64::max)))
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
