//! A network that learns: determinism, Dropout, auxiliary losses, memory.

use bn_inception::config::{AuxiliaryClassifiers, ConfigError, Noise};
use bn_inception::{Arithmetic, BnInception, BnInceptionConfig};
use recipe::Sgd;
use streams::Stream;
use tch::{Kind, Tensor};
use training::MomentumSgd;

use crate::{labels, noise, on_cpu, small};

struct Training {
    network: BnInception,
    sgd: MomentumSgd,
    draws: Stream,
}

impl Training {
    fn new(config: BnInceptionConfig, arithmetic: Arithmetic) -> Self {
        let network = BnInception::new(config, 1, on_cpu(arithmetic)).expect("good");
        let parameters = network.parameters();
        let sgd = Sgd { momentum: 0.9, l2: 1e-4, ..Sgd::plain(0.05) };
        let sgd = MomentumSgd::new(parameters.values(), parameters.weights(), sgd);
        Self { network, sgd, draws: Stream::new(1, "dropout") }
    }

    fn step(&mut self, images: &Tensor, labels: &Tensor) -> f64 {
        let loss = self.network.loss(images, labels, &mut self.draws);
        let parameters = self.network.parameters();
        parameters.backward(&loss);
        self.sgd.step(0, parameters.values(), parameters.gradient()); // its rate stays
        parameters.refresh();
        loss.double_value(&[])
    }
}

#[test]
fn it_learns_a_mini_batch_by_heart() {
    for arithmetic in [Arithmetic::F32, Arithmetic::Bf16] {
        let mut training = Training::new(small(), arithmetic);
        let (images, labels) = (noise(8, 32), labels(8));
        let losses: Vec<f64> = (0..30).map(|_| training.step(&images, &labels)).collect();
        assert!(losses[0] > 1.5 && losses[29] < 0.2, "{arithmetic:?}: {losses:?}");
    }
}

#[test]
fn the_same_seed_gives_the_same_bits() {
    let train = || {
        let config = BnInceptionConfig { dropout: 0.4, ..small() };
        let mut training = Training::new(config, Arithmetic::F32);
        for _ in 0..3 {
            training.step(&noise(4, 32), &labels(4));
        }
        training.network.parameters().values().copy()
    };
    let one_thread = |work: &dyn Fn() -> Tensor| {
        tch::set_num_threads(1);
        work()
    };
    assert!(one_thread(&train).equal(&one_thread(&train)));
}

#[test]
fn dropout_drops_its_share_and_keeps_the_mean() {
    let config = BnInceptionConfig { dropout: 0.4, ..small() };
    let network = BnInception::new(config, 1, on_cpu(Arithmetic::F64)).expect("good");
    let parameters = network.named_tensors();
    let get = |name: &str| &parameters.iter().find(|(n, _)| n == name).expect(name).1;
    // With weights of 1 on one class and a constant feature the logit is the mean of the mask.
    let mut weights = get("linear/weights").shallow_clone();
    let _ = weights.fill_(1.0 / 128.0);
    let mut draws = Stream::new(1, "dropout");
    let dropped = network.forward(&noise(64, 32), &mut draws).main;
    let kept = BnInception::new(small(), 1, on_cpu(Arithmetic::F64)).expect("good");
    let kept_weights = kept.named_tensors();
    let (_, w) = kept_weights.iter().find(|(n, _)| n == "linear/weights").expect("linear");
    let _ = w.shallow_clone().fill_(1.0 / 128.0);
    let whole = kept.forward(&noise(64, 32), &mut draws).main;
    let mean = |x: &Tensor| x.mean(Kind::Double).double_value(&[]);
    assert!((mean(&dropped) / mean(&whole) - 1.0).abs() < 0.02);
    assert!(!dropped.allclose(&whole, 1e-3, 0.0, false));
}

#[test]
fn noise_is_for_training_and_new_at_every_step() {
    let of = |noise| {
        let config = BnInceptionConfig { noise, ..small() };
        BnInception::new(config, 1, on_cpu(Arithmetic::F64)).expect("good")
    };
    let (plain, noisy) = (of(None), of(Some(Noise { mean: 0.5, scale: 1.25 })));
    let images = noise(4, 32);
    let logits = |network: &BnInception, seed| {
        let mut draws = Stream::new(seed, "step");
        network.forward(&images, &mut draws).main.detach()
    };
    let differ = |a: &Tensor, b: &Tensor| (a - b).abs().max().double_value(&[]);
    assert_eq!(differ(&logits(&noisy, 1), &logits(&noisy, 1)), 0.0);
    assert!(differ(&logits(&noisy, 1), &logits(&noisy, 2)) > 1e-3);
    assert_eq!(differ(&logits(&plain, 1), &logits(&plain, 2)), 0.0);
    let by_mini_batch = |network: &BnInception| network.infer_by_mini_batch(&images);
    assert_eq!(differ(&by_mini_batch(&noisy), &by_mini_batch(&plain)), 0.0);
    let nonsense = BnInceptionConfig { noise: Some(Noise { mean: 0.5, scale: 0.9 }), ..small() };
    assert_eq!(nonsense.check(), Err(ConfigError::Noise(0.5, 0.9)));
}

#[test]
fn auxiliary_losses_count_by_their_weight() {
    let loss = |weight: Option<f64>| {
        let auxiliary = |loss_weight| AuxiliaryClassifiers { dropout: 0.0, loss_weight };
        let config = BnInceptionConfig { auxiliary_classifiers: weight.map(auxiliary), ..small() };
        let network = BnInception::new(config, 1, on_cpu(Arithmetic::F64)).expect("good");
        let mut draws = Stream::new(1, "dropout");
        network.loss(&noise(4, 32), &labels(4), &mut draws).double_value(&[])
    };
    let (alone, third, whole) = (loss(None), loss(Some(0.3)), loss(Some(1.0)));
    assert_eq!(loss(Some(0.0)), alone);
    assert!(((third - alone) - 0.3 * (whole - alone)).abs() < 1e-12);
    assert!(whole > alone);
}

/// Resident memory of this process, bytes.
fn resident_bytes() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").expect("Linux");
    let pages: u64 = statm.split(' ').nth(1).and_then(|n| n.parse().ok()).expect("a number");
    pages * 4096
}

/// Bytes that 1,800 steps add, after 200. A step that kept its 4 images alone would add 88 MB.
#[test]
#[ignore = "runs in a process of its own, which memory_does_not_grow_over_two_thousand_steps starts"]
fn growth_of_memory() {
    let mut training = Training::new(BnInceptionConfig { width: 0.02, ..small() }, Arithmetic::F32);
    let (images, labels) = (noise(4, 32), labels(4));
    let mut steps = |count: usize| {
        for _ in 0..count {
            training.step(&images, &labels);
        }
    };
    steps(200);
    let before = resident_bytes();
    steps(1800);
    println!("grown by {} bytes", resident_bytes().saturating_sub(before));
}

#[test]
fn memory_does_not_grow_over_two_thousand_steps() {
    let this = std::env::current_exe().expect("a test has a file");
    let mut child = std::process::Command::new(this);
    child.args(["training::growth_of_memory", "--exact", "--ignored", "--nocapture"]);
    let output = child.env("OMP_NUM_THREADS", "1").output().expect("it starts");
    let text = String::from_utf8_lossy(&output.stdout);
    let grown = text.split("grown by ").nth(1).and_then(|rest| rest.split(' ').next());
    let grown: u64 = grown.and_then(|bytes| bytes.parse().ok()).expect("it measured");
    println!("grown by {grown} bytes");
    assert!(grown < 4 << 20, "{grown} bytes more");
}
