//! The loop that trains every network.

use std::path::PathBuf;

use anyhow::{Context, Error, Result};
use record::tensorboard::EventFile;
use tch::Tensor;

use crate::stop::{self, Stopped};
use crate::{Progress, Resumable, Rows};

/// What is trained.
pub trait Learner {
    /// What a step learns from.
    type Batch;

    /// Everything that later steps and rows depend on, beside the number of steps, by name; the tensors share
    /// memory with the learner's.
    fn named_tensors(&self) -> Vec<(String, Tensor)>;

    /// Goes on from what was written into the named tensors.
    fn resume(&mut self) {}

    /// The step of SGD after so many.
    fn sgd_step(&mut self, step: u64, batch: Self::Batch);

    /// Whether a number of the step just done is known to have overflowed; the step then has a row. A learner
    /// that would have to wait for the number leaves this to its rows.
    fn has_overflowed(&self) -> bool {
        false
    }

    /// Whether the training is to stop after the step just done.
    fn is_asked_to_stop(&self) -> bool {
        stop::is_requested()
    }
}

/// How long a training lasts, and what it leaves behind.
pub struct Course<'a> {
    /// Who is trained, for messages: `BN-x5, seed 0`.
    pub name: String,
    /// Folder of its rows and its checkpoint.
    pub folder: PathBuf,
    /// Names of its row files.
    pub logs: &'a [&'a str],
    /// Steps of SGD.
    pub steps: u64,
    /// After which steps it is observed, beside 0 and the last.
    pub is_row: &'a dyn Fn(u64) -> bool,
    /// When it is saved.
    pub checkpoints: Checkpoints,
    /// Where the numbers of its rows go for `TensorBoard`, too, if anywhere.
    pub events: Option<PathBuf>,
    /// Counts the steps of all trainings.
    pub progress: &'a Progress,
}

/// When a training is saved, beside at its end and when it is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checkpoints {
    /// After each row.
    EachRow,
    /// Every so many steps, where rows are cheap and many.
    Every(u64),
}

/// What an observation finds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Whether loss or gradient are no longer finite. Divergence is a finding: the training ends.
    pub has_diverged: bool,
    /// How it stands, in a few words.
    pub note: String,
}

/// Trains until the last step, divergence or Ctrl-C; goes on from the checkpoint that it finds.
///
/// `batches` gives the mini-batches after so many steps. `observe` is called at step 0, after steps that have a
/// row, and at the end; it writes rows. What it needs of earlier rows it reads from their files
/// ([`Rows::so_far`]): it may have been another process that wrote them.
///
/// # Errors
/// If a file cannot be read or written, a mini-batch cannot be made, or a stop was asked for ([`Stopped`]).
pub fn train<L: Learner, B: IntoIterator<Item = Result<L::Batch>>>(
    course: &Course,
    learner: &mut L,
    batches: impl FnOnce(u64) -> Result<B>,
    mut observe: impl FnMut(&mut L, u64, &mut Rows) -> Result<Seen>,
) -> Result<()> {
    let Course { steps, progress, .. } = *course;
    let mut files = Resumable::open(&course.folder, course.logs, learner.named_tensors())?;
    let to = course.events.as_deref();
    let mut events = to.map(|to| EventFile::create(to, files.rows.paths())).transpose()?;
    let mut observe = |learner: &mut L, step, rows: &mut Rows| {
        let seen = observe(learner, step, rows)?;
        events.iter_mut().try_for_each(EventFile::follow)?;
        Ok::<_, Error>(seen)
    };
    if files.is_finished() {
        progress.skip(steps);
        return Ok(());
    }
    learner.resume();
    let mut step = files.step();
    progress.skip(step);
    if step == 0 {
        observe(learner, step, &mut files.rows)?;
    }
    let mut batches = batches(step)?.into_iter();
    loop {
        let batch = batches.next().context("there are fewer mini-batches than steps")??;
        learner.sgd_step(step, batch);
        step += 1;
        progress.add(1);
        let is_row = step == steps || (course.is_row)(step) || learner.has_overflowed();
        let seen = is_row.then(|| observe(learner, step, &mut files.rows)).transpose()?;
        let has_diverged = seen.as_ref().is_some_and(|seen| seen.has_diverged);
        if let Some(Seen { note, .. }) = &seen {
            course.tell(step, has_diverged, note);
        }
        if step == steps || has_diverged {
            return files.save(step, true);
        }
        if learner.is_asked_to_stop() {
            files.save(step, false)?;
            return Err(Stopped.into());
        }
        if course.checkpoints.is_due(step, is_row) {
            files.save(step, false)?;
        }
    }
}

impl Course<'_> {
    fn tell(&self, step: u64, has_diverged: bool, note: &str) {
        let Self { name, steps, progress, .. } = self;
        if has_diverged {
            progress.skip(steps - step);
            progress.line(&format!("{name}: diverged at step {step}, {note}"));
        } else if step == *steps {
            progress.line(&format!("{name}: finished, {note}"));
        } else {
            progress.note(&format!("{name}, step {step}: {note}"));
        }
    }
}

impl Checkpoints {
    fn is_due(self, step: u64, is_row: bool) -> bool {
        match self {
            Self::EachRow => is_row,
            Self::Every(steps) => step.is_multiple_of(steps),
        }
    }
}
