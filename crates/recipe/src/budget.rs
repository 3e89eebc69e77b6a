//! Trainings of one network over different budgets of steps: how many does it need?

use std::fmt;

use crate::SingleNetwork;

/// A row of §4.2.2's comparison, trained over a part of the steps that Inception has. Its rate decays over that part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Budget {
    /// The network.
    pub network: SingleNetwork,
    /// Its part of Inception's steps.
    pub part: Part,
}

/// A part of the steps that Inception has in the comparison; the longest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// Twice as many: beyond the comparison, to see whether they would change it.
    Twice,
    /// One in so many; of 1, all of them.
    OneIn(u64),
}

/// Between the network's name and the part.
const IN: &str = " in 1/";
/// After the name, of twice the steps.
const TWICE: &str = " over twice the steps";

impl Part {
    /// So many steps, of these.
    pub fn of(self, steps: u64) -> u64 {
        match self {
            Self::Twice => 2 * steps,
            Self::OneIn(part) => steps.div_ceil(part),
        }
    }
}

impl Budget {
    /// The training of this name, if it is one.
    pub fn with_name(name: &str) -> Option<Self> {
        let (network, part) = match (name.strip_suffix(TWICE), name.split_once(IN)) {
            (Some(network), _) => (network, Part::Twice),
            (None, Some((network, part))) => (network, Part::OneIn(part.parse().ok()?)),
            (None, None) => (name, Part::OneIn(1)),
        };
        let network = SingleNetwork::ALL.into_iter().find(|row| row.name() == network)?;
        Some(Self { network, part })
    }
}

impl fmt::Display for Budget {
    /// Its name: `BN-x5 in 1/12`, `Inception over twice the steps`; of all the steps the network's.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let network = self.network.name();
        match self.part {
            Part::Twice => f.pad(&format!("{network}{TWICE}")),
            Part::OneIn(1) => f.pad(network),
            Part::OneIn(part) => f.pad(&format!("{network}{IN}{part}")),
        }
    }
}
