//! Pooling forward and backward.

use aten::pool;
use tch::Tensor;

use crate::config::Padding;
use crate::step::{fits, maps, maps_like, new_maps};

/// What the gradient of a maximum pooling needs.
pub(crate) struct MaximaTrace {
    stride: i64,
    /// Height and width of the input.
    grid: [i64; 2],
    /// Which place of its window each maximum is from.
    places: Vec<u8>,
}

/// 3×3 maxima, into maps of their own.
pub(crate) fn maxima(x: &Tensor, stride: i64) -> (Tensor, MaximaTrace) {
    let [_, channels, height, width] = x.size()[..] else { unreachable!("feature maps") };
    let of = |side: i64| if stride == 1 { side } else { ((side - 2) / stride).max(0) + 1 };
    let output = new_maps(x, channels, of(height), of(width));
    let trace = maxima_into(x, stride, &output);
    (output, trace)
}

/// The same, into these maps.
pub(crate) fn maxima_into(x: &Tensor, stride: i64, output: &Tensor) -> MaximaTrace {
    let places = fits(pool::maxima(&maps(x), stride as usize, &maps(output)));
    MaximaTrace { stride, grid: [x.size()[2], x.size()[3]], places }
}

impl MaximaTrace {
    /// ∂ℓ/∂x; added to another part of it, if there is one.
    pub fn backward(&self, gradient: &Tensor, other: Option<Tensor>) -> Tensor {
        let adds = other.is_some();
        let [height, width] = self.grid;
        let of_input =
            other.unwrap_or_else(|| new_maps(gradient, gradient.size()[1], height, width));
        let stride = self.stride as usize;
        let (from, into) = (maps(gradient), maps(&of_input));
        fits(pool::maxima_backward(&from, &self.places, stride, &into, adds));
        of_input
    }
}

/// Whether the zeros beyond the edges count in a mean.
pub(crate) fn counts_zeros(padding: Padding) -> bool {
    padding == Padding::Symmetric
}

/// 3×3 means, into these maps.
pub(crate) fn means_into(x: &Tensor, padding: Padding, output: &Tensor) {
    fits(pool::means(&maps(x), counts_zeros(padding), &maps(output)));
}

/// ∂ℓ/∂x of 3×3 means; added to another part of it, if there is one.
pub(crate) fn means_backward(gradient: &Tensor, padding: Padding, other: Option<Tensor>) -> Tensor {
    let adds = other.is_some();
    let of_input = other.unwrap_or_else(|| maps_like(gradient));
    let (from, into) = (maps(gradient), maps(&of_input));
    fits(pool::means_backward(&from, counts_zeros(padding), &into, adds));
    of_input
}
