//! The layout of `bninception` in Cadene's pretrained-models.pytorch: a state dict of `PyTorch`'s.
//!
//! Its convolutions keep a bias in front of BN. BN subtracts it again, so it is folded into the
//! moving mean when reading, and zero when writing.

use super::{Entry, Meaning, Order, Preprocessing};
use crate::config::BnInceptionConfig;
use crate::plan::{Convolution, Plan};

/// The classes are counted by this tensor.
pub const LINEAR_BIAS: &str = "last_linear.bias";

/// Blue, green, red, 0–255, less the channel means.
pub const PREPROCESSING: Preprocessing = Preprocessing {
    resize: 256,
    crop: 224,
    is_bgr: true,
    mean: [104.0, 117.0, 128.0],
    std: [1.0, 1.0, 1.0],
};

/// The printed widths; everything else as the defaults are.
pub fn config(classes: i64) -> BnInceptionConfig {
    BnInceptionConfig { classes, ..BnInceptionConfig::default() }
}

/// Every tensor of the file.
pub fn entries(plan: &Plan) -> Vec<Entry> {
    let linear = |key: &str, name: &str, shape| {
        Entry::tensor(key.to_owned(), shape, name.to_owned(), Order::Same)
    };
    let mut entries: Vec<Entry> = plan.convolutions().flat_map(of_convolution).collect();
    let (classes, features) = (plan.classes, plan.features);
    entries.push(linear("last_linear.weight", "linear/weights", vec![classes, features]));
    entries.push(linear(LINEAR_BIAS, "linear/biases", vec![classes]));
    entries
}

fn of_convolution(convolution: &Convolution) -> Vec<Entry> {
    let Convolution { name, inputs, outputs, kernel, .. } = convolution;
    let base = key(name);
    let norm = |key: &str, ours: &str| {
        let (key, name) = (format!("{base}_bn.{key}"), format!("{name}/bn/{ours}"));
        Entry::tensor(key, vec![*outputs], name, Order::Same)
    };
    vec![
        Entry::tensor(
            format!("{base}.weight"),
            vec![*outputs, *inputs, *kernel, *kernel],
            format!("{name}/conv"),
            Order::Same,
        ),
        Entry {
            key: format!("{base}.bias"),
            shape: vec![*outputs],
            meaning: Meaning::BiasBeforeNorm { moving_mean: format!("{name}/bn/moving_mean") },
            is_optional: false,
        },
        norm("weight", "gamma"),
        norm("bias", "beta"),
        norm("running_mean", "moving_mean"),
        norm("running_var", "moving_var"),
        Entry {
            key: format!("{base}_bn.num_batches_tracked"),
            shape: vec![],
            meaning: Meaning::Nothing,
            is_optional: true, // files older than PyTorch 0.4.1 have none
        },
    ]
}

/// `3a/double_3x3/1` is `inception_3a_double_3x3_1`.
fn key(name: &str) -> String {
    match name {
        "conv1" => "conv1_7x7_s2".to_owned(),
        "conv2/reduce" => "conv2_3x3_reduce".to_owned(),
        "conv2" => "conv2_3x3".to_owned(),
        name => {
            let path = name.replace("pool/projection", "pool_proj").replace('/', "_");
            format!("inception_{path}")
        }
    }
}
