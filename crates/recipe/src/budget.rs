//! Trainings of one network over different budgets of steps: how many does it need?

use std::fmt;

use crate::SingleNetwork;

/// A row of §4.2.2's comparison, trained over a part of the steps that Inception has. Its rate decays over that part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Budget {
    /// The network.
    pub network: SingleNetwork,
    /// One over its share of Inception's steps.
    pub part: u64,
}

/// Between the network's name and the part.
const IN: &str = " in 1/";

impl Budget {
    /// The training of this name, if it is one.
    pub fn with_name(name: &str) -> Option<Self> {
        let (network, part) = match name.split_once(IN) {
            Some((network, part)) => (network, part.parse().ok()?),
            None => (name, 1),
        };
        let network = SingleNetwork::ALL.into_iter().find(|row| row.name() == network)?;
        Some(Self { network, part })
    }
}

impl fmt::Display for Budget {
    /// Its name: `BN-x5 in 1/12`; of all the steps the network's.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.part {
            1 => f.pad(self.network.name()),
            part => f.pad(&format!("{}{IN}{part}", self.network)),
        }
    }
}
