//! Curves in a plot with its axes, as shapes.

use plotters::style::Color;

use super::curve::{Curve, Places, Value};
use crate::axis::Axis;
use crate::look::Look;
use crate::marks;
use crate::shapes::{Place, Rect, Shape, line};

/// From one mark of a long curve to the next.
const MARK_PITCH: f64 = 260.0;

/// A plot and its axes.
pub struct Scene {
    /// Where the plot is.
    pub plot: Rect,
    /// Its horizontal axis.
    pub x: Axis,
    /// Its vertical one.
    pub y: Axis,
}

impl Scene {
    /// Places in pixels.
    pub fn pixels(&self, places: impl Iterator<Item = (f64, f64)>) -> Places {
        places.map(|(x, y)| (self.x.at(x), self.y.at(y))).collect()
    }

    /// A curve, as far as it is within the plot.
    pub fn stroke(&self, look: Look, pixels: &[(f64, f64)]) -> Vec<Shape> {
        let room = (f64::from(self.plot.top), f64::from(self.plot.bottom));
        let parts = marks::clipped(pixels, room);
        parts.iter().flat_map(|part| marks::line(look, part)).collect()
    }

    /// The band between the ends of a curve's values.
    pub fn band(&self, curve: &Curve, shows: impl Fn(f64, f64) -> bool) -> Option<Shape> {
        let shown = curve.points.iter().filter(|(x, value)| shows(*x, value.middle));
        let side = |end: fn((f64, f64)) -> f64| {
            let place = move |(x, value): &(f64, Value)| {
                Some((self.x.within(*x), self.y.within(end(value.ends?))))
            };
            shown.clone().map(place).collect::<Option<Vec<Place>>>()
        };
        let (low, high) = (side(|ends| ends.0)?, side(|ends| ends.1)?);
        let outline = low.into_iter().chain(high.into_iter().rev()).collect();
        Some(Shape::Fill(outline, curve.look.color.mix(0.16)))
    }

    /// Marks with the ends of their values, which stand so many pixels beside them.
    pub fn intervals(&self, curve: &Curve, shown: &[(f64, Value)], dodge: i32) -> Vec<Shape> {
        let color = curve.look.color;
        let mut shapes = Vec::new();
        for (x, value) in shown.iter().filter(|(_, value)| self.y.contains(value.middle)) {
            let (x, y) = (self.x.within(*x), self.y.within(value.middle));
            let bar = |(low, high): (f64, f64)| {
                let [low, high] = [low, high].map(|end| self.y.within(end));
                line((x + dodge, low), (x + dodge, high), color, 3)
            };
            shapes.extend(value.ends.map(bar));
            shapes.extend(marks::mark(curve.look, (x, y), 9.0, true));
        }
        shapes
    }

    /// Marks along a long curve, at other places than those of the others.
    pub fn marks(&self, look: Look, pixels: &[(f64, f64)], index: usize) -> Vec<Shape> {
        let mut next = f64::from(self.plot.left) + (0.2 + index as f64 / 7.0) * MARK_PITCH;
        let mut shapes = Vec::new();
        let is_inside =
            |y: f64| (f64::from(self.plot.top)..=f64::from(self.plot.bottom)).contains(&y);
        for (x, y) in pixels.iter().filter(|(_, y)| is_inside(*y)) {
            if *x >= next {
                let center = (x.round() as i32, y.round() as i32);
                shapes.extend(marks::mark(look, center, 9.0, false));
                next += MARK_PITCH * (((x - next) / MARK_PITCH).floor() + 1.0);
            }
        }
        shapes
    }
}
