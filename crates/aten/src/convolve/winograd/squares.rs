//! Which pixels squares are.

use crate::element::Element;
use crate::maps::Rows;

/// In the place of a pixel beyond the edges.
const NOTHING: u32 = u32::MAX;

/// Squares of 2×2 pixels of an output, in the middle of the 4×4 that they read of an input of the same grid, with a border of
/// one.
pub(super) struct Squares {
    /// For each square of an image the pixels that it reads.
    reads: Vec<[[u32; 4]; 4]>,
    /// Pixels of an image.
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
        let count = images * reads.len();
        Self { reads, pixels: height * width, count }
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
        for (starts, pixels) in starts.iter_mut().zip(self.pixels::<N>(square)) {
            for (start, pixel) in starts.iter_mut().zip(pixels) {
                if let Some(pixel) = pixel {
                    *start = maps.start_of(pixel);
                }
            }
        }
        starts
    }

    /// Which they are.
    #[inline(always)]
    pub fn pixels<const N: usize>(&self, square: usize) -> [[Option<usize>; N]; N] {
        let mut pixels = [[None; N]; N];
        if square < self.count {
            let (image, square) = (square / self.reads.len(), square % self.reads.len());
            let middle = (4 - N) / 2..4 - (4 - N) / 2;
            let reads = &self.reads[square][middle.clone()];
            for (pixels, reads) in pixels.iter_mut().zip(reads) {
                for (pixel, &read) in pixels.iter_mut().zip(&reads[middle.clone()]) {
                    let read = (read != NOTHING).then_some(read as usize);
                    *pixel = read.map(|read| image * self.pixels + read);
                }
            }
        }
        pixels
    }
}
