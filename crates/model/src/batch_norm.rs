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

pub use recipe::bn_inception::BatchNormConfig;
use tch::{Device, Kind, Tensor};

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

/// Whether a pass through the layer in training moves its moving averages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MovingAverages {
    /// They take a step towards the mini-batch's statistics.
    Update,
    /// They stay, for instance while the population's statistics are gathered.
    Keep,
}

/// What the backward pass needs of the forward pass.
#[derive(Debug)]
pub struct Saved {
    /// x̂, the normalised input.
    x_hat: Tensor,
    /// μ of the mini-batch.
    batch_mean: Tensor,
    /// 1/√(σ² + ε) of the mini-batch.
    batch_inv_std: Tensor,
}

/// The gradients of one layer.
#[derive(Debug)]
pub struct Gradients {
    /// ∂ℓ/∂x, shaped like x.
    pub x: Tensor,
    /// ∂ℓ/∂γ, `[features]`.
    pub gamma: Tensor,
    /// ∂ℓ/∂β, `[features]`.
    pub beta: Tensor,
}

impl BatchNorm {
    /// A layer that leaves normalised values as they are: γ = 1, β = 0.
    pub fn new(features: i64, config: BatchNormConfig, kind: Kind, device: Device) -> Self {
        let ones = || Tensor::ones([features], (kind, device));
        let zeros = || Tensor::zeros([features], (kind, device));
        Self { gamma: ones(), beta: zeros(), moving_mean: zeros(), moving_var: ones(), config }
    }

    /// Algorithm 1: normalises with the mini-batch's own statistics.
    pub fn normalize(&self, x: &Tensor, averages: MovingAverages) -> (Tensor, Saved) {
        let (moving_mean, moving_var) = match averages {
            MovingAverages::Update => (Some(&self.moving_mean), Some(&self.moving_var)),
            MovingAverages::Keep => (None, None),
        };
        let no_affine = None::<&Tensor>; // x̂ is needed itself, for the gradient
        let (x_hat, batch_mean, batch_inv_std) = x.native_batch_norm(
            no_affine,
            no_affine,
            moving_mean,
            moving_var,
            true,
            1.0 - self.config.moving_average_decay,
            self.config.epsilon,
        );
        let saved = Saved { x_hat, batch_mean, batch_inv_std };
        let y = saved
            .along_features(&self.beta)
            .addcmul(&saved.x_hat, &saved.along_features(&self.gamma));
        (y, saved)
    }

    /// Algorithm 1 as one operation of libtorch's, whose gradient autograd takes.
    ///
    /// `share` is the mini-batch's part in the moving averages: `moving = (1 − share) · moving +
    /// share · new`. 0 keeps them; 1 − `moving_average_decay` is a training step; 1/k at the k-th
    /// mini-batch makes them the population's statistics of Algorithm 2, a plain mean over mini-batches.
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

    /// The gradients of the loss ℓ, given ∂ℓ/∂y.
    ///
    /// Linear in `dy`: whoever scales `dy` gets gradients scaled alike.
    pub fn backward(&self, saved: &Saved, dy: &Tensor) -> Gradients {
        let m = saved.values_per_feature();
        let along = |per_feature: &Tensor| saved.along_features(per_feature);
        let beta = sum_per_feature(dy);
        let gamma = sum_per_feature(&(dy * &saved.x_hat));
        let mut x = dy.addcmul(&saved.x_hat, &along(&(&gamma / -m)));
        x -= along(&(&beta / m));
        x *= along(&(&self.gamma * &saved.batch_inv_std));
        Gradients { x, gamma, beta }
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

impl Saved {
    /// m of Algorithm 1: how many values a feature has in the mini-batch (m·p·q for feature maps).
    fn values_per_feature(&self) -> f64 {
        self.x_hat.numel() as f64 / self.batch_mean.numel() as f64
    }

    /// Views a `[features]` tensor so that it broadcasts along dimension 1 of the input.
    fn along_features(&self, per_feature: &Tensor) -> Tensor {
        if self.x_hat.dim() == 2 {
            return per_feature.shallow_clone(); // the last dimension already
        }
        let mut shape = vec![1; self.x_hat.dim()];
        shape[1] = -1;
        per_feature.view(shape.as_slice())
    }

    /// μ, and σ²·m/(m − 1) as in Algorithm 2, of this mini-batch.
    fn unbiased(&self, epsilon: f64) -> Statistics {
        let m = self.values_per_feature();
        // Loses digits only where σ² ≪ ε, and there ε is all that counts.
        let batch_var = self.batch_inv_std.pow_tensor_scalar(-2) - epsilon;
        Statistics { mean: self.batch_mean.shallow_clone(), var: batch_var * (m / (m - 1.0)) }
    }
}

/// Sums over everything but dimension 1.
fn sum_per_feature(x: &Tensor) -> Tensor {
    let others: Vec<i64> = (0..x.dim() as i64).filter(|&dim| dim != 1).collect();
    x.sum_dim_intlist(others.as_slice(), false, x.kind())
}

/// Algorithm 2, step 10: the population's statistics from those of many training mini-batches, all
/// through the same weights: `E[x] = mean of μ`, `Var[x] = m/(m − 1) · mean of σ²`.
#[derive(Debug, Default)]
pub struct PopulationEstimate {
    sums: Option<Statistics>,
    mini_batches: usize,
}

impl PopulationEstimate {
    /// Takes the statistics of one more mini-batch in.
    pub fn add(&mut self, layer: &BatchNorm, saved: &Saved) {
        let new = saved.unbiased(layer.config.epsilon);
        self.mini_batches += 1;
        self.sums = Some(match self.sums.take() {
            None => new,
            Some(sums) => Statistics { mean: sums.mean + new.mean, var: sums.var + new.var },
        });
    }

    /// The estimate; `None` of no mini-batches.
    pub fn statistics(&self) -> Option<Statistics> {
        let n = self.mini_batches as f64;
        self.sums.as_ref().map(|sums| Statistics { mean: &sums.mean / n, var: &sums.var / n })
    }
}
