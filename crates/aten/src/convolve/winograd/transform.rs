//! The small matrices of F(2×2, 3×3), line by line: a transform of a square does its lines and then its columns.

use super::super::lanes::Lanes;
use super::super::word::Word;

/// Sixteen channels of N×N pixels, or of what is made of them.
pub(super) type Square<const N: usize> = [[Lanes; N]; N];

/// A line of Bᵀ, for four numbers: what the input is multiplied by.
#[inline(always)]
pub(super) fn of_input([a, b, c, d]: [Lanes; 4]) -> [Lanes; 4] {
    [a - c, b + c, c - b, b - d]
}

/// The same of G: a filter.
#[inline(always)]
pub(super) fn of_filter([a, b, c]: [Lanes; 3]) -> [Lanes; 4] {
    let (ends, middle) = ((a + c).half(), b.half());
    [a, ends + middle, ends - middle, c]
}

/// The same of A: the output's gradient.
#[inline(always)]
pub(super) fn of_gradient([a, b]: [Lanes; 2]) -> [Lanes; 4] {
    [a, a + b, a - b, Lanes::zero() - b]
}

/// The same of Aᵀ: sums become the output.
#[inline(always)]
pub(super) fn to_output([a, b, c, d]: [Lanes; 4]) -> [Lanes; 2] {
    [a + b + c, b - c - d]
}

/// The same of Gᵀ: sums become a filter's gradient.
#[inline(always)]
pub(super) fn to_filter([a, b, c, d]: [Lanes; 4]) -> [Lanes; 3] {
    let (sum, difference) = ((b + c).half(), (b - c).half());
    [a + sum, difference, sum + d]
}

/// Lines, then columns. Loops, and not closures, which would not be compiled for the word's instructions.
#[inline(always)]
#[allow(clippy::needless_range_loop)]
pub(super) fn both<const N: usize, const M: usize>(
    square: Square<N>,
    line: impl Fn([Lanes; N]) -> [Lanes; M],
) -> Square<M> {
    let mut lines = [[Lanes::zero(); M]; N];
    for n in 0..N {
        lines[n] = line(square[n]);
    }
    let mut made = [[Lanes::zero(); M]; M];
    for m in 0..M {
        let column = line(column(&lines, m));
        for k in 0..M {
            made[k][m] = column[k];
        }
    }
    made
}

/// One line of what [`both`] makes.
#[inline(always)]
#[allow(clippy::needless_range_loop)]
pub(super) fn line<const N: usize, const M: usize>(
    square: Square<N>,
    line: impl Fn([Lanes; N]) -> [Lanes; M],
    at: usize,
) -> [Lanes; M] {
    let mut across = [Lanes::zero(); N];
    for n in 0..N {
        across[n] = line(column(&square, n))[at];
    }
    line(across)
}

#[inline(always)]
#[allow(clippy::needless_range_loop)]
fn column<const N: usize, const M: usize>(lines: &[[Lanes; M]; N], m: usize) -> [Lanes; N] {
    let mut column = [Lanes::zero(); N];
    for n in 0..N {
        column[n] = lines[n][m];
    }
    column
}

/// Sixteen channels of pixels from this one on, or so many.
///
/// # Safety
/// Each pixel must have so many; the processor must have the word's instructions.
#[inline(always)]
#[allow(clippy::needless_range_loop)]
pub(super) unsafe fn read<W: Word, const N: usize>(
    pixels: &[[*const W::Number; N]; N],
    channel: usize,
    count: usize,
) -> Square<N> {
    let mut square = [[Lanes::zero(); N]; N];
    for row in 0..N {
        for column in 0..N {
            // SAFETY: as said above.
            square[row][column] = unsafe { Lanes(W::get(pixels[row][column].add(channel), count)) };
        }
    }
    square
}

/// Sixteen channels of sums of sixteen places, so many numbers apart.
///
/// # Safety
/// There must be so many; the processor must have wide vectors.
#[inline(always)]
#[allow(clippy::needless_range_loop)]
pub(super) unsafe fn read_places(from: *const f32, step: usize) -> Square<4> {
    let mut square = [[Lanes::zero(); 4]; 4];
    for row in 0..4 {
        for column in 0..4 {
            // SAFETY: as said above.
            square[row][column] = unsafe { Lanes::read(from.add((row * 4 + column) * step)) };
        }
    }
    square
}
