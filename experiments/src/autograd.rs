//! The network of §4.1 by autograd, for variations whose gradient is not that of Algorithm 1.

use recipe::SigmoidMlpConfig;
use tch::{Kind, Tensor};
use training::Learner;

/// The network of Figure 1 of these parameters (see [`sigmoid::initial_parameters`](crate::sigmoid::initial_parameters)),
/// BN by the statistics of these images `[m, 784]`: the inputs of the last hidden layer's sigmoids, `[m, units]`, and the
/// logits. Without γ and β, a layer's BN is x̂. `change` is what happens to the input of a layer's sigmoids.
pub fn forward(
    config: &SigmoidMlpConfig,
    parameters: &[Tensor],
    images: &Tensor,
    mut change: impl FnMut(usize, Tensor) -> Tensor,
) -> (Tensor, Tensor) {
    let (hidden, output) = parameters.split_at(parameters.len() - 2);
    let (mut u, mut input) = (images.shallow_clone(), images.shallow_clone());
    for (layer, own) in hidden.chunks_exact(hidden.len() / config.hidden_layers).enumerate() {
        let product = u.mm(&own[0].tr());
        let x_hat = || {
            let mean = product.mean_dim(0, true, None);
            let variance = product.var_dim(0, false, true);
            (&product - mean) / (variance + config.batch_norm.epsilon).sqrt()
        };
        let normalized = match &own[1..] {
            [] => x_hat(),
            [gamma, beta] => x_hat() * gamma + beta,
            bias => &product + &bias[0],
        };
        input = change(layer, normalized);
        u = input.sigmoid();
    }
    (input, u.mm(&output[0].tr()) + &output[1])
}

/// The inputs of each hidden layer's sigmoids, `[m, units]`, and the logits.
pub fn inputs(
    config: &SigmoidMlpConfig,
    parameters: &[Tensor],
    images: &Tensor,
) -> (Vec<Tensor>, Tensor) {
    let mut inputs = Vec::with_capacity(config.hidden_layers);
    let keep = |_, input: Tensor| {
        inputs.push(input.shallow_clone());
        input
    };
    let (_, logits) = forward(config, parameters, images, keep);
    (inputs, logits)
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
