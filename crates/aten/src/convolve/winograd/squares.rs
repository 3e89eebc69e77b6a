//! Which pixels squares are.

use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};

use crate::element::Element;
use crate::maps::Rows;

/// Squares between the one that is transformed and the one that is fetched.
pub(super) const AHEAD: usize = 4;

/// Bytes.
const CACHE_LINE: usize = 64;

/// In the place of a pixel beyond the edges.
const NOTHING: u32 = u32::MAX;

/// Squares of 2×2 pixels of an output, in the middle of the 4×4 that they read of an input of the same grid, with a border of
/// one.
pub(super) struct Squares {
    /// For each square of an image the pixels that it reads.
    reads: Vec<[[u32; 4]; 4]>,
    /// Whether there are all of them.
    is_inside: Vec<bool>,
    /// Pixels of a row, and of an image.
    width: usize,
    pixels: usize,
    /// Of all images.
    pub count: usize,
}

impl Squares {
    pub fn of(images: usize, [height, width]: [usize; 2]) -> Self {
        let pixel = |row: usize, column: usize| {
            // Before the upper or left edge the subtraction wraps around, and is then beyond the lower, too.
            let (row, column) = (row.wrapping_sub(1), column.wrapping_sub(1));
            let is_inside = row < height && column < width;
            if is_inside { (row * width + column) as u32 } else { NOTHING }
        };
        let square = |top: usize, left: usize| {
            std::array::from_fn(|row| std::array::from_fn(|column| pixel(top + row, left + column)))
        };
        let [rows, columns] = [height, width].map(|length| (0..length).step_by(2));
        let reads: Vec<_> = rows
            .flat_map(|top| columns.clone().map(move |left| (top, left)))
            .map(|(top, left)| square(top, left))
            .collect();
        let is_inside =
            reads.iter().map(|reads| !reads.as_flattened().contains(&NOTHING)).collect();
        let count = images * reads.len();
        Self { reads, is_inside, width, pixels: height * width, count }
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
        let (image, square) = (square / self.reads.len(), square % self.reads.len());
        let (first, before) = ((4 - N) / 2, image * self.pixels);
        if self.is_inside[square] {
            let corner = before + self.reads[square][first][first] as usize;
            for (row, starts) in starts.iter_mut().enumerate() {
                for (column, start) in starts.iter_mut().enumerate() {
                    *start = maps.start_of(corner + row * self.width + column);
                }
            }
            return starts;
        }
        for (starts, reads) in starts.iter_mut().zip(&self.reads[square][first..]) {
            for (start, &read) in starts.iter_mut().zip(&reads[first..]) {
                if read != NOTHING {
                    *start = maps.start_of(before + read as usize);
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
