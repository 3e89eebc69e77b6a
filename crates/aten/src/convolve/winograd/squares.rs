//! Which pixels squares are.

use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};

use crate::element::Element;
use crate::maps::Rows;

/// Squares between the one that is transformed and the one that is fetched.
pub(super) const AHEAD: usize = 4;

/// Bytes.
const CACHE_LINE: usize = 64;

/// Squares of 2×2 pixels of an output, in the middle of the 4×4 that they read of an input of the same grid, with a border of
/// one.
pub(super) struct Squares {
    height: usize,
    width: usize,
    /// Of a row of squares, and of an image.
    of_row: usize,
    of_image: usize,
    /// Of all images.
    pub count: usize,
}

impl Squares {
    pub fn of(images: usize, [height, width]: [usize; 2]) -> Self {
        let of_row = width.div_ceil(2);
        let of_image = height.div_ceil(2) * of_row;
        Self { height, width, of_row, of_image, count: images * of_image }
    }

    /// Where the N×N pixels in the middle of what a square reads begin, `nothing` beyond the edges and for a square that there
    /// is not.
    #[inline(always)]
    pub fn starts<E: Element, const N: usize>(
        &self,
        square: usize,
        maps: &Rows<E>,
        nothing: &[E],
    ) -> [[*const E; N]; N] {
        let mut starts = [[nothing.as_ptr(); N]; N];
        if square >= self.count {
            return starts;
        }
        let before = square / self.of_image * self.height * self.width;
        let square = square % self.of_image;
        // Before the upper or left edge the subtraction wraps around, and is then beyond the lower, too.
        let first = |square: usize| (square * 2).wrapping_sub(N / 2 - 1);
        let (top, left) = (first(square / self.of_row), first(square % self.of_row));
        for (row, starts) in starts.iter_mut().enumerate() {
            for (column, start) in starts.iter_mut().enumerate() {
                let (row, column) = (top.wrapping_add(row), left.wrapping_add(column));
                if row < self.height && column < self.width {
                    *start = maps.start_of(before + row * self.width + column);
                }
            }
        }
        starts
    }

    /// Has the cache fetch those of these pixels that no square to the left or above has read: the processor does not foresee
    /// them where lines are long.
    #[inline(always)]
    pub fn fetch<E: Element, const N: usize>(&self, square: usize, maps: &Rows<E>, nothing: &[E]) {
        for row in &self.starts::<E, N>(square, maps, nothing)[N - 2..] {
            for pixel in &row[N - 2..] {
                for channel in (0..maps.channels).step_by(CACHE_LINE / size_of::<E>()) {
                    // SAFETY: nothing is read or written; the pixel has this channel.
                    unsafe { _mm_prefetch::<_MM_HINT_T0>(pixel.add(channel).cast()) };
                }
            }
        }
    }
}
