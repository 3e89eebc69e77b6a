//! The six networks of the ensemble (§4.2.3): BN-x30, each changed by some of three variations.
//!
//! The paper names the variations and gives Dropout's two values, neither the factor on the weights nor
//! who has what; `DEVIATIONS.md` has our choice.

mod trained;

use std::fmt;

use bn_inception::config::Normalization;
use recipe::{Recipe, SingleNetwork};
use record::ensemble::MemberRow;
use record::run::Scale;

pub use trained::{networks, rows, train};

/// What sets a network apart from BN-x30.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Member {
    /// Factor on the convolutions' initial weights.
    pub convolution_gain: f64,
    /// Share of the linear layer's inputs that Dropout sets to 0 in training.
    pub dropout: f64,
    /// Whether the last module's BN is "non-convolutional": of each activation by itself.
    pub is_per_activation: bool,
}

/// Twice the variance.
const LARGER: f64 = std::f64::consts::SQRT_2;

/// BN-x30 as it is: a reference beside the ensemble.
pub const UNMODIFIED: Member =
    Member { convolution_gain: 1.0, dropout: 0.0, is_per_activation: false };

/// Each variation alone, and each pair.
pub const MEMBERS: [Member; 6] = [
    Member { convolution_gain: LARGER, dropout: 0.0, is_per_activation: false },
    Member { convolution_gain: 1.0, dropout: 0.05, is_per_activation: false },
    Member { convolution_gain: 1.0, dropout: 0.0, is_per_activation: true },
    Member { convolution_gain: LARGER, dropout: 0.1, is_per_activation: false },
    Member { convolution_gain: LARGER, dropout: 0.0, is_per_activation: true },
    Member { convolution_gain: 1.0, dropout: 0.1, is_per_activation: true },
];

impl Member {
    /// BN-x30 with these variations, where Inception is trained like this.
    pub fn recipe(self, inception: &Recipe) -> Recipe {
        let bn_x30 = SingleNetwork::BnX30.recipe(inception).named(self.to_string());
        bn_x30.with_network(|config| {
            config.initialization.convolution_gain = self.convolution_gain;
            config.dropout = self.dropout;
            if self.is_per_activation {
                config.normalization = Normalization::BatchPerActivationInLast;
            }
        })
    }

    /// The row of the file that says who is who; members count from 1.
    pub fn row(self, scale: Scale, member: u64, steps: u64) -> MemberRow {
        MemberRow {
            scale,
            member,
            network: self.to_string(),
            convolution_gain: Some(self.convolution_gain),
            dropout: Some(self.dropout),
            is_per_activation: Some(self.is_per_activation),
            steps: Some(steps),
            held_out_accuracy: None,
        }
    }
}

impl fmt::Display for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BN-x30")?;
        if self.convolution_gain != 1.0 {
            write!(f, ", initial weights ×{:.2}", self.convolution_gain)?;
        }
        if self.dropout > 0.0 {
            write!(f, ", Dropout {:.0} %", 100.0 * self.dropout)?;
        }
        if self.is_per_activation {
            f.write_str(", BN of each activation in 5b")?;
        }
        Ok(())
    }
}
