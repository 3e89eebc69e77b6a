//! Networks that were trained here, kept for other uses: `NAME.safetensors`, and `NAME.json` that says what it is.
//!
//! The statistics in the file are the population's (Algorithm 2), as those that final accuracies are taken with, if the
//! recipe has some.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use bn_inception::checkpoints::Preprocessing;
use bn_inception::{BnInception, BnInceptionConfig, Execution};
use recipe::{DataSet, NetworkConfig, Recipe, RunRecipe};
use record::file::write_atomically;
use record::manifest::Start;
use serde::{Deserialize, Serialize};
use training::{Checkpoint, Learner};

use crate::Job;
use crate::image_sets::Images;
use crate::inception::InceptionTraining;

/// What is known of a network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Card {
    /// How it was trained.
    pub recipe: Recipe,
    /// Seed of its initial weights, order and augmentation.
    pub seed: u64,
    /// Names of its classes, in the order of its logits.
    pub classes: Vec<String>,
    /// Share of the test images that it classifies rightly, by these statistics.
    pub test_accuracy: f64,
    /// When, and by which program at which commit.
    pub made: Start,
    /// Whose pictures it has learned from, and what may be done with it.
    pub terms: String,
}

/// No card is larger.
const LARGEST_CARD: u64 = 1 << 20;

/// Writes the network of a finished training into a folder.
///
/// # Errors
/// Names the file that cannot be written, or the image that is damaged.
pub fn keep(folder: &Path, training: &InceptionTraining, images: &Images) -> Result<()> {
    let (recipe, seed) = (training.recipe.clone(), training.seed);
    fs::create_dir_all(folder).with_context(|| format!("cannot write {}", folder.display()))?;
    let weights = file(folder, &Job { subject: &recipe, seed });
    let test_accuracy = training.by_population(images, || {
        let state = Checkpoint { step: recipe.steps, is_finished: true, log_bytes: Vec::new() };
        state.save(&weights, &training.network.named_tensors())?;
        Ok(training.test(images)?.top1_accuracy())
    })?;
    let terms = terms(recipe.images.data).to_owned();
    let classes = images.class_names().to_vec();
    let card = Card { recipe, seed, classes, test_accuracy, made: Start::now(), terms };
    write_atomically(&weights.with_extension("json"), |file| {
        Ok(serde_json::to_writer_pretty(file, &card)?)
    })
}

/// The same of a job's last checkpoint.
///
/// # Errors
/// Those of [`keep`]; names the checkpoint that is not there, or is damaged.
pub fn keep_of(
    checkpoint: &Path,
    job: &Job<&Recipe>,
    folder: &Path,
    (images, execution): (&Images, Execution),
) -> Result<()> {
    let mut training = InceptionTraining::new(job, execution)?;
    let found = Checkpoint::load(checkpoint, &training.network.named_tensors())?;
    found.with_context(|| format!("{}: no such network", checkpoint.display()))?;
    training.resume();
    keep(folder, &training, images)
}

/// Whether a network is there; its card is written last.
pub fn is_kept(weights: &Path) -> bool {
    weights.with_extension("json").exists()
}

/// The file of a job's network in a folder. Its name is one that shells and lists of files have no other use for.
pub fn file(folder: &Path, job: &Job<&Recipe>) -> PathBuf {
    let is_plain = |c: &char| c.is_ascii_alphanumeric() || ".-".contains(*c);
    let name: String = job.folder().chars().filter(is_plain).collect();
    let words: Vec<&str> = name.split('-').filter(|word| !word.is_empty()).collect();
    folder.join(format!("{}.safetensors", words.join("-")))
}

/// The network in a file, by the card beside it.
///
/// # Errors
/// Names the file that is missing, damaged, or does not hold the network that the card describes.
pub fn open(weights: &Path, execution: Execution) -> Result<(BnInception, Card)> {
    let card = Card::beside(weights)?;
    let NetworkConfig::BnInception(config) = &card.recipe.network else {
        anyhow::bail!("{}: it is no BN-Inception", weights.display())
    };
    config.check()?;
    let file =
        fs::metadata(weights).with_context(|| format!("cannot read {}", weights.display()))?;
    // Before anything is as large as the card says.
    ensure!(
        file.is_file() && file.len() as f64 >= least_bytes(config),
        "{} is smaller than the network that its card describes",
        weights.display()
    );
    let network = BnInception::new(config.clone(), card.seed, execution)?;
    let found = Checkpoint::load(weights, &network.named_tensors())?;
    ensure!(found.is_some(), "{}: no such file", weights.display());
    network.parameters().refresh();
    Ok((network, card))
}

/// Fewer than such a network has: half of the trunk's ten million weights, times the square of the width, and the linear
/// layer's biases.
fn least_bytes(config: &BnInceptionConfig) -> f64 {
    4.0 * (5e6 * config.width.powi(2) + config.classes as f64)
}

impl Card {
    /// That of a network's file.
    ///
    /// # Errors
    /// Names the card that cannot be read.
    pub fn beside(weights: &Path) -> Result<Self> {
        let path = weights.with_extension("json");
        let inner = || -> Result<Self> {
            let mut text = String::new();
            let file = fs::File::open(&path)?;
            ensure!(file.metadata()?.is_file(), "it is no plain file");
            file.take(LARGEST_CARD).read_to_string(&mut text)?;
            let card: Self = serde_json::from_str(&text)?;
            let classes = card.recipe.classes();
            ensure!(card.classes.len() as i64 == classes, "it names other than {classes} classes");
            Ok(card)
        };
        inner().with_context(|| {
            format!(
                "cannot read {}, which says what network it is; --layout is for somebody else's",
                path.display()
            )
        })
    }

    /// Whether the same pictures, at the same size, judge the other network.
    pub fn is_judged_as(&self, other: &Self) -> bool {
        let side = |card: &Self| card.preprocessing().crop;
        (self.recipe.images.data, &self.classes) == (other.recipe.images.data, &other.classes)
            && side(self) == side(other)
    }

    /// What it is, in a line.
    pub fn words(&self) -> String {
        let Self { recipe, seed, test_accuracy, .. } = self;
        let words = RunRecipe::of(vec![recipe.clone()]).words();
        let right = 100.0 * test_accuracy;
        format!("{}, seed {seed} ({words}); {right:.1} % of its test images right", recipe.name)
    }

    /// How pictures are prepared for it.
    pub fn preprocessing(&self) -> Preprocessing {
        Preprocessing::to_unit_range(self.recipe.bn_inception().image_side as u32)
    }
}

/// What may be done with a network that has learned from these.
fn terms(data: DataSet) -> &'static str {
    match data {
        DataSet::BinaryMnist => "MIT; trained on MNIST (CC BY-SA 3.0)",
        DataSet::Cifar10 => "MIT; trained on CIFAR-10: cite Krizhevsky (2009)",
        DataSet::TinyImageNet => {
            "non-commercial research and education, by ImageNet's terms of access, on whose pictures it was trained"
        }
        DataSet::Photographs => "by the terms of the photographs that it was trained on",
    }
}
