//! The network of §4.1 by autograd, for variations whose gradient is not that of Algorithm 1.

use recipe::SigmoidMlpConfig;
use streams::Stream;
use tch::{Kind, Tensor};
use training::Learner;

/// The initial weights of `model::SigmoidMlp` for the same seed, `[units, inputs]` each, f32; the last are the
/// output layer's.
pub fn weights(config: &SigmoidMlpConfig, seed: u64) -> Vec<Tensor> {
    let mut stream = Stream::new(seed, "weights");
    let mut sizes = vec![config.inputs];
    sizes.extend(vec![config.hidden_units; config.hidden_layers]);
    sizes.push(config.classes);
    let mut weight = |inputs: i64, outputs: i64| {
        let draws = stream.gaussian(config.init_std, (outputs * inputs) as usize);
        Tensor::from_slice(&draws).view([outputs, inputs]).to_kind(Kind::Float)
    };
    sizes.windows(2).map(|pair| weight(pair[0], pair[1])).collect()
}

/// Parameters that descend by plain SGD along whatever loss.
pub struct Autograd<'a, Batch> {
    /// All of them.
    pub parameters: Vec<Tensor>,
    /// From which parameter on their norm tells of an overflow; the loss always does.
    pub watched: usize,
    learning_rate: f64,
    loss: Loss<'a, Batch>,
    /// Of the last mini-batch, before its step.
    pub last_loss: f64,
}

/// The loss of a mini-batch at these parameters, in the step after so many.
pub type Loss<'a, Batch> = Box<dyn Fn(&[Tensor], &Batch, u64) -> Tensor + 'a>;

impl<'a, Batch> Autograd<'a, Batch> {
    /// Parameters at their initial values, whose norms nobody watches.
    pub fn new(parameters: Vec<Tensor>, learning_rate: f64, loss: Loss<'a, Batch>) -> Self {
        Self { watched: parameters.len(), parameters, learning_rate, loss, last_loss: 0.0 }
    }

    /// The Euclidean norm of all watched parameters together.
    pub fn watched_norm(&self) -> f64 {
        let square = |tensor: &Tensor| tensor.square().sum(Kind::Double).double_value(&[]);
        self.parameters[self.watched..].iter().map(square).sum::<f64>().sqrt()
    }
}

impl<Batch> Learner for Autograd<'_, Batch> {
    type Batch = Batch;

    fn named_tensors(&self) -> Vec<(String, Tensor)> {
        let named = |(number, tensor): (usize, &Tensor)| {
            (format!("parameter{number}"), tensor.shallow_clone())
        };
        self.parameters.iter().enumerate().map(named).collect()
    }

    fn sgd_step(&mut self, step: u64, batch: Batch) {
        let leaf = |parameter: &Tensor| parameter.detach().set_requires_grad(true);
        let leaves: Vec<Tensor> = self.parameters.iter().map(leaf).collect();
        let loss = tch::with_grad(|| (self.loss)(&leaves, &batch, step));
        let gradients = Tensor::run_backward(&[&loss], &leaves, false, false);
        for (parameter, gradient) in self.parameters.iter_mut().zip(gradients) {
            *parameter -= gradient * self.learning_rate;
        }
        self.last_loss = loss.double_value(&[]);
    }

    fn has_overflowed(&self) -> bool {
        !(self.last_loss.is_finite() && self.watched_norm().is_finite())
    }
}
