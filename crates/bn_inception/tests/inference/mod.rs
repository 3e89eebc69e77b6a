//! Algorithm 2: population statistics and folding.

use bn_inception::config::{Normalization, PoolProjection, Stem};
use bn_inception::{Arithmetic, BnInception, BnInceptionConfig};
use recipe::SingleNetwork;
use streams::Stream;
use tch::{Kind, Tensor};

use crate::{disturb, labels, noise, on_cpu, relative_difference, row, small};

#[test]
fn folded_and_unfolded_agree() {
    let configs = [
        small(),
        BnInceptionConfig { normalization: Normalization::BatchPerActivationInLast, ..small() },
        BnInceptionConfig { normalization: Normalization::None, ..small() },
        BnInceptionConfig { learn_gamma: false, ..small() },
        BnInceptionConfig {
            image_side: 64,
            stem: Stem::Separable,
            pool_projection: PoolProjection::Consistent96,
            ..small()
        },
        BnInceptionConfig { width: 0.125, image_side: 64, ..row(SingleNetwork::BnX5Sigmoid) },
        BnInceptionConfig { width: 0.125, image_side: 64, ..row(SingleNetwork::BnBaseline) },
    ];
    for config in configs {
        let images = noise(3, config.image_side);
        let network = BnInception::new(config, 1, on_cpu(Arithmetic::F32)).expect("good");
        disturb(&network);
        let difference =
            relative_difference(&network.fold().logits(&images), &network.infer(&images));
        assert!(difference < 1e-4, "{difference:e}: {:?}", network.config());
    }
}

#[test]
fn a_folded_network_is_a_copy() {
    let network = BnInception::new(small(), 1, on_cpu(Arithmetic::F32)).expect("good");
    let folded = network.fold();
    let before = folded.logits(&noise(2, 32));
    let _ = network.parameters().values().shallow_clone().zero_();
    network.parameters().refresh();
    assert!(folded.logits(&noise(2, 32)).equal(&before));
}

#[test]
fn probabilities_sum_to_one() {
    let network = BnInception::new(small(), 1, on_cpu(Arithmetic::F32)).expect("good");
    let sums = network.fold().probabilities(&noise(3, 32)).sum_dim_intlist(1, false, Kind::Float);
    assert!(sums.allclose(&sums.ones_like(), 1e-6, 1e-6, false));
}

/// μ and the unbiased variance of what the first BN of a network reads, over two mini-batches.
#[test]
fn population_statistics_are_means_over_mini_batches() {
    let network = BnInception::new(small(), 1, on_cpu(Arithmetic::F64)).expect("good");
    let batches = [noise(4, 32), noise(4, 32) * 3.0 + 1.0];
    network.estimate_population(batches.iter().map(Tensor::shallow_clone));
    let named = network.named_tensors();
    let get = |name: &str| &named.iter().find(|(n, _)| n == name).expect("named").1;
    let moments = batches.map(|batch| {
        let y = batch.conv2d(get("conv1/conv"), None::<&Tensor>, 1, 1, 1, 1);
        let per_map = y.transpose(0, 1).flatten(1, -1);
        let mean = per_map.mean_dim(1, false, Kind::Double);
        (mean, per_map.var_dim(1, true, false))
    });
    let [(mean_1, var_1), (mean_2, var_2)] = moments;
    let close = |name: &str, expected: Tensor| {
        assert!(relative_difference(get(name), &expected) < 1e-12, "{name}");
    };
    close("conv1/bn/moving_mean", (mean_1 + mean_2) / 2.0);
    close("conv1/bn/moving_var", (var_1 + var_2) / 2.0);
}

#[test]
fn inference_changes_no_statistics() {
    let network = BnInception::new(small(), 1, on_cpu(Arithmetic::F32)).expect("good");
    let before = network.statistics().values().copy();
    let _ = (network.infer(&noise(2, 32)), network.fold().logits(&noise(2, 32)));
    let _ = network.module_outputs(&noise(2, 32));
    assert!(network.statistics().values().equal(&before));
    let _ = network.loss(&noise(2, 32), &labels(2), &mut Stream::new(0, "dropout"));
    assert!(!network.statistics().values().equal(&before));
}

/// A module's output begins with that of its 1×1 convolution, as what their nonlinearities read does.
#[test]
fn nonlinearities_make_the_output_of_what_they_read() {
    for network in [SingleNetwork::BnBaseline, SingleNetwork::Inception] {
        let config = BnInceptionConfig { normalization: row(network).normalization, ..small() };
        let network = BnInception::new(config, 1, on_cpu(Arithmetic::F64)).expect("good");
        disturb(&network);
        for (name, u) in network.module_inputs(&noise(2, 32)) {
            let (read, output) =
                (network.before_nonlinearities(name, &u), network.module(name, &u));
            let has_1x1 = output.size()[2] == u.size()[2];
            if has_1x1 {
                let [read, output] = [read, output].map(|x| x.narrow(1, 0, 4));
                assert!(relative_difference(&read.relu(), &output) < 1e-12, "{name}");
            } else {
                assert_eq!(read.size()[2..], u.size()[2..], "{name}");
            }
        }
    }
}
