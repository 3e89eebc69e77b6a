//! A step of training through the trunk, written out: forward, and backward by the chain rule, layer by layer.
//!
//! [`forward`] leaves a trace, which [`backward`] uses up from its end: it takes ∂ℓ/∂ of the last layer's output, and
//! sets the gradient of all that the trunk learns. Autograd has no part in it, but for the units that
//! [`unit::is_left_to_autograd`] names, which are off the hot path.
//!
//! Branches write into their range of a module's output, and read their range of its gradient: what libtorch's `cat`
//! and its gradient would copy.

mod module;
mod pooling;
mod unit;

use std::collections::HashMap;

use aten::{Maps, response};
use tch::Tensor;

use crate::parameters::Parameters;
use crate::step::module::ModuleTrace;
use crate::step::pooling::MaximaTrace;
use crate::step::unit::UnitTrace;
use crate::trunk::{Trunk, TrunkLayer};
use crate::unit::Pass;

/// What the backward pass needs of the forward pass.
pub(crate) struct Trace(Vec<LayerTrace>);

enum LayerTrace {
    Unit(UnitTrace),
    MaxPool(MaximaTrace),
    /// What it read.
    LocalResponseNorm(Tensor),
    Module {
        name: &'static str,
        output: Tensor,
        trace: Box<ModuleTrace>,
    },
}

impl Trace {
    /// The outputs of these modules.
    pub fn outputs_of(&self, modules: impl Iterator<Item = &'static str>) -> Vec<Tensor> {
        let output = |wanted| {
            self.0.iter().find_map(|layer| match layer {
                LayerTrace::Module { name, output, .. } if *name == wanted => {
                    Some(output.shallow_clone())
                }
                _ => None,
            })
        };
        modules.filter_map(output).collect()
    }
}

/// From images to the last module's output.
pub(crate) fn forward(trunk: &Trunk, images: &Tensor, pass: Pass) -> (Tensor, Trace) {
    let mut x = images.shallow_clone();
    let mut traces = Vec::with_capacity(trunk.0.len());
    for layer in &trunk.0 {
        let (output, trace) = layer_forward(layer, &x, pass);
        x = output;
        traces.push(trace);
    }
    (x, Trace(traces))
}

fn layer_forward(layer: &TrunkLayer, x: &Tensor, pass: Pass) -> (Tensor, LayerTrace) {
    match layer {
        TrunkLayer::Unit(unit) => {
            let [height, width] = [2, 3].map(|dim| x.size()[dim] / unit.stride);
            let output = new_maps(x, unit.outputs(), height, width);
            let trace = unit::forward(unit, x, None, &[output.shallow_clone()], pass);
            (output, LayerTrace::Unit(trace))
        }
        TrunkLayer::MaxPool => {
            let (output, trace) = pooling::maxima(x, 2);
            (output, LayerTrace::MaxPool(trace))
        }
        TrunkLayer::LocalResponseNorm => {
            let output = maps_like(x);
            fits(response::forward(&maps(x), &maps(&output)));
            (output, LayerTrace::LocalResponseNorm(x.shallow_clone()))
        }
        TrunkLayer::Module(module) => {
            let (output, trace) = module::forward(module, x, pass);
            let (name, trace) = (module.name, Box::new(trace));
            let layer = LayerTrace::Module { name, output: output.shallow_clone(), trace };
            (output, layer)
        }
    }
}

/// Sets the gradient of what the trunk learns, given ∂ℓ/∂ of its output and, beside, of some modules'.
pub(crate) fn backward(
    trunk: &Trunk,
    trace: Trace,
    of_output: Tensor,
    mut of_modules: HashMap<&'static str, Tensor>,
    parameters: &Parameters,
) {
    let mut gradient = of_output;
    for (i, (layer, trace)) in trunk.0.iter().zip(trace.0).enumerate().rev() {
        if let TrunkLayer::Module(module) = layer
            && let Some(beside) = of_modules.remove(module.name)
        {
            gradient += beside;
        }
        match layer_backward(layer, trace, gradient, i > 0, parameters) {
            Some(of_input) => gradient = of_input,
            None => return, // the images
        }
    }
}

fn layer_backward(
    layer: &TrunkLayer,
    trace: LayerTrace,
    gradient: Tensor,
    wants_input: bool,
    parameters: &Parameters,
) -> Option<Tensor> {
    match (layer, trace) {
        (TrunkLayer::Unit(unit), LayerTrace::Unit(trace)) => {
            unit::backward(unit, trace, &[gradient], wants_input, parameters)
        }
        (_, LayerTrace::MaxPool(trace)) => Some(trace.backward(&gradient, None)),
        (_, LayerTrace::LocalResponseNorm(x)) => {
            fits(response::backward(&maps(&gradient), &maps(&x)));
            Some(gradient)
        }
        (TrunkLayer::Module(module), LayerTrace::Module { trace, .. }) => {
            Some(module::backward(module, *trace, &gradient, parameters))
        }
        _ => unreachable!("a trace has its trunk's layers"),
    }
}

/// Maps without values, n and kind as these have.
fn new_maps(like: &Tensor, channels: i64, height: i64, width: i64) -> Tensor {
    let shape = [like.size()[0], height, width, channels];
    Tensor::empty(shape, (like.kind(), like.device())).permute([0, 3, 1, 2])
}

/// Maps without values, shaped like these.
fn maps_like(x: &Tensor) -> Tensor {
    let [_, channels, height, width] = x.size()[..] else { unreachable!("feature maps") };
    new_maps(x, channels, height, width)
}

pub(crate) fn maps(x: &Tensor) -> Maps<'_> {
    fits(Maps::of(x))
}

/// Shapes are the plan's; that they do not fit is a bug of ours.
pub(crate) fn fits<T>(result: Result<T, aten::Error>) -> T {
    result.unwrap_or_else(|error| panic!("{error}"))
}
