//! The sweep of Inception's rate as points.

use record::fig2::{RateRow, best_rate};

use crate::point::Point;

/// The sweep as points over the rate, and the rate that the rule chooses.
pub fn points(rows: &[RateRow]) -> Vec<Point> {
    let mut points = Vec::new();
    for row in rows {
        let mut push = |metric: &str, value: f64| {
            points.push(Point::new("Inception", row.seed, metric, row.learning_rate, value));
            let series = format!("rate {}", row.learning_rate);
            points.push(Point::new(series, row.seed, metric, row.learning_rate, value));
        };
        push("highest validation accuracy", row.max_top1_accuracy);
        row.training_loss_nats.into_iter().for_each(|loss| push("last training loss", loss));
    }
    let chosen = best_rate(rows).map(|rate| Point::new("Inception", 0, "chosen rate", 0.0, rate));
    points.extend(chosen);
    points
}
