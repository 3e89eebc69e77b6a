//! Whether a training had come to its end.

use record::fig2::CurveRow;
use record::statistics::distinct;

use crate::point::Point;

/// The last quarter of a training begins here.
const BEGIN: f64 = 0.75;

/// What each training still gains in its last quarter, and its losses at the end.
pub fn points(curves: &[CurveRow]) -> Vec<Point> {
    let mut points = Vec::new();
    for (network, seed) in distinct(curves.iter().map(|row| (row.network.as_str(), row.seed))) {
        let is_its = |row: &&CurveRow| (row.network.as_str(), row.seed) == (network, seed);
        let own: Vec<&CurveRow> = curves.iter().filter(is_its).collect();
        let Some(last) = own.last() else { continue };
        let mut push = |metric, value: Option<f64>| {
            let point = |value| Point::new(network, seed, metric, last.step as f64, value);
            points.extend(value.filter(|value| value.is_finite()).map(point));
        };
        let before = accuracy_at(BEGIN * last.step as f64, &own);
        push("gain in the last quarter", before.map(|before| last.top1_accuracy - before));
        push("training loss at the end", last.training_loss_nats);
        push("validation loss at the end", Some(last.validation_loss_nats));
    }
    points
}

/// Linear over the logarithm of the steps; of a curve in the order of steps.
fn accuracy_at(step: f64, curve: &[&CurveRow]) -> Option<f64> {
    let pair = curve.windows(2).find(|pair| pair[0].step > 0 && pair[1].step as f64 >= step)?;
    let [from, to] = [pair[0].step as f64, pair[1].step as f64];
    let share = (step / from).ln() / (to / from).ln();
    let [low, high] = [pair[0].top1_accuracy, pair[1].top1_accuracy];
    Some(low + share * (high - low))
}
