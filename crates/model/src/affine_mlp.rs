//! The sigmoid network at inference (§3.1): linear layers and sigmoids are left.

use tch::Tensor;

use crate::binary_images::BinaryImages;

/// The network at inference: BN has become an affine map per unit, and is folded into the weights
/// (§3.1).
#[derive(Debug)]
pub struct AffineSigmoidMlp {
    pub(crate) hidden: Vec<Linear>,
    pub(crate) output: Linear,
}

/// What the network makes of a set of images.
#[derive(Debug)]
pub struct Inference {
    /// Inputs of the last hidden layer's sigmoids, `[units, n]`: one row per unit.
    pub last_hidden_inputs: Tensor,
    /// `[n, classes]`.
    pub logits: Tensor,
}

impl AffineSigmoidMlp {
    /// Classifies images. They may come in any number of parts; parts of some hundreds keep their
    /// activations in the processor's cache.
    pub fn infer(&self, images: &[BinaryImages]) -> Inference {
        let (last_hidden_inputs, logits): (Vec<_>, Vec<_>) =
            images.iter().map(|part| self.infer_part(part)).unzip();
        Inference {
            last_hidden_inputs: Tensor::cat(&last_hidden_inputs, 1),
            logits: Tensor::cat(&logits, 0),
        }
    }

    fn infer_part(&self, images: &BinaryImages) -> (Tensor, Tensor) {
        let (first, others) = self.hidden.split_first().expect("at least one hidden layer");
        let mut input = images.times(&first.weight) + &first.bias;
        for linear in others {
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
        self.bias += sum_over_examples(d);
    }

    pub fn copy(&self) -> Self {
        Self { weight: self.weight.copy(), bias: self.bias.copy() }
    }
}

pub(crate) fn sum_over_examples(d: &Tensor) -> Tensor {
    d.sum_dim_intlist(0, false, d.kind())
}
