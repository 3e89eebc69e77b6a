//! Rewrites and arithmetic change nothing but rounding.

use bn_inception::config::{Normalization, Padding};
use bn_inception::execution::is_faster_in_bf16;
use bn_inception::{Arithmetic, BnInception, BnInceptionConfig, Execution, Rewrites};
use streams::Stream;
use tch::{Kind, Tensor};

use crate::{ROWS, disturb, labels, noise, on_cpu, relative_difference, row, small};

const MERGE: Rewrites = Rewrites { merge_siblings: true, project_before_pooling: false };
const POOL_LATER: Rewrites = Rewrites { merge_siblings: false, project_before_pooling: true };

/// Loss, gradient and moving statistics after one pass.
fn one_step(config: &BnInceptionConfig, execution: Execution) -> [Tensor; 3] {
    let network = BnInception::new(config.clone(), 1, execution).expect("good");
    disturb(&network);
    let loss = network.loss(&noise(4, 32), &labels(4), &mut Stream::new(1, "dropout"));
    network.parameters().backward(&loss);
    [loss.detach(), network.parameters().gradient().copy(), network.statistics().values().copy()]
}

fn assert_same_up_to(bar: f64, config: &BnInceptionConfig, a: Execution, b: Execution) {
    let (a, b) = (one_step(config, a), one_step(config, b));
    for ((a, b), what) in a.iter().zip(&b).zip(["loss", "gradient", "statistics"]) {
        let difference = relative_difference(a, b);
        assert!(difference < bar, "{what} differs by {difference:e}");
    }
}

#[test]
fn each_rewrite_changes_nothing_but_rounding() {
    let plain = Execution { rewrites: Rewrites::NONE, ..on_cpu(Arithmetic::F64) };
    let configs = [
        small(),
        BnInceptionConfig { padding: Padding::Same, ..small() },
        BnInceptionConfig { normalization: Normalization::None, ..small() },
        BnInceptionConfig { normalization: Normalization::BatchPerActivationInLast, ..small() },
    ];
    for config in &configs {
        for rewrites in [MERGE, POOL_LATER, Rewrites::default()] {
            assert_same_up_to(1e-11, config, Execution { rewrites, ..plain }, plain);
        }
    }
}

/// The gradient through ten modules of BN over few values is sensitive; f32 keeps four digits of it.
#[test]
fn f32_is_close_to_f64() {
    assert_same_up_to(1e-3, &small(), on_cpu(Arithmetic::F32), on_cpu(Arithmetic::F64));
}

/// Gradient of `5b/1x1/conv` in a pass over 32 images.
fn gradient_of_5b(config: &BnInceptionConfig, arithmetic: Arithmetic) -> (f64, Tensor) {
    let network = BnInception::new(config.clone(), 1, on_cpu(arithmetic)).expect("good");
    let loss = network.loss(&noise(32, 32), &labels(32), &mut Stream::new(1, "dropout"));
    network.parameters().backward(&loss);
    let mut named = network.parameters().named_gradients().into_iter();
    let (_, gradient) = named.find(|(name, _)| name == "5b/1x1/conv").expect("5b");
    (loss.double_value(&[]), gradient.reshape(-1))
}

/// On the way to the first layer a gradient of noise loses more. BN of each activation has a path of its own, over
/// statistics of 32 values each.
#[test]
fn bf16_is_close_to_f32() {
    for normalization in [Normalization::Batch, Normalization::BatchPerActivationInLast] {
        let config = BnInceptionConfig { normalization, ..small() };
        let of = |arithmetic| gradient_of_5b(&config, arithmetic);
        let ((loss, bf16), (f32_loss, f32)) = (of(Arithmetic::Bf16), of(Arithmetic::F32));
        assert!((loss / f32_loss - 1.0).abs() < 0.05, "{loss} instead of {f32_loss}");
        let cosine = (bf16.dot(&f32) / (bf16.norm() * f32.norm())).double_value(&[]);
        assert!(cosine > 0.85, "{normalization:?}: {cosine}");
    }
}

#[test]
fn bf16_keeps_f32_where_it_counts() {
    let kinds = one_step(&small(), on_cpu(Arithmetic::Bf16)).map(|tensor| tensor.kind());
    assert_eq!(kinds, [Kind::Float; 3]); // loss, gradient, statistics
    let network = BnInception::new(small(), 1, on_cpu(Arithmetic::Bf16)).expect("good");
    assert!(network.named_tensors().iter().all(|(_, tensor)| tensor.kind() == Kind::Float));
    assert_eq!(network.fold().logits(&noise(2, 32)).kind(), Kind::Float);
}

#[test]
fn activations_are_channels_last() {
    let network = BnInception::new(small(), 1, on_cpu(Arithmetic::F32)).expect("good");
    for (name, output) in network.module_outputs(&noise(2, 32)) {
        assert!(output.permute([0, 2, 3, 1]).is_contiguous(), "{name}");
    }
}

#[test]
fn every_row_trains_a_step_in_every_arithmetic() {
    for network in ROWS {
        let BnInceptionConfig { image_side, stem, width, classes, .. } = small();
        let config = BnInceptionConfig { image_side, stem, width, classes, ..row(network) };
        for arithmetic in [Arithmetic::Bf16, Arithmetic::F32] {
            let [loss, gradient, _] = one_step(&config, on_cpu(arithmetic));
            assert!(loss.double_value(&[]).is_finite(), "{network}");
            assert!(gradient.norm().double_value(&[]) > 0.0, "{network}");
        }
    }
}

#[test]
fn bf16_is_for_processors_that_are_faster_in_it() {
    let with = |vendor: &str, flags: &str| {
        format!("vendor_id\t: {vendor}\nflags\t\t: fpu {flags} sse\nbugs\t: amx_bf16\n")
    };
    assert!(is_faster_in_bf16(&with("GenuineIntel", "avx512_bf16 amx_tile amx_bf16")));
    assert!(!is_faster_in_bf16(&with("GenuineIntel", "avx512_bf16")), "slower than f32");
    assert!(is_faster_in_bf16(&with("AuthenticAMD", "avx512_bf16")));
    assert!(!is_faster_in_bf16(&with("AuthenticAMD", "avx512f")));
    assert!(!is_faster_in_bf16(""));
}
