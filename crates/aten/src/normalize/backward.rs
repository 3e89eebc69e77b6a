//! The gradients: two sums over all pixels, and one more pass.

use std::ops::Range;

use super::{Affine, GRAIN, Terms, check, converted, in_blocks};
use crate::element::{Element, Real, for_kind};
use crate::maps::{Error, Maps, Rows};
use crate::parallel::{self, Task};

/// g, as far as it is done here.
#[derive(Clone, Copy, Debug)]
pub enum Nonlinearity<'a> {
    /// x itself.
    Identity,
    /// max(0, x).
    Relu,
    /// Of which z is kept: none here in the forward pass; in the backward pass z (1 − z).
    Sigmoid(&'a Maps<'a>),
}

/// The two sums that all gradients come from.
#[derive(Clone, Debug, PartialEq)]
pub struct Sums {
    /// Σ d.
    pub plain: Vec<f64>,
    /// Σ d (y − μ).
    pub centred: Vec<f64>,
}

/// Σ d and Σ d (y − μ).
///
/// # Errors
/// If shapes or kinds do not fit.
pub fn sums(dz: &Maps, y: &Maps, affine: &Affine, g: Nonlinearity) -> Result<Sums, Error> {
    check_backward(dz, y, affine, g)?;
    let mut plain = for_kind!(y.kind, sums_of(dz, y, affine, g));
    let centred = plain.split_off(y.channels);
    Ok(Sums { plain, centred })
}

fn check_backward(dz: &Maps, y: &Maps, affine: &Affine, g: Nonlinearity) -> Result<(), Error> {
    dz.fits(y, "gradient of the output")?;
    if let Nonlinearity::Sigmoid(z) = g {
        z.fits(y, "output")?;
    }
    check(y, affine)
}

fn sums_of<E: Element>(dz: &Maps, y: &Maps, affine: &Affine, g: Nonlinearity) -> Vec<f64> {
    let slope = Slope::<E>::new(dz, y, affine, g);
    parallel::sum(
        y.pixels(),
        GRAIN,
        #[inline(always)]
        |part| in_blocks(slope.y.channels, part, &slope),
    )
}

/// What d is computed from.
struct Slope<'a, E: Element> {
    dz: Rows<'a, E>,
    y: Rows<'a, E>,
    /// Of a sigmoid.
    z: Option<Rows<'a, E>>,
    with_relu: bool,
    scale: Vec<E::Real>,
    mean: Vec<E::Real>,
    offset: Vec<E::Real>,
}

impl<'a, E: Element> Slope<'a, E> {
    fn new(dz: &Maps<'a>, y: &Maps<'a>, affine: &Affine, g: Nonlinearity<'a>) -> Self {
        let [scale, mean, offset] = affine.lists();
        let z = match g {
            Nonlinearity::Identity | Nonlinearity::Relu => None,
            Nonlinearity::Sigmoid(z) => Some(z.rows()),
        };
        let with_relu = matches!(g, Nonlinearity::Relu);
        Self { dz: dz.rows(), y: y.rows(), z, with_relu, scale, mean, offset }
    }

    /// Hands channel, and d and y − μ of K pixels, to a function, for n channels.
    #[inline(always)]
    fn each<const K: usize>(
        &self,
        i: usize,
        n: usize,
        mut see: impl FnMut(usize, [[E::Real; 2]; K]),
    ) {
        let (scale, mean, offset) = (&self.scale[..n], &self.mean[..n], &self.offset[..n]);
        let (dz, y) = (self.dz.some::<K>(i, n), self.y.some::<K>(i, n));
        let mut found = [[E::Real::ZERO; 2]; K];
        if let Some(z) = &self.z {
            let z = z.some::<K>(i, n);
            for c in 0..n {
                for k in 0..K {
                    let z = z[k][c].get();
                    found[k] = [dz[k][c].get() * z * (E::Real::ONE - z), y[k][c].get() - mean[c]];
                }
                see(c, found);
            }
            return;
        }
        if !self.with_relu {
            for c in 0..n {
                for k in 0..K {
                    found[k] = [dz[k][c].get(), y[k][c].get() - mean[c]];
                }
                see(c, found);
            }
            return;
        }
        for c in 0..n {
            for k in 0..K {
                let (distance, dz) = (y[k][c].get() - mean[c], dz[k][c].get());
                let is_positive = scale[c] * distance + offset[c] > E::Real::ZERO;
                found[k] = [if is_positive { dz } else { E::Real::ZERO }, distance];
            }
            see(c, found);
        }
    }
}

impl<E: Element> Terms<E::Real> for Slope<'_, E> {
    #[inline(always)]
    fn add<const K: usize>(&self, pixel: usize, [plain, centred]: [&mut [E::Real]; 2]) {
        let n = self.y.channels;
        let (plain, centred) = (&mut plain[..n], &mut centred[..n]);
        self.each::<K>(
            pixel,
            n,
            #[inline(always)]
            |c, found| {
                let [mut sum, mut of_products] = [plain[c], centred[c]];
                for [d, distance] in found {
                    sum += d;
                    of_products += d * distance;
                }
                [plain[c], centred[c]] = [sum, of_products];
            },
        );
    }
}

/// ∂ℓ/∂y = `by_d` · d + `by_y` · (y − μ) + `plain`, with a number of each for every channel.
#[derive(Clone, Debug, PartialEq)]
pub struct Backward {
    /// Factor of d.
    pub by_d: Vec<f64>,
    /// Factor of y − μ.
    pub by_y: Vec<f64>,
    /// What is added.
    pub plain: Vec<f64>,
}

impl Backward {
    /// That of BN: §3's equation, with `inverse` = 1/(σ² + ε) and m values of each channel.
    #[must_use]
    pub fn of_batch_norm(affine: &Affine, inverse: &[f64], sums: &Sums, m: f64) -> Self {
        let by_y = |((a, inverse), sum): ((&f64, &f64), &f64)| -a * inverse * sum / m;
        Self {
            by_d: affine.scale.clone(),
            by_y: affine.scale.iter().zip(inverse).zip(&sums.centred).map(by_y).collect(),
            plain: affine.scale.iter().zip(&sums.plain).map(|(a, sum)| -a * sum / m).collect(),
        }
    }

    /// That of a bias: d itself.
    #[must_use]
    pub fn of_bias(channels: usize) -> Self {
        let zeros = vec![0.0; channels];
        Self { by_d: vec![1.0; channels], by_y: zeros.clone(), plain: zeros }
    }

    /// That of these channels.
    #[must_use]
    pub fn channels(&self, range: Range<usize>) -> Self {
        let of = |numbers: &[f64]| numbers[range.clone()].to_vec();
        Self { by_d: of(&self.by_d), by_y: of(&self.by_y), plain: of(&self.plain) }
    }
}

/// ∂ℓ/∂y, in the place of y.
///
/// # Errors
/// If shapes or kinds do not fit.
pub fn backward(
    dz: &Maps,
    y: &Maps,
    affine: &Affine,
    g: Nonlinearity,
    by: &Backward,
) -> Result<(), Error> {
    check_backward(dz, y, affine, g)?;
    dz.is_apart(y, "gradient of the input")?;
    if let Nonlinearity::Sigmoid(z) = g {
        z.is_apart(y, "gradient of the input")?;
    }
    if by.plain.len() != y.channels {
        return Err(Error::Shapes("backward", y.size(), vec![by.plain.len() as i64]));
    }
    for_kind!(y.kind, backward_of(dz, y, affine, g, by));
    Ok(())
}

fn backward_of<E: Element>(dz: &Maps, y: &Maps, affine: &Affine, g: Nonlinearity, by: &Backward) {
    let [by_d, by_y, plain] = [&by.by_d, &by.by_y, &by.plain].map(|list| converted(list));
    let task = BackwardTask::<E> { slope: Slope::new(dz, y, affine, g), by_d, by_y, plain };
    parallel::each(y.pixels(), GRAIN, &task);
}

struct BackwardTask<'a, E: Element> {
    slope: Slope<'a, E>,
    by_d: Vec<E::Real>,
    by_y: Vec<E::Real>,
    plain: Vec<E::Real>,
}

impl<E: Element> Task for BackwardTask<'_, E> {
    #[inline(always)]
    fn run(&self, range: Range<usize>) {
        let n = self.slope.y.channels;
        let (by_d, by_y, plain) = (&self.by_d[..n], &self.by_y[..n], &self.plain[..n]);
        let mut dy = vec![E::put(E::Real::ZERO); n];
        let dy = &mut dy[..n];
        for i in range {
            self.slope.each(
                i,
                n,
                #[inline(always)]
                |c, [[d, distance]]| {
                    dy[c] = E::put(by_d[c] * d + by_y[c] * distance + plain[c]);
                },
            );
            // SAFETY: each pixel of y is written by the thread whose range it is in, after it was read.
            unsafe { self.slope.y.row_mut(i) }.copy_from_slice(dy);
        }
    }
}
