//! The training of §4.2.2: one network, one seed.

mod learner;

use std::collections::BTreeSet;

use anyhow::{Error, Result};
use recipe::Recipe;
use record::fig2::{CURVES_FILE, CurveRow, OUTCOMES_FILE, Outcome, OutcomeRow};
use training::{Checkpoints, Course, Progress, Rows, Seen};

use crate::image_sets::Images;
use crate::{Job, Work, own_network, replicas};

pub use learner::InceptionTraining;

/// What is seen of a training at step 0, after a step that has a row, and at its end.
pub struct Sight<'a> {
    /// The network in training.
    pub training: &'a InceptionTraining,
    /// Its row.
    pub row: CurveRow,
    /// How it has ended, if it has.
    pub outcome: Option<Outcome>,
}

/// Trains BN-Inception, with these row files, which `observe` writes.
///
/// # Errors
/// If a file cannot be read or written, a picture is damaged and the loader stops at such, or a stop
/// was asked for.
pub fn train(
    job: &Job<&Recipe>,
    work: &Work,
    images: &Images,
    progress: &Progress,
    logs: &[&str],
    observe: impl Fn(&Sight, &mut Rows) -> Result<()>,
) -> Result<()> {
    let (recipe, steps) = (job.subject, job.subject.steps);
    let mut training = InceptionTraining::new(job, work.execution)?.by(work.replicas.clone());
    let state = training.state();
    let is_row = |step| is_row(step, steps);
    let course = Course {
        logs,
        is_row: &is_row,
        checkpoints: Checkpoints::EachRow,
        ..work.course(job, steps, progress)?
    };
    let batches = |from| {
        let replicas = work.replicas.as_deref();
        if let Some(all) = replicas {
            replicas::lead(all, work.run.recipe(), job, (from, &state))?;
        }
        let part = replicas.map_or((0, 1), |all| (all.rank(), all.count()));
        let loader = images.training_part(recipe, job.seed, from, part)?;
        Ok(loader.map(|batch| Ok(images.report_damage(batch?))))
    };
    training::train(&course, &mut training, batches, |training, step, rows| {
        let row = training.row(step, work.scale(), images)?;
        let outcome = outcome(&row, steps);
        if outcome == Some(Outcome::Diverged) && (1..steps).contains(&step) {
            training.end_early();
        }
        let note = format!("{:.1} %", 100.0 * row.top1_accuracy);
        observe(&Sight { training, row, outcome }, rows)?;
        if let Some(folder) = work.networks.as_ref().filter(|_| outcome == Some(Outcome::Finished))
        {
            own_network::keep(folder, training, images)?;
        }
        Ok(Seen { has_diverged: outcome == Some(Outcome::Diverged), note })
    })
}

/// Figure 2's row files.
pub const CURVES: [&str; 2] = [CURVES_FILE, OUTCOMES_FILE];

/// Writes Figure 2's rows. Where images are held out, the test set is read once, of the trained network.
///
/// # Errors
/// If a file cannot be written, or an image is damaged.
pub fn write_curves(sight: &Sight, images: &Images, rows: &mut Rows) -> Result<()> {
    let CurveRow { scale, ref network, seed, step, .. } = sight.row;
    rows.append(CURVES_FILE, [&sight.row])?;
    let Some(outcome) = sight.outcome else { return Ok(()) };
    let training = sight.training;
    let is_tested = outcome == Outcome::Finished && training.recipe.images.held_out_images > 0;
    let test = || Ok(training.test(images)?.top1_accuracy());
    let tests = is_tested.then(|| Ok::<_, Error>((training.by_population(images, test)?, test()?)));
    let (by_population, by_moving_averages) = tests.transpose()?.unzip();
    let row = OutcomeRow {
        scale,
        network: network.clone(),
        seed,
        outcome,
        step,
        test_top1_accuracy: by_population,
        test_top1_accuracy_by_moving_averages: by_moving_averages,
    };
    rows.append(OUTCOMES_FILE, [row])
}

/// How the training has ended, if it has.
fn outcome(row: &CurveRow, steps: u64) -> Option<Outcome> {
    let is_finite = |number: Option<f64>| number.is_none_or(f64::is_finite);
    if !(is_finite(row.training_loss_nats) && is_finite(row.gradient_norm)) {
        return Some(Outcome::Diverged);
    }
    (row.step == steps).then_some(Outcome::Finished)
}

/// Rows of a training in each doubling of its steps, and doublings that have any.
const ROWS_OF_A_DOUBLING: i32 = 3;
const DOUBLINGS: i32 = 7;

/// Whether a row follows this step: three do in each doubling of the steps, from 1/128 of them on. So a network that is
/// fourteen times as fast is measured as finely, relative to its steps, and validation takes little of the time.
fn is_row(step: u64, steps: u64) -> bool {
    steps_with_rows(steps).any(|row| row == step)
}

/// How many rows a training over so many steps has, that before the first step among them.
pub fn rows(steps: u64) -> usize {
    steps_with_rows(steps).chain([0]).collect::<BTreeSet<u64>>().len()
}

/// From the last step down; some more than once.
fn steps_with_rows(steps: u64) -> impl Iterator<Item = u64> {
    let share = |row: i32| (f64::from(-row) / f64::from(ROWS_OF_A_DOUBLING)).exp2();
    let shares = (0..=DOUBLINGS * ROWS_OF_A_DOUBLING).map(share);
    shares.map(move |share| (share * steps as f64).ceil() as u64)
}
