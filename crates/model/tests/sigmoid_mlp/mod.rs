use std::collections::{BTreeMap, BTreeSet};

use model::{BinaryImages, Normalization, SigmoidMlp, SigmoidMlpConfig};
use streams::Stream;
use tch::{Kind, Tensor};

use crate::golden::{MlpCase, Values, assert_same, golden};

fn small(normalization: Normalization) -> SigmoidMlp {
    let config = SigmoidMlpConfig {
        normalization,
        inputs: 5,
        hidden_units: 4,
        classes: 3,
        ..SigmoidMlpConfig::default()
    };
    SigmoidMlp::new(config, &mut Stream::new(0, "weights"), Kind::Double)
}

#[test]
fn four_steps_agree_with_pytorch_without_bn() {
    agrees(Normalization::None, &golden().sigmoid_mlp_without_bn);
}

#[test]
fn four_steps_agree_with_pytorch_with_bn() {
    agrees(Normalization::Batch, &golden().sigmoid_mlp_with_bn);
}

fn agrees(normalization: Normalization, case: &MlpCase) {
    let mut net = small(normalization);
    for (name, mut tensor) in net.named_tensors() {
        tensor.copy_(&case.start[&name].tensor());
    }
    let (xs, labels) = (case.xs.tensor(), case.labels.tensor().to_kind(Kind::Uint8));
    let learning_rate = case.learning_rate.tensor().double_value(&[]);
    let losses: Vec<f64> = (0..4)
        .map(|i| {
            let labels = Vec::<u8>::try_from(labels.get(i)).expect("a row of labels");
            net.sgd_step(&images(&xs.get(i)), &labels, learning_rate)
        })
        .collect();
    assert_same("losses", &Tensor::from_slice(&losses), &case.losses.tensor());
    assert_parameters(&net, &case.end);
    let mini_batches: Vec<BinaryImages> = (0..4).map(|i| images(&xs.get(i))).collect();
    let first = net.first_products(&mini_batches[..1]);
    let inference = net.with_population_statistics(&mini_batches).infer(&first);
    assert_same("logits", &inference.logits, &case.logits.tensor());
    assert_same("u", &inference.last_hidden_inputs.tr(), &case.last_hidden_inputs.tensor());
}

fn images(matrix: &Tensor) -> BinaryImages {
    let row = |i| {
        let pixels = Vec::<f64>::try_from(matrix.get(i)).expect("a row of f64");
        (0u16..).zip(pixels).filter(|(_, value)| *value == 1.0).map(|(pixel, _)| pixel).collect()
    };
    let lists: Vec<Vec<u16>> = (0..matrix.size()[0]).map(row).collect();
    let lists = lists.iter().map(Vec::as_slice);
    let images = BinaryImages::from_lists(lists, matrix.size()[1] as usize, Kind::Double);
    assert_same("the images' matrix", &images.matrix(), matrix);
    images
}

fn assert_parameters(net: &SigmoidMlp, expected: &BTreeMap<String, Values>) {
    let ours = net.named_tensors();
    assert_eq!(ours.len(), expected.len());
    for (name, tensor) in ours {
        assert_same(&name, &tensor, &expected[&name].tensor());
    }
}

#[test]
fn names_are_unique() {
    for normalization in [Normalization::None, Normalization::Batch] {
        let tensors = small(normalization).named_tensors();
        let names: BTreeSet<_> = tensors.iter().map(|(name, _)| name).collect();
        assert_eq!(names.len(), tensors.len());
    }
}

#[test]
fn both_networks_of_a_seed_share_their_weights() {
    let weights = |normalization| -> Vec<Tensor> {
        let tensors = small(normalization).named_tensors().into_iter();
        tensors.filter(|(name, _)| name.ends_with("weight")).map(|(_, tensor)| tensor).collect()
    };
    let [without, with] = [Normalization::None, Normalization::Batch].map(weights);
    assert_eq!((without.len(), with.len()), (4, 4));
    for (a, b) in without.iter().zip(&with) {
        assert_same("weight", a, b);
    }
}
