//! CIFAR-10 as mini-batches want it.

use std::sync::Arc;

use anyhow::Result;
use streams::Stream;

use super::Cifar10;
use crate::loader::Source;
use crate::photographs::View;
use crate::{Images, Picture};

/// Images through a [`View`]. Their 32 pixels are smaller than any single crop: it is the whole image.
pub struct Seen {
    /// The images.
    pub images: Arc<Images>,
    /// The view.
    pub view: View,
}

impl Source for Seen {
    fn len(&self) -> usize {
        self.images.len()
    }

    fn label(&self, index: usize) -> usize {
        self.images.labels[index].into()
    }

    fn name(&self, index: usize) -> String {
        format!("image {index} of CIFAR-10")
    }

    fn example(&self, index: usize, _epoch: u64, stream: &mut Stream) -> Result<Vec<u8>> {
        let rgb = &self.images.pixels[index * Cifar10::BYTES..][..Cifar10::BYTES];
        let side = Cifar10::SIDE as u32;
        match &self.view {
            View::Training(view) => view.of_rgb(side, side, rgb, stream),
            View::SingleCrop { .. } => Ok(rgb.to_vec()),
            View::Crops(plan) => {
                plan.cut(&Picture { width: side, height: side, rgb: rgb.to_vec() })
            }
        }
    }
}
