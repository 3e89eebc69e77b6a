//! Networks that are trained already, ours and others', and answers that were kept.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use bn_inception::Execution;
use bn_inception::checkpoints::Layout;
use data::crops::CropPlan;
use data::loader::OnDamage;
use data::photographs::{Photographs, Split, View};
use recipe::RunRecipe;
use record::card::Card;
use record::ensemble::{Evaluation, MemberRow, Part};
use record::run::Scale;

use super::{Options, examination, finish, json};
use crate::examination::{Candidate, Examination, examine};
use crate::{Request, Work, own_network};

/// Lets networks answer that were trained here before: files, or names of `networks/`.
///
/// # Errors
/// Names the network that cannot be read, or is for other pictures than the first; what else an evaluation may meet.
pub fn own(request: &Request<Options>, named: &[PathBuf]) -> Result<()> {
    let weights =
        &named.iter().map(|named| own_network::find(named)).collect::<Result<Vec<_>>>()?;
    let cards = weights.iter().map(|path| Card::beside(path)).collect::<Result<Vec<_>>>()?;
    let first = &cards[0];
    for (card, path) in cards.iter().zip(weights) {
        let is_alike = card.is_judged_as(first);
        ensure!(
            is_alike,
            "{} and {} tell other pictures apart",
            path.display(),
            weights[0].display()
        );
    }
    let images = request.images(&first.recipe.images, OnDamage::Stop)?;
    let pictures = request.own.pictures(usize::MAX);
    let examination = examination(&request.own, &first.recipe, &images, pictures)?;
    let recipe = of_weights(request, weights, examination.pictures())?;
    let work = request.open_custom(recipe, images.sha256())?;
    let candidates: Vec<Candidate> = weights.iter().cloned().map(Candidate::Own).collect();
    answer(request, work, (&candidates, &examination), weights)
}

/// Lets networks answer that somebody else has trained.
///
/// # Errors
/// Names the network or the picture that cannot be read; what else an evaluation may meet.
pub fn others(request: &Request<Options>, weights: &[PathBuf], layout: Layout) -> Result<()> {
    let root = request.common.data.as_deref().context("--data DIR: pictures in DIR/val/CLASS")?;
    let photographs = Arc::new(Photographs::open_alone(root, Split::Validation)?);
    let candidates: Vec<Candidate> =
        weights.iter().map(|path| Candidate::Others { path: path.clone(), layout }).collect();
    let (crops, pictures) = (request.own.crops(), request.own.pictures(photographs.len()));
    let recipe = of_weights(request, weights, pictures)?.with("layout", layout.to_string());
    check_classes(&candidates, &photographs, layout, request.execution()?)?;
    let names = ("names of the photographs".to_owned(), photographs.fingerprint());
    let work = request.open_custom(recipe, [names].into())?;
    let prepared = layout.preprocessing();
    let plan = CropPlan::new(&crops, prepared.crop, None)?;
    let source = Arc::new(photographs.seen(View::Crops(Arc::new(plan.clone()))));
    let before = layout.classes_before();
    let examination = Examination::new(&crops, plan, source, pictures, prepared, before)?;
    answer(request, work, (&candidates, &examination), weights)
}

/// The recipe of an evaluation without a training.
fn of_weights(
    request: &Request<Options>,
    weights: &[PathBuf],
    pictures: usize,
) -> Result<RunRecipe> {
    Ok(RunRecipe::default()
        .computed_in(request.recipe().arithmetic)
        .with("weights_sha256", sums(weights)?)
        .with("crops", json(&request.own.crops()))
        .with("pictures", pictures))
}

/// Lets networks of these files answer, and finishes the run.
fn answer(
    request: &Request<Options>,
    work: Work,
    (candidates, examination): (&[Candidate], &Examination),
    files: &[PathBuf],
) -> Result<()> {
    let parts = examine(candidates, examination, &work)?;
    let rows = strangers(work.scale(), files);
    let evaluation = Evaluation::of_parts(parts.clone())?;
    finish(request, work, &rows, (&parts, &evaluation), |_| Ok(()))
}

fn check_classes(
    candidates: &[Candidate],
    photographs: &Photographs,
    layout: Layout,
    execution: Execution,
) -> Result<()> {
    for candidate in candidates {
        let network = candidate.open(execution)?;
        let classes = network.config().classes - i64::from(layout.classes_before());
        let expected = photographs.classes().len() as i64;
        ensure!(
            classes == expected,
            "the network tells {classes} classes apart, and the data have {expected}"
        );
    }
    Ok(())
}

/// Forms the ensemble of answers that were kept.
///
/// # Errors
/// Names the file that cannot be read or written.
pub fn of_answers(request: &Request<Options>, files: &[PathBuf]) -> Result<()> {
    let parts = files.iter().map(|file| Part::read(file)).collect::<Result<Vec<_>>>()?;
    let recipe = RunRecipe::default().with("answers_sha256", sums(files)?);
    let work = request.open_custom(recipe, BTreeMap::new())?;
    let rows = strangers(work.scale(), files);
    let evaluation = Evaluation::of_parts(parts.clone())?;
    finish(request, work, &rows, (&parts, &evaluation), |_| Ok(()))
}

fn sums(files: &[PathBuf]) -> Result<Vec<String>> {
    files.iter().map(|path| record::file::sha256(path)).collect()
}

/// Rows of networks of which only a file is known.
fn strangers(scale: Scale, files: &[PathBuf]) -> Vec<MemberRow> {
    let row = |(member, path): (u64, &PathBuf)| MemberRow {
        scale,
        member,
        network: path.display().to_string(),
        convolution_gain: None,
        dropout: None,
        is_per_activation: None,
        steps: None,
        held_out_accuracy: None,
    };
    (1..).zip(files).map(row).collect()
}
