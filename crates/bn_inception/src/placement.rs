//! Where a network's numbers are kept: named tensors in one vector.

use std::collections::HashMap;

use streams::Stream;
use tch::Tensor;

use crate::config::{Distribution, Initialization};
use crate::execution::Execution;

/// What a named tensor is; also the order in which they are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Role {
    /// A convolution's weights, `[outputs, inputs, k, k]`.
    Kernel,
    /// A linear layer's weights, `[outputs, inputs]`.
    Matrix,
    /// γ: 1 at the start.
    Gamma,
    /// β or a bias: 0 at the start.
    Offset,
    /// A moving average of means: 0 at the start.
    MovingMean,
    /// A moving average of variances: 1 at the start.
    MovingVar,
}

/// A named tensor, before it has a place.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Declaration {
    pub name: String,
    pub role: Role,
    pub shape: Vec<i64>,
}

/// Which tensor lies where in a vector.
#[derive(Debug)]
pub(crate) struct Placement {
    slots: Vec<Slot>,
    by_name: HashMap<String, usize>,
}

/// A named tensor's place.
#[derive(Clone, Debug)]
struct Slot {
    declaration: Declaration,
    start: i64,
}

impl Placement {
    /// Puts the tensors one after the other: by role, and within a role in the order given.
    pub fn new(mut declarations: Vec<Declaration>) -> Self {
        declarations.sort_by_key(|declaration| declaration.role);
        let mut end = 0;
        let place = |declaration: Declaration| {
            let start = end;
            end += declaration.numel();
            Slot { declaration, start }
        };
        let slots: Vec<Slot> = declarations.into_iter().map(place).collect();
        let by_name = slots.iter().map(|slot| slot.declaration.name.clone()).zip(0..).collect();
        Self { slots, by_name }
    }

    /// Where the tensors of this role and of those before it end.
    pub fn end_of(&self, role: Role) -> i64 {
        let last = self.slots.iter().rfind(|slot| slot.declaration.role <= role);
        last.map_or(0, |slot| slot.start + slot.declaration.numel())
    }

    /// The initial values of the whole vector, each tensor drawn in f64 from a stream named after it.
    pub fn initial_values(
        &self,
        initialization: &Initialization,
        seed: u64,
        execution: &Execution,
    ) -> Tensor {
        let draw = |slot: &Slot| slot.declaration.draw(initialization, seed);
        let values: Vec<f64> = self.slots.iter().flat_map(draw).collect();
        let kind = execution.master_kind();
        Tensor::from_slice(&values).to_kind(kind).to_device(execution.device)
    }

    /// All tensors by name, each a view of the vector.
    pub fn named(&self, values: &Tensor) -> Vec<(String, Tensor)> {
        let view = |slot: &Slot| slot.declaration.view(values, slot.start);
        self.slots.iter().map(|slot| (slot.declaration.name.clone(), view(slot))).collect()
    }

    /// The tensors of these names, which lie side by side, as one along their first dimension, and
    /// where it starts.
    pub fn joined(&self, names: &[String]) -> (Declaration, i64) {
        let slot = |name| &self.slots[self.by_name[name]];
        let first = slot(&names[0]);
        let (start, mut joined) = (first.start, first.declaration.clone());
        for name in &names[1..] {
            let next = slot(name);
            debug_assert_eq!(next.start, start + joined.numel(), "{name} lies elsewhere");
            joined.shape[0] += next.declaration.shape[0];
        }
        (joined, start)
    }
}

impl Declaration {
    fn numel(&self) -> i64 {
        self.shape.iter().product()
    }

    /// Its part of the vector, in its shape.
    pub fn view(&self, storage: &Tensor, start: i64) -> Tensor {
        let flat = storage.narrow(0, start, self.numel());
        match (self.role, self.shape.as_slice()) {
            (Role::Kernel, &[outputs, inputs, height, width]) => {
                flat.view([outputs, height, width, inputs]).permute([0, 3, 1, 2])
            }
            (_, shape) => flat.view(shape),
        }
    }

    /// How many numbers an output is computed from, and how many outputs an input goes into.
    fn fans(&self) -> [f64; 2] {
        let field: i64 = self.shape[2..].iter().product();
        [self.shape[1] * field, self.shape[0] * field].map(|fan| fan as f64)
    }

    /// Its initial values, in the order in which they are kept.
    fn draw(&self, initialization: &Initialization, seed: u64) -> Vec<f64> {
        let count = self.numel() as usize;
        let gain = match self.role {
            Role::Gamma | Role::MovingVar => return vec![1.0; count],
            Role::Offset | Role::MovingMean => return vec![0.0; count],
            Role::Matrix => 1.0,
            Role::Kernel => initialization.convolution_gain,
        };
        let [fan_in, fan_out] = self.fans();
        let mut stream = Stream::new(seed, &format!("weights/{}", self.name));
        match initialization.distribution {
            Distribution::Xavier => {
                stream.gaussian(gain * (2.0 / (fan_in + fan_out)).sqrt(), count)
            }
            Distribution::He => stream.gaussian(gain * (2.0 / fan_in).sqrt(), count),
            Distribution::TruncatedNormal { std } => stream.truncated_gaussian(gain * std, count),
        }
    }
}
