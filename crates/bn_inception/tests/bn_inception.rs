//! The crate's tests, in one program: linking libtorch takes a while.

mod checkpoints;
mod config;
mod execution;
mod fuzz;
mod golden;
mod inference;
mod step;
mod structure;
mod training;

use bn_inception::config::Stem;
use bn_inception::{Arithmetic, BnInception, BnInceptionConfig, Execution, Rewrites};
use recipe::SingleNetwork;
use tch::{Device, Kind, Tensor};

/// The paper's five networks.
const ROWS: [SingleNetwork; 5] = [
    SingleNetwork::Inception,
    SingleNetwork::BnBaseline,
    SingleNetwork::BnX5,
    SingleNetwork::BnX30,
    SingleNetwork::BnX5Sigmoid,
];

/// The network of a row, at its full size.
fn row(network: SingleNetwork) -> BnInceptionConfig {
    network.recipe(&recipe::paper::inception()).bn_inception().clone()
}

/// A network that a test can afford: an eighth of the width, 32 pixels, 10 classes.
fn small() -> BnInceptionConfig {
    BnInceptionConfig {
        classes: 10,
        image_side: 32,
        stem: Stem::SmallImage,
        width: 0.125,
        ..BnInceptionConfig::default()
    }
}

fn on_cpu(arithmetic: Arithmetic) -> Execution {
    Execution { device: Device::Cpu, arithmetic, rewrites: Rewrites::default() }
}

/// Images `[n, 3, side, side]` of Gaussian noise, f64.
fn noise(n: i64, side: i64) -> Tensor {
    let draws = streams::Stream::new(7, "noise").gaussian(1.0, (n * 3 * side * side) as usize);
    Tensor::from_slice(&draws).view([n, 3, side, side])
}

fn labels(n: i64) -> Tensor {
    Tensor::arange(n, (Kind::Int64, Device::Cpu)).remainder(10)
}

/// Gives BN something to do: statistics and affine maps that are not those of the start.
fn disturb(network: &BnInception) {
    for (name, tensor) in network.named_tensors() {
        golden::fill(&name, &tensor);
    }
    network.parameters().refresh();
}

/// The largest difference, as a share of the largest expected number.
fn relative_difference(ours: &Tensor, expected: &Tensor) -> f64 {
    assert_eq!(ours.size(), expected.size());
    if expected.numel() == 0 {
        return 0.0; // the statistics of a network without BN
    }
    let largest = |x: &Tensor| x.abs().max().double_value(&[]);
    largest(&(ours - expected)) / largest(expected)
}
