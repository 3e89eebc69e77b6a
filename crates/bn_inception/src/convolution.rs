//! `y = W ∗ x`, forward and backward: by [`aten::convolve`] where the processor has what that needs, else by libtorch.
//!
//! libtorch's convolutions bring weights and maps into layouts of their own for each call. A 1×1 convolution is a product of
//! matrices as it stands, for which libtorch has less to do. A 3×3 convolution is one of patches ([`aten::patches`]); these
//! are nine times as large as what they are of, so on large grids the convolution is quicker. From what grid on was measured.

use aten::convolve::{self, Prepared};
use aten::patches::{Window, patches};
use aten::{Geometry, Maps, convolution_backward, convolution_relu};
use tch::{Device, Kind, Tensor};

use crate::config::Activation;
use crate::step::{fits, maps};
use crate::unit::{After, Unit, channels_last};

/// Pixels of the largest grid of which patches are quicker: 4×4 forward and for the input, 7×7 for the weights.
const SMALL: i64 = 4 * 4;
const SMALL_FOR_WEIGHTS: i64 = 7 * 7;

/// Channels that our own convolutions read at least: images have three, which would be padded to a vector of sixteen.
const FEWEST: i64 = 8;

/// The zeros that libtorch adds on every side; where sides differ, the input has them already.
fn border(unit: &Unit) -> i64 {
    let (before, behind) = unit.border;
    if before == behind { before } else { 0 }
}

fn side(unit: &Unit) -> i64 {
    unit.kernel.size()[2]
}

fn is_small(x: &Tensor, largest: i64) -> bool {
    x.size()[2] * x.size()[3] <= largest
}

fn is_ours(unit: &Unit) -> bool {
    let channels = [unit.outputs(), unit.kernel.size()[1]];
    channels[1] >= FEWEST && convolve::is_at_hand(unit.kernel.kind(), channels)
}

fn is_pointwise(unit: &Unit) -> bool {
    side(unit) == 1 && unit.stride == 1
}

/// y.
pub(crate) fn forward(unit: &Unit, x: &Tensor) -> Tensor {
    if is_ours(unit) {
        return fits(convolve::forward(&maps(x), &unit.kernel, geometry(unit)));
    }
    let (stride, border) = (unit.stride, border(unit));
    if !is_pointwise(unit) && !is_small(x, SMALL) {
        return channels_last(&x.conv2d(&unit.kernel, None::<&Tensor>, stride, border, 1, 1));
    }
    let [n, _, height, width] = x.size()[..] else { unreachable!("feature maps") };
    let grid = |length: i64| (length + 2 * border - side(unit)) / stride + 1;
    let product = what_filters_read(unit, x).matmul(&weights(unit).tr());
    as_maps(&product, [n, grid(height), grid(width)])
}

/// ∂ℓ/∂W, and ∂ℓ/∂x if it is wanted.
pub(crate) fn backward(
    unit: &Unit,
    x: &Tensor,
    dy: &Tensor,
    wants_x: bool,
) -> (Tensor, Option<Tensor>) {
    if is_ours(unit) {
        return ours_backward(unit, &maps(x), &maps(dy), wants_x);
    }
    if !is_pointwise(unit) && !is_small(x, SMALL_FOR_WEIGHTS) {
        let found =
            fits(convolution_backward(dy, x, &unit.kernel, geometry(unit), [wants_x, true]));
        return (found.kernel.expect("it is wanted"), found.x.map(|dx| channels_last(&dx)));
    }
    let of_weights = as_matrix(dy).tr().matmul(&what_filters_read(unit, x));
    let [outputs, inputs, side, _] = unit.kernel.size()[..] else { unreachable!("a kernel") };
    let of_kernel = of_weights.view([outputs, side, side, inputs]).permute([0, 3, 1, 2]);
    (of_kernel, wants_x.then(|| of_input(unit, x, dy)))
}

fn ours_backward(unit: &Unit, x: &Maps, dy: &Maps, wants_x: bool) -> (Tensor, Option<Tensor>) {
    let (geometry, side) = (geometry(unit), side(unit) as usize);
    let of_kernel = fits(convolve::of_kernel(dy, x, geometry, side));
    let of_x = || fits(convolve::of_input(dy, &unit.kernel, geometry, x.grid()));
    (of_kernel, wants_x.then(of_x))
}

/// ∂ℓ/∂x. Of a filter of step 1 it is a convolution, too: of ∂ℓ/∂y, with the filter turned round.
fn of_input(unit: &Unit, x: &Tensor, dy: &Tensor) -> Tensor {
    let [n, inputs, height, width] = x.size()[..] else { unreachable!("feature maps") };
    if is_pointwise(unit) {
        return as_maps(&as_matrix(dy).matmul(&weights(unit)), [n, height, width]);
    }
    let side = side(unit);
    if unit.stride != 1 || 2 * border(unit) + 1 != side || !is_small(x, SMALL) {
        let found = convolution_backward(dy, x, &unit.kernel, geometry(unit), [true, false]);
        return channels_last(&fits(found).x.expect("it is wanted"));
    }
    let window = Window { reversed: true, ..window(unit) };
    let turned = unit.kernel.permute([2, 3, 0, 1]).contiguous().view([-1, inputs]);
    as_maps(&fits(patches(&maps(dy), window)).matmul(&turned), [n, height, width])
}

/// `[pixels of y, k k C]`.
fn what_filters_read(unit: &Unit, x: &Tensor) -> Tensor {
    if is_pointwise(unit) { as_matrix(x) } else { fits(patches(&maps(x), window(unit))) }
}

fn window(unit: &Unit) -> Window {
    let [side, stride, border] =
        [side(unit), unit.stride, border(unit)].map(|length| length as usize);
    Window { side, stride, border, reversed: false }
}

fn geometry(unit: &Unit) -> Geometry {
    Geometry { stride: unit.stride, border: border(unit), groups: 1 }
}

/// W, `[C′, k k C]`: as it is stored.
fn weights(unit: &Unit) -> Tensor {
    unit.kernel.permute([0, 2, 3, 1]).view([unit.outputs(), -1])
}

/// Maps as `[pixels, C]`: as they are stored.
fn as_matrix(x: &Tensor) -> Tensor {
    x.permute([0, 2, 3, 1]).reshape([-1, x.size()[1]])
}

fn as_maps(matrix: &Tensor, [n, height, width]: [i64; 3]) -> Tensor {
    matrix.view([n, height, width, -1]).permute([0, 3, 1, 2])
}

/// `max(0, W ∗ x + b)` of a folded unit, in one operation.
#[derive(Debug)]
pub(crate) enum AtOnce {
    /// By a filter that is laid out once.
    Ours(Prepared),
    /// By libtorch, with b of x's kind.
    Libtorchs { bias: Tensor },
}

impl AtOnce {
    /// In f32 or bf16, on the processor, with equal borders.
    pub fn of(unit: &Unit) -> Option<Self> {
        let After::Bias(bias) = &unit.after else { return None };
        let (before, behind) = unit.border;
        let is_one = unit.activation == Activation::Relu
            && unit.depthwise.is_none()
            && before == behind
            && unit.kernel.device() == Device::Cpu
            && unit.kernel.kind() != Kind::Double;
        is_one.then(|| {
            if is_ours(unit) {
                let prepared = fits(Prepared::new(&unit.kernel, geometry(unit)));
                Self::Ours(fits(prepared.with_relu(bias)))
            } else {
                Self::Libtorchs { bias: bias.to_kind(unit.kernel.kind()) }
            }
        })
    }

    /// max(0, W ∗ x + b).
    pub fn forward(&self, unit: &Unit, x: &Tensor) -> Tensor {
        match self {
            Self::Ours(prepared) => fits(prepared.forward(&maps(x))),
            Self::Libtorchs { bias } => {
                fits(convolution_relu(x, &unit.kernel, bias, geometry(unit)))
            }
        }
    }
}
