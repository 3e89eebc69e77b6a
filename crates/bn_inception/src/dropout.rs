//! Dropout (Srivastava et al. 2014) with draws from a named stream.

use streams::Stream;
use tch::Tensor;

/// Sets each number to zero with this probability, and divides the others by 1 less it.
pub(crate) fn dropout(x: &Tensor, share: f64, draws: &mut Stream) -> Tensor {
    if share == 0.0 {
        return x.shallow_clone();
    }
    let kept = draws.coins(1.0 - share, x.numel());
    let mask = Tensor::from_slice(&kept).view_as(x).to_device(x.device()).to_kind(x.kind());
    x * (mask / (1.0 - share))
}
