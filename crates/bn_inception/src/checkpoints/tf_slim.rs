//! The layout of `inception_v2` in `TensorFlow`'s slim models.
//!
//! A separable first convolution, 96-wide projections, SAME padding, β but no γ, ε = 1e-3; class 0
//! is "background", so ILSVRC 2012 has 1001.

use super::{Entry, Order, Preprocessing};
use crate::config::{BnInceptionConfig, DEPTH_MULTIPLIER, Padding, PoolProjection, Stem};
use crate::plan::{Convolution, Plan};

/// The classes are counted by this tensor.
pub const LINEAR_BIAS: &str = "InceptionV2/Logits/Conv2d_1c_1x1/biases";

/// Red, green, blue in [−1, 1]. slim crops the central 87.5 %, which is 224 of 256.
pub const PREPROCESSING: Preprocessing = Preprocessing {
    resize: 256,
    crop: 224,
    is_bgr: false,
    mean: [127.5, 127.5, 127.5],
    std: [127.5, 127.5, 127.5],
};

/// slim's choices.
pub fn config(classes: i64) -> BnInceptionConfig {
    BnInceptionConfig {
        classes,
        stem: Stem::Separable,
        pool_projection: PoolProjection::Consistent96,
        padding: Padding::Same,
        learn_gamma: false,
        batch_norm: model::BatchNormConfig { epsilon: 1e-3, moving_average_decay: 0.9997 },
        dropout: 0.2,
        ..BnInceptionConfig::default()
    }
}

/// Every tensor of the file.
pub fn entries(plan: &Plan) -> Vec<Entry> {
    let mut entries: Vec<Entry> = plan.convolutions().flat_map(of_convolution).collect();
    entries.push(Entry::tensor(
        "InceptionV2/Logits/Conv2d_1c_1x1/weights".to_owned(),
        vec![1, 1, plan.features, plan.classes],
        "linear/weights".to_owned(),
        Order::PointwiseLinear,
    ));
    let (key, name) = (LINEAR_BIAS.to_owned(), "linear/biases".to_owned());
    entries.push(Entry::tensor(key, vec![plan.classes], name, Order::Same));
    entries
}

fn of_convolution(convolution: &Convolution) -> Vec<Entry> {
    let Convolution { name, inputs, outputs, kernel, .. } = convolution;
    let base = format!("InceptionV2/{}", key(name));
    let norm = |key: &str, ours: &str| {
        let (key, name) = (format!("{base}/BatchNorm/{key}"), format!("{name}/bn/{ours}"));
        Entry::tensor(key, vec![*outputs], name, Order::Same)
    };
    let kernel_of = |key: &str, shape, path: &str, order| {
        Entry::tensor(format!("{base}/{key}"), shape, format!("{name}/{path}"), order)
    };
    let mut entries = if convolution.depth_multiplier.is_some() {
        let filters = inputs * DEPTH_MULTIPLIER;
        let depthwise = vec![*kernel, *kernel, *inputs, DEPTH_MULTIPLIER];
        vec![
            kernel_of("depthwise_weights", depthwise, "depthwise/conv", Order::Depthwise),
            kernel_of(
                "pointwise_weights",
                vec![1, 1, filters, *outputs],
                "pointwise/conv",
                Order::Hwio,
            ),
        ]
    } else {
        let shape = vec![*kernel, *kernel, *inputs, *outputs];
        vec![kernel_of("weights", shape, "conv", Order::Hwio)]
    };
    entries.push(norm("beta", "beta"));
    entries.push(norm("moving_mean", "moving_mean"));
    entries.push(norm("moving_variance", "moving_var"));
    entries
}

/// Where slim keeps the convolution of this name. slim counts modules from 3b, and leaves the 1×1
/// branch of a stride-2 module out of the count.
fn key(name: &str) -> String {
    let (module, path) = match name {
        "conv1" => return "Conv2d_1a_7x7".to_owned(),
        "conv2/reduce" => return "Conv2d_2b_1x1".to_owned(),
        "conv2" => return "Conv2d_2c_3x3".to_owned(),
        name => name.split_once('/').unwrap_or((name, "")),
    };
    let has_stride_2 = matches!(module, "3c" | "4e");
    let first = u8::from(!has_stride_2);
    let (branch, layer) = match path {
        "1x1" => (0, "Conv2d_0a_1x1"),
        "3x3/reduce" => (first, "Conv2d_0a_1x1"),
        "3x3" if has_stride_2 => (first, "Conv2d_1a_3x3"),
        "3x3" => (first, "Conv2d_0b_3x3"),
        "double_3x3/reduce" => (first + 1, "Conv2d_0a_1x1"),
        "double_3x3/1" => (first + 1, "Conv2d_0b_3x3"),
        "double_3x3/2" if has_stride_2 => (first + 1, "Conv2d_1a_3x3"),
        "double_3x3/2" => (first + 1, "Conv2d_0c_3x3"),
        _ => (first + 2, "Conv2d_0b_1x1"),
    };
    format!("Mixed_{}/Branch_{branch}/{layer}", slim_module(module))
}

fn slim_module(module: &str) -> &str {
    match module {
        "3a" => "3b",
        "3b" => "3c",
        "3c" => "4a",
        "4a" => "4b",
        "4b" => "4c",
        "4c" => "4d",
        "4d" => "4e",
        "4e" => "5a",
        "5a" => "5b",
        _ => "5c",
    }
}
