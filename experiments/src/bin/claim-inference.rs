//! §3.1: which statistics should a network with BN be used with, and what do they cost?
//!
//! ```text
//! make claim-inference    three minutes on two cores
//! ```
//!
//! Trains BN-x5 on CIFAR-10 at a quarter of the width. Then classifies the test images by mini-batch statistics,
//! by moving averages, and by the population's statistics from 1 to 200 training mini-batches (Algorithm 2); with BN as
//! a layer of its own, and folded into the convolutions.
//!
//! Expected: folding changes only rounding, and is faster. Population statistics need few mini-batches: their error
//! falls with the root of the number.

use std::process::ExitCode;
use std::time::Instant;

use anyhow::Result;
use experiments::variations::{self, Look, Trained};
use experiments::{Choice, Points, recipes};
use recipe::{Recipe, SingleNetwork};
use tch::{Kind, Tensor};

/// Mini-batches that the population's statistics are taken from.
const POPULATIONS: [usize; 8] = [1, 2, 5, 10, 20, 50, 100, 200];
/// Rounds of timing; the middle one counts.
const ROUNDS: usize = 9;
/// Images that are classified at a time where speed is measured.
const TIMED_BATCH: i64 = 32;

fn main() -> ExitCode {
    let look = Look { at_the_end: &look, ..Look::default() };
    variations::main(env!("CARGO_BIN_NAME"), bn_x5, &look)
}

fn bn_x5(choice: &Choice) -> Vec<Recipe> {
    vec![SingleNetwork::BnX5.recipe(&recipes::claims(choice, 2_000))]
}

/// Speed, and the accuracy by each kind of statistics.
fn look(trained: &Trained, points: &mut Points) -> Result<()> {
    speed(trained, points);
    let network = &trained.training.network;
    let accuracy = |logits: &dyn Fn(&Tensor) -> Tensor| -> Result<f64> {
        let classified = trained.training.classify(trained.images, trained.test_set()?, logits)?;
        Ok(classified.top1_accuracy())
    };
    let metric = "test accuracy by statistics";
    let folded = trained.test_accuracy_now()?;
    points.push_of("moving averages, folded", metric, 0.0, folded);
    let unfolded = accuracy(&|pixels| network.infer(pixels))?;
    points.push_of("moving averages, not folded", metric, 0.0, unfolded);
    points.push_of("not folded less folded, either sign", metric, 0.0, (unfolded - folded).abs());
    let by_mini_batch = accuracy(&|pixels| network.infer_by_mini_batch(pixels))?;
    points.push_of("mini-batch of 250", metric, 0.0, by_mini_batch);
    by_population(trained, folded, points)
}

/// The accuracy by the population's statistics over the number of training mini-batches.
fn by_population(trained: &Trained, by_moving_averages: f64, points: &mut Points) -> Result<()> {
    let network = &trained.training.network;
    let statistics = network.statistics().values();
    let moving_averages = statistics.copy();
    let most = POPULATIONS[POPULATIONS.len() - 1];
    let mut mini_batches = Vec::with_capacity(most);
    for batch in trained.first_mini_batches(most as u64, trained.recipe().mini_batch)? {
        mini_batches.push(trained.training.tensors(&batch?).0);
    }
    for count in POPULATIONS {
        let of_these = mini_batches[..count].iter().map(Tensor::shallow_clone);
        network.estimate_population(of_these);
        let accuracy = trained.test_accuracy_now()?;
        let x = count as f64;
        points.push_of("population", "accuracy over mini-batches", x, accuracy);
        points.push_of(
            "population less moving averages, either sign",
            "accuracy over mini-batches",
            x,
            (accuracy - by_moving_averages).abs(),
        );
    }
    statistics.shallow_clone().copy_(&moving_averages);
    Ok(())
}

/// Images a second of each way, in turn, so that what disturbs one disturbs all.
fn speed(trained: &Trained, points: &mut Points) {
    let network = &trained.training.network;
    let folded = network.fold();
    let side = trained.recipe().bn_inception().image_side;
    let pixels = Tensor::ones([TIMED_BATCH, 3, side, side], (Kind::Float, tch::Device::Cpu));
    let ways: [(&str, &dyn Fn() -> Tensor); 3] = [
        ("folded", &|| folded.logits(&pixels)),
        ("moving averages, not folded", &|| network.infer(&pixels)),
        ("mini-batch statistics", &|| network.infer_by_mini_batch(&pixels)),
    ];
    let mut seconds = ways.map(|_| Vec::new());
    for _ in 0..=ROUNDS {
        for ((_, way), seconds) in ways.iter().zip(&mut seconds) {
            let begin = Instant::now();
            let _ = way();
            seconds.push(begin.elapsed().as_secs_f64());
        }
    }
    for ((name, _), seconds) in ways.iter().zip(&mut seconds) {
        seconds.remove(0); // the first of each is slower
        seconds.sort_by(f64::total_cmp);
        points.push_of(name, "images a second", 0.0, TIMED_BATCH as f64 / seconds[ROUNDS / 2]);
    }
}
