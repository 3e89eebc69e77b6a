//! Local Response Normalization (Krizhevsky et al. 2012), with `GoogLeNet`'s numbers: over 5 neighbouring channels.
//!
//! ```text
//! y = x · d^−β        d = 1 + α/5 · Σ x²        α = 1e-4, β = 0.75
//! ∂ℓ/∂x = ∂ℓ/∂y · d^−β − 2 αβ/5 · x · Σ (∂ℓ/∂y · x · d^−β / d)
//! ```
//!
//! d^−0.75 is √(1/d) · √√(1/d), which is quicker than a power. Sums over neighbours are taken of a block of pixels after all
//! their terms are written: what a processor has just written in vectors it cannot read at once in others.

use std::ops::Range;

use crate::element::{Element, Real, for_kind};
use crate::maps::{Error, Maps, Rows};
use crate::parallel::{self, Task};

const ALPHA: f64 = 1e-4;
const BETA: f64 = 0.75;
/// Channels on either side.
const REACH: usize = 2;
const NEAR: usize = 2 * REACH + 1;
/// Pixels of which a thread makes the least.
const GRAIN: usize = 256;
/// Pixels of a block.
const BLOCK: usize = 16;

/// y, into these maps.
///
/// # Errors
/// If shapes or kinds do not fit.
pub fn forward(x: &Maps, y: &Maps) -> Result<(), Error> {
    x.fits(y, "normalized response")?;
    x.is_apart(y, "normalized response")?;
    for_kind!(x.kind, forward_of(x, y));
    Ok(())
}

fn forward_of<E: Element>(x: &Maps, y: &Maps) {
    parallel::each(x.pixels(), GRAIN, &Forward::<E> { x: x.rows(), y: y.rows() });
}

struct Forward<'a, E> {
    x: Rows<'a, E>,
    y: Rows<'a, E>,
}

/// Numbers of all channels of a block's pixels, with zeros beyond both ends of each.
struct Padded<R> {
    numbers: Vec<R>,
    channels: usize,
}

impl<R: Real> Padded<R> {
    fn new(channels: usize) -> Self {
        Self { numbers: vec![R::ZERO; BLOCK * (channels + 2 * REACH)], channels }
    }

    /// A pixel's channels.
    #[inline(always)]
    fn own(&mut self, pixel: usize) -> &mut [R] {
        let begin = pixel * (self.channels + 2 * REACH) + REACH;
        &mut self.numbers[begin..begin + self.channels]
    }

    /// For each channel of a pixel the sum of its own and its neighbours' numbers.
    #[inline(always)]
    fn near(&self, pixel: usize) -> impl Iterator<Item = R> {
        let begin = pixel * (self.channels + 2 * REACH);
        let windows = self.numbers[begin..begin + self.channels + 2 * REACH].windows(NEAR);
        windows.map(|near| near[0] + near[1] + near[2] + near[3] + near[4])
    }
}

/// The pixels of a range, in blocks.
#[inline(always)]
fn blocks(range: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let end = range.end;
    range.step_by(BLOCK).map(move |begin| begin..end.min(begin + BLOCK))
}

#[inline(always)]
fn square<E: Element>(x: &Rows<E>, block: Range<usize>, squares: &mut Padded<E::Real>) {
    for (pixel, i) in block.enumerate() {
        let numbers = x.row(i).iter().map(|x| x.get());
        squares.own(pixel).iter_mut().zip(numbers).for_each(|(square, x)| *square = x * x);
    }
}

/// 1/d, and d^−0.75.
#[inline(always)]
fn powers<R: Real>(squares: R, alpha: R) -> (R, R) {
    let reciprocal = (R::ONE + alpha * squares).reciprocal();
    let root = reciprocal.sqrt();
    (reciprocal, root * root.sqrt())
}

impl<E: Element> Task for Forward<'_, E> {
    #[inline(always)]
    fn run(&self, range: Range<usize>) {
        let mut squares = Padded::<E::Real>::new(self.x.channels);
        let alpha = E::Real::of(ALPHA / NEAR as f64);
        for block in blocks(range) {
            square(&self.x, block.clone(), &mut squares);
            for (pixel, i) in block.enumerate() {
                // SAFETY: pixel i lies in this thread's range.
                let y = unsafe { self.y.row_mut(i) };
                for ((y, x), near) in y.iter_mut().zip(self.x.row(i)).zip(squares.near(pixel)) {
                    *y = E::put(x.get() * powers(near, alpha).1);
                }
            }
        }
    }
}

/// ∂ℓ/∂x, in the place of ∂ℓ/∂y.
///
/// # Errors
/// If shapes or kinds do not fit.
pub fn backward(dy: &Maps, x: &Maps) -> Result<(), Error> {
    x.fits(dy, "gradient of a normalized response")?;
    x.is_apart(dy, "gradient of a normalized response")?;
    for_kind!(x.kind, backward_of(dy, x));
    Ok(())
}

fn backward_of<E: Element>(dy: &Maps, x: &Maps) {
    parallel::each(x.pixels(), GRAIN, &Backward::<E> { dy: dy.rows(), x: x.rows() });
}

struct Backward<'a, E> {
    dy: Rows<'a, E>,
    x: Rows<'a, E>,
}

impl<E: Element> Task for Backward<'_, E> {
    #[inline(always)]
    fn run(&self, range: Range<usize>) {
        let n = self.x.channels;
        let [mut squares, mut terms] = [0; 2].map(|_| Padded::<E::Real>::new(n));
        let mut kept = vec![E::Real::ZERO; BLOCK * n];
        let alpha = E::Real::of(ALPHA / NEAR as f64);
        let factor = E::Real::of(-2.0 * ALPHA * BETA / NEAR as f64);
        for block in blocks(range) {
            square(&self.x, block.clone(), &mut squares);
            for ((pixel, i), kept) in block.clone().enumerate().zip(kept.chunks_exact_mut(n)) {
                let products =
                    self.dy.row(i).iter().zip(self.x.row(i)).map(|(dy, x)| dy.get() * x.get());
                let own = terms.own(pixel).iter_mut().zip(kept);
                for (((term, kept), product), near) in own.zip(products).zip(squares.near(pixel)) {
                    let (reciprocal, power) = powers(near, alpha);
                    *kept = power;
                    *term = product * power * reciprocal;
                }
            }
            for ((pixel, i), kept) in block.enumerate().zip(kept.chunks_exact(n)) {
                // SAFETY: pixel i lies in this thread's range.
                let dy = unsafe { self.dy.row_mut(i) };
                let own = dy.iter_mut().zip(self.x.row(i)).zip(kept);
                for (((dy, x), power), near) in own.zip(terms.near(pixel)) {
                    *dy = E::put(dy.get() * *power + factor * x.get() * near);
                }
            }
        }
    }
}
