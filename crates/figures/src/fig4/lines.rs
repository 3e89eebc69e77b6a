//! Panels (c) and (d): the top-1 error over crops and over networks.

use plotters::prelude::*;

use super::series::{Line, Value};
use crate::fig2::axis::Axis;
use crate::fig2::marks;
use crate::shapes::{Point, Shape, text_around, text_from, text_to};
use crate::style::{
    BLUE, CAPTION_SIZE, GRID, INK, LABEL_SIZE, Mark, NetworkLook, TICK_SIZE, TITLE_SIZE, VERMILLION,
};

/// Height of a panel.
pub const HEIGHT: i32 = 700;
/// From the panel's corner: the plot's left, top, right and bottom.
const PLOT: [i32; 4] = [110, 90, 930, 570];

const SINGLE: NetworkLook =
    NetworkLook { color: VERMILLION, width: 5, pattern: &[22, 12], mark: Mark::Square };
const MANY: NetworkLook = NetworkLook { color: BLUE, width: 5, pattern: &[], mark: Mark::Circle };

/// One of the two panels.
pub struct LinePlot<'a> {
    /// Its upper left corner.
    pub corner: Point,
    /// Its title.
    pub title: &'static str,
    /// What the horizontal axis says.
    pub label: &'static str,
    /// Its curves.
    pub lines: &'a [Line],
    /// Whether the horizontal axis is.
    pub is_logarithmic: bool,
    /// Where the horizontal axis has numbers.
    pub ticks: &'a [f64],
}

impl LinePlot<'_> {
    /// Everything of the panel.
    pub fn shapes(&self) -> Vec<Shape> {
        let (x, y) = (self.x(), self.y());
        let mut shapes = vec![text_from(self.title, self.at(10, 30), TITLE_SIZE)];
        shapes.extend(self.grid(&x, &y));
        for line in self.lines {
            shapes.extend(curve(line, &x, &y));
        }
        shapes.extend(self.names(&y));
        shapes
    }

    fn at(&self, x: i32, y: i32) -> Point {
        (self.corner.0 + x, self.corner.1 + y)
    }

    fn x(&self) -> Axis {
        let pixels = (self.corner.0 + PLOT[0] + 30, self.corner.0 + PLOT[2] - 30);
        let ends = (self.ticks[0], self.ticks[self.ticks.len() - 1]);
        if self.is_logarithmic {
            Axis::logarithmic(ends, pixels)
        } else {
            Axis::linear(ends, pixels)
        }
    }

    /// Around all points and their intervals.
    fn y(&self) -> Axis {
        let values = self.lines.iter().flat_map(|line| line.points.iter().chain(&line.aside));
        let ends = values.flat_map(|(_, value)| {
            let (low, high) = value.interval.unwrap_or((value.mean, value.mean));
            [low, high]
        });
        let (low, high) = record::statistics::extremes(ends.collect::<Vec<_>>().into_iter());
        let (low, high) = if low <= high { (low, high) } else { (0.0, 1.0) };
        let spare = 0.06 * (high - low).max(0.01);
        let ends = ((low - spare).max(0.0), high + spare);
        Axis::linear(ends, (self.corner.1 + PLOT[3], self.corner.1 + PLOT[1]))
    }

    fn grid(&self, x: &Axis, y: &Axis) -> Vec<Shape> {
        let (left, top) = self.at(PLOT[0], PLOT[1]);
        let (right, bottom) = self.at(PLOT[2], PLOT[3]);
        let mut shapes = Vec::new();
        for value in y.ticks(7) {
            let height = y.within(value);
            shapes.push(Shape::Path(vec![(left, height), (right, height)], GRID.into(), 2));
            let text = format!("{}", (1000.0 * value).round() / 10.0);
            shapes.push(text_to(text, (left - 14, height), TICK_SIZE));
        }
        for &value in self.ticks {
            let across = x.within(value);
            shapes.push(Shape::Path(vec![(across, top), (across, bottom)], GRID.into(), 2));
            shapes.push(text_around(value.to_string(), (across, bottom + 28), TICK_SIZE));
        }
        shapes.push(Shape::Path(vec![(left, top), (left, bottom), (right, bottom)], INK.into(), 2));
        let middle = (i32::midpoint(left, right), bottom + 80);
        shapes.push(text_around(self.label, middle, LABEL_SIZE));
        shapes
    }

    /// Right of the curves' ends, moved apart where they would touch.
    fn names(&self, y: &Axis) -> Vec<Shape> {
        const APART: i32 = 40;
        let end = |line: &Line| line.points.last().map_or(0, |(_, value)| y.within(value.mean));
        let mut ends: Vec<(i32, &Line)> = self.lines.iter().map(|line| (end(line), line)).collect();
        ends.sort_by_key(|(height, _)| *height);
        for later in 1..ends.len() {
            ends[later].0 = ends[later].0.max(ends[later - 1].0 + APART);
        }
        let right = self.corner.0 + PLOT[2] + 14;
        ends.into_iter()
            .map(|(height, line)| text_from(line.name.as_str(), (right, height), CAPTION_SIZE))
            .collect()
    }
}

fn curve(line: &Line, x: &Axis, y: &Axis) -> Vec<Shape> {
    let look = if line.is_single { SINGLE } else { MANY };
    let pixels: Vec<(f64, f64)> =
        line.points.iter().map(|(across, value)| (x.at(*across), y.at(value.mean))).collect();
    let mut shapes = Vec::new();
    if line.is_band {
        shapes.extend(band(line, look, x, y));
    }
    shapes.extend(marks::line(look, &pixels));
    let aside = line.aside.iter().map(|point| (point, false));
    for ((across, value), is_filled) in line.points.iter().map(|p| (p, true)).chain(aside) {
        let at = (x.within(*across) + if is_filled { 0 } else { 18 }, y.within(value.mean));
        shapes.extend(bar(value, at.0, look, y).filter(|_| !line.is_band));
        shapes.extend(marks::mark(look, at, 9.0, is_filled));
    }
    shapes
}

fn band(line: &Line, look: NetworkLook, x: &Axis, y: &Axis) -> Option<Shape> {
    let side = |end: fn((f64, f64)) -> f64| {
        let point = move |(across, value): &(f64, Value)| {
            Some((x.within(*across), y.within(end(value.interval?))))
        };
        line.points.iter().map(point).collect::<Option<Vec<Point>>>()
    };
    let (low, high) = (side(|interval| interval.0)?, side(|interval| interval.1)?);
    Some(Shape::Fill(low.into_iter().chain(high.into_iter().rev()).collect(), look.color.mix(0.16)))
}

fn bar(value: &Value, x: i32, look: NetworkLook, y: &Axis) -> Option<Shape> {
    let (low, high) = value.interval?;
    Some(Shape::Path(vec![(x, y.within(low)), (x, y.within(high))], look.color.into(), 3))
}
