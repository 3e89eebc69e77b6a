//! Which images a network is trained on, and how it sees them.

use serde::{Deserialize, Serialize};

/// The images of a training, and those that it is judged by.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Images {
    /// Which data set.
    pub data: DataSet,
    /// Trains on only so many images, the first ones of CIFAR-10; on all if there is no number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub training_images: Option<usize>,
    /// Training images that are held out for everything that is looked at before the end: curves and choices. The test
    /// set is then read once, of a trained network. If there are none, the data set's own test images serve for both.
    #[serde(default, skip_serializing_if = "is_none_held_out")]
    pub held_out_images: usize,
    /// Images that an accuracy along the way is taken from.
    pub validation_images: usize,
    /// Test images that a trained network is judged by, where images are held out; all if there is no number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test_images: Option<usize>,
    /// Training mini-batches that the population's statistics are taken from (Algorithm 2) for accuracies; the
    /// moving averages take their place if there is no number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub population_mini_batches: Option<usize>,
    /// How training images are varied; not at all if there is nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub augmentation: Option<Augmentation>,
    /// How thoroughly they are shuffled.
    pub shuffling: Shuffling,
    /// Examples that are kept together where the shuffling is only across shards.
    pub shard_examples: usize,
}

/// How a training image is varied.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Augmentation {
    /// Smallest area of a crop, as a share of the picture's.
    pub crop_area_min: f64,
    /// How far brightness, contrast and colours are distorted.
    pub photometric: Photometric,
}

/// Which images a network sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum DataSet {
    /// MNIST with pixels of 0 and 1.
    BinaryMnist,
    /// CIFAR-10.
    Cifar10,
    /// Tiny `ImageNet`: 200 classes of ILSVRC 2012 in small.
    TinyImageNet,
    /// Photographs in folders, or in shards.
    Photographs,
}

/// How strongly colours are distorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Photometric {
    /// Not at all.
    None,
    /// By at most half of what [`Photometric::Full`] allows.
    Reduced,
    /// Slim's ranges: brightness ±32/255, saturation and contrast by factors of 0.5–1.5, hue ±0.2 turns.
    Full,
}

/// What is shuffled anew for each epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Shuffling {
    /// The paper's way *after* §4.2.1: the order of the shards, and that of the examples in each of them.
    /// Different examples share a mini-batch in every epoch.
    WithinAndAcrossShards,
    /// The paper's way *before* §4.2.1: the order of the shards only. The examples of a shard always come
    /// one after another in the same order, so the same examples share a mini-batch again and again:
    /// exactly the same if the size of the mini-batch divides that of every shard, neighbours otherwise.
    AcrossShardsOnly,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_none_held_out(images: &usize) -> bool {
    *images == 0
}

impl Images {
    /// The smallest area of a training crop, as a share of the picture's; all of it without augmentation.
    pub fn crop_area_min(&self) -> f64 {
        self.augmentation.map_or(1.0, |augmentation| augmentation.crop_area_min)
    }

    /// How far colours are distorted.
    pub fn photometric(&self) -> Photometric {
        self.augmentation.map_or(Photometric::None, |augmentation| augmentation.photometric)
    }

    /// How many of so many images are trained on.
    pub fn training_examples(&self, of: usize) -> usize {
        self.training_images.map_or(of, |images| images.min(of))
    }
}
