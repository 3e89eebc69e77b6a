//! Curves, from points.

use std::collections::BTreeMap;

use anyhow::Result;
use exhibit::PanelDescription;
use exhibit::point::Point;

use crate::aggregate::{Summary, of_middle_seeds, over_seeds};
use crate::axis::Axis;
use crate::look::Look;

/// Curves of more points than this have bands in place of intervals.
const FEW: usize = 20;

/// From left to right.
pub type Places = Vec<(f64, f64)>;

/// A curve.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// Its name.
    pub name: String,
    /// How it is drawn.
    pub look: Look,
    /// From left to right.
    pub points: Vec<(f64, Value)>,
    /// What the ends of its values are.
    pub ends: Ends,
    /// Whether marks tell it from others: of few points all have one.
    pub has_marks: bool,
    /// Places at which trainings ended early.
    pub crosses: Vec<(f64, f64)>,
}

/// A number, and how far it reaches.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Value {
    /// The number.
    pub middle: f64,
    /// Its ends.
    pub ends: Option<(f64, f64)>,
}

/// What the ends of a curve's values are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ends {
    /// Intervals of means.
    Intervals,
    /// The lowest and the highest seed.
    Extremes,
    /// The outer quantiles.
    Quantiles,
}

impl Curve {
    fn new(name: &str, look: Look, points: Vec<(f64, Value)>, ends: Ends) -> Self {
        Self { name: name.to_owned(), look, points, ends, has_marks: false, crosses: Vec::new() }
    }
}

/// The points of a series' metric, moved as the panel says.
fn chosen(panel: &PanelDescription, points: &[Point], series: &str, metric: &str) -> Vec<Point> {
    let is_it = |point: &&Point| point.series == series && point.metric == metric;
    let own = points.iter().filter(is_it).cloned();
    let moved = own.map(|point| Point { x: point.x + panel.shift, ..point });
    let moved: Vec<Point> = moved.filter(|point| Axis::fits(point.x, panel.log_x)).collect();
    if panel.middle_seed { of_middle_seeds(moved) } else { moved }
}

/// Of few x means with intervals, of many medians with extremes.
///
/// # Errors
/// If polars refuses the points, which would be a bug.
pub fn curve(panel: &PanelDescription, points: &[Point], name: &str, look: Look) -> Result<Curve> {
    let own = chosen(panel, points, name, &panel.metric);
    let summaries = over_seeds(own.iter())?;
    let is_few = summaries.len() <= FEW;
    let value = |summary: &Summary| {
        if is_few {
            let spread = summary.spread(panel.log_y)?;
            return Some((summary.x, Value { middle: spread.mean, ends: spread.interval }));
        }
        let ends = (summary.n > 1).then_some((summary.min, summary.max));
        Some((summary.x, Value { middle: summary.median, ends }))
    };
    let crosses = panel.crosses.as_ref().map(|metric| chosen(panel, points, name, metric));
    let cross = |point: Point| (point.x, point.value.number());
    let crosses = crosses.into_iter().flatten().map(cross).collect();
    let ends = if is_few { Ends::Intervals } else { Ends::Extremes };
    let points = summaries.iter().filter_map(value).collect();
    Ok(Curve { crosses, ..Curve::new(name, look, points, ends) })
}

/// Three metrics: the middle one and, as its ends, the others.
///
/// # Errors
/// If polars refuses the points, which would be a bug.
pub fn band(panel: &PanelDescription, points: &[Point], name: &str, look: Look) -> Result<Curve> {
    let quantile = |metric: &String| -> Result<Vec<Summary>> {
        over_seeds(chosen(panel, points, name, metric).iter())
    };
    let three = panel.quantiles.iter().map(quantile).collect::<Result<Vec<_>>>()?;
    let value = |((low, middle), high): ((&Summary, &Summary), &Summary)| {
        (middle.x, Value { middle: middle.median, ends: Some((low.median, high.median)) })
    };
    let points = three[0].iter().zip(&three[1]).zip(&three[2]).map(value).collect();
    Ok(Curve::new(name, look, points, Ends::Quantiles))
}

/// A curve for each seed, series and metric behind a band.
pub fn behind(panel: &PanelDescription, points: &[Point], names: &[String]) -> Vec<Places> {
    let mut curves: BTreeMap<(&str, &str, u64), Places> = BTreeMap::new();
    let is_it = |p: &&Point| panel.behind.contains(&p.metric) && names.contains(&p.series);
    for point in points.iter().filter(is_it) {
        let curve = curves.entry((&point.series, &point.metric, point.seed)).or_default();
        curve.push((point.x + panel.shift, point.value.number()));
    }
    curves.into_values().collect()
}
