//! An Inception module, forward and backward.

use tch::Tensor;

use crate::parameters::Parameters;
use crate::plan::Pooling;
use crate::step::pooling::{self, MaximaTrace};
use crate::step::unit::{self, UnitTrace};
use crate::step::{maps_like, new_maps};
use crate::trunk::{InceptionModule, Siblings};
use crate::unit::{Pass, Unit};

/// What the backward pass needs of the forward pass.
pub(crate) struct ModuleTrace {
    siblings: Vec<UnitTrace>,
    three: UnitTrace,
    double: [UnitTrace; 2],
    pool: PoolTrace,
}

/// The same of the branch that pools.
enum PoolTrace {
    /// Pooling, then a projection, if there is one.
    PoolFirst(Option<MaximaTrace>, Option<UnitTrace>),
    /// The projection has the pooling in it.
    ProjectFirst(UnitTrace),
}

/// Channels of a module's branches, in their order: 1×1 (or none), 3×3, double 3×3, pooling.
fn widths(module: &InceptionModule, inputs: i64) -> Vec<i64> {
    let mut widths = module.siblings.widths();
    widths.truncate(widths.len() - 2);
    widths.extend([&module.three, &module.double[1]].map(Unit::outputs));
    widths.push(module.projection.as_ref().map_or(inputs, Unit::outputs));
    widths
}

/// A range of channels for each branch.
fn branches(module: &InceptionModule, inputs: i64, maps: &Tensor) -> Vec<Tensor> {
    maps.split_with_sizes(widths(module, inputs).as_slice(), 1)
}

pub(crate) fn forward(module: &InceptionModule, x: &Tensor, pass: Pass) -> (Tensor, ModuleTrace) {
    let [_, inputs, height, width] = x.size()[..] else { unreachable!("feature maps") };
    let outputs = widths(module, inputs).iter().sum();
    let output = new_maps(x, outputs, height / module.stride, width / module.stride);
    let mut branches = branches(module, inputs, &output);
    let [of_pool, of_double, of_three] =
        [(); 3].map(|()| branches.pop().expect("three branches, and a 1×1 in most"));
    let reduced = module.siblings.widths();
    let reduced =
        reduced[reduced.len() - 2..].iter().map(|&width| new_maps(x, width, height, x.size()[3]));
    let mut of_siblings = branches;
    of_siblings.extend(reduced);
    let siblings = siblings_forward(&module.siblings, x, &of_siblings, pass);
    let [.., to_three, to_double] = &of_siblings[..] else { unreachable!("two reductions") };
    let three = unit::forward(&module.three, to_three, None, &[of_three], pass);
    let [first, second] = &module.double;
    let between = new_maps(x, first.outputs(), height, width);
    let first = unit::forward(first, to_double, None, &[between.shallow_clone()], pass);
    let second = unit::forward(second, &between, None, &[of_double], pass);
    let pool = pool_forward(module, x, of_pool, pass);
    (output, ModuleTrace { siblings, three, double: [first, second], pool })
}

fn siblings_forward(
    siblings: &Siblings,
    x: &Tensor,
    outputs: &[Tensor],
    pass: Pass,
) -> Vec<UnitTrace> {
    match siblings {
        Siblings::Merged(unit, _) => vec![unit::forward(unit, x, None, outputs, pass)],
        Siblings::Separate(units) => {
            let each = units.iter().zip(outputs.chunks(1));
            each.map(|(unit, output)| unit::forward(unit, x, None, output, pass)).collect()
        }
    }
}

fn pool_forward(module: &InceptionModule, x: &Tensor, output: Tensor, pass: Pass) -> PoolTrace {
    let Some(unit) = &module.projection else {
        return PoolTrace::PoolFirst(pool_into(module, x, &output), None);
    };
    if module.pooling == Pooling::Average && module.project_before_pooling {
        let padding = Some(module.padding);
        return PoolTrace::ProjectFirst(unit::forward(unit, x, padding, &[output], pass));
    }
    let pooled = maps_like(x); // where there is a projection, the stride is 1
    let trace = pool_into(module, x, &pooled);
    PoolTrace::PoolFirst(trace, Some(unit::forward(unit, &pooled, None, &[output], pass)))
}

/// Maxima leave a trace, means need none.
fn pool_into(module: &InceptionModule, x: &Tensor, output: &Tensor) -> Option<MaximaTrace> {
    match module.pooling {
        Pooling::Maximum => Some(pooling::maxima_into(x, module.stride, output)),
        Pooling::Average => {
            pooling::means_into(x, module.padding, output);
            None
        }
    }
}

/// Sets the gradients of what the module learns; returns ∂ℓ/∂x, the sum of what its branches hand back.
pub(crate) fn backward(
    module: &InceptionModule,
    trace: ModuleTrace,
    gradient: &Tensor,
    parameters: &Parameters,
) -> Tensor {
    let ModuleTrace { siblings, three, double: [first, second], pool } = trace;
    let wanted = |unit, trace, gradients: &[Tensor]| {
        unit::backward(unit, trace, gradients, true, parameters).expect("it is wanted")
    };
    let inputs = module.siblings.inputs();
    let mut branches = branches(module, inputs, gradient);
    let [of_pool, of_double, of_three] = [(); 3].map(|()| branches.pop().expect("three branches"));
    let mut of_siblings = branches;
    of_siblings.push(wanted(&module.three, three, &[of_three]));
    let between = wanted(&module.double[1], second, &[of_double]);
    of_siblings.push(wanted(&module.double[0], first, &[between]));
    let of_input = match &module.siblings {
        Siblings::Merged(unit, _) => {
            let trace = siblings.into_iter().next().expect("one");
            wanted(unit, trace, &of_siblings)
        }
        Siblings::Separate(units) => {
            let each = units.iter().zip(siblings).zip(of_siblings.chunks(1));
            let each = each.map(|((unit, trace), gradient)| wanted(unit, trace, gradient));
            each.reduce(|sum, gradient| sum + gradient).expect("at least two")
        }
    };
    pool_backward(module, pool, of_pool, of_input, parameters)
}

/// ∂ℓ/∂x with this branch's part.
fn pool_backward(
    module: &InceptionModule,
    trace: PoolTrace,
    gradient: Tensor,
    mut of_input: Tensor,
    parameters: &Parameters,
) -> Tensor {
    let through_unit = |trace, gradient| {
        let unit = module.projection.as_ref().expect("a trace has its module's units");
        unit::backward(unit, trace, &[gradient], true, parameters).expect("it is wanted")
    };
    let (maxima, gradient) = match trace {
        PoolTrace::ProjectFirst(trace) => {
            of_input += through_unit(trace, gradient);
            return of_input;
        }
        PoolTrace::PoolFirst(maxima, Some(unit)) => (maxima, through_unit(unit, gradient)),
        PoolTrace::PoolFirst(maxima, None) => (maxima, gradient),
    };
    match maxima {
        Some(maxima) => maxima.backward(&gradient, Some(of_input)),
        None => pooling::means_backward(&gradient, module.padding, Some(of_input)),
    }
}

impl Siblings {
    /// Channels that each of them makes.
    fn widths(&self) -> Vec<i64> {
        match self {
            Self::Merged(_, widths) => widths.clone(),
            Self::Separate(units) => units.iter().map(Unit::outputs).collect(),
        }
    }

    /// Channels that they read.
    fn inputs(&self) -> i64 {
        match self {
            Self::Merged(unit, _) => unit.kernel.size()[1],
            Self::Separate(units) => units[0].kernel.size()[1],
        }
    }
}
