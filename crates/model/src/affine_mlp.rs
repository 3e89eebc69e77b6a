//! The sigmoid network at inference (§3.1): linear layers and sigmoids are left.

use aten::normalize::{self, Affine};
use tch::Tensor;

use crate::{fits, maps};

/// The network at inference: BN has become an affine map per unit (§3.1), which is folded into the weights of all layers but
/// the first.
#[derive(Debug)]
pub struct AffineSigmoidMlp {
    pub(crate) first: Affine,
    pub(crate) hidden: Vec<Linear>,
    pub(crate) output: Linear,
}

/// `W u` of the first hidden layer for a set of images, in parts: the same whatever the statistics are.
#[derive(Debug)]
pub struct FirstProducts(pub(crate) Vec<Tensor>);

/// What the network makes of a set of images.
#[derive(Debug)]
pub struct Inference {
    /// Inputs of the last hidden layer's sigmoids, `[units, n]`: one row per unit.
    pub last_hidden_inputs: Tensor,
    /// `[n, classes]`.
    pub logits: Tensor,
}

impl AffineSigmoidMlp {
    /// Classifies images, given what the first layer of the network in training makes of them.
    pub fn infer(&self, images: &FirstProducts) -> Inference {
        let (last_hidden_inputs, logits): (Vec<_>, Vec<_>) =
            images.0.iter().map(|product| self.infer_part(product)).unzip();
        Inference {
            last_hidden_inputs: Tensor::cat(&last_hidden_inputs, 1),
            logits: Tensor::cat(&logits, 0),
        }
    }

    fn infer_part(&self, product: &Tensor) -> (Tensor, Tensor) {
        let mut input = product.empty_like();
        fits(normalize::forward(&maps(product), &self.first, false, &maps(&input)));
        for linear in &self.hidden {
            let _ = input.sigmoid_();
            input = linear.apply(&input);
        }
        let logits = self.output.apply(&input.sigmoid());
        (input.tr(), logits)
    }
}

/// `W u + b`, with W `[outputs, inputs]`.
#[derive(Debug)]
pub(crate) struct Linear {
    pub weight: Tensor,
    pub bias: Tensor,
}

impl Linear {
    pub fn unbiased(weight: Tensor) -> Self {
        let bias = Tensor::zeros([weight.size()[0]], (weight.kind(), weight.device()));
        Self { weight, bias }
    }

    pub fn apply(&self, input: &Tensor) -> Tensor {
        self.bias.addmm(input, &self.weight.tr())
    }

    /// A step of SGD, given −η ∂ℓ/∂(Wu + b).
    pub fn descend(&mut self, input: &Tensor, d: &Tensor) {
        let _ = self.weight.addmm_(&d.tr(), input);
        self.bias += d.sum_dim_intlist(0, false, d.kind());
    }

    pub fn copy(&self) -> Self {
        Self { weight: self.weight.copy(), bias: self.bias.copy() }
    }
}
