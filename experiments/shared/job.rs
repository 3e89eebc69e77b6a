//! What runs side by side: a network and a seed.

use std::fmt::Display;

/// One network of one seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Job<Network> {
    /// Which network.
    pub network: Network,
    /// Seed of its initial weights, order and every other draw.
    pub seed: u64,
}

impl<Network: Display> Job<Network> {
    /// A name for its files: `bn-x5-sigmoid-seed0`.
    pub fn name(&self) -> String {
        format!("{}-seed{}", self.network, self.seed).to_lowercase().replace(' ', "-")
    }
}
