//! Figure 4 (§4.2.3): one network, many crops, six networks.
//!
//! ```text
//! make table-ensemble              six networks on CIFAR-10, 144 crops: under an hour on two cores
//! cargo run --release --bin table-ensemble -- --weights A.safetensors,B.safetensors --layout cadene --data DIR
//! cargo run --release --bin table-ensemble -- --answers 1.parquet,2.parquet
//! ```
//!
//! Trains six variations of BN-x30 (`experiments::members`), lets each look at every validation picture by
//! 1, 10, 50 and 144 crops, and averages the probabilities over crops and over networks. Or does the same
//! with networks that somebody else has trained, or with answers that were kept.
//!
//! Expected, as the paper has it: many crops beat one, and the ensemble beats each of its networks.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use bn_inception::checkpoints::{Layout, Preprocessing};
use bn_inception::{Arithmetic, Execution};
use clap::Parser;
use data::crops::{CropPlan, CropSet};
use data::loader::OnDamage;
use data::photographs::{Photographs, Split, View};
use experiments::CommonArgs;
use experiments::command_line::{
    ArithmeticArgs, InceptionScale, LayoutChoice, Request, resumable_exit_code,
};
use experiments::cost::Cost;
use experiments::ensemble_table;
use experiments::examination::{Candidate, Examination, examine};
use experiments::image_sets::Images;
use experiments::job::Job;
use experiments::members::{MEMBERS, Member};
use experiments::recipes::{Recipe, Setting};
use experiments::single_network::{NOTHING, Training, train};
use record::ensemble::{ERRORS_FILE, Evaluation, GAINS_FILE, MEMBERS_FILE, MemberRow, Part};
use record::fig2::{CURVES_FILE, CurveRow, Network, OUTCOMES_FILE, Outcome, OutcomeRow};
use record::run::{Run, Scale};
use record::table;
use serde::Serialize;
use training::{Progress, memory, side_by_side};

/// Figure 4: the errors of one network and of six together, with one crop and with 144.
///
/// Writes results/table-ensemble/; 'make figures' draws figures/fig4.png from it. Ctrl-C stops it, and the
/// same command goes on where it stopped.
#[derive(Parser)]
#[command(version)]
struct Args {
    /// Images and networks: CIFAR-10 at half the width, photographs at 128 pixels, or the paper's
    #[arg(long, value_enum, default_value_t = InceptionScale::Small)]
    scale: InceptionScale,

    #[command(flatten)]
    common: CommonArgs,

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

    #[command(flatten)]
    arithmetic: ArithmeticArgs,

    /// Evaluates these networks, safetensors files, and trains none; --data needs only DIR/val/CLASS
    #[arg(long, value_name = "FILE", value_delimiter = ',', requires_all = ["layout", "data"])]
    weights: Vec<PathBuf>,

    /// Whose names and shapes the files have; decides how pictures are prepared, too
    #[arg(long, value_enum, requires = "weights")]
    layout: Option<LayoutChoice>,

    /// Also writes each network's answers to every picture into this folder, as N.parquet
    #[arg(long, value_name = "DIR")]
    keep_answers: Option<PathBuf>,

    /// Forms the ensemble of answers that were kept; runs no network
    #[arg(long, value_name = "FILE", value_delimiter = ',', conflicts_with_all = ["weights", "keep_answers"])]
    answers: Vec<PathBuf>,
}

/// Everything that an ensemble of ours depends on.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct Ours {
    setting: Setting,
    members: Vec<Recipe>,
    crops: Vec<CropSet>,
    pictures: usize,
    arithmetic: Arithmetic,
}

/// Everything that the errors of others' networks depend on.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct Others {
    weights_sha256: Vec<String>,
    layout: String,
    crops: Vec<CropSet>,
    pictures: usize,
    arithmetic: Arithmetic,
}

fn main() -> ExitCode {
    memory::keep_freed();
    resumable_exit_code(|| {
        let args = Args::parse();
        match (&args.answers[..], &args.weights[..], args.layout) {
            ([], [], _) => ours(&args),
            ([], weights, Some(layout)) => others(&args, weights, layout.into()),
            (answers, ..) => of_answers(answers),
        }
    })
}

/// Parses a number of crops.
fn crop_set(text: &str) -> Result<CropSet, String> {
    let is_it = |set: &CropSet| set.crops().to_string() == text;
    CropSet::ALL.into_iter().find(is_it).ok_or_else(|| "expected 1, 10, 50 or 144".to_owned())
}

impl Args {
    fn execution(&self) -> Result<Execution> {
        self.arithmetic.execution_on(&self.common.device)
    }

    /// In ascending order, each once.
    fn crops(&self) -> Vec<CropSet> {
        let mut crops = self.crops.clone();
        crops.sort_unstable();
        crops.dedup();
        crops
    }

    fn pictures(&self, of: usize) -> usize {
        self.pictures.map_or(of, |pictures| of.min(pictures as usize))
    }
}

/// Pictures of a smoke run.
const SMOKE_PICTURES: usize = 40;

/// Trains the six, and lets them answer.
fn ours(args: &Args) -> Result<()> {
    let mut setting = args.scale.setting().of_ensemble();
    let execution = args.execution()?;
    let loading = args.common.loading(OnDamage::Stop);
    let images = Images::load(&setting, args.common.data.as_deref(), loading)?;
    setting.classes = images.classes();
    let is_smoke = args.scale == InceptionScale::Smoke;
    let pictures = if is_smoke { SMOKE_PICTURES } else { images.validation_len() };
    let changed = Setting { steps: args.common.steps.unwrap_or(setting.steps), ..setting.clone() };
    let asked = args.pictures.map_or(pictures, |_| args.pictures(images.validation_len()));
    let fastest = Arithmetic::fastest(execution.device);
    let default = Ours::new(setting, CropSet::ALL.to_vec(), pictures, fastest);
    let ours = Ours::new(changed, args.crops(), asked, execution.arithmetic);
    let run = args.common.open_run(Request {
        artefact: "table-ensemble",
        scale: args.scale.into(),
        recipe: &ours,
        default_recipe: &default,
        default_seeds: 1,
        data_sha256: images.sha256(),
    })?;
    if !run.is_kept() {
        tell_cost(&ours, &images, args.common.jobs(), execution)?;
    }
    train_all(&ours, &run, &images, args.common.jobs(), execution)?;
    let outcomes: Vec<OutcomeRow> = run.collect(&names(&ours), OUTCOMES_FILE)?;
    for (member, outcome) in (1..).zip(&outcomes) {
        let has_finished = outcome.outcome == Outcome::Finished;
        ensure!(has_finished, "member {member} diverged at step {}", outcome.step);
    }
    let side = ours.setting.image_side as u32;
    let plan = CropPlan::new(&ours.crops, side, images.size())?;
    let source = images.crops(plan.clone());
    let prepared = Preprocessing::to_unit_range(side);
    let examination = Examination::new(&ours.crops, plan, source, ours.pictures, prepared, 0)?;
    let candidates = ours.candidates(&run)?;
    let parts = examine(&candidates, &examination, &run, args.common.jobs(), execution)?;
    let (scale, steps) = (run.scale(), ours.setting.steps);
    let rows = (1..).zip(MEMBERS).map(|(n, member): (u64, Member)| member.row(scale, n, steps));
    let curves: Vec<CurveRow> = run.collect(&names(&ours), CURVES_FILE)?;
    finish(args, run, &rows.collect::<Vec<_>>(), parts, |folder| {
        table::write(&folder.join(CURVES_FILE), &curves)
    })
}

impl Ours {
    fn new(setting: Setting, crops: Vec<CropSet>, pictures: usize, arithmetic: Arithmetic) -> Self {
        let members = MEMBERS.map(|member| member.recipe(&setting)).to_vec();
        Self { setting, members, crops, pictures, arithmetic }
    }

    fn candidates(&self, run: &Run) -> Result<Vec<Candidate>> {
        let members = (1..).zip(&self.members).zip(names(self));
        let candidate = |((seed, recipe), name): ((u64, &Recipe), String)| {
            let checkpoint = run.job_folder(&name)?.join("checkpoint.safetensors");
            Ok(Candidate::Trained { recipe: Box::new(recipe.clone()), seed, checkpoint })
        };
        members.map(candidate).collect()
    }
}

/// Of the members' jobs.
fn names(ours: &Ours) -> Vec<String> {
    (1..=ours.members.len()).map(|member| format!("member-{member}")).collect()
}

/// Says how long it will take from nothing.
fn tell_cost(ours: &Ours, images: &Images, jobs: usize, execution: Execution) -> Result<()> {
    let job = Job { network: Network::BnX30, seed: 1 };
    let begin = || Training::new(job, ours.members[0].clone(), execution);
    let cost = Cost::measure(begin, images, &ours.setting)?;
    let members = ours.members.len();
    let training = cost.of_all(members, jobs, ours.setting.steps);
    let crops = CropPlan::new(&ours.crops, ours.setting.image_side as u32, images.size())?;
    let looks = members * ours.pictures * crops.sites().len();
    let evaluation = cost.of_looks(looks, &ours.setting) / jobs.min(members) as u32;
    let [training, evaluation] = [training, evaluation].map(|time| time.as_secs().div_ceil(60));
    eprintln!("{members} trainings: about {training} min; {looks} crops: about {evaluation} min");
    Ok(())
}

/// A member's number is its seed.
fn train_all(
    ours: &Ours,
    run: &Run,
    images: &Images,
    jobs: usize,
    execution: Execution,
) -> Result<()> {
    let Setting { steps, mini_batch, .. } = ours.setting;
    let progress = Progress::of_images(steps * ours.members.len() as u64, mini_batch);
    let members: Vec<_> = (1..).zip(&ours.members).zip(names(ours)).collect();
    side_by_side(&members, jobs, |((seed, recipe), name)| {
        let job = Job { network: Network::BnX30, seed: *seed };
        let training = Training::new(job, (*recipe).clone(), execution)?;
        train(name, training, &ours.setting, images, run, &progress, NOTHING).map(drop)
    })
}

/// Lets networks answer that somebody else has trained.
fn others(args: &Args, weights: &[PathBuf], layout: Layout) -> Result<()> {
    let execution = args.execution()?;
    let root = args.common.data.as_deref().context("--data DIR: pictures in DIR/val/CLASS")?;
    let photographs = Arc::new(Photographs::open_alone(root, Split::Validation)?);
    let candidates: Vec<Candidate> =
        weights.iter().map(|path| Candidate::File { path: path.clone(), layout }).collect();
    check_classes(&candidates, &photographs, layout, execution)?;
    let sums = weights.iter().map(|path| record::file::sha256(path));
    let others = Others {
        weights_sha256: sums.collect::<Result<_>>()?,
        layout: layout.to_string(),
        crops: args.crops(),
        pictures: args.pictures(photographs.len()),
        arithmetic: execution.arithmetic,
    };
    let run = args.common.open_run(Request {
        artefact: "table-ensemble",
        scale: Scale::Custom,
        recipe: &others,
        default_recipe: &others,
        default_seeds: 1,
        data_sha256: [("names of the photographs".to_owned(), photographs.fingerprint())].into(),
    })?;
    let prepared = layout.preprocessing();
    let plan = CropPlan::new(&others.crops, prepared.crop, None)?;
    let source = Arc::new(photographs.seen(View::Crops(Arc::new(plan.clone()))));
    let before = layout.classes_before();
    let examination =
        Examination::new(&others.crops, plan, source, others.pictures, prepared, before)?;
    let parts = examine(&candidates, &examination, &run, args.common.jobs(), execution)?;
    let scale = run.scale();
    let rows = (1..).zip(weights).map(|(member, path)| other(scale, member, path));
    finish(args, run, &rows.collect::<Vec<_>>(), parts, |_| Ok(()))
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

fn other(scale: Scale, member: u64, path: &Path) -> MemberRow {
    MemberRow {
        scale,
        member,
        network: path.display().to_string(),
        convolution_gain: None,
        dropout: None,
        is_per_activation: None,
        steps: None,
    }
}

/// Forms the ensemble of answers that were kept.
fn of_answers(files: &[PathBuf]) -> Result<()> {
    let parts = files.iter().map(|file| Part::read(file)).collect::<Result<Vec<_>>>()?;
    let (errors, gains) = evaluation(parts)?.rows(Scale::Custom)?;
    let names: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
    ensemble_table::print(&names, &errors, &gains)
}

fn evaluation(parts: Vec<Part>) -> Result<Evaluation> {
    let first = parts.first().context("no networks were evaluated")?;
    let labels = first.labels.clone();
    for part in &parts {
        let is_same = part.pictures == first.pictures && part.labels == labels;
        ensure!(is_same, "the networks answer for different pictures");
    }
    Ok(Evaluation { labels, members: parts.into_iter().map(|part| part.answers).collect() })
}

/// Writes the tables, keeps networks and answers for the next time, and prints the errors.
fn finish(
    args: &Args,
    run: Run,
    members: &[MemberRow],
    parts: Vec<Part>,
    write_more: impl FnOnce(&Path) -> Result<()>,
) -> Result<()> {
    if let Some(folder) = &args.keep_answers {
        for (member, part) in (1..).zip(&parts) {
            part.write(&folder.join(format!("{member}.parquet")))?;
        }
    }
    let (errors, gains) = evaluation(parts)?.rows(run.scale())?;
    let names: Vec<String> = members.iter().map(|row| row.network.clone()).collect();
    let folder = run.finish_and_keep(|folder| {
        table::write(&folder.join(MEMBERS_FILE), members)?;
        table::write(&folder.join(ERRORS_FILE), &errors)?;
        table::write(&folder.join(GAINS_FILE), &gains)?;
        write_more(folder)
    })?;
    ensemble_table::print(&names, &errors, &gains)?;
    println!("rows and manifest: {}", folder.display());
    Ok(())
}
