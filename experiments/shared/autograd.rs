//! The network of §4.1 by autograd, for variations whose gradient is not that of Algorithm 1.

use streams::Stream;
use tch::{Kind, Tensor};

use crate::sigmoid_network::PAPER;

/// Of the network of §4.1.
pub const HIDDEN_LAYERS: usize = 3;

/// The initial weights of `model::SigmoidMlp` for the same seed, `[units, inputs]` each, f32; the last are the
/// output layer's.
pub fn weights(seed: u64, init_std: f64) -> Vec<Tensor> {
    let mut stream = Stream::new(seed, "weights");
    let units = PAPER.hidden_units;
    let mut sizes = vec![data::Mnist::PIXELS as i64];
    sizes.extend([units; HIDDEN_LAYERS]);
    sizes.push(data::Mnist::CLASSES as i64);
    let mut weight = |inputs: i64, outputs: i64| {
        let draws = stream.gaussian(init_std, (outputs * inputs) as usize);
        Tensor::from_slice(&draws).view([outputs, inputs]).to_kind(Kind::Float)
    };
    sizes.windows(2).map(|pair| weight(pair[0], pair[1])).collect()
}

/// A step of plain SGD; returns the loss before it.
pub fn sgd_step(
    parameters: &mut [Tensor],
    learning_rate: f64,
    loss: impl Fn(&[Tensor]) -> Tensor,
) -> f64 {
    let leaves: Vec<Tensor> =
        parameters.iter().map(|parameter| parameter.detach().set_requires_grad(true)).collect();
    let loss = tch::with_grad(|| loss(&leaves));
    let gradients = Tensor::run_backward(&[&loss], &leaves, false, false);
    for (parameter, gradient) in parameters.iter_mut().zip(gradients) {
        *parameter -= gradient * learning_rate;
    }
    loss.double_value(&[])
}

/// The Euclidean norm of all of them together.
pub fn norm(tensors: &[Tensor]) -> f64 {
    let squares = tensors.iter().map(|tensor| tensor.square().sum(Kind::Double).double_value(&[]));
    squares.sum::<f64>().sqrt()
}
