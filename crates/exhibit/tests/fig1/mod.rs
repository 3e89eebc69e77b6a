use exhibit::point::{Known, Point};
use exhibit::rows::fig1::{points, sweep, typical_units};
use record::fig1::{
    AccuracyRow, ActivationRow, DRIFT_WINDOW, SensitivityRow, SigmoidNetwork, drift,
};
use record::run::Scale;

fn activation(
    network: SigmoidNetwork,
    seed: u64,
    step: u64,
    median: f64,
    spread: f64,
) -> ActivationRow {
    ActivationRow {
        scale: Scale::Smoke,
        network,
        seed,
        step,
        unit: 0,
        input_p15: median - spread / 2.0,
        input_p50: median,
        input_p85: median + spread / 2.0,
    }
}

fn accuracy(network: SigmoidNetwork, seed: u64, last: f64) -> [AccuracyRow; 2] {
    let row = |step, test_accuracy_fraction| AccuracyRow {
        scale: Scale::Smoke,
        network,
        seed,
        step,
        test_accuracy_fraction,
        test_accuracy_moving_average_fraction: None,
        training_loss_nats: None,
    };
    [row(0, 0.1), row(250, last)]
}

/// The numbers of a metric, by seed.
fn of(points: &[Point], series: &str, metric: &str) -> Vec<f64> {
    let is_it = |point: &&Point| point.series == series && point.metric == metric;
    points.iter().filter(is_it).map(|point| point.value.number()).collect()
}

#[test]
fn accuracies_and_drift_are_points_of_a_network() {
    let mut rows = accuracy(SigmoidNetwork::WithBn, 7, 0.95).to_vec();
    rows.extend([(1_000, 0.96, 0.90), (2_000, 0.97, 0.99)].map(|(step, accuracy, moving)| {
        AccuracyRow {
            step,
            test_accuracy_fraction: accuracy,
            test_accuracy_moving_average_fraction: Some(moving),
            ..rows[0].clone()
        }
    }));
    let activations: Vec<ActivationRow> = [(1_000, 0.0), (1_250, 1.0), (1_500, -1.0)]
        .map(|(step, median)| activation(SigmoidNetwork::WithBn, 7, step, median, 2.0))
        .to_vec();
    let points = points(&rows, &activations, &drift(&activations, DRIFT_WINDOW));
    let of = |metric| of(&points, "With BN", metric);
    assert_eq!(of("test accuracy"), [0.1, 0.95, 0.96, 0.97]);
    let largest = of("largest difference between population statistics and moving averages");
    assert!((largest[0] - 0.06).abs() < 1e-12, "of either sign, after the warm-up: {largest:?}");
    assert_eq!(of("movement of the median"), [3.0]);
    assert_eq!(of("range of the 15-85 spread"), [0.0]);
    assert_eq!(of("sigmoid's input, 15 %"), [-1.0, 0.0, -2.0]);
    assert!(of("other seeds' input, 50 %").is_empty());
}

#[test]
fn drift_is_compared_over_where_one_begins_to_look_and_how_often() {
    // Without BN the median goes 0, 4, 0, 4 every 250 steps, and then 2 further; with BN 1 a row.
    let rows = |network, medians: [f64; 5]| {
        let steps = [1_000, 1_250, 1_500, 1_750, 2_000].into_iter().zip(medians);
        steps.map(move |(step, median)| activation(network, 0, step, median, 1.0))
    };
    let without = rows(SigmoidNetwork::WithoutBn, [0.0, 4.0, 0.0, 4.0, 2.0]);
    let with = rows(SigmoidNetwork::WithBn, [0.0, 1.0, 2.0, 3.0, 4.0]);
    let activations: Vec<_> = without.chain(with).collect();
    let points = points(&[], &activations, &drift(&activations, DRIFT_WINDOW));
    let at = |series: &str, metric: &str| of(&points, series, metric);
    // From step 0 and from step 1,000 alike: movement 14 over 4.
    assert_eq!(at("every 250 steps", "movement of the median, without over with BN"), [3.5, 3.5]);
    assert_eq!(at("every 250 steps", "range of the median, without over with BN"), [1.0, 1.0]);
    // Rows at 1,000 and 2,000: from 0 to 2, and from 0 to 4.
    assert_eq!(at("every 1000 steps", "movement of the median, without over with BN"), [0.5, 0.5]);
    assert!(at("every 2500 steps", "range of the median, without over with BN").is_empty());
}

#[test]
fn a_network_that_is_never_fast_has_a_bound() {
    let mut rows = accuracy(SigmoidNetwork::WithBn, 0, 0.951).to_vec();
    rows.extend(accuracy(SigmoidNetwork::WithoutBn, 0, 0.949));
    let points = points(&rows, &[], &[]);
    let steps = |series: &str| {
        points
            .iter()
            .find(|point| point.series == series && point.metric == "steps to 95 %")
            .unwrap()
            .value
    };
    assert_eq!(steps("With BN"), Known::Exactly(250.0));
    assert_eq!(steps("Without BN"), Known::Above(250.0));
}

#[test]
fn the_typical_unit_is_in_the_middle_of_its_layer() {
    let mut rows = Vec::new();
    for (unit, speed) in [(0, 5.0), (1, 1.0), (2, 3.0), (3, 2.0)] {
        for (step, x) in [(1_000, 0.0), (1_250, 1.0)] {
            let row = activation(SigmoidNetwork::WithoutBn, 0, step, speed * x, 1.0);
            rows.push(ActivationRow { unit, ..row });
        }
    }
    let typical = typical_units(&drift(&rows, DRIFT_WINDOW), SigmoidNetwork::WithoutBn);
    assert_eq!((typical.len(), typical[0].unit, typical[0].movement), (1, 3, 2.0)); // of 1, 2, 3, 5
}

fn sweep_of(settings: &[(f64, f64, f64, f64)]) -> Vec<SensitivityRow> {
    let row = |&(learning_rate, init_std, without, with): &(f64, f64, f64, f64)| {
        [(SigmoidNetwork::WithoutBn, without), (SigmoidNetwork::WithBn, with)].map(
            |(network, accuracy)| SensitivityRow {
                scale: Scale::Smoke,
                network,
                seed: 0,
                step: 10_000,
                learning_rate,
                init_std,
                held_out_accuracy_fraction: accuracy,
            },
        )
    };
    settings.iter().flat_map(row).collect()
}

#[test]
fn a_sweep_says_at_how_many_settings_bn_helps() {
    let facts = sweep::points(&sweep_of(&[
        (0.1, 0.01, 0.100, 0.970),
        (0.1, 1.00, 0.800, 0.805),
        (1.0, 1.00, 0.900, 0.850),
    ]));
    for series in ["BN gains more than a point", "within a point", "BN loses more than a point"] {
        assert_eq!(of(&facts, series, "settings"), [1.0], "{series}");
    }
    assert_eq!(of(&facts, "all", "settings"), [3.0]);
    assert_eq!(of(&facts, "Without BN", "lowest accuracy of a setting"), [0.1]);
    assert_eq!(of(&facts, "With BN", "accuracy, std 1"), [0.805, 0.85]);
    // Two rates have std 1: 0.805 and 0.85, a standard deviation of 0.045/√2; std 0.01 has one rate, and none.
    let spread = of(&facts, "With BN", "spread over learning rates");
    assert!((spread[0] - 0.045 / 2.0_f64.sqrt()).abs() < 1e-12, "{spread:?}");
    let spread = of(&facts, "Without BN", "spread over initial weights");
    assert!((spread[0] - 0.7 / 2.0_f64.sqrt()).abs() < 1e-12, "{spread:?}");
}
