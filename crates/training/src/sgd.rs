//! Stochastic gradient descent with momentum, over one vector of parameters.

use aten::momentum::{self, Factors};
use recipe::Sgd;
use tch::{Device, Tensor};

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
        if parameters.device() == Device::Cpu {
            return self.step_in_one_pass(step, parameters, gradient);
        }
        self.velocity *= self.sgd.momentum;
        self.velocity += gradient;
        let front = |tensor: &Tensor| tensor.narrow(0, 0, self.weights);
        if self.sgd.l2 != 0.0 {
            add_scaled(&front(&self.velocity), &front(parameters), self.sgd.l2);
        }
        add_scaled(parameters, &self.velocity, -self.sgd.learning_rate_at(step));
    }

    /// The same on the processor: first the parameters that L2 is for, then the others.
    fn step_in_one_pass(&mut self, step: u64, parameters: &Tensor, gradient: &Tensor) {
        let Sgd { momentum, l2, .. } = self.sgd;
        let rate = self.sgd.learning_rate_at(step);
        let others = parameters.numel() as i64 - self.weights;
        for (start, count, l2) in [(0, self.weights, l2), (self.weights, others, 0.0)] {
            let part = |tensor: &Tensor| tensor.narrow(0, start, count);
            let factors = Factors { momentum, l2, rate };
            momentum::step(&part(&self.velocity), &part(parameters), &part(gradient), factors)
                .expect("three vectors of one kind and length");
        }
    }
}

/// `x ← x + factor · y` in one pass over memory.
fn add_scaled(x: &Tensor, y: &Tensor, factor: f64) {
    let factor = Tensor::from(factor).to_kind(x.kind()).to_device(x.device());
    let _ = x.shallow_clone().addcmul_(y, &factor);
}
