//! Filters as matrices, in the layout that sums read.

use std::fmt;
use std::mem::MaybeUninit;
use std::ops::Range;

use super::Filter;
use super::word::{LANES, Word, each, panels};
use crate::parallel::Task;

/// The matrices of all places: channels of the result in vectors of [`LANES`], up to three of which are a panel.
/// A panel has, for each place and each word of what is read, its vectors' words one after the other.
pub(super) struct Panels {
    words: Box<[u32]>,
    /// Words of what is read at a place.
    pub depth: usize,
    places: usize,
    pub channels: usize,
}

impl fmt::Debug for Panels {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Self { depth, places, channels, .. } = self;
        write!(f, "Panels {channels} × {places} × {depth}")
    }
}

/// Where a panel's words come from.
pub(super) trait Fill: Sync {
    /// Writes all words of the panel of the vectors from this channel on: rows of `width` channels, some of which there may
    /// not be. To be inlined, so that it is compiled for the word's instructions, which the processor has.
    fn fill(&self, panel: &mut [MaybeUninit<u32>], first: usize, width: usize);
}

impl Panels {
    /// For y: channels are those of the output, and what is read are words of x.
    pub fn of_outputs<W: Word>(filter: &Filter) -> Self {
        let (places, depth) = (filter.side * filter.side, filter.inputs / W::NUMBERS);
        let fill =
            Outputs::<W> { numbers: filter.numbers::<W>(), of_channel: places * filter.inputs };
        Self::filled::<W>([filter.outputs, places, depth], &fill)
    }

    /// For ∂ℓ/∂x: channels are those of the input, and what is read are words of ∂ℓ/∂y.
    pub fn of_inputs<W: Word>(filter: &Filter) -> Self {
        let (places, depth) = (filter.side * filter.side, filter.outputs / W::NUMBERS);
        let fill =
            Inputs::<W> { numbers: filter.numbers::<W>(), places, channels: filter.inputs, depth };
        Self::filled::<W>([filter.inputs, places, depth], &fill)
    }

    /// Of so many channels, places, and words at a place.
    pub fn filled<W: Word>([channels, places, depth]: [usize; 3], fill: &impl Fill) -> Self {
        let vectors = channels.div_ceil(LANES);
        let of_vector = places * depth * LANES;
        let mut words = Box::new_uninit_slice(vectors * of_vector);
        let panels: Vec<_> = panels(vectors).collect();
        let count = panels.len();
        let task = Filling { fill, panels, of_vector, words: words.as_mut_ptr() };
        each::<W, _>(count, 1, &task);
        // SAFETY: each panel has been filled, and they are all words.
        Self { words: unsafe { words.assume_init() }, depth, places, channels }
    }

    /// The words of the panel that begins with this vector and has so many.
    pub fn from(&self, vector: usize, count: usize) -> &[u32] {
        let of_vector = self.places * self.depth * LANES;
        &self.words[vector * of_vector..(vector + count) * of_vector]
    }
}

struct Filling<'a, F> {
    fill: &'a F,
    panels: Vec<Range<usize>>,
    of_vector: usize,
    words: *mut MaybeUninit<u32>,
}

// SAFETY: each thread writes the words of its own panels.
unsafe impl<F: Fill> Sync for Filling<'_, F> {}

impl<F: Fill> Task for Filling<'_, F> {
    #[inline(always)]
    fn run(&self, range: Range<usize>) {
        for panel in &self.panels[range] {
            // SAFETY: there are so many words for each vector, and this panel's are this thread's.
            let words = unsafe {
                let start = self.words.add(panel.start * self.of_vector);
                std::slice::from_raw_parts_mut(start, panel.len() * self.of_vector)
            };
            self.fill.fill(words, panel.start * LANES, panel.len() * LANES);
        }
    }
}

struct Outputs<'a, W: Word> {
    numbers: &'a [W::Number],
    /// Numbers of a channel of the output.
    of_channel: usize,
}

impl<W: Word> Fill for Outputs<'_, W> {
    #[inline(always)]
    fn fill(&self, panel: &mut [MaybeUninit<u32>], first: usize, width: usize) {
        let mut channels = self.numbers.chunks_exact(self.of_channel).skip(first);
        for lane in 0..width {
            let lanes = panel[lane..].iter_mut().step_by(width);
            if let Some(channel) = channels.next() {
                for (word, to) in channel.chunks_exact(W::NUMBERS).zip(lanes) {
                    to.write(W::of(word[0], word[W::NUMBERS - 1]));
                }
            } else {
                lanes.for_each(|to| _ = to.write(0));
            }
        }
    }
}

struct Inputs<'a, W: Word> {
    numbers: &'a [W::Number],
    places: usize,
    /// Of the input.
    channels: usize,
    /// Words of the channels of the output.
    depth: usize,
}

impl<W: Word> Fill for Inputs<'_, W> {
    #[inline(always)]
    fn fill(&self, panel: &mut [MaybeUninit<u32>], first: usize, width: usize) {
        let of_channel = self.places * self.channels;
        let count = width.min(self.channels - first);
        for (i, to) in panel.chunks_exact_mut(width).enumerate() {
            let (place, word) = (i / self.depth, i % self.depth);
            let from = word * W::NUMBERS * of_channel + place * self.channels + first;
            let row = |from: usize| &self.numbers[from..from + count];
            let last = row(from + (W::NUMBERS - 1) * of_channel);
            let (to, beyond) = to.split_at_mut(count);
            for ((to, &number), &last) in to.iter_mut().zip(row(from)).zip(last) {
                to.write(W::of(number, last));
            }
            beyond.fill(MaybeUninit::new(0));
        }
    }
}
