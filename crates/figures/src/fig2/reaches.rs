//! The large marks where networks reach Inception's maximum.

use super::panel::{PLOT, Panel};
use super::series::{Curve, Reach};
use crate::plot::marks;
use crate::shapes::Shape;
use crate::style::{self, NetworkLook};

/// Marks that are closer than this along the axis are drawn above each other,
const HIDES: i32 = 24;
/// so far apart.
const PITCH: i32 = 42;

impl Panel<'_> {
    /// The marks, above each other where they would meet, and lines down to their steps.
    pub(super) fn reaches(&self) -> Vec<Shape> {
        let Some(target) = self.target else { return Vec::new() };
        let look = |curve: &Curve| style::of_single_network(curve.network);
        let curves = self.curves.iter();
        let mut reaches: Vec<(i32, Reach, NetworkLook)> = curves
            .filter_map(|curve| Some((curve.reach?, look(curve))))
            .map(|(reach, look)| (self.x.within(reach.steps), reach, look))
            .collect();
        reaches.sort_by_key(|(x, ..)| *x);
        let levels = levels(&reaches.iter().map(|(x, ..)| *x).collect::<Vec<_>>());
        let y = levels.into_iter().map(|level| self.y.within(target) - PITCH * level);
        let marks = reaches.into_iter().zip(y);
        marks.flat_map(|((x, reach, look), y)| mark((x, y), reach, look)).collect()
    }
}

fn mark((x, y): (i32, i32), reach: Reach, look: NetworkLook) -> Vec<Shape> {
    let down = [(f64::from(x), f64::from(y)), (f64::from(x), f64::from(PLOT.bottom))];
    let mut shapes = marks::line(NetworkLook { width: 2, pattern: &[3, 7], ..look }, &down);
    shapes.extend(marks::mark(look, (x, y), 17.0, reach.in_all));
    shapes
}

/// Of sorted positions, how many marks are below each that would hide them.
pub fn levels(positions: &[i32]) -> Vec<i32> {
    let mut levels: Vec<i32> = Vec::new();
    for (i, position) in positions.iter().enumerate() {
        let hides = i > 0 && position - positions[i - 1] < HIDES;
        levels.push(if hides { levels[i - 1] + 1 } else { 0 });
    }
    levels
}
