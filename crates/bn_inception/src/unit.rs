//! A convolution, and what follows it up to and including the nonlinearity: `z = g(BN(W ∗ u))`.

use model::BatchNorm;
use streams::Stream;
use tch::{Kind, Tensor};

use crate::config::{Activation, Noise, Padding};
use crate::convolution::AtOnce;

/// One convolution, or several siblings that read the same input, as one.
#[derive(Debug)]
pub(crate) struct Unit {
    /// `[outputs, inputs, k, k]`; after a depthwise part, `[outputs, depth multiplier × inputs, 1, 1]`.
    pub kernel: Tensor,
    /// Of a separable convolution: `[depth multiplier × inputs, 1, k, k]`.
    pub depthwise: Option<Tensor>,
    /// Step, pixels.
    pub stride: i64,
    /// Zeros left and above, right and below, pixels.
    pub border: (i64, i64),
    /// Between the convolution and the nonlinearity.
    pub after: After,
    /// Noise between BN and the nonlinearity, in training,
    pub noise: Option<Noise>,
    /// which is drawn from streams of this number.
    pub number: u64,
    /// The nonlinearity.
    pub activation: Activation,
    /// All of this, where a folded unit can be one operation.
    pub at_once: Option<Box<AtOnce>>,
}

/// What stands between a convolution and its nonlinearity.
#[derive(Debug)]
pub(crate) enum After {
    /// BN of feature maps; parameters are `[outputs]`.
    BatchNorm(BatchNorm),
    /// BN of activations; parameters are `[outputs, height, width]`.
    BatchNormPerActivation(BatchNorm),
    /// A bias, `[outputs]`.
    Bias(Tensor),
    /// An affine map of each activation, `[outputs, height, width]`: what the per-activation BN is
    /// at inference. No kernel can take it in, because it differs from place to place.
    Affine { scale: Tensor, shift: Tensor },
}

/// What a pass through the network is for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Pass {
    /// BN by the mini-batch's statistics.
    Training {
        /// Their part in the moving averages.
        share: f64,
        /// Seed of this step's noise; without it there is none.
        noise: Option<u64>,
    },
    /// BN by the moving averages.
    Inference,
}

/// m and s of each feature map ([`Noise`]).
pub(crate) struct Disturbance {
    pub means: Vec<f64>,
    pub scales: Vec<f64>,
}

impl Unit {
    /// `[n, inputs, height, width]` to `[n, outputs, height/stride, width/stride]`.
    pub fn forward(&self, x: &Tensor, pass: Pass) -> Tensor {
        match (&self.at_once, &self.after) {
            (Some(at_once), _) => at_once.forward(self, x),
            (None, After::Bias(bias)) => {
                self.activate(self.convolve(x, Some(&bias.to_kind(x.kind()))))
            }
            _ => self.finish(&self.convolve(x, None), pass),
        }
    }

    /// [`Unit::forward`], with the average pooling between the convolution and the rest. As both are linear,
    /// it is the convolution after the pooling, but for rounding.
    pub fn forward_pooled(
        &self,
        x: &Tensor,
        pool: impl Fn(&Tensor) -> Tensor,
        pass: Pass,
    ) -> Tensor {
        self.finish(&pool(&self.convolve(x, None)), pass)
    }

    fn convolve(&self, x: &Tensor, bias: Option<&Tensor>) -> Tensor {
        match &self.depthwise {
            None => convolution(x, &self.kernel, bias, self.stride, self.border, 1),
            Some(depthwise) => {
                let groups = x.size()[1];
                let filtered = convolution(x, depthwise, None, self.stride, self.border, groups);
                convolution(&filtered, &self.kernel, bias, 1, (0, 0), 1)
            }
        }
    }

    fn finish(&self, y: &Tensor, pass: Pass) -> Tensor {
        self.activate(self.after_convolution(y, pass))
    }

    /// What the nonlinearity reads, BN(W ∗ u) or W ∗ u + b.
    pub fn before_nonlinearity(&self, x: &Tensor, pass: Pass) -> Tensor {
        self.after_convolution(&self.convolve(x, None), pass)
    }

    fn after_convolution(&self, y: &Tensor, pass: Pass) -> Tensor {
        let along_channels = |bias: &Tensor| bias.to_kind(y.kind()).view([1, -1, 1, 1]);
        match &self.after {
            After::BatchNorm(norm) => self.disturb(normalize(norm, y, pass), pass),
            After::BatchNormPerActivation(norm) => normalize_activations(norm, y, pass),
            After::Bias(bias) => y + along_channels(bias),
            After::Affine { scale, shift } => (y * scale + shift).to_kind(y.kind()),
        }
    }

    /// s·y + m of each feature map.
    fn disturb(&self, y: Tensor, pass: Pass) -> Tensor {
        let Some(Disturbance { means, scales }) = self.disturbance(pass) else { return y };
        let of_maps = |draws: &[f64]| {
            let draws = Tensor::from_slice(draws).to_kind(y.kind()).to_device(y.device());
            draws.view([1, -1, 1, 1])
        };
        let (means, scales) = (of_maps(&means), of_maps(&scales));
        y * scales + means
    }

    /// This step's draws of noise, if there is any.
    pub fn disturbance(&self, pass: Pass) -> Option<Disturbance> {
        let (Some(Noise { mean, scale }), Pass::Training { noise: Some(seed), .. }) =
            (self.noise, pass)
        else {
            return None;
        };
        let mut stream = Stream::new(seed, &format!("noise/{}", self.number));
        let mut of_maps = |low: f64, high: f64| -> Vec<f64> {
            (0..self.outputs()).map(|_| stream.uniform(low, high)).collect()
        };
        Some(Disturbance { means: of_maps(-mean, mean), scales: of_maps(scale.recip(), scale) })
    }

    /// Channels that it makes.
    pub fn outputs(&self) -> i64 {
        self.kernel.size()[0]
    }

    /// What it learns.
    pub fn learned(&self) -> Vec<&Tensor> {
        let after = match &self.after {
            After::BatchNorm(norm) | After::BatchNormPerActivation(norm) => {
                vec![&norm.gamma, &norm.beta]
            }
            After::Bias(bias) => vec![bias],
            After::Affine { .. } => Vec::new(),
        };
        let all = std::iter::once(&self.kernel).chain(&self.depthwise).chain(after);
        all.filter(|tensor| tensor.requires_grad()).collect()
    }

    fn activate(&self, mut y: Tensor) -> Tensor {
        match self.activation {
            Activation::Relu => y.relu_(), // nothing before it needs its own output for the gradient
            Activation::Sigmoid => y.sigmoid(),
        }
    }

    /// Algorithm 2: the unit with its BN folded into the convolution, for inference.
    pub fn fold(&self) -> Self {
        let fold_into = |norm: &BatchNorm| {
            let (scale, shift) = norm.affine(&norm.moving_statistics());
            let kernel = &self.kernel.to_kind(scale.kind()) * scale.view([-1, 1, 1, 1]);
            (kernel.to_kind(self.kernel.kind()), After::Bias(shift))
        };
        let (kernel, after) = match &self.after {
            After::BatchNorm(norm) => fold_into(norm),
            After::BatchNormPerActivation(norm) => {
                let (scale, shift) = norm.affine(&norm.moving_statistics());
                (self.kernel.copy(), After::Affine { scale, shift })
            }
            After::Bias(bias) => (self.kernel.copy(), After::Bias(bias.copy())),
            After::Affine { scale, shift } => {
                let (scale, shift) = (scale.copy(), shift.copy());
                (self.kernel.copy(), After::Affine { scale, shift })
            }
        };
        let depthwise = self.depthwise.as_ref().map(Tensor::copy);
        let folded = Self { kernel, depthwise, after, at_once: None, ..*self };
        Self { at_once: AtOnce::of(&folded).map(Box::new), ..folded }
    }
}

/// A convolution with any border, also one that differs between left and right.
fn convolution(
    x: &Tensor,
    kernel: &Tensor,
    bias: Option<&Tensor>,
    stride: i64,
    (before, behind): (i64, i64),
    groups: i64,
) -> Tensor {
    if before == behind {
        return x.conv2d(kernel, bias, stride, before, 1, groups);
    }
    x.constant_pad_nd([before, behind, before, behind]).conv2d(kernel, bias, stride, 0, 1, groups)
}

fn normalize(norm: &BatchNorm, y: &Tensor, pass: Pass) -> Tensor {
    match pass {
        Pass::Training { share, .. } => norm.forward(y, share),
        Pass::Inference => norm.infer(y),
    }
}

/// Every activation is a feature of its own.
fn normalize_activations(norm: &BatchNorm, y: &Tensor, pass: Pass) -> Tensor {
    let [n, channels, height, width] = y.size()[..] else { unreachable!("feature maps") };
    let flat = |tensor: &Tensor| tensor.view(-1);
    let as_vectors = BatchNorm {
        gamma: flat(&norm.gamma),
        beta: flat(&norm.beta),
        moving_mean: flat(&norm.moving_mean),
        moving_var: flat(&norm.moving_var),
        config: norm.config,
    };
    let activations = y.contiguous().view([n, -1]);
    let normalized = normalize(&as_vectors, &activations, pass);
    channels_last(&normalized.view([n, channels, height, width]))
}

/// The mean of 3×3, with zeros beyond the edges, which count in `Caffe` and not in `TensorFlow`.
pub(crate) fn average_pool(x: &Tensor, padding: Padding) -> Tensor {
    let count_zeros = padding == Padding::Symmetric;
    x.avg_pool2d(3, 1, 1, false, count_zeros, None)
}

/// The same tensor, stored with its channels last.
pub(crate) fn channels_last(x: &Tensor) -> Tensor {
    x.permute([0, 2, 3, 1]).contiguous().permute([0, 3, 1, 2])
}

/// Cross-entropy and the like are for numbers that can hold small differences.
pub(crate) fn at_least_single(x: &Tensor) -> Tensor {
    if x.kind() == Kind::BFloat16 { x.to_kind(Kind::Float) } else { x.shallow_clone() }
}
