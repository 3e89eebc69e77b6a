//! Values computed by `PyTorch` in double precision; `generate.py` beside this file made them.

use std::collections::BTreeMap;

use serde::Deserialize;
use tch::Tensor;

/// The cases of `golden.json`.
#[derive(Deserialize)]
pub struct Golden {
    pub batch_norm_of_vectors: BTreeMap<String, Values>,
    pub batch_norm_of_feature_maps: BTreeMap<String, Values>,
    pub sigmoid_mlp_without_bn: MlpCase,
    pub sigmoid_mlp_with_bn: MlpCase,
}

#[derive(Deserialize)]
pub struct MlpCase {
    pub learning_rate: Values,
    pub xs: Values,
    pub labels: Values,
    pub start: BTreeMap<String, Values>,
    pub end: BTreeMap<String, Values>,
    pub losses: Values,
    pub logits: Values,
    pub last_hidden_inputs: Values,
}

#[derive(Deserialize)]
pub struct Values {
    shape: Vec<i64>,
    values: Vec<f64>,
}

impl Values {
    pub fn tensor(&self) -> Tensor {
        Tensor::from_slice(&self.values).view(self.shape.as_slice())
    }
}

pub fn golden() -> Golden {
    serde_json::from_str(include_str!("golden.json")).expect("golden.json is whole")
}

/// Asserts that two f64 tensors agree to rounding.
#[track_caller]
pub fn assert_same(what: &str, ours: &Tensor, expected: &Tensor) {
    assert_eq!(ours.size(), expected.size(), "shape of {what}");
    let difference = (ours - expected).abs().max().double_value(&[]);
    assert!(difference < 1e-10, "{what} differs by {difference:e}");
}
