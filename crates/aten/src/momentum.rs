//! A step of SGD with momentum and L2, in one pass over the parameters.
//!
//! ```text
//! v ← momentum · v + ∂ℓ/∂w + l2 · w        w ← w − rate · v
//! ```

use std::ops::Range;

use tch::{Kind, Tensor};

use crate::element::{Element, Real};
use crate::maps::{Error, Maps, Rows};
use crate::parallel::{self, Task};

/// Numbers of which a thread makes the least.
const GRAIN: usize = 1 << 14;

/// Factors of a step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Factors {
    /// What is kept of v.
    pub momentum: f64,
    /// The share of w that the gradient of L2 is.
    pub l2: f64,
    /// Learning rate.
    pub rate: f64,
}

/// Changes v and w in place; all three are vectors of one kind and length, f32 or f64, on the processor.
///
/// # Errors
/// If they are not.
pub fn step(v: &Tensor, w: &Tensor, gradient: &Tensor, factors: Factors) -> Result<(), Error> {
    let as_maps = [v, w, gradient].map(|vector| vector.detach().view([1, -1, 1, 1]));
    let [v, w, gradient] = [&as_maps[0], &as_maps[1], &as_maps[2]];
    let (v, w, gradient) = (Maps::of(v)?, Maps::of(w)?, Maps::of(gradient)?);
    w.fits(&v, "velocity")?;
    w.fits(&gradient, "gradient")?;
    for (one, other) in [(&v, &w), (&w, &gradient), (&v, &gradient)] {
        one.is_apart(other, "step of SGD")?;
    }
    match w.kind {
        Kind::Double => step_of::<f64>(&v, &w, &gradient, factors),
        Kind::Float => step_of::<f32>(&v, &w, &gradient, factors),
        _ => return Err(Error::Kinds(w.kind, Kind::Float)),
    }
    Ok(())
}

fn step_of<E: Element>(v: &Maps, w: &Maps, gradient: &Maps, factors: Factors) {
    let task = Step::<E> { v: v.rows(), w: w.rows(), gradient: gradient.rows(), factors };
    parallel::each(w.channels, GRAIN, &task);
}

struct Step<'a, E> {
    v: Rows<'a, E>,
    w: Rows<'a, E>,
    gradient: Rows<'a, E>,
    factors: Factors,
}

impl<E: Element> Task for Step<'_, E> {
    #[inline(always)]
    fn run(&self, range: Range<usize>) {
        let Factors { momentum, l2, rate } = self.factors;
        let [momentum, l2, rate] = [momentum, l2, rate].map(E::Real::of);
        let gradient = &self.gradient.row(0)[range.clone()];
        // SAFETY: these numbers lie in this thread's range.
        let (v, w) = unsafe { (self.v.part_mut(0, range.clone()), self.w.part_mut(0, range)) };
        for ((v, w), gradient) in v.iter_mut().zip(w).zip(gradient) {
            let old = w.get();
            let velocity = momentum * v.get() + gradient.get() + l2 * old;
            *v = E::put(velocity);
            *w = E::put(old - rate * velocity);
        }
    }
}
