//! ∂ℓ/∂g: A ∂ℓ/∂y Aᵀ and Bᵀ x B, products of matrices that sum over squares, and Gᵀ … G.

use std::mem::MaybeUninit;
use std::ops::Range;

use super::super::correlate::{OUTPUTS, added};
use super::super::lanes::Lanes;
use super::super::word::{LANES, Word, each, panels};
use super::PLACES;
use super::squares::{AHEAD, Squares};
use super::transform::{both, line, of_gradient, of_input, read, read_places, to_filter};
use crate::element::{Element, Real};
use crate::maps::{Maps, Rows};
use crate::parallel::Task;

/// Words of a line's places of both maps that a processor's cache holds.
const CHUNK: usize = 120_000;
/// Places of a line.
const LINE: usize = 4;

/// Writes the gradient, `[C′, 3·3·C]`.
pub(in super::super) fn correlate<W: Word>(dy: &Maps, x: &Maps, gradient: &Maps) {
    let width = x.channels.next_multiple_of(LANES);
    let of_place = dy.channels.next_multiple_of(OUTPUTS) * width;
    let mut sums = Box::new_uninit_slice(PLACES * of_place);
    // Four lines are work for four threads; more share the outputs of a line.
    let parts = (tch::get_num_threads() as usize).div_ceil(LINE);
    let parts = parts.clamp(1, dy.channels.div_ceil(OUTPUTS));
    let task = Correlate::<W> {
        squares: Squares::of(dy.n, dy.grid()),
        nothing: vec![W::Number::put(f32::ZERO); dy.channels.max(x.channels)],
        dy: dy.rows(),
        x: x.rows(),
        width,
        parts,
        sums: sums.as_mut_ptr().cast(),
    };
    each::<W, _>(LINE * parts, 1, &task);
    // SAFETY: the first chunk has written the sums of all places and outputs.
    let sums = unsafe { sums.assume_init() };
    let back =
        Back { sums: &sums, of_place, width, channels: x.channels, gradient: gradient.rows() };
    each::<W, _>(dy.channels, OUTPUTS, &back);
}

struct Correlate<'a, W: Word> {
    dy: Rows<'a, W::Number>,
    x: Rows<'a, W::Number>,
    squares: Squares,
    /// What is read where there is no pixel.
    nothing: Vec<W::Number>,
    /// Channels of the input, up to a multiple of a vector's.
    width: usize,
    /// Of the outputs.
    parts: usize,
    /// For each place and output the sums of its inputs, which the first chunk writes.
    sums: *mut f32,
}

// SAFETY: each thread adds to the sums of its own places and outputs.
unsafe impl<W: Word> Sync for Correlate<'_, W> {}

impl<W: Word> Task for Correlate<'_, W> {
    #[inline(always)]
    fn run(&self, units: Range<usize>) {
        let count = self.squares.count.div_ceil(W::NUMBERS);
        let widest = self.dy.channels.div_ceil(OUTPUTS).div_ceil(self.parts) * OUTPUTS;
        let most = CHUNK / (LINE * (widest + self.width));
        let most = most.clamp(LANES, count.max(LANES));
        let [mut dy, mut x] = [widest, self.width].map(|width| Words::new(width, most));
        let offsets: Vec<_> = (0..most).map(|word| [word * dy.width, word * x.width]).collect();
        for start in (0..count).step_by(most) {
            let chunk = Chunk { start, offsets: &offsets[..most.min(count - start)] };
            for unit in units.clone() {
                let output = unit % self.parts * widest;
                // SAFETY: this thread has the line's sums of these outputs, and the processor the instructions.
                unsafe {
                    match unit / self.parts {
                        0 => self.line::<0>(&chunk, output, [&mut dy, &mut x]),
                        1 => self.line::<1>(&chunk, output, [&mut dy, &mut x]),
                        2 => self.line::<2>(&chunk, output, [&mut dy, &mut x]),
                        _ => self.line::<3>(&chunk, output, [&mut dy, &mut x]),
                    }
                }
            }
        }
    }
}

/// Words from this one on, and where each lies among what is made of them, of ∂ℓ/∂y and of x.
struct Chunk<'a> {
    start: usize,
    offsets: &'a [[usize; 2]],
}

/// Words of squares, place by place of a line, with the same channels of each.
struct Words {
    all: Box<[MaybeUninit<u32>]>,
    /// Words of a square at a place.
    width: usize,
    /// Words of all squares at a place.
    of_place: usize,
}

impl Words {
    fn new(width: usize, squares: usize) -> Self {
        // A line of the cache more, so that places do not share its places.
        let of_place = width * squares + LANES;
        Self { all: Box::new_uninit_slice(LINE * of_place), width, of_place }
    }
}

impl<W: Word> Correlate<'_, W> {
    /// Adds to the sums of a line's places what a chunk has, for outputs from this one on.
    #[inline(always)]
    unsafe fn line<const AT: usize>(&self, chunk: &Chunk, output: usize, [dy, x]: [&mut Words; 2]) {
        // SAFETY: as of `run`.
        unsafe {
            for word in 0..chunk.offsets.len() {
                let squares = chunk.start + word;
                self.transform::<AT, 2>(&self.dy, squares, of_gradient, output, (dy, word));
                self.transform::<AT, 4>(&self.x, squares, of_input, 0, (x, word));
            }
            for column in 0..LINE {
                self.place(AT * LINE + column, column, chunk, output, [dy, x]);
            }
        }
    }

    /// A line of A ∂ℓ/∂y Aᵀ, or of Bᵀ x B, of a word's squares, channels from this one on.
    #[inline(always)]
    unsafe fn transform<const AT: usize, const N: usize>(
        &self,
        maps: &Rows<W::Number>,
        word: usize,
        matrix: impl Fn([Lanes; N]) -> [Lanes; 4],
        start: usize,
        (to, at): (&mut Words, usize),
    ) {
        let pixels = |square| self.squares.starts::<_, N>(square, maps, &self.nothing);
        let squares = word * W::NUMBERS;
        for square in squares + AHEAD..squares + AHEAD + W::NUMBERS {
            self.squares.fetch::<_, N>(square, maps, &self.nothing);
        }
        let (first, last) = (pixels(squares), pixels(squares + W::NUMBERS - 1));
        for channel in (start..maps.channels.min(start + to.width)).step_by(LANES) {
            let count = maps.channels - channel;
            // SAFETY: a pixel has so many channels from this one on, and a place as many words.
            unsafe {
                let first = line(read::<W, N>(&first, channel, count), &matrix, AT);
                let last = line(read::<W, N>(&last, channel, count), &matrix, AT);
                for (place, (first, last)) in first.iter().zip(&last).enumerate() {
                    let from = place * to.of_place + at * to.width + channel - start;
                    W::join(first.0, last.0, to.all[from..].as_mut_ptr().cast());
                }
            }
        }
    }

    /// Adds to a place's sums what these squares have.
    #[inline(always)]
    unsafe fn place(
        &self,
        place: usize,
        column: usize,
        chunk: &Chunk,
        begin: usize,
        [dy, x]: [&Words; 2],
    ) {
        let outputs = self.dy.channels.next_multiple_of(OUTPUTS);
        for output in (0..dy.width.min(outputs.saturating_sub(begin))).step_by(OUTPUTS / 2) {
            for panel in panels(self.width / LANES) {
                let input = panel.start * LANES;
                // SAFETY: there are words of so many squares; else as of `run`.
                unsafe {
                    let dy = dy.all[column * dy.of_place + output..].as_ptr().cast();
                    let x = x.all[column * x.of_place + input..].as_ptr().cast();
                    let to = self.sums.add((place * outputs + begin + output) * self.width + input);
                    match panel.len() {
                        1 => self.sums::<1>(chunk, dy, x, to),
                        2 => self.sums::<2>(chunk, dy, x, to),
                        _ => self.sums::<3>(chunk, dy, x, to),
                    }
                }
            }
        }
    }

    /// Adds to what earlier chunks have the products of half of [`OUTPUTS`] channels of the output with V vectors of the input.
    #[inline(always)]
    #[allow(clippy::needless_range_loop)] // sums stay in registers so
    unsafe fn sums<const V: usize>(
        &self,
        chunk: &Chunk,
        dy: *const u32,
        x: *const u32,
        to: *mut f32,
    ) {
        // SAFETY: as of `place`.
        unsafe {
            let mut sums = [[Lanes::zero().0; V]; OUTPUTS / 2];
            if chunk.start > 0 {
                for o in 0..OUTPUTS / 2 {
                    for v in 0..V {
                        sums[o][v] = Lanes::read(to.add(o * self.width + v * LANES)).0;
                    }
                }
            }
            let sums = added::<W, { OUTPUTS / 2 }, V>(sums, chunk.offsets, dy, x);
            for o in 0..OUTPUTS / 2 {
                for v in 0..V {
                    Lanes(sums[o][v]).write(to.add(o * self.width + v * LANES));
                }
            }
        }
    }
}

/// Gᵀ … G of all sums.
struct Back<'a> {
    sums: &'a [f32],
    of_place: usize,
    width: usize,
    channels: usize,
    gradient: Rows<'a, f32>,
}

impl Task for Back<'_> {
    #[inline(always)]
    fn run(&self, outputs: Range<usize>) {
        for output in outputs {
            // SAFETY: this thread has this row of the gradient.
            let row = unsafe { self.gradient.row_mut(output) };
            for channel in (0..self.channels).step_by(LANES) {
                let from = output * self.width + channel;
                // SAFETY: there are sums for each place; a row has so many channels from this one on, for each place.
                unsafe {
                    let sums = read_places(self.sums[from..].as_ptr(), self.of_place);
                    let filter = both(sums, to_filter);
                    for (place, lanes) in filter.iter().flatten().enumerate() {
                        let to = &mut row[place * self.channels + channel..];
                        lanes.write_first(self.channels - channel, to.as_mut_ptr());
                    }
                }
            }
        }
    }
}
