//! Figure 2 and the single-network table, from rows that can be worked out by hand.

mod rows;
mod table_single;

use std::fs;

use figures::aggregate::Band;
use figures::fig2::series::{Compared, Curve, Reach, Value};
use figures::fig2::{Fig2, names, reaches};
use figures::plot::{Axis, marks};
use figures::table_single::SingleTable;
use figures::{runs, style};
use record::fig2::Network;

use rows::{fig2_run, one_seed, three_seeds};

fn figure() -> Fig2 {
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("fig2");
    fig2_run(&run, &three_seeds());
    Fig2::of_table(&SingleTable::of_run(&run).unwrap()).unwrap()
}

fn curve(figure: &Fig2, network: Network) -> &Curve {
    figure.curves.iter().find(|curve| curve.network == network).unwrap()
}

#[test]
fn curves_are_medians_and_extremes_and_begin_after_step_0() {
    let figure = figure();
    let band = |step, low, median, high| Band { step, low, median, high };
    let bands = &curve(&figure, Network::BnBaseline).bands;
    let expected = [band(100.0, 0.3, 0.3, 0.6), band(200.0, 0.3, 0.6, 0.6)];
    assert_eq!(bands[..2], expected);
    let reach = curve(&figure, Network::BnBaseline).reach.unwrap();
    assert!((reach.steps - 200.0).abs() < 1e-9 && reach.in_all, "{reach:?}");
    assert_eq!(curve(&figure, Network::BnX5Sigmoid).reach, None);
    let Reach { in_all, .. } = curve(&figure, Network::BnX5).reach.unwrap();
    assert!(!in_all);
    assert_eq!(figure.target, Some(0.6));
}

#[test]
fn a_diverged_training_ends_in_a_cross_and_pulls_no_median() {
    let figure = figure();
    let curve = curve(&figure, Network::InceptionX5);
    assert_eq!(curve.diverged, [(100.0, 0.2), (0.0, 0.1)]);
    let steps: Vec<f64> = curve.bands.iter().map(|band| band.step).collect();
    assert_eq!(steps, [100.0, 200.0, 400.0, 800.0]);
    assert!(curve.bands.iter().all(|band| band.low >= 0.2), "{curve:?}");
    assert_eq!(curve.bands[3].median, 0.4);
}

#[test]
fn the_paper_and_we_stand_in_the_same_units() {
    let figure = figure();
    let of = |network| figure.compared.iter().find(|row| row.network == network).unwrap();
    let number = |value: Option<Value>| match value {
        Some(Value::Number { mean, never_in, .. }) => (mean, never_in.0),
        other => panic!("{other:?} is no number"),
    };
    let near = |(mean, _): (f64, usize), expected: f64| assert!((mean - expected).abs() < 1e-9);
    let Compared { steps: [paper, ours], gain, .. } = of(Network::BnBaseline);
    near(number(*paper), 13.3 / 31.0);
    near(number(*ours), 0.25);
    near(number(gain[0]), 0.5);
    near(number(gain[1]), 2.0);
    assert_eq!(of(Network::BnX5Sigmoid).steps, [Some(Value::Never), Some(Value::Never)]);
    assert_eq!(number(of(Network::BnX5).steps[1]).1, 1);
    assert_eq!(of(Network::BnX30).steps[1], None); // not in this run
    assert_eq!(figure.compared.len(), 5);
}

#[test]
fn the_caption_says_scale_data_seeds_and_what_went_wrong() {
    let caption = figure().caption.join(" ");
    for part in [
        "Scale: smoke: CIFAR-10, 10 classes, 32×32 pixels, 5,000 validation images; 800 steps in mini-batches of 32; 3 seeds.",
        "The paper trained on ILSVRC 2012",
        "Not reached in every seed by: BN-x5 (2 of 3), BN-x5-Sigmoid (0 of 3), Inception at 5x (0 of 3).",
        "diverged: Inception at 5x (2 of 3).",
    ] {
        assert!(caption.contains(part), "{part} not in: {caption}");
    }
}

#[test]
fn a_run_is_drawn_with_its_table_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    for (name, rows) in [("fig2", three_seeds()), ("fig2-one", one_seed())] {
        let run = folder.path().join(name);
        fig2_run(&run, &rows);
        let [png, svg] = <[_; 2]>::try_from(runs::draw(&run).unwrap()).unwrap();
        assert!(png.exists());
        let svg = fs::read_to_string(svg).unwrap();
        for text in ["BN-x5-Sigmoid", "maximum: 60.0 %", "training steps", "never", "0.43"] {
            assert!(svg.contains(text), "{text}");
        }
    }
    let page = fs::read_to_string(folder.path().join("table-single/table-single.md")).unwrap();
    assert!(page.contains("(Figures 2 and 3), at smoke scale"), "{page}");
}

#[test]
fn no_two_networks_look_alike_without_colour() {
    let looks = Network::ALL.map(style::of_single_network);
    for (i, look) in looks.iter().enumerate() {
        for other in &looks[i + 1..] {
            assert!(look.mark != other.mark && look.pattern != other.pattern, "{look:?}");
            assert_ne!(look.color, other.color);
        }
    }
}

#[test]
fn dashes_leave_gaps_and_go_around_corners() {
    let corner = [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0)];
    let parts = marks::dashes(&corner, &[8, 4]);
    let expected = [
        vec![(0.0, 0.0), (8.0, 0.0)],
        vec![(10.0, 2.0), (10.0, 10.0)], // 12 to 20 along the way
    ];
    assert_eq!(parts, expected);
    assert_eq!(marks::dashes(&corner, &[]), [corner.to_vec()]);
    assert!(marks::dashes(&[], &[8, 4]).is_empty());
    assert!(marks::dashes(&corner[..1], &[8, 4]).is_empty());
}

#[test]
fn ticks_are_round() {
    let steps = Axis::logarithmic((50.0, 8_000.0), (0, 100));
    assert_eq!(steps.ticks(10), [50.0, 100.0, 200.0, 500.0, 1_000.0, 2_000.0, 5_000.0]);
    assert_eq!(steps.ticks(3), [100.0, 1_000.0]);
    assert_eq!((steps.within(50.0), steps.within(8_000.0), steps.within(1.0)), (0, 100, 0));
    let gain = Axis::linear((-3.1, 7.2), (0, 100));
    assert_eq!(gain.ticks(6), [-2.0, 0.0, 2.0, 4.0, 6.0]);
}

#[test]
fn names_and_marks_keep_their_distance() {
    assert_eq!(names::apart(&[10.0, 12.0, 80.0], 20.0, (0.0, 90.0)), [10.0, 30.0, 80.0]);
    assert_eq!(names::apart(&[70.0, 85.0, 88.0], 20.0, (0.0, 90.0)), [50.0, 70.0, 90.0]);
    assert_eq!(reaches::levels(&[100, 110, 120, 400]), [0, 1, 2, 0]);
}
