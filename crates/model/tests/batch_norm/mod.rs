use std::collections::BTreeMap;

use model::{BatchNorm, BatchNormConfig, PopulationEstimate};
use streams::Stream;
use tch::{Device, Kind, Tensor};

use crate::golden::{Values, assert_same, golden};

const F64: (Kind, Device) = (Kind::Double, Device::Cpu);

fn layer(features: i64) -> BatchNorm {
    BatchNorm::new(features, BatchNormConfig::default(), F64.0, F64.1)
}

fn gaussian(name: &str, shape: &[i64]) -> Tensor {
    let draws = Stream::new(0, name).gaussian(1.0, shape.iter().product::<i64>() as usize);
    Tensor::from_slice(&draws).view(shape)
}

#[test]
fn agrees_with_pytorch() {
    let golden = golden();
    for case in [golden.batch_norm_of_vectors, golden.batch_norm_of_feature_maps] {
        algorithm_1_agrees(&case);
        algorithm_2_agrees(&case);
    }
}

fn algorithm_1_agrees(case: &BTreeMap<String, Values>) {
    let of = |name: &str| case[name].tensor();
    let layer =
        BatchNorm { gamma: of("gamma"), beta: of("beta"), ..layer(of("gamma").numel() as i64) };
    let (y, saved) = layer.normalize(&of("x"), layer.share());
    let gradients = layer.backward(&saved, &of("dy"));
    assert_same("y", &y, &of("y"));
    assert_same("dx", &gradients.x, &of("dx"));
    assert_same("dgamma", &Tensor::from_slice(&gradients.gamma), &of("dgamma"));
    assert_same("dbeta", &Tensor::from_slice(&gradients.beta), &of("dbeta"));
    for later in ["second", "third"] {
        let _ = layer.normalize(&of(later), layer.share());
    }
    assert_same("moving mean", &layer.moving_mean, &of("moving_mean"));
    assert_same("moving variance", &layer.moving_var, &of("moving_var"));
}

fn algorithm_2_agrees(case: &BTreeMap<String, Values>) {
    let of = |name: &str| case[name].tensor();
    let layer =
        BatchNorm { gamma: of("gamma"), beta: of("beta"), ..layer(of("gamma").numel() as i64) };
    let mut estimate = PopulationEstimate::default();
    for batch in ["x", "second", "third"] {
        let (_, saved) = layer.normalize(&of(batch), 0.0);
        estimate.add(&saved.normalizer);
    }
    let population = estimate.statistics(&layer).expect("three mini-batches");
    assert_same("population mean", &population.mean, &of("population_mean"));
    assert_same("population variance", &population.var, &of("population_var"));
    let (scale, shift) = layer.affine(&population);
    let per_feature = |t: Tensor| if of("x").dim() == 2 { t } else { t.view([-1, 1, 1]) };
    let y = of("x") * per_feature(scale) + per_feature(shift);
    assert_same("y at inference", &y, &of("y_at_inference"));
}

#[test]
fn starts_as_the_identity_on_normalised_values() {
    // tch's own default draws γ from Uniform(0, 1).
    let layer = layer(3);
    assert_same("gamma", &layer.gamma, &Tensor::ones([3], F64));
    assert_same("beta", &layer.beta, &Tensor::zeros([3], F64));
}

#[test]
fn output_has_mean_0_and_variance_1() {
    let x = gaussian("x", &[50, 4]) * 3.0 + 7.0;
    let (y, _) = layer(4).normalize(&x, 0.0);
    let (var, mean) = y.var_mean_dim(0, false, false);
    assert!(mean.abs().max().double_value(&[]) < 1e-12, "{mean}");
    assert!((var - 1.0).abs().max().double_value(&[]) < 1e-5, "ε aside, the variance is 1");
}

#[test]
fn recovers_the_identity() {
    // §3: γ = √Var[x] and β = E[x] undo the normalisation.
    let x = gaussian("x", &[50, 4]) * 3.0 + 7.0;
    let (var, mean) = x.var_mean_dim(0, false, false);
    let layer = BatchNorm { gamma: (var + 1e-5).sqrt(), beta: mean, ..layer(4) };
    let (y, _) = layer.normalize(&x, 0.0);
    assert_same("y", &y, &x);
}

#[test]
fn scale_of_the_weights_does_not_matter() {
    // §3.3: BN((aW)u) = BN(Wu); exactly so without ε.
    let config = BatchNormConfig { epsilon: 0.0, ..BatchNormConfig::default() };
    let layer = BatchNorm::new(4, config, F64.0, F64.1);
    let (u, w) = (gaussian("u", &[20, 3]), gaussian("w", &[3, 4]));
    let (y, _) = layer.normalize(&u.mm(&w), 0.0);
    for a in [1e-3, 0.5, 10.0, 1e4] {
        let (scaled, _) = layer.normalize(&u.mm(&(&w * a)), 0.0);
        assert_same("BN((aW)u)", &scaled, &y);
    }
}

#[test]
fn gradient_agrees_with_finite_differences() {
    let layer =
        BatchNorm { gamma: gaussian("gamma", &[4]), beta: gaussian("beta", &[4]), ..layer(4) };
    let (x, dy) = (gaussian("x", &[5, 4]), gaussian("dy", &[5, 4]));
    let loss = |x: Tensor| (layer.normalize(&x, 0.0).0 * &dy).sum(F64.0);
    let (_, saved) = layer.normalize(&x, 0.0);
    let gradient = layer.backward(&saved, &dy).x;
    let step = 1e-6;
    for (i, j) in [(0, 0), (2, 1), (4, 3)] {
        let nudged = |by: f64| {
            let x = x.copy();
            let _ = x.get(i).get(j).g_add_scalar_(by);
            loss(x).double_value(&[])
        };
        let numerical = (nudged(step) - nudged(-step)) / (2.0 * step);
        let ours = gradient.double_value(&[i, j]);
        assert!((numerical - ours).abs() < 1e-7, "at {i},{j}: {numerical} against {ours}");
    }
}

#[test]
fn averages_move_only_when_asked() {
    let layer = layer(4);
    let _ = layer.normalize(&(gaussian("x", &[5, 4]) + 1.0), 0.0);
    assert_same("moving mean", &layer.moving_mean, &Tensor::zeros([4], F64));
    let _ = layer.normalize(&Tensor::ones([5, 4], F64), layer.share());
    assert_same("moving mean", &layer.moving_mean, &Tensor::full([4], 0.01, F64));
    assert_same("moving variance", &layer.moving_var, &Tensor::full([4], 0.99, F64));
}
