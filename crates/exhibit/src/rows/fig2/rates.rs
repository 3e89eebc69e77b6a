//! Accuracies over learning rates: the largest rate at which a network trains.

use record::point::PointRow;
use record::statistics::distinct;

use crate::point::{Known, Point};

/// The metric whose place is a learning rate.
const OVER_RATES: &str = "test accuracy over rates";
/// A network trains if it ends at this multiple of chance or above.
const TRAINS: f64 = 2.0;

/// The points as they are, and the largest rate that trains of each series and seed.
pub fn points(rows: Vec<PointRow>, chance: f64) -> Vec<Point> {
    let over_rates: Vec<&PointRow> = rows.iter().filter(|row| row.metric == OVER_RATES).collect();
    let mut largest = Vec::new();
    for (series, seed) in distinct(over_rates.iter().map(|row| (row.series.as_str(), row.seed))) {
        let own = over_rates.iter().filter(|row| (row.series.as_str(), row.seed) == (series, seed));
        let mut own: Vec<(f64, f64)> = own.map(|row| (row.x, row.value)).collect();
        own.sort_by(|a, b| a.0.total_cmp(&b.0));
        let point = Point::new(series, seed, "largest rate that trains", 0.0, f64::NAN);
        largest.extend(largest_that_trains(&own, chance).map(|rate| point.known(rate)));
    }
    rows.into_iter().map(Point::from).chain(largest).collect()
}

/// Of (rate, accuracy), by rate; if none trains, it is below the first.
fn largest_that_trains(own: &[(f64, f64)], chance: f64) -> Option<Known> {
    let (lowest, highest) = (own.first()?.0, own.last()?.0);
    let trains = |(_, accuracy): &&(f64, f64)| *accuracy >= TRAINS * chance;
    Some(match own.iter().rev().find(trains) {
        None => Known::Below(lowest),
        Some((rate, _)) if *rate == highest => Known::Above(highest),
        Some((rate, _)) => Known::Exactly(*rate),
    })
}
