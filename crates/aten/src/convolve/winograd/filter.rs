//! G g Gᵀ, in the layout that sums read.

use std::marker::PhantomData;
use std::ops::Range;

use super::super::Filter;
use super::super::gather::Panels;
use super::super::lanes::Lanes;
use super::super::word::{LANES, Word, each, panels};
use super::PLACES;
use super::transform::{Square, both, of_filter};
use crate::parallel::Task;

/// For y: channels are those of the output, and what is read are words of x.
pub(in super::super) fn for_outputs<W: Word>(filter: &Filter) -> Panels {
    filled::<W>(filter, [filter.outputs, filter.inputs], false)
}

/// For ∂ℓ/∂x, with the filter turned round: channels are those of the input, and what is read are words of ∂ℓ/∂y.
pub(in super::super) fn for_inputs<W: Word>(filter: &Filter) -> Panels {
    filled::<W>(filter, [filter.inputs, filter.outputs], true)
}

fn filled<W: Word>(filter: &Filter, [channels, read]: [usize; 2], is_turned: bool) -> Panels {
    let depth = read / W::NUMBERS;
    let mut made = Panels::zeros(channels, PLACES, depth);
    let panels: Vec<_> = panels(channels.div_ceil(LANES)).collect();
    let words = made.words.as_mut_ptr();
    let count = panels.len();
    let task = Fill::<W> { filter, is_turned, depth, panels, words, word: PhantomData };
    each::<W, _>(count, 1, &task);
    made
}

struct Fill<'a, W> {
    filter: &'a Filter<'a>,
    is_turned: bool,
    /// Words of what is read at a place.
    depth: usize,
    panels: Vec<Range<usize>>,
    words: *mut u32,
    word: PhantomData<W>,
}

// SAFETY: each thread writes the words of its own panels; the filter's tensor is only read.
unsafe impl<W: Word> Sync for Fill<'_, W> {}

impl<W: Word> Task for Fill<'_, W> {
    #[inline(always)]
    fn run(&self, range: Range<usize>) {
        for panel in &self.panels[range] {
            for vector in panel.clone() {
                let before = panel.start * PLACES * self.depth + (vector - panel.start);
                // SAFETY: a panel has so many words for each place and word; the processor has the instructions.
                unsafe {
                    let to = self.words.add(before * LANES);
                    let step = panel.len() * LANES;
                    if self.is_turned {
                        self.inputs(vector * LANES, to, step);
                    } else {
                        self.outputs(vector * LANES, to, step);
                    }
                }
            }
        }
    }
}

impl<W: Word> Fill<'_, W> {
    /// Sixteen channels of the input from this one on: they lie side by side in the filter.
    ///
    /// # Safety
    /// From `to` on there must be room for a vector for each place and word, so many words apart.
    #[inline(always)]
    unsafe fn inputs(&self, input: usize, to: *mut u32, step: usize) {
        for word in 0..self.depth {
            // SAFETY: as said above.
            unsafe {
                let first = self.square(word * W::NUMBERS, input);
                let last = if W::NUMBERS > 1 { self.square(word * 2 + 1, input) } else { first };
                let pairs = first.iter().flatten().zip(last.iter().flatten());
                for (place, (first, last)) in pairs.enumerate() {
                    W::join(first.0, last.0, to.add((place * self.depth + word) * step));
                }
            }
        }
    }

    /// Sixteen channels of the output, which do not.
    ///
    /// # Safety
    /// As of `inputs`.
    #[inline(always)]
    unsafe fn outputs(&self, output: usize, to: *mut u32, step: usize) {
        let of_vector = LANES / W::NUMBERS;
        for input in (0..self.filter.inputs).step_by(LANES) {
            let mut lines = [[[0_u32; LANES]; PLACES]; LANES];
            // SAFETY: a line has room for sixteen numbers; else as said above.
            unsafe {
                for (output, lines) in (output..self.filter.outputs).zip(&mut lines) {
                    let square = self.square(output, input);
                    for (lanes, line) in square.iter().flatten().zip(lines) {
                        W::put(lanes.0, LANES, line.as_mut_ptr().cast());
                    }
                }
                let words = of_vector.min((self.filter.inputs - input) / W::NUMBERS);
                for place in 0..PLACES {
                    for word in 0..words {
                        let at = place * self.depth + input / W::NUMBERS + word;
                        let to = &mut *to.add(at * step).cast::<[u32; LANES]>();
                        for (to, lines) in to.iter_mut().zip(&lines) {
                            *to = lines[place][word];
                        }
                    }
                }
            }
        }
    }

    /// Of the filter from this output to sixteen inputs, or to those that there are.
    ///
    /// # Safety
    /// The processor must have the word's instructions.
    #[inline(always)]
    unsafe fn square(&self, output: usize, input: usize) -> Square<4> {
        let (numbers, inputs) = (self.filter.numbers::<W>(), self.filter.inputs);
        let mut filter = [[Lanes::zero(); 3]; 3];
        for (place, lanes) in filter.iter_mut().flatten().enumerate() {
            let place = if self.is_turned { 8 - place } else { place };
            let from = &numbers[(output * 9 + place) * inputs + input..];
            // SAFETY: so many numbers of the place follow; else as said above.
            *lanes = unsafe { Lanes(W::get(from.as_ptr(), inputs - input)) };
        }
        both(filter, of_filter)
    }
}
