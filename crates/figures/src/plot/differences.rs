//! One panel: differences with their intervals, around 0.

use super::panel::number;
use super::{Axis, Value, marks};
use crate::shapes::{Point, Shape, text_around, text_from};
use crate::style::{
    BLUE, CAPTION_SIZE, GRID, INK, LABEL_SIZE, Mark, NetworkLook, TICK_SIZE, TITLE_SIZE,
};

/// A panel as large as a [`super::Panel`], a row for each difference, in percent.
#[derive(Clone, Debug)]
pub struct Differences {
    /// Its upper left corner.
    pub corner: Point,
    /// Its title.
    pub title: String,
    /// What the axis says.
    pub label: String,
    /// Names and differences.
    pub rows: Vec<(String, Value)>,
}

/// From the panel's corner: names, the axis' ends, its height.
const NAMES: i32 = 10;
const AXIS: (i32, i32) = (460, 1110);
const TOP: i32 = 90;
const BOTTOM: i32 = 570;
const LOOK: NetworkLook = NetworkLook { color: BLUE, width: 5, pattern: &[], mark: Mark::Circle };

impl Differences {
    /// Everything of the panel.
    pub fn shapes(&self) -> Vec<Shape> {
        let axis = self.axis();
        let mut shapes = vec![text_from(self.title.as_str(), self.at(NAMES, 30), TITLE_SIZE)];
        shapes.extend(self.grid(&axis));
        let height = (BOTTOM - TOP) / self.rows.len().max(1) as i32;
        for (number, (name, value)) in (0..).zip(&self.rows) {
            let (x, y) = self.at(NAMES, TOP + height * number + height / 2);
            shapes.push(text_from(name.as_str(), (x, y), CAPTION_SIZE));
            shapes.extend(value.interval.map(|(low, high)| {
                let ends = vec![(axis.within(low), y), (axis.within(high), y)];
                Shape::Path(ends, LOOK.color.into(), 4)
            }));
            let at = (axis.within(value.mean), y);
            shapes.extend(marks::mark(LOOK, at, 10.0, true));
            shapes.push(Shape::Hint((format!("{name}: {}", value.shown(|x| 100.0 * x)), at)));
        }
        shapes
    }

    fn at(&self, x: i32, y: i32) -> Point {
        (self.corner.0 + x, self.corner.1 + y)
    }

    /// Around all intervals and 0.
    fn axis(&self) -> Axis {
        let ends = self.rows.iter().flat_map(|(_, value)| {
            let (low, high) = value.interval.unwrap_or((value.mean, value.mean));
            [low, high]
        });
        let ends: Vec<f64> = ends.chain([0.0]).collect();
        let (low, high) = record::statistics::extremes(ends.into_iter());
        let spare = 0.06 * (high - low).max(0.001);
        let pixels = (self.corner.0 + AXIS.0, self.corner.0 + AXIS.1);
        Axis::linear((low - spare, high + spare), pixels)
    }

    fn grid(&self, axis: &Axis) -> Vec<Shape> {
        let (top, bottom) = (self.corner.1 + TOP, self.corner.1 + BOTTOM);
        let (left, right) = (self.corner.0 + AXIS.0, self.corner.0 + AXIS.1);
        let mut shapes = Vec::new();
        for value in axis.ticks(7) {
            let x = axis.within(value);
            let (color, width) = if value == 0.0 { (INK, 3) } else { (GRID, 2) };
            shapes.push(Shape::Path(vec![(x, top), (x, bottom)], color.into(), width));
            shapes.push(text_around(number(100.0 * value), (x, bottom + 28), TICK_SIZE));
        }
        shapes.push(Shape::Path(vec![(left, bottom), (right, bottom)], INK.into(), 2));
        let middle = (i32::midpoint(left, right), bottom + 80);
        shapes.push(text_around(self.label.as_str(), middle, LABEL_SIZE));
        shapes
    }
}
