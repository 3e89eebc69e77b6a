//! Classifiers that hang on a module and are used in training only (Szegedy et al. 2014, §5).

use streams::Stream;
use tch::Tensor;

use crate::dropout::dropout;
use crate::linear::Linear;
use crate::unit::{Pass, Unit};

/// 5×5/3 average pooling, 1×1 convolution, a hidden layer, Dropout, a linear layer.
#[derive(Debug)]
pub(crate) struct AuxiliaryClassifier {
    /// The module whose output it reads.
    pub module: &'static str,
    /// Side and step of the pooling, pixels.
    pub pool: (i64, i64),
    /// Share of the hidden units that Dropout sets to zero.
    pub dropout: f64,
    pub projection: Unit,
    pub hidden: Unit,
    pub linear: Linear,
}

impl AuxiliaryClassifier {
    /// `[n, channels, grid, grid]` to `[n, classes]`.
    pub fn forward(&self, x: &Tensor, pass: Pass, draws: &mut Stream) -> Tensor {
        let (side, step) = self.pool;
        let pooled = x.avg_pool2d(side, step, 0, false, true, None);
        let projected = self.projection.forward(&pooled, pass);
        let n = projected.size()[0];
        let hidden = self.hidden.forward(&projected.reshape([n, -1, 1, 1]), pass);
        self.linear.forward(&dropout(&hidden.reshape([n, -1]), self.dropout, draws))
    }

    /// What it learns.
    pub fn learned(&self) -> Vec<&Tensor> {
        let units = [&self.projection, &self.hidden].into_iter().flat_map(Unit::learned);
        units.chain(self.linear.learned()).collect()
    }
}
