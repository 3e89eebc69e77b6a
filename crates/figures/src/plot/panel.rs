//! One panel: a title, axes, curves with intervals, and their names.

use plotters::prelude::*;

use super::{Axis, marks};
use crate::shapes::{Point, Shape, text_around, text_from, text_to};
use crate::style::{
    CAPTION_SIZE, GRID, INK, LABEL_SIZE, NetworkLook, TICK_SIZE, TITLE_SIZE, with_thousands,
};

/// Height of a panel.
pub const HEIGHT: i32 = 700;
/// From the panel's corner: the plot's left, top and bottom.
const LEFT: i32 = 130;
const TOP: i32 = 90;
const BOTTOM: i32 = 570;
/// Its right, with the curves' names beside their ends, or above the plot.
const RIGHT: [i32; 2] = [930, 1120];
const LEGEND_LINE: i32 = 40;
/// Width of a letter of the legend, about.
const LETTER: i32 = 13;

/// A number with its interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Value {
    /// The number.
    pub mean: f64,
    /// Its interval, if there is one.
    pub interval: Option<(f64, f64)>,
}

impl Value {
    /// The number and its interval, each as it is to be shown.
    pub fn shown(self, shown: impl Fn(f64) -> f64) -> String {
        let number = |value: f64| number(three_digits(shown(value)));
        let interval =
            self.interval.map(|(low, high)| format!(" ({} to {})", number(low), number(high)));
        format!("{}{}", number(self.mean), interval.unwrap_or_default())
    }
}

/// Rounded to three digits.
fn three_digits(value: f64) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return value;
    }
    let unit = 10f64.powi(value.abs().log10().floor() as i32 - 2);
    (value / unit).round() * unit
}

/// A curve, before it has a place.
#[derive(Clone, Debug)]
pub struct Curve {
    /// Its name.
    pub name: String,
    /// Colour, dashes, mark.
    pub look: NetworkLook,
    /// From left to right.
    pub points: Vec<(f64, Value)>,
    /// What stands a little beside it, with a hollow mark.
    pub aside: Option<(f64, Value)>,
    /// How its intervals are drawn.
    pub intervals: Intervals,
    /// Whether its points have marks.
    pub has_marks: bool,
}

/// How the intervals of a curve are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Intervals {
    /// A bar at each point.
    Bars,
    /// A band around the curve.
    Band,
}

/// Where the curves' names stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Naming {
    /// Right of their ends.
    AtEnds,
    /// Above the plot.
    Legend,
}

/// Which numbers an axis has.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Ticks {
    /// Round ones along the values.
    Round,
    /// These, and the axis goes from the first to the last.
    At(&'static [f64]),
}

/// A panel.
#[derive(Clone, Debug)]
pub struct Panel {
    /// Its upper left corner.
    pub corner: Point,
    /// Its title.
    pub title: String,
    /// What the horizontal axis says.
    pub label: String,
    /// Numbers of the horizontal axis.
    pub ticks: Ticks,
    /// Whether the horizontal axis is logarithmic; values that are not positive are then left out.
    pub is_logarithmic: bool,
    /// The same of the vertical one.
    pub is_logarithmic_up: bool,
    /// Whether the vertical axis shows percent of what the values are.
    pub in_percent: bool,
    /// Its curves.
    pub curves: Vec<Curve>,
    /// Where their names stand.
    pub naming: Naming,
}

impl Panel {
    /// Everything of the panel.
    pub fn shapes(&self) -> Vec<Shape> {
        let (legend, lines) = self.legend();
        let top = TOP + LEGEND_LINE * lines;
        let (x, y) = (self.x(), self.y(top));
        let mut shapes = vec![text_from(self.title.as_str(), self.at(10, 30), TITLE_SIZE)];
        if self.curves.is_empty() {
            shapes.push(text_from("not in this run", self.at(LEFT, TOP + LEGEND_LINE), TICK_SIZE));
            return shapes;
        }
        shapes.extend(self.grid(&x, &y, top));
        for curve in &self.curves {
            shapes.extend(self.curve(curve, &x, &y));
        }
        if self.naming == Naming::AtEnds {
            shapes.extend(self.names(&y));
        }
        shapes.extend(legend);
        shapes
    }

    fn at(&self, x: i32, y: i32) -> Point {
        (self.corner.0 + x, self.corner.1 + y)
    }

    fn right(&self) -> i32 {
        RIGHT[usize::from(self.naming == Naming::Legend)]
    }

    /// Whether both axes can show this point.
    fn shows(&self, x: f64, y: f64) -> bool {
        let fits = |value: f64, is_logarithmic: bool| {
            value.is_finite() && (value > 0.0 || !is_logarithmic)
        };
        fits(x, self.is_logarithmic) && fits(y, self.is_logarithmic_up)
    }

    /// The points that can be shown, with those ends of their intervals that can.
    fn points<'a>(&'a self, curve: &'a Curve) -> impl Iterator<Item = (f64, Value)> + 'a {
        let shown = curve.points.iter().filter(|(x, value)| self.shows(*x, value.mean));
        shown.map(|(x, value)| {
            let end = |end: f64| if self.shows(*x, end) { end } else { value.mean };
            let interval = value.interval.map(|(low, high)| (end(low), end(high)));
            (*x, Value { mean: value.mean, interval })
        })
    }

    fn x(&self) -> Axis {
        let pixels = (self.corner.0 + LEFT + 20, self.corner.0 + self.right() - 20);
        let all = self.curves.iter().flat_map(|curve| self.points(curve)).map(|(x, _)| x);
        let ends = match self.ticks {
            Ticks::At(ticks) => (ticks[0], ticks[ticks.len() - 1]),
            Ticks::Round => extremes(all),
        };
        if self.is_logarithmic {
            Axis::logarithmic(ends, pixels)
        } else {
            Axis::linear(ends, pixels)
        }
    }

    /// Around all points and their intervals.
    fn y(&self, top: i32) -> Axis {
        let pixels = (self.corner.1 + BOTTOM, self.corner.1 + top);
        let asides = self.curves.iter().filter_map(|curve| curve.aside);
        let values = self.curves.iter().flat_map(|curve| self.points(curve)).chain(asides);
        let ends = values.flat_map(|(_, value)| {
            let (low, high) = value.interval.unwrap_or((value.mean, value.mean));
            [low, high]
        });
        let (low, high) = extremes(ends);
        if self.is_logarithmic_up {
            return Axis::logarithmic((low / 1.4, high * 1.4), pixels);
        }
        let spare = 0.06 * (high - low).max(0.01 * high.abs()).max(1e-9);
        let floor = if low >= 0.0 { 0.0 } else { f64::NEG_INFINITY };
        Axis::linear(((low - spare).max(floor), high + spare), pixels)
    }

    fn grid(&self, x: &Axis, y: &Axis, top: i32) -> Vec<Shape> {
        let (left, top) = self.at(LEFT, top);
        let (right, bottom) = self.at(self.right(), BOTTOM);
        let mut shapes = Vec::new();
        for value in y.ticks(7) {
            let height = y.within(value);
            shapes.push(Shape::Path(vec![(left, height), (right, height)], GRID.into(), 2));
            let shown = if self.in_percent { 100.0 * value } else { value };
            shapes.push(text_to(number(shown), (left - 14, height), TICK_SIZE));
        }
        let across = match self.ticks {
            Ticks::At(ticks) => ticks.to_vec(),
            Ticks::Round => x.ticks(6),
        };
        for value in across {
            let across = x.within(value);
            shapes.push(Shape::Path(vec![(across, top), (across, bottom)], GRID.into(), 2));
            shapes.push(text_around(number(value), (across, bottom + 28), TICK_SIZE));
        }
        shapes.push(Shape::Path(vec![(left, top), (left, bottom), (right, bottom)], INK.into(), 2));
        let middle = (i32::midpoint(left, right), bottom + 80);
        shapes.push(text_around(self.label.as_str(), middle, LABEL_SIZE));
        shapes
    }

    fn curve(&self, curve: &Curve, x: &Axis, y: &Axis) -> Vec<Shape> {
        let look = curve.look;
        let points: Vec<(f64, Value)> = self.points(curve).collect();
        let pixels: Vec<(f64, f64)> =
            points.iter().map(|(across, value)| (x.at(*across), y.at(value.mean))).collect();
        let mut shapes = Vec::new();
        if curve.intervals == Intervals::Band {
            shapes.extend(band(&points, look, x, y));
        }
        shapes.extend(marks::line(look, &pixels));
        let aside = curve.aside.iter().map(|point| (point, false));
        let own = points.iter().filter(|_| curve.has_marks).map(|point| (point, true));
        for ((across, value), is_filled) in own.chain(aside) {
            let at = (x.within(*across) + if is_filled { 0 } else { 18 }, y.within(value.mean));
            shapes.extend(bar(value, at.0, look, y).filter(|_| curve.intervals == Intervals::Bars));
            shapes.extend(marks::mark(look, at, 9.0, is_filled));
            shapes.push(Shape::Hint((self.hint(&curve.name, *across, *value), at)));
        }
        shapes
    }

    /// `6 networks, 144: 42.6 (41.6 to 43.6)`.
    fn hint(&self, name: &str, x: f64, value: Value) -> String {
        let shown = |value: f64| if self.in_percent { 100.0 * value } else { value };
        format!("{name}, {}: {}", number(x), value.shown(shown))
    }

    /// Right of the curves' ends, moved apart where they would touch.
    fn names(&self, y: &Axis) -> Vec<Shape> {
        const APART: i32 = 40;
        let end = |curve: &Curve| curve.points.last().map_or(0, |(_, value)| y.within(value.mean));
        let mut ends: Vec<(i32, &Curve)> =
            self.curves.iter().map(|curve| (end(curve), curve)).collect();
        ends.sort_by_key(|(height, _)| *height);
        for later in 1..ends.len() {
            ends[later].0 = ends[later].0.max(ends[later - 1].0 + APART);
        }
        let right = self.corner.0 + self.right() + 14;
        ends.into_iter()
            .map(|(height, curve)| text_from(curve.name.as_str(), (right, height), CAPTION_SIZE))
            .collect()
    }

    /// The curves' names above the plot, and how many lines they take.
    fn legend(&self) -> (Vec<Shape>, i32) {
        const SAMPLE: i32 = 70;
        if self.naming == Naming::AtEnds {
            return (Vec::new(), 0);
        }
        let (mut across, mut line) = (LEFT, 0);
        let mut shapes = Vec::new();
        for curve in &self.curves {
            let width = SAMPLE + 14 + LETTER * curve.name.chars().count() as i32 + 26;
            if across > LEFT && across + width > self.right() + 30 {
                (across, line) = (LEFT, line + 1);
            }
            let (x, y) = self.at(across, TOP + LEGEND_LINE * line);
            let ends = [(f64::from(x), f64::from(y)), (f64::from(x + SAMPLE), f64::from(y))];
            shapes.extend(marks::line(curve.look, &ends));
            if curve.has_marks {
                shapes.extend(marks::mark(curve.look, (x + SAMPLE / 2, y), 9.0, true));
            }
            shapes.push(text_from(curve.name.as_str(), (x + SAMPLE + 14, y), CAPTION_SIZE));
            across += width;
        }
        (shapes, line + 1)
    }
}

/// The smallest and the largest, which are never the same.
fn extremes(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let values: Vec<f64> = values.collect();
    let (low, high) = record::statistics::extremes(values.into_iter());
    match (low.is_finite(), low < high) {
        (false, _) => (0.1, 1.0),
        (_, true) => (low, high),
        _ => (low, low + low.abs().max(1e-9)),
    }
}

/// A number of an axis: with a power of ten where it is far from 1.
pub(super) fn number(value: f64) -> String {
    let size = value.abs();
    let text = if size > 0.0 && !(1e-3..1e6).contains(&size) {
        format!("{value:.0e}")
    } else {
        with_thousands((value * 1e6).round() / 1e6)
    };
    text.replace('-', "−")
}

fn band(points: &[(f64, Value)], look: NetworkLook, x: &Axis, y: &Axis) -> Option<Shape> {
    let side = |end: fn((f64, f64)) -> f64| {
        let point = move |(across, value): &(f64, Value)| {
            Some((x.within(*across), y.within(end(value.interval?))))
        };
        points.iter().map(point).collect::<Option<Vec<Point>>>()
    };
    let (low, high) = (side(|interval| interval.0)?, side(|interval| interval.1)?);
    Some(Shape::Fill(low.into_iter().chain(high.into_iter().rev()).collect(), look.color.mix(0.16)))
}

fn bar(value: &Value, x: i32, look: NetworkLook, y: &Axis) -> Option<Shape> {
    let (low, high) = value.interval?;
    Some(Shape::Path(vec![(x, y.within(low)), (x, y.within(high))], look.color.into(), 3))
}
