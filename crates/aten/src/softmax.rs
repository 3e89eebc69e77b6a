//! The cross-entropy of softmax, and its gradient.
//!
//! ```text
//! p = softmax(x)        ℓ = −1/m Σ log p(label)        ∂ℓ/∂x = (p − 1 at the label) / m
//! ```

use std::ops::Range;
use std::sync::Mutex;

use crate::element::{Element, Real, for_kind};
use crate::maps::{Error, Maps, Rows};
use crate::parallel::{self, Task};

/// The mean cross-entropy (nats) of logits `[m, classes]`, in whose place `factor` · m · ∂ℓ/∂x is written.
///
/// # Errors
/// If there are not as many labels as rows, or a label is none of the classes.
pub fn cross_entropy(logits: &Maps, labels: &[u8], factor: f64) -> Result<f64, Error> {
    let is_class = |&label: &u8| usize::from(label) < logits.channels;
    if labels.len() != logits.pixels() || !labels.iter().all(is_class) {
        return Err(Error::Shapes("labels", logits.size(), vec![labels.len() as i64]));
    }
    let sum = for_kind!(logits.kind, cross_entropy_of(logits, labels, factor));
    Ok(sum / labels.len() as f64)
}

fn cross_entropy_of<E: Element>(logits: &Maps, labels: &[u8], factor: f64) -> f64 {
    let (logits, sum) = (logits.rows::<E>(), Mutex::new(0.0));
    let task = CrossEntropy { logits, labels, factor: E::Real::of(factor), sum };
    parallel::alone(labels.len(), &task);
    task.sum.into_inner().expect("no panic")
}

struct CrossEntropy<'a, E: Element> {
    logits: Rows<'a, E>,
    labels: &'a [u8],
    factor: E::Real,
    sum: Mutex<f64>,
}

impl<E: Element> Task for CrossEntropy<'_, E> {
    #[inline(always)]
    fn run(&self, range: Range<usize>) {
        let mut powers = vec![E::Real::ZERO; self.logits.channels];
        let mut total = 0.0;
        for i in range {
            // SAFETY: one thread does all of this.
            let row = unsafe { self.logits.row_mut(i) };
            let label = usize::from(self.labels[i]);
            let larger = |a: E::Real, b: E::Real| if b > a { b } else { a };
            let highest = row.iter().map(|x| x.get()).fold(E::Real::LOWEST, larger);
            let mut sum = E::Real::ZERO;
            for (power, x) in powers.iter_mut().zip(&*row) {
                *power = (x.get() - highest).exp();
                sum += *power;
            }
            total += sum.wide().ln() - (row[label].get() - highest).wide();
            let scale = self.factor * sum.reciprocal();
            for (x, &power) in row.iter_mut().zip(&powers) {
                *x = E::put(scale * power);
            }
            row[label] = E::put(row[label].get() - self.factor);
        }
        *self.sum.lock().expect("no panic") = total;
    }
}
