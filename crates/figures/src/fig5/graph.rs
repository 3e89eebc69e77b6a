//! A stage of the network as a graph: branches side by side, each a chain of operations.

use record::fig5::StageRow;

/// What a box stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// A 1×1 convolution.
    One,
    /// A 3×3 convolution.
    Three,
    /// A 7×7 convolution.
    Seven,
    /// Average pooling.
    Average,
    /// Maximum pooling.
    Maximum,
    /// Nothing: the pooled input as it is.
    PassThrough,
    /// The linear layer.
    Linear,
}

/// A box: what it does, and its two lines of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What it does.
    pub operation: Operation,
    /// The kernel with its stride, or which pooling.
    pub kernel: String,
    /// The channels that come out, or what else there is to say of a pooling.
    pub width: String,
}

/// A chain of operations from the stage's input to its output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch {
    /// Its place from above.
    pub lane: usize,
    /// Its operations.
    pub steps: Vec<Step>,
    /// Its part of the stage's output channels.
    pub channels: u32,
}

impl Step {
    fn new(operation: Operation, kernel: impl Into<String>, width: impl Into<String>) -> Self {
        Self { operation, kernel: kernel.into(), width: width.into() }
    }
}

/// Whether the stage is an Inception module: those are named 3a, 3b, …
pub fn is_module(stage: &StageRow) -> bool {
    stage.stage.starts_with(|first: char| first.is_ascii_digit())
}

/// The stage's name without kernel and place: `3a`, `convolution`, `max pool`.
pub fn title(stage: &StageRow) -> String {
    if is_module(stage) {
        return stage.stage.clone();
    }
    let words = stage.stage.split(' ');
    words.take_while(|word| !is_kernel(word)).collect::<Vec<_>>().join(" ")
}

/// What lies between the stage's input and its output.
pub fn branches(stage: &StageRow) -> Vec<Branch> {
    if is_module(stage) {
        return module(stage);
    }
    vec![Branch { lane: 0, steps: chain(stage), channels: stage.output_channels }]
}

/// The operations of a stage outside the modules.
fn chain(stage: &StageRow) -> Vec<Step> {
    let kernel = kernel(&stage.stage);
    let step = |operation, kernel| Step::new(operation, kernel, stage.output_channels.to_string());
    match stage.stage.split(' ').next() {
        Some("max") => vec![Step::new(Operation::Maximum, "max", kernel)],
        Some("avg") => vec![Step::new(Operation::Average, "avg", kernel)],
        Some("linear") => vec![step(Operation::Linear, "linear".to_owned())],
        _ if kernel.starts_with('7') => vec![step(Operation::Seven, kernel)],
        _ => reduced(stage.three_reduce, [step(Operation::Three, kernel)]),
    }
}

/// A 1×1 convolution of this width.
fn one(width: u32) -> Step {
    Step::new(Operation::One, "1×1", width.to_string())
}

/// A 3×3 convolution of this width; `step` is written after its kernel.
fn three(width: u32, step: &str) -> Step {
    Step::new(Operation::Three, format!("3×3{step}"), width.to_string())
}

/// Convolutions after a reduction to this width, if there is one.
fn reduced<const N: usize>(reduce: Option<u32>, then: [Step; N]) -> Vec<Step> {
    reduce.map(one).into_iter().chain(then).collect()
}

/// `convolution 7x7/2` has the kernel `7×7/2`; a step of 1 goes without saying.
fn kernel(stage: &str) -> String {
    let word = stage.split(' ').find(|word| is_kernel(word)).unwrap_or_default();
    word.trim_end_matches("/1").replace('x', "×")
}

fn is_kernel(word: &str) -> bool {
    word.starts_with(|first: char| first.is_ascii_digit())
}

/// The branches of an Inception module; each has a lane of its own, empty where it is missing.
fn module(stage: &StageRow) -> Vec<Branch> {
    let step = if stage.stride > 1 { format!("/{}", stage.stride) } else { String::new() };
    let steps = |lane, width| match lane {
        0 => vec![one(width)],
        1 => reduced(stage.three_reduce, [three(width, &step)]),
        _ => reduced(stage.double_reduce, [three(width, ""), three(width, &step)]),
    };
    let branch = |(lane, width): (usize, Option<u32>)| {
        width.map(|channels| Branch { lane, steps: steps(lane, channels), channels })
    };
    let convolved = convolved(stage).into_iter().enumerate().filter_map(branch);
    let pooled = (!stage.pooling.is_empty()).then(|| pooled(stage, &step));
    convolved.chain(pooled).filter(|branch| branch.channels > 0).collect()
}

/// Channels of the branches that end in a convolution.
fn convolved(stage: &StageRow) -> [Option<u32>; 3] {
    [stage.one_by_one, stage.three, stage.double]
}

/// The pooling with its projection, or with what passes through: what the convolutions do not give.
fn pooled(stage: &StageRow, step: &str) -> Branch {
    let operation = if stage.pooling == "max" { Operation::Maximum } else { Operation::Average };
    let pool = Step::new(operation, stage.pooling.clone(), format!("pool{step}"));
    let passes = stage.output_channels.saturating_sub(convolved(stage).into_iter().flatten().sum());
    let pass = Step::new(Operation::PassThrough, "pass", passes.to_string());
    let steps = vec![pool, stage.projection.map_or(pass, one)];
    Branch { lane: 3, steps, channels: stage.projection.unwrap_or(passes) }
}
