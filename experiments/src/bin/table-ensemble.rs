//! Figure 4 (§4.2.3): one network, many crops, six networks.
//!
//! ```text
//! make table-ensemble              six networks and an unmodified one on CIFAR-10, 144 crops: an hour and a half on two cores
//! make table-ensemble ARGS="--scale tiny"    on Tiny ImageNet: six hours
//! cargo run --release --bin table-ensemble -- --weights A,B.safetensors    of `networks/`, or of `--keep-networks DIR`
//! cargo run --release --bin table-ensemble -- --weights A.safetensors,B.safetensors --layout cadene --data DIR
//! cargo run --release --bin table-ensemble -- --answers 1.parquet,2.parquet
//! ```
//!
//! Trains six variations of BN-x30 (`experiments::members`), lets each look at every validation picture by 1, 10, 50 and
//! 144 crops, and averages the probabilities over crops and over networks. Or does the same with networks that somebody
//! else has trained, or with answers that were kept.
//!
//! Expected, as in the paper: many crops beat one, and the ensemble beats each of its networks.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use bn_inception::Execution;
use bn_inception::checkpoints::{Layout, Preprocessing};
use clap::Args;
use data::crops::{CropPlan, CropSet};
use data::loader::OnDamage;
use data::photographs::{Photographs, Split, View};
use experiments::command_line::LayoutChoice;
use experiments::cost::Cost;
use experiments::examination::{Candidate, Examination, examine};
use experiments::image_sets::Images;
use experiments::inception::{CURVES, Sight, train, write_curves};
use experiments::members::{MEMBERS, UNMODIFIED};
use experiments::own_network;
use experiments::work::tell;
use experiments::{Choice, Job, Request, Work, recipes, request};
use recipe::paper::ENSEMBLE_STEPS;
use recipe::{Recipe, RunRecipe, SingleNetwork};
use record::card::Card;
use record::ensemble::{
    ERRORS_FILE, Evaluation, GAINS_FILE, MEMBERS_FILE, MemberRow, Part, best_on_held_out,
};
use record::fig2::{CURVES_FILE, CurveRow};
use record::run::Scale;
use record::table;
use training::CHECKPOINT_FILE;

#[derive(Args)]
struct Options {
    /// Crops of a picture whose answers are averaged: the centre, centre and corners, a grid, `GoogLeNet`'s
    #[arg(
        long,
        value_parser = crop_set,
        value_delimiter = ',',
        value_name = "N",
        default_value = "1,10,50,144"
    )]
    crops: Vec<CropSet>,

    /// Evaluates so many validation pictures, spread evenly over all [default: all]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pictures: Option<u32>,

    /// Evaluates these networks, by name (of `networks/`) or safetensors file, and trains none
    #[arg(long, value_name = "NAME_OR_FILE", value_delimiter = ',')]
    weights: Vec<PathBuf>,

    /// Whose names and shapes the files have; decides how pictures are prepared, too; --data needs only DIR/val/CLASS
    /// [default: networks that --keep-networks has written]
    #[arg(long, value_enum, requires = "weights")]
    layout: Option<LayoutChoice>,

    /// Also writes each network's answers to every picture into this folder, as N.parquet
    #[arg(long, value_name = "DIR")]
    keep_answers: Option<PathBuf>,

    /// Forms the ensemble of answers that were kept; runs no network
    #[arg(long, value_name = "FILE", value_delimiter = ',', conflicts_with_all = ["weights", "keep_answers"])]
    answers: Vec<PathBuf>,
}

/// Parses a number of crops.
fn crop_set(text: &str) -> Result<CropSet, String> {
    let is_it = |set: &CropSet| set.crops().to_string() == text;
    CropSet::ALL.into_iter().find(is_it).ok_or_else(|| "expected 1, 10, 50 or 144".to_owned())
}

impl Options {
    /// In ascending order, each once.
    fn crops(&self) -> Vec<CropSet> {
        let mut crops = self.crops.clone();
        crops.sort_unstable();
        crops.dedup();
        crops
    }

    fn pictures(&self, all: usize) -> usize {
        self.pictures.map_or(all, |pictures| all.min(pictures as usize))
    }
}

fn main() -> ExitCode {
    request::main(env!("CARGO_BIN_NAME"), recipe, |request: &mut Request<Options>| {
        let Options { answers, weights, layout, .. } = &request.own;
        match (&answers[..], &weights[..], *layout) {
            ([], [], _) => ours(request),
            ([], weights, Some(layout)) => others(request, weights, layout.into()),
            ([], weights, None) => {
                let files = weights.iter().map(|named| own_network::find(named));
                own(request, &files.collect::<Result<Vec<_>>>()?)
            }
            (answers, ..) => of_answers(request, answers),
        }
    })
}

/// Validation pictures of CIFAR-10.
const PICTURES: usize = 10_000;
/// Those of ILSVRC 2012; other photographs are fewer, and all are looked at.
const PHOTOGRAPHS: usize = 50_000;
const SMOKE_PICTURES: usize = 40;
/// Half of CIFAR-10's test images: all of them would take as long as three of the trainings.
const SMALL_PICTURES: usize = 5_000;
/// Where a run has the members' networks.
const NETWORKS: &str = "networks";
/// 5 epochs of 45,000 images in mini-batches of 32.
const SMALL_STEPS: u64 = 7_032;
/// 10 epochs of 95,000 pictures in mini-batches of 32.
const TINY_STEPS: u64 = 29_688;

fn recipe(choice: &Choice<Options>) -> RunRecipe {
    let is_converging = matches!(choice.scale, Scale::Smoke | Scale::Small | Scale::Tiny);
    let inception = if is_converging { converging(choice) } else { recipes::of_ensemble(choice) };
    let (all, default) = match choice.scale {
        Scale::Smoke => (PICTURES, SMOKE_PICTURES),
        Scale::Small => (PICTURES, SMALL_PICTURES),
        Scale::Overnight | Scale::Tiny => (PICTURES, PICTURES),
        Scale::Medium | Scale::Full | Scale::Custom => (PHOTOGRAPHS, PHOTOGRAPHS),
    };
    let pictures = choice.own.pictures.map_or(default, |_| choice.own.pictures(all));
    let beside = is_converging.then_some(UNMODIFIED);
    let networks = MEMBERS.into_iter().chain(beside);
    RunRecipe::of(networks.map(|network| network.recipe(&inception)).collect())
        .with("crops", json(&choice.own.crops()))
        .with("pictures", pictures)
}

/// Inception where trainings converge. All held-out pictures are looked at, since they choose the best network.
fn converging(choice: &Choice<Options>) -> Recipe {
    let steps = if choice.scale == Scale::Tiny { TINY_STEPS } else { SMALL_STEPS };
    let mut inception = recipes::converging(choice, steps);
    if !choice.is_smoke() {
        inception.images.validation_images = inception.images.held_out_images;
    }
    let steps = inception.steps;
    inception.over(steps, ENSEMBLE_STEPS)
}

fn json(crops: &[CropSet]) -> serde_json::Value {
    serde_json::to_value(crops).expect("names")
}

/// Trains the six, and the one beside them if there is one, and lets them answer.
fn ours(request: &mut Request<Options>) -> Result<()> {
    let (work, images) = request.on_images(OnDamage::Stop)?;
    let members: Vec<Job<&Recipe>> = (1..)
        .zip(&request.recipe().trainings)
        .map(|(seed, subject)| Job { subject, seed })
        .collect();
    let pictures = request.recipe().count("pictures") as usize;
    let examination = examination(&request.own, members[0].subject, &images, pictures)?;
    if !work.run.is_kept() {
        tell_cost(&members, &examination, &work, &images)?;
    }
    train_all(&members, &work, &images)?;
    let mut parts = examine(&candidates(&members, &work, &images)?, &examination, &work)?;
    let unmodified = parts.split_off(MEMBERS.len()).pop();
    let rows = member_rows(&members, &work)?;
    let of_six = Evaluation::of_parts(parts.clone())?;
    let evaluation = match unmodified {
        Some(unmodified) => of_six.beside(unmodified, best_on_held_out(&rows)),
        None => of_six,
    };
    let curves = work.rows_of(&members)?;
    finish(request, work, &rows, (&parts, &evaluation), |stage| curves.collect(CURVES_FILE, stage))
}

/// So many of the pictures that networks of such a recipe are judged by.
fn examination(
    options: &Options,
    recipe: &Recipe,
    images: &Images,
    pictures: usize,
) -> Result<Examination> {
    let (side, crops) = (recipe.bn_inception().image_side as u32, options.crops());
    let plan = CropPlan::new(&crops, side, images.size())?;
    let source = images.crops(plan.clone());
    Examination::new(&crops, plan, source, pictures, Preprocessing::to_unit_range(side), 0)
}

/// Who is who, of the six.
fn member_rows(members: &[Job<&Recipe>], work: &Work) -> Result<Vec<MemberRow>> {
    let curves: Vec<Vec<CurveRow>> = work.rows_of(members)?.read(CURVES_FILE)?;
    let rows = members.iter().zip(MEMBERS).zip(curves).map(|((job, member), curve)| {
        let is_held_out = job.subject.images.held_out_images > 0;
        let last = curve.last().map(|row| row.top1_accuracy).filter(|_| is_held_out);
        let row = member.row(work.scale(), job.seed, job.subject.steps);
        MemberRow { held_out_accuracy: last, ..row }
    });
    Ok(rows.collect())
}

/// Says how long it will take from nothing.
fn tell_cost(
    members: &[Job<&Recipe>],
    examination: &Examination,
    work: &Work,
    images: &Images,
) -> Result<()> {
    let cost = Cost::measure(&members[0], work.execution, images)?;
    let training = cost.of_all(members, work.threads);
    let looks = members.len() * examination.pictures() * examination.crops();
    let evaluation = cost.of_looks(looks) / work.threads.min(members.len()) as u32;
    let [training, evaluation] = [training, evaluation].map(|time| time.as_secs().div_ceil(60));
    let members = members.len();
    eprintln!("{members} trainings: about {training} min; {looks} crops: about {evaluation} min");
    Ok(())
}

/// Trains the members. Their curves are those of BN-x30, by seed.
fn train_all(members: &[Job<&Recipe>], work: &Work, images: &Images) -> Result<()> {
    work.train(members, |job, progress| {
        train(job, work, images, progress, &CURVES, |sight, rows| {
            let network = SingleNetwork::BnX30.name().to_owned();
            let row = CurveRow { network, ..sight.row.clone() };
            write_curves(&Sight { row, ..*sight }, images, rows)
        })
    })?;
    let curves: Vec<Vec<CurveRow>> = work.rows_of(members)?.read(CURVES_FILE)?;
    for (job, curve) in members.iter().zip(curves) {
        let last = curve.last().map_or(0, |row| row.step);
        ensure!(last == job.subject.steps, "member {} diverged at step {last}", job.seed);
    }
    Ok(())
}

/// The trained members with the population's statistics (Algorithm 2), in files of the run.
fn candidates(members: &[Job<&Recipe>], work: &Work, images: &Images) -> Result<Vec<Candidate>> {
    let folder = work.run.job_folder(NETWORKS)?;
    let file = |job: &Job<&Recipe>| own_network::file(&folder, job);
    let missing: Vec<&Job<&Recipe>> =
        members.iter().filter(|job| !own_network::is_kept(&file(job))).collect();
    let name = |job: &&Job<&Recipe>| format!("{NETWORKS}/{}", job.folder());
    work.share(&missing, name, |job| {
        let checkpoint = work.run.job_folder(&job.folder())?.join(CHECKPOINT_FILE);
        own_network::keep_of(&checkpoint, job, &folder, (images, work.execution))
    })?;
    Ok(members.iter().map(|job| Candidate::Own(file(job))).collect())
}

/// Lets networks answer that were trained here before.
fn own(request: &Request<Options>, weights: &[PathBuf]) -> Result<()> {
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
fn others(request: &Request<Options>, weights: &[PathBuf], layout: Layout) -> Result<()> {
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
fn of_answers(request: &Request<Options>, files: &[PathBuf]) -> Result<()> {
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

/// Writes the rows, and keeps networks and answers for the next time; each network's answers go into the folder that
/// the user names, too.
fn finish(
    request: &Request<Options>,
    work: Work,
    members: &[MemberRow],
    (parts, evaluation): (&[Part], &Evaluation),
    write_more: impl FnOnce(&Path) -> Result<()>,
) -> Result<()> {
    if let Some(folder) = &request.own.keep_answers {
        for (number, part) in (1..).zip(parts) {
            part.write(&folder.join(format!("{number}.parquet")))?;
        }
    }
    let (errors, gains) = evaluation.rows(work.scale())?;
    let folder = work.run.finish_and_keep(|stage| {
        table::write(&stage.join(MEMBERS_FILE), members)?;
        table::write(&stage.join(ERRORS_FILE), &errors)?;
        table::write(&stage.join(GAINS_FILE), &gains)?;
        write_more(stage)
    })?;
    tell(&folder);
    Ok(())
}
