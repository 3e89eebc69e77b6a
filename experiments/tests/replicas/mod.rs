//! One training by several replicas: here threads, which add up as MPI's processes do. `scripts/try-mpi` has those.

use std::sync::{Arc, Barrier, Mutex};
use std::thread;

use bn_inception::{Arithmetic, Execution};
use data::loader::OnDamage;
use data::order::{Batches, Order, Part, Shards, Shuffling};
use experiments::image_sets::{Images, Loading};
use experiments::inception::{CURVES, InceptionTraining, train, write_curves};
use experiments::{Job, Work, recipes, replicas};
use recipe::{Recipe, RunRecipe, Sgd, SingleNetwork};
use record::fig2::{CURVES_FILE, CurveRow, OUTCOMES_FILE, Outcome, OutcomeRow};
use record::manifest::Host;
use record::run::{Plan, Run, Scale};
use tch::{Device, Tensor};
use training::{Learner, Progress, Replicas};

use crate::{command, refused};

/// One of some threads.
struct Thread {
    rank: usize,
    others: Arc<Others>,
}

struct Others {
    vectors: Mutex<Vec<Tensor>>,
    barrier: Barrier,
}

impl Replicas for Thread {
    fn rank(&self) -> usize {
        self.rank
    }

    fn count(&self) -> usize {
        self.others.vectors.lock().unwrap().len()
    }

    fn device(&self) -> Device {
        Device::Cpu
    }

    fn sum(&self, vector: &Tensor) {
        self.others.vectors.lock().unwrap()[self.rank] = vector.copy();
        self.others.barrier.wait();
        let _ = vector.shallow_clone().zero_();
        self.others.vectors.lock().unwrap().iter().for_each(|own| {
            let _ = vector.shallow_clone().g_add_(own);
        });
        self.others.barrier.wait();
    }

    fn abort(&self) -> ! {
        panic!("replica {} gives up", self.rank)
    }
}

/// What each of so many replicas makes.
fn by<T: Send>(count: usize, work: impl Fn(Arc<dyn Replicas>) -> T + Sync) -> Vec<T> {
    let vectors = (0..count).map(|_| Tensor::from(0.0)).collect();
    let others = Arc::new(Others { vectors: Mutex::new(vectors), barrier: Barrier::new(count) });
    let replica = |rank| {
        tch::set_num_threads(1);
        let one = Arc::new(Thread { rank, others: Arc::clone(&others) });
        tch::no_grad(|| work(one))
    };
    thread::scope(|scope| {
        let all: Vec<_> = (0..count).map(|rank| scope.spawn(move || replica(rank))).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    })
}

const LOADING: Loading = Loading { workers: 1, on_damage: OnDamage::Stop };

/// A small BN-x5 by so many replicas of eight examples each, in double precision.
fn bn_x5(count: usize) -> Recipe {
    let mut recipe = SingleNetwork::BnX5.recipe(&recipes::inception(Scale::Smoke));
    recipe.mini_batch = 8;
    recipe.arithmetic = Some(Arithmetic::F64);
    recipe.images.validation_images = 20;
    recipe.steps = 4;
    recipe.by_replicas(count)
}

/// The gradient that a step leaves, and the moving averages.
fn after_a_step(
    training: &mut InceptionTraining,
    images: &Images,
    part: (usize, usize),
) -> [Tensor; 2] {
    let (recipe, seed) = (training.recipe.clone(), training.seed);
    let batch = images.training_part(&recipe, seed, 0, part).unwrap().next().unwrap().unwrap();
    training.sgd_step(0, batch);
    let network = &training.network;
    [network.parameters().gradient(), network.statistics().values()].map(Tensor::copy)
}

#[test]
fn the_gradient_is_the_mean_of_the_parts() {
    for count in [2, 4] {
        let recipe = bn_x5(count);
        let (job, images) = (Job { subject: &recipe, seed: 3 }, Images::random(&recipe, LOADING));
        let new = || InceptionTraining::new(&job, Execution::on(Device::Cpu)).unwrap();
        let together = by(count, |all| {
            let part = (all.rank(), count);
            let mut training = new().by(Some(all));
            let seen = after_a_step(&mut training, &images, part);
            (seen, training.network.parameters().values().copy())
        });
        let alone: Vec<[Tensor; 2]> = tch::no_grad(|| {
            (0..count).map(|part| after_a_step(&mut new(), &images, (part, count))).collect()
        });
        for what in [0, 1] {
            let sum = alone.iter().map(|seen| seen[what].shallow_clone()).reduce(|a, b| a + b);
            let mean = sum.unwrap() / count as f64;
            for (seen, values) in &together {
                let difference = (&seen[what] - &mean).abs().max().double_value(&[]);
                assert!(difference < 1e-9, "{count} replicas, {what}: {difference}");
                assert!(values.equal(&together[0].1), "replicas differ");
            }
            let apart = (&alone[0][what] - &mean).abs().max().double_value(&[]);
            assert!(apart > 1e-6, "the parts are alike: {apart}");
        }
    }
}

#[test]
fn parts_make_up_the_mini_batch() {
    let order =
        || Order::new(1, Shards::consecutive(100, 10), Shuffling::WithinAndAcrossShards, 12);
    let whole = order().unwrap();
    for step in [0, 3, 9] {
        let part = |number| Part { of: order().unwrap(), number, parts: 3 }.indices(step);
        assert_eq!((0..3).flat_map(part).collect::<Vec<_>>(), whole.indices(step));
    }
}

/// The run of two networks, of which the second diverges, by replicas; rows of the leader.
fn run(count: usize, folder: &std::path::Path) -> (Vec<CurveRow>, Vec<OutcomeRow>) {
    let fine = bn_x5(count);
    let sgd = Sgd { learning_rate: 1e30, ..fine.sgd };
    let diverging = Recipe { sgd, steps: 200, ..fine.clone().named("diverging") };
    let recipe = RunRecipe::of(vec![fine, diverging]);
    let images = Images::random(&recipe.trainings[0], LOADING);
    let execution = Execution::on(Device::Cpu);
    by(count, |all| {
        if all.rank() > 0 {
            replicas::follow(&all, &recipe, &images, execution).unwrap();
            return;
        }
        let plan = Plan {
            artefact: "fig-test".to_owned(),
            scale: Scale::Custom,
            recipe: recipe.clone(),
            seeds: vec![0],
            out: Some(folder.join("out")),
            host: Host::this(1, 1, "cpu".to_owned()),
            versions: [].into(),
            data_sha256: [].into(),
        };
        let (run, replicas) = (Run::open(plan).unwrap(), Some(Arc::clone(&all)));
        let work = Work { run, threads: 1, execution, tensorboard: None, networks: None, replicas };
        let progress = Progress::new(1);
        for job in work.trainings() {
            train(&job, &work, &images, &progress, &CURVES, |sight, rows| {
                write_curves(sight, &images, rows)
            })
            .unwrap();
        }
        work.finish_with_rows(&CURVES).unwrap();
        replicas::leave(Some(&*all), Ok(())).unwrap();
    });
    let read = |file| folder.join("out").join(file);
    (
        record::table::read(&read(CURVES_FILE)).unwrap(),
        record::table::read(&read(OUTCOMES_FILE)).unwrap(),
    )
}

#[test]
fn the_others_follow_from_training_to_training() {
    let folder = tempfile::tempdir().unwrap();
    let (curves, outcomes) = run(2, folder.path());
    assert_eq!(outcomes.len(), 2);
    assert_eq!(outcomes[0].outcome, Outcome::Finished);
    assert_eq!(outcomes[1].outcome, Outcome::Diverged);
    assert!(outcomes[1].step < 200, "divergence ends it for all");
    assert!(curves.iter().any(|row| row.step == 4 && row.training_loss_nats.is_some()));
}

#[test]
fn the_linear_rule_warms_up() {
    let sgd = Sgd::plain(0.1).scaled_linearly(4, 180);
    let rates = [0, 5, 10, 100].map(|step| sgd.learning_rate_at(step));
    for (rate, expected) in rates.iter().zip([0.1, 0.25, 0.4, 0.4]) {
        assert!((rate - expected).abs() < 1e-12, "{rates:?}");
    }
}

#[test]
fn nonsense_is_refused_in_a_line() {
    let folder = tempfile::tempdir().unwrap();
    let nonsense: [(&[&str], &str); 4] = [
        (&["--replicas", "0"], "invalid value '0'"),
        (
            &["--replicas", "2"],
            if cfg!(feature = "mpi") { "mpirun -n 2" } else { "--features mpi" },
        ),
        (&["--replicas", "2", "--jobs", "2"], "one training at a time"),
        (&["--scale-rate"], "--replicas"),
    ];
    for (arguments, part) in nonsense {
        let smoke = [&["--scale", "smoke"], arguments].concat();
        let message = refused(command("fig2", &folder.path().join("fig2"), &smoke));
        assert!(message.contains(part), "{arguments:?}: {message}");
    }
}
