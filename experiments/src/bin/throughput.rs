//! Images a second of BN-Inception: our half of `make bench-bn-inception`, whose other half
//! is `bench/bn_inception_pytorch.py`. It prints one line of JSON.
//!
//! A step of training is forward, loss, backward, momentum SGD with L2; inference is the folded network.
//! The mini-batch is the same noise at each step, so nothing but the network is timed.

use std::process::ExitCode;
use std::sync::Barrier;
use std::time::Instant;

use anyhow::{Result, ensure};
use bn_inception::execution::fastest;
use bn_inception::{BnInception, BnInceptionConfig, Execution, Rewrites, architecture};
use clap::{Parser, ValueEnum};
use experiments::command_line::{ArithmeticChoice, device_name, exit_code, positive, say};
use experiments::recipes;
use experiments::replicas::{Mean, Replica};
use recipe::{Sgd, SingleNetwork};
use record::run::Scale;
use streams::Stream;
use tch::{Device, Kind, Tensor};
use training::{MomentumSgd, device, memory};

/// Prints how many images a second BN-Inception trains on, or classifies.
#[derive(Parser)]
#[command(version)]
struct Args {
    /// What is timed
    #[arg(value_enum)]
    work: Work,

    /// Which network
    #[arg(long, value_enum, default_value_t = Size::Full)]
    network: Size,

    /// Networks side by side, one thread each; 1 uses all threads
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=256))]
    jobs: u32,

    /// Processes that do each step of training together, one thread each, as mpirun has started them
    #[arg(long, default_value_t = 1, value_name = "R", value_parser = clap::value_parser!(u16).range(1..=4096))]
    replicas: u16,

    /// Timed steps, after three that are not
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
    steps: u32,

    /// Images of a mini-batch [default: 16 of 224 pixels, 32 of 32]
    #[arg(long, value_parser = clap::value_parser!(i64).range(2..))]
    batch: Option<i64>,

    /// Numbers that the convolutions are computed in [default: the fastest]
    #[arg(long, value_enum)]
    arithmetic: Option<ArithmeticChoice>,

    /// Factor on every layer's channels [default: the network's own]
    #[arg(long, value_parser = positive, allow_negative_numbers = true)]
    width: Option<f64>,

    /// Leaves the exact rewrites out
    #[arg(long)]
    no_rewrites: bool,

    /// cpu, cuda or cuda:N
    #[arg(long, default_value = "cpu", value_parser = device_name)]
    device: String,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Work {
    /// Steps of training
    Training,
    /// The folded network
    Inference,
    /// A product of two 2048×2048 matrices: what the machine can do at most
    Product,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Size {
    /// Figure 5: 224 pixels, 1000 classes
    Full,
    /// Figure 2's at small scale: half the width, 32 pixels, 10 classes
    Small,
}

const WARM_UP: u32 = 3;

fn main() -> ExitCode {
    memory::keep_freed();
    exit_code(|| time(&Args::parse()))
}

fn time(args: &Args) -> Result<()> {
    let execution = args.execution()?;
    if args.work == Work::Product {
        product(args, &execution);
        return Ok(());
    }
    let replica = args.replica(execution.device)?;
    let is_followed = replica.as_ref().is_some_and(|replica| replica.all.rank() > 0);
    let timing = match args.jobs {
        1 => alone(args, execution, replica)?,
        _ => side_by_side(args, execution)?,
    };
    if is_followed {
        return Ok(());
    }
    let networks = f64::from(args.jobs) * f64::from(args.replicas);
    let images = networks * f64::from(args.steps) * args.batch() as f64;
    let found = serde_json::json!({
        "images_per_second": images / timing.seconds,
        "multiply_adds_per_image": timing.multiply_adds,
        "arithmetic": format!("{:?}", execution.arithmetic),
        "resident_bytes_before": timing.resident_before,
        "resident_bytes_after": timing.resident_after,
    });
    say(&found.to_string());
    Ok(())
}

/// What was measured of the timed steps.
struct Timing {
    seconds: f64,
    /// Of one image, forward.
    multiply_adds: i64,
    /// Resident memory before and after, bytes.
    resident_before: u64,
    resident_after: u64,
}

impl Timing {
    fn of(steps: impl FnOnce(), multiply_adds: i64) -> Self {
        let (resident_before, begin) = (memory::resident_bytes(), Instant::now());
        steps();
        let seconds = begin.elapsed().as_secs_f64();
        Self { seconds, multiply_adds, resident_before, resident_after: memory::resident_bytes() }
    }
}

/// On the main thread: libgomp keeps a pool of threads for each thread that computes, and lets them
/// sleep between operations when there are more than cores.
fn alone(args: &Args, execution: Execution, replica: Option<Replica>) -> Result<Timing> {
    if replica.is_some() {
        tch::set_num_threads(1);
    }
    let mut steps = Steps { replica, ..Steps::new(args, execution)? };
    let multiply_adds = steps.multiply_adds();
    steps.many(WARM_UP);
    Ok(Timing::of(|| steps.many(args.steps), multiply_adds))
}

/// One thread each.
fn side_by_side(args: &Args, execution: Execution) -> Result<Timing> {
    let barrier = Barrier::new(args.jobs as usize + 1);
    let job = || -> Result<i64> {
        tch::set_num_threads(1);
        let mut steps = Steps::new(args, execution)?;
        steps.many(WARM_UP);
        barrier.wait();
        steps.many(args.steps);
        barrier.wait();
        Ok(steps.multiply_adds())
    };
    std::thread::scope(|scope| {
        let jobs: Vec<_> = (0..args.jobs).map(|_| scope.spawn(job)).collect();
        barrier.wait();
        let until_all_are_done = || {
            barrier.wait();
        };
        let timing = Timing::of(until_all_are_done, 0);
        let counts = jobs.into_iter().map(|job| job.join().expect("no panic"));
        let multiply_adds = counts.collect::<Result<Vec<_>>>()?[0];
        Ok(Timing { multiply_adds, ..timing })
    })
}

/// A network, and a mini-batch that it sees at each step.
struct Steps {
    work: Work,
    network: BnInception,
    folded: bn_inception::FoldedBnInception,
    sgd: MomentumSgd,
    images: Tensor,
    labels: Tensor,
    draws: Stream,
    replica: Option<Replica>,
}

impl Steps {
    fn new(args: &Args, execution: Execution) -> Result<Self> {
        let network = BnInception::new(args.config(), 1, execution)?;
        let (n, side) = (args.batch(), args.config().image_side);
        let noise = Stream::new(1, "images").gaussian(1.0, (n * 3 * side * side) as usize);
        let images = Tensor::from_slice(&noise).view([n, 3, side, side]).to_kind(Kind::Float);
        let labels = Tensor::arange(n, (Kind::Int64, Device::Cpu)).remainder(10);
        let parameters = network.parameters();
        let sgd = Sgd { momentum: 0.9, l2: 4e-5, ..Sgd::plain(0.01) };
        Ok(Self {
            work: args.work,
            folded: network.fold(),
            sgd: MomentumSgd::new(parameters.values(), parameters.weights(), sgd),
            images: images.to_device(execution.device),
            labels: labels.to_device(execution.device),
            draws: Stream::new(1, "dropout"),
            replica: None,
            network,
        })
    }

    fn multiply_adds(&self) -> i64 {
        architecture::stages(&self.network).iter().map(|stage| stage.multiply_adds).sum()
    }

    fn many(&mut self, steps: u32) {
        for _ in 0..steps {
            self.one();
        }
    }

    /// One step; reading a number waits for a GPU.
    fn one(&mut self) {
        if self.work == Work::Inference {
            let _ = self.folded.logits(&self.images).double_value(&[0, 0]);
            return;
        }
        let loss = self.network.gradient(&self.images, &self.labels, &mut self.draws);
        let parameters = self.network.parameters();
        let mut mean = Mean { loss, skipped: 0 };
        if let Some(replica) = &mut self.replica {
            let statistics = self.network.statistics().values();
            mean = replica.average(parameters.gradient(), statistics, &mean);
        }
        self.sgd.step(0, parameters.values(), parameters.gradient()); // its rate stays
        parameters.refresh();
        let _ = mean.loss.double_value(&[]);
    }
}

/// The machine's rate of matrix products, floating-point operations a second.
fn product(args: &Args, execution: &Execution) {
    const SIDE: i64 = 2048;
    let kind = execution.kind();
    let matrix = Tensor::ones([SIDE, SIDE], (kind, execution.device));
    let multiply = |times: u32| {
        for _ in 0..times {
            let _ = matrix.matmul(&matrix).double_value(&[0, 0]);
        }
    };
    multiply(WARM_UP);
    let begin = Instant::now();
    multiply(args.steps);
    let products = f64::from(args.steps) / begin.elapsed().as_secs_f64();
    let operations = 2.0 * (SIDE as f64).powi(3);
    let found = serde_json::json!({ "operations_per_second": products * operations });
    say(&found.to_string());
}

impl Args {
    fn execution(&self) -> Result<Execution> {
        let device = device::open(&self.device)?;
        let arithmetic = self.arithmetic.map_or_else(|| fastest(device), Into::into);
        let rewrites = if self.no_rewrites { Rewrites::NONE } else { Rewrites::default() };
        Ok(Execution { device, arithmetic, rewrites })
    }

    fn replica(&self, device: Device) -> Result<Option<Replica>> {
        let count = usize::from(self.replicas);
        let is_alone = self.jobs == 1 && self.work == Work::Training;
        ensure!(count == 1 || is_alone, "--replicas are of one training");
        let join = || Ok(Replica::new(training::replicas::join(count, device)?));
        (count > 1).then(join).transpose()
    }

    fn config(&self) -> BnInceptionConfig {
        let config = self.network_config();
        BnInceptionConfig { width: self.width.unwrap_or(config.width), ..config }
    }

    fn network_config(&self) -> BnInceptionConfig {
        match self.network {
            Size::Full => BnInceptionConfig::default(),
            Size::Small => {
                let recipe = SingleNetwork::BnX5.recipe(&recipes::inception(Scale::Small));
                recipe.bn_inception().clone()
            }
        }
    }

    fn batch(&self) -> i64 {
        self.batch.unwrap_or(match self.network {
            Size::Full => 16,
            Size::Small => 32,
        })
    }
}
