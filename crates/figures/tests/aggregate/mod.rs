//! From points of seeds to numbers over seeds.

use exhibit::point::{Known, Point};
use figures::aggregate::{last, of_middle_seeds, over_seeds};

fn close(a: f64, b: f64) {
    assert!((a - b).abs() < 1e-6, "{a} for {b}");
}

fn of(values: &[f64]) -> Vec<Point> {
    let point = |(seed, value): (u64, &f64)| Point::new("s", seed, "m", 1.0, *value);
    (0..).zip(values).map(point).collect()
}

#[test]
fn mean_median_extremes_and_students_interval() {
    let summary = over_seeds(of(&[1.0, 2.0, 6.0]).iter()).unwrap().remove(0);
    assert_eq!((summary.n, summary.censored, summary.median), (3, 0, 2.0));
    assert_eq!((summary.min, summary.max), (1.0, 6.0));
    let spread = summary.spread(false).unwrap();
    close(spread.mean, 3.0);
    // The deviation is √7; Student's t of two degrees of freedom is 4.302653.
    let half = 4.302_653 * (7.0_f64 / 3.0).sqrt();
    let (low, high) = spread.interval.unwrap();
    assert!((low - (3.0 - half)).abs() < 1e-5 && (high - (3.0 + half)).abs() < 1e-5);
}

#[test]
fn ratios_are_averaged_on_the_logarithmic_scale() {
    let summary = over_seeds(of(&[0.5, 2.0]).iter()).unwrap().remove(0);
    close(summary.spread(true).unwrap().mean, 1.0);
    close(summary.spread(false).unwrap().mean, 1.25);
    let with_zero = over_seeds(of(&[0.0, 2.0]).iter()).unwrap().remove(0);
    assert!(with_zero.geometric.is_none(), "0 has no logarithm");
}

#[test]
fn one_seed_has_no_interval_and_its_own_interval_stays() {
    let one = over_seeds(of(&[4.0]).iter()).unwrap().remove(0);
    assert_eq!(one.spread(false).unwrap().interval, None);
    let own = [Point::new("s", 0, "m", 1.0, 4.0).within(3.0, 6.0)];
    let own = over_seeds(own.iter()).unwrap().remove(0);
    assert_eq!(own.spread(true).unwrap().interval, Some((3.0, 6.0)));
}

#[test]
fn bounds_are_counted_and_not_averaged() {
    let mut points = of(&[10.0, 0.0, 0.0]);
    points[1].value = Known::Above(100.0);
    points[2].value = Known::Above(90.0);
    let summary = over_seeds(points.iter()).unwrap().remove(0);
    assert_eq!((summary.n, summary.censored), (3, 2));
    assert_eq!(summary.bound, Some(Known::Above(90.0)));
    assert_eq!(summary.spread(true).unwrap().mean, 10.0_f64.ln().exp());
    let ours = summary.ours(false);
    assert_eq!((ours.values.len(), ours.censored()), (3, 2));
}

#[test]
fn groups_are_in_order_of_x_and_the_last_x_is_the_end() {
    let mut points = Vec::new();
    for x in [5.0, 1.0, 3.0] {
        points.push(Point::new("b", 0, "m", x, x));
        points.push(Point::new("a", 0, "m", x, -x));
    }
    let order: Vec<(String, f64)> =
        over_seeds(points.iter()).unwrap().into_iter().map(|s| (s.series, s.x)).collect();
    let expected = [("b", 1.0), ("a", 1.0), ("b", 3.0), ("a", 3.0), ("b", 5.0), ("a", 5.0)];
    assert_eq!(order, expected.map(|(series, x)| (series.to_owned(), x)));
    assert_eq!(last(&points, "a", "m").unwrap().unwrap().median, -5.0);
    assert!(last(&points, "a", "other").unwrap().is_none());
}

#[test]
fn the_middle_seed_is_each_series_own() {
    let seeds = [("a", 3), ("a", 1), ("a", 2), ("b", 7)];
    let points = seeds.map(|(series, seed)| Point::new(series, seed, "m", 0.0, 0.0)).to_vec();
    let middle: Vec<(String, u64)> =
        of_middle_seeds(points).into_iter().map(|point| (point.series, point.seed)).collect();
    assert_eq!(middle, [("a".to_owned(), 2), ("b".to_owned(), 7)]);
}
