//! G g Gᵀ, in the layout that sums read.

use std::mem::MaybeUninit;

use super::super::Filter;
use super::super::lanes::Lanes;
use super::super::panels::{Fill, Panels};
use super::super::word::{LANES, Word};
use super::PLACES;
use super::transform::{Square, both, of_filter};

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
    let Filter { outputs, inputs, .. } = *filter;
    let numbers = filter.numbers::<W>();
    let factors = Factors::<W> { numbers, outputs, inputs, is_turned, depth };
    Panels::filled::<W>([channels, PLACES, depth], &factors)
}

/// What squares are multiplied by.
struct Factors<'a, W: Word> {
    numbers: &'a [W::Number],
    outputs: usize,
    inputs: usize,
    is_turned: bool,
    /// Words of what is read at a place.
    depth: usize,
}

impl<W: Word> Fill for Factors<'_, W> {
    #[inline(always)]
    fn fill(&self, panel: &mut [MaybeUninit<u32>], first: usize, width: usize) {
        for lane in (0..width).step_by(LANES) {
            // SAFETY: a panel has a vector for each place and word, so many words apart; the processor has the instructions.
            unsafe {
                let to = panel[lane..].as_mut_ptr().cast();
                if self.is_turned {
                    self.inputs(first + lane, to, width);
                } else {
                    self.outputs(first + lane, to, width);
                }
            }
        }
    }
}

impl<W: Word> Factors<'_, W> {
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
        for input in (0..self.inputs).step_by(LANES) {
            let mut lines = [[[MaybeUninit::<u32>::uninit(); LANES]; PLACES]; LANES];
            // SAFETY: a line has room for sixteen numbers; else as said above.
            unsafe {
                for (output, lines) in (output..).zip(&mut lines) {
                    let square = if output < self.outputs {
                        self.square(output, input)
                    } else {
                        [[Lanes::zero(); 4]; 4]
                    };
                    for (lanes, line) in square.iter().flatten().zip(lines) {
                        W::put(lanes.0, LANES, line.as_mut_ptr().cast());
                    }
                }
                let words = of_vector.min((self.inputs - input) / W::NUMBERS);
                for place in 0..PLACES {
                    for word in 0..words {
                        let at = place * self.depth + input / W::NUMBERS + word;
                        let to = &mut *to.add(at * step).cast::<[MaybeUninit<u32>; LANES]>();
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
        let mut filter = [[Lanes::zero(); 3]; 3];
        for (place, lanes) in filter.iter_mut().flatten().enumerate() {
            let place = if self.is_turned { 8 - place } else { place };
            let from = &self.numbers[(output * 9 + place) * self.inputs + input..];
            // SAFETY: so many numbers of the place follow; else as said above.
            *lanes = unsafe { Lanes(W::get(from.as_ptr(), self.inputs - input)) };
        }
        both(filter, of_filter)
    }
}
