//! The shape of a distribution: how far from symmetric, how sparse, how far from a Gaussian (§3.2), and how much of a
//! nonlinearity it reaches (§3).

use std::f64::consts::SQRT_2;

use tch::{Kind, Tensor};

use crate::Points;

/// Means over units of what each unit's values look like.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shape {
    /// `|E[(x − μ)³]| / σ³`; 0 if symmetric.
    pub skewness: f64,
    /// `1 − E[|x|]² / E[x²]` (Treves and Rolls 1991): 0 if all values are of one size, 0.36 of a Gaussian around 0, 0.5 of a
    /// Laplace distribution, 1 if almost all are 0.
    pub sparseness: f64,
    /// Largest distance between the distribution function and that of a Gaussian of the same mean and variance.
    pub from_gaussian: f64,
}

impl Shape {
    /// Of values `[n, units]`; none if each unit's are all the same. Units whose own are do not count.
    pub fn of(values: &Tensor) -> Option<Self> {
        let values = varying(&values.to_kind(Kind::Double))?;
        let deviations = centred(&values);
        let std = std(&deviations);
        let third = deviations.pow_tensor_scalar(3).mean_dim(0, false, None);
        let sizes = values.abs().mean_dim(0, false, None);
        let squares = values.square().mean_dim(0, false, None);
        Some(Self {
            skewness: mean(&(third / std.pow_tensor_scalar(3)).abs()),
            sparseness: 1.0 - mean(&(sizes.square() / squares)),
            from_gaussian: mean(&from_gaussian(&(deviations / std))),
        })
    }

    /// The mean of several; none of none.
    pub fn mean(of: &[Self]) -> Option<Self> {
        let mean = |number: fn(&Self) -> f64| of.iter().map(number).sum::<f64>() / of.len() as f64;
        (!of.is_empty()).then(|| Self {
            skewness: mean(|shape| shape.skewness),
            sparseness: mean(|shape| shape.sparseness),
            from_gaussian: mean(|shape| shape.from_gaussian),
        })
    }

    /// Points of a series: the mean of several layers.
    pub fn push_mean(
        of_layers: impl IntoIterator<Item = Self>,
        series: &str,
        step: u64,
        points: &mut Points,
    ) {
        let of_layers: Vec<Self> = of_layers.into_iter().collect();
        let Some(Self { skewness, sparseness, from_gaussian }) = Self::mean(&of_layers) else {
            return;
        };
        let metrics =
            [("skewness", skewness), ("sparseness", sparseness), ("distance", from_gaussian)];
        for (metric, value) in metrics {
            points.push_of(series, metric, step as f64, value);
        }
    }
}

/// The share of the variance of `outputs` that no straight line through `inputs` explains, 1 − R², both `[n, units]`: 0 of a
/// nonlinearity whose inputs stay where it is linear. The mean over units whose inputs vary; none if none do.
pub fn share_not_linear(inputs: &Tensor, outputs: &Tensor) -> Option<f64> {
    let both = Tensor::stack(&[inputs, outputs], 1).to_kind(Kind::Double); // [n, 2, units]
    let deviations = centred(&both);
    let variances = deviations.square().mean_dim(0, false, None);
    let covariance = deviations.prod_dim_int(1, false, None).mean_dim(0, false, None);
    let product = variances.prod_dim_int(0, false, None);
    let varies = product.gt(0.0);
    let explained = (covariance.square() / product).masked_select(&varies);
    (explained.numel() > 0).then(|| 1.0 - mean(&explained))
}

/// The columns that are not constant.
fn varying(values: &Tensor) -> Option<Tensor> {
    let (least, most) = (values.amin(0, false), values.amax(0, false));
    let columns = most.gt_tensor(&least).nonzero().view(-1);
    (columns.numel() > 0).then(|| values.index_select(1, &columns))
}

fn centred(values: &Tensor) -> Tensor {
    values - values.mean_dim(0, true, None)
}

fn std(deviations: &Tensor) -> Tensor {
    deviations.square().mean_dim(0, false, None).sqrt()
}

fn mean(numbers: &Tensor) -> f64 {
    numbers.mean(Kind::Double).double_value(&[])
}

/// Of each column of standardised values, Kolmogorov's distance: before and after each step of the distribution function.
fn from_gaussian(values: &Tensor) -> Tensor {
    let n = values.size()[0];
    let (sorted, _) = values.sort(0, false);
    let gaussian = ((sorted / SQRT_2).erf() + 1.0) / 2.0;
    let after = Tensor::arange_start(1, n + 1, (Kind::Double, values.device())).unsqueeze(1) / n;
    let before = &after - (n as f64).recip();
    (&gaussian - after).abs().maximum(&(gaussian - before).abs()).amax(0, false)
}
