//! Stochastic gradient descent with momentum, over one vector of parameters.

use tch::Tensor;

/// `v ← momentum · v + ∂ℓ/∂w + l2 · w`, then `w ← w − learning_rate · v`.
///
/// libtorch's own optimizers cannot save their state; here it is one vector, which goes into the
/// checkpoint.
#[derive(Debug)]
pub struct MomentumSgd {
    /// v, shaped like the parameters; 0 at the start.
    pub velocity: Tensor,
    /// The share of v that a step keeps.
    pub momentum: f64,
    /// How many parameters, from the front, L2 applies to.
    pub weights: i64,
}

impl MomentumSgd {
    /// For these parameters, of which the first `weights` are subject to L2.
    pub fn new(parameters: &Tensor, weights: i64, momentum: f64) -> Self {
        Self { velocity: parameters.zeros_like(), momentum, weights }
    }

    /// One step, in place.
    pub fn step(&mut self, parameters: &Tensor, gradient: &Tensor, learning_rate: f64, l2: f64) {
        self.velocity *= self.momentum;
        self.velocity += gradient;
        let front = |tensor: &Tensor| tensor.narrow(0, 0, self.weights);
        if l2 != 0.0 {
            add_scaled(&front(&self.velocity), &front(parameters), l2);
        }
        add_scaled(parameters, &self.velocity, -learning_rate);
    }
}

/// `x ← x + factor · y` in one pass over memory.
fn add_scaled(x: &Tensor, y: &Tensor, factor: f64) {
    let factor = Tensor::from(factor).to_kind(x.kind()).to_device(x.device());
    let _ = x.shallow_clone().addcmul_(y, &factor);
}
