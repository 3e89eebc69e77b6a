//! CIFAR-10 as mini-batches want it.

use std::sync::Arc;

use anyhow::Result;
use streams::Stream;

use super::Cifar10;
use crate::augmentation::Crop;
use crate::loader::Source;
use crate::photographs::View;
use crate::pictures::resize_crop;
use crate::{Images, Picture};

/// Images through a [`View`]. A single crop is the whole image, resized if the network's input is larger.
pub struct Seen {
    /// The images.
    pub images: Arc<Images>,
    /// The view.
    pub view: View,
}

const WHOLE: Crop =
    Crop { left: 0, top: 0, width: Cifar10::SIDE as u32, height: Cifar10::SIDE as u32 };

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
            View::SingleCrop { crop, .. } if *crop == side => Ok(rgb.to_vec()),
            View::SingleCrop { crop, .. } => resize_crop(side, side, rgb, WHOLE, *crop),
            View::Crops(plan) => {
                plan.cut(&Picture { width: side, height: side, rgb: rgb.to_vec() })
            }
        }
    }
}
