//! Mean and variance of each channel.

use super::{GRAIN, Terms, in_blocks};
use crate::element::{Element, Real, for_kind};
use crate::maps::{Maps, Rows};
use crate::parallel;

/// Mean and variance (of the mini-batch, not unbiased) of each channel.
#[derive(Clone, Debug, PartialEq)]
pub struct Moments {
    /// μ.
    pub mean: Vec<f64>,
    /// σ².
    pub var: Vec<f64>,
}

/// μ and σ² of each channel. Sums are of differences to a number near μ, so that they keep σ²'s digits.
pub fn moments(y: &Maps) -> Moments {
    for_kind!(y.kind, moments_of(y))
}

fn moments_of<E: Element>(y: &Maps) -> Moments {
    let (rows, m) = (y.rows::<E>(), y.pixels() as f64);
    let near = mean_of_first(&rows);
    let sums = parallel::sum(
        rows.count,
        GRAIN,
        #[inline(always)]
        |part| in_blocks(rows.channels, part, &Powers { rows: &rows, near: &near }),
    );
    let (first, second) = sums.split_at(rows.channels);
    let mean_and_var = |((near, first), second): ((&E::Real, &f64), &f64)| {
        let distance = first / m;
        (near.wide() + distance, (second / m - distance * distance).max(0.0))
    };
    let (mean, var) = near.iter().zip(first).zip(second).map(mean_and_var).unzip();
    Moments { mean, var }
}

/// The mean of a few pixels.
fn mean_of_first<E: Element>(rows: &Rows<E>) -> Vec<E::Real> {
    let few = rows.count.min(16);
    let mean = |c: usize| (0..few).map(|i| rows.row(i)[c].get().wide()).sum::<f64>() / few as f64;
    (0..rows.channels).map(|c| E::Real::of(mean(c))).collect()
}

/// y − near and (y − near)².
struct Powers<'a, E: Element> {
    rows: &'a Rows<'a, E>,
    near: &'a [E::Real],
}

impl<E: Element> Terms<E::Real> for Powers<'_, E> {
    #[inline(always)]
    fn add<const K: usize>(&self, pixel: usize, [first, second]: [&mut [E::Real]; 2]) {
        let n = self.near.len();
        let rows = self.rows.some::<K>(pixel, n);
        let (first, second) = (&mut first[..n], &mut second[..n]);
        for c in 0..n {
            let [mut sum, mut of_squares] = [first[c], second[c]];
            for row in rows {
                let distance = row[c].get() - self.near[c];
                sum += distance;
                of_squares += distance * distance;
            }
            [first[c], second[c]] = [sum, of_squares];
        }
    }
}
