//! Parity with Cadene's network, and files in its layout; `cadene.py` made the values.

use std::collections::BTreeMap;
use std::path::Path;

use bn_inception::checkpoints::Layout;
use bn_inception::{Arithmetic, BnInception};
use serde::Deserialize;
use tch::{Kind, Tensor};

use super::uniform;
use crate::{on_cpu, relative_difference};

#[derive(Deserialize)]
pub struct Golden {
    /// `[2, 1000]`.
    logits: Vec<f32>,
    /// Shapes.
    pub keys: BTreeMap<String, Vec<i64>>,
}

pub fn golden() -> Golden {
    serde_json::from_str(include_str!("cadene.json")).expect("cadene.json is whole")
}

/// What `cadene.py` fills the tensor of this key with.
fn value(key: &str, shape: &[i64]) -> Tensor {
    if key.ends_with("num_batches_tracked") {
        return Tensor::from(0_i64);
    }
    let count: i64 = shape.iter().product();
    let u = Tensor::from_slice(&uniform(key, count as usize)).view(shape);
    let ends = |endings: &[&str]| endings.iter().any(|ending| key.ends_with(ending));
    let value = if ends(&["_bn.weight", "running_var"]) {
        u * 0.5 + 1.0
    } else if ends(&["bias", "running_mean"]) {
        u * 0.25
    } else {
        u * (6.0 / (count / shape[0]) as f64).powf(0.5)
    };
    value.to_kind(Kind::Float)
}

/// The tensors of a checkpoint with seeded weights, running statistics and convolution biases.
pub fn tensors() -> Vec<(String, Tensor)> {
    let tensor = |(key, shape): (String, Vec<i64>)| (key.clone(), value(&key, &shape));
    golden().keys.into_iter().map(tensor).collect()
}

pub fn read(path: &Path) -> BnInception {
    Layout::Cadene.read(path, on_cpu(Arithmetic::F32)).expect("a whole checkpoint")
}

fn images() -> Tensor {
    let values = uniform("images", 2 * 3 * 224 * 224);
    (Tensor::from_slice(&values) * 127.5).to_kind(Kind::Float).view([2, 3, 224, 224])
}

/// The bar is 1e-3; f32 leaves less than a hundredth of it.
#[test]
fn logits_are_those_of_cadenes_network() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("cadene.safetensors");
    Tensor::write_safetensors(&tensors(), &path).expect("written");
    let network = read(&path);
    let expected = Tensor::from_slice(&golden().logits).view([2, 1000]);
    let between_images = |logits: &Tensor| logits.get(0) - logits.get(1);
    for logits in [network.infer(&images()), network.fold().logits(&images())] {
        let difference = relative_difference(&logits, &expected);
        println!("largest difference {difference:.1e} of the largest logit");
        assert!(difference < 1e-5, "{difference:e}");
        let difference = relative_difference(&between_images(&logits), &between_images(&expected));
        assert!(difference < 1e-3, "{difference:e}"); // what the pictures themselves do
    }
}

#[test]
fn a_written_checkpoint_has_cadenes_keys_and_reads_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let [theirs, ours] = ["theirs", "ours"].map(|name| folder.path().join(name));
    Tensor::write_safetensors(&tensors(), &theirs).expect("written");
    let network = read(&theirs);
    Layout::Cadene.write(&network, &ours).expect("written");
    let written = Tensor::read_safetensors(&ours).expect("safetensors");
    let shapes: BTreeMap<_, _> =
        written.iter().map(|(key, tensor)| (key.clone(), tensor.size())).collect();
    assert_eq!(shapes, golden().keys);
    let (before, after) = (network.named_tensors(), read(&ours).named_tensors());
    for ((name, before), (_, after)) in before.iter().zip(&after) {
        assert!(before.equal(after), "{name}");
    }
}
