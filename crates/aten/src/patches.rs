//! What each place of a filter reads, side by side: a convolution is then a product of matrices.
//!
//! ```text
//! y = W ∗ x:    Y = P(x) Wᵀ        ∂ℓ/∂W = (∂ℓ/∂Y)ᵀ P(x)        Y: [pixels, C′]   W: [C′, k k C]   P(x): [pixels, k k C]
//! ```
//!
//! A processor multiplies matrices near its peak, where libtorch's convolutions on small grids spend their time on
//! layouts.

use std::ops::Range;

use tch::Tensor;

use crate::element::{Element, Real, for_kind};
use crate::maps::{Error, Maps, Rows};
use crate::parallel::{self, Task};

/// Pixels of which a thread makes the least.
const GRAIN: usize = 64;

/// Side, step and border of a filter, pixels; whether its places are written from the last to the first, as the gradient
/// of the input reads them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Side.
    pub side: usize,
    /// Step.
    pub stride: usize,
    /// Zeros on every side.
    pub border: usize,
    /// Whether the last place comes first.
    pub reversed: bool,
}

/// P(x), `[pixels, side · side · C]`.
///
/// # Errors
/// If the window does not fit into the maps.
pub fn patches(x: &Maps, window: Window) -> Result<Tensor, Error> {
    let grid = |length: usize| (length + 2 * window.border).checked_sub(window.side);
    let (Some(height), Some(width)) = (grid(x.height), grid(x.width)) else {
        return Err(Error::Shapes("window", x.size(), vec![window.side as i64]));
    };
    let [height, width] = [height, width].map(|last| last / window.stride + 1);
    let columns = window.side * window.side * x.channels;
    let shape = [x.n * height * width, columns].map(|length| length as i64);
    let matrix = Tensor::empty(shape, (x.kind, tch::Device::Cpu));
    let as_maps = matrix.view([shape[0], shape[1], 1, 1]);
    for_kind!(x.kind, patches_of(x, window, [height, width], &Maps::of(&as_maps)?));
    Ok(matrix)
}

fn patches_of<E: Element>(x: &Maps, window: Window, output: [usize; 2], matrix: &Maps) {
    let task = Patches::<E> {
        x: x.rows(),
        matrix: matrix.rows(),
        window,
        input: [x.height, x.width],
        output,
    };
    parallel::each(matrix.pixels(), GRAIN, &task);
}

struct Patches<'a, E> {
    x: Rows<'a, E>,
    matrix: Rows<'a, E>,
    window: Window,
    input: [usize; 2],
    output: [usize; 2],
}

impl<E: Element> Task for Patches<'_, E> {
    #[inline(always)]
    fn run(&self, range: Range<usize>) {
        let ([in_height, in_width], [height, width]) = (self.input, self.output);
        let Window { side, stride, border, reversed } = self.window;
        let places = side * side;
        for i in range {
            let (image, row, column) = (i / (height * width), i / width % height, i % width);
            // SAFETY: row i lies in this thread's range.
            let patch = unsafe { self.matrix.row_mut(i) };
            for (place, piece) in patch.chunks_exact_mut(self.x.channels).enumerate() {
                let place = if reversed { places - 1 - place } else { place };
                // Beyond the upper or left edge the subtraction wraps around, and is then beyond the lower, too.
                let y = (row * stride + place / side).wrapping_sub(border);
                let x = (column * stride + place % side).wrapping_sub(border);
                if y < in_height && x < in_width {
                    piece.copy_from_slice(self.x.row((image * in_height + y) * in_width + x));
                } else {
                    piece.fill(E::put(E::Real::ZERO));
                }
            }
        }
    }
}
