//! What stands between a convolution (or a matrix) and the next: an affine map of each feature map, about its mean, and `ReLU`
//! or the sigmoid.
//!
//! ```text
//! z = g(a (y − μ) + β)        BN: a = γ/√(σ² + ε), μ and σ² of y (Algorithm 1)        a bias: a = 1, μ = 0
//! ```
//!
//! With `d = g′ · ∂ℓ/∂z`, the three gradients of §3 come from two sums over all pixels, and one more pass:
//!
//! ```text
//! ∂ℓ/∂β = Σ d        ∂ℓ/∂γ = Σ d (y − μ) /√(σ² + ε)
//! ∂ℓ/∂y = a · (d − Σd/m − (y − μ)/(σ² + ε) · Σ d (y − μ)/m)
//! ```
//!
//! `ReLU`'s g′ is 1 where z > 0, and z is computed again from y: nothing but y is read.

mod backward;
mod forward;
mod moments;

use std::ops::Range;

use crate::element::Real;
use crate::maps::{Error, Maps};

pub use backward::{Backward, Nonlinearity, Sums, backward, sums};
pub use forward::forward;
pub use moments::{Moments, moments};

/// Pixels summed in f32 before the sum goes into f64.
const BLOCK: usize = 128;
/// Pixels of which a thread makes the least.
const GRAIN: usize = 256;

/// `a`, `μ` and `β` of each channel.
#[derive(Clone, Debug, PartialEq)]
pub struct Affine {
    /// a.
    pub scale: Vec<f64>,
    /// μ.
    pub mean: Vec<f64>,
    /// β.
    pub offset: Vec<f64>,
}

impl Affine {
    /// That of a bias.
    #[must_use]
    pub fn of_bias(offset: Vec<f64>) -> Self {
        let count = offset.len();
        Self { scale: vec![1.0; count], mean: vec![0.0; count], offset }
    }

    /// That of these channels.
    #[must_use]
    pub fn channels(&self, range: Range<usize>) -> Self {
        let of = |numbers: &[f64]| numbers[range.clone()].to_vec();
        Self { scale: of(&self.scale), mean: of(&self.mean), offset: of(&self.offset) }
    }

    fn lists<R: Real>(&self) -> [Vec<R>; 3] {
        [&self.scale, &self.mean, &self.offset].map(|list| converted(list))
    }
}

fn converted<R: Real>(numbers: &[f64]) -> Vec<R> {
    numbers.iter().map(|&x| R::of(x)).collect()
}

/// Two numbers of each channel that are summed over pixels.
trait Terms<R> {
    /// Adds those of K pixels, one after another, so that a sum is read and written once for all of them.
    fn add<const K: usize>(&self, first: usize, sums: [&mut [R]; 2]);
}

/// Their sums over a range of pixels, the first of all channels before the second.
#[inline(always)]
fn in_blocks<R: Real>(channels: usize, part: Range<usize>, terms: &impl Terms<R>) -> Vec<f64> {
    let mut totals = vec![0.0; 2 * channels];
    let mut sums = vec![R::ZERO; 2 * channels];
    for begin in part.clone().step_by(BLOCK) {
        let (first, second) = sums.split_at_mut(channels);
        let (mut pixel, end) = (begin, part.end.min(begin + BLOCK));
        while end - pixel >= 4 {
            terms.add::<4>(pixel, [first, second]);
            pixel += 4;
        }
        while end > pixel {
            terms.add::<1>(pixel, [first, second]);
            pixel += 1;
        }
        for (total, sum) in totals.iter_mut().zip(&mut sums) {
            *total += sum.wide();
            *sum = R::ZERO;
        }
    }
    totals
}

fn check(y: &Maps, affine: &Affine) -> Result<(), Error> {
    let lists = [&affine.scale, &affine.mean, &affine.offset];
    match lists.iter().find(|list| list.len() != y.channels) {
        Some(list) => Err(Error::Shapes("affine map", y.size(), vec![list.len() as i64])),
        None => Ok(()),
    }
}
