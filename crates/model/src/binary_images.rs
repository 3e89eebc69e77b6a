//! Binary images, and the first layer's product with them.
//!
//! In `W u` with `u` of zeros and ones nothing is multiplied: it is the sum of the columns of W whose
//! pixels are on. Of MNIST's pixels 13 % are, and adding those columns takes a third of the time of
//! the dense product.

use tch::{Device, Kind, Tensor};

/// Some images, both as the lists of their pixels that are on, and as a matrix.
#[derive(Debug)]
pub struct BinaryImages {
    /// The lists, one after the other, i64.
    pixels_on: Tensor,
    /// Where each image's list begins, `[m]`, i64.
    starts: Tensor,
    /// `[m, pixels]`, 0 or 1.
    matrix: Tensor,
}

impl BinaryImages {
    /// Images of so many `pixels`, given each one's pixels that are on.
    ///
    /// # Panics
    /// If a list names a pixel that the image does not have.
    pub fn from_lists<'a>(
        lists: impl IntoIterator<Item = &'a [u16]>,
        pixels: usize,
        kind: Kind,
        device: Device,
    ) -> Self {
        let lists: Vec<&[u16]> = lists.into_iter().collect();
        let mut pixels_on = Vec::with_capacity(lists.iter().map(|list| list.len()).sum());
        let mut starts = Vec::with_capacity(lists.len());
        let mut matrix = vec![0u8; lists.len() * pixels];
        for (list, row) in lists.iter().zip(matrix.chunks_exact_mut(pixels)) {
            starts.push(pixels_on.len() as i64);
            pixels_on.extend(list.iter().map(|&pixel| i64::from(pixel)));
            list.iter().for_each(|&pixel| row[usize::from(pixel)] = 1);
        }
        let shape = [lists.len() as i64, pixels as i64];
        let matrix = Tensor::from_slice(&matrix).view(shape).to_device(device).to_kind(kind);
        let indices = |values: &[i64]| Tensor::from_slice(values).to_device(device);
        Self { pixels_on: indices(&pixels_on), starts: indices(&starts), matrix }
    }

    /// How many images there are.
    pub fn len(&self) -> usize {
        self.matrix.size()[0] as usize
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The images as a matrix of zeros and ones, `[m, pixels]`.
    pub fn matrix(&self) -> &Tensor {
        &self.matrix
    }

    /// `W u` for every image u, `[m, units]`; W is `[units, pixels]`, from [`Self::prepare_weight`].
    pub fn times(&self, weight: &Tensor) -> Tensor {
        const SUM: i64 = 0;
        let no_weights = None::<&Tensor>;
        let (sums, ..) = Tensor::embedding_bag(
            &weight.tr(),
            &self.pixels_on,
            &self.starts,
            false,
            SUM,
            false,
            no_weights,
            false,
        );
        sums
    }

    /// The same W, laid out in memory so that the columns which [`Self::times`] adds are contiguous.
    pub fn prepare_weight(weight: &Tensor) -> Tensor {
        weight.tr().contiguous().tr()
    }
}
