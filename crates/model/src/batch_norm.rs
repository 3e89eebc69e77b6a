//! Batch Normalization (§3, Algorithms 1 and 2).
//!
//! In training (Algorithm 1), for each feature over the `m` values of a mini-batch:
//!
//! ```text
//! μ = 1/m Σ x        σ² = 1/m Σ (x − μ)²        x̂ = (x − μ) / √(σ² + ε)        y = γ x̂ + β
//! ```
//!
//! Gradients flow through μ and σ² (§3, the equations after Algorithm 1):
//!
//! ```text
//! ∂ℓ/∂β = Σ ∂ℓ/∂y    ∂ℓ/∂γ = Σ ∂ℓ/∂y · x̂    ∂ℓ/∂x = γ/√(σ² + ε) · (∂ℓ/∂y − ∂ℓ/∂β / m − x̂ · ∂ℓ/∂γ / m)
//! ```
//!
//! At inference (Algorithm 2) the population's statistics take the mini-batch's place, and the layer
//! is one affine map, `y = γ/√(Var + ε) · x + (β − γ E/√(Var + ε))`.
//!
//! Features are dimension 1: inputs are `[m, features]`, or `[m, features, p, q]` for the feature
//! maps of a convolution, which are normalised over their m·p·q values together (§3.2).

use aten::Maps;
use aten::normalize::{self, Affine, Backward, Moments, Nonlinearity, Sums};
pub use recipe::bn_inception::BatchNormConfig;
use tch::{Device, Kind, Tensor};

use crate::{fits, maps};

/// The parameters and moving averages of one normalised layer; each tensor is `[features]`.
#[derive(Debug)]
pub struct BatchNorm {
    /// γ, 1 at the start.
    pub gamma: Tensor,
    /// β, 0 at the start.
    pub beta: Tensor,
    /// Moving average of the mini-batch means, 0 at the start.
    pub moving_mean: Tensor,
    /// Moving average of the unbiased mini-batch variances, 1 at the start.
    pub moving_var: Tensor,
    /// ε and the averages' decay.
    pub config: BatchNormConfig,
}

/// Mean and variance of every feature, `[features]` each, to normalise with at inference.
#[derive(Debug)]
pub struct Statistics {
    /// E\[x\].
    pub mean: Tensor,
    /// Var\[x\], unbiased.
    pub var: Tensor,
}

/// What Algorithm 1 makes of a mini-batch.
#[derive(Clone, Debug)]
pub struct Normalizer {
    /// y = a (x − μ) + β, with a = γ/√(σ² + ε).
    pub affine: Affine,
    /// 1/(σ² + ε).
    pub inverse: Vec<f64>,
    moments: Moments,
    /// m: how many values a feature has in the mini-batch (m·p·q for feature maps).
    values: f64,
}

/// What the backward pass needs of the forward pass.
#[derive(Debug)]
pub struct Saved {
    /// One row for each value of a feature.
    x: Tensor,
    /// What normalised it.
    pub normalizer: Normalizer,
}

/// The gradients of one layer.
#[derive(Debug)]
pub struct Gradients {
    /// ∂ℓ/∂x, shaped like x.
    pub x: Tensor,
    /// ∂ℓ/∂γ of each feature.
    pub gamma: Vec<f64>,
    /// ∂ℓ/∂β of each feature.
    pub beta: Vec<f64>,
}

impl BatchNorm {
    /// A layer that leaves normalised values as they are: γ = 1, β = 0.
    pub fn new(features: i64, config: BatchNormConfig, kind: Kind, device: Device) -> Self {
        let ones = || Tensor::ones([features], (kind, device));
        let zeros = || Tensor::zeros([features], (kind, device));
        Self { gamma: ones(), beta: zeros(), moving_mean: zeros(), moving_var: ones(), config }
    }

    /// Algorithm 1 for a mini-batch: its statistics, as the affine map that normalises it.
    ///
    /// `share` is the mini-batch's part in the moving averages: `moving = (1 − share) · moving +
    /// share · new`. 0 keeps them; [`Self::share`] is a training step; 1/k at the k-th mini-batch makes
    /// them the population's statistics of Algorithm 2, a plain mean over mini-batches.
    pub fn of_mini_batch(&self, x: &Maps, share: f64) -> Normalizer {
        let moments = normalize::moments(x);
        let inverse: Vec<f64> =
            moments.var.iter().map(|var| 1.0 / (var + self.config.epsilon)).collect();
        let gamma = aten::numbers(&self.gamma);
        let scale =
            gamma.iter().zip(&inverse).map(|(gamma, inverse)| gamma * inverse.sqrt()).collect();
        let offset = aten::numbers(&self.beta);
        let affine = Affine { scale, mean: moments.mean.clone(), offset };
        let normalizer = Normalizer { affine, inverse, moments, values: x.pixels() as f64 };
        if share != 0.0 {
            move_average(&self.moving_mean, normalizer.mean(), share);
            move_average(&self.moving_var, &normalizer.unbiased_var(), share);
        }
        normalizer
    }

    /// What a step of training has for a share in the moving averages.
    pub fn share(&self) -> f64 {
        1.0 - self.config.moving_average_decay
    }

    /// Algorithm 1: normalises with the mini-batch's own statistics. `share` as in [`Self::of_mini_batch`].
    pub fn normalize(&self, x: &Tensor, share: f64) -> (Tensor, Saved) {
        let rows = rows(x);
        let normalizer = self.of_mini_batch(&maps(&rows), share);
        let y = rows.empty_like();
        fits(normalize::forward(&maps(&rows), &normalizer.affine, false, &maps(&y)));
        (shaped_like(x, &y), Saved { x: rows, normalizer })
    }

    /// The gradients of the loss ℓ, given ∂ℓ/∂y.
    ///
    /// Linear in `dy`: whoever scales `dy` gets gradients scaled alike.
    pub fn backward(&self, saved: &Saved, dy: &Tensor) -> Gradients {
        let (of_y, x) = (rows(dy), saved.x.copy());
        let (gamma, beta) =
            saved.normalizer.backward(&maps(&of_y), &maps(&x), Nonlinearity::Identity);
        Gradients { x: shaped_like(dy, &x), gamma, beta }
    }

    /// Algorithm 1 as one operation of libtorch's, whose gradient autograd takes. `share` as in [`Self::of_mini_batch`].
    ///
    /// `x` may be bf16 while the layer is f32; statistics are then f32 and the result bf16.
    pub fn forward(&self, x: &Tensor, share: f64) -> Tensor {
        self.native(x, true, share)
    }

    /// Algorithm 2 with the moving averages, not folded.
    pub fn infer(&self, x: &Tensor) -> Tensor {
        self.native(x, false, 0.0)
    }

    fn native(&self, x: &Tensor, by_mini_batch: bool, share: f64) -> Tensor {
        x.batch_norm(
            Some(&self.gamma),
            Some(&self.beta),
            Some(&self.moving_mean),
            Some(&self.moving_var),
            by_mini_batch,
            share,
            self.config.epsilon,
            true,
        )
    }

    /// The moving averages, as statistics for inference.
    pub fn moving_statistics(&self) -> Statistics {
        Statistics { mean: self.moving_mean.shallow_clone(), var: self.moving_var.shallow_clone() }
    }

    /// Algorithm 2, step 11: the layer at inference as `scale · x + shift`, `[features]` each.
    pub fn affine(&self, population: &Statistics) -> (Tensor, Tensor) {
        let scale = &self.gamma * (&population.var + self.config.epsilon).rsqrt();
        let shift = &self.beta - &scale * &population.mean;
        (scale, shift)
    }
}

impl Normalizer {
    /// μ of each feature.
    pub fn mean(&self) -> &[f64] {
        &self.moments.mean
    }

    /// σ²·m/(m − 1) of each feature, as in Algorithm 2.
    pub fn unbiased_var(&self) -> Vec<f64> {
        let factor = self.values / (self.values - 1.0);
        self.moments.var.iter().map(|var| var * factor).collect()
    }

    /// Puts ∂ℓ/∂x in the place of x, given ∂ℓ/∂g(y); returns ∂ℓ/∂γ and ∂ℓ/∂β.
    pub fn backward(&self, dz: &Maps, x: &Maps, g: Nonlinearity) -> (Vec<f64>, Vec<f64>) {
        let sums = fits(normalize::sums(dz, x, &self.affine, g));
        let by = Backward::of_batch_norm(&self.affine, &self.inverse, &sums, self.values);
        fits(normalize::backward(dz, x, &self.affine, g, &by));
        let Sums { plain, mut centred } = sums;
        centred.iter_mut().zip(&self.inverse).for_each(|(sum, inverse)| *sum *= inverse.sqrt());
        (centred, plain)
    }
}

fn move_average(average: &Tensor, new: &[f64], share: f64) {
    let old = aten::numbers(average);
    let moved = |(old, new): (&f64, &f64)| (1.0 - share) * old + share * new;
    aten::write_numbers(average, &old.iter().zip(new).map(moved).collect::<Vec<f64>>());
}

/// A row for each value of a feature: `[m, features]` of `[m, features]` or of `[m, features, p, q]`.
fn rows(x: &Tensor) -> Tensor {
    if x.dim() == 2 {
        return x.contiguous();
    }
    let features = x.size()[1];
    x.permute([0, 2, 3, 1]).contiguous().view([-1, features])
}

/// The opposite.
fn shaped_like(x: &Tensor, rows: &Tensor) -> Tensor {
    match x.size()[..] {
        [m, features, p, q] => rows.view([m, p, q, features]).permute([0, 3, 1, 2]),
        _ => rows.shallow_clone(),
    }
}

/// Algorithm 2, step 10: the population's statistics from those of many training mini-batches, all
/// through the same weights: `E[x] = mean of μ`, `Var[x] = m/(m − 1) · mean of σ²`.
#[derive(Debug, Default)]
pub struct PopulationEstimate {
    mean: Vec<f64>,
    var: Vec<f64>,
    mini_batches: usize,
}

impl PopulationEstimate {
    /// Takes the statistics of one more mini-batch in.
    pub fn add(&mut self, mini_batch: &Normalizer) {
        self.mini_batches += 1;
        for (sums, new) in
            [(&mut self.mean, mini_batch.mean()), (&mut self.var, &mini_batch.unbiased_var())]
        {
            sums.resize(new.len(), 0.0);
            sums.iter_mut().zip(new).for_each(|(sum, new)| *sum += new);
        }
    }

    /// The estimate for a layer; `None` of no mini-batches.
    pub fn statistics(&self, layer: &BatchNorm) -> Option<Statistics> {
        let mean = |sums: &[f64]| {
            let numbers: Vec<f64> = sums.iter().map(|sum| sum / self.mini_batches as f64).collect();
            Tensor::from_slice(&numbers).to_kind(layer.gamma.kind())
        };
        let statistics = || Statistics { mean: mean(&self.mean), var: mean(&self.var) };
        (self.mini_batches > 0).then(statistics)
    }
}
