//! Switches: what the paper's rows are, what is refused, how a network starts.

use bn_inception::config::{Distribution, Initialization, Stem};
use bn_inception::{Arithmetic, BnInception, BnInceptionConfig, ConfigError};
use recipe::SingleNetwork;
use tch::Kind;

use crate::{ROWS, on_cpu, row, small};

#[test]
fn rows_are_the_papers() {
    use bn_inception::config::{Activation::*, Normalization::*};
    let rows = ROWS.map(|network| {
        let config = row(network);
        let switches = (config.normalization, config.activation, config.dropout);
        (network.to_string(), switches, config.local_response_norm)
    });
    let expected = |name: &str, normalization, activation, dropout, response_norm| {
        (name.to_owned(), (normalization, activation, dropout), response_norm)
    };
    assert_eq!(
        rows,
        [
            expected("Inception", None, Relu, 0.4, true),
            expected("BN-Baseline", Batch, Relu, 0.4, true),
            expected("BN-x5", Batch, Relu, 0.0, false),
            expected("BN-x30", Batch, Relu, 0.0, false),
            expected("BN-x5-Sigmoid", Batch, Sigmoid, 0.0, false),
        ]
    );
}

#[test]
fn nonsense_is_refused_in_words() {
    let default = BnInceptionConfig::default;
    let with_std = |std| Initialization {
        distribution: Distribution::TruncatedNormal { std },
        convolution_gain: 1.0,
    };
    let cases = [
        (BnInceptionConfig { image_side: 100, ..default() }, "image side 100"),
        (BnInceptionConfig { image_side: 0, ..default() }, "image side 0"),
        (
            BnInceptionConfig { image_side: 24, stem: Stem::SmallImage, ..default() },
            "multiple of 16",
        ),
        (BnInceptionConfig { classes: 1, ..default() }, "1 classes"),
        (BnInceptionConfig { width: 0.0, ..default() }, "width 0"),
        (BnInceptionConfig { width: f64::NAN, ..default() }, "width NaN"),
        (BnInceptionConfig { dropout: 1.0, ..default() }, "Dropout of 1"),
        (BnInceptionConfig { initialization: with_std(-1.0), ..default() }, "initial weights: -1"),
    ];
    for (config, expected) in cases {
        let error: ConfigError = config.check().expect_err(expected);
        assert!(error.to_string().contains(expected), "{error}");
    }
}

#[test]
fn a_network_starts_with_gamma_1_and_beta_0() {
    let network = BnInception::new(small(), 3, on_cpu(Arithmetic::F32)).expect("good");
    for (name, tensor) in network.named_tensors() {
        let expected = match name.rsplit('/').next() {
            Some("gamma" | "moving_var") => 1.0,
            Some("beta" | "biases" | "moving_mean") => 0.0,
            _ => continue,
        };
        assert!(tensor.equal(&tensor.full_like(expected)), "{name}");
    }
}

/// Standard deviation of the weights of `4a/3x3`, `[96, 64, 3, 3]`.
fn std_of_4a(distribution: Distribution, convolution_gain: f64) -> f64 {
    let initialization = Initialization { distribution, convolution_gain };
    let config = BnInceptionConfig { width: 1.0, initialization, ..small() };
    let network = BnInception::new(config, 3, on_cpu(Arithmetic::F32)).expect("good");
    let named = network.named_tensors();
    let (_, weights) = named.iter().find(|(name, _)| name == "4a/3x3/conv").expect("4a");
    assert!(weights.mean(Kind::Float).double_value(&[]).abs() < 1e-3);
    weights.std(false).double_value(&[])
}

#[test]
fn initial_weights_have_the_width_asked_for() {
    let close = |found: f64, expected: f64| {
        assert!((found / expected - 1.0).abs() < 0.02, "{found} instead of {expected}");
    };
    let (fan_in, fan_out) = (64.0 * 9.0, 96.0 * 9.0);
    close(std_of_4a(Distribution::He, 1.0), f64::sqrt(2.0 / fan_in));
    close(std_of_4a(Distribution::He, 1.5), 1.5 * f64::sqrt(2.0 / fan_in));
    close(std_of_4a(Distribution::Xavier, 1.0), f64::sqrt(2.0 / (fan_in + fan_out)));
    // A Gaussian cut at two deviations keeps 0.8796 of its width.
    close(std_of_4a(Distribution::TruncatedNormal { std: 0.1 }, 1.0), 0.08796);
}

#[test]
fn switches_do_not_disturb_each_others_draws() {
    let kernel_of_3b = |config: BnInceptionConfig| {
        let network = BnInception::new(config, 5, on_cpu(Arithmetic::F32)).expect("good");
        let mut named = network.named_tensors().into_iter();
        named.find(|(name, _)| name == "3b/3x3/conv").expect("3b").1
    };
    let printed = kernel_of_3b(small());
    let sigmoid = BnInceptionConfig { width: 0.125, ..row(SingleNetwork::BnX5Sigmoid) };
    assert!(printed.equal(&kernel_of_3b(sigmoid)));
}
