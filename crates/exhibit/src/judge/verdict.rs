//! What a rule says of a claim.

use std::fmt;

/// What a confidence interval says of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The whole interval lies on the claim's side of "no difference".
    Reproduced,
    /// The whole interval lies on the other side.
    NotReproduced,
    /// "No difference" lies inside, or there is no interval: at this n nobody can say.
    Undecided,
    /// The run cannot tell, whatever its n; the claim has the reason.
    NotTested,
}

impl Verdict {
    /// Whether a quantity, of which only the interval is known, is greater than `no_difference`.
    pub fn greater_than(no_difference: f64, interval: Option<(f64, f64)>) -> Self {
        match interval {
            Some((low, _)) if low > no_difference => Self::Reproduced,
            Some((_, high)) if high < no_difference => Self::NotReproduced,
            _ => Self::Undecided,
        }
    }

    /// What a fact that each training shows or does not show says of a claim: all of them, none of
    /// them, or some.
    pub fn of_facts(facts: &[bool]) -> Self {
        match facts.iter().filter(|fact| **fact).count() {
            0 if facts.is_empty() => Self::Undecided,
            0 => Self::NotReproduced,
            shown if shown == facts.len() => Self::Reproduced,
            _ => Self::Undecided,
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Reproduced => "reproduced",
            Self::NotReproduced => "not reproduced",
            Self::Undecided => "undecided at this n",
            Self::NotTested => "not tested here",
        })
    }
}
