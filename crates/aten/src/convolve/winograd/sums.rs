//! y of squares: Bᵀ x B, products of matrices that sum over channels, and Aᵀ … A.

use std::arch::x86_64::_mm512_setzero_ps;
use std::mem::MaybeUninit;
use std::ops::Range;

use super::super::ending::Ending;
use super::super::gather::added;
use super::super::lanes::Lanes;
use super::super::panels::Panels;
use super::super::word::{LANES, Word, each, panels};
use super::PLACES;
use super::squares::{AHEAD, Squares};
use super::transform::{self, both, of_input, read_places, to_output};
use crate::element::{Element, Real};
use crate::maps::{Maps, Rows};
use crate::parallel::Task;

/// Squares that are transformed, multiplied and transformed back before the next: a processor's cache holds them.
const BLOCK: usize = 32;
/// Squares whose sums are made at once.
const ROWS: usize = 8;
/// Vectors of channels of a panel, at most.
const WIDEST: usize = 3;

/// Writes the sums for each pixel of `to`.
pub(in super::super) fn gather<W: Word>(from: &Maps, panels: &Panels, ending: &Ending, to: &Maps) {
    let squares = Squares::of(to.n, to.grid());
    let nothing = vec![W::Number::put(f32::ZERO); from.channels];
    let count = squares.count.div_ceil(BLOCK);
    let task = Gather::<W> { from: from.rows(), squares, panels, ending, to: to.rows(), nothing };
    each::<W, _>(count, 1, &task);
}

struct Gather<'a, W: Word> {
    from: Rows<'a, W::Number>,
    squares: Squares,
    panels: &'a Panels,
    ending: &'a Ending,
    to: Rows<'a, W::Number>,
    /// What is read where there is no pixel.
    nothing: Vec<W::Number>,
}

impl<W: Word> Task for Gather<'_, W> {
    #[inline(always)]
    fn run(&self, blocks: Range<usize>) {
        let mut read = Box::new_uninit_slice(BLOCK * self.of_square());
        let mut made = Box::new_uninit_slice(BLOCK * PLACES * WIDEST * LANES);
        for block in blocks {
            // SAFETY: this thread has the block's squares, and the processor the instructions.
            unsafe {
                self.transform(block, &mut read);
                for panel in panels(self.panels.channels.div_ceil(LANES)) {
                    match panel.len() {
                        1 => self.panel::<1>(block, panel.start, &read, &mut made),
                        2 => self.panel::<2>(block, panel.start, &read, &mut made),
                        _ => self.panel::<WIDEST>(block, panel.start, &read, &mut made),
                    }
                }
            }
        }
    }
}

impl<W: Word> Gather<'_, W> {
    /// Words of a transformed square, and a line of the cache more, so that squares do not share its places.
    #[inline(always)]
    fn of_square(&self) -> usize {
        PLACES * self.panels.depth + LANES
    }

    /// Writes Bᵀ x B of a block's squares, place by place.
    #[inline(always)]
    unsafe fn transform(&self, block: usize, read: &mut [MaybeUninit<u32>]) {
        let channels = self.from.channels;
        for (i, to) in read.chunks_exact_mut(self.of_square()).enumerate() {
            let pixels = self.squares.starts(block * BLOCK + i, &self.from, &self.nothing);
            self.squares.fetch::<_, 4>(block * BLOCK + i + AHEAD, &self.from, &self.nothing);
            let to: *mut W::Number = to.as_mut_ptr().cast();
            for channel in (0..channels).step_by(LANES) {
                let count = channels - channel;
                // SAFETY: a pixel has so many channels from this one on, and a square so many for each place.
                unsafe {
                    let square = both(transform::read::<W, 4>(&pixels, channel, count), of_input);
                    for (place, lanes) in square.iter().flatten().enumerate() {
                        W::put(lanes.0, count, to.add(place * channels + channel));
                    }
                }
            }
        }
    }

    /// Makes and writes V vectors of channels of a block's squares.
    #[inline(always)]
    unsafe fn panel<const V: usize>(
        &self,
        block: usize,
        vector: usize,
        read: &[MaybeUninit<u32>],
        made: &mut [MaybeUninit<f32>],
    ) {
        // SAFETY: as of `run`.
        unsafe {
            self.multiply::<V>(vector, read, made);
            for (i, made) in made.chunks_exact(PLACES * V * LANES).take(BLOCK).enumerate() {
                self.write::<V>(block * BLOCK + i, vector, made);
            }
        }
    }

    /// The sums over channels, square by square and place by place.
    #[inline(always)]
    unsafe fn multiply<const V: usize>(
        &self,
        vector: usize,
        read: &[MaybeUninit<u32>],
        made: &mut [MaybeUninit<f32>],
    ) {
        let (panel, depth, of_square) =
            (self.panels.from(vector, V), self.panels.depth, self.of_square());
        for place in 0..PLACES {
            let words = panel[place * depth * V * LANES..].as_ptr();
            for first in (0..BLOCK).step_by(ROWS) {
                let mut rows = [read.as_ptr().cast(); ROWS];
                for (r, row) in rows.iter_mut().enumerate() {
                    *row = read[(first + r) * of_square + place * depth..].as_ptr().cast();
                }
                // SAFETY: a square has `depth` words at a place, a panel V vectors for each of them; `made` has room for a block.
                unsafe {
                    let sums = [[_mm512_setzero_ps(); V]; ROWS];
                    let sums = added::<W, ROWS, V>(sums, rows, depth, words);
                    for (r, sums) in sums.into_iter().enumerate() {
                        let at = ((first + r) * PLACES + place) * V * LANES;
                        for (v, sums) in sums.into_iter().enumerate() {
                            Lanes(sums).write(made[at + v * LANES..].as_mut_ptr().cast());
                        }
                    }
                }
            }
        }
    }

    /// Aᵀ … A of a square's sums.
    #[inline(always)]
    unsafe fn write<const V: usize>(
        &self,
        square: usize,
        vector: usize,
        made: &[MaybeUninit<f32>],
    ) {
        let pixels = self.squares.starts::<_, 2>(square, &self.to, &self.nothing);
        for v in 0..V {
            let channel = (vector + v) * LANES;
            // SAFETY: there are sums for each place; a pixel has so many channels from this one on.
            unsafe {
                let sums = read_places(made[v * LANES..].as_ptr().cast(), V * LANES);
                let square = both(sums, to_output);
                for (pixel, lanes) in pixels.iter().flatten().zip(square.iter().flatten()) {
                    if *pixel != self.nothing.as_ptr() {
                        let count = self.to.channels - channel;
                        let lanes = self.ending.of(*lanes, channel);
                        W::put(lanes.0, count, pixel.cast_mut().add(channel));
                    }
                }
            }
        }
    }
}
