//! Panel (a): validation accuracy against training steps.

use plotters::prelude::*;
use record::fig2::Network;

use super::series::Curve;
use crate::aggregate::Band;
use crate::plot::{Axis, marks};
use crate::shapes::{Rect, Shape, text_around, text_from, text_to};
use crate::style::{self, CAPTION_SIZE, GRID, INK, LABEL_SIZE, TICK_SIZE, TITLE_SIZE};

/// Where the curves are.
pub const PLOT: Rect = Rect { left: 130, top: 84, right: 1930, bottom: 884 };
/// From one mark of a curve to the next.
const MARK_PITCH: f64 = 260.0;
/// From one hint of a curve to the next, at least.
const HINT_PITCH: f64 = 36.0;

/// The panel with its axes.
pub struct Panel<'a> {
    pub(super) curves: &'a [Curve],
    pub(super) target: Option<f64>,
    pub(super) x: Axis,
    pub(super) y: Axis,
}

impl<'a> Panel<'a> {
    /// Of curves, and of Inception's maximum.
    pub fn new(curves: &'a [Curve], target: Option<f64>) -> Self {
        let bands = || curves.iter().flat_map(|curve| &curve.bands);
        let first = bands().map(|band| band.step).fold(f64::INFINITY, f64::min);
        let last = bands().map(|band| band.step).fold(0.0, f64::max);
        let (first, last) = if last > first { (first, last) } else { (1.0, 10.0) };
        let x = Axis::logarithmic((first, last), (PLOT.left, PLOT.right));
        let highest = bands().map(|band| band.high).fold(0.0, f64::max);
        let top = ((highest + 0.02) * 20.0).ceil() / 20.0;
        let y = Axis::linear((0.0, top.min(1.0)), (PLOT.bottom, PLOT.top));
        Self { curves, target, x, y }
    }

    /// Everything, what is behind first.
    pub fn shapes(&self) -> Vec<Shape> {
        let mut shapes = vec![text_from(
            "(a) validation accuracy (top-1, single centre crop), %",
            (40, 40),
            TITLE_SIZE,
        )];
        shapes.extend(self.axes());
        shapes.extend(self.curves.iter().filter_map(|curve| self.band(curve)));
        shapes.extend(self.target_line());
        // The paper's five over the two of its text.
        shapes.extend(self.curves.iter().rev().flat_map(|curve| self.line(curve)));
        shapes.extend(self.curves.iter().rev().flat_map(|curve| self.diverged(curve)));
        shapes.extend(self.curves.iter().flat_map(|curve| self.hints(curve)));
        shapes.extend(self.reaches());
        shapes.extend(self.names());
        shapes
    }

    fn axes(&self) -> Vec<Shape> {
        let Rect { left, top, right, bottom } = PLOT;
        let path =
            |from, to, color: RGBColor, width| Shape::Path(vec![from, to], color.into(), width);
        let mut shapes = Vec::new();
        for value in self.y.ticks(10) {
            let y = self.y.within(value);
            shapes.push(path((left, y), (right, y), GRID, 2));
            shapes.push(text_to(format!("{:.0}", 100.0 * value), (left - 16, y), TICK_SIZE));
        }
        for value in self.x.ticks(10) {
            let x = self.x.within(value);
            shapes.push(path((x, top), (x, bottom + 10), GRID, 2));
            shapes.push(text_around(steps(value), (x, bottom + 32), TICK_SIZE));
        }
        shapes.push(path((left, bottom), (right, bottom), INK, 2));
        shapes.push(path((left, top), (left, bottom), INK, 2));
        let middle = (PLOT.center().0, bottom + 78);
        shapes.push(text_around("training steps, logarithmic", middle, LABEL_SIZE));
        shapes
    }

    fn pixels(&self, curve: &Curve, value: fn(&Band) -> f64) -> Vec<(f64, f64)> {
        let bands = curve.bands.iter();
        bands.map(|band| (self.x.at(band.step), self.y.at(value(band)))).collect()
    }

    fn band(&self, curve: &Curve) -> Option<Shape> {
        let (low, high) =
            (self.pixels(curve, |band| band.low), self.pixels(curve, |band| band.high));
        let outline = low.into_iter().chain(high.into_iter().rev());
        let color = style::of_single_network(curve.network).color.mix(0.16);
        let points = outline.map(|(x, y)| (x.round() as i32, y.round() as i32)).collect();
        (curve.seeds > 1 && curve.bands.len() > 1).then_some(Shape::Fill(points, color))
    }

    fn line(&self, curve: &Curve) -> Vec<Shape> {
        let look = style::of_single_network(curve.network);
        let points = self.pixels(curve, |band| band.median);
        let mut shapes = marks::line(look, &points);
        let index = Network::ALL.iter().position(|network| *network == curve.network);
        let shift = index.unwrap_or(0) as f64 / 7.0;
        let mut next = f64::from(PLOT.left) + (0.2 + shift) * MARK_PITCH;
        for (x, y) in points {
            if x >= next {
                let center = (x.round() as i32, y.round() as i32);
                shapes.extend(marks::mark(look, center, 9.0, false));
                next += MARK_PITCH * ((x - next) / MARK_PITCH).floor() + MARK_PITCH;
            }
        }
        shapes
    }

    /// `BN-x5, 975 steps: 36.1 % (34.9 to 39.4)`.
    fn hints(&self, curve: &Curve) -> Vec<Shape> {
        let mut next = f64::NEG_INFINITY;
        let hint = |band: &Band| {
            let (x, y) = (self.x.at(band.step), self.y.at(band.median));
            (x >= next).then(|| {
                next = x + HINT_PITCH;
                let text = format!("{}, {}", curve.network, band.hint(100.0, 1, " %"));
                Shape::Hint((text, (x.round() as i32, y.round() as i32)))
            })
        };
        curve.bands.iter().filter_map(hint).collect()
    }

    fn diverged(&self, curve: &Curve) -> Vec<Shape> {
        let color = style::of_single_network(curve.network).color;
        let pixel =
            |(step, accuracy): &(f64, f64)| (self.x.within(*step), self.y.within(*accuracy));
        curve.diverged.iter().flat_map(|at| marks::cross(pixel(at), color)).collect()
    }

    fn target_line(&self) -> Vec<Shape> {
        let Some(target) = self.target else { return Vec::new() };
        let y = self.y.within(target);
        let text = format!("Inception's maximum: {:.1} %", 100.0 * target);
        vec![
            Shape::Path(vec![(PLOT.left, y), (PLOT.right, y)], INK.into(), 2),
            text_from(text, (PLOT.left + 14, y - 22), CAPTION_SIZE),
        ]
    }
}

/// 500, 2K, 10M.
fn steps(value: f64) -> String {
    match value {
        value if value >= 1e6 => format!("{}M", value / 1e6),
        value if value >= 1e3 => format!("{}K", value / 1e3),
        value => value.to_string(),
    }
}
