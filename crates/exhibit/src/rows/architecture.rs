//! Figure 5's counts as points.

use record::fig5::CountRow;

use crate::point::Point;

/// The counts as points; the variant that is nearest to the printed number stands for all.
pub fn points(counts: &[CountRow]) -> Vec<Point> {
    let mut points = Vec::new();
    let mut push = |series: &str, metric: &str, value: f64| {
        points.push(Point::new(series, 0, metric, 0.0, value));
    };
    for row in counts {
        push(&row.variant, "parameters", row.parameters as f64);
        push(&row.variant, "parameters over the printed number", row.over_printed);
        push(&row.variant, "multiply-adds", row.multiply_adds as f64);
    }
    let off = |row: &CountRow| (row.over_printed - 1.0).abs();
    if let Some(nearest) = counts.iter().min_by(|a, b| off(a).total_cmp(&off(b))) {
        push("the nearest way", "parameters", nearest.parameters as f64);
        push("the nearest way", "distance from the printed number", off(nearest));
    }
    points
}
