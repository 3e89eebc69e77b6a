//! Internal covariate shift as Santurkar et al. (2018, definition 2.1) measure it: how much a layer's gradient changes
//! because the layers below it have been updated, on the same mini-batch.

use data::loader::Batch;
use record::point::PointRow;
use record::statistics::mean;
use streams::Stream;
use tch::Tensor;

use crate::Points;
use crate::inception::InceptionTraining;

/// How a layer's gradient changes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shift {
    /// ‖G − G′‖ over ‖G‖.
    pub change: f64,
    /// The cosine of the angle between them.
    pub cosine: f64,
}

const CHANGE: &str = "change of the gradient";
const COSINE: &str = "cosine between the gradients";

impl Shift {
    /// From a layer's gradient before and after the step of the layers below.
    pub fn between(before: &Tensor, after: &Tensor) -> Self {
        let norm = |x: &Tensor| x.norm().double_value(&[]);
        let product = (before * after).sum(before.kind()).double_value(&[]);
        Self {
            change: norm(&(before - after)) / norm(before),
            cosine: product / (norm(before) * norm(after)),
        }
    }

    /// Points of a look at some layers: their means.
    pub fn push(shifts: &[Self], step: u64, points: &mut Points) {
        let of = |number: fn(&Self) -> f64| mean(&shifts.iter().map(number).collect::<Vec<_>>());
        for (metric, mean) in [(CHANGE, of(|s| s.change)), (COSINE, of(|s| s.cosine))] {
            if let Some(mean) = mean {
                points.push(metric, step as f64, mean);
            }
        }
    }

    /// The means of all looks at a training.
    pub fn push_means(so_far: &[PointRow], step: u64, points: &mut Points) {
        for metric in [CHANGE, COSINE] {
            let of_metric = so_far.iter().filter(|row| row.metric == metric);
            let values: Vec<f64> = of_metric.map(|row| row.value).collect();
            let name = format!("{metric}, mean");
            if let Some(mean) = mean(&values) {
                points.push(&name, step as f64, mean);
            }
        }
    }
}

/// Of each module, convolution before them and linear layer of BN-Inception but the first, when all below it have taken
/// the step of this mini-batch. The network is as it was afterwards.
pub fn of_inception(training: &InceptionTraining, step: u64, batch: &Batch) -> Vec<Shift> {
    let network = &training.network;
    let statistics = network.statistics().values().copy();
    let named = network.parameters().named();
    let copies = || -> Vec<Tensor> { named.iter().map(|(_, tensor)| tensor.copy()).collect() };
    let now = copies();
    let before = gradients(training, step, batch);
    training.sgd.copy().step(step, network.parameters().values(), network.parameters().gradient());
    let stepped = copies();
    let layers = layers(&named);
    let shifts = (1..layers.len()).map(|layer| {
        for (place, (name, view)) in named.iter().enumerate() {
            let is_below = layers[..layer].contains(&layer_of(name));
            let value = if is_below { &stepped[place] } else { &now[place] };
            view.shallow_clone().copy_(value);
        }
        network.parameters().refresh();
        let after = gradients(training, step, batch);
        let own = |all: &[(String, Tensor)]| weights_of(layers[layer], all);
        Shift::between(&own(&before), &own(&after))
    });
    let shifts = shifts.collect();
    for ((_, view), value) in named.iter().zip(&now) {
        view.shallow_clone().copy_(value);
    }
    network.parameters().refresh();
    network.statistics().values().shallow_clone().copy_(&statistics);
    shifts
}

/// `3a` of `3a/1x1/conv`.
fn layer_of(name: &str) -> &str {
    name.split('/').next().unwrap_or(name)
}

/// In the order in which the network has them.
fn layers(named: &[(String, Tensor)]) -> Vec<&str> {
    let mut layers: Vec<&str> = Vec::new();
    for (name, _) in named {
        if !layers.contains(&layer_of(name)) {
            layers.push(layer_of(name));
        }
    }
    layers
}

/// All kernels or matrices of a layer, as one vector.
fn weights_of(layer: &str, all: &[(String, Tensor)]) -> Tensor {
    let is_weight = |name: &str| name.ends_with("/conv") || name.ends_with("/weights");
    let own = all.iter().filter(|(name, _)| layer_of(name) == layer && is_weight(name));
    Tensor::cat(&own.map(|(_, gradient)| gradient.reshape([-1])).collect::<Vec<_>>(), 0)
}

/// The gradient of the mini-batch's loss by each parameter; Dropout is the same each time.
fn gradients(training: &InceptionTraining, step: u64, batch: &Batch) -> Vec<(String, Tensor)> {
    let (images, labels) = training.tensors(batch);
    let mut dropout = Stream::new(training.seed, &format!("dropout/{step}"));
    let _ = training.network.gradient(&images, &labels, &mut dropout);
    let parameters = training.network.parameters();
    let copy = |(name, gradient): (String, Tensor)| (name, gradient.copy());
    parameters.named_gradients().into_iter().map(copy).collect()
}
