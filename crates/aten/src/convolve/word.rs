//! Words of 32 bits, and sums of sixteen products of them: two numbers of bf16, or one of f32.

use std::arch::x86_64::{
    __m256bh, __m256i, __m512, __m512bh, __m512i, _mm256_mask_storeu_epi16,
    _mm256_maskz_loadu_epi16, _mm512_castsi512_ps, _mm512_cvtepu16_epi32, _mm512_cvtne2ps_pbh,
    _mm512_cvtneps_pbh, _mm512_dpbf16_ps, _mm512_fmadd_ps, _mm512_loadu_si512,
    _mm512_mask_storeu_ps, _mm512_maskz_loadu_ps, _mm512_permutexvar_epi16, _mm512_slli_epi32,
    _mm512_storeu_ps, _mm512_storeu_si512,
};
use std::marker::PhantomData;
use std::mem::transmute;
use std::ops::Range;
use std::sync::LazyLock;

use crate::element::{Bf16, Element};
use crate::parallel::{self, Task, has_wide_vectors};

/// Sums of a vector.
pub(super) const LANES: usize = 16;

/// What is multiplied.
///
/// # Safety
/// What is unsafe may only be called where the processor has the instructions that [`run`](Word::run) is compiled for,
/// and, of `put`, where so many numbers may be written.
pub(super) unsafe trait Word: Sync + Send + 'static {
    /// As the maps have them.
    type Number: Element<Real = f32>;
    /// Numbers of a word.
    const NUMBERS: usize;

    /// The word of these numbers; the second does not count where there is room for one.
    fn of(first: Self::Number, second: Self::Number) -> u32;

    /// Adds the products of the words' numbers to the sums.
    unsafe fn add_products(sums: __m512, a: __m512i, b: __m512i) -> __m512;

    /// The first so many numbers, or sixteen, and zeros.
    unsafe fn get(from: *const Self::Number, count: usize) -> __m512;

    /// Writes words of these numbers; the second do not count where there is room for one.
    unsafe fn join(first: __m512, second: __m512, to: *mut u32);

    /// Writes the first so many sums as numbers.
    unsafe fn put(sums: __m512, count: usize, to: *mut Self::Number);

    /// Does the task, which is inlined and so compiled for these instructions.
    unsafe fn run<T: Task>(task: &T, range: Range<usize>);
}

/// Two neighbours of bf16.
pub(super) struct Pair;

/// Brings each number of a vector's lower half beside that of its upper half.
const PAIRS: [u16; 2 * LANES] = {
    let mut order = [0; 2 * LANES];
    let mut i = 0;
    while i < 2 * LANES {
        order[i] = (i / 2 + i % 2 * LANES) as u16;
        i += 1;
    }
    order
};

/// A number of f32.
pub(super) struct Single;

// SAFETY: `run` is compiled for what the others need.
unsafe impl Word for Pair {
    type Number = Bf16;
    const NUMBERS: usize = 2;

    #[inline(always)]
    fn of(first: Bf16, second: Bf16) -> u32 {
        u32::from(first.bits()) | u32::from(second.bits()) << 16
    }

    #[inline(always)]
    unsafe fn add_products(sums: __m512, a: __m512i, b: __m512i) -> __m512 {
        // SAFETY: any bits are pairs of bf16.
        let [a, b] = unsafe { [a, b].map(|pairs| transmute::<__m512i, __m512bh>(pairs)) };
        // SAFETY: as the trait says.
        unsafe { _mm512_dpbf16_ps(sums, a, b) }
    }

    #[inline(always)]
    unsafe fn get(from: *const Bf16, count: usize) -> __m512 {
        // SAFETY: as the trait says; a Bf16 is the upper half of an f32.
        unsafe {
            let numbers = _mm256_maskz_loadu_epi16(first(count), from.cast());
            _mm512_castsi512_ps(_mm512_slli_epi32::<16>(_mm512_cvtepu16_epi32(numbers)))
        }
    }

    #[inline(always)]
    unsafe fn join(first: __m512, second: __m512, to: *mut u32) {
        // SAFETY: as the trait says.
        unsafe {
            let order = _mm512_loadu_si512(PAIRS.as_ptr().cast());
            let halves = transmute::<__m512bh, __m512i>(_mm512_cvtne2ps_pbh(second, first));
            let words = _mm512_permutexvar_epi16(order, halves);
            _mm512_storeu_si512(to.cast(), words);
        }
    }

    #[inline(always)]
    unsafe fn put(sums: __m512, count: usize, to: *mut Bf16) {
        // SAFETY: as the trait says; a Bf16 is its bits.
        unsafe {
            let rounded = transmute::<__m256bh, __m256i>(_mm512_cvtneps_pbh(sums));
            _mm256_mask_storeu_epi16(to.cast(), first(count), rounded);
        }
    }

    #[inline(always)]
    unsafe fn run<T: Task>(task: &T, range: Range<usize>) {
        // SAFETY: as the trait says.
        unsafe { with_pairs(task, range) }
    }
}

// SAFETY: as above.
unsafe impl Word for Single {
    type Number = f32;
    const NUMBERS: usize = 1;

    #[inline(always)]
    fn of(number: f32, _: f32) -> u32 {
        number.to_bits()
    }

    #[inline(always)]
    unsafe fn add_products(sums: __m512, a: __m512i, b: __m512i) -> __m512 {
        // SAFETY: as the trait says.
        unsafe { _mm512_fmadd_ps(_mm512_castsi512_ps(a), _mm512_castsi512_ps(b), sums) }
    }

    #[inline(always)]
    unsafe fn get(from: *const f32, count: usize) -> __m512 {
        // SAFETY: as the trait says.
        unsafe { _mm512_maskz_loadu_ps(first(count), from) }
    }

    #[inline(always)]
    unsafe fn join(first: __m512, _: __m512, to: *mut u32) {
        // SAFETY: as the trait says.
        unsafe { _mm512_storeu_ps(to.cast(), first) }
    }

    #[inline(always)]
    unsafe fn put(sums: __m512, count: usize, to: *mut f32) {
        // SAFETY: as the trait says.
        unsafe { _mm512_mask_storeu_ps(to, first(count), sums) }
    }

    #[inline(always)]
    unsafe fn run<T: Task>(task: &T, range: Range<usize>) {
        // SAFETY: as the trait says.
        unsafe { with_singles(task, range) }
    }
}

#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512bf16")]
fn with_pairs<T: Task>(task: &T, range: Range<usize>) {
    task.run(range);
}

#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq")]
fn with_singles<T: Task>(task: &T, range: Range<usize>) {
    task.run(range);
}

/// A task in parts of at least `grain`, on as many threads as libtorch may use here.
pub(super) fn each<W: Word, T: Task>(count: usize, grain: usize, task: &T) {
    struct Wide<'a, W, T>(&'a T, PhantomData<W>);
    impl<W: Word, T: Task> Task for Wide<'_, W, T> {
        #[inline(always)]
        fn run(&self, range: Range<usize>) {
            // SAFETY: `is_at_hand` has asked the processor.
            unsafe { W::run(self.0, range) }
        }
    }
    parallel::each(count, grain, &Wide(task, PhantomData::<W>));
}

/// Whether the processor multiplies pairs of bf16, but not, what is faster and libtorch's, tiles of them.
pub(super) fn has_pairs() -> bool {
    static HAS_PAIRS: LazyLock<bool> = LazyLock::new(|| {
        std::is_x86_feature_detected!("avx512bf16") && has_wide_vectors() && !has_tiles()
    });
    *HAS_PAIRS
}

/// Asks the processor, which takes long in a virtual machine.
fn has_tiles() -> bool {
    const AMX_BF16: u32 = 1 << 22;
    std::arch::x86_64::__cpuid_count(7, 0).edx & AMX_BF16 != 0
}

/// A mask of the first lanes.
#[inline(always)]
pub(super) fn first(count: usize) -> u16 {
    if count >= LANES { u16::MAX } else { (1 << count) - 1 }
}

/// So many vectors in panels of three, or of two where three would leave one alone: sums of three for eight rows, and what
/// they are made of, fill the registers.
pub(super) fn panels(vectors: usize) -> impl Iterator<Item = Range<usize>> {
    let mut start = 0;
    std::iter::from_fn(move || {
        let count = match vectors - start {
            0 => return None,
            left @ (1 | 2) => left,
            4 => 2,
            _ => 3,
        };
        start += count;
        Some(start - count..start)
    })
}
