//! What is derived from the rows of Figure 2, on curves that can be worked out by hand.

mod claims;

use record::fig2::{
    CurveRow, Known, MAXIMUM, Network, Outcome, OutcomeRow, RateRow, SPEED_UP, STEPS, Single,
    SingleRow, best_rate, quantities, singles, summary,
};
use record::run::Scale;
use record::table;

pub const CHANCE: Option<f64> = Some(0.1);

/// A curve of (step, accuracy).
pub fn curve(network: Network, seed: u64, points: &[(u64, f64)]) -> Vec<CurveRow> {
    let row = |&(step, top1_accuracy): &(u64, f64)| CurveRow {
        scale: Scale::Smoke,
        network,
        seed,
        step,
        learning_rate: 0.1,
        training_loss_nats: None,
        gradient_norm: None,
        moving_var_min: None,
        moving_var_max: None,
        moving_mean_max: None,
        top1_accuracy,
        top5_accuracy: 1.0,
        validation_loss_nats: 1.0,
        skipped_images: 0,
    };
    points.iter().map(row).collect()
}

pub fn diverged(network: Network, seed: u64, step: u64) -> OutcomeRow {
    OutcomeRow { scale: Scale::Smoke, network, seed, outcome: Outcome::Diverged, step }
}

fn single(rows: &[CurveRow], outcomes: &[OutcomeRow], network: Network) -> Single {
    let singles = singles(rows, outcomes, CHANCE);
    *singles.iter().find(|single| single.network == network).unwrap()
}

/// Inception has its maximum 0.6 at 300 and, again, at 400.
fn inception(seed: u64) -> Vec<CurveRow> {
    curve(Network::Inception, seed, &[(0, 0.1), (100, 0.3), (300, 0.6), (400, 0.6)])
}

#[test]
fn of_equal_maxima_the_first_counts_and_to_be_as_good_is_to_be_there() {
    let mut rows = inception(0);
    rows.extend(curve(Network::BnX5, 0, &[(0, 0.1), (100, 0.6), (300, 0.5), (400, 0.7)]));
    let inception = single(&rows, &[], Network::Inception);
    assert_eq!((inception.maximum, inception.gain), (0.6, Some(0.0)));
    assert_eq!(inception.steps, Some(Known::Exactly(300.0)));
    assert_eq!(inception.speed_up, Some(Known::Exactly(1.0)));
    let x5 = single(&rows, &[], Network::BnX5);
    assert_eq!(x5.steps, Some(Known::Exactly(100.0)));
    assert_eq!(x5.speed_up, Some(Known::Exactly(3.0)));
    assert!((x5.gain.unwrap() - 0.1).abs() < 1e-12);
}

#[test]
fn never_is_a_bound_and_so_is_a_divergence() {
    let mut rows = inception(0);
    rows.extend(curve(Network::BnX5Sigmoid, 0, &[(0, 0.1), (400, 0.59)]));
    rows.extend(curve(Network::InceptionX5, 0, &[(0, 0.1), (100, 0.2), (120, f64::NAN)]));
    let outcomes = [diverged(Network::InceptionX5, 0, 120)];
    let sigmoid = single(&rows, &outcomes, Network::BnX5Sigmoid);
    assert_eq!((sigmoid.steps, sigmoid.diverged), (Some(Known::Above(400.0)), None));
    assert_eq!(sigmoid.speed_up, Some(Known::Below(0.75)));
    let x5 = single(&rows, &outcomes, Network::InceptionX5);
    // The run's 400 steps, not the 120 that it lived.
    assert_eq!((x5.steps, x5.diverged), (Some(Known::Above(400.0)), Some(120)));
    assert_eq!(x5.maximum, 0.2);
}

#[test]
fn an_inception_at_chance_sets_nothing_to_be_reached() {
    let flat = [(0, 0.1), (100, 0.1), (400, 0.101)];
    let mut rows = curve(Network::Inception, 0, &flat);
    rows.extend(curve(Network::BnX5, 0, &[(0, 0.1), (100, 0.6), (400, 0.7)]));
    let x5 = single(&rows, &[], Network::BnX5);
    assert_eq!((x5.steps, x5.speed_up, x5.maximum), (None, None, 0.7));
    // Nor does one that was best before its first step, or one that is missing.
    let worse = curve(Network::Inception, 0, &[(0, 0.4), (400, 0.3)]);
    assert_eq!(singles(&worse, &[], None)[0].steps, None);
    let alone = curve(Network::BnX5, 7, &[(0, 0.1), (100, 0.6)]);
    assert_eq!((singles(&alone, &[], CHANCE)[0].steps, x5.seed), (None, 0));
}

/// Three seeds in which BN-Baseline is 2, 4 and 8 times as fast, and BN-x5 as well but for seed 2,
/// where it never gets there.
pub fn three_seeds() -> Vec<CurveRow> {
    let mut rows = Vec::new();
    for (seed, steps) in [(0, 400), (1, 200), (2, 100)] {
        rows.extend(curve(Network::Inception, seed, &[(0, 0.1), (800, 0.6)]));
        rows.extend(curve(Network::BnBaseline, seed, &[(0, 0.1), (steps, 0.6), (800, 0.62)]));
        let reached = if seed == 2 { 0.5 } else { 0.6 };
        rows.extend(curve(Network::BnX5, seed, &[(0, 0.1), (steps, reached), (800, reached)]));
        rows.extend(curve(Network::BnX5Sigmoid, seed, &[(0, 0.1), (800, 0.5)]));
    }
    rows
}

fn row(rows: &[SingleRow], network: Network, metric: &str) -> SingleRow {
    let is_it = |row: &&SingleRow| row.network == network.name() && row.metric == metric;
    rows.iter().find(is_it).unwrap().clone()
}

#[track_caller]
fn near(value: Option<f64>, expected: f64) {
    let value = value.expect("a number");
    assert!((value / expected - 1.0).abs() < 1e-6, "{value} for {expected}");
}

#[test]
fn over_seeds_speed_ups_are_powers_and_the_steps_agree_with_them() {
    let rows = summary(Scale::Smoke, &quantities(&singles(&three_seeds(), &[], CHANCE), CHANCE));
    let speed_up = row(&rows, Network::BnBaseline, SPEED_UP);
    near(speed_up.mean, 4.0);
    let half = (2f64.ln() * 4.302_653 / 3f64.sqrt()).exp();
    near(speed_up.ci95_low, 4.0 / half);
    near(speed_up.ci95_high, 4.0 * half);
    assert_eq!((speed_up.n, speed_up.censored, speed_up.at_most), (3, 0, None));
    near(row(&rows, Network::BnBaseline, STEPS).mean, 800.0 / 4.0);
    let maximum = row(&rows, Network::BnBaseline, MAXIMUM);
    near(maximum.mean, 0.62);
    assert_eq!(maximum.n, 3);
}

#[test]
fn means_are_over_what_is_known_and_bounds_over_all() {
    let rows = summary(Scale::Smoke, &quantities(&singles(&three_seeds(), &[], CHANCE), CHANCE));
    let some = row(&rows, Network::BnX5, STEPS);
    assert_eq!((some.n, some.censored, some.at_most), (2, 1, None));
    near(some.mean, (400f64 * 200.0).sqrt());
    near(some.at_least, (400f64 * 200.0 * 800.0).cbrt());
    let speed_up = row(&rows, Network::BnX5, SPEED_UP);
    near(speed_up.mean, 8f64.sqrt());
    near(speed_up.at_most, 2.0);
    assert_eq!(speed_up.at_least, None);
    let never = row(&rows, Network::BnX5Sigmoid, STEPS);
    assert_eq!((never.mean, never.ci95_low, never.n, never.censored), (None, None, 0, 3));
    near(never.at_least, 800.0);
}

#[test]
fn one_seed_has_a_mean_and_no_interval() {
    let rows: Vec<CurveRow> = three_seeds().into_iter().filter(|row| row.seed == 1).collect();
    let rows = summary(Scale::Smoke, &quantities(&singles(&rows, &[], CHANCE), CHANCE));
    let speed_up = row(&rows, Network::BnBaseline, SPEED_UP);
    assert_eq!((speed_up.ci95_low, speed_up.ci95_high, speed_up.n), (None, None, 1));
    near(speed_up.mean, 4.0);
}

#[test]
fn the_tables_rows_survive_their_file() {
    let quantities = quantities(&singles(&three_seeds(), &[], CHANCE), CHANCE);
    let rows = summary(Scale::Small, &quantities);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("summary.csv");
    table::write(&path, &rows).unwrap();
    assert_eq!(table::read::<SingleRow>(&path).unwrap(), rows);
}

#[test]
fn the_best_rate_is_that_of_the_highest_mean_and_of_equals_the_lowest() {
    let row = |learning_rate, seed, max_top1_accuracy| RateRow {
        scale: Scale::Small,
        learning_rate,
        seed,
        steps: 10,
        max_top1_accuracy,
        training_loss_nats: None,
    };
    let rows = [row(0.2, 0, 0.9), row(0.2, 1, 0.5), row(0.1, 0, 0.8), row(0.1, 1, 0.8)];
    assert_eq!(best_rate(&rows), Some(0.1));
    assert_eq!(best_rate(&[row(0.2, 0, 0.7), row(0.1, 0, 0.7)]), Some(0.1));
    assert_eq!(best_rate(&[]), None);
}
