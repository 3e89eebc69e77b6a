//! Figure 5's table, from the network itself: what each stage makes, holds and costs.

use crate::network::BnInception;
use crate::plan::{Convolution, Layer, Module};

/// One line of the table, for one image.
#[derive(Clone, Debug, PartialEq)]
pub struct Stage<'a> {
    /// The paths of the stage's layers begin with this: `conv1`, `conv2`, `3a`, …, `linear`; empty
    /// for pooling.
    pub name: &'static str,
    /// The module, if it is one.
    pub module: Option<&'a Module>,
    /// Side of the input, pixels.
    pub input_grid: i64,
    /// Side of the output, pixels.
    pub output_grid: i64,
    /// Channels of the output; of the last stage, classes.
    pub channels: i64,
    /// Learned numbers: weights, γ, β, biases.
    pub parameters: i64,
    /// Multiplications with a weight, each with its addition; those of BN, which folding removes, are
    /// not among them.
    pub multiply_adds: i64,
}

/// The stages in the paper's order: convolution, max pool, convolution (with its reduction), max
/// pool, the ten modules, average pool, linear.
pub fn stages(network: &BnInception) -> Vec<Stage<'_>> {
    let mut grid = network.config().image_side;
    let mut stages: Vec<Stage> = Vec::new();
    for layer in &network.plan().layers {
        let stage = stage(network, layer, grid, stages.last());
        grid = stage.output_grid;
        match (layer, stages.last_mut()) {
            (Layer::LocalResponseNorm, _) => {}
            // The paper counts the 3×3 convolution and its reduction as one stage.
            (Layer::Convolution(_), Some(last)) if last.name == stage.name => {
                *last = Stage { multiply_adds: last.multiply_adds + stage.multiply_adds, ..stage };
            }
            _ => stages.push(stage),
        }
    }
    stages.extend(head(network, grid));
    stages
}

fn stage<'a>(
    network: &'a BnInception,
    layer: &'a Layer,
    input_grid: i64,
    before: Option<&Stage>,
) -> Stage<'a> {
    let channels = before.map_or(3, |stage| stage.channels);
    let (name, output_grid, channels) = match layer {
        Layer::Convolution(convolution) if convolution.name == "conv1" => {
            ("conv1", convolution.output_grid(input_grid), convolution.outputs)
        }
        Layer::Convolution(convolution) => {
            ("conv2", convolution.output_grid(input_grid), convolution.outputs)
        }
        Layer::MaxPool => ("", input_grid / 2, channels),
        Layer::LocalResponseNorm => ("", input_grid, channels),
        Layer::Module(module) => (module.name, input_grid / module.stride, module.outputs()),
    };
    let cost = |convolution: &&Convolution| multiply_adds(convolution, input_grid);
    Stage {
        name,
        module: layer.module(),
        input_grid,
        output_grid,
        channels,
        parameters: parameters_of(network, name),
        multiply_adds: layer.convolutions().iter().map(cost).sum(),
    }
}

/// Every convolution of a module but those of its stride reads and makes the module's input grid.
fn multiply_adds(convolution: &Convolution, input_grid: i64) -> i64 {
    let grid = convolution.output_grid(input_grid);
    convolution.weights() * grid * grid
}

fn head(network: &BnInception, grid: i64) -> [Stage<'_>; 2] {
    let plan = network.plan();
    let linear = Stage {
        name: "linear",
        module: None,
        input_grid: 1,
        output_grid: 1,
        channels: plan.classes,
        parameters: parameters_of(network, "linear"),
        multiply_adds: plan.features * plan.classes,
    };
    let pool = Stage {
        name: "",
        input_grid: grid,
        channels: plan.features,
        parameters: 0,
        multiply_adds: 0,
        ..linear.clone()
    };
    [pool, linear]
}

/// What the tensors under this path hold; auxiliary classifiers, which inference does without, not.
fn parameters_of(network: &BnInception, stage: &str) -> i64 {
    let is_of_stage =
        |name: &str| name.split('/').next() == Some(stage) && !name.contains("/auxiliary/");
    let named = network.parameters().named();
    named.iter().filter(|(name, _)| is_of_stage(name)).map(|(_, t)| t.numel() as i64).sum()
}
