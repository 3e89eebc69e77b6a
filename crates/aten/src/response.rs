//! Local Response Normalization (Krizhevsky et al. 2012), with `GoogLeNet`'s numbers: over 5 neighbouring channels.
//!
//! ```text
//! y = x · d^−β        d = 1 + α/5 · Σ x²        α = 1e-4, β = 0.75
//! ∂ℓ/∂x = ∂ℓ/∂y · d^−β − 2 αβ/5 · x · Σ (∂ℓ/∂y · x · d^−β / d)
//! ```
//!
//! d^−0.75 is 1/(√d · √√d), which is quicker than a power.

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

/// Numbers of all channels, with zeros beyond both ends.
fn padded<R: Real>(channels: usize) -> Vec<R> {
    vec![R::ZERO; channels + 2 * REACH]
}

/// The sum of a channel and its neighbours.
#[inline(always)]
fn near<R: Real>(padded: &[R], c: usize) -> R {
    let near = &padded[c..c + NEAR];
    near[0] + near[1] + near[2] + near[3] + near[4]
}

impl<E: Element> Task for Forward<'_, E> {
    #[inline(always)]
    fn run(&self, range: Range<usize>) {
        let n = self.x.channels;
        let mut squares = padded::<E::Real>(n);
        let (one, alpha) = (E::Real::ONE, E::Real::of(ALPHA / NEAR as f64));
        for i in range {
            let x = &self.x.row(i)[..n];
            square(x, &mut squares);
            let squares = &squares[..n + 2 * REACH];
            // SAFETY: pixel i lies in this thread's range.
            let y = &mut unsafe { self.y.row_mut(i) }[..n];
            for c in 0..n {
                let d = one + alpha * near(squares, c);
                y[c] = E::put(x[c].get() * d.power_minus_three_quarters());
            }
        }
    }
}

#[inline(always)]
fn square<E: Element>(x: &[E], squares: &mut [E::Real]) {
    squares[REACH..].iter_mut().zip(x).for_each(|(square, x)| *square = x.get() * x.get());
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
        let [mut squares, mut terms] = [0; 2].map(|_| padded::<E::Real>(n));
        let mut powers = vec![E::Real::ZERO; n];
        let (one, alpha) = (E::Real::ONE, E::Real::of(ALPHA / NEAR as f64));
        let factor = E::Real::of(-2.0 * ALPHA * BETA / NEAR as f64);
        for i in range {
            let x = &self.x.row(i)[..n];
            // SAFETY: pixel i lies in this thread's range.
            let dy = &mut unsafe { self.dy.row_mut(i) }[..n];
            square(x, &mut squares);
            let (squares, powers) = (&squares[..n + 2 * REACH], &mut powers[..n]);
            let own = &mut terms[REACH..REACH + n];
            for c in 0..n {
                let d = one + alpha * near(squares, c);
                powers[c] = d.power_minus_three_quarters();
                own[c] = dy[c].get() * x[c].get() * powers[c] * d.reciprocal();
            }
            let terms = &terms[..n + 2 * REACH];
            for c in 0..n {
                dy[c] = E::put(dy[c].get() * powers[c] + factor * x[c].get() * near(terms, c));
            }
        }
    }
}
