//! Every switch of the network against `reference.py`: forward, gradients, three steps of SGD.

use std::collections::BTreeMap;

use bn_inception::config::{
    Activation, AuxiliaryClassifiers, Normalization, Padding, PoolProjection, Stem,
};
use bn_inception::{Arithmetic, BnInception, BnInceptionConfig};
use model::BatchNormConfig;
use recipe::Sgd;
use serde_json::Value;
use streams::Stream;
use tch::{Device, Kind, Tensor};
use training::MomentumSgd;

use crate::golden::{uniform, value};
use crate::{disturb, on_cpu};

fn golden() -> Value {
    serde_json::from_str(include_str!("network.json")).expect("network.json is whole")
}

/// A case's switches, by their names in Rust.
fn config(case: &Value) -> BnInceptionConfig {
    let options = &case["options"];
    let text = |key: &str| options[key].as_str().expect("text").to_owned();
    let is_on = |key: &str| options[key].as_bool().expect("yes or no");
    BnInceptionConfig {
        classes: options["classes"].as_i64().expect("a number"),
        image_side: case["side"].as_i64().expect("a number"),
        stem: match text("stem").as_str() {
            "Full" => Stem::Full,
            "Separable" => Stem::Separable,
            _ => Stem::SmallImage,
        },
        width: options["width"].as_f64().expect("a number"),
        pool_projection: match text("pool_projection").as_str() {
            "Printed128" => PoolProjection::Printed128,
            _ => PoolProjection::Consistent96,
        },
        padding: match text("padding").as_str() {
            "Symmetric" => Padding::Symmetric,
            _ => Padding::Same,
        },
        normalization: match text("normalization").as_str() {
            "None" => Normalization::None,
            "Batch" => Normalization::Batch,
            _ => Normalization::BatchPerActivationInLast,
        },
        batch_norm: BatchNormConfig { epsilon: 1e-3, moving_average_decay: 0.9 },
        learn_gamma: is_on("learn_gamma"),
        activation: match text("activation").as_str() {
            "Relu" => Activation::Relu,
            _ => Activation::Sigmoid,
        },
        local_response_norm: is_on("local_response_norm"),
        auxiliary_classifiers: is_on("auxiliary_classifiers")
            .then_some(AuxiliaryClassifiers { dropout: 0.0, loss_weight: 0.3 }),
        ..BnInceptionConfig::default()
    }
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().expect("a list").iter().map(|x| x.as_f64().expect("a number")).collect()
}

#[track_caller]
fn assert_close(what: &str, ours: &[f64], expected: &[f64]) {
    assert_eq!(ours.len(), expected.len(), "{what}");
    let scale = expected.iter().fold(1.0_f64, |scale, x| scale.max(x.abs()));
    for (ours, expected) in ours.iter().zip(expected) {
        let difference = (ours - expected).abs() / scale;
        assert!(difference < 1e-9, "{what}: {ours} instead of {expected}");
    }
}

fn flat(x: &Tensor) -> Vec<f64> {
    Vec::try_from(x.flatten(0, -1)).expect("f64")
}

/// Sum, and scalar product with `uniform` of the name.
fn digest(name: &str, tensor: &Tensor) -> Vec<f64> {
    let flat = tensor.contiguous().flatten(0, -1);
    let weights = Tensor::from_slice(&uniform(name, flat.numel()));
    [flat.sum(Kind::Double), flat.dot(&weights)].map(|x| x.double_value(&[])).to_vec()
}

#[track_caller]
fn assert_digests<Name: AsRef<str>>(
    what: &str,
    ours: impl IntoIterator<Item = (Name, Tensor)>,
    expected: &Value,
) {
    let expected = expected.as_object().expect("names");
    let mut names = 0;
    for (name, tensor) in ours {
        let name = name.as_ref();
        assert_close(
            &format!("{what} of {name}"),
            &digest(name, &tensor),
            &numbers(&expected[name]),
        );
        names += 1;
    }
    assert_eq!(names, expected.len(), "number of {what}");
}

fn check(name: &str) {
    let golden = golden();
    let case = &golden["cases"][name];
    let config = config(case);
    let network =
        BnInception::new(config.clone(), 0, on_cpu(Arithmetic::F64)).expect("a good configuration");
    disturb(&network);
    let n = golden["images"].as_i64().expect("a number");
    let images = value("images", &[n, 3, config.image_side, config.image_side]);
    assert_digests("output", network.module_outputs(&images), &case["modules"]);
    let labels = Tensor::arange(n, (Kind::Int64, Device::Cpu)).remainder(config.classes);
    train(&network, &images, &labels, &golden, case);
    assert_close("inference", &flat(&network.infer(&images)), &numbers(&case["inference"]));
    assert_close("folded", &flat(&network.fold().logits(&images)), &numbers(&case["inference"]));
}

fn train(network: &BnInception, images: &Tensor, labels: &Tensor, golden: &Value, case: &Value) {
    let rate = |key: &str| golden[key].as_f64().expect("a number");
    let parameters = network.parameters();
    let sgd =
        Sgd { momentum: rate("momentum"), l2: rate("l2"), ..Sgd::plain(rate("learning_rate")) };
    let mut sgd = MomentumSgd::new(parameters.values(), parameters.weights(), sgd);
    let mut draws = Stream::new(0, "dropout");
    let before = network.statistics().values().copy();
    let logits = network.forward(images, &mut draws).main;
    assert_close("logits", &flat(&logits), &numbers(&case["logits"]));
    network.statistics().values().shallow_clone().copy_(&before);
    for (step, expected) in (0..).zip(&numbers(&case["losses"])) {
        let loss = network.loss(images, labels, &mut draws);
        assert_close("loss", &[loss.double_value(&[])], &[*expected]);
        parameters.backward(&loss);
        if step == 0 {
            assert_digests("gradient", parameters.named_gradients(), &case["gradients"]);
        }
        sgd.step(step, parameters.values(), parameters.gradient());
        parameters.refresh();
    }
    assert_digests("value", parameters.named(), &case["parameters"]);
    assert_digests("statistics", network.statistics().named(), &case["statistics"]);
}

#[test]
fn as_printed() {
    check("as printed");
}

#[test]
fn inception_without_bn() {
    check("inception");
}

#[test]
fn bn_baseline() {
    check("baseline");
}

#[test]
fn sigmoids() {
    check("sigmoid");
}

#[test]
fn tf_slim_choices() {
    check("tf-slim");
}

#[test]
fn full_stem() {
    check("full stem");
}

#[test]
fn bn_per_activation() {
    check("per activation");
}

#[test]
fn every_case_is_checked() {
    let golden = golden();
    let cases: BTreeMap<_, _> = golden["cases"].as_object().expect("cases").iter().collect();
    assert_eq!(cases.len(), 7);
}
