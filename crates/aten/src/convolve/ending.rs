//! What becomes of sums before they are written.

use tch::{Kind, Tensor};

use super::lanes::Lanes;
use super::word::LANES;
use crate::maps::{Error, numbers};

/// Nothing, or `max(0, sum + b)`.
#[derive(Debug, Default)]
pub(super) struct Ending {
    /// Of each channel of the output, and zeros up to a vector's end.
    bias: Option<Vec<f32>>,
}

impl Ending {
    /// `max(0, sum + b)`, behind a filter of this shape.
    pub fn relu(bias: &Tensor, filter: &[i64]) -> Result<Self, Error> {
        if bias.size() != filter[..1] || bias.kind() != Kind::Float {
            return Err(Error::Shapes("bias of a convolution", bias.size(), filter.to_vec()));
        }
        let mut bias: Vec<_> = numbers(bias).into_iter().map(|b| b as f32).collect();
        bias.resize(bias.len().next_multiple_of(LANES), 0.0);
        Ok(Self { bias: Some(bias) })
    }

    /// What is written of sums of channels from this one on. What is no number stays none.
    #[inline(always)]
    pub fn of(&self, sums: Lanes, channel: usize) -> Lanes {
        match &self.bias {
            None => sums,
            // SAFETY: vectors are whole.
            Some(bias) => unsafe { (sums + Lanes::read(bias[channel..].as_ptr())).or_zero() },
        }
    }
}
