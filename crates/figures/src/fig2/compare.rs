//! Panels (b) and (c): the paper's numbers beside ours, in the same units.

use plotters::prelude::*;

use super::series::{Compared, Value};
use crate::plot::{Axis, marks};
use crate::shapes::{Point, Rect, Shape, text_around, text_from};
use crate::style::{self, CAPTION_SIZE, GRID, INK, LABEL_SIZE, NetworkLook, TICK_SIZE, TITLE_SIZE};
use crate::table_single::text::ratio;

/// Distance of two rows.
const ROW: i32 = 66;
/// From the panel's left edge: names, the axis' ends, the middles of both columns of numbers.
const NAMES: i32 = 30;
const AXIS: (i32, i32) = (290, 720);
const COLUMNS: [i32; 2] = [830, 1020];
/// Width of the strip for what is never reached.
const NEVER: i32 = 130;
/// Of it, between the axis and the strip.
const STRIP_GAP: i32 = 24;
/// From the panel's upper edge to its first row.
const HEADER: i32 = 128;
/// Height of a panel of five rows.
pub const HEIGHT: i32 = HEADER + 5 * ROW + 122;
/// How far the paper's mark lies above a row's middle, and ours below.
const OFFSET: i32 = 13;

/// One of the two panels.
pub struct Comparison<'a> {
    /// Its upper left corner.
    pub corner: Point,
    /// Its title.
    pub title: &'static str,
    /// What the axis says.
    pub label: &'static str,
    /// The networks.
    pub rows: &'a [Compared],
    /// What is compared: the paper's and ours.
    pub values: fn(&Compared) -> [Option<Value>; 2],
    /// Where Inception is.
    pub inception: f64,
    /// A logarithmic axis with a strip for "never", or a linear one.
    pub is_logarithmic: bool,
    /// A number as text.
    pub text: fn(f64) -> String,
}

impl Comparison<'_> {
    /// Everything of the panel.
    pub fn shapes(&self) -> Vec<Shape> {
        let axis = self.axis();
        let mut shapes = vec![text_from(self.title, self.at(10, 20), TITLE_SIZE)];
        shapes.extend(self.grid(&axis));
        for (column, name) in COLUMNS.into_iter().zip(["paper", "ours"]) {
            shapes.push(text_around(name, self.at(column, HEADER - 44), TICK_SIZE));
        }
        for (index, row) in self.rows.iter().enumerate() {
            shapes.extend(self.row(&axis, row, HEADER + ROW * index as i32 + ROW / 2));
        }
        shapes
    }

    fn at(&self, x: i32, y: i32) -> Point {
        (self.corner.0 + x, self.corner.1 + y)
    }

    /// An axis that holds every mean, and intervals as far as they do not dwarf the means.
    fn axis(&self) -> Axis {
        let scale = |value: f64| if self.is_logarithmic { value.ln() } else { value };
        let unscale = |value: f64| if self.is_logarithmic { value.exp() } else { value };
        let mut means = vec![scale(self.inception)];
        let mut ends = Vec::new();
        for value in self.rows.iter().flat_map(|row| (self.values)(row)) {
            if let Some(Value::Number { mean, interval, .. }) = value {
                means.push(scale(mean));
                ends.extend(interval.into_iter().flat_map(|(low, high)| [scale(low), scale(high)]));
            }
        }
        let (low, high) = record::statistics::extremes(means.iter().copied());
        let span = (high - low).max(0.5);
        let ends = ends.into_iter().map(|end| end.clamp(low - span / 2.0, high + span / 2.0));
        let (low, high) = record::statistics::extremes(ends.chain([low, high]));
        let ends = (unscale(low - 0.06 * span), unscale(high + 0.06 * span));
        let pixels = (self.corner.0 + AXIS.0, self.corner.0 + self.axis_end());
        if self.is_logarithmic {
            Axis::logarithmic(ends, pixels)
        } else {
            Axis::linear(ends, pixels)
        }
    }

    fn axis_end(&self) -> i32 {
        if self.is_logarithmic { AXIS.1 - NEVER } else { AXIS.1 }
    }

    fn grid(&self, axis: &Axis) -> Vec<Shape> {
        let (top, bottom) = (self.corner.1 + HEADER - 10, self.corner.1 + HEADER + 5 * ROW + 12);
        let upright = |x, color: RGBColor, width| {
            Shape::Path(vec![(x, top), (x, bottom)], color.into(), width)
        };
        let mut shapes = Vec::new();
        for value in axis.ticks(8) {
            let x = axis.within(value);
            shapes.push(upright(x, GRID, 2));
            let text = value.to_string().replace('-', "−");
            shapes.push(text_around(text, (x, bottom + 26), TICK_SIZE));
        }
        shapes.push(upright(axis.within(self.inception), INK, 2));
        let (left, right) = (self.corner.0 + AXIS.0, self.corner.0 + AXIS.1);
        shapes.push(Shape::Path(vec![(left, bottom), (right, bottom)], INK.into(), 2));
        if self.is_logarithmic {
            let strip = Rect { left: right - NEVER + STRIP_GAP, top, right, bottom };
            shapes.push(Shape::Area(strip, GRID.mix(0.6)));
            shapes.push(text_around("never", (strip.center().0, bottom + 26), TICK_SIZE));
        }
        let middle = i32::midpoint(left, self.corner.0 + self.axis_end());
        shapes.push(text_around(self.label, (middle, bottom + 72), LABEL_SIZE));
        shapes
    }

    fn row(&self, axis: &Axis, row: &Compared, y: i32) -> Vec<Shape> {
        let look = style::of_single_network(row.network);
        let mut shapes = vec![text_from(row.network.name(), self.at(NAMES, y), TICK_SIZE)];
        let y_of = [y - OFFSET, y + OFFSET];
        for (index, value) in (self.values)(row).into_iter().enumerate() {
            let (column, is_ours) = (COLUMNS[index], index == 1);
            let text = value.map_or("–".to_owned(), |value| self.number(value));
            shapes.push(text_around(text, self.at(column, y), CAPTION_SIZE));
            let height = self.corner.1 + y_of[index];
            shapes
                .extend(value.into_iter().flat_map(|v| self.value(axis, v, look, height, is_ours)));
        }
        shapes
    }

    /// Interval and mark; what is never reached in the strip, in words if it is in some seeds.
    fn value(
        &self,
        axis: &Axis,
        value: Value,
        look: NetworkLook,
        y: i32,
        is_ours: bool,
    ) -> Vec<Shape> {
        let never = self.corner.0 + AXIS.1 - (NEVER - STRIP_GAP) / 2;
        let Value::Number { mean, interval, never_in: (seeds, of) } = value else {
            return marks::mark(look, (never, y), 12.0, is_ours).into();
        };
        let bar = interval.map(|(low, high)| {
            let ends = vec![(axis.within(low), y), (axis.within(high), y)];
            Shape::Path(ends, look.color.into(), 4)
        });
        let in_some =
            (seeds > 0).then(|| text_around(format!("{seeds} of {of}"), (never, y), CAPTION_SIZE));
        let mark = marks::mark(look, (axis.within(mean), y), 12.0, is_ours);
        bar.into_iter().chain(mark).chain(in_some).collect()
    }

    fn number(&self, value: Value) -> String {
        let Value::Number { mean, interval, .. } = value else { return "never".to_owned() };
        if mean == self.inception && interval.is_none() {
            return mean.to_string();
        }
        let spread = interval.map(|(low, high)| {
            if self.is_logarithmic {
                format!(" ({}–{})", ratio(low), ratio(high))
            } else {
                format!(" ± {:.1}", (high - low) / 2.0)
            }
        });
        format!("{}{}", (self.text)(mean), spread.unwrap_or_default())
    }
}
