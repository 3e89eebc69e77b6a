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
//! use tch::Kind;
//!
//! let config = SigmoidMlpConfig { normalization: Normalization::Batch, ..Default::default() };
//! let mut net = SigmoidMlp::new(config, &mut Stream::new(0, "weights"), Kind::Float);
//! let pixels_on: [&[u16]; 2] = [&[300, 301], &[17]];
//! let images = BinaryImages::from_lists(pixels_on, 784, Kind::Float);
//! let before = net.sgd_step(&images, &[3, 7], 0.1);
//! let after = net.sgd_step(&images, &[3, 7], 0.1);
//! assert!(after < before);
//! ```

use aten::normalize::{self, Affine, Backward, Nonlinearity};
use aten::softmax;
pub use recipe::SigmoidMlpConfig;
pub use recipe::bn_inception::Normalization;
use streams::Stream;
use tch::{Device, Kind, Tensor};

use crate::affine_mlp::{AffineSigmoidMlp, FirstProducts, Linear};
use crate::batch_norm::{BatchNorm, Normalizer, PopulationEstimate, Statistics};
use crate::binary_images::BinaryImages;
use crate::{fits, maps};

/// The network in training, on the processor.
#[derive(Debug)]
pub struct SigmoidMlp {
    hidden: Vec<Hidden>,
    output: Linear,
}

/// sigmoid(Wu + b) or sigmoid(BN(Wu)).
#[derive(Debug)]
struct Hidden {
    weight: Tensor,
    after: After,
}

/// What stands between the product and the sigmoid.
#[derive(Debug)]
enum After {
    Bias(Tensor),
    BatchNorm(BatchNorm),
}

/// A mini-batch after one hidden layer, and what its gradient needs.
struct Trace {
    /// Wu. The backward pass puts −η ∂ℓ/∂(Wu) in its place.
    product: Tensor,
    affine: AffineOf,
    output: Tensor,
}

/// The map between the product and the sigmoid.
enum AffineOf {
    Bias(Affine),
    BatchNorm(Normalizer),
}

impl SigmoidMlp {
    /// A network with Gaussian weights, drawn layer by layer: both kinds of network take the same
    /// weights from the same stream.
    pub fn new(config: SigmoidMlpConfig, stream: &mut Stream, kind: Kind) -> Self {
        let mut gaussian = |outputs: i64, inputs: i64| {
            let draws = stream.gaussian(config.init_std, (outputs * inputs) as usize);
            Tensor::from_slice(&draws).view([outputs, inputs]).to_kind(kind)
        };
        let units = config.hidden_units;
        let first = BinaryImages::prepare_weight(&gaussian(units, config.inputs));
        let mut hidden = vec![Hidden::new(first, &config)];
        for _ in 1..config.hidden_layers {
            hidden.push(Hidden::new(gaussian(units, units), &config));
        }
        Self { hidden, output: Linear::unbiased(gaussian(config.classes, units)) }
    }

    /// Whether it is the network with BN.
    pub fn has_bn(&self) -> bool {
        self.hidden.iter().any(|layer| matches!(layer.after, After::BatchNorm(_)))
    }

    /// One step of plain SGD on the mean cross-entropy of a mini-batch; returns that loss (nats) at
    /// the weights before the step.
    ///
    /// # Panics
    /// If there are not as many labels as images, or one is none of the classes.
    pub fn sgd_step(&mut self, x: &BinaryImages, labels: &[u8], learning_rate: f64) -> f64 {
        let traces = self.forward(x, true);
        let last = &traces.last().expect("at least one hidden layer").output;
        let logits = self.output.apply(last);
        // From here on, every d is −η ∂ℓ/∂(…): adding it *is* the step of SGD.
        let factor = -learning_rate / x.len() as f64;
        let loss = fits(softmax::cross_entropy(&maps(&logits), labels, factor));
        let mut d = logits.mm(&self.output.weight);
        self.output.descend(last, &logits);
        for (layer, trace) in traces.iter().enumerate().rev() {
            let hidden = &mut self.hidden[layer];
            hidden.descend_before_sigmoid(trace, &d);
            match layer.checked_sub(1) {
                None => x.descend(&hidden.weight, &trace.product),
                Some(before) => {
                    d = trace.product.mm(&hidden.weight);
                    let _ = hidden.weight.addmm_(&trace.product.tr(), &traces[before].output);
                }
            }
        }
        loss
    }

    /// The network at inference, with the population's statistics (Algorithm 2) from these training
    /// mini-batches. Without BN they are not looked at.
    pub fn with_population_statistics(&self, mini_batches: &[BinaryImages]) -> AffineSigmoidMlp {
        let mut estimates: Vec<_> =
            self.hidden.iter().map(|_| PopulationEstimate::default()).collect();
        for x in mini_batches.iter().take_while(|_| self.has_bn()) {
            for (trace, estimate) in self.forward(x, false).iter().zip(&mut estimates) {
                if let AffineOf::BatchNorm(normalizer) = &trace.affine {
                    estimate.add(normalizer);
                }
            }
        }
        self.at_inference(|layer, norm| {
            estimates[layer].statistics(norm).expect("at least one mini-batch")
        })
    }

    /// The network at inference, with the moving averages.
    pub fn with_moving_averages(&self) -> AffineSigmoidMlp {
        self.at_inference(|_, norm| norm.moving_statistics())
    }

    /// `W u` of the first hidden layer. Images may come in any number of parts; parts of some hundreds keep their activations
    /// in the processor's cache.
    pub fn first_products(&self, images: &[BinaryImages]) -> FirstProducts {
        FirstProducts(images.iter().map(|part| part.times(&self.hidden[0].weight)).collect())
    }

    fn at_inference(
        &self,
        statistics: impl Fn(usize, &BatchNorm) -> Statistics,
    ) -> AffineSigmoidMlp {
        let norms = self.hidden.iter().enumerate().map(|(l, layer)| match &layer.after {
            After::Bias(bias) => (bias.ones_like(), bias.copy()),
            After::BatchNorm(norm) => norm.affine(&statistics(l, norm)),
        });
        let mut norms = norms.zip(&self.hidden);
        let ((scale, shift), _) = norms.next().expect("at least one hidden layer");
        let first =
            Affine { scale: aten::numbers(&scale), ..Affine::of_bias(aten::numbers(&shift)) };
        let folded = |((scale, bias), layer): ((Tensor, Tensor), &Hidden)| Linear {
            weight: &layer.weight * scale.unsqueeze(1),
            bias,
        };
        AffineSigmoidMlp { first, hidden: norms.map(folded).collect(), output: self.output.copy() }
    }

    fn forward(&self, x: &BinaryImages, moves_averages: bool) -> Vec<Trace> {
        let mut traces: Vec<Trace> = Vec::with_capacity(self.hidden.len());
        for layer in &self.hidden {
            let product = match traces.last() {
                None => x.times(&layer.weight),
                Some(before) => before.output.mm(&layer.weight.tr()),
            };
            traces.push(layer.after_product(product, moves_averages));
        }
        traces
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
        let (units, kind) = (weight.size()[0], weight.kind());
        let after = match config.normalization {
            Normalization::None => After::Bias(Tensor::zeros([units], (kind, Device::Cpu))),
            Normalization::Batch | Normalization::BatchPerActivationInLast => {
                After::BatchNorm(BatchNorm::new(units, config.batch_norm, kind, Device::Cpu))
            }
        };
        Self { weight, after }
    }

    /// The sigmoid of Wu with its bias added, or normalised.
    fn after_product(&self, product: Tensor, moves_averages: bool) -> Trace {
        let affine = match &self.after {
            After::Bias(bias) => AffineOf::Bias(Affine::of_bias(aten::numbers(bias))),
            After::BatchNorm(norm) => {
                let share = if moves_averages { norm.share() } else { 0.0 };
                AffineOf::BatchNorm(norm.of_mini_batch(&maps(&product), share))
            }
        };
        let mut output = product.empty_like();
        fits(normalize::forward(&maps(&product), affine.map(), false, &maps(&output)));
        let _ = output.sigmoid_();
        Trace { product, affine, output }
    }

    /// Moves b, or γ and β, given −η ∂ℓ/∂sigmoid; leaves −η ∂ℓ/∂(Wu) in the product's place.
    fn descend_before_sigmoid(&self, trace: &Trace, d: &Tensor) {
        let (d, product, z) = (maps(d), maps(&trace.product), maps(&trace.output));
        let g = Nonlinearity::Sigmoid(&z);
        match (&self.after, &trace.affine) {
            (After::BatchNorm(norm), AffineOf::BatchNorm(normalizer)) => {
                let (gamma, beta) = normalizer.backward(&d, &product, g);
                add_numbers(&norm.gamma, &gamma);
                add_numbers(&norm.beta, &beta);
            }
            (After::Bias(bias), AffineOf::Bias(affine)) => {
                let sums = fits(normalize::sums(&d, &product, affine, g));
                let by = Backward::of_bias(sums.plain.len());
                fits(normalize::backward(&d, &product, affine, g, &by));
                add_numbers(bias, &sums.plain);
            }
            _ => unreachable!("a trace is its layer's"),
        }
    }

    fn named_tensors(&self) -> Vec<(&'static str, &Tensor)> {
        let weight = ("weight", &self.weight);
        match &self.after {
            After::Bias(bias) => vec![weight, ("bias", bias)],
            After::BatchNorm(norm) => vec![
                weight,
                ("bn/gamma", &norm.gamma),
                ("bn/beta", &norm.beta),
                ("bn/moving_mean", &norm.moving_mean),
                ("bn/moving_var", &norm.moving_var),
            ],
        }
    }
}

impl AffineOf {
    fn map(&self) -> &Affine {
        match self {
            Self::Bias(affine) => affine,
            Self::BatchNorm(normalizer) => &normalizer.affine,
        }
    }
}

fn add_numbers(vector: &Tensor, summand: &[f64]) {
    let mut numbers = aten::numbers(vector);
    numbers.iter_mut().zip(summand).for_each(|(number, summand)| *number += summand);
    aten::write_numbers(vector, &numbers);
}
