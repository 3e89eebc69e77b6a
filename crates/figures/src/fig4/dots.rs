//! Panels (a) and (b): errors as dots.

use super::series::Row;
use crate::plot::{Axis, Value, marks};
use crate::shapes::{Point, Shape, text_around, text_from, text_to};
use crate::style::{
    BLUE, CAPTION_SIZE, GRID, INK, Mark, NetworkLook, TICK_SIZE, TITLE_SIZE, VERMILLION,
};

const ROW: i32 = 70;
/// From the panel's left edge: names, crops, the axis' ends, where the numbers end.
const NAMES: i32 = 10;
const CROPS: i32 = 390;
const AXIS: (i32, i32) = (430, 840);
const COLUMNS: [i32; 2] = [990, 1140];
const HEADER: i32 = 130;
/// The panel with the most rows has so many.
const ROWS: i32 = 7;

/// How top-1 and top-5 look.
pub const LOOKS: [NetworkLook; 2] = [
    NetworkLook { color: BLUE, width: 5, pattern: &[], mark: Mark::Circle },
    NetworkLook { color: VERMILLION, width: 5, pattern: &[22, 12], mark: Mark::Square },
];

/// One of the two panels.
pub struct DotPlot<'a> {
    /// Its upper left corner.
    pub corner: Point,
    /// Its title.
    pub title: &'static str,
    /// Its rows.
    pub rows: &'a [Row],
}

impl DotPlot<'_> {
    /// Everything of the panel.
    pub fn shapes(&self) -> Vec<Shape> {
        let axis = self.axis();
        let mut shapes = vec![text_from(self.title, self.at(NAMES, 30), TITLE_SIZE)];
        shapes.extend(self.grid(&axis));
        shapes.push(text_to("crops", self.at(CROPS, HEADER - 30), TICK_SIZE));
        for ((column, name), look) in COLUMNS.into_iter().zip(["top-1", "top-5"]).zip(LOOKS) {
            let (x, y) = self.at(column, HEADER - 30);
            shapes.push(text_to(name, (x, y), TICK_SIZE));
            shapes.extend(marks::mark(look, (x - 100, y), 10.0, true));
        }
        for (number, row) in (0..).zip(self.rows) {
            shapes.extend(self.row(&axis, row, HEADER + ROW * number + ROW / 2));
        }
        shapes
    }

    fn at(&self, x: i32, y: i32) -> Point {
        (self.corner.0 + x, self.corner.1 + y)
    }

    /// From 0 to beyond the largest error.
    fn axis(&self) -> Axis {
        let values = self.rows.iter().flat_map(|row| row.errors).flatten();
        let highest = values.map(|value| value.interval.map_or(value.mean, |(_, high)| high));
        let highest = highest.fold(0.05, f64::max);
        let pixels = (self.corner.0 + AXIS.0, self.corner.0 + AXIS.1);
        Axis::linear((0.0, 1.04 * highest), pixels)
    }

    fn grid(&self, axis: &Axis) -> Vec<Shape> {
        let rows = (self.rows.len() as i32).clamp(1, ROWS);
        let (top, bottom) = (self.corner.1 + HEADER - 6, self.corner.1 + HEADER + rows * ROW + 6);
        let mut shapes = Vec::new();
        for value in axis.ticks(5) {
            let x = axis.within(value);
            shapes.push(Shape::Path(vec![(x, top), (x, bottom)], GRID.into(), 2));
            shapes.push(text_around(format!("{:.0}", 100.0 * value), (x, bottom + 26), TICK_SIZE));
        }
        let (left, right) = (self.corner.0 + AXIS.0, self.corner.0 + AXIS.1);
        shapes.push(Shape::Path(vec![(left, bottom), (right, bottom)], INK.into(), 2));
        shapes
    }

    fn row(&self, axis: &Axis, row: &Row, y: i32) -> Vec<Shape> {
        let mut shapes = vec![
            text_from(row.name.as_str(), self.at(NAMES, y), TICK_SIZE),
            text_to(row.crops.as_str(), self.at(CROPS, y), TICK_SIZE),
        ];
        for ((error, column), look) in row.errors.into_iter().zip(COLUMNS).zip(LOOKS) {
            let text = error.map_or("–".to_owned(), number);
            shapes.push(text_to(text, self.at(column, y), CAPTION_SIZE));
            let height = self.corner.1 + y;
            shapes.extend(error.into_iter().flat_map(|error| dot(axis, error, look, height)));
        }
        shapes
    }
}

fn dot(axis: &Axis, value: Value, look: NetworkLook, y: i32) -> Vec<Shape> {
    let bar = value.interval.map(|(low, high)| {
        let ends = vec![(axis.within(low), y), (axis.within(high), y)];
        Shape::Path(ends, look.color.into(), 4)
    });
    let mark = marks::mark(look, (axis.within(value.mean), y), 10.0, value.interval.is_some());
    bar.into_iter().chain(mark).collect()
}

/// `25.2`, or with half the interval's width `38.4 ± 0.9`.
fn number(value: Value) -> String {
    let percent = 100.0 * value.mean;
    value.interval.map_or_else(
        || format!("{percent:.1}"),
        |(low, high)| format!("{percent:.1} ± {:.1}", 50.0 * (high - low)),
    )
}
