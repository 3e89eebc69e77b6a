//! Sums over the places of a filter: for each pixel what it reads there, times a matrix.

use std::arch::x86_64::{
    __m512, _mm512_loadu_si512, _mm512_set1_epi32, _mm512_setzero_ps, _mm512_setzero_si512,
};
use std::ops::Range;

use super::ending::Ending;
use super::lanes::Lanes;
use super::panels::Panels;
use super::places::{Places, STRIPE, Stripes};
use super::word::{LANES, Word, each, panels};
use crate::maps::{Maps, Rows};
use crate::parallel::Task;

/// Stripes of which a thread makes the least.
const GRAIN: usize = 4;
/// Stripes of which a processor's cache holds what they read while all panels pass.
const CHUNK: usize = 16;

/// Writes the sums for each pixel of `to`, of what `places` says that it reads of `from`.
pub(super) fn gather<W: Word>(
    from: &Maps,
    places: &Places,
    panels: &Panels,
    ending: &Ending,
    to: &Maps,
) {
    let stripes = places.stripes();
    let count = to.pixels().div_ceil(stripes.rows[1]) * stripes.all.len();
    let nothing = vec![0; panels.depth];
    let task = Gather::<W> { from: from.rows(), stripes, panels, ending, to: to.rows(), nothing };
    each::<W, _>(count, GRAIN, &task);
}

struct Gather<'a, W: Word> {
    from: Rows<'a, W::Number>,
    stripes: Stripes,
    panels: &'a Panels,
    ending: &'a Ending,
    to: Rows<'a, W::Number>,
    /// What is read where there is no pixel.
    nothing: Vec<u32>,
}

impl<W: Word> Task for Gather<'_, W> {
    #[inline(always)]
    fn run(&self, stripes: Range<usize>) {
        for start in stripes.clone().step_by(CHUNK) {
            for panel in panels(self.panels.channels.div_ceil(LANES)) {
                for stripe in start..stripes.end.min(start + CHUNK) {
                    // SAFETY: this thread has the pixels of the stripe, and the processor the instructions.
                    unsafe {
                        match panel.len() {
                            1 => self.sums::<STRIPE, 1>(stripe, 0, panel.start),
                            2 => self.halves::<2>(stripe, panel.start),
                            _ => self.halves::<3>(stripe, panel.start),
                        }
                    }
                }
            }
        }
    }
}

impl<W: Word> Gather<'_, W> {
    /// Sums of more than one vector are made for half of a stripe at once: there are registers for so many.
    #[inline(always)]
    unsafe fn halves<const V: usize>(&self, stripe: usize, vector: usize) {
        // SAFETY: as of `sums`.
        unsafe {
            self.sums::<{ STRIPE / 2 }, V>(stripe, 0, vector);
            self.sums::<{ STRIPE / 2 }, V>(stripe, STRIPE / 2, vector);
        }
    }

    /// The sums of V vectors of channels for R pixels of a stripe, or for those of them that there are.
    ///
    /// # Safety
    /// No other thread may read or write these pixels of `to`; the processor must have the word's instructions.
    #[inline(always)]
    unsafe fn sums<const R: usize, const V: usize>(
        &self,
        stripe: usize,
        begin: usize,
        vector: usize,
    ) {
        let count = self.stripes.all.len();
        let [from, to] = self.stripes.rows.map(|rows| stripe / count * rows);
        let stripe = &self.stripes.all[stripe % count];
        let (panel, depth) = (self.panels.from(vector, V), self.panels.depth);
        // SAFETY: a row has `depth` words, and so has `nothing`; a panel has V vectors for each of them at each place.
        unsafe {
            let mut sums = [[_mm512_setzero_ps(); V]; R];
            for read in &stripe.reads {
                let rows = self.rows::<R>(from, &read.rows[begin..begin + R]);
                let words = panel[read.place * depth * V * LANES..].as_ptr();
                sums = added::<W, R, V>(sums, rows, depth, words);
            }
            let own = stripe.rows[begin..begin + R].iter().map(|row| to + *row as usize);
            for (row, sums) in own.zip(&sums).filter(|(row, _)| *row < self.to.count) {
                let row = self.to.row_mut(row);
                for (v, sums) in sums.iter().enumerate() {
                    let channel = (vector + v) * LANES;
                    let sums = self.ending.of(Lanes(*sums), channel);
                    W::put(sums.0, row.len() - channel, row.as_mut_ptr().add(channel));
                }
            }
        }
    }

    /// Where these pixels are, and nothing in the place of those that are beyond the maps.
    #[inline(always)]
    fn rows<const R: usize>(&self, from: usize, read: &[u32]) -> [*const i32; R] {
        let mut rows = [self.nothing.as_ptr().cast(); R];
        for (row, read) in rows.iter_mut().zip(read) {
            let read = from + *read as usize;
            if read < self.from.count {
                *row = self.from.start_of(read).cast();
            }
        }
        rows
    }
}

/// Adds, for R rows of words, the products with V vectors for each word.
///
/// # Safety
/// Rows must have `depth` words, and the panel `depth` times V vectors; the processor must have the word's instructions.
#[inline(always)]
#[allow(clippy::needless_range_loop)] // sums stay in registers so
pub(super) unsafe fn added<W: Word, const R: usize, const V: usize>(
    mut sums: [[__m512; V]; R],
    rows: [*const i32; R],
    depth: usize,
    panel: *const u32,
) -> [[__m512; V]; R] {
    // SAFETY: as said above.
    unsafe {
        for word in 0..depth {
            let mut factors = [_mm512_setzero_si512(); V];
            for v in 0..V {
                factors[v] = _mm512_loadu_si512(panel.add((word * V + v) * LANES).cast());
            }
            for r in 0..R {
                let read = _mm512_set1_epi32(rows[r].add(word).read_unaligned());
                for v in 0..V {
                    sums[r][v] = W::add_products(sums[r][v], read, factors[v]);
                }
            }
        }
    }
    sums
}
