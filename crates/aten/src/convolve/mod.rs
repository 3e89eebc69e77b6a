//! `y = W ∗ x`, alone and in `max(0, y + b)`, ∂ℓ/∂x and ∂ℓ/∂W on processors with AVX-512, in f32 and, where it multiplies
//! pairs of them, in bf16.
//!
//! A convolution of maps with channels last is a sum of products of matrices, one for each place of the filter, whose rows
//! are pixels:
//!
//! ```text
//! y[p, :] = Σₜ x[reads(p, t), :] Wₜ        ∂ℓ/∂x[q, :] = Σₜ ∂ℓ/∂y[p: reads(p, t) = q, :] Wₜᵀ
//! ∂ℓ/∂Wₜ = Σₚ x[reads(p, t), :]ᵀ ∂ℓ/∂y[p, :]
//! ```
//!
//! The first two are one loop (`gather`), the third another (`correlate`). Where both sides have many channels, 3×3 filters of
//! step 1 take fewer products by squares of pixels (`winograd`). libtorch's convolutions come near the
//! processor's peak, too, on large maps; on small ones most of their time goes into descriptions of tensors and into
//! layouts. Here nothing is laid out anew but the filter, and, for its gradient, pairs of images.

/// Calls a function that is generic over [`Word`] for maps of this kind.
macro_rules! by_word {
    ($kind:expr, $function:ident ( $($argument:expr),* )) => {
        match $kind {
            Kind::Float => $function::<Single>($($argument),*),
            _ => $function::<Pair>($($argument),*),
        }
    };
}

mod correlate;
mod ending;
mod gather;
mod images;
mod lanes;
mod panels;
mod places;
mod prepared;
mod winograd;
mod word;

use tch::{Device, Kind, Tensor};

use self::correlate::correlate;
use self::ending::Ending;
use self::gather::gather;
use self::panels::Panels;
use self::places::Places;
pub use self::prepared::Prepared;
use self::word::{Pair, Single, Word, has_pairs};
use crate::convolution::Geometry;
use crate::maps::{Error, Maps};
use crate::parallel::has_wide_vectors;

/// Whether maps of this kind, of so many channels on both sides, are convolved here.
pub fn is_at_hand(kind: Kind, channels: [i64; 2]) -> bool {
    match kind {
        Kind::Float => has_wide_vectors(),
        Kind::BFloat16 => has_pairs() && channels.iter().all(|channels| channels % 2 == 0),
        _ => false,
    }
}

/// A filter as numbers `[C′][k k][C]`.
struct Filter<'a> {
    kernel: &'a Tensor,
    outputs: usize,
    inputs: usize,
    side: usize,
}

impl<'a> Filter<'a> {
    fn of(kernel: &'a Tensor) -> Result<Self, Error> {
        let (size, kind) = (kernel.size(), kernel.kind());
        let refused = || Error::NotFilter(size.clone(), kind, kernel.stride());
        let [outputs, inputs, side, across] = size[..] else { return Err(refused()) };
        let is_stored_so = side == across && kernel.permute([0, 2, 3, 1]).is_contiguous();
        let is_here = kernel.device() == Device::Cpu && is_at_hand(kind, [outputs, inputs]);
        if !is_stored_so || !is_here {
            return Err(refused());
        }
        let [outputs, inputs, side] = [outputs, inputs, side].map(|length| length as usize);
        Ok(Self { kernel, outputs, inputs, side })
    }

    fn is_winograds(&self, geometry: Geometry) -> bool {
        winograd::is_quicker([self.outputs, self.inputs], self.side, geometry)
    }

    fn numbers<W: Word>(&self) -> &[W::Number] {
        // SAFETY: `of` has checked that the numbers are of the kind and lie side by side; they live as long as the tensor.
        unsafe { std::slice::from_raw_parts(self.kernel.data_ptr().cast(), self.kernel.numel()) }
    }
}

/// y, of x's kind.
///
/// # Errors
/// If they do not fit, or are not convolved here ([`is_at_hand`]).
pub fn forward(x: &Maps, kernel: &Tensor, geometry: Geometry) -> Result<Tensor, Error> {
    Prepared::new(kernel, geometry)?.forward(x)
}

/// ∂ℓ/∂x of maps of this height and width, of ∂ℓ/∂y's kind.
///
/// # Errors
/// As [`forward`].
pub fn of_input(
    dy: &Maps,
    kernel: &Tensor,
    geometry: Geometry,
    grid: [usize; 2],
) -> Result<Tensor, Error> {
    let filter = Filter::of(kernel)?;
    let places = Places::read(grid, filter.side, geometry);
    let fits =
        |places: &Places| places.output == [dy.height, dy.width] && filter.outputs == dy.channels;
    let is_known = geometry.groups == 1 && kernel.kind() == dy.kind;
    let places = places.filter(fits).filter(|_| is_known);
    let places = places.ok_or_else(|| Error::Shapes("gradient", dy.size(), kernel.size()))?;
    let dx = new_maps(dy, grid, filter.inputs);
    let back = (!filter.is_winograds(geometry)).then(|| places.turned_round(geometry));
    by_word!(dy.kind, of_input_of(dy, &filter, back.as_ref(), &Maps::of(&dx)?));
    Ok(dx)
}

fn of_input_of<W: Word>(dy: &Maps, filter: &Filter, places: Option<&Places>, dx: &Maps) {
    let ending = Ending::default();
    match places {
        Some(places) => gather::<W>(dy, places, &Panels::of_inputs::<W>(filter), &ending, dx),
        None => winograd::gather::<W>(dy, &winograd::for_inputs::<W>(filter), &ending, dx),
    }
}

/// ∂ℓ/∂W of a filter with this side, `[C′, C, k, k]` in f32, stored with C last.
///
/// # Errors
/// As [`forward`].
pub fn of_kernel(dy: &Maps, x: &Maps, geometry: Geometry, side: usize) -> Result<Tensor, Error> {
    let places = Places::read([x.height, x.width], side, geometry);
    let fits = |places: &Places| {
        let has_same_images = dy.n == x.n && x.n > 0 && dy.kind == x.kind;
        places.output == [dy.height, dy.width] && has_same_images
    };
    let channels = [dy.channels, x.channels].map(|channels| channels as i64);
    let is_at_hand = is_at_hand(x.kind, channels) && geometry.groups == 1;
    let places = places.filter(fits).filter(|_| is_at_hand);
    let places = places.ok_or_else(|| Error::Shapes("filter's gradient", dy.size(), x.size()))?;
    let shape = [channels[0], (side * side) as i64 * channels[1]];
    let gradient = Tensor::empty(shape, (Kind::Float, Device::Cpu));
    let is_winograds = winograd::is_quicker([dy.channels, x.channels], side, geometry);
    let places = (!is_winograds).then_some(&places);
    by_word!(x.kind, of_kernel_of(dy, x, places, &Maps::of(&gradient)?));
    let side = side as i64;
    Ok(gradient.view([channels[0], side, side, channels[1]]).permute([0, 3, 1, 2]))
}

fn of_kernel_of<W: Word>(dy: &Maps, x: &Maps, places: Option<&Places>, gradient: &Maps) {
    match places {
        Some(places) => correlate::<W>(dy, x, places, gradient),
        None => winograd::correlate::<W>(dy, x, gradient),
    }
}

fn new_maps(like: &Maps, [height, width]: [usize; 2], channels: usize) -> Tensor {
    let shape = [like.n, height, width, channels].map(|length| length as i64);
    Tensor::empty(shape, (like.kind, Device::Cpu)).permute([0, 3, 1, 2])
}
