//! The network of §4.1: fully-connected hidden layers of sigmoid units, with or without BN.
//!
//! ```text
//! u₀ = image        uₗ = sigmoid(W uₗ₋₁ + b)  or  sigmoid(BN(W uₗ₋₁))        logits = W u₃ + b
//! ```
//!
//! The gradient is written out by hand, and each layer descends as soon as its gradient is known:
//! on a network this small, autograd's bookkeeping takes longer than the arithmetic.
//!
//! ```
//! use model::{BinaryImages, Normalization, SigmoidMlp, SigmoidMlpConfig};
//! use streams::Stream;
//! use tch::{Device, Kind, Tensor};
//!
//! let config = SigmoidMlpConfig { normalization: Normalization::Batch, ..Default::default() };
//! let mut net = SigmoidMlp::new(config, &mut Stream::new(0, "weights"), Kind::Float, Device::Cpu);
//! let pixels_on: [&[u16]; 2] = [&[300, 301], &[17]];
//! let images = BinaryImages::from_lists(pixels_on, 784, Kind::Float, Device::Cpu);
//! let targets = Tensor::from_slice(&[3i64, 7]).one_hot(10).to_kind(Kind::Float);
//! let before = net.sgd_step(&images, &targets, 0.1);
//! let after = net.sgd_step(&images, &targets, 0.1);
//! assert!(after.double_value(&[]) < before.double_value(&[]));
//! ```

pub use recipe::SigmoidMlpConfig;
pub use recipe::bn_inception::Normalization;
use streams::Stream;
use tch::{Device, Kind, Tensor};

use crate::affine_mlp::{AffineSigmoidMlp, Linear, sum_over_examples};
use crate::batch_norm::{BatchNorm, MovingAverages, PopulationEstimate, Saved, Statistics};
use crate::binary_images::BinaryImages;

/// The network in training.
#[derive(Debug)]
pub struct SigmoidMlp {
    hidden: Vec<Hidden>,
    output: Linear,
}

#[derive(Debug)]
enum Hidden {
    /// sigmoid(Wu + b).
    Biased(Linear),
    /// sigmoid(BN(Wu)).
    Normalized { weight: Tensor, norm: BatchNorm },
}

/// One hidden layer's output for a mini-batch, and what its gradient needs besides.
struct Activation {
    output: Tensor,
    saved: Option<Saved>,
}

impl SigmoidMlp {
    /// A network with Gaussian weights, drawn layer by layer: both kinds of network take the same
    /// weights from the same stream.
    pub fn new(config: SigmoidMlpConfig, stream: &mut Stream, kind: Kind, device: Device) -> Self {
        let mut gaussian = |outputs: i64, inputs: i64| {
            let draws = stream.gaussian(config.init_std, (outputs * inputs) as usize);
            Tensor::from_slice(&draws).view([outputs, inputs]).to_kind(kind).to_device(device)
        };
        let units = config.hidden_units;
        let first = BinaryImages::prepare_weight(&gaussian(units, config.inputs));
        let mut hidden = vec![Hidden::new(first, &config)];
        for _ in 1..config.hidden_layers {
            hidden.push(Hidden::new(gaussian(units, units), &config));
        }
        Self { hidden, output: Linear::unbiased(gaussian(config.classes, units)) }
    }

    /// One step of plain SGD on the mean cross-entropy of a mini-batch; returns that loss (nats) at
    /// the weights before the step, as a scalar tensor.
    ///
    /// `targets` is `[m, classes]`, one-hot, of the network's kind.
    pub fn sgd_step(&mut self, x: &BinaryImages, targets: &Tensor, learning_rate: f64) -> Tensor {
        let m = x.len() as f64;
        let activations = self.forward(x, MovingAverages::Update);
        let last = &activations.last().expect("at least one hidden layer").output;
        let log_p = self.output.apply(last).log_softmax(-1, targets.kind());
        let loss = (&log_p * targets).sum(targets.kind()) / -m;
        // From here on, every d is −η ∂ℓ/∂(…): adding it *is* the step of SGD.
        let d_logits = (log_p.exp() - targets) * (-learning_rate / m);
        let mut d = d_logits.mm(&self.output.weight);
        self.output.descend(last, &d_logits);
        for (layer, activation) in activations.iter().enumerate().rev() {
            let hidden = &mut self.hidden[layer];
            let d_sigmoid_input = Tensor::sigmoid_backward(&d, &activation.output);
            let d_linear = hidden.descend_after_linear(activation.saved.as_ref(), d_sigmoid_input);
            let weight = hidden.weight_mut();
            let input = match layer.checked_sub(1) {
                None => x.matrix(),
                Some(before) => {
                    d = d_linear.mm(weight);
                    &activations[before].output
                }
            };
            let _ = weight.addmm_(&d_linear.tr(), input);
        }
        loss
    }

    /// The network at inference, with the population's statistics (Algorithm 2) from these training
    /// mini-batches. Without BN they are not looked at.
    pub fn with_population_statistics(&self, mini_batches: &[BinaryImages]) -> AffineSigmoidMlp {
        let mut estimates: Vec<_> =
            self.hidden.iter().map(|_| PopulationEstimate::default()).collect();
        let is_normalized = self.hidden.iter().any(|layer| layer.norm().is_some());
        for x in mini_batches.iter().take_while(|_| is_normalized) {
            let activations = self.forward(x, MovingAverages::Keep);
            for ((layer, activation), estimate) in
                self.hidden.iter().zip(&activations).zip(&mut estimates)
            {
                if let (Some(norm), Some(saved)) = (layer.norm(), &activation.saved) {
                    estimate.add(norm, saved);
                }
            }
        }
        self.at_inference(|layer, _| {
            estimates[layer].statistics().expect("at least one mini-batch")
        })
    }

    /// The network at inference, with the moving averages.
    pub fn with_moving_averages(&self) -> AffineSigmoidMlp {
        self.at_inference(|_, norm| norm.moving_statistics())
    }

    fn at_inference(
        &self,
        statistics: impl Fn(usize, &BatchNorm) -> Statistics,
    ) -> AffineSigmoidMlp {
        let hidden = self.hidden.iter().enumerate().map(|(l, layer)| match layer {
            Hidden::Biased(linear) => linear.copy(),
            Hidden::Normalized { weight, norm } => {
                let (scale, shift) = norm.affine(&statistics(l, norm));
                Linear { weight: weight * scale.unsqueeze(1), bias: shift }
            }
        });
        AffineSigmoidMlp { hidden: hidden.collect(), output: self.output.copy() }
    }

    fn forward(&self, x: &BinaryImages, averages: MovingAverages) -> Vec<Activation> {
        let mut activations: Vec<Activation> = Vec::with_capacity(self.hidden.len());
        for layer in &self.hidden {
            let weight = layer.weight();
            let product = match activations.last() {
                None => x.times(weight),
                Some(before) => before.output.mm(&weight.tr()),
            };
            activations.push(layer.after_linear(product, averages));
        }
        activations
    }

    /// Every parameter and moving average under a stable name, `hidden1/bn/gamma` for instance,
    /// in the order of the layers. The tensors share memory with the network's.
    pub fn named_tensors(&self) -> Vec<(String, Tensor)> {
        let hidden = self.hidden.iter().enumerate().flat_map(|(l, layer)| {
            let name = move |(name, tensor): (&str, &Tensor)| {
                (format!("hidden{}/{name}", l + 1), tensor.shallow_clone())
            };
            layer.named_tensors().into_iter().map(name)
        });
        let output = [("output/weight", &self.output.weight), ("output/bias", &self.output.bias)];
        hidden
            .chain(output.map(|(name, tensor)| (name.to_owned(), tensor.shallow_clone())))
            .collect()
    }
}

impl Hidden {
    fn new(weight: Tensor, config: &SigmoidMlpConfig) -> Self {
        match config.normalization {
            Normalization::None => Self::Biased(Linear::unbiased(weight)),
            Normalization::Batch | Normalization::BatchPerActivationInLast => {
                let (units, kind, device) = (weight.size()[0], weight.kind(), weight.device());
                let norm = BatchNorm::new(units, config.batch_norm, kind, device);
                Self::Normalized { weight, norm }
            }
        }
    }

    /// The sigmoid of Wu with its bias added, or normalised.
    fn after_linear(&self, mut product: Tensor, averages: MovingAverages) -> Activation {
        let (mut output, saved) = match self {
            Self::Biased(linear) => {
                product += &linear.bias;
                (product, None)
            }
            Self::Normalized { norm, .. } => {
                let (y, saved) = norm.normalize(&product, averages);
                (y, Some(saved))
            }
        };
        let _ = output.sigmoid_();
        Activation { output, saved }
    }

    /// Moves what stands between the linear map and the sigmoid; returns −η ∂ℓ/∂(Wu).
    fn descend_after_linear(&mut self, saved: Option<&Saved>, d: Tensor) -> Tensor {
        match (self, saved) {
            (Self::Normalized { norm, .. }, Some(saved)) => {
                let gradients = norm.backward(saved, &d);
                norm.gamma += gradients.gamma;
                norm.beta += gradients.beta;
                gradients.x
            }
            (Self::Biased(linear), _) => {
                linear.bias += sum_over_examples(&d);
                d
            }
            (Self::Normalized { .. }, None) => unreachable!("forward saves what BN needs"),
        }
    }

    fn weight(&self) -> &Tensor {
        match self {
            Self::Biased(Linear { weight, .. }) | Self::Normalized { weight, .. } => weight,
        }
    }

    fn weight_mut(&mut self) -> &mut Tensor {
        match self {
            Self::Biased(Linear { weight, .. }) | Self::Normalized { weight, .. } => weight,
        }
    }

    fn norm(&self) -> Option<&BatchNorm> {
        match self {
            Self::Biased(_) => None,
            Self::Normalized { norm, .. } => Some(norm),
        }
    }

    fn named_tensors(&self) -> Vec<(&'static str, &Tensor)> {
        match self {
            Self::Biased(linear) => vec![("weight", &linear.weight), ("bias", &linear.bias)],
            Self::Normalized { weight, norm } => vec![
                ("weight", weight),
                ("bn/gamma", &norm.gamma),
                ("bn/beta", &norm.beta),
                ("bn/moving_mean", &norm.moving_mean),
                ("bn/moving_var", &norm.moving_var),
            ],
        }
    }
}
