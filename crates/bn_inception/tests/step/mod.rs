//! The step that is written out against autograd, for every switch that changes it.

use bn_inception::config::{
    Activation, AuxiliaryClassifiers, Noise, Normalization, Padding, PoolProjection, Stem,
};
use bn_inception::{Arithmetic, BnInception, BnInceptionConfig, Execution, Rewrites};
use streams::Stream;
use tch::{Kind, Tensor};

use crate::{disturb, labels, noise, on_cpu, relative_difference, small};

/// A network after one pass: its loss, and itself with gradient and moving averages.
fn after_a_pass(
    config: &BnInceptionConfig,
    execution: Execution,
    autograd: bool,
) -> (Tensor, BnInception) {
    let network = BnInception::new(config.clone(), 1, execution).expect("good");
    disturb(&network);
    let (images, labels) = (noise(4, config.image_side), labels(4));
    let mut draws = Stream::new(1, "dropout");
    let loss = if autograd {
        let loss = network.loss(&images, &labels, &mut draws);
        network.parameters().backward(&loss);
        loss.detach()
    } else {
        network.gradient(&images, &labels, &mut draws)
    };
    (loss, network)
}

/// Every tensor's gradient by itself, so that a wrong one of small numbers shows.
#[track_caller]
fn assert_as_autograd(config: &BnInceptionConfig) {
    for rewrites in [Rewrites::default(), Rewrites::NONE] {
        let execution = Execution { rewrites, ..on_cpu(Arithmetic::F64) };
        let (expected_loss, expected) = after_a_pass(config, execution, true);
        let (loss, ours) = after_a_pass(config, execution, false);
        assert!(relative_difference(&loss, &expected_loss) < 1e-12, "loss: {config:?}");
        let of = |network: &BnInception| network.parameters().named_gradients();
        let largest = expected.parameters().gradient().abs().max().double_value(&[]);
        for ((name, ours), (_, expected)) in of(&ours).into_iter().zip(of(&expected)) {
            let difference = (&ours - &expected).abs().max().double_value(&[]);
            let scale = expected.abs().max().double_value(&[]).max(1e-6 * largest);
            assert!(difference < 1e-9 * scale, "{name}: {difference:e} of {scale:e}: {config:?}");
        }
        let [ours, expected] = [ours, expected].map(|network| network.statistics().values().copy());
        assert!(relative_difference(&ours, &expected) < 1e-12, "statistics: {config:?}");
    }
}

#[test]
fn with_bn() {
    assert_as_autograd(&small());
}

#[test]
fn with_biases() {
    assert_as_autograd(&BnInceptionConfig { normalization: Normalization::None, ..small() });
}

#[test]
fn with_bn_of_each_activation() {
    let normalization = Normalization::BatchPerActivationInLast;
    assert_as_autograd(&BnInceptionConfig { normalization, ..small() });
}

#[test]
fn with_sigmoids() {
    assert_as_autograd(&BnInceptionConfig { activation: Activation::Sigmoid, ..small() });
}

#[test]
fn with_googlenets_choices() {
    assert_as_autograd(&BnInceptionConfig {
        local_response_norm: true,
        dropout: 0.4,
        auxiliary_classifiers: Some(AuxiliaryClassifiers::default()),
        ..small()
    });
}

#[test]
fn with_tf_slims_choices() {
    assert_as_autograd(&BnInceptionConfig {
        padding: Padding::Same,
        learn_gamma: false,
        pool_projection: PoolProjection::Consistent96,
        ..small()
    });
}

#[test]
fn with_noise() {
    let noise = Some(Noise { mean: 0.5, scale: 1.25 });
    assert_as_autograd(&BnInceptionConfig { noise, ..small() });
}

#[test]
fn with_the_finer_grid_for_small_images() {
    for local_response_norm in [false, true] {
        let stem = Stem::SmallImageFine;
        assert_as_autograd(&BnInceptionConfig { stem, local_response_norm, ..small() });
    }
}

#[test]
fn with_either_stem_for_large_images() {
    for stem in [Stem::Full, Stem::Separable] {
        for padding in [Padding::Symmetric, Padding::Same] {
            assert_as_autograd(&BnInceptionConfig { stem, padding, image_side: 64, ..small() });
        }
    }
}

/// In f32 and bf16 the first layer's gradient has been through all others.
#[test]
fn other_arithmetic_is_as_close_to_f64_as_autograds() {
    let gradient = |arithmetic, autograd| {
        let (_, network) = after_a_pass(&small(), on_cpu(arithmetic), autograd);
        network.parameters().gradient().to_kind(Kind::Double)
    };
    let exact = gradient(Arithmetic::F64, true);
    for arithmetic in [Arithmetic::F32, Arithmetic::Bf16] {
        let [ours, autograds] = [false, true].map(|autograd| {
            let difference = gradient(arithmetic, autograd) - &exact;
            (difference.norm() / exact.norm()).double_value(&[])
        });
        println!("{arithmetic:?}: {ours:e}, autograd {autograds:e}");
        assert!(ours < 1.5 * autograds, "{arithmetic:?}: {ours:e}, autograd {autograds:e}");
    }
}

#[test]
fn a_step_is_the_same_again() {
    let gradient = || after_a_pass(&small(), on_cpu(Arithmetic::Bf16), false).1;
    assert!(gradient().parameters().gradient().equal(gradient().parameters().gradient()));
}

/// Jobs have one thread of libtorch's each, and find what they would find alone.
#[test]
fn a_step_does_not_depend_on_what_runs_beside_it() {
    let gradient = || {
        tch::set_num_threads(1);
        after_a_pass(&small(), on_cpu(Arithmetic::Bf16), false).1.parameters().gradient().copy()
    };
    std::thread::scope(|scope| {
        let alone = scope.spawn(gradient).join().expect("no panic");
        let jobs: Vec<_> = (0..4).map(|_| scope.spawn(gradient)).collect();
        for job in jobs {
            assert!(job.join().expect("no panic").equal(&alone));
        }
    });
}

/// What is no number stays none: divergence is a finding.
#[test]
fn no_number_stays_no_number() {
    for arithmetic in [Arithmetic::Bf16, Arithmetic::F32] {
        let network = BnInception::new(small(), 1, on_cpu(arithmetic)).expect("good");
        let images = noise(4, 32);
        let _ = images.get(0).fill_(f64::NAN);
        let loss = network.gradient(&images, &labels(4), &mut Stream::new(1, "dropout"));
        assert!(loss.double_value(&[]).is_nan());
    }
}
