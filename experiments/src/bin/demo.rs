//! A first look in a minute: `make demo`.
//!
//! A committed network says what six drawings show; Figure 1's two networks are trained before one's eyes; and the report
//! is opened, where there is a display. Nothing is fetched but MNIST, and nothing is kept.

use std::env;
use std::io::{IsTerminal, stdout};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result};
use bn_inception::checkpoints::Preprocessing;
use bn_inception::{Arithmetic, Execution, FoldedBnInception};
use clap::Parser;
use experiments::Job;
use experiments::command_line::{exit_code, say};
use experiments::mnist::BinaryMnist;
use experiments::own_network::{self, prepared};
use experiments::sigmoid::{self, SigmoidTraining, TYPICAL};
use recipe::Recipe;
use record::card::networks;
use record::fig1::SigmoidNetwork;
use record::message;
use tch::{Device, Kind};
use training::stop::{self, Stopped};
use training::{Learner, Shares};

/// A first look: six pictures are classified, two networks trained before your eyes, and the report is opened.
#[derive(Parser)]
#[command(version)]
struct Args {
    /// Folder with MNIST's files [default: .data/mnist, fetched when missing]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

/// Figure 2's best.
const NETWORK: &str = "bn-x30";
/// So few that the network without BN has hardly begun to learn.
const STEPS: u64 = 500;
/// Steps from one look to the next, where looks are bars, and where they are lines.
const BAR_STEPS: u64 = 10;
const LINE_STEPS: u64 = 100;
const SEED: u64 = 0;

fn main() -> ExitCode {
    let Args { data } = Args::parse();
    match stop::on_ctrl_c().and_then(|()| demo(data.as_deref())) {
        Err(error) if error.is::<Stopped>() => {
            eprintln!("stopped; nothing is kept");
            ExitCode::from(130)
        }
        ended => exit_code(|| ended),
    }
}

/// The report is there whether or not MNIST is.
fn demo(data: Option<&Path>) -> Result<()> {
    tch::set_num_threads(1); // as in Figure 1, whose numbers these are
    classify_drawings()?;
    let trained = train(data);
    if trained.as_ref().is_err_and(anyhow::Error::is::<Stopped>) {
        return trained;
    }
    show_report();
    trained
}

/// Says what the network takes the drawings for, which are named after what they show.
fn classify_drawings() -> Result<()> {
    let execution = Execution { arithmetic: Arithmetic::F32, ..Execution::on(Device::Cpu) };
    let (network, card) = own_network::open(&own_network::find(Path::new(NETWORK))?, execution)?;
    say(&format!("Six drawings, and what a network takes them for: {}.\n", card.words()));
    let (network, preprocessing) = (network.fold(), own_network::preprocessing(&card));
    let drawings = drawings()?;
    let mut right = 0;
    for path in &drawings {
        let shown = path.file_stem().unwrap_or_default().to_string_lossy();
        let (class, share) = seen(&network, &preprocessing, path)?;
        let class = &card.classes[class];
        let is_right = shown == class.as_str();
        right += usize::from(is_right);
        let verdict = if is_right { "" } else { "  no" };
        say(&format!("  {shown:10}  {class:10}  {:3.0} %{verdict}", 100.0 * share));
    }
    say(&format!("\nIt knows {right} of the {}.\n", drawings.len()));
    Ok(())
}

fn drawings() -> Result<Vec<PathBuf>> {
    let folder = networks().join("pictures");
    let entries = folder.read_dir().with_context(|| format!("cannot read {}", folder.display()))?;
    let mut drawings: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    drawings.retain(|path| path.extension().is_some_and(|extension| extension == "png"));
    drawings.sort();
    Ok(drawings)
}

/// The most probable class of a picture, and how probable it is.
fn seen(
    network: &FoldedBnInception,
    preprocessing: &Preprocessing,
    picture: &Path,
) -> Result<(usize, f64)> {
    let probabilities =
        network.logits(&prepared(picture, preprocessing)?).softmax(-1, Kind::Double);
    let (share, class) = probabilities.max_dim(1, false);
    Ok((class.int64_value(&[0]) as usize, share.double_value(&[0])))
}

/// Trains Figure 1's two networks step by step beside each other.
fn train(data: Option<&Path>) -> Result<()> {
    let mnist = BinaryMnist::load(data, 0)?;
    say(&format!(
        "Figure 1's network with Batch Normalization and without it, from the same weights, on the same digits of MNIST: \
         {STEPS} steps of {}. Test images that are right:\n",
        recipes()[0].mini_batch
    ));
    let [without, with] = train_both(&mnist)?;
    say(&format!(
        "\nAfter {STEPS} steps the network with BN knows {with:.1} % of the test images, and the one without it \
         {without:.1} %. Figure 1 goes on to 50,000."
    ));
    Ok(())
}

fn recipes() -> [Recipe; 2] {
    SigmoidNetwork::BOTH.map(|network| sigmoid::recipe(network, TYPICAL, STEPS))
}

/// Accuracies in percent, in the order of the recipes.
fn train_both(mnist: &BinaryMnist) -> Result<[f64; 2]> {
    let recipes = recipes();
    let jobs = recipes.each_ref().map(|subject| Job { subject, seed: SEED });
    let mut trainings = jobs.map(|job| SigmoidTraining::new(&job, mnist));
    let mut batches = jobs.each_ref().map(|job| mnist.train.mini_batches(job, 0));
    let shares = Shares::new(&recipes.each_ref().map(|recipe| recipe.name.as_str()));
    let every = if shares.are_bars() { BAR_STEPS } else { LINE_STEPS };
    for step in 0..=STEPS {
        if step.is_multiple_of(every) {
            let accuracies = trainings.each_ref().map(|training| training.evaluate().accuracy);
            shares.show(&format!("step {step} of {STEPS}"), &accuracies);
            if step == STEPS {
                return Ok(accuracies.map(|accuracy| 100.0 * accuracy));
            }
        }
        stop::check()?;
        for (training, batches) in trainings.iter_mut().zip(&mut batches) {
            training.sgd_step(step, batches.next().context("mini-batches have no end")??);
        }
    }
    unreachable!("the last step is looked at")
}

/// Says where the report is; opens it for somebody who sits before a display.
fn show_report() {
    let report = record::repository().join("report/index.html");
    say(&format!(
        "\nAll figures, tables and claims on one page: {}",
        message::printable(&report.display().to_string())
    ));
    let is_set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
    let has_display = ["DISPLAY", "WAYLAND_DISPLAY"].into_iter().any(is_set);
    if has_display && stdout().is_terminal() {
        let mut open = Command::new("xdg-open");
        let opened = open.arg(&report).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        if opened.is_err() {
            say("(xdg-open is not there to open it)");
        }
    }
}
