//! 3×3 convolutions of step 1 by Winograd's minimal filtering F(2×2, 3×3) (Lavin and Gray 2016, arXiv 1509.09308): squares
//! of 2×2 pixels of the output, of 4×4 pixels of the input, take 16 products in place of the 36 of a sum over places.
//!
//! ```text
//! y = Aᵀ (G g Gᵀ ⊙ Bᵀ x B) A        ∂ℓ/∂g = Gᵀ (A ∂ℓ/∂y Aᵀ ⊙ Bᵀ x B) G
//! ```
//!
//! ⊙ are products of matrices, one for each of the 16 places of a square, which sum over channels, or, for ∂ℓ/∂g, over
//! squares; ∂ℓ/∂x is y of ∂ℓ/∂y with the filter turned round. Sums are in f32 throughout. In bf16 what is multiplied is
//! rounded once more, after Bᵀ x B and G g Gᵀ, by about as much as maps and filters were when they were written.

mod filter;
mod gradient;
mod squares;
mod sums;
mod transform;

pub(super) use self::filter::{for_inputs, for_outputs};
pub(super) use self::gradient::correlate;
pub(super) use self::sums::gather;
use crate::convolution::Geometry;

/// Places of a square of the input, and of what is multiplied.
const PLACES: usize = 16;

/// Channels on either side from which on it is quicker; measured.
const FEWEST: usize = 64;

/// Whether such a convolution is done so.
pub(super) fn is_quicker(channels: [usize; 2], side: usize, geometry: Geometry) -> bool {
    let is_known = side == 3 && geometry.stride == 1 && geometry.border == 1;
    is_known && channels.iter().all(|count| *count >= FEWEST)
}
