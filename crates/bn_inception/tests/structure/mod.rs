//! Shapes, names, counts: Figure 5.

use std::collections::BTreeSet;

use bn_inception::config::{AuxiliaryClassifiers, Normalization, Padding, PoolProjection, Stem};
use bn_inception::plan::{Convolution, Layer, Module};
use bn_inception::{Arithmetic, BnInception, BnInceptionConfig, Plan};

use recipe::SingleNetwork;

use crate::{ROWS, noise, on_cpu, row, small};

fn build(config: BnInceptionConfig) -> BnInception {
    BnInception::new(config, 0, on_cpu(Arithmetic::F32)).expect("a good configuration")
}

fn count(config: BnInceptionConfig) -> i64 {
    build(config).parameters().count()
}

#[test]
fn parameters_are_counted_as_in_public_implementations() {
    let printed = BnInceptionConfig::default();
    assert_eq!(count(printed.clone()), 11_285_224);
    let biases: i64 = Plan::new(&printed).convolutions().map(|c| c.outputs).sum();
    assert_eq!(count(printed.clone()) + biases, 11_295_240); // Cadene keeps biases before BN
    let consistent = BnInceptionConfig { pool_projection: PoolProjection::Consistent96, ..printed };
    assert_eq!(count(consistent.clone()), 11_194_984);
    let separable = BnInceptionConfig { stem: Stem::Separable, ..consistent };
    assert_eq!(count(separable.clone()), 11_188_288);
    let slim = BnInceptionConfig { learn_gamma: false, padding: Padding::Same, ..separable };
    assert_eq!(count(slim), 11_178_336);
}

#[test]
fn inception_has_biases_in_place_of_gamma_and_beta() {
    let convolutions: i64 =
        Plan::new(&BnInceptionConfig::default()).convolutions().map(|c| c.outputs).sum();
    assert_eq!(count(row(SingleNetwork::Inception)), 11_285_224 - convolutions);
}

#[test]
fn the_plan_counts_what_the_network_holds() {
    for name in ROWS {
        let network = build(BnInceptionConfig { width: 0.25, ..row(name) });
        let weights: i64 = network.plan().convolutions().map(Convolution::weights).sum();
        let linear = network.plan().features * network.plan().classes;
        assert_eq!(network.parameters().weights(), weights + linear, "{name}");
    }
}

#[test]
fn modules_have_the_shapes_of_figure_5() {
    let config = BnInceptionConfig { width: 0.125, ..BnInceptionConfig::default() };
    let network = build(config);
    let planned: Vec<_> = network.plan().layers.iter().filter_map(Layer::module).collect();
    let grids = [28, 28, 14, 14, 14, 14, 14, 7, 7, 7];
    let outputs = network.module_outputs(&noise(2, 224));
    assert_eq!(outputs.len(), 10);
    for (((name, output), module), grid) in outputs.iter().zip(planned).zip(grids) {
        assert_eq!(*name, module.name);
        assert_eq!(output.size(), [2, module.outputs(), grid, grid], "{name}");
    }
}

#[test]
fn channels_are_those_of_the_printed_widths() {
    let channels = |config: &BnInceptionConfig| -> Vec<i64> {
        Plan::new(config).layers.iter().filter_map(Layer::module).map(Module::outputs).collect()
    };
    let printed = BnInceptionConfig::default();
    assert_eq!(channels(&printed), [256, 320, 576, 576, 576, 608, 608, 1056, 1024, 1024]);
    let consistent = BnInceptionConfig { pool_projection: PoolProjection::Consistent96, ..printed };
    assert_eq!(channels(&consistent), [256, 320, 576, 576, 576, 576, 576, 1024, 1024, 1024]);
}

#[test]
fn small_images_reach_3a_as_8_by_8() {
    let outputs = build(small()).module_outputs(&noise(2, 32));
    let grids: Vec<i64> = outputs.iter().map(|(_, output)| output.size()[3]).collect();
    assert_eq!(grids, [8, 8, 4, 4, 4, 4, 4, 2, 2, 2]);
}

#[test]
fn names_are_unique_stable_and_read_like_the_paper() {
    let network = build(small());
    let names: Vec<String> = network.named_tensors().into_iter().map(|(name, _)| name).collect();
    let unique: BTreeSet<_> = names.iter().collect();
    assert_eq!(unique.len(), names.len());
    assert!(names.is_sorted());
    for expected in [
        "conv1/conv",
        "conv2/reduce/bn/gamma",
        "3a/1x1/bn/moving_mean",
        "3a/double_3x3/1/conv",
        "4c/pool/projection/bn/beta",
        "5b/3x3/reduce/bn/moving_var",
        "linear/weights",
    ] {
        assert!(unique.contains(&expected.to_owned()), "{expected}");
    }
    // 69 convolutions with five tensors each, and the linear layer with two.
    assert_eq!(names.len(), 69 * 5 + 2);
    assert_eq!(
        names,
        build(small()).named_tensors().into_iter().map(|(n, _)| n).collect::<Vec<_>>()
    );
}

#[test]
fn auxiliary_classifiers_hang_on_4a_and_4d() {
    let config = BnInceptionConfig {
        auxiliary_classifiers: Some(AuxiliaryClassifiers::default()),
        width: 0.125,
        ..BnInceptionConfig::default()
    };
    let network = build(config);
    let modules: Vec<_> = network.plan().auxiliaries.iter().map(|a| a.module).collect();
    assert_eq!(modules, ["4a", "4d"]);
    assert_eq!(network.plan().auxiliaries[0].hidden.inputs, 16 * 4 * 4); // 14×14 pools to 4×4
    let mut draws = streams::Stream::new(0, "dropout");
    let logits = network.forward(&noise(2, 224), &mut draws);
    assert_eq!(logits.auxiliary.len(), 2);
    assert_eq!(logits.auxiliary[1].size(), [2, 1000]);
}

#[test]
fn bn_per_activation_has_parameters_for_each_place_in_5b_alone() {
    let config = BnInceptionConfig {
        normalization: Normalization::BatchPerActivationInLast,
        ..BnInceptionConfig::default()
    };
    let per_map = BnInceptionConfig::default();
    let of_5b: i64 = Plan::new(&per_map)
        .convolutions()
        .filter(|c| c.name.starts_with("5b/"))
        .map(|c| c.outputs)
        .sum();
    assert_eq!(count(config), count(per_map) + 2 * 48 * of_5b); // γ and β of 49 places, not of 1
}

/// Caffe's `bvlc_googlenet` without its auxiliary classifiers has 6,998,552 parameters; the paper of 2014 gives 1.5 billion
/// operations.
#[test]
fn googlenet_is_counted_as_in_public_implementations() {
    let size = bn_inception::googlenet::size();
    assert_eq!(size.parameters, 6_998_552);
    assert!((1.5e9..1.6e9).contains(&(size.multiply_adds as f64)), "{size:?}");
}
