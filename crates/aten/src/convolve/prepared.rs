//! A convolution whose filter is laid out once, for all maps to come.

use tch::{Kind, Tensor};

use super::ending::Ending;
use super::gather::gather;
use super::panels::Panels;
use super::places::Places;
use super::word::{Pair, Single, Word};
use super::{Filter, new_maps, winograd};
use crate::convolution::Geometry;
use crate::maps::{Error, Maps};

/// `y = W ∗ x`, or `max(0, y + b)`: W and b as they were when it was made.
#[derive(Debug)]
pub struct Prepared {
    shape: Vec<i64>,
    kind: Kind,
    geometry: Geometry,
    panels: Panels,
    is_winograds: bool,
    ending: Ending,
}

impl Prepared {
    /// y of a filter `[C′, C, k, k]`, stored with C last.
    ///
    /// # Errors
    /// If it is not convolved here ([`is_at_hand`](super::is_at_hand)).
    pub fn new(kernel: &Tensor, geometry: Geometry) -> Result<Self, Error> {
        let filter = Filter::of(kernel)?;
        let (kind, is_winograds) = (kernel.kind(), filter.is_winograds(geometry));
        Ok(Self {
            shape: kernel.size(),
            kind,
            geometry,
            panels: by_word!(kind, panels(&filter, is_winograds)),
            is_winograds,
            ending: Ending::default(),
        })
    }

    /// `max(0, y + b)`; b is `[C′]` in f32.
    ///
    /// # Errors
    /// If there are not so many.
    pub fn with_relu(self, bias: &Tensor) -> Result<Self, Error> {
        let ending = Ending::relu(bias, &self.shape)?;
        Ok(Self { ending, ..self })
    }

    /// Of x's kind, which is W's.
    ///
    /// # Errors
    /// If they do not fit.
    pub fn forward(&self, x: &Maps) -> Result<Tensor, Error> {
        let [outputs, inputs, side] = [0, 1, 2].map(|dim| self.shape[dim] as usize);
        let places = Places::read([x.height, x.width], side, self.geometry);
        let fits = inputs == x.channels && self.kind == x.kind && self.geometry.groups == 1;
        let places = places.filter(|_| fits);
        let places =
            places.ok_or_else(|| Error::Shapes("convolution", x.size(), self.shape.clone()))?;
        let y = new_maps(x, places.output, outputs);
        by_word!(x.kind, sums(self, x, &places, &Maps::of(&y)?));
        Ok(y)
    }
}

fn panels<W: Word>(filter: &Filter, is_winograds: bool) -> Panels {
    if is_winograds { winograd::for_outputs::<W>(filter) } else { Panels::of_outputs::<W>(filter) }
}

fn sums<W: Word>(of: &Prepared, x: &Maps, places: &Places, y: &Maps) {
    if of.is_winograds {
        winograd::gather::<W>(x, &of.panels, &of.ending, y);
    } else {
        gather::<W>(x, places, &of.panels, &of.ending, y);
    }
}
