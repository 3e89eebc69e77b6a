//! The network's structure, without a tensor: from this plan the network is built, and from this
//! plan Figure 5's table is printed.
//!
//! Names are paths, as parameters carry them: `conv1`, `conv2/reduce`, `conv2`, then in each module
//! `3a/1x1`, `3a/3x3/reduce`, `3a/3x3`, `3a/double_3x3/reduce`, `3a/double_3x3/1`,
//! `3a/double_3x3/2`, `3a/pool/projection`.

use crate::config::{BnInceptionConfig, DEPTH_MULTIPLIER, Padding, PoolProjection, Stem};

/// A convolution, with what follows it up to and including the nonlinearity.
#[derive(Clone, Debug, PartialEq)]
pub struct Convolution {
    /// Its path.
    pub name: String,
    /// Channels that it reads.
    pub inputs: i64,
    /// Channels that it makes.
    pub outputs: i64,
    /// Side of the filters, pixels.
    pub kernel: i64,
    /// Step of the filters, pixels.
    pub stride: i64,
    /// If separable: how many filters each input channel has, before a 1×1 convolution mixes them.
    pub depth_multiplier: Option<i64>,
}

/// How a module pools.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pooling {
    /// The mean of 3×3.
    Average,
    /// The maximum of 3×3.
    Maximum,
}

/// An Inception module. Its branches are concatenated in the order of the fields.
#[derive(Clone, Debug, PartialEq)]
pub struct Module {
    /// `3a` to `5b`.
    pub name: &'static str,
    /// The 1×1 convolution; the modules of stride 2 have none.
    pub one: Option<Convolution>,
    /// Reduction and 3×3 convolution.
    pub three: [Convolution; 2],
    /// Reduction and two 3×3 convolutions, in place of `GoogLeNet`'s 5×5.
    pub double: [Convolution; 3],
    /// The pooling.
    pub pooling: Pooling,
    /// The 1×1 convolution after the pooling; the modules of stride 2 pass the pooled input through.
    pub projection: Option<Convolution>,
    /// Step of the branches' last layers, pixels.
    pub stride: i64,
    /// Channels that it reads.
    pub inputs: i64,
}

/// One layer of the trunk.
#[derive(Clone, Debug, PartialEq)]
pub enum Layer {
    /// A convolution of the stem.
    Convolution(Convolution),
    /// 3×3/2 max pooling of the stem.
    MaxPool,
    /// Local Response Normalization.
    LocalResponseNorm,
    /// A module.
    Module(Box<Module>),
}

/// A classifier that hangs on a module in training (Szegedy et al. 2014, §5).
#[derive(Clone, Debug, PartialEq)]
pub struct Auxiliary {
    /// The module whose output it reads.
    pub module: &'static str,
    /// Side and step of its average pooling, pixels.
    pub pool: (i64, i64),
    /// 1×1 convolution to 128 channels.
    pub projection: Convolution,
    /// Fully-connected hidden layer of 1024 units: a 1×1 convolution of one pixel.
    pub hidden: Convolution,
}

/// The whole network.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// The trunk.
    pub layers: Vec<Layer>,
    /// Channels that global average pooling hands to the linear layer.
    pub features: i64,
    /// Outputs of the linear layer.
    pub classes: i64,
    /// Classifiers used in training only.
    pub auxiliaries: Vec<Auxiliary>,
}

/// A row of Figure 5 as printed.
struct Printed {
    name: &'static str,
    one: i64,
    three: [i64; 2],
    double: [i64; 2],
    pooling: Pooling,
    projection: i64,
    stride: i64,
}

const fn printed(
    name: &'static str,
    one: i64,
    three: [i64; 2],
    double: [i64; 2],
    (pooling, projection): (Pooling, i64),
) -> Printed {
    let stride = if projection == 0 { 2 } else { 1 };
    Printed { name, one, three, double, pooling, projection, stride }
}

/// Figure 5: 1×1, 3×3 (reduce, convolution), double 3×3 (reduce, convolutions), pool and projection.
const FIGURE_5: [Printed; 10] = {
    use Pooling::{Average, Maximum};
    [
        printed("3a", 64, [64, 64], [64, 96], (Average, 32)),
        printed("3b", 64, [64, 96], [64, 96], (Average, 64)),
        printed("3c", 0, [128, 160], [64, 96], (Maximum, 0)),
        printed("4a", 224, [64, 96], [96, 128], (Average, 128)),
        printed("4b", 192, [96, 128], [96, 128], (Average, 128)),
        printed("4c", 160, [128, 160], [128, 160], (Average, 128)),
        printed("4d", 96, [128, 192], [160, 192], (Average, 128)),
        printed("4e", 0, [128, 192], [192, 256], (Maximum, 0)),
        printed("5a", 352, [192, 320], [160, 224], (Average, 128)),
        printed("5b", 352, [192, 320], [192, 224], (Maximum, 128)),
    ]
};

/// The last hidden layers (§4.2.3).
pub(crate) const LAST_MODULE: &str = "5b";

impl Convolution {
    fn new(name: impl Into<String>, inputs: i64, outputs: i64, kernel: i64, stride: i64) -> Self {
        Self { name: name.into(), inputs, outputs, kernel, stride, depth_multiplier: None }
    }

    /// How many weights it has; no bias, γ or β.
    pub fn weights(&self) -> i64 {
        let filter = self.kernel * self.kernel;
        match self.depth_multiplier {
            None => self.inputs * self.outputs * filter,
            Some(multiplier) => self.inputs * multiplier * (filter + self.outputs),
        }
    }

    /// Side of the output for an input of this side, pixels, whatever the padding.
    pub fn output_grid(&self, input: i64) -> i64 {
        (input + self.stride - 1) / self.stride
    }
}

impl Module {
    fn new(row: &Printed, inputs: i64, config: &BnInceptionConfig) -> Self {
        let name = row.name;
        let scaled = |channels| scaled(channels, config);
        let convolution = |path: &str, inputs, outputs, kernel, stride| {
            Convolution::new(format!("{name}/{path}"), inputs, scaled(outputs), kernel, stride)
        };
        let one_by_one = |path, outputs| convolution(path, inputs, outputs, 1, 1);
        let [three_reduce, three] = row.three;
        let [double_reduce, double] = row.double;
        Self {
            name,
            one: (row.one > 0).then(|| one_by_one("1x1", row.one)),
            three: [
                one_by_one("3x3/reduce", three_reduce),
                convolution("3x3", scaled(three_reduce), three, 3, row.stride),
            ],
            double: [
                one_by_one("double_3x3/reduce", double_reduce),
                convolution("double_3x3/1", scaled(double_reduce), double, 3, 1),
                convolution("double_3x3/2", scaled(double), double, 3, row.stride),
            ],
            pooling: row.pooling,
            projection: (row.projection > 0)
                .then(|| one_by_one("pool/projection", width_of_projection(row, config))),
            stride: row.stride,
            inputs,
        }
    }

    /// Channels that it makes.
    pub fn outputs(&self) -> i64 {
        let [one, projection] = [&self.one, &self.projection].map(Option::as_ref);
        let pooled = projection.map_or(self.inputs, |projection| projection.outputs);
        one.map_or(0, |one| one.outputs) + self.three[1].outputs + self.double[2].outputs + pooled
    }

    /// All its convolutions, in the order of the branches.
    pub fn convolutions(&self) -> impl Iterator<Item = &Convolution> {
        self.one.iter().chain(&self.three).chain(&self.double).chain(&self.projection)
    }

    /// The 1×1 convolutions that read the module's input as it is.
    pub fn siblings(&self) -> impl Iterator<Item = &Convolution> {
        self.one.iter().chain([&self.three[0], &self.double[0]])
    }
}

/// Channels of a layer of so many in Figure 5.
fn scaled(channels: i64, config: &BnInceptionConfig) -> i64 {
    ((channels as f64 * config.width).round() as i64).max(1)
}

fn width_of_projection(row: &Printed, config: &BnInceptionConfig) -> i64 {
    match (config.pool_projection, row.name) {
        (PoolProjection::Consistent96, "4c" | "4d") => 96,
        _ => row.projection,
    }
}

fn first_convolution(config: &BnInceptionConfig) -> Convolution {
    let (kernel, stride) = match config.stem {
        Stem::Full | Stem::Separable => (7, 2),
        Stem::SmallImage | Stem::SmallImageFine => (3, 1),
    };
    let depth_multiplier = (config.stem == Stem::Separable).then_some(DEPTH_MULTIPLIER);
    let full = Convolution::new("conv1", 3, scaled(64, config), kernel, stride);
    Convolution { depth_multiplier, ..full }
}

/// Zeros that a filter needs left and above, right and below, pixels.
pub(crate) fn border(padding: Padding, kernel: i64, stride: i64) -> (i64, i64) {
    match padding {
        Padding::Symmetric => (kernel / 2, kernel / 2),
        // The grids are multiples of the strides, so that TensorFlow's rule comes to this.
        Padding::Same => ((kernel - stride) / 2, (kernel - stride + 1) / 2),
    }
}

impl Plan {
    /// The network of this configuration.
    pub fn new(config: &BnInceptionConfig) -> Self {
        let mut layers = stem(config);
        let mut auxiliaries = Vec::new();
        let mut channels = scaled(192, config);
        let mut grid = 4 * config.image_side / config.stem.total_stride();
        for row in &FIGURE_5 {
            let module = Module::new(row, channels, config);
            channels = module.outputs();
            grid /= module.stride;
            if config.auxiliary_classifiers.is_some() && matches!(row.name, "4a" | "4d") {
                auxiliaries.push(Auxiliary::new(row.name, channels, grid, config));
            }
            layers.push(Layer::Module(Box::new(module)));
        }
        Self { layers, features: channels, classes: config.classes, auxiliaries }
    }

    /// All convolutions of the trunk, from the image on.
    pub fn convolutions(&self) -> impl Iterator<Item = &Convolution> {
        self.layers.iter().flat_map(Layer::convolutions)
    }
}

impl Layer {
    /// The module, if it is one.
    pub fn module(&self) -> Option<&Module> {
        if let Self::Module(module) = self { Some(module) } else { None }
    }

    /// Its convolutions; none for pooling.
    pub fn convolutions(&self) -> Vec<&Convolution> {
        match self {
            Self::Convolution(convolution) => vec![convolution],
            Self::Module(module) => module.convolutions().collect(),
            Self::MaxPool | Self::LocalResponseNorm => Vec::new(),
        }
    }
}

fn stem(config: &BnInceptionConfig) -> Vec<Layer> {
    let [first, second] = [64, 192].map(|channels| scaled(channels, config));
    let response_norm = || config.local_response_norm.then_some(Layer::LocalResponseNorm);
    let mut layers = vec![Layer::Convolution(first_convolution(config))];
    layers.extend((config.stem != Stem::SmallImageFine).then_some(Layer::MaxPool));
    layers.extend(response_norm());
    layers.push(Layer::Convolution(Convolution::new("conv2/reduce", first, first, 1, 1)));
    layers.push(Layer::Convolution(Convolution::new("conv2", first, second, 3, 1)));
    layers.extend(response_norm());
    layers.push(Layer::MaxPool);
    layers
}

impl Auxiliary {
    /// 5×5/3 average pooling, 1×1 to 128 channels, 1024 hidden units; on grids smaller than 5×5
    /// (small images) the pooling takes the whole grid.
    fn new(module: &'static str, channels: i64, grid: i64, config: &BnInceptionConfig) -> Self {
        let side = grid.min(5);
        let pooled = (grid - side) / 3 + 1;
        let convolution = |name, inputs, outputs| {
            let path = format!("{module}/auxiliary/{name}");
            Convolution::new(path, inputs, scaled(outputs, config), 1, 1)
        };
        let projection = convolution("projection", channels, 128);
        let hidden = convolution("hidden", projection.outputs * pooled * pooled, 1024);
        Self { module, pool: (side, 3), projection, hidden }
    }
}
