//! Figure 5's counts as points.

use record::fig5::CountRow;

use crate::point::Point;

/// All ways to read the table, by the one that comes nearest to what the paper says.
const NEAREST: &str = "the nearest way";
const MORE_PARAMETERS: &str = "parameters more than GoogLeNet's";
const MORE_COMPUTATION: &str = "multiply-adds more than GoogLeNet's";

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
        push(&row.variant, MORE_PARAMETERS, row.parameters_more_than_googlenet);
        push(&row.variant, MORE_COMPUTATION, row.multiply_adds_more_than_googlenet);
    }
    let off = |row: &CountRow| (row.over_printed - 1.0).abs();
    if let Some(nearest) = counts.iter().min_by(|a, b| off(a).total_cmp(&off(b))) {
        push(NEAREST, "parameters", nearest.parameters as f64);
        push(NEAREST, "distance from the printed number", off(nearest));
    }
    let mut push_distance = |metric: &str, of: fn(&CountRow) -> [f64; 2]| {
        let off = counts.iter().map(of).map(|[ours, printed]| (ours - printed).abs());
        if let Some(least) = off.min_by(f64::total_cmp) {
            push(NEAREST, &format!("{metric}, distance from the printed number"), least);
        }
    };
    push_distance(MORE_PARAMETERS, |row| {
        [row.parameters_more_than_googlenet, row.parameters_more_than_googlenet_printed]
    });
    push_distance(MORE_COMPUTATION, |row| {
        [row.multiply_adds_more_than_googlenet, row.multiply_adds_more_than_googlenet_printed]
    });
    points
}
