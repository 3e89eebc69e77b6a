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
        let told =
            Told { skipped: own.skipped as f64, stop: f64::from(stop::is_requested()), over: 0.0 };
        let [gradients, averages, loss, told] = self.sum([gradient, statistics, &own.loss], told);
        let count = self.all.count() as f64;
        let put = |mean: &Tensor, sum: Tensor| {
            mean.shallow_clone().view([-1]).copy_(&(sum / count));
        };
        put(gradient, gradients);
        put(statistics, averages);
        let told = Told::heard(&told);
        (self.is_asked_to_stop, self.is_over) = (told.stop > 0.0, told.over > 0.0);
        Mean { loss: (loss / count).view([]), skipped: told.skipped as i64 }
    }

    /// Ends a training before its last step, as the leader: the others are at their next step, whose sums nobody takes.
    pub fn end(&self, gradient: &Tensor, statistics: &Tensor) {
        let told = Told { over: 1.0, ..Told::default() };
        let no_loss = Tensor::zeros([1], (gradient.kind(), gradient.device()));
        let _ = self.sum([gradient, statistics, &no_loss], told);
    }

    /// The sums of these vectors and of what is told, by one collective in the first one's numbers.
    fn sum(&self, vectors: [&Tensor; 3], told: Told) -> [Tensor; 4] {
        let like = vectors[0];
        let told = told.tensor().to_device(like.device());
        let parts: Vec<Tensor> = vectors
            .into_iter()
            .chain([&told])
            .map(|part| part.to_kind(like.kind()).view([-1]))
            .collect();
        let lengths: Vec<i64> = parts.iter().map(|part| part.numel() as i64).collect();
        let whole = Tensor::cat(&parts, 0);
        self.all.sum(&whole);
        let sums = whole.split_with_sizes(&lengths[..], 0);
        sums.try_into().expect("as many as there are parts")
    }
}

/// What replicas tell each other beside numbers of the step.
#[derive(Clone, Copy, Debug, Default)]
struct Told {
    /// Damaged images that were left out.
    skipped: f64,
    /// Whether it was asked to stop.
    stop: f64,
    /// Whether there is no such step.
    over: f64,
}

impl Told {
    fn tensor(self) -> Tensor {
        Tensor::from_slice(&[self.skipped, self.stop, self.over])
    }

    /// The sums over replicas.
    fn heard(sums: &Tensor) -> Self {
        let [skipped, stop, over] = [0, 1, 2].map(|place| sums.double_value(&[place]));
        Self { skipped, stop, over }
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
    match &done {
        Err(error) if matches!(error.downcast_ref(), Some(Nothing::Followed)) => return Ok(()),
        Err(error) if !(error.is::<Stopped>() || error.is::<Nothing>()) => {
            eprintln!("{}", message::line(error));
            all.abort();
        }
        _ => {}
    }
    Turn::pass(None, all);
    done
}
