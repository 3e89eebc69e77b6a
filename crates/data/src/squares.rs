//! Small square pictures of one size, in memory, as mini-batches want them.

use std::sync::Arc;

use anyhow::Result;
use streams::Stream;

use crate::loader::Source;
use crate::photographs::View;
use crate::pictures::{Crop, resize_crop};
use crate::{Images, Picture};

/// Pictures of one size, red, green and blue of each pixel.
#[derive(Debug, PartialEq, Eq)]
pub struct Squares {
    /// What messages call them: `CIFAR-10`.
    pub data_set: &'static str,
    /// Width and height in pixels.
    pub side: u32,
    /// The pictures.
    pub images: Images,
}

impl Squares {
    fn rgb(&self, index: usize) -> &[u8] {
        let bytes = 3 * (self.side * self.side) as usize;
        &self.images.pixels[index * bytes..][..bytes]
    }

    /// All of a picture, resized if the network's input has another size.
    fn whole(&self, index: usize, to: u32) -> Result<Vec<u8>> {
        let Self { side, .. } = *self;
        if to == side {
            return Ok(self.rgb(index).to_vec());
        }
        let whole = Crop { left: 0, top: 0, width: side, height: side };
        resize_crop(side, side, self.rgb(index), whole, to)
    }
}

/// Square pictures through a [`View`]. They are too small for a crop of their centre: a single crop is the whole picture.
pub struct Seen {
    /// The pictures.
    pub squares: Arc<Squares>,
    /// The view.
    pub view: View,
}

impl Source for Seen {
    fn len(&self) -> usize {
        self.squares.images.len()
    }

    fn label(&self, index: usize) -> usize {
        self.squares.images.labels[index].into()
    }

    fn name(&self, index: usize) -> String {
        format!("image {index} of {}", self.squares.data_set)
    }

    fn example(&self, index: usize, _epoch: u64, stream: &mut Stream) -> Result<Vec<u8>> {
        let Squares { side, .. } = *self.squares;
        let rgb = self.squares.rgb(index);
        match &self.view {
            View::Training(view) => view.of_rgb(side, side, rgb, stream),
            View::SingleCrop { crop, .. } => self.squares.whole(index, *crop),
            View::Crops(plan) => {
                plan.cut(&Picture { width: side, height: side, rgb: rgb.to_vec() })
            }
        }
    }
}
