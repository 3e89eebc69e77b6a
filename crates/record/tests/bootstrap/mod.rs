//! Bootstrap intervals against samples that were written out by hand.

use record::bootstrap::{Resamples, interval};
use streams::Stream;

fn all_of_two() -> Resamples {
    Resamples::of_counts(2, vec![vec![2, 0], vec![1, 1], vec![1, 1], vec![0, 2]])
}

#[test]
fn shares_count_things_as_often_as_they_were_drawn() {
    assert_eq!(all_of_two().shares(&[true, false]), [1.0, 0.5, 0.5, 0.0]);
    assert_eq!(all_of_two().shares(&[true, true]), [1.0; 4]);
}

#[test]
fn the_interval_interpolates_between_order_statistics() {
    let shuffled = (0..=40).map(|n| f64::from(n * 7 % 41)).collect();
    let (low, high) = interval(shuffled).unwrap();
    assert!((low - 1.0).abs() < 1e-12 && (high - 39.0).abs() < 1e-12, "{low} {high}");
    let (low, high) = interval(vec![0.0, 1.0]).unwrap();
    assert!((low - 0.025).abs() < 1e-12 && (high - 0.975).abs() < 1e-12, "{low} {high}");
    assert_eq!(interval(vec![3.0]), Some((3.0, 3.0)));
    assert_eq!(interval(Vec::new()), None);
}

#[test]
fn a_share_has_the_interval_of_its_standard_error() {
    let resamples = Resamples::draw(4_000, 400, &mut Stream::new(1, "test"));
    let is_true: Vec<bool> = (0..400).map(|n| n % 4 == 0).collect();
    let (low, high) = interval(resamples.shares(&is_true)).unwrap();
    let half = 1.96 * (0.25_f64 * 0.75 / 400.0).sqrt();
    assert!((low - (0.25 - half)).abs() < 0.004, "{low}");
    assert!((high - (0.25 + half)).abs() < 0.004, "{high}");
}
