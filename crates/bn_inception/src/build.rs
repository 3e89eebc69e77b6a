//! From the plan to layers: which tensors there are, and which layer holds which.

use model::BatchNorm;

use crate::auxiliary::AuxiliaryClassifier;
use crate::config::{BnInceptionConfig, Normalization};
use crate::execution::Execution;
use crate::linear::Linear;
use crate::parameters::{MovingStatistics, Parameters};
use crate::placement::{Declaration, Role};
use crate::plan::{Auxiliary, Convolution, LAST_MODULE, Layer, Module, Plan, border};
use crate::trunk::{InceptionModule, Siblings, Trunk, TrunkLayer};
use crate::unit::{After, Unit};

/// What the network consists of.
pub(crate) struct Parts {
    pub parameters: Parameters,
    pub statistics: MovingStatistics,
    pub trunk: Trunk,
    pub linear: Linear,
    pub auxiliaries: Vec<AuxiliaryClassifier>,
}

/// Builds the network of this plan, with the initial weights of this seed.
pub(crate) fn parts(
    plan: &Plan,
    config: &BnInceptionConfig,
    seed: u64,
    execution: &Execution,
) -> Parts {
    let declared = Declared::of(plan, config);
    let mut parameters =
        Parameters::new(declared.parameters, &config.initialization, seed, execution);
    let statistics = MovingStatistics::new(declared.statistics, execution);
    let mut builder = Builder {
        config,
        execution,
        parameters: &mut parameters,
        statistics: &statistics,
        units: 0,
    };
    let trunk = Trunk(plan.layers.iter().map(|layer| builder.layer(layer)).collect());
    let linear = builder.linear("linear");
    let auxiliaries = plan.auxiliaries.iter().map(|plan| builder.auxiliary(plan)).collect();
    Parts { parameters, statistics, trunk, linear, auxiliaries }
}

/// All tensors of this plan's network.
pub(crate) fn declarations(plan: &Plan, config: &BnInceptionConfig) -> Vec<Declaration> {
    let Declared { mut parameters, statistics, .. } = Declared::of(plan, config);
    parameters.extend(statistics);
    parameters
}

/// All tensors of a network.
struct Declared<'a> {
    config: &'a BnInceptionConfig,
    parameters: Vec<Declaration>,
    statistics: Vec<Declaration>,
}

impl<'a> Declared<'a> {
    fn of(plan: &Plan, config: &'a BnInceptionConfig) -> Self {
        let mut declared = Self { config, parameters: Vec::new(), statistics: Vec::new() };
        for layer in &plan.layers {
            match layer {
                Layer::Convolution(convolution) => declared.convolution(convolution),
                Layer::Module(module) => declared.module(module),
                Layer::MaxPool | Layer::LocalResponseNorm => {}
            }
        }
        declared.linear("linear", plan.features, plan.classes);
        for auxiliary in &plan.auxiliaries {
            declared.auxiliary(auxiliary, plan.classes);
        }
        declared
    }

    /// The siblings first, side by side.
    fn module(&mut self, module: &Module) {
        let [_, three] = &module.three;
        let [_, first, second] = &module.double;
        let rest = [three, first, second].into_iter().chain(&module.projection);
        for convolution in module.siblings().chain(rest) {
            self.convolution(convolution);
        }
    }

    fn convolution(&mut self, convolution: &Convolution) {
        let Convolution { name, inputs, outputs, kernel, .. } = convolution;
        match convolution.depth_multiplier {
            None => {
                let shape = vec![*outputs, *inputs, *kernel, *kernel];
                self.parameter(kernel_name(name), Role::Kernel, shape);
            }
            Some(multiplier) => {
                let [depthwise, pointwise] = separable_names(name);
                let filters = inputs * multiplier;
                self.parameter(depthwise, Role::Kernel, vec![filters, 1, *kernel, *kernel]);
                self.parameter(pointwise, Role::Kernel, vec![*outputs, filters, 1, 1]);
            }
        }
        self.after(name, &normalized_shape(convolution, self.config));
    }

    /// What stands between the convolution and its nonlinearity.
    fn after(&mut self, name: &str, shape: &[i64]) {
        let shape = shape.to_vec();
        if self.config.normalization == Normalization::None {
            return self.parameter(format!("{name}/bias"), Role::Offset, shape);
        }
        if self.config.learn_gamma {
            self.parameter(format!("{name}/bn/gamma"), Role::Gamma, shape.clone());
        }
        self.parameter(format!("{name}/bn/beta"), Role::Offset, shape.clone());
        for (what, role) in [("mean", Role::MovingMean), ("var", Role::MovingVar)] {
            let (name, shape) = (format!("{name}/bn/moving_{what}"), shape.clone());
            self.statistics.push(Declaration { name, role, shape });
        }
    }

    fn linear(&mut self, name: &str, inputs: i64, outputs: i64) {
        self.parameter(format!("{name}/weights"), Role::Matrix, vec![outputs, inputs]);
        self.parameter(format!("{name}/biases"), Role::Offset, vec![outputs]);
    }

    fn auxiliary(&mut self, plan: &Auxiliary, classes: i64) {
        self.convolution(&plan.projection);
        self.convolution(&plan.hidden);
        self.linear(&plan.linear_name(), plan.hidden.outputs, classes);
    }

    fn parameter(&mut self, name: String, role: Role, shape: Vec<i64>) {
        self.parameters.push(Declaration { name, role, shape });
    }
}

/// Shape of γ and β: one of each for a feature map, or for an activation.
fn normalized_shape(convolution: &Convolution, config: &BnInceptionConfig) -> Vec<i64> {
    if !is_per_activation(&convolution.name, config) {
        return vec![convolution.outputs];
    }
    let grid = config.image_side / config.stem.total_stride();
    vec![convolution.outputs, grid, grid]
}

fn is_per_activation(name: &str, config: &BnInceptionConfig) -> bool {
    config.normalization == Normalization::BatchPerActivationInLast
        && name.split('/').next() == Some(LAST_MODULE)
}

impl Auxiliary {
    fn linear_name(&self) -> String {
        format!("{}/auxiliary/linear", self.module)
    }
}

fn kernel_name(convolution: &str) -> String {
    format!("{convolution}/conv")
}

fn separable_names(convolution: &str) -> [String; 2] {
    ["depthwise", "pointwise"].map(|part| format!("{convolution}/{part}/conv"))
}

/// Takes tensors out of the storage and makes layers of them.
struct Builder<'a> {
    config: &'a BnInceptionConfig,
    execution: &'a Execution,
    parameters: &'a mut Parameters,
    statistics: &'a MovingStatistics,
    /// Built so far.
    units: u64,
}

impl Builder<'_> {
    fn layer(&mut self, layer: &Layer) -> TrunkLayer {
        match layer {
            Layer::Convolution(convolution) => TrunkLayer::Unit(self.unit(&[convolution])),
            Layer::MaxPool => TrunkLayer::MaxPool,
            Layer::LocalResponseNorm => TrunkLayer::LocalResponseNorm,
            Layer::Module(module) => TrunkLayer::Module(Box::new(self.module(module))),
        }
    }

    fn module(&mut self, module: &Module) -> InceptionModule {
        let rewrites = self.execution.rewrites;
        let siblings: Vec<&Convolution> = module.siblings().collect();
        let widths = siblings.iter().map(|sibling| sibling.outputs).collect();
        InceptionModule {
            name: module.name,
            siblings: if rewrites.merge_siblings {
                Siblings::Merged(self.unit(&siblings), widths)
            } else {
                Siblings::Separate(siblings.iter().map(|sibling| self.unit(&[sibling])).collect())
            },
            three: self.unit(&[&module.three[1]]),
            double: [1, 2].map(|i| self.unit(&[&module.double[i]])),
            pooling: module.pooling,
            projection: module.projection.as_ref().map(|projection| self.unit(&[projection])),
            stride: module.stride,
            padding: self.config.padding,
            project_before_pooling: rewrites.project_before_pooling,
        }
    }

    /// One convolution, or siblings as one.
    fn unit(&mut self, siblings: &[&Convolution]) -> Unit {
        let first = siblings[0];
        let names = |suffix: &str| -> Vec<String> {
            siblings.iter().map(|sibling| format!("{}/{suffix}", sibling.name)).collect()
        };
        let (kernel, depthwise) = if first.depth_multiplier.is_some() {
            let [depthwise, pointwise] = separable_names(&first.name);
            (self.parameters.leaf(&[pointwise]), Some(self.parameters.leaf(&[depthwise])))
        } else {
            (self.parameters.leaf(&names("conv")), None)
        };
        self.units += 1;
        Unit {
            kernel,
            depthwise,
            stride: first.stride,
            border: border(self.config.padding, first.kernel, first.stride),
            after: self.after(&names, is_per_activation(&first.name, self.config)),
            noise: self.config.noise,
            number: self.units,
            activation: self.config.activation,
            at_once: None,
        }
    }

    fn after(&mut self, names: &impl Fn(&str) -> Vec<String>, per_activation: bool) -> After {
        match self.config.normalization {
            Normalization::None => After::Bias(self.parameters.leaf(&names("bias"))),
            _ if per_activation => After::BatchNormPerActivation(self.batch_norm(names)),
            _ => After::BatchNorm(self.batch_norm(names)),
        }
    }

    fn batch_norm(&mut self, names: &impl Fn(&str) -> Vec<String>) -> BatchNorm {
        let beta = self.parameters.leaf(&names("bn/beta"));
        BatchNorm {
            gamma: if self.config.learn_gamma {
                self.parameters.leaf(&names("bn/gamma"))
            } else {
                beta.ones_like()
            },
            beta,
            moving_mean: self.statistics.view(&names("bn/moving_mean")),
            moving_var: self.statistics.view(&names("bn/moving_var")),
            config: self.config.batch_norm,
        }
    }

    fn linear(&mut self, name: &str) -> Linear {
        Linear {
            weights: self.parameters.leaf(&[format!("{name}/weights")]),
            biases: self.parameters.leaf(&[format!("{name}/biases")]),
        }
    }

    fn auxiliary(&mut self, plan: &Auxiliary) -> AuxiliaryClassifier {
        let settings = self.config.auxiliary_classifiers.unwrap_or_default();
        AuxiliaryClassifier {
            module: plan.module,
            pool: plan.pool,
            dropout: settings.dropout,
            projection: self.unit(&[&plan.projection]),
            hidden: self.unit(&[&plan.hidden]),
            linear: self.linear(&plan.linear_name()),
        }
    }
}
