//! The layers between the image and global average pooling, in training and folded alike.

use tch::Tensor;

use crate::config::Padding;
use crate::plan::Pooling;
use crate::unit::{Pass, Unit, at_least_single, average_pool};

/// A sequence of layers.
#[derive(Debug)]
pub(crate) struct Trunk(pub Vec<TrunkLayer>);

/// One of them.
#[derive(Debug)]
pub(crate) enum TrunkLayer {
    Unit(Unit),
    MaxPool,
    LocalResponseNorm,
    Module(Box<InceptionModule>),
}

/// An Inception module; see [`crate`] for a diagram.
#[derive(Debug)]
pub(crate) struct InceptionModule {
    pub name: &'static str,
    pub siblings: Siblings,
    pub three: Unit,
    pub double: [Unit; 2],
    pub pooling: Pooling,
    pub projection: Option<Unit>,
    pub stride: i64,
    pub padding: Padding,
    pub project_before_pooling: bool,
}

/// The 1×1 convolutions that read a module's input: 1×1 (where there is one), 3×3 reduce, double 3×3
/// reduce.
#[derive(Debug)]
pub(crate) enum Siblings {
    /// One convolution, whose output is split into so many channels each.
    Merged(Unit, Vec<i64>),
    /// Figure 5 word for word.
    Separate(Vec<Unit>),
}

impl Trunk {
    /// `[n, 3, side, side]` to `[n, features, side/32, side/32]` (side/16 of small images); `tap` sees
    /// the output of each module.
    pub fn forward(
        &self,
        images: &Tensor,
        pass: Pass,
        mut tap: impl FnMut(&'static str, &Tensor),
    ) -> Tensor {
        let mut x = images.shallow_clone();
        for layer in &self.0 {
            x = layer.forward(&x, pass);
            if let TrunkLayer::Module(module) = layer {
                tap(module.name, &x);
            }
        }
        x
    }

    /// What each module reads.
    pub fn module_inputs(&self, images: &Tensor, pass: Pass) -> Vec<(&'static str, Tensor)> {
        let mut x = images.shallow_clone();
        let mut inputs = Vec::new();
        for layer in &self.0 {
            if let TrunkLayer::Module(module) = layer {
                inputs.push((module.name, x.shallow_clone()));
            }
            x = layer.forward(&x, pass);
        }
        inputs
    }

    /// The module of this name.
    pub fn module(&self, name: &str) -> Option<&InceptionModule> {
        self.0.iter().find_map(|layer| match layer {
            TrunkLayer::Module(module) if module.name == name => Some(module.as_ref()),
            _ => None,
        })
    }

    /// Algorithm 2 throughout.
    pub fn fold(&self) -> Self {
        Self(self.0.iter().map(TrunkLayer::fold).collect())
    }
}

impl TrunkLayer {
    fn forward(&self, x: &Tensor, pass: Pass) -> Tensor {
        match self {
            Self::Unit(unit) => unit.forward(x, pass),
            Self::MaxPool => max_pool(x, 2),
            Self::LocalResponseNorm => local_response_norm(x),
            Self::Module(module) => module.forward(x, pass),
        }
    }

    fn fold(&self) -> Self {
        match self {
            Self::Unit(unit) => Self::Unit(unit.fold()),
            Self::MaxPool => Self::MaxPool,
            Self::LocalResponseNorm => Self::LocalResponseNorm,
            Self::Module(module) => Self::Module(Box::new(module.fold())),
        }
    }
}

impl InceptionModule {
    pub fn forward(&self, x: &Tensor, pass: Pass) -> Tensor {
        let mut siblings = self.siblings.forward(x, pass);
        let [double, three] = [siblings.pop(), siblings.pop()].map(|reduced| reduced.expect("two"));
        let [first, second] = &self.double;
        let mut branches = siblings; // the 1×1 convolution, where there is one
        branches.push(self.three.forward(&three, pass));
        branches.push(second.forward(&first.forward(&double, pass), pass));
        branches.push(self.pooled(x, pass));
        Tensor::cat(&branches, 1)
    }

    fn pooled(&self, x: &Tensor, pass: Pass) -> Tensor {
        let pool = |x: &Tensor| match self.pooling {
            Pooling::Average => average_pool(x, self.padding),
            Pooling::Maximum => max_pool(x, self.stride),
        };
        match &self.projection {
            None => pool(x),
            Some(unit) if self.pooling == Pooling::Average && self.project_before_pooling => {
                unit.forward_pooled(x, pool, pass)
            }
            Some(unit) => unit.forward(&pool(x), pass),
        }
    }

    fn fold(&self) -> Self {
        let [first, second] = &self.double;
        Self {
            siblings: self.siblings.fold(),
            three: self.three.fold(),
            double: [first.fold(), second.fold()],
            projection: self.projection.as_ref().map(Unit::fold),
            ..*self
        }
    }
}

impl Siblings {
    fn forward(&self, x: &Tensor, pass: Pass) -> Vec<Tensor> {
        match self {
            Self::Merged(unit, widths) => {
                unit.forward(x, pass).split_with_sizes(widths.as_slice(), 1)
            }
            Self::Separate(units) => units.iter().map(|unit| unit.forward(x, pass)).collect(),
        }
    }

    /// What their nonlinearities read.
    pub fn before_nonlinearity(&self, x: &Tensor, pass: Pass) -> Vec<Tensor> {
        let units = match self {
            Self::Merged(unit, _) => std::slice::from_ref(unit),
            Self::Separate(units) => units,
        };
        units.iter().map(|unit| unit.before_nonlinearity(x, pass)).collect()
    }

    fn fold(&self) -> Self {
        match self {
            Self::Merged(unit, widths) => Self::Merged(unit.fold(), widths.clone()),
            Self::Separate(units) => Self::Separate(units.iter().map(Unit::fold).collect()),
        }
    }
}

/// 3×3, stride 1 or 2. At stride 2 a window may reach over the right and lower edge (`ceil_mode`),
/// which is `TensorFlow`'s SAME padding; at stride 1, over every edge. Zeros are not among the values.
fn max_pool(x: &Tensor, stride: i64) -> Tensor {
    let border = i64::from(stride == 1);
    x.max_pool2d(3, stride, border, 1, true)
}

/// Krizhevsky et al. 2012, with `GoogLeNet`'s numbers: over 5 neighbouring channels,
/// `x / (1 + α/5 · Σ x²)^β`, α = 1e-4, β = 0.75.
///
/// The sum is a 1×1 convolution with a matrix of five diagonals: libtorch's own way, a pooling in three
/// dimensions, takes several times as long.
fn local_response_norm(x: &Tensor) -> Tensor {
    let channels = x.size()[1];
    let near = Tensor::ones([channels, channels], (x.kind(), x.device())).tril(2).triu(-2);
    let kernel = near.view([channels, channels, 1, 1]);
    let sums = x.square().conv2d(&kernel, None::<&Tensor>, 1, 0, 1, 1);
    let denominators = at_least_single(&sums) * (1e-4 / 5.0) + 1.0;
    let powers = denominators.pow_tensor_scalar(-0.75);
    x * powers.to_kind(x.kind())
}
