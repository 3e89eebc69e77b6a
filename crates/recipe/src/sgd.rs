//! How a network descends.

use serde::{Deserialize, Serialize};

/// Stochastic gradient descent: `v ← momentum · v + ∂ℓ/∂w + l2 · w`, `w ← w − rate · v`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sgd {
    /// Learning rate of the first step.
    pub learning_rate: f64,
    /// How it rises before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warm_up: Option<WarmUp>,
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

/// A rise over the first steps, linear (Goyal et al. 2017, §2.2).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WarmUp {
    /// Over how many.
    pub steps: u64,
    /// From which share of the rate.
    pub from: f64,
}

/// Steps of a training to one of its warm-up: 5 epochs of 90 in Goyal et al.
const STEPS_TO_WARM_UP: u64 = 18;

impl Sgd {
    /// "Plain SGD" (§4.1): no decay, no momentum, no L2.
    pub const fn plain(learning_rate: f64) -> Self {
        Self { learning_rate, warm_up: None, decay: None, momentum: 0.0, l2: 0.0 }
    }

    /// The same with the rate of mini-batches that are so many times as large, by the linear rule: as many times the rate,
    /// reached from what it was over the first eighteenth of the steps.
    #[must_use]
    pub fn scaled_linearly(self, times: usize, steps: u64) -> Self {
        let times = times as f64;
        let warm_up = WarmUp { steps: steps.div_ceil(STEPS_TO_WARM_UP), from: 1.0 / times };
        Self { learning_rate: self.learning_rate * times, warm_up: Some(warm_up), ..self }
    }

    /// The learning rate of this step, counted from 0.
    pub fn learning_rate_at(&self, step: u64) -> f64 {
        let falls = |Decay { factor, every }| f64::powf(factor, (step as f64 / every).floor());
        let rises = |WarmUp { steps, from }| match step {
            step if step < steps => from + (1.0 - from) * step as f64 / steps as f64,
            _ => 1.0,
        };
        self.learning_rate * self.decay.map_or(1.0, falls) * self.warm_up.map_or(1.0, rises)
    }
}
