//! One training of BN-Inception by several processes: synchronous data parallelism.
//!
//! Each replica takes its part of every mini-batch and has statistics of BN of its own, as in CNTK's training of this network.
//! One sum over one vector in each step makes the gradient that of the whole mini-batch, and the moving averages those of
//! all: the mean of moving averages is the moving average of means, so that they need not be gathered for validation, and
//! a checkpoint is that of a single process. Replica 0 leads: it opens the run, validates and writes. The others
//! follow from training to training, and need no file but the data.

use std::iter::zip;
use std::sync::Arc;

use anyhow::{Context, Result};
use bn_inception::Execution;
use recipe::{Recipe, RunRecipe};
use record::message;
use tch::Tensor;
use training::stop::{self, Stopped};
use training::{Learner, Replicas};

use crate::Job;
use crate::image_sets::Images;
use crate::inception::InceptionTraining;
use crate::work::Nothing;

/// A replica's part in the training that is at work.
pub struct Replica {
    /// It and the others.
    pub all: Arc<dyn Replicas>,
    /// Whether one of them was asked to stop before the last step ended.
    pub is_asked_to_stop: bool,
    /// Whether the leader has ended the training before its last step.
    is_over: bool,
}

/// What a step is seen by: of one replica, or of all together.
pub struct Mean {
    /// Mean loss of the mini-batch, `[]`.
    pub loss: Tensor,
    /// Damaged images in it.
    pub skipped: i64,
}

impl Replica {
    /// At the beginning of a training.
    pub fn new(all: Arc<dyn Replicas>) -> Self {
        Self { all, is_asked_to_stop: false, is_over: false }
    }

    /// Puts the means over replicas in the place of the gradient and of the moving averages, vectors of one device.
    pub fn average(&mut self, gradient: &Tensor, statistics: &Tensor, own: &Mean) -> Mean {
        let kind = gradient.kind();
        let stop = f64::from(stop::is_requested());
        let told = Tensor::from_slice(&[own.skipped as f64, stop, 0.0]).to_kind(kind);
        let loss = own.loss.to_kind(kind).view([1]);
        let parts = [gradient.view([-1]), statistics.view([-1]).to_kind(kind), loss]
            .into_iter()
            .chain([told.to_device(gradient.device())]);
        let [gradients, averages, loss, told] = self.sum(parts.collect());
        let count = self.all.count() as f64;
        let put = |mean: &Tensor, sum: Tensor| {
            mean.shallow_clone().view([-1]).copy_(&(sum / count));
        };
        put(gradient, gradients);
        put(statistics, averages);
        let told = |place: i64| told.double_value(&[place]);
        (self.is_asked_to_stop, self.is_over) = (told(1) > 0.0, told(2) > 0.0);
        Mean { loss: (loss / count).view([]), skipped: told(0) as i64 }
    }

    /// The sums of these vectors, by one collective.
    fn sum<const N: usize>(&self, parts: Vec<Tensor>) -> [Tensor; N] {
        let lengths: Vec<i64> = parts.iter().map(|part| part.numel() as i64).collect();
        let whole = Tensor::cat(&parts, 0);
        self.all.sum(&whole);
        let sums = whole.split_with_sizes(&lengths[..], 0);
        sums.try_into().expect("as many as there are parts")
    }

    /// Ends a training before its last step, as the leader: the others are at their next step.
    pub fn end(&self, gradient: &Tensor, statistics: &Tensor) {
        let numbers = (gradient.numel() + statistics.numel() + 1 + 3) as i64;
        let over = Tensor::zeros([numbers], (gradient.kind(), gradient.device()));
        let _ = over.get(numbers - 1).fill_(1.0);
        self.all.sum(&over);
    }
}

/// A training that is done next.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Turn {
    /// Its number in the run's recipe.
    training: usize,
    seed: u64,
    /// Steps that are done.
    from: u64,
}

impl Turn {
    /// What the leader says, heard by all: what is next, or that there is no more. Numbers up to 2^53.
    fn pass(said: Option<Self>, all: &dyn Replicas) -> Option<Self> {
        let numbers = said.map_or([0.0; 4], |Self { training, seed, from }| {
            [1.0, training as f64, seed as f64, from as f64]
        });
        let heard = Tensor::from_slice(&numbers).to_device(all.device());
        all.sum(&heard);
        let number = |place: i64| heard.double_value(&[place]);
        let (training, seed, from) = (number(1) as usize, number(2) as u64, number(3) as u64);
        (number(0) == 1.0).then_some(Self { training, seed, from })
    }
}

/// Tells the others, as the leader, which training goes on after so many steps, and with what.
///
/// # Errors
/// If it is none of the run's recipe.
pub fn lead(
    all: &dyn Replicas,
    recipe: &RunRecipe,
    job: &Job<&Recipe>,
    (from, state): (u64, &[Tensor]),
) -> Result<()> {
    let number = recipe.trainings.iter().position(|training| training == job.subject);
    let training = number.with_context(|| format!("{job} is none of the run's recipe"))?;
    Turn::pass(Some(Turn { training, seed: job.seed, from }), all);
    pass_on(state, all);
    Ok(())
}

/// Gives all replicas what the leader has in these vectors.
fn pass_on(state: &[Tensor], all: &dyn Replicas) {
    for own in state {
        let heard = if all.rank() == 0 { own.copy() } else { own.zeros_like() };
        all.sum(&heard);
        if all.rank() > 0 {
            own.shallow_clone().copy_(&heard);
        }
    }
}

/// Takes part in the leader's trainings, until there is no more.
///
/// # Errors
/// If a mini-batch cannot be made.
pub fn follow(
    all: &Arc<dyn Replicas>,
    recipe: &RunRecipe,
    images: &Images,
    execution: Execution,
) -> Result<()> {
    tch::set_num_threads(1);
    let _without_autograd = tch::no_grad_guard();
    while let Some(Turn { training, seed, from }) = Turn::pass(None, &**all) {
        let job = Job { subject: &recipe.trainings[training], seed };
        let mut training = InceptionTraining::new(&job, execution)?.by(Some(Arc::clone(all)));
        pass_on(&training.state(), &**all);
        training.resume();
        let part = (all.rank(), all.count());
        for (step, batch) in zip(from.., images.training_part(job.subject, seed, from, part)?) {
            training.sgd_step(step, images.report_damage(batch?));
            let replica = training.replica.as_ref().expect("it is one");
            if replica.is_over || replica.is_asked_to_stop {
                break;
            }
        }
    }
    Ok(())
}

/// How a process leaves the others, its work done like this: in order, or, if it has failed, with all of them.
///
/// # Errors
/// What the work ended with.
pub fn leave(all: Option<&dyn Replicas>, done: Result<()>) -> Result<()> {
    let Some(all) = all else { return done };
    let Err(error) = done else { return dismiss(all) };
    if matches!(error.downcast_ref(), Some(Nothing::Followed)) {
        return Ok(());
    }
    if error.is::<Stopped>() || error.is::<Nothing>() {
        dismiss(all)?;
        return Err(error);
    }
    eprintln!("{}", message::line(&error));
    all.abort()
}

/// Tells the others, as the leader, that there is no more.
fn dismiss(all: &dyn Replicas) -> Result<()> {
    Turn::pass(None, all);
    Ok(())
}
