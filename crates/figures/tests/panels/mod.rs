//! What panels show, before it is drawn.

use exhibit::point::{Known, Point};
use figures::figure;
use figures::look::Looks;
use figures::marks::clipped;
use figures::panel;
use figures::panel::content::{Content, Material, Room, series};
use figures::panel::curve::Ends;
use figures::panel::curves::CurvePanel;
use figures::panel::dots::DotPanel;
use figures::panel::heat::HeatPanel;
use figures::panel::names::apart;
use figures::panel::reaches::levels;
use figures::shapes::{Rect, Shape};

use crate::fixture::{material, panel as described, points};

const ROOM: Room = Room { rect: Rect { left: 0, top: 0, right: 1_000, bottom: 700 }, legend: 40 };

fn words(shapes: &[Shape]) -> Vec<String> {
    let text = |shape: &Shape| match shape {
        Shape::Words(words) => Some(words.text.clone()),
        _ => None,
    };
    shapes.iter().filter_map(text).collect()
}

#[test]
fn few_points_are_means_with_intervals_and_many_are_medians_with_bands() {
    let looks = Looks::default();
    let shown =
        CurvePanel::of(&described("metric = \"accuracy\""), material(&points(), &looks)).unwrap();
    let names: Vec<&str> = shown.curves.iter().map(|curve| curve.name.as_str()).collect();
    assert_eq!(names, ["with", "without"]);
    let (x, value) = shown.curves[0].points[1];
    assert!(x == 100.0 && (value.middle - 0.85).abs() < 1e-12 && value.ends.is_some());
    assert_eq!(shown.curves[0].ends, Ends::Intervals);

    let many: Vec<Point> = (0..3)
        .flat_map(|seed| (0..30).map(move |x| (seed, x)))
        .map(|(seed, x)| Point::new("s", seed, "m", f64::from(x), (seed * seed) as f64))
        .collect();
    let shown = CurvePanel::of(&described("metric = \"m\""), material(&many, &looks)).unwrap();
    let (_, value) = shown.curves[0].points[29];
    assert_eq!((value.middle, value.ends), (1.0, Some((0.0, 4.0))));
    assert_eq!(
        shown.reading(),
        ["Lines: the median over seeds; bands: from the lowest to the highest."]
    );
}

#[test]
fn a_logarithmic_axis_leaves_out_what_has_no_place_on_it() {
    let looks = Looks::default();
    let points = [(0.0, 1.0), (1.0, 0.0), (9.0, 4.0)].map(|(x, y)| Point::new("s", 0, "m", x, y));
    let keys = "metric = \"m\"\nlog_x = true\nlog_y = true\nshift = 1.0";
    let shown = panel::of(&described(keys), material(&points, &looks)).unwrap();
    let hints = shown.shapes(ROOM).into_iter().filter(|shape| matches!(shape, Shape::Hint(_)));
    assert_eq!(hints.count(), 2, "0 + 1 and 9 + 1, but not the value 0");
}

#[test]
fn a_range_cuts_off_where_curves_come_from_and_widens_to_where_they_end() {
    let looks = Looks::default();
    let shown = |keys: &str| {
        let shown = panel::of(&described(keys), material(&points(), &looks)).unwrap();
        words(&shown.shapes(ROOM))
    };
    let cut = shown("metric = \"accuracy\"\nrange = [0.5, 1.0]\npercent = true");
    assert!(cut.contains(&"100".to_owned()) && !cut.contains(&"10".to_owned()), "{cut:?}");
    let wider = shown("metric = \"accuracy\"\nrange = [0.7, 1.0]\npercent = true");
    assert!(wider.contains(&"60".to_owned()), "{wider:?}");
    assert_eq!(clipped(&[(0.0, 0.0), (10.0, 10.0)], (2.0, 4.0)), [[(2.0, 2.0), (4.0, 4.0)]]);
}

#[test]
fn differences_are_paired_by_seed() {
    let looks = Looks::default();
    let keys = "kind = \"differences\"\nmetric = \"accuracy\"\nfrom = \"with\"\npercent = true";
    let shown = DotPanel::of_differences(&described(keys), material(&points(), &looks)).unwrap();
    let [row] = shown.rows.as_slice() else { panic!("one other series") };
    let (mean, ends) = row.dots[0].as_ref().unwrap().number.unwrap();
    assert!(row.name == "without" && (mean - 0.3).abs() < 1e-12);
    let half = 12.706_205 * 0.1; // of 0.4 and 0.2
    assert!((ends.unwrap().0 - (0.3 - half)).abs() < 1e-5);
}

#[test]
fn the_papers_number_stands_beside_ours_and_never_has_a_strip() {
    let looks = Looks::default();
    let ours = vec![
        Point::new("a", 0, "steps", 0.0, 0.0).known(Known::Above(100.0)),
        Point::new("a", 1, "steps", 0.0, 0.0).known(Known::Above(100.0)),
        Point::new("b", 0, "steps", 0.0, 0.5),
        Point::new("b", 1, "steps", 0.0, 0.0).known(Known::Above(100.0)),
    ];
    let paper = vec![Point::new("a", 0, "steps", 0.0, 0.25)];
    let keys = "kind = \"dots\"\nmetrics = [\"steps\"]\nlog_x = true\nbeside_the_papers = true\n\
                row = [{ name = \"A\", series = \"a\" }, { name = \"B\", series = \"b\" }]";
    let material = Material { points: &ours, paper: &paper, looks: &looks };
    let shown = DotPanel::of_rows(&described(keys), material).unwrap();
    let [papers, never] = shown.rows[0].dots.as_slice() else { panic!("two columns") };
    assert!(!papers.as_ref().unwrap().is_ours && never.as_ref().unwrap().number.is_none());
    let texts = words(&shown.shapes(ROOM));
    for text in ["paper", "ours", "0.250", "never", "1 of 2", "0.500", "–"] {
        assert!(texts.contains(&text.to_owned()), "{text} not in {texts:?}");
    }
}

#[test]
fn a_heat_map_of_two_series_is_their_difference() {
    let looks = Looks::default();
    let mut points = Vec::new();
    for (series, bonus) in [("with", 0.25), ("without", 0.0)] {
        for (std, rate, value) in [("0.1", 1.0, 0.5), ("0.1", 3.0, 0.25), ("1", 1.0, 0.125)] {
            let metric = format!("accuracy, std {std}");
            points.push(Point::new(series, 0, metric, rate, value + bonus));
        }
    }
    let keys = "kind = \"heat\"\nmetric = \"accuracy, std \"\npercent = true\nframe = [1, 0.1]";
    let shown = HeatPanel::of(&described(keys), material(&points, &looks)).unwrap();
    assert_eq!(shown.sides, [vec![1.0, 3.0], vec![0.1, 1.0]]);
    assert_eq!(shown.cells.len(), 3);
    assert!(shown.cells.iter().all(|cell| cell.value == 0.25));
    let shapes = shown.shapes(ROOM);
    assert!(
        words(&shapes).contains(&"+25.0".to_owned()) && words(&shapes).contains(&"std".to_owned())
    );
    assert_eq!(shapes.iter().filter(|shape| matches!(shape, Shape::Frame(..))).count(), 1);
}

#[test]
fn a_panel_shows_what_it_names_or_all_but_what_it_leaves_out() {
    let points = ["a", "b", "c"].map(|series| Point::new(series, 0, "m", 1.0, 0.5));
    let shown = |keys: &str| series(&described(&format!("metric = \"m\"\n{keys}")), &points);
    assert_eq!(shown(""), ["a", "b", "c"]);
    assert_eq!(shown("without = [\"b\"]"), ["a", "c"]);
    assert_eq!(shown("series = [\"c\"]"), ["c"]);
}

#[test]
fn names_move_apart_and_marks_stand_above_each_other() {
    assert_eq!(apart(&[10.0, 12.0, 50.0], 10.0, (0.0, 55.0)), [10.0, 20.0, 50.0]);
    assert_eq!(apart(&[50.0, 52.0], 10.0, (0.0, 55.0)), [45.0, 55.0]);
    assert_eq!(levels(&[0, 5, 100, 110, 120]), [0, 1, 0, 1, 2]);
}

#[test]
fn panels_stand_two_in_a_row_and_three_by_themselves() {
    let narrow = || described("metric = \"m\"");
    let wide = || described("metric = \"m\"\nwide = true");
    assert_eq!(figure::rows(&[narrow(), narrow(), narrow()]), [vec![0, 1, 2]]);
    assert_eq!(figure::rows(&[wide(), narrow(), narrow()]), [vec![0], vec![1, 2]]);
    assert_eq!(figure::rows(&[narrow(), wide(), narrow()]), [vec![0], vec![1], vec![2]]);
}
