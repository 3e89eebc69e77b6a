//! A filter's gradient: for each of its places the sum over pixels of what was read there, times ∂ℓ/∂ of what was made of it.

use std::arch::x86_64::{
    __m512, _mm512_add_ps, _mm512_loadu_si512, _mm512_mask_storeu_ps, _mm512_maskz_loadu_ps,
    _mm512_set1_epi32, _mm512_setzero_ps, _mm512_setzero_si512,
};
use std::marker::PhantomData;
use std::ops::Range;

use super::images::Images;
use super::places::Places;
use super::word::{LANES, Word, each, first, panels};
use crate::maps::{Maps, Rows};
use crate::parallel::Task;

/// Channels of the output that a thread makes at least.
pub(super) const OUTPUTS: usize = 16;
/// Words of both maps that a processor's cache holds.
const CHUNK: usize = 100_000;

/// Writes the gradient, `[C′, k k C]`.
pub(super) fn correlate<W: Word>(dy: &Maps, x: &Maps, places: &Places, gradient: &Maps) {
    let outputs = Images::of::<W>(dy, OUTPUTS);
    let inputs = Images::of::<W>(x, LANES);
    let offsets = |place: usize| {
        let offset = |pixel: usize| {
            let read = places.at(pixel, place)?;
            Some([pixel * outputs.width, read * inputs.width])
        };
        (0..places.pixels()[1]).filter_map(offset).collect()
    };
    let task = Correlate::<W> {
        channels: x.channels,
        pixels: dy.height * dy.width,
        offsets: (0..places.count).map(offsets).collect(),
        outputs,
        inputs,
        gradient: gradient.rows(),
        word: PhantomData,
    };
    each::<W, _>(dy.channels.div_ceil(OUTPUTS), 1, &task);
}

struct Correlate<'a, W> {
    /// Of the input.
    channels: usize,
    /// Of an image of the output.
    pixels: usize,
    outputs: Images,
    inputs: Images,
    /// For each place: where a pixel of the output begins in a group of images, and where what it reads there does.
    offsets: Vec<Vec<[usize; 2]>>,
    gradient: Rows<'a, f32>,
    word: PhantomData<W>,
}

impl<W: Word> Task for Correlate<'_, W> {
    #[inline(always)]
    fn run(&self, blocks: Range<usize>) {
        for chunk in self.chunks() {
            for output in blocks.clone().map(|block| block * OUTPUTS) {
                for place in 0..self.offsets.len() {
                    for panel in panels(self.channels.div_ceil(LANES)) {
                        let at = Target { output, place, input: panel.start * LANES };
                        // SAFETY: this thread has these rows of the gradient, and the processor the instructions.
                        unsafe {
                            match panel.len() {
                                1 => self.sums::<OUTPUTS, 1>(&chunk, at),
                                2 => self.halves::<2>(&chunk, at),
                                _ => self.halves::<3>(&chunk, at),
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Pixels of the output that are summed over, of some groups of images.
struct Chunk {
    groups: Range<usize>,
    pixels: Range<usize>,
}

/// Where in the gradient sums are added to: from these channels on.
#[derive(Clone, Copy)]
struct Target {
    output: usize,
    place: usize,
    input: usize,
}

impl<W: Word> Correlate<'_, W> {
    /// Several groups, or a part of one: a processor's cache holds what is read of them while all sums are made.
    fn chunks(&self) -> impl Iterator<Item = Chunk> {
        let most = (CHUNK / (self.outputs.width + self.inputs.width)).max(LANES);
        let (groups, pixels) = (self.outputs.groups(), self.pixels);
        let of_groups = (most / pixels).max(1);
        let of_pixels = most.min(pixels);
        (0..groups).step_by(of_groups).flat_map(move |group| {
            (0..pixels).step_by(of_pixels).map(move |pixel| Chunk {
                groups: group..groups.min(group + of_groups),
                pixels: pixel..pixels.min(pixel + of_pixels),
            })
        })
    }

    /// Sums of more than one vector are made for half of the outputs at once: there are registers for so many.
    #[inline(always)]
    unsafe fn halves<const V: usize>(&self, chunk: &Chunk, at: Target) {
        // SAFETY: as of `sums`.
        unsafe {
            self.sums::<{ OUTPUTS / 2 }, V>(chunk, at);
            self.sums::<{ OUTPUTS / 2 }, V>(
                chunk,
                Target { output: at.output + OUTPUTS / 2, ..at },
            );
        }
    }

    /// Adds to the gradient at a place, for O channels of the output, or for those of them that there are, and V vectors of
    /// channels of the input, what the chunk's pixels have; what the first has is written.
    ///
    /// # Safety
    /// No other thread may read or write these rows; the processor must have the word's instructions.
    #[inline(always)]
    unsafe fn sums<const O: usize, const V: usize>(&self, chunk: &Chunk, at: Target) {
        let Target { output, place, input } = at;
        if output >= self.gradient.count {
            return;
        }
        let is_first = chunk.groups.start == 0 && chunk.pixels.start == 0;
        let offsets = self.offsets(place, &chunk.pixels);
        // SAFETY: offsets are those of pixels of a group; a pixel has `width` words, a multiple of what is read at once.
        unsafe {
            let mut sums = [[_mm512_setzero_ps(); V]; O];
            for group in chunk.groups.clone() {
                let dy = self.outputs.group(group).as_ptr().add(output);
                let x = self.inputs.group(group).as_ptr().add(input);
                sums = added::<W, O, V>(sums, offsets, dy, x);
            }
            for (o, sums) in (output..self.gradient.count).zip(&sums) {
                let row = self.gradient.row_mut(o);
                for (v, sums) in sums.iter().enumerate() {
                    let channel = input + v * LANES;
                    let lanes = first(self.channels - channel);
                    let to = row.as_mut_ptr().add(place * self.channels + channel);
                    let before = if is_first {
                        _mm512_setzero_ps()
                    } else {
                        _mm512_maskz_loadu_ps(lanes, to)
                    };
                    _mm512_mask_storeu_ps(to, lanes, _mm512_add_ps(before, *sums));
                }
            }
        }
    }

    /// Those of pixels in this range.
    #[inline(always)]
    fn offsets(&self, place: usize, pixels: &Range<usize>) -> &[[usize; 2]] {
        let all = &self.offsets[place];
        let before = |pixel: usize| all.partition_point(|[dy, _]| *dy < pixel * self.outputs.width);
        &all[before(pixels.start)..before(pixels.end)]
    }
}

/// Adds the products of words of ∂ℓ/∂y with vectors of words of x, at these offsets.
///
/// # Safety
/// At each offset there must be so many words; the processor must have the word's instructions.
#[inline(always)]
#[allow(clippy::needless_range_loop)] // sums stay in registers so
pub(super) unsafe fn added<W: Word, const O: usize, const V: usize>(
    mut sums: [[__m512; V]; O],
    offsets: &[[usize; 2]],
    dy: *const u32,
    x: *const u32,
) -> [[__m512; V]; O] {
    for [of_output, of_input] in offsets {
        // SAFETY: as said above.
        unsafe {
            let (dy, x) = (dy.add(*of_output), x.add(*of_input));
            let mut factors = [_mm512_setzero_si512(); V];
            for v in 0..V {
                factors[v] = _mm512_loadu_si512(x.add(v * LANES).cast());
            }
            for o in 0..O {
                let of_output = _mm512_set1_epi32(dy.add(o).read().cast_signed());
                for v in 0..V {
                    sums[o][v] = W::add_products(sums[o][v], of_output, factors[v]);
                }
            }
        }
    }
    sums
}
