//! Maps with the numbers of as many images in a word as it has room for.

use std::mem::MaybeUninit;
use std::ops::Range;

use super::word::Word;
use crate::element::{Element, Real};
use crate::maps::{Maps, Rows};
use crate::parallel::{self, Task};

/// Pixels of which a thread makes the least.
const GRAIN: usize = 64;

/// Words of the same pixel and channel of two images, or of one. Pixels of different places in an image may then be
/// multiplied without a new layout, which pairs of neighbours would need.
pub(super) struct Images {
    words: Box<[u32]>,
    /// Channels, and zeros up to a multiple.
    pub width: usize,
    /// Words of all pixels of a group of images.
    of_group: usize,
}

impl Images {
    /// With channels up to a multiple of so many.
    pub fn of<W: Word>(maps: &Maps, multiple: usize) -> Self {
        let of_image = maps.height * maps.width;
        let width = maps.channels.next_multiple_of(multiple);
        let pixels = maps.n.div_ceil(W::NUMBERS) * of_image;
        let mut words = Box::new_uninit_slice(pixels * width);
        let to = words.as_mut_ptr().cast();
        parallel::each(pixels, GRAIN, &Join::<W> { maps: maps.rows(), of_image, width, to });
        // SAFETY: the task has written the words of all pixels.
        let words = unsafe { words.assume_init() };
        Self { words, width, of_group: of_image * width }
    }

    /// How many groups there are.
    pub fn groups(&self) -> usize {
        self.words.len() / self.of_group
    }

    /// The words of one.
    #[inline(always)]
    pub fn group(&self, group: usize) -> &[u32] {
        &self.words[group * self.of_group..(group + 1) * self.of_group]
    }
}

struct Join<'a, W: Word> {
    maps: Rows<'a, W::Number>,
    of_image: usize,
    width: usize,
    to: *mut u32,
}

// SAFETY: each thread writes the words of its own pixels.
unsafe impl<W: Word> Sync for Join<'_, W> {}

impl<W: Word> Task for Join<'_, W> {
    #[inline(always)]
    fn run(&self, pixels: Range<usize>) {
        let nothing = vec![W::Number::put(f32::ZERO); self.maps.channels];
        let between = (W::NUMBERS - 1) * self.of_image;
        for group in pixels.start / self.of_image..pixels.end.div_ceil(self.of_image) {
            let [begin, end] = [group, group + 1].map(|group| group * self.of_image);
            for pixel in pixels.start.max(begin)..pixels.end.min(end) {
                let first = group * between + pixel;
                let row = |i: usize| if i < self.maps.count { self.maps.row(i) } else { &nothing };
                let numbers = row(first).iter().zip(row(first + between));
                // SAFETY: pixels of this range are this thread's; each has `width` words, no fewer than channels.
                let words = unsafe {
                    let start = self.to.add(pixel * self.width).cast::<MaybeUninit<u32>>();
                    std::slice::from_raw_parts_mut(start, self.width)
                };
                let (words, beyond) = words.split_at_mut(self.maps.channels);
                for (word, (&first, &last)) in words.iter_mut().zip(numbers) {
                    word.write(W::of(first, last));
                }
                beyond.fill(MaybeUninit::new(0));
            }
        }
    }
}
