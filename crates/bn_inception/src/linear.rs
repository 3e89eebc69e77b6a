//! The linear layer before the softmax.

use tch::Tensor;

/// `x Wᵀ + b`, in the parameters' own kind, so that logits keep their digits.
#[derive(Debug)]
pub(crate) struct Linear {
    /// `[classes, features]`.
    pub weights: Tensor,
    /// `[classes]`.
    pub biases: Tensor,
}

impl Linear {
    /// `[n, features]` to `[n, classes]`.
    pub fn forward(&self, x: &Tensor) -> Tensor {
        x.to_kind(self.weights.kind()).linear(&self.weights, Some(&self.biases))
    }

    /// The mean of each feature map: `[n, features, height, width]` to `[n, features]`.
    pub fn pool(&self, x: &Tensor) -> Tensor {
        x.mean_dim([2, 3].as_slice(), false, self.weights.kind())
    }

    /// What it learns.
    pub fn learned(&self) -> Vec<&Tensor> {
        vec![&self.weights, &self.biases]
    }

    /// A copy that no optimizer changes.
    pub fn snapshot(&self) -> Self {
        Self { weights: self.weights.detach().copy(), biases: self.biases.detach().copy() }
    }
}
