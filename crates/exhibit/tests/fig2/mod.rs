//! What is derived from the rows of Figure 2, on curves that can be worked out by hand.

use exhibit::judge::Verdict::{self, NotReproduced, Reproduced, Undecided};
use exhibit::judge::{Finding, judge};
use exhibit::point::{Known, Point};
use exhibit::rows::fig2::{AT_CHANCE, Single, paper_points, points, rates, singles};
use exhibit::{Exhibit, reported};
use recipe::SingleNetwork::{
    self, BnBaseline, BnX5, BnX5Sigmoid, BnX30, Inception, InceptionSigmoid, InceptionX5,
};
use record::fig2::{CurveRow, Outcome, OutcomeRow};
use record::point::PointRow;
use record::run::Scale;

const CHANCE: Option<f64> = Some(0.1);

/// A curve of (step, accuracy).
fn curve(network: SingleNetwork, seed: u64, points: &[(u64, f64)]) -> Vec<CurveRow> {
    let row = |&(step, top1_accuracy): &(u64, f64)| CurveRow {
        scale: Scale::Smoke,
        network: network.to_string(),
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

/// A training that ended with this accuracy on test images.
fn finished(network: String, seed: u64, step: u64, accuracy: Option<f64>) -> OutcomeRow {
    OutcomeRow {
        scale: Scale::Smoke,
        network,
        seed,
        outcome: Outcome::Finished,
        step,
        test_top1_accuracy: accuracy,
        test_top1_accuracy_by_moving_averages: accuracy.map(|accuracy| accuracy - 0.01),
    }
}

fn diverged(network: SingleNetwork, seed: u64, step: u64) -> OutcomeRow {
    let network = network.to_string();
    OutcomeRow { outcome: Outcome::Diverged, ..finished(network, seed, step, None) }
}

fn single(rows: &[CurveRow], outcomes: &[OutcomeRow], network: SingleNetwork) -> Single {
    let singles = singles(rows, outcomes, CHANCE);
    singles.into_iter().find(|single| single.network == network.name()).unwrap()
}

/// Inception ends at 0.6, where it is at step 300 already.
fn inception(seed: u64) -> Vec<CurveRow> {
    curve(Inception, seed, &[(0, 0.1), (100, 0.3), (300, 0.6), (400, 0.6)])
}

#[test]
fn to_be_as_good_is_to_be_there() {
    let mut rows = inception(0);
    rows.extend(curve(BnX5, 0, &[(0, 0.1), (100, 0.6), (300, 0.5), (400, 0.7)]));
    let inception = single(&rows, &[], Inception);
    assert_eq!((inception.accuracy, inception.gain), (0.6, Some(0.0)));
    assert_eq!(inception.steps, Some(Known::Exactly(300.0)));
    assert_eq!(inception.speed_up, Some(Known::Exactly(1.0)));
    let x5 = single(&rows, &[], BnX5);
    assert_eq!(x5.steps, Some(Known::Exactly(100.0)));
    assert_eq!(x5.speed_up, Some(Known::Exactly(3.0)));
    assert!((x5.gain.unwrap() - 0.1).abs() < 1e-12);
}

#[test]
fn never_is_a_bound_and_so_is_a_divergence() {
    let mut rows = inception(0);
    rows.extend(curve(BnX5Sigmoid, 0, &[(0, 0.1), (400, 0.59)]));
    rows.extend(curve(InceptionX5, 0, &[(0, 0.1), (100, 0.2), (120, f64::NAN)]));
    let outcomes = [diverged(InceptionX5, 0, 120)];
    let sigmoid = single(&rows, &outcomes, BnX5Sigmoid);
    assert_eq!((sigmoid.steps, sigmoid.diverged), (Some(Known::Above(400.0)), None));
    assert_eq!(sigmoid.speed_up, Some(Known::Below(0.75)));
    let x5 = single(&rows, &outcomes, InceptionX5);
    // The run's 400 steps, not the 120 that it lived.
    assert_eq!((x5.steps, x5.diverged), (Some(Known::Above(400.0)), Some(120)));
    assert_eq!(x5.accuracy, 0.2);
}

#[test]
fn an_inception_at_chance_sets_nothing_to_be_reached() {
    let flat = [(0, 0.1), (100, 0.1), (400, 0.101)];
    let mut rows = curve(Inception, 0, &flat);
    rows.extend(curve(BnX5, 0, &[(0, 0.1), (100, 0.6), (400, 0.7)]));
    let x5 = single(&rows, &[], BnX5);
    assert_eq!((x5.steps, x5.speed_up, x5.accuracy), (None, None, 0.7));
    // Nor does one that is missing.
    let alone = curve(BnX5, 7, &[(0, 0.1), (100, 0.6)]);
    assert_eq!((singles(&alone, &[], CHANCE)[0].steps, x5.seed), (None, 0));
}

/// Three seeds in which BN-Baseline is 2, 4 and 8 times as fast, and BN-x5 as well but for seed 2,
/// where it never gets there.
fn three_seeds() -> Vec<CurveRow> {
    let mut rows = Vec::new();
    for (seed, steps) in [(0, 400), (1, 200), (2, 100)] {
        rows.extend(curve(Inception, seed, &[(0, 0.1), (600, 0.595), (800, 0.6)]));
        rows.extend(curve(BnBaseline, seed, &[(0, 0.1), (steps, 0.6), (800, 0.62)]));
        let reached = if seed == 2 { 0.5 } else { 0.6 };
        rows.extend(curve(BnX5, seed, &[(0, 0.1), (steps, reached), (800, reached)]));
        rows.extend(curve(BnX5Sigmoid, seed, &[(0, 0.1), (800, 0.5)]));
    }
    rows
}

/// What the committed description's claims come to on made-up curves.
fn findings(rows: &[CurveRow], outcomes: &[OutcomeRow]) -> Vec<Finding> {
    let exhibit = Exhibit::named("fig2").unwrap();
    let paper = paper_points(&reported::all().unwrap());
    judge(&exhibit, Scale::Smoke, &points(rows, outcomes, CHANCE), &paper).unwrap()
}

#[track_caller]
fn assert_verdict(findings: &[Finding], words: &str, verdict: Verdict) {
    let found = findings.iter().find(|found| found.claim.claim.contains(words)).unwrap();
    assert_eq!(found.verdict, verdict, "{found:?}");
}

/// Each network's accuracy at steps 0, 40, 295, 400 and 590, the same in every seed but for a little. There it stays
/// until step 800.
fn run(seeds: u64, networks: &[(SingleNetwork, [f64; 5])]) -> Vec<CurveRow> {
    let mut rows = Vec::new();
    for seed in 0..seeds {
        for (network, accuracies) in networks {
            let steps = [0, 40, 295, 400, 590, 800];
            let points = steps.iter().zip(accuracies.iter().chain(accuracies.last()));
            let points: Vec<_> =
                points.map(|(step, accuracy)| (*step, accuracy + 0.001 * seed as f64)).collect();
            rows.extend(curve(*network, seed, &points));
        }
    }
    rows
}

const AS_IN_THE_PAPER: [(SingleNetwork, [f64; 5]); 7] = [
    (Inception, [0.1, 0.2, 0.3, 0.4, 0.60]),
    (BnBaseline, [0.1, 0.3, 0.4, 0.61, 0.62]),
    (BnX5, [0.1, 0.61, 0.62, 0.63, 0.63]),
    (BnX30, [0.1, 0.59, 0.61, 0.64, 0.70]),
    (BnX5Sigmoid, [0.1, 0.3, 0.4, 0.5, 0.55]),
    (InceptionX5, [0.1, 0.1, 0.1, 0.1, 0.1]),
    (InceptionSigmoid, [0.1, 0.1, 0.1, 0.1, 0.1]),
];

#[test]
fn a_run_like_the_papers_reproduces_every_claim() {
    let outcomes: Vec<_> = (0..6).map(|seed| diverged(InceptionX5, seed, 300)).collect();
    let findings = findings(&run(6, &AS_IN_THE_PAPER), &outcomes);
    assert!(findings.len() >= 8);
    for found in findings {
        assert_eq!(found.verdict, Reproduced, "{found:?}");
    }
}

#[test]
fn one_seed_decides_nothing() {
    let outcomes = [diverged(InceptionX5, 0, 100)];
    for found in findings(&run(1, &AS_IN_THE_PAPER), &outcomes) {
        assert_eq!(found.verdict, Undecided, "{found:?}");
    }
}

#[test]
fn never_in_all_seeds_decides_and_never_in_some_does_not() {
    let mut networks = AS_IN_THE_PAPER;
    networks[1].1 = [0.1, 0.2, 0.3, 0.4, 0.5]; // BN-Baseline never gets there
    networks[2].1 = [0.1, 0.2, 0.3, 0.4, 0.5]; // BN-x5 neither: then BN-x30 is not the slower one
    let found = findings(&run(6, &networks), &[]);
    assert_verdict(&found, "BN-Baseline", NotReproduced);
    assert_verdict(&found, "BN-x5 reaches it", NotReproduced);
    assert_verdict(&found, "at first slower", NotReproduced);
    assert_verdict(&findings(&three_seeds(), &[]), "BN-x5 reaches it", Undecided);
    assert_verdict(&findings(&run(1, &networks), &[]), "BN-Baseline", Undecided);
}

#[test]
fn several_times_is_more_than_twice() {
    let mut networks = AS_IN_THE_PAPER;
    networks[2].1 = [0.1, 0.3, 0.61, 0.61, 0.62]; // 295 steps: exactly twice as fast
    assert_verdict(&findings(&run(3, &networks), &[]), "several times", Undecided);
    networks[2].1 = [0.1, 0.3, 0.4, 0.41, 0.62]; // 590
    assert_verdict(&findings(&run(3, &networks), &[]), "several times", NotReproduced);
}

#[test]
fn a_higher_baseline_denies_that_x30_is_highest_of_all() {
    let mut networks = AS_IN_THE_PAPER;
    networks[1].1[4] = 0.75;
    let found = findings(&run(3, &networks), &[]);
    assert_verdict(&found, "higher than BN-x5", Reproduced);
    assert_verdict(&found, "highest of all", NotReproduced);
}

#[test]
fn the_papers_comparison_has_its_printed_ratios() {
    let paper = paper_points(&reported::all().unwrap());
    let of = |series: &str, metric: &str| {
        let is_it = |point: &&Point| point.series == series && point.metric == metric;
        paper.iter().find(is_it).map(|point| point.value)
    };
    let speed_up = of("BN-x5", "speed-up over Inception in steps").unwrap();
    assert!((speed_up.number() - 31.0 / 2.1).abs() < 1e-9);
    let never = of("BN-x5-Sigmoid", "steps to Inception's accuracy");
    assert_eq!(never, Some(Known::Above(f64::INFINITY)));
    assert_eq!(
        of("Inception at 5x", "share of trainings that diverged"),
        Some(Known::Exactly(1.0))
    );
    let chance = of("Inception with sigmoid", "final accuracy over chance").unwrap();
    assert!((chance.number() - 1.0).abs() < 1e-9);
}

#[test]
fn a_network_at_chance_is_so_by_one_number() {
    let exhibit = Exhibit::named("fig2").unwrap();
    let claims = &exhibit.description.claims;
    let claim = claims.iter().find(|claim| claim.claim.contains("stays at chance")).unwrap();
    assert_eq!(claim.rule().unwrap().bar(), AT_CHANCE);
}

#[test]
fn curves_end_before_a_divergence() {
    let mut rows = curve(Inception, 0, &[(0, 0.1), (100, 0.5)]);
    rows.extend(curve(InceptionX5, 0, &[(0, 0.1), (50, 0.2), (100, f64::NAN)]));
    let points = points(&rows, &[diverged(InceptionX5, 0, 100)], CHANCE);
    let of = |metric: &str| {
        let is_it = |point: &&Point| point.series == "Inception at 5x" && point.metric == metric;
        points.iter().filter(is_it).map(|point| point.x).collect::<Vec<_>>()
    };
    assert_eq!(of("validation accuracy"), [0.0, 50.0]);
    assert_eq!(of("validation accuracy where it diverged"), [50.0]);
}

/// What a run of budgets says of a network of seed 0, where Inception has 0.6 after 800 steps.
fn of_budgets(accuracies: &[(&str, u64, f64)]) -> Vec<Point> {
    let row = |&(name, step, accuracy): &(&str, u64, f64)| {
        finished(name.to_owned(), 0, step, Some(accuracy))
    };
    let outcomes: Vec<OutcomeRow> =
        [("Inception", 800, 0.6)].iter().chain(accuracies).map(row).collect();
    points(&[], &outcomes, CHANCE)
}

fn value(points: &[Point], series: &str, metric: &str) -> Known {
    let is_it = |point: &&Point| (point.series.as_str(), point.metric.as_str()) == (series, metric);
    points.iter().find(is_it).unwrap().value
}

#[test]
fn the_budget_that_suffices_lies_between_two_on_the_logarithmic_scale() {
    let points = of_budgets(&[("BN-x5 in 1/2", 400, 0.7), ("BN-x5 in 1/8", 100, 0.5)]);
    let steps = value(&points, "BN-x5", "steps to Inception's accuracy").number();
    assert!((steps - 200.0).abs() < 1e-9, "halfway from 100 to 400, not {steps}");
    let speed_up = value(&points, "BN-x5", "speed-up over Inception in steps").number();
    assert!((speed_up - 4.0).abs() < 1e-9);
    assert_eq!(value(&points, "BN-x5", "final accuracy"), Known::Exactly(0.7));
    assert_eq!(
        value(&points, "Inception", "speed-up over Inception in steps"),
        Known::Exactly(1.0)
    );
}

#[test]
fn budgets_that_all_suffice_or_all_do_not_give_a_bound() {
    let high = [("BN-x5 in 1/2", 400, 0.7), ("BN-x5 in 1/8", 100, 0.6)];
    let low = [("BN-Baseline in 1/2", 400, 0.59), ("BN-Baseline in 1/8", 100, 0.5)];
    let points = of_budgets(&[high, low].concat());
    let speed_up = "speed-up over Inception in steps";
    assert_eq!(value(&points, "BN-x5", speed_up), Known::Above(8.0));
    assert_eq!(value(&points, "BN-Baseline", speed_up), Known::Below(2.0));
}

#[test]
fn what_twice_the_steps_give_is_the_whole_less_the_half() {
    let points = of_budgets(&[("Inception in 1/2", 400, 0.57), ("BN-x5 in 1/8", 100, 0.5)]);
    let gain = value(&points, "Inception", "gain by twice the steps").number();
    assert!((gain - 0.03).abs() < 1e-9, "{gain}");
    let without_half =
        |point: &Point| point.series != "BN-x5" || point.metric != "gain by twice the steps";
    assert!(points.iter().all(without_half));
}

#[test]
fn a_training_over_twice_the_steps_tells_of_convergence_alone() {
    let twice = ("Inception over twice the steps", 1600, 0.62);
    let points = of_budgets(&[twice, ("Inception in 1/2", 400, 0.57), ("BN-x5 in 1/2", 400, 0.7)]);
    let gain = value(&points, "Inception", "gain by twice the steps").number();
    assert!((gain - 0.02).abs() < 1e-9, "{gain}");
    assert_eq!(value(&points, "Inception", "accuracy to be reached"), Known::Exactly(0.6));
    assert_eq!(value(&points, "Inception", "final accuracy"), Known::Exactly(0.6));
    let is_longest =
        |point: &&Point| point.metric == "test accuracy over budgets" && point.x == 1600.0;
    assert_eq!(points.iter().find(is_longest).unwrap().series, "Inception");
}

#[test]
fn a_run_whose_inception_still_rises_decides_nothing_on_speed() {
    let mut networks = AS_IN_THE_PAPER;
    networks[0].1 = [0.1, 0.2, 0.3, 0.4, 0.5];
    let mut rows = run(6, &networks);
    let is_last = |row: &&mut CurveRow| (row.network.as_str(), row.step) == ("Inception", 800);
    rows.iter_mut().filter(is_last).for_each(|row| row.top1_accuracy += 0.02);
    let found = findings(&rows, &[]);
    assert_verdict(&found, "BN-x5 reaches it", Verdict::NotTested);
    assert_verdict(&found, "stays at chance", Reproduced);
}

#[test]
fn the_largest_rate_that_trains_is_on_the_grid_or_beyond_it() {
    let row = |series: &str, x, value| PointRow {
        scale: Scale::Smoke,
        series: series.to_owned(),
        seed: 0,
        metric: "test accuracy over rates".to_owned(),
        x,
        value,
    };
    let of = |name| [row(name, 0.1, 0.5), row(name, 0.4, 0.2), row(name, 1.6, 0.1)];
    let mut rows: Vec<PointRow> = of("a").into_iter().chain(of("b")).chain(of("c")).collect();
    rows[5].value = 0.3; // b trains at the last, too
    rows[6..].iter_mut().for_each(|row| row.value = 0.1); // c nowhere
    let points = rates::points(rows, 0.1);
    let largest = |series| value(&points, series, "largest rate that trains");
    assert_eq!(largest("a"), Known::Exactly(0.4));
    assert_eq!(largest("b"), Known::Above(1.6));
    assert_eq!(largest("c"), Known::Below(0.1));
}
