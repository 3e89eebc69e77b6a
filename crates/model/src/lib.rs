//! Batch Normalization and the networks of the paper, on libtorch.
//!
//! - [`batch_norm`]: Algorithms 1 and 2, forward and backward;
//! - [`binary_images`]: the input of that network's first layer;
//! - [`sigmoid_mlp`]: the 3×100 sigmoid network of §4.1 (Figure 1);
//! - [`affine_mlp`]: that network at inference.
//!
//! All random draws come from [`streams`]; libtorch's own generator, one per process, is not used.

pub mod affine_mlp;
pub mod batch_norm;
pub mod binary_images;
pub mod sigmoid_mlp;

use aten::Maps;
use tch::Tensor;

pub use affine_mlp::{AffineSigmoidMlp, FirstProducts, Inference};
pub use batch_norm::{BatchNorm, BatchNormConfig, PopulationEstimate, Statistics};
pub use binary_images::BinaryImages;
pub use sigmoid_mlp::{Normalization, SigmoidMlp, SigmoidMlpConfig};

/// A tensor for the passes of [`aten`].
fn maps(tensor: &Tensor) -> Maps<'_> {
    fits(Maps::of(tensor))
}

/// What such a pass makes: arguments that do not fit are a bug of this crate's.
#[track_caller]
fn fits<T>(result: Result<T, aten::Error>) -> T {
    result.unwrap_or_else(|error| panic!("{error}"))
}
