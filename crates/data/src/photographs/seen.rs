//! Photographs as mini-batches want them.

use std::sync::Arc;

use anyhow::{Result, anyhow};
use streams::Stream;

use super::Photographs;
use crate::augmentation::TrainingView;
use crate::crops::CropPlan;
use crate::loader::Source;

/// What a network sees of a photograph.
#[derive(Clone, Debug, PartialEq)]
pub enum View {
    /// Crop, mirror and colours drawn at random.
    Training(TrainingView),
    /// [`Picture::single_crop`](crate::Picture::single_crop): the centre, for validation; draws nothing.
    SingleCrop {
        /// The shorter side before cropping, in pixels.
        resize: u32,
        /// The side of the crop, in pixels.
        crop: u32,
    },
    /// Many crops, one after the other; draws nothing.
    Crops(Arc<CropPlan>),
}

/// Photographs through a [`View`].
pub struct Seen {
    /// The photographs.
    pub photographs: Arc<Photographs>,
    /// The view.
    pub view: View,
}

impl Source for Seen {
    fn len(&self) -> usize {
        self.photographs.len()
    }

    fn label(&self, index: usize) -> usize {
        self.photographs.label(index)
    }

    fn name(&self, index: usize) -> String {
        self.photographs.name(index)
    }

    fn example(&self, index: usize, _epoch: u64, stream: &mut Stream) -> Result<Vec<u8>> {
        let picture = self.photographs.picture(index)?;
        let view = match &self.view {
            View::Training(view) => view.of(&picture, stream),
            View::SingleCrop { resize, crop } => {
                picture.single_crop(*resize, *crop).map(|cropped| cropped.rgb)
            }
            View::Crops(plan) => plan.cut(&picture),
        };
        view.map_err(|error| anyhow!("{}: {error}", self.name(index)))
    }
}
