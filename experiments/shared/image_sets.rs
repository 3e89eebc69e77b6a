//! The images of a comparison, for any number of trainings side by side.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use data::Cifar10;
use data::augmentation::TrainingView;
use data::cifar10;
use data::loader::{Loader, LoaderOptions, OnDamage, Source};
use data::order::{InSequence, Order, Shards};
use data::photographs::{Photographs, Split, View};
use streams::Stream;

use crate::recipes::{DataSet, Recipe, Setting};

/// What a comparison trains on, and what it is validated by.
pub struct Images {
    training: Arc<Set>,
    validation: Arc<Set>,
    sha256: BTreeMap<String, String>,
    workers: usize,
}

/// One split of a data set.
enum Set {
    Cifar10(cifar10::Images),
    Photographs(Photographs),
}

/// Mini-batches that a loader has ready at most.
const AHEAD: usize = 8;
/// Validation images that are classified at a time.
const VALIDATION_BATCH: usize = 250;

impl Images {
    /// Loads the setting's data from the folder that the user names; CIFAR-10 is fetched into
    /// `.data/cifar10` when none is named. Each of the loaders has so many `workers`.
    ///
    /// # Errors
    /// If it cannot be found, fetched or read.
    pub fn load(setting: &Setting, named: Option<&Path>, workers: usize) -> Result<Self> {
        match setting.data {
            DataSet::Cifar10 => {
                let cifar = Cifar10::load(named, &record::repository().join(".data/cifar10"))?;
                Ok(Self {
                    training: Arc::new(Set::Cifar10(cifar.train)),
                    validation: Arc::new(Set::Cifar10(cifar.test)),
                    sha256: Cifar10::sha256(),
                    workers,
                })
            }
            DataSet::Photographs => {
                let root = named.context(
                    "--data DIR: photographs in DIR/train/CLASS and DIR/val/CLASS, or shards of them",
                )?;
                let open =
                    |split| Photographs::open(root, split).map(Set::Photographs).map(Arc::new);
                Ok(Self {
                    training: open(Split::Training)?,
                    validation: open(Split::Validation)?,
                    sha256: BTreeMap::new(),
                    workers,
                })
            }
        }
    }

    /// How many classes the images have.
    pub fn classes(&self) -> i64 {
        match &*self.training {
            Set::Cifar10(_) => Cifar10::CLASSES as i64,
            Set::Photographs(photographs) => photographs.classes().len() as i64,
        }
    }

    /// Sums of the data's files; empty of photographs.
    pub fn sha256(&self) -> BTreeMap<String, String> {
        self.sha256.clone()
    }

    /// Training mini-batches from this step on, the same whatever else runs.
    ///
    /// # Errors
    /// If a mini-batch is larger than the data set, or no thread can be started.
    pub fn training(
        &self,
        seed: u64,
        recipe: &Recipe,
        setting: &Setting,
        from_step: u64,
    ) -> Result<Loader> {
        let view = TrainingView {
            side: setting.image_side as u32,
            min_area: setting.crop_area_min,
            photometric: recipe.photometric,
        };
        let shards = self.training.shards(setting.shard_examples);
        let order = Order::new(seed, shards, recipe.shuffling, setting.mini_batch)?;
        let source = Seen { set: Arc::clone(&self.training), view: View::Training(view) };
        Loader::new(source, order, from_step..setting.steps, self.options(seed))
    }

    /// The first validation images, each once, by a single centre crop.
    ///
    /// # Errors
    /// If no thread can be started.
    pub fn validation(&self, setting: &Setting) -> Result<Loader> {
        let crop = setting.image_side as u32;
        let view = View::SingleCrop { resize: crop * 256 / 224, crop };
        let len = setting.validation_images.min(self.validation.len());
        let order = InSequence { len, batch: VALIDATION_BATCH };
        let source = Seen { set: Arc::clone(&self.validation), view };
        Loader::new(source, order, 0..order.steps(), self.options(0))
    }

    fn options(&self, seed: u64) -> LoaderOptions {
        LoaderOptions { seed, workers: self.workers, ahead: AHEAD, on_damage: OnDamage::Stop }
    }
}

/// A split as a network sees it. Many loaders read the same split.
struct Seen {
    set: Arc<Set>,
    view: View,
}

impl Set {
    fn len(&self) -> usize {
        match self {
            Self::Cifar10(images) => images.len(),
            Self::Photographs(photographs) => photographs.len(),
        }
    }

    /// What is kept together where shuffling is only across shards.
    fn shards(&self, examples: usize) -> Shards {
        match self {
            Self::Cifar10(images) => Shards::consecutive(images.len(), examples),
            Self::Photographs(photographs) => photographs.shards(examples),
        }
    }
}

impl Source for Seen {
    fn len(&self) -> usize {
        self.set.len()
    }

    fn label(&self, index: usize) -> usize {
        match &*self.set {
            Set::Cifar10(images) => images.labels[index].into(),
            Set::Photographs(photographs) => photographs.label(index),
        }
    }

    fn name(&self, index: usize) -> String {
        match &*self.set {
            Set::Cifar10(_) => format!("CIFAR-10's image {index}"),
            Set::Photographs(photographs) => photographs.name(index),
        }
    }

    fn example(&self, index: usize, _epoch: u64, stream: &mut Stream) -> Result<Vec<u8>> {
        match &*self.set {
            Set::Cifar10(images) => of_cifar10(images, index, self.view, stream),
            Set::Photographs(photographs) => of_photograph(photographs, index, self.view, stream),
        }
    }
}

fn of_cifar10(
    images: &cifar10::Images,
    index: usize,
    view: View,
    stream: &mut Stream,
) -> Result<Vec<u8>> {
    let rgb = &images.pixels[index * Cifar10::BYTES..][..Cifar10::BYTES];
    match view {
        View::Training(view) => {
            let side = Cifar10::SIDE as u32;
            view.of_rgb(side, side, rgb, stream)
        }
        View::SingleCrop { .. } => Ok(rgb.to_vec()), // 32 pixels are the whole image
    }
}

fn of_photograph(
    photographs: &Photographs,
    index: usize,
    view: View,
    stream: &mut Stream,
) -> Result<Vec<u8>> {
    let picture = photographs.picture(index)?;
    let seen = match view {
        View::Training(view) => view.of(&picture, stream),
        View::SingleCrop { resize, crop } => {
            picture.single_crop(resize, crop).map(|cropped| cropped.rgb)
        }
    };
    seen.with_context(|| photographs.name(index))
}
