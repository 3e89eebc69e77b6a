//! The network in training, and folded for inference.

use streams::Stream;
use tch::{Device, Reduction, Tensor};

use crate::auxiliary::AuxiliaryClassifier;
use crate::build::{self, Parts};
use crate::config::{BnInceptionConfig, ConfigError};
use crate::dropout::dropout;
use crate::execution::Execution;
use crate::linear::Linear;
use crate::parameters::{MovingStatistics, Parameters};
use crate::plan::Plan;
use crate::step;
use crate::trunk::Trunk;
use crate::unit::{Pass, channels_last};

/// BN-Inception in training. Images are `[n, 3, side, side]`, of any floating kind, on any device.
#[derive(Debug)]
pub struct BnInception {
    config: BnInceptionConfig,
    plan: Plan,
    execution: Execution,
    parameters: Parameters,
    statistics: MovingStatistics,
    trunk: Trunk,
    linear: Linear,
    auxiliaries: Vec<AuxiliaryClassifier>,
}

/// The logits of a training pass.
#[derive(Debug)]
pub struct Logits {
    /// Of the network, `[n, classes]`.
    pub main: Tensor,
    /// Of its auxiliary classifiers, `[n, classes]` each; none by default.
    pub auxiliary: Vec<Tensor>,
}

impl BnInception {
    /// A network with the initial weights of this seed, the same on every device and in every
    /// arithmetic but for rounding.
    ///
    /// # Errors
    /// If the configuration describes no network.
    pub fn new(
        config: BnInceptionConfig,
        seed: u64,
        execution: Execution,
    ) -> Result<Self, ConfigError> {
        config.check()?;
        let plan = Plan::new(&config);
        let Parts { parameters, statistics, trunk, linear, auxiliaries } =
            build::parts(&plan, &config, seed, &execution);
        Ok(Self { config, plan, execution, parameters, statistics, trunk, linear, auxiliaries })
    }

    /// Its switches.
    pub fn config(&self) -> &BnInceptionConfig {
        &self.config
    }

    /// Its structure.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// What it learns.
    pub fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    /// BN's moving averages.
    pub fn statistics(&self) -> &MovingStatistics {
        &self.statistics
    }

    /// Parameters and moving averages by name, each a view, in alphabetical order: what a checkpoint
    /// holds. After values were written into them, [`Parameters::refresh`] must follow.
    pub fn named_tensors(&self) -> Vec<(String, Tensor)> {
        let mut named = self.parameters.named();
        named.extend(self.statistics.named());
        named.sort_by(|(a, _), (b, _)| a.cmp(b));
        named
    }

    /// A pass in training: BN by the mini-batch's statistics (Algorithm 1), which its moving
    /// averages follow; Dropout and noise by `draws`.
    pub fn forward(&self, images: &Tensor, draws: &mut Stream) -> Logits {
        tch::with_grad(|| self.forward_with_gradient(images, draws))
    }

    fn training_pass(&self, draws: &mut Stream) -> Pass {
        let share = 1.0 - self.config.batch_norm.moving_average_decay;
        Pass::Training { share, noise: self.config.noise.map(|_| draws.seed()) }
    }

    fn forward_with_gradient(&self, images: &Tensor, draws: &mut Stream) -> Logits {
        let pass = self.training_pass(draws);
        let mut auxiliary = Vec::new();
        let features = self.trunk.forward(&self.prepare(images), pass, |module, x| {
            let of_module = |classifier: &&AuxiliaryClassifier| classifier.module == module;
            if let Some(classifier) = self.auxiliaries.iter().find(of_module) {
                auxiliary.push(classifier.forward(x, pass, draws));
            }
        });
        let pooled = self.linear.pool(&features);
        Logits {
            main: self.linear.forward(&dropout(&pooled, self.config.dropout, draws)),
            auxiliary,
        }
    }

    /// The mean cross-entropy (nats) of a mini-batch; auxiliary classifiers count by their weight.
    /// `labels` are `[n]`, i64. [`Parameters::backward`] takes its gradient.
    pub fn loss(&self, images: &Tensor, labels: &Tensor, draws: &mut Stream) -> Tensor {
        tch::with_grad(|| self.loss_with_gradient(images, labels, draws))
    }

    fn loss_with_gradient(&self, images: &Tensor, labels: &Tensor, draws: &mut Stream) -> Tensor {
        self.loss_of(&self.forward(images, draws), labels)
    }

    fn loss_of(&self, logits: &Logits, labels: &Tensor) -> Tensor {
        let labels = labels.to_device(self.execution.device);
        let loss_of = |logits: &Tensor| {
            logits.cross_entropy_loss::<Tensor>(&labels, None, Reduction::Mean, -100, 0.0)
        };
        let weight = self.config.auxiliary_classifiers.unwrap_or_default().loss_weight;
        let auxiliary = logits.auxiliary.iter().map(|logits| loss_of(logits) * weight);
        auxiliary.fold(loss_of(&logits.main), |sum, loss| sum + loss)
    }

    /// The same loss, and its gradient for [`Parameters::gradient`], by a step that is written out: forward
    /// and backward in few passes over memory. On a GPU autograd takes the gradient.
    pub fn gradient(&self, images: &Tensor, labels: &Tensor, draws: &mut Stream) -> Tensor {
        if self.execution.device != Device::Cpu {
            let loss = self.loss(images, labels, draws);
            self.parameters.backward(&loss);
            return loss.detach();
        }
        tch::no_grad(|| self.gradient_written_out(images, labels, draws))
    }

    fn gradient_written_out(&self, images: &Tensor, labels: &Tensor, draws: &mut Stream) -> Tensor {
        let pass = self.training_pass(draws);
        let (features, trace) = step::forward(&self.trunk, &self.prepare(images), pass);
        let hung_on = trace.outputs_of(self.auxiliaries.iter().map(|classifier| classifier.module));
        let pooled = leaf(&self.linear.pool(&features));
        let (loss, hung_on) = tch::with_grad(|| {
            let hung_on: Vec<Tensor> = hung_on.iter().map(leaf).collect();
            let classifiers = self.auxiliaries.iter().zip(&hung_on);
            let auxiliary = classifiers.map(|(classifier, x)| classifier.forward(x, pass, draws));
            let auxiliary = auxiliary.collect();
            let main = self.linear.forward(&dropout(&pooled, self.config.dropout, draws));
            (self.loss_of(&Logits { main, auxiliary }, labels), hung_on)
        });
        let mut gradients = self.gradients_of_heads(&loss, &pooled, &hung_on);
        let of_modules = self.auxiliaries.iter().map(|classifier| classifier.module);
        let of_modules = of_modules.zip(gradients.split_off(1)).collect();
        let of_features = spread(&gradients[0], &features);
        step::backward(&self.trunk, trace, of_features, of_modules, &self.parameters);
        loss.detach()
    }

    /// ∂ℓ/∂ of the pooled features and of what the auxiliary classifiers read; what the heads learn gets
    /// its gradient.
    fn gradients_of_heads(
        &self,
        loss: &Tensor,
        pooled: &Tensor,
        hung_on: &[Tensor],
    ) -> Vec<Tensor> {
        let mut learned = self.linear.learned();
        learned.extend(self.auxiliaries.iter().flat_map(AuxiliaryClassifier::learned));
        let read = std::iter::once(pooled).chain(hung_on);
        let all: Vec<&Tensor> = read.chain(learned.iter().copied()).collect();
        let mut gradients = Tensor::run_backward(&[loss], &all, false, false);
        let of_learned = gradients.split_off(1 + hung_on.len());
        for (tensor, gradient) in learned.into_iter().zip(&of_learned) {
            self.parameters.set_gradient(tensor, gradient);
        }
        gradients
    }

    /// Logits `[n, classes]` by the moving averages, with BN as a layer of its own; for many images
    /// [`BnInception::fold`] is faster.
    pub fn infer(&self, images: &Tensor) -> Tensor {
        tch::no_grad(|| {
            let x = self.trunk.forward(&self.prepare(images), Pass::Inference, |_, _| {});
            self.linear.forward(&self.linear.pool(&x))
        })
    }

    /// Logits `[n, classes]` with BN by these very images' statistics, as in training; changes nothing.
    pub fn infer_by_mini_batch(&self, images: &Tensor) -> Tensor {
        tch::no_grad(|| {
            let pass = Pass::Training { share: 0.0, noise: None };
            let x = self.trunk.forward(&self.prepare(images), pass, |_, _| {});
            self.linear.forward(&self.linear.pool(&x))
        })
    }

    /// The outputs of modules 3a to 5b, `[n, channels, grid, grid]`, in a pass with BN by the
    /// mini-batch's statistics that changes nothing.
    pub fn module_outputs(&self, images: &Tensor) -> Vec<(&'static str, Tensor)> {
        let mut outputs = Vec::new();
        let tap = |module, x: &Tensor| outputs.push((module, x.shallow_clone()));
        let pass = Pass::Training { share: 0.0, noise: None };
        let _ = tch::no_grad(|| self.trunk.forward(&self.prepare(images), pass, tap));
        outputs
    }

    /// What modules 3a to 5b read at inference by the moving averages, `[n, channels, grid, grid]`, with their
    /// names.
    pub fn module_inputs(&self, images: &Tensor) -> Vec<(&'static str, Tensor)> {
        tch::no_grad(|| self.trunk.module_inputs(&self.prepare(images), Pass::Inference))
    }

    /// A module at inference by the moving averages, from its input to its output; autograd follows it where
    /// it is asked to.
    ///
    /// # Panics
    /// If there is no module of this name.
    pub fn module(&self, name: &str, input: &Tensor) -> Tensor {
        let module = self.trunk.module(name).unwrap_or_else(|| panic!("no module {name}"));
        module.forward(input, Pass::Inference)
    }

    /// What the nonlinearities of a module's 1×1 convolutions that read its input see of it, at inference by the moving averages:
    /// BN(Wu) or Wu + b, `[n, channels, grid, grid]`.
    ///
    /// # Panics
    /// If there is no module of this name.
    pub fn before_nonlinearities(&self, name: &str, input: &Tensor) -> Tensor {
        let module = self.trunk.module(name).unwrap_or_else(|| panic!("no module {name}"));
        let inputs = tch::no_grad(|| module.siblings.before_nonlinearity(input, Pass::Inference));
        Tensor::cat(&inputs, 1)
    }

    /// Algorithm 2, step 10: replaces the moving averages by the population's statistics, the mean
    /// over these training mini-batches of μ and of the unbiased variance.
    pub fn estimate_population(&self, mini_batches: impl IntoIterator<Item = Tensor>) {
        for (images, k) in mini_batches.into_iter().zip(1_u32..) {
            let pass = Pass::Training { share: 1.0 / f64::from(k), noise: None };
            let _ = tch::no_grad(|| self.trunk.forward(&self.prepare(&images), pass, |_, _| {}));
        }
    }

    /// Algorithm 2, step 11: the network at inference, each BN folded into its convolution. A copy,
    /// which further training does not change.
    pub fn fold(&self) -> FoldedBnInception {
        tch::no_grad(|| FoldedBnInception {
            execution: self.execution,
            trunk: self.trunk.fold(),
            linear: self.linear.snapshot(),
        })
    }

    fn prepare(&self, images: &Tensor) -> Tensor {
        prepare(images, &self.execution)
    }
}

/// BN-Inception at inference (Algorithm 2): convolutions, nonlinearities and pooling are left.
#[derive(Debug)]
pub struct FoldedBnInception {
    execution: Execution,
    trunk: Trunk,
    linear: Linear,
}

impl FoldedBnInception {
    /// Logits, `[n, classes]`, of images `[n, 3, side, side]`.
    pub fn logits(&self, images: &Tensor) -> Tensor {
        tch::no_grad(|| {
            let x = prepare(images, &self.execution);
            let features = self.trunk.forward(&x, Pass::Inference, |_, _| {});
            self.linear.forward(&self.linear.pool(&features))
        })
    }

    /// Probabilities, `[n, classes]`: the softmax of the logits.
    pub fn probabilities(&self, images: &Tensor) -> Tensor {
        self.logits(images).softmax(-1, None)
    }
}

/// The same numbers, of which autograd takes the gradient.
fn leaf(x: &Tensor) -> Tensor {
    x.detach().set_requires_grad(true)
}

/// ∂ℓ/∂ of feature maps from that of their means.
fn spread(of_means: &Tensor, maps: &Tensor) -> Tensor {
    let [_, _, height, width] = maps.size()[..] else { unreachable!("feature maps") };
    let share = (of_means / (height * width) as f64).to_kind(maps.kind());
    channels_last(&share.unsqueeze(-1).unsqueeze(-1).expand_as(maps))
}

fn prepare(images: &Tensor, execution: &Execution) -> Tensor {
    channels_last(&images.to_device(execution.device).to_kind(execution.kind()))
}
