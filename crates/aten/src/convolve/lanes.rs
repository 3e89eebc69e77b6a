//! Sixteen numbers of f32, in a vector.

use std::arch::x86_64::{
    __m512, _mm512_add_ps, _mm512_loadu_ps, _mm512_mask_storeu_ps, _mm512_max_ps, _mm512_mul_ps,
    _mm512_set1_ps, _mm512_setzero_ps, _mm512_storeu_ps, _mm512_sub_ps,
};
use std::ops::{Add, Mul, Sub};

use super::word::first;

/// Only made by a [`Word`](super::word::Word)'s tasks, whose processor has such vectors: what is unsafe here is safe by that.
#[derive(Clone, Copy)]
pub(super) struct Lanes(pub __m512);

impl Lanes {
    #[inline(always)]
    pub fn zero() -> Self {
        // SAFETY: as said above.
        unsafe { Self(_mm512_setzero_ps()) }
    }

    /// # Safety
    /// There must be sixteen numbers.
    #[inline(always)]
    pub unsafe fn read(from: *const f32) -> Self {
        // SAFETY: as said above.
        unsafe { Self(_mm512_loadu_ps(from)) }
    }

    /// # Safety
    /// There must be room for sixteen numbers.
    #[inline(always)]
    pub unsafe fn write(self, to: *mut f32) {
        // SAFETY: as said above.
        unsafe { _mm512_storeu_ps(to, self.0) }
    }

    /// # Safety
    /// There must be room for so many numbers, or for sixteen.
    #[inline(always)]
    pub unsafe fn write_first(self, count: usize, to: *mut f32) {
        // SAFETY: as said above.
        unsafe { _mm512_mask_storeu_ps(to, first(count), self.0) }
    }

    /// The larger of each and zero, and what is no number.
    #[inline(always)]
    pub fn or_zero(self) -> Self {
        // SAFETY: as of `Add`. Where one is no number the second is taken.
        unsafe { Self(_mm512_max_ps(_mm512_setzero_ps(), self.0)) }
    }

    #[inline(always)]
    pub fn half(self) -> Self {
        // SAFETY: as of `Add`.
        unsafe { self * Self(_mm512_set1_ps(0.5)) }
    }
}

macro_rules! operator {
    ($trait:ident, $function:ident, $instruction:ident) => {
        impl $trait for Lanes {
            type Output = Self;
            #[inline(always)]
            fn $function(self, other: Self) -> Self {
                // SAFETY: there are vectors, so the processor has the instructions.
                unsafe { Self($instruction(self.0, other.0)) }
            }
        }
    };
}
operator!(Add, add, _mm512_add_ps);
operator!(Sub, sub, _mm512_sub_ps);
operator!(Mul, mul, _mm512_mul_ps);
