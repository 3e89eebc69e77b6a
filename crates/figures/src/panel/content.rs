//! What all panels have in common.

use exhibit::point::Point;
use exhibit::{PanelDescription, PanelKind, Unit};

use crate::aggregate;
use crate::look::Looks;
use crate::shapes::{Rect, Shape};

/// What panels are made from.
#[derive(Clone, Copy, Debug)]
pub struct Material<'a> {
    /// The run's points.
    pub points: &'a [Point],
    /// The paper's.
    pub paper: &'a [Point],
    /// How the picture's series look.
    pub looks: &'a Looks,
}

/// Where a panel is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Room {
    /// All of it, below the title.
    pub rect: Rect,
    /// Height that the legends of a picture's row take, the same for all its panels.
    pub legend: i32,
}

/// What a panel shows, before it has a place.
pub trait Content {
    /// Height of the legend in a panel of this width.
    fn legend_height(&self, _width: i32) -> i32 {
        0
    }

    /// Height of the panel, one of so many in a row, without title and legend.
    fn height(&self, columns: i32) -> i32;

    /// Everything of it.
    fn shapes(&self, room: Room) -> Vec<Shape>;

    /// Ends of its axis of values, if panels of the same range are to share theirs.
    fn extent(&self) -> Option<(f64, f64)> {
        None
    }

    /// Takes these ends.
    fn widen(&mut self, _extent: (f64, f64)) {}

    /// What a reader must know to read it.
    fn reading(&self) -> Vec<String>;
}

/// The series that a panel shows, in its order.
pub fn series(panel: &PanelDescription, points: &[Point]) -> Vec<String> {
    let mut series = match panel.kind {
        // The metrics have colours, not the series.
        PanelKind::Dots if panel.metrics.len() > 1 => Vec::new(),
        PanelKind::Dots => panel.rows.iter().map(|row| row.series.clone()).collect(),
        _ if !panel.series.is_empty() => panel.series.clone(),
        PanelKind::Band => aggregate::series_with(points, |metric| metric == panel.quantiles[1]),
        PanelKind::Heat => {
            aggregate::series_with(points, |metric| metric.starts_with(&panel.metric))
        }
        _ => aggregate::series_with(points, |metric| metric == panel.metric),
    };
    series.retain(|series| !panel.without.contains(series));
    series
}

/// How a panel's numbers are shown.
pub fn unit(panel: &PanelDescription) -> Unit {
    let unit = if panel.percent { Unit::Percent } else { Unit::Number };
    if panel.kind == PanelKind::Differences { unit.of_difference() } else { unit }
}

/// `Not in every seed: BN-x5, BN-x30.`; nothing of nobody.
pub fn listed(what: &str, names: impl Iterator<Item = String>) -> Option<String> {
    let names: Vec<String> = names.collect();
    (!names.is_empty()).then(|| format!("{what}: {}.", names.join(", ")))
}

/// What marks of means are.
pub fn marks_reading(is_geometric: bool) -> &'static str {
    if is_geometric {
        "Marks: geometric means with 95 % intervals."
    } else {
        "Marks: means with 95 % intervals."
    }
}
