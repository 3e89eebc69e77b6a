//! Which panels a claim's picture has.

use crate::plot::Ticks;

/// One panel.
#[derive(Clone, Copy, Debug)]
pub struct Spec {
    /// Its title.
    pub title: &'static str,
    /// What it shows.
    pub what: What,
    /// What its horizontal axis says.
    pub label: &'static str,
    /// Numbers of the horizontal axis.
    pub ticks: Ticks,
    /// Whether the horizontal axis is logarithmic.
    pub is_logarithmic: bool,
    /// Whether the vertical one is.
    pub is_logarithmic_up: bool,
    /// Whether the vertical one is in percent.
    pub in_percent: bool,
    /// Added to every x, so that 0 has a place on a logarithmic axis.
    pub shift: f64,
}

/// What a panel shows of the points.
#[derive(Clone, Copy, Debug)]
pub enum What {
    /// A metric of every series that has it.
    Metric(&'static str),
    /// The same of the middle seed only, where seeds are different problems.
    OfMiddleSeed(&'static str),
    /// Three metrics, the lowest first, of every series that has them: the middle one, and a band between
    /// the others.
    Quantiles([&'static str; 3]),
    /// The same of one series.
    QuantilesOf(&'static str, [&'static str; 3]),
    /// By how much a series is above each of the others in a metric, paired by seed.
    DifferencesFrom {
        /// The metric.
        metric: &'static str,
        /// The series.
        series: &'static str,
    },
}

const STEPS: &str = "training steps";

const fn over_steps(title: &'static str, metric: &'static str) -> Spec {
    Spec {
        title,
        what: What::Metric(metric),
        label: STEPS,
        ticks: Ticks::Round,
        is_logarithmic: false,
        is_logarithmic_up: false,
        in_percent: false,
        shift: 0.0,
    }
}

const fn up(spec: Spec) -> Spec {
    Spec { is_logarithmic_up: true, ..spec }
}

const BLOW_UP: [Spec; 4] = [
    over_steps("|b| of one layer", "|b|, one layer"),
    Spec {
        what: What::OfMiddleSeed("loss, one layer"),
        ..over_steps("loss of one layer, the middle seed", "")
    },
    over_steps("|b| of the network of Figure 1", "|b|, network of Figure 1"),
    up(over_steps("its loss on mini-batches", "loss, network of Figure 1")),
];

const fn over_factor(title: &'static str, metric: &'static str) -> Spec {
    Spec {
        label: "factor a on the weights, logarithmic",
        is_logarithmic: true,
        is_logarithmic_up: true,
        ..over_steps(title, metric)
    }
}

const SCALE: [Spec; 5] = [
    over_factor("BN((aW)u): relative difference from BN(Wu)", "difference of the output"),
    over_factor("∂BN((aW)u)/∂u: the same", "difference of ∂/∂u"),
    over_factor("a ∂BN((aW)u)/∂(aW): the same", "difference of a ∂/∂(aW)"),
    over_steps("norm of the hidden weights", "norm of the hidden weights"),
    up(over_steps("effective learning rate η/|W|²", "effective learning rate")),
];

const fn over_log_steps(title: &'static str, what: What) -> Spec {
    Spec {
        what,
        label: "training steps + 1, logarithmic",
        is_logarithmic: true,
        is_logarithmic_up: true,
        shift: 1.0,
        ..over_steps(title, "")
    }
}

const JACOBIANS: [Spec; 4] = [
    over_log_steps(
        "singular values, 5 to 95 %, between normalised inputs",
        What::Quantiles([
            "singular values, 5 %, normalised",
            "singular values, 50 %, normalised",
            "singular values, 95 %, normalised",
        ]),
    ),
    over_log_steps(
        "median condition number, the same",
        What::Metric("condition number, normalised"),
    ),
    over_log_steps(
        "singular values, 5 to 95 %, plain",
        What::Quantiles([
            "singular values, 5 %, plain",
            "singular values, 50 %, plain",
            "singular values, 95 %, plain",
        ]),
    ),
    over_log_steps("median condition number, plain", What::Metric("condition number, plain")),
];

const fn over_modules(title: &'static str, metrics: [&'static str; 3]) -> Spec {
    Spec {
        what: What::Quantiles(metrics),
        label: "module: 1 is 3a, 10 is 5b",
        ticks: Ticks::At(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0]),
        is_logarithmic_up: true,
        ..over_steps(title, "")
    }
}

const MODULES: [Spec; 4] = [
    over_steps("norm of the weights", "norm of the weights"),
    up(over_steps("effective learning rate η/|W|²", "effective learning rate")),
    over_modules(
        "singular values, 5 to 95 %, at the start",
        [
            "singular values after 0 steps, 5 %",
            "singular values after 0 steps, 50 %",
            "singular values after 0 steps, 95 %",
        ],
    ),
    over_modules(
        "singular values, 5 to 95 %, after 1,000 steps",
        [
            "singular values after 1000 steps, 5 %",
            "singular values after 1000 steps, 50 %",
            "singular values after 1000 steps, 95 %",
        ],
    ),
];

const REGULARISATION: [Spec; 2] = [
    Spec {
        label: "share that Dropout drops",
        ticks: Ticks::At(&[0.0, 0.05, 0.1, 0.4]),
        in_percent: true,
        ..over_steps("accuracy over Dropout, %", "accuracy over Dropout")
    },
    Spec {
        label: "images of a mini-batch, logarithmic",
        ticks: Ticks::At(&[2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0]),
        is_logarithmic: true,
        in_percent: true,
        ..over_steps("accuracy over the mini-batch, %", "accuracy over the mini-batch")
    },
];

const CHANGES: [Spec; 2] = [
    Spec {
        what: What::DifferencesFrom { metric: "test accuracy", series: "BN-x5" },
        label: "points of test accuracy",
        ..over_steps("BN-x5 less BN-x5 with one change taken back", "")
    },
    Spec { in_percent: true, ..over_steps("validation accuracy, %", "validation accuracy") },
];

const VALIDATION: [Spec; 1] =
    [Spec { in_percent: true, ..over_steps("validation accuracy, %", "validation accuracy") }];

const INFERENCE: [Spec; 2] = [
    Spec {
        label: "training mini-batches, logarithmic",
        ticks: Ticks::At(&[1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0]),
        is_logarithmic: true,
        in_percent: true,
        ..over_steps("test accuracy by population statistics, %", "accuracy over mini-batches")
    },
    Spec {
        in_percent: true,
        ..over_steps("validation accuracy by moving averages, %", "validation accuracy")
    },
];

const INPUT: [&str; 3] =
    ["sigmoid's input, 15 %", "sigmoid's input, 50 %", "sigmoid's input, 85 %"];

const fn input(title: &'static str, series: &'static str) -> Spec {
    Spec { what: What::QuantilesOf(series, INPUT), ..over_steps(title, "") }
}

const NOISE: [Spec; 4] = [
    Spec { in_percent: true, ..over_steps("test accuracy, %", "test accuracy") },
    input("a typical sigmoid's input, 15 to 85 %, without BN", "Without BN"),
    input("the same with BN", "With BN"),
    input("the same with noise after BN", "With noisy BN"),
];

/// The panels of this artefact's picture; none if there is no such claim.
pub fn of(artefact: &str) -> &'static [Spec] {
    match artefact {
        "claim-blow-up" => &BLOW_UP,
        "claim-scale" => &SCALE,
        "claim-jacobians" => &JACOBIANS,
        "claim-modules" => &MODULES,
        "claim-regularisation" => &REGULARISATION,
        "claim-changes" => &CHANGES,
        "claim-initial-weights" | "claim-noise-inception" => &VALIDATION,
        "claim-inference" => &INFERENCE,
        "claim-noise" => &NOISE,
        _ => &[],
    }
}

/// What a reader must know beside.
pub fn note(artefact: &str) -> &'static str {
    match artefact {
        "claim-blow-up" => "(a, c) b is what the layer adds before the normalization. §2.",
        "claim-scale" => {
            "(a–c) In f64; where nothing is drawn the difference is 0. (d, e) The network of Figure 1. §3.3."
        }
        "claim-jacobians" => {
            "The network of Figure 1, from hidden layer 1 to 2 and 2 to 3, 25 test images; (a, c) the middle seed. §3.3."
        }
        "claim-modules" => "(c, d) By Lanczos' method on two images; the middle seed. §3.3.",
        "claim-regularisation" => "The network of BN-x5; all see the same number of images. §3.4.",
        "claim-changes" => "§4.2.1.",
        "claim-initial-weights" => "§4.2.2.",
        "claim-noise-inception" => {
            "Not in the paper: Santurkar et al. 2018. By moving averages, which have seen the noise."
        }
        "claim-inference" => "BN-x5. §3.1.",
        "claim-noise" => {
            "Not in the paper: Santurkar et al. 2018, in the network of Figure 1; (b–d) the seed in the middle."
        }
        _ => "",
    }
}
