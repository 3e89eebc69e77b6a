//! Binary images, and what the first layer does with them.
//!
//! In `W u` with `u` of zeros and ones nothing is multiplied: it is the sum of the columns of W whose
//! pixels are on, and a step of SGD changes these columns and no others. Of MNIST's pixels 13 % are on.

use aten::table::{self, Lists};
use tch::{Device, Kind, Tensor};

use crate::{fits, maps};

/// Some images, as the lists of their pixels that are on.
#[derive(Clone, Debug)]
pub struct BinaryImages {
    pixels_on: Lists,
    pixels: usize,
    kind: Kind,
}

impl BinaryImages {
    /// Images of so many `pixels`, given each one's pixels that are on, for a network of this kind.
    ///
    /// # Panics
    /// If a list names a pixel that the image does not have.
    pub fn from_lists<'a>(
        lists: impl IntoIterator<Item = &'a [u16]>,
        pixels: usize,
        kind: Kind,
    ) -> Self {
        let pixels_on = Lists::new(lists);
        let is_known = pixels_on.last_row().is_none_or(|pixel| usize::from(pixel) < pixels);
        assert!(is_known, "an image has {pixels} pixels");
        Self { pixels_on, pixels, kind }
    }

    /// How many images there are.
    pub fn len(&self) -> usize {
        self.pixels_on.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The images as a matrix of zeros and ones, `[m, pixels]`.
    pub fn matrix(&self) -> Tensor {
        let mut matrix = vec![0u8; self.len() * self.pixels];
        for (list, row) in self.pixels_on.iter().zip(matrix.chunks_exact_mut(self.pixels)) {
            for &pixel in list {
                row[usize::from(pixel)] = 1;
            }
        }
        let shape = [self.len() as i64, self.pixels as i64];
        Tensor::from_slice(&matrix).view(shape).to_kind(self.kind)
    }

    /// `W u` for every image u, `[m, units]`; W is `[units, pixels]`, from [`Self::prepare_weight`].
    pub fn times(&self, weight: &Tensor) -> Tensor {
        let shape = [self.len() as i64, weight.size()[0]];
        let sums = Tensor::empty(shape, (weight.kind(), Device::Cpu));
        fits(table::sum_rows(&maps(&weight.tr()), &self.pixels_on, &maps(&sums)));
        sums
    }

    /// Adds `dᵀ u` to W, where d, `[m, units]`, is −η ∂ℓ/∂(W u).
    pub fn descend(&self, weight: &Tensor, d: &Tensor) {
        fits(table::add_to_rows(&maps(&weight.tr()), &self.pixels_on, &maps(d)));
    }

    /// The same W, laid out in memory so that a pixel's column is contiguous.
    pub fn prepare_weight(weight: &Tensor) -> Tensor {
        weight.tr().contiguous().tr()
    }
}
