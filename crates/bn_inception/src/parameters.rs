//! What the network learns, and the statistics that BN keeps.
//!
//! All parameters lie in one vector: first the convolutions' kernels, then the matrices, then γ, β
//! and biases. So a step of SGD, L2 on the weights alone, and the conversion of all kernels to bf16
//! are a few operations each, whatever the number of layers. Named tensors are views into it. The
//! sibling convolutions of a module lie side by side, so that their kernels, and their γ and β, are
//! one tensor as well as several.

use std::collections::HashMap;

use tch::Tensor;

use crate::config::Initialization;
use crate::execution::Execution;
use crate::placement::{Declaration, Placement, Role};

/// The learned numbers of a network.
#[derive(Debug)]
pub struct Parameters {
    placement: Placement,
    /// Everything, in the master kind.
    values: Tensor,
    /// The kernels in the arithmetic's kind; the front of `values` itself if that is the same kind.
    working_kernels: Tensor,
    leaves: Vec<Leaf>,
    /// Leaves by where their numbers lie.
    by_address: HashMap<usize, usize>,
    gradient: Tensor,
}

/// A tensor that the gradient is taken of: a named one, or several side by side.
#[derive(Debug)]
struct Leaf {
    tensor: Tensor,
    /// The same range, in the same shape, of the gradient's vector.
    gradient: Tensor,
}

impl Parameters {
    pub(crate) fn new(
        declarations: Vec<Declaration>,
        initialization: &Initialization,
        seed: u64,
        execution: &Execution,
    ) -> Self {
        let placement = Placement::new(declarations);
        let values = placement.initial_values(initialization, seed, execution);
        let kernels = values.narrow(0, 0, placement.end_of(Role::Kernel));
        Self {
            working_kernels: kernels.to_kind(execution.kind()),
            gradient: values.zeros_like(),
            leaves: Vec::new(),
            by_address: HashMap::new(),
            values,
            placement,
        }
    }

    /// How many numbers there are.
    pub fn count(&self) -> i64 {
        self.values.numel() as i64
    }

    /// How many of them, from the front, are weights: L2 applies to these, and not to γ, β and
    /// biases.
    pub fn weights(&self) -> i64 {
        self.placement.end_of(Role::Matrix)
    }

    /// All of them, `[count]`, for an optimizer to change in place; [`Parameters::refresh`] must
    /// follow.
    pub fn values(&self) -> &Tensor {
        &self.values
    }

    /// Brings the convolutions' working copies up to date after the values have changed.
    pub fn refresh(&self) {
        if self.working_kernels.kind() != self.values.kind() {
            let kernels = self.values.narrow(0, 0, self.working_kernels.numel() as i64);
            self.working_kernels.shallow_clone().copy_(&kernels);
        }
    }

    /// All tensors by name, each a view of the values.
    pub fn named(&self) -> Vec<(String, Tensor)> {
        self.placement.named(&self.values)
    }

    /// Computes ∂loss/∂values; [`Parameters::gradient`] is it until the next call.
    pub fn backward(&self, loss: &Tensor) {
        let tensors: Vec<&Tensor> = self.leaves.iter().map(|leaf| &leaf.tensor).collect();
        let gradients = Tensor::run_backward(&[loss], &tensors, false, false);
        for (leaf, gradient) in self.leaves.iter().zip(gradients) {
            leaf.gradient.shallow_clone().copy_(&gradient);
        }
    }

    /// Sets the gradient of a leaf, or does nothing for a tensor that is not learned.
    pub(crate) fn set_gradient(&self, of: &Tensor, gradient: &Tensor) {
        if let Some(place) = self.gradient_of(of) {
            place.shallow_clone().copy_(gradient);
        }
    }

    /// The same, of numbers.
    pub(crate) fn set_gradient_numbers(&self, of: &Tensor, gradient: &[f64]) {
        if let Some(place) = self.gradient_of(of) {
            aten::write_numbers(place, gradient);
        }
    }

    /// A leaf's part of the gradient, in its shape.
    fn gradient_of(&self, leaf: &Tensor) -> Option<&Tensor> {
        let place = self.by_address.get(&(leaf.data_ptr() as usize))?;
        Some(&self.leaves[*place].gradient)
    }

    /// The last gradient, `[count]`, in the order of the values.
    pub fn gradient(&self) -> &Tensor {
        &self.gradient
    }

    /// The last gradient by name.
    pub fn named_gradients(&self) -> Vec<(String, Tensor)> {
        self.placement.named(&self.gradient)
    }

    /// The tensors of these names, which lie side by side, as one of which the gradient is taken.
    pub(crate) fn leaf(&mut self, names: &[String]) -> Tensor {
        let (joined, start) = self.placement.joined(names);
        let storage =
            if joined.role == Role::Kernel { &self.working_kernels } else { &self.values };
        let tensor = joined.view(storage, start).detach().set_requires_grad(true);
        let gradient = joined.view(&self.gradient, start);
        self.by_address.insert(tensor.data_ptr() as usize, self.leaves.len());
        self.leaves.push(Leaf { tensor: tensor.shallow_clone(), gradient });
        tensor
    }
}

/// The means and variances that BN normalises with at inference.
#[derive(Debug)]
pub struct MovingStatistics {
    placement: Placement,
    values: Tensor,
}

impl MovingStatistics {
    pub(crate) fn new(declarations: Vec<Declaration>, execution: &Execution) -> Self {
        let placement = Placement::new(declarations);
        let values = placement.initial_values(&Initialization::default(), 0, execution);
        Self { placement, values }
    }

    /// All of them as one vector, first the means, then the (unbiased) variances.
    pub fn values(&self) -> &Tensor {
        &self.values
    }

    /// All moving means as one vector; empty without BN.
    pub fn means(&self) -> Tensor {
        self.values.narrow(0, 0, self.placement.end_of(Role::MovingMean))
    }

    /// All moving variances (unbiased) as one vector; empty without BN.
    pub fn variances(&self) -> Tensor {
        let means = self.placement.end_of(Role::MovingMean);
        self.values.narrow(0, means, self.values.numel() as i64 - means)
    }

    /// All tensors by name, each a view of the values.
    pub fn named(&self) -> Vec<(String, Tensor)> {
        self.placement.named(&self.values)
    }

    /// The tensors of these names, which lie side by side, as one.
    pub(crate) fn view(&self, names: &[String]) -> Tensor {
        let (joined, start) = self.placement.joined(names);
        joined.view(&self.values, start)
    }
}
