//! The images of a comparison, for any number of trainings side by side.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result, bail, ensure};
use data::augmentation::TrainingView;
use data::crops::CropPlan;
use data::loader::{Batch, Loader, LoaderOptions, OnDamage, Source};
use data::order::{Batches, Order, Part, Shards, Spread};
use data::photographs::{Photographs, Split, View};
use data::squares::{Seen, Squares};
use data::{Cifar10, TinyImageNet, class_names};
use recipe::{DataSet, Recipe};
use record::message::printable;
use streams::Stream;

/// What a comparison trains on, and what it is validated by.
pub struct Images {
    training: Set,
    /// What is looked at on the way.
    validation: Set,
    /// What a trained network is judged by in the end; the same if no images are held out.
    test: Set,
    /// Names of the classes, in the order of the labels.
    class_names: Vec<String>,
    sha256: BTreeMap<String, String>,
    loading: Loading,
    reported: Mutex<BTreeSet<String>>,
}

/// How the images are read.
#[derive(Clone, Copy, Debug)]
pub struct Loading {
    /// Threads of each loader.
    pub workers: usize,
    /// What happens at a damaged file.
    pub on_damage: OnDamage,
}

/// So many training images, drawn by a stream of their own for all trainings alike, are held out; none of none.
pub fn hold_out(images: data::Images, count: usize) -> (data::Images, Option<data::Images>) {
    let len = images.len();
    without(images, len, count, data::Images::split)
}

/// The same of photographs.
fn hold_out_photographs(
    all: Photographs,
    count: usize,
) -> Result<(Photographs, Option<Photographs>)> {
    let len = all.len();
    ensure!(len > count, "of {len} pictures to train on, {count} would be held out");
    Ok(without(all, len, count, Photographs::split))
}

/// A set without some of its images, and these.
fn without<T>(
    all: T,
    len: usize,
    count: usize,
    split: impl Fn(&T, &BTreeSet<usize>) -> (T, T),
) -> (T, Option<T>) {
    if count == 0 {
        return (all, None);
    }
    let order = Stream::new(0, "held-out").permutation(len);
    let places = order.into_iter().take(count).map(|place| place as usize).collect();
    let (held_out, others) = split(&all, &places);
    (others, Some(held_out))
}

/// One split of a data set.
#[derive(Clone)]
enum Set {
    Squares(Arc<Squares>),
    Photographs(Arc<Photographs>),
}

/// Mini-batches that a loader has ready at most.
const AHEAD: usize = 8;
/// Validation images that are classified at a time.
const VALIDATION_BATCH: usize = 250;
/// Pictures where random ones are enough.
const RANDOM: usize = 250;

impl Images {
    /// Loads a recipe's data from the folder that the user names; CIFAR-10 and Tiny `ImageNet` are fetched into `.data/`
    /// when none is named.
    ///
    /// # Errors
    /// If it cannot be found, fetched or read.
    pub fn load(images: &recipe::Images, named: Option<&Path>, loading: Loading) -> Result<Self> {
        let cache = |name: &str| record::repository().join(".data").join(name);
        match images.data {
            DataSet::BinaryMnist => bail!("BN-Inception is not trained on MNIST"),
            DataSet::Cifar10 => {
                let Cifar10 { train, test } = Cifar10::load(named, &cache("cifar10"))?;
                let [train, test] = [train, test].map(|images| Squares {
                    data_set: "CIFAR-10",
                    side: Cifar10::SIDE as u32,
                    images,
                });
                let names = Cifar10::CLASS_NAMES.map(str::to_owned).to_vec();
                Ok(Self::of_squares(train, test, names, images, loading)
                    .known_by(Cifar10::sha256()))
            }
            DataSet::TinyImageNet => {
                let tiny = TinyImageNet::load(named, &cache("tiny-imagenet"))?;
                let sha256 = tiny.sha256();
                let TinyImageNet { train, test, classes } = tiny;
                let images = Self::of_squares(train, test, classes, images, loading);
                Ok(images.known_by(sha256))
            }
            DataSet::Photographs => Self::of_photographs(named, images, loading),
        }
    }

    /// A few random pictures of the size of a recipe's, for timing where its data need not be: training, validation and
    /// test images at once.
    pub fn random(recipe: &Recipe, loading: Loading) -> Self {
        let crop = recipe.bn_inception().image_side as usize;
        let is_photograph = recipe.images.data == DataSet::Photographs;
        let side = if is_photograph { crop * 256 / 224 } else { crop };
        let classes = recipe.bn_inception().classes.min(1 << u8::BITS) as usize;
        let images = data::Images {
            pixels: Stream::new(0, "pixels").bytes(RANDOM * 3 * side * side),
            labels: (0..RANDOM).map(|image| (image % classes) as u8).collect(),
        };
        let set = Squares { data_set: "random pictures", side: side as u32, images };
        let set = Set::Squares(Arc::new(set));
        let (sha256, reported) = (BTreeMap::new(), Mutex::default());
        let (training, validation) = (set.clone(), set.clone());
        let class_names = (0..classes).map(|class| class.to_string()).collect();
        Self { training, validation, test: set, class_names, sha256, loading, reported }
    }

    /// Of the training pictures, some are held out.
    fn of_squares(
        train: Squares,
        test: Squares,
        class_names: Vec<String>,
        images: &recipe::Images,
        loading: Loading,
    ) -> Self {
        let Squares { data_set, side, images: all } = train;
        let (training, held_out) = hold_out(all, images.held_out_images);
        let set = |images| Set::Squares(Arc::new(Squares { data_set, side, images }));
        let test = Set::Squares(Arc::new(test));
        let validation = held_out.map_or(test.clone(), set);
        let reported = Mutex::default();
        let sha256 = BTreeMap::new();
        Self { training: set(training), validation, test, class_names, sha256, loading, reported }
    }

    fn of_photographs(
        named: Option<&Path>,
        images: &recipe::Images,
        loading: Loading,
    ) -> Result<Self> {
        ensure!(images.training_images.is_none(), "of photographs no part can be trained on");
        let root = named.context(
            "--data DIR: photographs in DIR/train/CLASS and DIR/val/CLASS, or shards of them",
        )?;
        let open = |split| Photographs::open(root, split);
        let (all, test) = (open(Split::Training)?, open(Split::Validation)?);
        let names = format!("{}{}", all.fingerprint(), test.fingerprint());
        let sha256 = BTreeMap::from([("names of the photographs".to_owned(), names)]);
        let class_names = class_names::of_folder(root, all.classes())?;
        let (training, held_out) = hold_out_photographs(all, images.held_out_images)
            .with_context(|| root.display().to_string())?;
        let set = |photographs| Set::Photographs(Arc::new(photographs));
        let (training, test) = (set(training), set(test));
        let validation = held_out.map_or(test.clone(), set);
        let reported = Mutex::default();
        Ok(Self { training, validation, test, class_names, sha256, loading, reported })
    }

    fn known_by(self, sha256: BTreeMap<String, String>) -> Self {
        Self { sha256, ..self }
    }

    /// How many classes the images have.
    pub fn classes(&self) -> i64 {
        self.class_names.len() as i64
    }

    /// Names of the classes, in the order of the labels; `WordNet`'s numbers where the data have no others.
    pub fn class_names(&self) -> &[String] {
        &self.class_names
    }

    /// Sums of the data's files; of photographs only of their names.
    pub fn sha256(&self) -> BTreeMap<String, String> {
        self.sha256.clone()
    }

    /// The mini-batches of a training after so many steps, the same whatever else runs.
    ///
    /// # Errors
    /// If a mini-batch is larger than the data set, or no thread can be started.
    pub fn training(&self, recipe: &Recipe, seed: u64, from_step: u64) -> Result<Loader> {
        self.training_part(recipe, seed, from_step, (0, 1))
    }

    /// The part of each mini-batch with this number, of so many equal parts.
    ///
    /// # Errors
    /// Those of [`Images::training`].
    pub fn training_part(
        &self,
        recipe: &Recipe,
        seed: u64,
        from_step: u64,
        (number, parts): (usize, usize),
    ) -> Result<Loader> {
        let Recipe { images, mini_batch, steps, .. } = recipe;
        let view = TrainingView {
            side: recipe.bn_inception().image_side as u32,
            min_area: images.crop_area_min(),
            photometric: images.photometric(),
        };
        let examples = images.training_examples(self.training.len());
        let shards = self.training.shards(images.shard_examples, examples);
        let order = Order::new(seed, shards, images.shuffling, *mini_batch)?;
        let source = self.training.seen(View::Training(view));
        let part = batches(Part { of: order, number, parts });
        Loader::shared(&source, &part, from_step..*steps, self.options(seed))
    }

    /// So many validation images, spread evenly over all, each once, by a single centre crop.
    ///
    /// # Errors
    /// If no thread can be started.
    pub fn validation(&self, recipe: &Recipe, images: usize) -> Result<Loader> {
        let order = Spread::new(images, self.validation.len(), VALIDATION_BATCH);
        self.single_crops(&self.validation, order, recipe)
    }

    /// The same of the recipe's test images.
    ///
    /// # Errors
    /// If no thread can be started.
    pub fn test(&self, recipe: &Recipe) -> Result<Loader> {
        let images = recipe.images.test_images.unwrap_or(self.test.len());
        let order = Spread::new(images, self.test.len(), VALIDATION_BATCH);
        self.single_crops(&self.test, order, recipe)
    }

    /// The training images, each once, by a single centre crop.
    ///
    /// # Errors
    /// If no thread can be started.
    pub fn training_once(&self, recipe: &Recipe) -> Result<Loader> {
        let examples = recipe.images.training_examples(self.training.len());
        let order = Spread::new(examples, examples, VALIDATION_BATCH);
        self.single_crops(&self.training, order, recipe)
    }

    fn single_crops(&self, set: &Set, order: Spread, recipe: &Recipe) -> Result<Loader> {
        let crop = recipe.bn_inception().image_side as u32;
        let view = View::SingleCrop { resize: crop * 256 / 224, crop };
        let steps = order.sequence.steps();
        Loader::shared(&set.seen(view), &batches(order), 0..steps, self.options(0))
    }

    /// Prints a line for each damaged picture that none of these loaders has come upon before.
    pub fn report_damage(&self, batch: Batch) -> Batch {
        let mut reported = self.reported.lock().unwrap_or_else(PoisonError::into_inner);
        for report in &batch.reports {
            if reported.insert(report.clone()) {
                eprintln!("left out: {}", printable(report));
            }
        }
        batch
    }

    /// The test images as many crops each.
    pub fn crops(&self, plan: CropPlan) -> Arc<dyn Source> {
        self.test.seen(View::Crops(Arc::new(plan)))
    }

    /// Width and height of the images, if all have the same.
    pub fn size(&self) -> Option<(u32, u32)> {
        match &self.test {
            Set::Squares(squares) => Some((squares.side, squares.side)),
            Set::Photographs(_) => None,
        }
    }

    fn options(&self, seed: u64) -> LoaderOptions {
        let Loading { workers, on_damage } = self.loading;
        LoaderOptions { seed, workers, ahead: AHEAD, on_damage }
    }
}

fn batches(order: impl Batches + 'static) -> Arc<dyn Batches> {
    Arc::new(order)
}

impl Set {
    fn len(&self) -> usize {
        match self {
            Self::Squares(squares) => squares.images.len(),
            Self::Photographs(photographs) => photographs.len(),
        }
    }

    /// What is kept together where shuffling is only across shards; of images in memory the first so many.
    fn shards(&self, per_shard: usize, images: usize) -> Shards {
        match self {
            Self::Squares(_) => Shards::consecutive(images, per_shard),
            Self::Photographs(photographs) => photographs.shards(per_shard),
        }
    }

    /// The images as a network sees them.
    fn seen(&self, view: View) -> Arc<dyn Source> {
        match self {
            Self::Squares(squares) => Arc::new(Seen { squares: Arc::clone(squares), view }),
            Self::Photographs(photographs) => Arc::new(photographs.seen(view)),
        }
    }
}
