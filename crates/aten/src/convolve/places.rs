//! Which pixels a filter reads.

use crate::convolution::Geometry;

/// Pixels of a stripe.
pub(super) const STRIPE: usize = 16;

/// In the place of a pixel, where there is none. It is beyond all maps.
const NOTHING: u32 = u32::MAX;

/// For each pixel of an output and each place of a filter: the pixel of the input that is read there, in the same image.
pub(super) struct Places {
    /// Height and width of the input.
    pub input: [usize; 2],
    /// Height and width of the output.
    pub output: [usize; 2],
    /// Places of the filter.
    pub count: usize,
    /// By output pixel, then by place.
    read: Vec<u32>,
    /// The pixels of the output, beside each other those that read at the same places.
    order: Vec<u32>,
}

impl Places {
    /// Of a filter with this side; none if it is larger than the input with its border.
    pub fn read(input: [usize; 2], side: usize, geometry: Geometry) -> Option<Self> {
        let [stride, border] = [geometry.stride, geometry.border].map(|length| length as usize);
        let grid = |length: usize| Some((length + 2 * border).checked_sub(side)? / stride + 1);
        let output = [grid(input[0])?, grid(input[1])?];
        let mut read = Vec::with_capacity(output[0] * output[1] * side * side);
        for (row, column) in pixels(output) {
            for (down, right) in pixels([side, side]) {
                // Beyond the upper or left edge the subtraction wraps around, and is then beyond the lower, too.
                let y = (row * stride + down).wrapping_sub(border);
                let x = (column * stride + right).wrapping_sub(border);
                let is_inside = y < input[0] && x < input[1];
                read.push(if is_inside { (y * input[1] + x) as u32 } else { NOTHING });
            }
        }
        let order = (0..(output[0] * output[1]) as u32).collect();
        Some(Self { input, output, count: side * side, read, order })
    }

    /// For each pixel of the input and each place: the pixel of the output that reads it there.
    pub fn turned_round(&self, geometry: Geometry) -> Self {
        let mut read = vec![NOTHING; self.input[0] * self.input[1] * self.count];
        for (i, &of_input) in self.read.iter().enumerate().filter(|(_, read)| **read != NOTHING) {
            read[of_input as usize * self.count + i % self.count] = (i / self.count) as u32;
        }
        let [stride, width] = [geometry.stride as u32, self.input[1] as u32];
        let mut order: Vec<u32> = (0..(self.input[0] * self.input[1]) as u32).collect();
        if stride > 1 {
            order.sort_by_key(|pixel| (pixel / width % stride, pixel % width % stride));
        }
        Self { input: self.output, output: self.input, count: self.count, read, order }
    }

    /// Pixels of an image of the input, and of the output.
    pub fn pixels(&self) -> [usize; 2] {
        [self.input, self.output].map(|[height, width]| height * width)
    }

    /// The pixel that is read there.
    pub fn at(&self, pixel: usize, place: usize) -> Option<usize> {
        let read = self.read[pixel * self.count + place];
        (read != NOTHING).then_some(read as usize)
    }

    /// The same in stripes.
    pub fn stripes(&self) -> Stripes {
        let [of_input, of_output] = self.pixels();
        // The fewest images that fill stripes.
        let images = (1..=STRIPE).find(|images| images * of_output % STRIPE == 0).unwrap_or(STRIPE);
        let all: Vec<(usize, usize)> = (0..images)
            .flat_map(|image| self.order.iter().map(move |&pixel| (image, pixel as usize)))
            .collect();
        let stripe = |own: &[(usize, usize)]| {
            let read = |place: usize| {
                let row =
                    |(image, pixel)| self.at(pixel, place).map(|read| image * of_input + read);
                Read { place, rows: rows(own, row) }
            };
            let reads = (0..self.count).map(read);
            let reads = reads.filter(|read| read.rows.iter().any(|row| *row != NOTHING)).collect();
            Stripe { rows: rows(own, |(image, pixel)| Some(image * of_output + pixel)), reads }
        };
        let rows = [images * of_input, images * of_output];
        Stripes { rows, all: all.chunks_exact(STRIPE).map(stripe).collect() }
    }
}

fn rows(own: &[(usize, usize)], row: impl Fn((usize, usize)) -> Option<usize>) -> [u32; STRIPE] {
    std::array::from_fn(|r| row(own[r]).map_or(NOTHING, |row| row as u32))
}

/// Pixels of as many images as fill stripes of [`STRIPE`] pixels.
pub(super) struct Stripes {
    /// Pixels of so many images of the input, and of the output.
    pub rows: [usize; 2],
    /// These stripes.
    pub all: Vec<Stripe>,
}

/// Pixels of the output, and what they read.
pub(super) struct Stripe {
    /// Which they are.
    pub rows: [u32; STRIPE],
    /// Where any of them reads something.
    pub reads: Vec<Read>,
}

/// What the pixels of a stripe read at a place.
pub(super) struct Read {
    /// The place.
    pub place: usize,
    /// The pixels of the input; beyond all maps where there is none.
    pub rows: [u32; STRIPE],
}

fn pixels([height, width]: [usize; 2]) -> impl Iterator<Item = (usize, usize)> {
    (0..height).flat_map(move |row| (0..width).map(move |column| (row, column)))
}
