//! What stands between a convolution and the next: an affine map of each feature map, about its mean, and `ReLU`.
//!
//! ```text
//! z = g(a (y − μ) + β)        BN: a = γ/√(σ² + ε), μ and σ² of y (Algorithm 1)        a bias: a = 1, μ = 0
//! ```
//!
//! With `d = g′ · ∂ℓ/∂z`, the three gradients of §3 come from two sums over all pixels, and one more pass:
//!
//! ```text
//! ∂ℓ/∂β = Σ d        ∂ℓ/∂γ = Σ d (y − μ) /√(σ² + ε)
//! ∂ℓ/∂y = a · (d − Σd/m − (y − μ)/(σ² + ε) · Σ d (y − μ)/m)
//! ```
//!
//! `ReLU`'s g′ is 1 where z > 0, and z is computed again from y: nothing but y is read.

use std::ops::Range;

use crate::element::{Element, Real, for_kind};
use crate::maps::{Error, Maps, Rows};
use crate::parallel::{self, Task};

/// Pixels summed in f32 before the sum goes into f64.
const BLOCK: usize = 128;
/// Pixels of which a thread makes the least.
const GRAIN: usize = 256;

/// `a`, `μ` and `β` of each channel.
#[derive(Clone, Debug, PartialEq)]
pub struct Affine {
    /// a.
    pub scale: Vec<f64>,
    /// μ.
    pub mean: Vec<f64>,
    /// β.
    pub offset: Vec<f64>,
}

/// g, as far as it is done here.
#[derive(Clone, Copy, Debug)]
pub enum Nonlinearity<'a> {
    /// max(0, x).
    Relu,
    /// Of which z is kept: none here in the forward pass; in the backward pass z (1 − z).
    Sigmoid(&'a Maps<'a>),
}

/// Mean and variance (of the mini-batch, not unbiased) of each channel.
#[derive(Clone, Debug, PartialEq)]
pub struct Moments {
    /// μ.
    pub mean: Vec<f64>,
    /// σ².
    pub var: Vec<f64>,
}

/// The two sums that all gradients come from.
#[derive(Clone, Debug, PartialEq)]
pub struct Sums {
    /// Σ d.
    pub plain: Vec<f64>,
    /// Σ d (y − μ).
    pub centred: Vec<f64>,
}

impl Affine {
    /// That of these channels.
    #[must_use]
    pub fn channels(&self, range: Range<usize>) -> Self {
        let of = |numbers: &[f64]| numbers[range.clone()].to_vec();
        Self { scale: of(&self.scale), mean: of(&self.mean), offset: of(&self.offset) }
    }

    fn lists<R: Real>(&self) -> [Vec<R>; 3] {
        [&self.scale, &self.mean, &self.offset].map(|list| converted(list))
    }
}

fn converted<R: Real>(numbers: &[f64]) -> Vec<R> {
    numbers.iter().map(|&x| R::of(x)).collect()
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
        |part| sum_powers(&rows, &near, part),
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

/// Σ (y − near), then Σ (y − near)².
#[inline(always)]
fn sum_powers<E: Element>(rows: &Rows<E>, near: &[E::Real], part: Range<usize>) -> Vec<f64> {
    in_blocks(
        rows.channels,
        part,
        #[inline(always)]
        |i, sums: [&mut [E::Real]; 2]| {
            let [first, second] = sums;
            let (row, n) = (rows.row(i), near.len());
            let (row, first, second) = (&row[..n], &mut first[..n], &mut second[..n]);
            for c in 0..n {
                let distance = row[c].get() - near[c];
                first[c] += distance;
                second[c] += distance * distance;
            }
        },
    )
}

/// Two sums for each channel over a range of pixels, the first of all channels before the second.
#[inline(always)]
fn in_blocks<R: Real>(
    channels: usize,
    part: Range<usize>,
    add: impl Fn(usize, [&mut [R]; 2]),
) -> Vec<f64> {
    let mut totals = vec![0.0; 2 * channels];
    let mut sums = vec![R::ZERO; 2 * channels];
    for begin in part.clone().step_by(BLOCK) {
        for i in begin..part.end.min(begin + BLOCK) {
            let (first, second) = sums.split_at_mut(channels);
            add(i, [first, second]);
        }
        for (total, sum) in totals.iter_mut().zip(&mut sums) {
            *total += sum.wide();
            *sum = R::ZERO;
        }
    }
    totals
}

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

fn check(y: &Maps, affine: &Affine) -> Result<(), Error> {
    let lists = [&affine.scale, &affine.mean, &affine.offset];
    match lists.iter().find(|list| list.len() != y.channels) {
        Some(list) => Err(Error::Shapes("affine map", y.size(), vec![list.len() as i64])),
        None => Ok(()),
    }
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
    let n = slope.y.channels;
    parallel::sum(
        y.pixels(),
        GRAIN,
        #[inline(always)]
        |part| {
            in_blocks(
                n,
                part,
                #[inline(always)]
                |i, [plain, centred]: [&mut [E::Real]; 2]| {
                    let (plain, centred) = (&mut plain[..n], &mut centred[..n]);
                    slope.each(
                        i,
                        n,
                        #[inline(always)]
                        |c, d, distance| {
                            plain[c] += d;
                            centred[c] += d * distance;
                        },
                    );
                },
            )
        },
    )
}

/// What d is computed from.
struct Slope<'a, E: Element> {
    dz: Rows<'a, E>,
    y: Rows<'a, E>,
    /// Of a sigmoid.
    z: Option<Rows<'a, E>>,
    scale: Vec<E::Real>,
    mean: Vec<E::Real>,
    offset: Vec<E::Real>,
}

impl<'a, E: Element> Slope<'a, E> {
    fn new(dz: &Maps<'a>, y: &Maps<'a>, affine: &Affine, g: Nonlinearity<'a>) -> Self {
        let [scale, mean, offset] = affine.lists();
        let z = match g {
            Nonlinearity::Relu => None,
            Nonlinearity::Sigmoid(z) => Some(z.rows()),
        };
        Self { dz: dz.rows(), y: y.rows(), z, scale, mean, offset }
    }

    /// Hands channel, d and y − μ of a pixel's n channels to a function.
    #[inline(always)]
    fn each(&self, i: usize, n: usize, mut see: impl FnMut(usize, E::Real, E::Real)) {
        let (scale, mean, offset) = (&self.scale[..n], &self.mean[..n], &self.offset[..n]);
        let (dz, y) = (&self.dz.row(i)[..n], &self.y.row(i)[..n]);
        if let Some(z) = &self.z {
            let z = &z.row(i)[..n];
            for c in 0..n {
                let z = z[c].get();
                see(c, dz[c].get() * z * (E::Real::ONE - z), y[c].get() - mean[c]);
            }
            return;
        }
        for c in 0..n {
            let (distance, dz) = (y[c].get() - mean[c], dz[c].get());
            let is_positive = scale[c] * distance + offset[c] > E::Real::ZERO;
            see(c, if is_positive { dz } else { E::Real::ZERO }, distance);
        }
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
                |c, d, distance| {
                    dy[c] = E::put(by_d[c] * d + by_y[c] * distance + plain[c]);
                },
            );
            // SAFETY: each pixel of y is written by the thread whose range it is in, after it was read.
            unsafe { self.slope.y.row_mut(i) }.copy_from_slice(dy);
        }
    }
}
