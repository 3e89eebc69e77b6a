//! Stochastic gradient descent with momentum, over one vector of parameters.

use recipe::Sgd;
use tch::Tensor;

/// `v ← momentum · v + ∂ℓ/∂w + l2 · w`, then `w ← w − learning_rate · v`, as [`Sgd`] says.
///
/// libtorch's own optimizers cannot save their state; here it is one vector, which goes into the
/// checkpoint.
#[derive(Debug)]
pub struct MomentumSgd {
    /// v, shaped like the parameters; 0 at the start.
    pub velocity: Tensor,
    /// How many parameters, from the front, L2 applies to.
    weights: i64,
    sgd: Sgd,
}

impl MomentumSgd {
    /// For these parameters, of which the first `weights` are subject to L2.
    pub fn new(parameters: &Tensor, weights: i64, sgd: Sgd) -> Self {
        Self { velocity: parameters.zeros_like(), weights, sgd }
    }

    /// Another at the same place, which goes its own way.
    #[must_use]
    pub fn copy(&self) -> Self {
        Self { velocity: self.velocity.copy(), ..*self }
    }

    /// The step after so many, in place.
    pub fn step(&mut self, step: u64, parameters: &Tensor, gradient: &Tensor) {
        self.velocity *= self.sgd.momentum;
        self.velocity += gradient;
        let front = |tensor: &Tensor| tensor.narrow(0, 0, self.weights);
        if self.sgd.l2 != 0.0 {
            add_scaled(&front(&self.velocity), &front(parameters), self.sgd.l2);
        }
        add_scaled(parameters, &self.velocity, -self.sgd.learning_rate_at(step));
    }
}

/// `x ← x + factor · y` in one pass over memory.
fn add_scaled(x: &Tensor, y: &Tensor, factor: f64) {
    let factor = Tensor::from(factor).to_kind(x.kind()).to_device(x.device());
    let _ = x.shallow_clone().addcmul_(y, &factor);
}
