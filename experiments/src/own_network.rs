//! Networks that were trained here, kept for other uses: `NAME.safetensors`, and `NAME.json` that says what it is.
//!
//! The statistics in the file are the population's (Algorithm 2), as those that final accuracies are taken with, if the
//! recipe has some.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use bn_inception::checkpoints::{Layout, Preprocessing, read_own, write_own};
use bn_inception::{BnInception, Execution};
use data::Picture;
use recipe::Recipe;
use record::card::{Card, Names, networks};
use record::file::{replace, sha256};
use record::manifest::Start;
use tch::{Device, Kind, Tensor};
use training::{Checkpoint, Learner};

use crate::Job;
use crate::image_sets::Images;
use crate::inception::InceptionTraining;

/// Writes the network of a finished training into a folder.
///
/// # Errors
/// Names the file that cannot be written, or the image that is damaged.
pub fn keep(folder: &Path, training: &InceptionTraining, images: &Images) -> Result<()> {
    let (recipe, seed) = (training.recipe.clone(), training.seed);
    let weights = file(folder, &Job { subject: &recipe, seed });
    let test_accuracy = training.by_population(images, || {
        replace(&weights, |path| Ok(write_own(&training.network, path, Kind::Float)?))?;
        Ok(training.test(images)?.top1_accuracy())
    })?;
    let terms = Card::terms_of(recipe.images.data).to_owned();
    let classes = images.class_names().to_vec();
    let made = Start::now();
    let card = Card { recipe, seed, classes, test_accuracy, made, terms, export: None };
    card.write_beside(&weights)
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

/// Copies a network and its card into a folder.
///
/// # Errors
/// Names the file that cannot be read or written.
pub fn copy(weights: &Path, folder: &Path) -> Result<()> {
    let card = weights.with_extension("json");
    for from in [weights, &card] {
        let to = folder.join(from.file_name().context("it has no name")?);
        replace(&to, |neighbour| Ok(std::fs::copy(from, neighbour).map(drop)?))?;
    }
    Ok(())
}

/// The file of a job's network in a folder.
pub fn file(folder: &Path, job: &Job<&Recipe>) -> PathBuf {
    folder.join(format!("{}.safetensors", Card::file_name(&job.folder())))
}

/// The file of a network that the user names: a file, or a network of the repository.
///
/// # Errors
/// If it is neither; names those that are there.
pub fn find(named: &Path) -> Result<PathBuf> {
    let is_name = named.components().count() == 1
        && named.extension().is_none_or(|extension| extension != "safetensors");
    if !is_name || named.exists() {
        return Ok(named.to_owned());
    }
    let committed = networks().join(named).with_added_extension("safetensors");
    if committed.exists() {
        return Ok(committed);
    }
    let names: Vec<String> = Card::all(&networks())?.into_iter().map(|(name, _)| name).collect();
    let names = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
    bail!("there is no file {}, and no network of that name; there are: {names}", named.display())
}

/// The network in a file, by the card beside it.
///
/// # Errors
/// Names the file that is missing, damaged, or does not hold the network that the card describes.
pub fn open(weights: &Path, execution: Execution) -> Result<(BnInception, Card)> {
    let card = Card::beside(weights)?;
    if let Some(export) = &card.export {
        let is_it = sha256(weights)? == export.sha256;
        ensure!(is_it, "{} is not the file that its card describes", weights.display());
    }
    let network = match card.export.as_ref().map_or(Names::Own, |export| export.names) {
        Names::Own => read_own(weights, card.recipe.bn_inception().clone(), execution),
        Names::Cadene => Layout::Cadene.read(weights, execution),
    };
    Ok((network.with_context(|| weights.display().to_string())?, card))
}

/// How pictures are prepared for a network.
pub fn preprocessing(card: &Card) -> Preprocessing {
    Preprocessing::to_unit_range(card.recipe.bn_inception().image_side as u32)
}

/// A picture's centre crop as a network's input, `[1, 3, side, side]`.
///
/// # Errors
/// Names the picture that cannot be read.
pub fn prepared(picture: &Path, preprocessing: &Preprocessing) -> Result<Tensor> {
    let crop = Picture::open(picture)?.single_crop(preprocessing.resize, preprocessing.crop)?;
    Ok(preprocessing.tensor(&crop.rgb, Device::Cpu))
}
