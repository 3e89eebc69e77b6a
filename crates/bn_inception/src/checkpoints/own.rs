//! Our own names and shapes: each tensor of the network as [`BnInception::named_tensors`] has it.

use std::path::Path;

use tch::{Device, Kind, Tensor};

use super::{CheckpointError, Entry, Meaning, Order, Tensors, network_of, read_file};
use crate::build::declarations;
use crate::config::BnInceptionConfig;
use crate::execution::Execution;
use crate::network::BnInception;
use crate::placement::{Declaration, Role};
use crate::plan::Plan;

/// Where a training stood; a file that a training has left behind has it, too.
const STATE: &str = "checkpoint/state";

/// Reads the network of this configuration from a file with our own names.
///
/// # Errors
/// Those of [`Layout::read`](super::Layout::read).
pub fn read_own(
    path: &Path,
    config: BnInceptionConfig,
    execution: Execution,
) -> Result<BnInception, CheckpointError> {
    network_of(config, entries, &read_file(path)?, execution)
}

/// Writes a network with our own names: the weights of convolutions and linear layers in numbers of this kind, and the
/// few others (γ, β, biases, statistics) in f32.
///
/// # Errors
/// If the file cannot be written.
pub fn write_own(network: &BnInception, path: &Path, weights: Kind) -> Result<(), CheckpointError> {
    let ours: Tensors = network.named_tensors().into_iter().collect();
    let stored = |Declaration { name, role, .. }| {
        let kind = if role <= Role::Matrix { weights } else { Kind::Float };
        let value = ours[&name].detach().to_device(Device::Cpu).to_kind(kind).contiguous();
        (name, value)
    };
    let declared = declarations(network.plan(), network.config());
    let tensors: Vec<(String, Tensor)> = declared.into_iter().map(stored).collect();
    Tensor::write_safetensors(&tensors, path)
        .map_err(|source| CheckpointError::Write { path: path.into(), source })
}

fn entries(plan: &Plan, config: &BnInceptionConfig) -> Vec<Entry> {
    let entry =
        |Declaration { name, shape, .. }| Entry::tensor(name.clone(), shape, name, Order::Same);
    let state = Entry {
        key: STATE.to_owned(),
        shape: vec![2],
        meaning: Meaning::Nothing,
        is_optional: true,
    };
    declarations(plan, config).into_iter().map(entry).chain([state]).collect()
}
