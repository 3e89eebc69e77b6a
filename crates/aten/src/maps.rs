//! Feature maps as pixels.

use std::marker::PhantomData;
use std::ops::Range;

use tch::{Device, Kind, Tensor};

use crate::element::Element;

/// What a function was asked for and cannot do.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Not maps as this crate reads them.
    #[error(
        "{0:?} of {1:?} with strides {2:?}: feature maps must be [n, C, h, w] with channels last, or [n, C], in f64, f32 or bf16, on the processor"
    )]
    NotMaps(Vec<i64>, Kind, Vec<i64>),
    /// Not a filter as [`convolve`](crate::convolve) reads it.
    #[error(
        "{0:?} of {1:?} with strides {2:?}: a filter must be [C′, C, k, k] with C last, of a kind and of numbers of channels that are convolved here, on the processor"
    )]
    NotFilter(Vec<i64>, Kind, Vec<i64>),
    /// Two arguments do not fit.
    #[error("{0}: {1:?} does not fit {2:?}")]
    Shapes(&'static str, Vec<i64>, Vec<i64>),
    /// Two arguments are of different kinds.
    #[error("{0:?} and {1:?}: must be the same kind")]
    Kinds(Kind, Kind),
    /// What is written would be read, too.
    #[error("{0} lies in the same memory as what it is computed from")]
    Overlap(&'static str),
    /// libtorch printed why.
    #[error("libtorch's {0} failed; its message is on stderr")]
    Libtorch(&'static str),
}

/// Feature maps `[n, C, h, w]`, stored with channels last: n·h·w pixels of C numbers, `step` numbers apart. A matrix `[n, C]`
/// is n of them of one pixel.
#[derive(Debug)]
pub struct Maps<'a> {
    tensor: &'a Tensor,
    pub(crate) kind: Kind,
    pub(crate) n: usize,
    pub(crate) channels: usize,
    pub(crate) height: usize,
    pub(crate) width: usize,
    step: usize,
}

impl<'a> Maps<'a> {
    /// These maps, if they are such.
    ///
    /// # Errors
    /// If they are stored otherwise, or elsewhere.
    pub fn of(tensor: &'a Tensor) -> Result<Self, Error> {
        let (mut size, mut stride, kind) = (tensor.size(), tensor.stride(), tensor.kind());
        if size.len() == 2 {
            size.extend([1, 1]);
            stride.extend([1, 1]);
        }
        let refused = || Error::NotMaps(tensor.size(), kind, tensor.stride());
        let [n, channels, height, width] = size[..] else { return Err(refused()) };
        let step = step(&size, &stride).ok_or_else(refused)?;
        let is_known = matches!(kind, Kind::Double | Kind::Float | Kind::BFloat16);
        if !is_known || tensor.device() != Device::Cpu {
            return Err(refused());
        }
        let [n, channels, height, width, step] =
            [n, channels, height, width, step].map(|x| x as usize);
        Ok(Self { tensor, kind, n, channels, height, width, step })
    }

    /// How many pixels there are.
    pub fn pixels(&self) -> usize {
        self.n * self.height * self.width
    }

    /// Height and width.
    pub fn grid(&self) -> [usize; 2] {
        [self.height, self.width]
    }

    /// Nothing, if the other maps have the same shape and kind.
    pub(crate) fn fits(&self, other: &Maps, what: &'static str) -> Result<(), Error> {
        if self.kind != other.kind {
            return Err(Error::Kinds(self.kind, other.kind));
        }
        if self.tensor.size() != other.tensor.size() {
            return Err(Error::Shapes(what, self.tensor.size(), other.tensor.size()));
        }
        Ok(())
    }

    /// Nothing, if no number of these maps is one of the others'. Two ranges of channels of a tensor may be interleaved.
    pub(crate) fn is_apart(&self, other: &Maps, what: &'static str) -> Result<(), Error> {
        let size = self.kind.elt_size_in_bytes();
        let [begin, others] = [self, other].map(|maps| maps.tensor.data_ptr() as usize);
        let end = |begin, maps: &Maps| begin + maps.length() * size;
        let is_beside = end(begin, self) <= others || end(others, other) <= begin;
        let distance = (others as isize - begin as isize) / size as isize;
        let offset = distance.rem_euclid(self.step.max(1) as isize) as usize;
        let is_interleaved = self.step == other.step
            && offset >= self.channels
            && offset + other.channels <= self.step;
        if is_beside || is_interleaved { Ok(()) } else { Err(Error::Overlap(what)) }
    }

    /// From the first number to behind the last.
    fn length(&self) -> usize {
        self.pixels().checked_sub(1).map_or(0, |last| last * self.step + self.channels)
    }

    pub(crate) fn size(&self) -> Vec<i64> {
        self.tensor.size()
    }

    pub(crate) fn rows<E: Element>(&self) -> Rows<'a, E> {
        assert_eq!(self.kind, E::KIND);
        Rows {
            start: self.tensor.data_ptr().cast(),
            count: self.pixels(),
            channels: self.channels,
            step: self.step,
            tensor: PhantomData,
        }
    }
}

/// How far apart pixels are; none if channels do not come last. A dimension of one element may have any stride.
fn step(size: &[i64], stride: &[i64]) -> Option<i64> {
    let [n, channels, height, width] = size[..] else { return None };
    if channels > 1 && stride[1] != 1 {
        return None;
    }
    let inner = [(width, stride[3], 1), (height, stride[2], width), (n, stride[0], width * height)];
    let mut of_long = inner.iter().filter(|(length, ..)| *length > 1);
    let step = of_long.clone().next().map_or(channels, |(_, stride, pixels)| stride / pixels);
    (step >= channels && of_long.all(|(_, stride, pixels)| *stride == step * pixels))
        .then_some(step)
}

/// The memory of feature maps, pixel by pixel.
#[derive(Clone, Copy)]
pub(crate) struct Rows<'a, E> {
    start: *mut E,
    pub count: usize,
    pub channels: usize,
    step: usize,
    tensor: PhantomData<&'a Tensor>,
}

// SAFETY: the memory is plain numbers. The tensor is borrowed for as long as the rows live, by the one thread that owns
// it (a Tensor is not Sync); that thread waits while others work on the rows, and each of them writes its own only.
unsafe impl<E: Element> Send for Rows<'_, E> {}
// SAFETY: as above.
unsafe impl<E: Element> Sync for Rows<'_, E> {}

impl<E: Element> Rows<'_, E> {
    #[inline(always)]
    pub fn row(&self, i: usize) -> &[E] {
        assert!(i < self.count);
        // SAFETY: `Maps::of` has checked that row i lies in the tensor, from its size and its strides.
        unsafe { std::slice::from_raw_parts(self.start.add(i * self.step), self.channels) }
    }

    /// Where row i begins, if there is such a row.
    #[inline(always)]
    pub fn start_of(&self, i: usize) -> *const E {
        self.start.wrapping_add(i * self.step)
    }

    /// The first n channels of K rows.
    #[inline(always)]
    #[allow(clippy::needless_range_loop)] // an iterator over them makes a step 6 % slower
    pub fn some<const K: usize>(&self, first: usize, n: usize) -> [&[E]; K] {
        let mut rows = [&self.row(first)[..n]; K];
        for k in 1..K {
            rows[k] = &self.row(first + k)[..n];
        }
        rows
    }

    /// # Safety
    /// No other thread may read or write this row, and no other reference to it may be alive.
    #[inline(always)]
    #[allow(clippy::mut_from_ref)]
    pub unsafe fn row_mut(&self, i: usize) -> &mut [E] {
        assert!(i < self.count);
        // SAFETY: as in `row`; the caller sees to it that it is the only reference.
        unsafe { std::slice::from_raw_parts_mut(self.start.add(i * self.step), self.channels) }
    }
}

impl<E: Element> Rows<'_, E> {
    /// Part of a row.
    ///
    /// # Safety
    /// No other thread may read or write this part, and no other reference to it may be alive.
    #[inline(always)]
    #[allow(clippy::mut_from_ref)]
    pub unsafe fn part_mut(&self, i: usize, part: Range<usize>) -> &mut [E] {
        assert!(i < self.count && part.start <= part.end && part.end <= self.channels);
        // SAFETY: as in `row_mut`, for the part.
        unsafe {
            let start = self.start.add(i * self.step + part.start);
            std::slice::from_raw_parts_mut(start, part.len())
        }
    }
}

/// A vector's numbers, f32 or f64, on the processor.
pub fn numbers(vector: &Tensor) -> Vec<f64> {
    let count = vector_length(vector);
    // SAFETY: `vector_length` has checked that there are so many numbers of this kind, side by side.
    unsafe {
        match vector.kind() {
            Kind::Float => {
                let numbers = std::slice::from_raw_parts(vector.data_ptr().cast::<f32>(), count);
                numbers.iter().map(|&x| f64::from(x)).collect()
            }
            _ => std::slice::from_raw_parts(vector.data_ptr().cast::<f64>(), count).to_vec(),
        }
    }
}

/// Overwrites a vector, f32 or f64, on the processor.
pub fn write_numbers(vector: &Tensor, numbers: &[f64]) {
    let count = vector_length(vector);
    assert_eq!(count, numbers.len(), "a vector of {count} numbers");
    // SAFETY: as in `numbers`; the tensor is not Sync, so nobody reads it meanwhile.
    unsafe {
        match vector.kind() {
            Kind::Float => {
                let old = std::slice::from_raw_parts_mut(vector.data_ptr().cast::<f32>(), count);
                old.iter_mut().zip(numbers).for_each(|(old, &new)| *old = new as f32);
            }
            _ => std::slice::from_raw_parts_mut(vector.data_ptr().cast::<f64>(), count)
                .copy_from_slice(numbers),
        }
    }
}

fn vector_length(vector: &Tensor) -> usize {
    let is_known = matches!(vector.kind(), Kind::Float | Kind::Double);
    assert!(
        is_known && vector.device() == Device::Cpu && vector.is_contiguous(),
        "a vector must be f32 or f64, without gaps, on the processor: {vector:?}"
    );
    vector.numel()
}
