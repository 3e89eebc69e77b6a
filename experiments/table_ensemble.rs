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
use experiments::ensemble::Ensemble;
use experiments::ensemble_table;
use experiments::examination::{Candidate, Examination, examine};
use experiments::image_sets::Images;
use experiments::members::{MEMBERS, Member};
use experiments::recipes::Setting;
use record::ensemble::MemberRow;
use record::fig2::{CURVES_FILE, CurveRow};
use record::run::Scale;
use record::table;
use serde::Serialize;
use training::memory;

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
            (answers, ..) => ensemble_table::of_answers(answers),
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
    let default = Ensemble::new(setting, CropSet::ALL.to_vec(), pictures, fastest);
    let ours = Ensemble::new(changed, args.crops(), asked, execution.arithmetic);
    let run = args.common.open_run(Request {
        artefact: "table-ensemble",
        scale: args.scale.into(),
        recipe: &ours,
        default_recipe: &default,
        default_seeds: 1,
        data_sha256: images.sha256(),
    })?;
    if !run.is_kept() {
        ours.tell_cost(&images, args.common.jobs(), execution)?;
    }
    ours.train(&run, &images, args.common.jobs(), execution)?;
    let side = ours.setting.image_side as u32;
    let plan = CropPlan::new(&ours.crops, side, images.size())?;
    let source = images.crops(plan.clone());
    let prepared = Preprocessing::to_unit_range(side);
    let examination = Examination::new(&ours.crops, plan, source, ours.pictures, prepared, 0)?;
    let candidates = ours.candidates(&run)?;
    let parts = examine(&candidates, &examination, &run, args.common.jobs(), execution)?;
    let (scale, steps) = (run.scale(), ours.setting.steps);
    let rows = (1..).zip(MEMBERS).map(|(n, member): (u64, Member)| member.row(scale, n, steps));
    let curves: Vec<CurveRow> = run.collect(&ours.names(), CURVES_FILE)?;
    let answers = args.keep_answers.as_deref();
    ensemble_table::finish(run, &rows.collect::<Vec<_>>(), parts, answers, |folder| {
        table::write(&folder.join(CURVES_FILE), &curves)
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
    let answers = args.keep_answers.as_deref();
    ensemble_table::finish(run, &rows.collect::<Vec<_>>(), parts, answers, |_| Ok(()))
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
