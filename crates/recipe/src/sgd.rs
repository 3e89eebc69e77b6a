//! How a network descends.

use serde::{Deserialize, Serialize};

/// Stochastic gradient descent: `v ← momentum · v + ∂ℓ/∂w + l2 · w`, `w ← w − rate · v`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sgd {
    /// Learning rate of the first step.
    pub learning_rate: f64,
    /// How it falls; none stays.
    pub decay: Option<Decay>,
    /// The share of v that a step keeps.
    pub momentum: f64,
    /// Factor of L2 in the gradient of convolutions' and linear layers' weights; γ, β and biases are left
    /// alone.
    pub l2: f64,
}

/// Exponential decay in steps of a staircase.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decay {
    /// What the rate is multiplied by, once more each time.
    pub factor: f64,
    /// Steps of SGD from one time to the next.
    pub every: f64,
}

impl Sgd {
    /// "Plain SGD" (§4.1): no decay, no momentum, no L2.
    pub const fn plain(learning_rate: f64) -> Self {
        Self { learning_rate, decay: None, momentum: 0.0, l2: 0.0 }
    }

    /// The learning rate of this step, counted from 0.
    pub fn learning_rate_at(&self, step: u64) -> f64 {
        let Some(Decay { factor, every }) = self.decay else { return self.learning_rate };
        self.learning_rate * factor.powf((step as f64 / every).floor())
    }
}
