//! The numbers of feature maps, and those that they are summed in.

use std::ops::{Add, AddAssign, Mul, Sub};

use tch::Kind;

/// f32 or f64: what is computed in.
pub(crate) trait Real:
    Copy
    + Send
    + Sync
    + PartialOrd
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + AddAssign
{
    const ZERO: Self;
    const ONE: Self;
    const LOWEST: Self;
    fn of(x: f64) -> Self;
    fn wide(self) -> f64;
    fn sqrt(self) -> Self;
    fn reciprocal(self) -> Self;
    fn exp(self) -> Self;
    fn is_no_number(self) -> bool;
}

/// A number as it is stored.
pub(crate) trait Element: Copy + Send + Sync + 'static {
    type Real: Real;
    const KIND: Kind;
    fn get(self) -> Self::Real;
    fn put(x: Self::Real) -> Self;
}

/// The upper half of an f32.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(crate) struct Bf16(u16);

impl Bf16 {
    #[inline(always)]
    pub fn bits(self) -> u16 {
        self.0
    }
}

impl Element for Bf16 {
    type Real = f32;
    const KIND: Kind = Kind::BFloat16;

    #[inline(always)]
    fn get(self) -> f32 {
        f32::from_bits(u32::from(self.0) << 16)
    }

    /// Rounds to the nearest, to even; what is no number stays none.
    #[inline(always)]
    fn put(x: f32) -> Self {
        let bits = x.to_bits();
        let rounded = bits.wrapping_add(0x7fff + ((bits >> 16) & 1)) >> 16;
        Self(if x.is_nan() { 0x7fc0 } else { rounded as u16 })
    }
}

macro_rules! real {
    ($type:ty, $kind:expr) => {
        impl Real for $type {
            const ZERO: Self = 0.0;
            const ONE: Self = 1.0;
            const LOWEST: Self = <$type>::NEG_INFINITY;
            #[inline(always)]
            fn of(x: f64) -> Self {
                x as Self
            }
            #[inline(always)]
            fn wide(self) -> f64 {
                f64::from(self)
            }
            #[inline(always)]
            fn sqrt(self) -> Self {
                self.sqrt()
            }
            #[inline(always)]
            fn reciprocal(self) -> Self {
                1.0 / self
            }
            #[inline(always)]
            fn exp(self) -> Self {
                self.exp()
            }
            #[inline(always)]
            fn is_no_number(self) -> bool {
                self.is_nan()
            }
        }

        impl Element for $type {
            type Real = Self;
            const KIND: Kind = $kind;
            #[inline(always)]
            fn get(self) -> Self {
                self
            }
            #[inline(always)]
            fn put(x: Self) -> Self {
                x
            }
        }
    };
}
real!(f32, Kind::Float);
real!(f64, Kind::Double);

/// Calls a function that is generic over [`Element`] for a tensor's kind.
macro_rules! for_kind {
    ($kind:expr, $function:ident ( $($argument:expr),* )) => {
        match $kind {
            tch::Kind::Double => $function::<f64>($($argument),*),
            tch::Kind::Float => $function::<f32>($($argument),*),
            _ => $function::<crate::element::Bf16>($($argument),*),
        }
    };
}
pub(crate) use for_kind;
