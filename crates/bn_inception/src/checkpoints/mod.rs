//! Networks in safetensors files: in the layouts of public implementations ([`Layout`]), or by our own names
//! ([`read_own`], [`write_own`]).
//!
//! A layout says under which key, in which shape and in which order of dimensions a file holds each of
//! our tensors, which network it is, and how its images are prepared. A file is taken as a whole or
//! not at all: every tensor must be there, no other, each of the right shape and finite.

mod cadene;
mod error;
mod own;
mod tf_slim;

pub use error::CheckpointError;
pub use own::{read_own, write_own};

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::path::Path;

use tch::{Device, Kind, Tensor};

use crate::config::BnInceptionConfig;
use crate::execution::Execution;
use crate::network::BnInception;
use crate::plan::Plan;

/// A public layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// `bninception` of Cadene's pretrained-models.pytorch.
    Cadene,
    /// `inception_v2` of `TensorFlow`'s slim models, its variables written to safetensors.
    TfSlim,
}

/// How images are prepared for a layout's networks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Preprocessing {
    /// Shorter side after resizing, pixels.
    pub resize: u32,
    /// Side of the centre crop, pixels.
    pub crop: u32,
    /// Whether the channels are blue, green, red.
    pub is_bgr: bool,
    /// What is subtracted from the values 0–255, in the order of the channels.
    pub mean: [f64; 3],
    /// What the difference is divided by.
    pub std: [f64; 3],
}

impl Preprocessing {
    /// Values from −1 to 1 of red, green, blue: that of the networks trained here, which see `side` pixels.
    pub fn to_unit_range(side: u32) -> Self {
        let resize = side * 256 / 224;
        Self { resize, crop: side, is_bgr: false, mean: [127.5; 3], std: [127.5; 3] }
    }

    /// Crops' interleaved red, green, blue as the network's input, `[n, 3, crop, crop]`, f32; bytes travel
    /// to the device.
    pub fn tensor(&self, rgb: &[u8], device: Device) -> Tensor {
        let side = i64::from(self.crop);
        let bytes = Tensor::from_slice(rgb).to_device(device);
        let channels = bytes.view([-1, side, side, 3]).permute([0, 3, 1, 2]);
        let ordered = if self.is_bgr { channels.flip([1]) } else { channels };
        let along_channels = |values: &[f64; 3]| {
            Tensor::from_slice(values).to_kind(Kind::Float).view([3, 1, 1]).to_device(device)
        };
        (ordered.to_kind(Kind::Float) - along_channels(&self.mean)) / along_channels(&self.std)
    }
}

impl fmt::Display for Preprocessing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { resize, crop, is_bgr, mean: [a, b, c], std: [d, e, g] } = self;
        let channels = if *is_bgr { "BGR" } else { "RGB" };
        write!(f, "shorter side to {resize}, centre {crop}×{crop}, {channels} 0–255")?;
        write!(f, ", less [{a}, {b}, {c}], over [{d}, {e}, {g}]")
    }
}

/// One tensor of a file.
pub(crate) struct Entry {
    /// Its key in the file.
    pub key: String,
    /// Its shape in the file.
    pub shape: Vec<i64>,
    /// What it is to us.
    pub meaning: Meaning,
    /// Whether a file may do without it.
    pub is_optional: bool,
}

/// What a file's tensor is to us.
pub(crate) enum Meaning {
    /// The tensor of this name, with its dimensions in this order.
    Tensor { name: String, order: Order },
    /// The bias of a convolution in front of BN: it only shifts this moving mean.
    BiasBeforeNorm { moving_mean: String },
    /// Nothing that inference needs.
    Nothing,
}

/// In which order a file keeps a tensor's dimensions.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// As we do.
    Same,
    /// `[k, k, inputs, outputs]`.
    Hwio,
    /// `[k, k, inputs, multiplier]` of a depthwise convolution.
    Depthwise,
    /// `[1, 1, features, classes]` of the linear layer.
    PointwiseLinear,
}

type Tensors = BTreeMap<String, Tensor>;

impl Layout {
    /// The network of this layout.
    pub fn config(self, classes: i64) -> BnInceptionConfig {
        match self {
            Self::Cadene => cadene::config(classes),
            Self::TfSlim => tf_slim::config(classes),
        }
    }

    /// How many of its classes stand before the data set's first.
    pub fn classes_before(self) -> u32 {
        match self {
            Self::Cadene => 0,
            Self::TfSlim => 1, // the background
        }
    }

    /// How its images are prepared.
    pub fn preprocessing(self) -> Preprocessing {
        match self {
            Self::Cadene => cadene::PREPROCESSING,
            Self::TfSlim => tf_slim::PREPROCESSING,
        }
    }

    /// Reads a network from a safetensors file.
    ///
    /// # Errors
    /// Names the file that cannot be read, or the tensor that is missing, not expected, of another
    /// shape, not finite, or a variance below zero.
    pub fn read(self, path: &Path, execution: Execution) -> Result<BnInception, CheckpointError> {
        let tensors = read_file(path)?;
        let config = self.config(self.classes(&tensors)?);
        network_of(config, |plan, _| self.entries(plan), &tensors, execution)
    }

    /// Writes a network to a safetensors file, so that the layout's own program can load it.
    ///
    /// # Errors
    /// If the layout has no such network, or the file cannot be written.
    pub fn write(self, network: &BnInception, path: &Path) -> Result<(), CheckpointError> {
        self.check_config(network.config())?;
        let ours: Tensors = network.named_tensors().into_iter().collect();
        let theirs: Vec<(String, Tensor)> = self
            .entries(network.plan())
            .into_iter()
            .map(|entry| (entry.key.clone(), entry.to_file(&ours)))
            .collect();
        Tensor::write_safetensors(&theirs, path)
            .map_err(|source| CheckpointError::Write { path: path.into(), source })
    }

    fn entries(self, plan: &Plan) -> Vec<Entry> {
        match self {
            Self::Cadene => cadene::entries(plan),
            Self::TfSlim => tf_slim::entries(plan),
        }
    }

    /// How many classes the file's linear layer has.
    fn classes(self, tensors: &Tensors) -> Result<i64, CheckpointError> {
        let key = match self {
            Self::Cadene => cadene::LINEAR_BIAS,
            Self::TfSlim => tf_slim::LINEAR_BIAS,
        };
        let missing = || CheckpointError::Missing { name: key.to_owned(), expected: vec![1000] };
        Ok(tensors.get(key).ok_or_else(missing)?.numel() as i64)
    }

    /// What a layout cannot hold: another structure. Dropout, auxiliary classifiers and the initial
    /// weights' distribution leave no trace at inference.
    fn check_config(self, config: &BnInceptionConfig) -> Result<(), CheckpointError> {
        let same_at_inference = BnInceptionConfig {
            image_side: config.image_side,
            dropout: config.dropout,
            auxiliary_classifiers: config.auxiliary_classifiers,
            initialization: config.initialization,
            batch_norm: model::BatchNormConfig {
                moving_average_decay: config.batch_norm.moving_average_decay,
                ..self.config(config.classes).batch_norm
            },
            ..self.config(config.classes)
        };
        if *config == same_at_inference {
            return Ok(());
        }
        Err(CheckpointError::OtherNetwork { layout: self })
    }
}

fn read_file(path: &Path) -> Result<Tensors, CheckpointError> {
    let unreadable = |source| CheckpointError::Read { path: path.into(), source };
    let is_file = std::fs::metadata(path).map_err(|error| unreadable(error.into()))?.is_file();
    if !is_file {
        return Err(unreadable(std::io::Error::other("not a plain file").into()));
    }
    Ok(Tensor::read_safetensors(path).map_err(unreadable)?.into_iter().collect())
}

/// The network of a file's tensors.
fn network_of(
    config: BnInceptionConfig,
    entries: impl FnOnce(&Plan, &BnInceptionConfig) -> Vec<Entry>,
    tensors: &Tensors,
    execution: Execution,
) -> Result<BnInception, CheckpointError> {
    config.check()?;
    // Before anything is as large as the configuration says: the file must have all of it.
    let entries = entries(&Plan::new(&config), &config);
    check(&entries, tensors)?;
    let network = BnInception::new(config, 0, execution)?;
    fill(&network, &entries, tensors);
    Ok(network)
}

/// Every tensor is there, and no other.
fn check(entries: &[Entry], tensors: &Tensors) -> Result<(), CheckpointError> {
    for entry in entries {
        match tensors.get(&entry.key) {
            Some(tensor) => entry.check(tensor)?,
            None if entry.is_optional => {}
            None => {
                let (name, expected) = (entry.key.clone(), entry.shape.clone());
                return Err(CheckpointError::Missing { name, expected });
            }
        }
    }
    let expected: HashSet<_> = entries.iter().map(|entry| &entry.key).collect();
    match tensors.iter().find(|(key, _)| !expected.contains(key)) {
        Some((name, tensor)) => {
            Err(CheckpointError::Extra { name: name.clone(), found: tensor.size() })
        }
        None => Ok(()),
    }
}

/// Copies a checked file's values.
fn fill(network: &BnInception, entries: &[Entry], tensors: &Tensors) {
    let ours: Tensors = network.named_tensors().into_iter().collect();
    let in_file = |entry: &Entry| tensors.get(&entry.key).map(Tensor::shallow_clone);
    for entry in entries {
        if let (Meaning::Tensor { name, order }, Some(value)) = (&entry.meaning, in_file(entry)) {
            ours[name].shallow_clone().copy_(&order.ours(&value));
        }
    }
    for entry in entries {
        if let (Meaning::BiasBeforeNorm { moving_mean }, Some(bias)) =
            (&entry.meaning, in_file(entry))
        {
            let mut mean = ours[moving_mean].shallow_clone();
            mean -= bias.to_device(mean.device());
        }
    }
    network.parameters().refresh();
}

impl Entry {
    fn tensor(key: String, shape: Vec<i64>, name: String, order: Order) -> Self {
        Self { key, shape, meaning: Meaning::Tensor { name, order }, is_optional: false }
    }

    fn check(&self, tensor: &Tensor) -> Result<(), CheckpointError> {
        let name = || self.key.clone();
        if tensor.size() != self.shape {
            let (expected, found) = (self.shape.clone(), tensor.size());
            return Err(CheckpointError::Shape { name: name(), expected, found });
        }
        if matches!(self.meaning, Meaning::Nothing) {
            return Ok(());
        }
        if !tensor.is_floating_point() {
            return Err(CheckpointError::Kind { name: name(), found: tensor.kind() });
        }
        let count = tensor.numel();
        let bad = count as i64 - tensor.isfinite().sum(Kind::Int64).int64_value(&[]);
        if bad > 0 {
            return Err(CheckpointError::NotFinite { name: name(), shape: tensor.size(), bad });
        }
        if self.is_variance() && tensor.min().double_value(&[]) < 0.0 {
            return Err(CheckpointError::NegativeVariance { name: name() });
        }
        Ok(())
    }

    fn is_variance(&self) -> bool {
        matches!(&self.meaning, Meaning::Tensor { name, .. } if name.ends_with("/moving_var"))
    }

    fn to_file(&self, ours: &Tensors) -> Tensor {
        match &self.meaning {
            Meaning::Tensor { name, order } => {
                let kept = ours[name].detach().to_device(tch::Device::Cpu);
                order.theirs(&kept).reshape(self.shape.as_slice()).contiguous()
            }
            Meaning::BiasBeforeNorm { .. } => {
                Tensor::zeros(self.shape.as_slice(), (Kind::Float, tch::Device::Cpu))
            }
            Meaning::Nothing => {
                Tensor::zeros(self.shape.as_slice(), (Kind::Int64, tch::Device::Cpu))
            }
        }
    }
}

impl Order {
    /// From the file's order of dimensions to ours.
    fn ours(self, value: &Tensor) -> Tensor {
        match self {
            Self::Same => value.shallow_clone(),
            Self::Hwio => value.permute([3, 2, 0, 1]),
            Self::Depthwise => value.permute([2, 3, 0, 1]).flatten(0, 1).unsqueeze(1),
            Self::PointwiseLinear => value.squeeze_dims([0, 1].as_slice()).transpose(0, 1),
        }
    }

    /// From our order of dimensions to the file's; of a depthwise kernel, 3 colours.
    fn theirs(self, value: &Tensor) -> Tensor {
        match self {
            Self::Same => value.shallow_clone(),
            Self::Hwio => value.permute([2, 3, 1, 0]),
            Self::Depthwise => value.squeeze_dim(1).unflatten(0, [3, -1]).permute([2, 3, 0, 1]),
            Self::PointwiseLinear => value.transpose(0, 1),
        }
    }
}
