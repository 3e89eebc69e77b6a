//! The affine map and `ReLU`, in one pass.

use std::ops::Range;

use super::{Affine, GRAIN, check};
use crate::element::{Element, Real, for_kind};
use crate::maps::{Error, Maps, Rows};
use crate::parallel::{self, Task};

/// z, into these maps (a range of channels, if need be). The sigmoid is left to the caller.
///
/// # Errors
/// If shapes or kinds do not fit.
pub fn forward(y: &Maps, affine: &Affine, with_relu: bool, z: &Maps) -> Result<(), Error> {
    y.fits(z, "output")?;
    y.is_apart(z, "output")?;
    check(y, affine)?;
    for_kind!(y.kind, forward_of(y, affine, with_relu, z));
    Ok(())
}

fn forward_of<E: Element>(y: &Maps, affine: &Affine, with_relu: bool, z: &Maps) {
    let [scale, mean, offset] = affine.lists();
    let floor = if with_relu { E::Real::ZERO } else { E::Real::LOWEST };
    let task = Forward::<E> { y: y.rows(), z: z.rows(), scale, mean, offset, floor };
    parallel::each(y.pixels(), GRAIN, &task);
}

struct Forward<'a, E: Element> {
    y: Rows<'a, E>,
    z: Rows<'a, E>,
    scale: Vec<E::Real>,
    mean: Vec<E::Real>,
    offset: Vec<E::Real>,
    floor: E::Real,
}

impl<E: Element> Task for Forward<'_, E> {
    #[inline(always)]
    fn run(&self, range: Range<usize>) {
        let n = self.y.channels;
        let (scale, mean, offset) = (&self.scale[..n], &self.mean[..n], &self.offset[..n]);
        for i in range {
            let y = &self.y.row(i)[..n];
            // SAFETY: each pixel of z is written by the thread whose range it is in.
            let z = &mut unsafe { self.z.row_mut(i) }[..n];
            for c in 0..n {
                let value = scale[c] * (y[c].get() - mean[c]) + offset[c];
                // What is no number is not below the floor either: divergence must show.
                z[c] = E::put(if value < self.floor { self.floor } else { value });
            }
        }
    }
}
