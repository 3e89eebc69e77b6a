//! A convolution and what follows it, `z = g(BN(W ∗ u))`, forward and backward.
//!
//! Of the forward pass `u` and `y = W ∗ u` are kept. BN is the affine map `a (y − μ) + β` of [`aten::normalize`], noise
//! after it another, and a bias one with a = 1 and μ = 0.

use aten::normalize::{self, Affine, Backward, Nonlinearity, Sums};
use model::batch_norm::Normalizer;
use tch::{Kind, Tensor};

use crate::config::{Activation, Padding};
use crate::convolution;
use crate::parameters::Parameters;
use crate::step::{fits, maps, maps_like, pooling};
use crate::unit::{After, Disturbance, Pass, Unit, average_pool, channels_last};

/// What the backward pass needs of the forward pass.
pub(crate) enum UnitTrace {
    WrittenOut(Box<Written>),
    /// A leaf of autograd's, and what it became.
    Autograd {
        x: Tensor,
        z: Tensor,
    },
}

/// The same of a unit whose gradient is written out.
pub(crate) struct Written {
    /// What the convolution read, with its border where that differs from side to side.
    x: Tensor,
    /// What is normalised. The backward pass puts ∂ℓ/∂y in its place.
    y: Tensor,
    /// z of each range of channels, for the sigmoid's slope.
    outputs: Vec<Tensor>,
    affine: Affine,
    /// 1/(σ² + ε), with BN.
    inverse: Option<Vec<f64>>,
    /// s of the noise.
    scales: Option<Vec<f64>>,
    /// Of the average pooling between the convolution and the rest.
    pooling: Option<Padding>,
}

/// Separable convolutions and BN of each activation: in one layer of few networks.
pub(crate) fn is_left_to_autograd(unit: &Unit) -> bool {
    unit.depthwise.is_some() || matches!(unit.after, After::BatchNormPerActivation(_))
}

/// From x to z, into ranges of channels; with the average pooling after the convolution, if there is one.
pub(crate) fn forward(
    unit: &Unit,
    x: &Tensor,
    pooling: Option<Padding>,
    outputs: &[Tensor],
    pass: Pass,
) -> UnitTrace {
    if is_left_to_autograd(unit) {
        return forward_by_autograd(unit, x, pooling, outputs, pass);
    }
    let x = with_border(unit, x);
    let y = pooled(convolution::forward(unit, &x), pooling);
    let (affine, inverse, scales) = affine(unit, &y, pass);
    let with_relu = unit.activation == Activation::Relu;
    for (range, output) in ranges(outputs).zip(outputs) {
        let affine = affine.channels(range.clone());
        fits(normalize::forward(&maps(&narrow(&y, &range)), &affine, with_relu, &maps(output)));
        if !with_relu {
            let _ = output.shallow_clone().sigmoid_();
        }
    }
    let outputs = outputs.iter().map(Tensor::shallow_clone).collect();
    UnitTrace::WrittenOut(Box::new(Written { x, y, outputs, affine, inverse, scales, pooling }))
}

fn forward_by_autograd(
    unit: &Unit,
    x: &Tensor,
    pooling: Option<Padding>,
    outputs: &[Tensor],
    pass: Pass,
) -> UnitTrace {
    let x = x.detach().set_requires_grad(true);
    let z = tch::with_grad(|| match pooling {
        None => unit.forward(&x, pass),
        Some(padding) => unit.forward_pooled(&x, |y| average_pool(y, padding), pass),
    });
    for (range, output) in ranges(outputs).zip(outputs) {
        output.shallow_clone().copy_(&narrow(&z, &range));
    }
    UnitTrace::Autograd { x, z }
}

/// Where each output's channels lie among all.
fn ranges(outputs: &[Tensor]) -> impl Iterator<Item = std::ops::Range<usize>> {
    outputs.iter().scan(0, |end, output| {
        let start = *end;
        *end += output.size()[1] as usize;
        Some(start..*end)
    })
}

fn narrow(x: &Tensor, range: &std::ops::Range<usize>) -> Tensor {
    x.narrow(1, range.start as i64, range.len() as i64)
}

/// The input with its border, where that differs from side to side; libtorch adds any other.
fn with_border(unit: &Unit, x: &Tensor) -> Tensor {
    let (before, behind) = unit.border;
    if before == behind {
        return x.shallow_clone();
    }
    channels_last(&x.constant_pad_nd([before, behind, before, behind]))
}

fn pooled(y: Tensor, pooling: Option<Padding>) -> Tensor {
    let Some(padding) = pooling else { return y };
    let pooled = maps_like(&y);
    pooling::means_into(&y, padding, &pooled);
    pooled
}

/// The affine map, 1/(σ² + ε) and the noise's scales.
fn affine(unit: &Unit, y: &Tensor, pass: Pass) -> (Affine, Option<Vec<f64>>, Option<Vec<f64>>) {
    match &unit.after {
        After::BatchNorm(norm) => {
            let share = if let Pass::Training { share, .. } = pass { share } else { 0.0 };
            let Normalizer { mut affine, inverse, .. } = norm.of_mini_batch(&maps(y), share);
            let scales = unit.disturbance(pass).map(|noise| disturb(&mut affine, noise));
            (affine, Some(inverse), scales)
        }
        After::Bias(bias) => (Affine::of_bias(aten::numbers(bias)), None, None),
        After::BatchNormPerActivation(_) | After::Affine { .. } => {
            unreachable!("left to autograd, or at inference only")
        }
    }
}

/// s (a (y − μ) + β) + m is such a map, too. Returns s.
fn disturb(affine: &mut Affine, Disturbance { means, scales }: Disturbance) -> Vec<f64> {
    for (c, (m, s)) in means.iter().zip(&scales).enumerate() {
        affine.scale[c] *= s;
        affine.offset[c] = affine.offset[c] * s + m;
    }
    scales
}

/// Sets the gradients of what the unit learns, given ∂ℓ/∂z of each range of channels; returns ∂ℓ/∂x, if it is wanted.
pub(crate) fn backward(
    unit: &Unit,
    trace: UnitTrace,
    gradients: &[Tensor],
    wants_x: bool,
    parameters: &Parameters,
) -> Option<Tensor> {
    match trace {
        UnitTrace::Autograd { x, z } => {
            Some(backward_by_autograd(unit, &x, &z, gradients, parameters))
        }
        UnitTrace::WrittenOut(trace) => {
            let of_affine = trace.through_affine(unit, gradients, parameters);
            trace.through_convolution(unit, &of_affine, wants_x, parameters)
        }
    }
}

impl Written {
    /// Through g and BN: sets the gradients of γ and β (or of the bias), and puts ∂ℓ/∂y in the place of y.
    fn through_affine(&self, unit: &Unit, gradients: &[Tensor], parameters: &Parameters) -> Tensor {
        let mut sums = Sums { plain: Vec::new(), centred: Vec::new() };
        self.each_range(unit, gradients, |dz, y, affine, g, _| {
            let of_range = fits(normalize::sums(&maps(dz), &maps(y), affine, g));
            sums.plain.extend(of_range.plain);
            sums.centred.extend(of_range.centred);
        });
        self.set_gradients(unit, &sums, parameters);
        let by = match &self.inverse {
            Some(inverse) => {
                let m = (self.y.numel() / inverse.len()) as f64;
                Backward::of_batch_norm(&self.affine, inverse, &sums, m)
            }
            None => Backward::of_bias(sums.plain.len()),
        };
        self.each_range(unit, gradients, |dz, y, affine, g, range| {
            fits(normalize::backward(&maps(dz), &maps(y), affine, g, &by.channels(range)));
        });
        self.y.shallow_clone()
    }

    fn each_range(
        &self,
        unit: &Unit,
        gradients: &[Tensor],
        mut see: impl FnMut(&Tensor, &Tensor, &Affine, Nonlinearity, std::ops::Range<usize>),
    ) {
        for ((range, dz), z) in ranges(&self.outputs).zip(gradients).zip(&self.outputs) {
            let (y, affine, z) =
                (narrow(&self.y, &range), self.affine.channels(range.clone()), maps(z));
            let g = match unit.activation {
                Activation::Relu => Nonlinearity::Relu,
                Activation::Sigmoid => Nonlinearity::Sigmoid(&z),
            };
            see(dz, &y, &affine, g, range);
        }
    }

    /// ∂ℓ/∂β = s Σ d, ∂ℓ/∂γ = s Σ d x̂; s is 1 without noise.
    fn set_gradients(&self, unit: &Unit, sums: &Sums, parameters: &Parameters) {
        let scaled = |sums: &[f64]| match &self.scales {
            Some(scales) => sums.iter().zip(scales).map(|(sum, s)| sum * s).collect(),
            None => sums.to_vec(),
        };
        match (&unit.after, &self.inverse) {
            (After::BatchNorm(norm), Some(inverse)) => {
                let by_x_hat = |(sum, inverse): (&f64, &f64)| sum * inverse.sqrt();
                let of_gamma: Vec<f64> = sums.centred.iter().zip(inverse).map(by_x_hat).collect();
                parameters.set_gradient_numbers(&norm.gamma, &scaled(&of_gamma));
                parameters.set_gradient_numbers(&norm.beta, &scaled(&sums.plain));
            }
            (After::Bias(bias), _) => parameters.set_gradient_numbers(bias, &sums.plain),
            _ => unreachable!("left to autograd, or at inference only"),
        }
    }

    fn through_convolution(
        &self,
        unit: &Unit,
        dy: &Tensor,
        wants_x: bool,
        parameters: &Parameters,
    ) -> Option<Tensor> {
        let unpooled = self.pooling.map(|padding| pooling::means_backward(dy, padding, None));
        let dy = unpooled.as_ref().unwrap_or(dy);
        let (of_kernel, of_x) = convolution::backward(unit, &self.x, dy, wants_x);
        parameters.set_gradient(&unit.kernel, &of_kernel);
        of_x.map(|dx| without_border(unit, dx))
    }
}

fn without_border(unit: &Unit, dx: Tensor) -> Tensor {
    let (before, behind) = unit.border;
    let within =
        |dx: &Tensor, dim: i64| dx.narrow(dim, before, dx.size()[dim as usize] - before - behind);
    if before == behind { dx } else { channels_last(&within(&within(&dx, 2), 3)) }
}

/// The gradient of Σ z ∂ℓ/∂z, the second factor held fixed, is that of ℓ.
fn backward_by_autograd(
    unit: &Unit,
    x: &Tensor,
    z: &Tensor,
    gradients: &[Tensor],
    parameters: &Parameters,
) -> Tensor {
    let gradient = Tensor::cat(gradients, 1);
    let as_loss = tch::with_grad(|| (z * gradient).sum(Kind::Double));
    let learned = unit.learned();
    let all: Vec<&Tensor> = std::iter::once(x).chain(learned.iter().copied()).collect();
    let found = Tensor::run_backward(&[as_loss], &all, false, false);
    for (tensor, gradient) in learned.into_iter().zip(&found[1..]) {
        parameters.set_gradient(tensor, gradient);
    }
    channels_last(&found[0])
}
