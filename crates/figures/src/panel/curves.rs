//! Metrics over x, a curve for each series; and bands between quantiles.

use anyhow::Result;
use exhibit::{PanelDescription, PanelKind, Unit};
use record::statistics::extremes;

use super::content::{Content, Material, Room, listed, marks_reading, series, unit};
use super::curve::{Curve, Ends, Places, Value, band, behind, curve};
use super::names;
use super::reaches::Target;
use super::scene::Scene;
use crate::axis::{Axis, Ruler, tick_text};
use crate::look::{FAINT, Look, TICK_SIZE};
use crate::marks;
use crate::shapes::{Rect, Scales, Shape, text_from};

/// More curves than this have marks along them.
const TOLD_APART_BY_DASHES: usize = 2;
/// From one hint of a curve to the next.
const HINT_PITCH: f64 = 36.0;
/// How far the intervals of two curves at one x are apart.
const DODGE: i32 = 9;
/// Room left of the plot, right of it, and under it.
const LEFT: i32 = 132;
const RIGHT: i32 = 46;
/// The same with the names of quantiles there.
const BESIDE: i32 = 96;
const UNDER: i32 = 118;
/// From the plot's sides to the first and the last mark.
const INSET: i32 = 22;

/// Curves and what belongs to them, aggregated.
#[derive(Clone, Debug)]
pub struct CurvePanel {
    description: PanelDescription,
    unit: Unit,
    /// One for each series.
    pub curves: Vec<Curve>,
    /// Thin curves behind them, one for each seed.
    pub behind: Vec<Places>,
    /// A horizontal line, and who reaches it.
    pub target: Option<Target>,
    /// Ends of the axis of values that other panels have, too.
    shared: Option<(f64, f64)>,
}

impl CurvePanel {
    /// From points.
    ///
    /// # Errors
    /// If polars refuses the points, which would be a bug.
    pub fn of(panel: &PanelDescription, material: Material<'_>) -> Result<Self> {
        let names = series(panel, material.points);
        let mut curves = Vec::new();
        for name in &names {
            let look = material.looks.get(name);
            let curve = match panel.kind {
                PanelKind::Band => band(panel, material.points, name, look)?,
                _ => curve(panel, material.points, name, look)?,
            };
            let has_marks = match curve.ends {
                Ends::Intervals => true,
                Ends::Extremes => names.len() > TOLD_APART_BY_DASHES,
                Ends::Quantiles => false,
            };
            curves.extend((!curve.points.is_empty()).then_some(Curve { has_marks, ..curve }));
        }
        Ok(Self {
            description: panel.clone(),
            unit: unit(panel),
            target: Target::of(panel, material, &names)?,
            behind: behind(panel, material.points, &names),
            curves,
            shared: None,
        })
    }

    /// Whether both axes can show this place.
    fn shows(&self, x: f64, y: f64) -> bool {
        Axis::fits(x, self.description.log_x) && Axis::fits(y, self.description.log_y)
    }

    fn plot(&self, room: Room) -> Rect {
        let Rect { left, top, right, bottom } = room.rect;
        let names = match (self.description.names_at_ends, self.has_quantile_names()) {
            (true, _) => names::width(&self.curves),
            (_, true) => BESIDE,
            _ => RIGHT,
        };
        let top = top + room.legend.max(20);
        Rect { left: left + LEFT, top, right: right - names, bottom: bottom - UNDER }
    }

    fn x(&self, plot: Rect) -> Axis {
        let ends = if let [first, .., last] = self.description.ticks.as_slice() {
            (*first, *last)
        } else {
            let curves = self.curves.iter().flat_map(|curve| &curve.points);
            let behind = self.behind.iter().flatten().map(|(x, _)| *x);
            apart(curves.map(|(x, _)| *x).chain(behind).collect())
        };
        let is_at_sides = |curve: &Curve| curve.ends == Ends::Intervals;
        let has_marks = !self.description.ticks.is_empty() || self.curves.iter().any(is_at_sides);
        let inset = if has_marks { INSET } else { 0 };
        Axis::new(ends, (plot.left + inset, plot.right - inset), self.description.log_x)
    }

    fn y(&self, plot: Rect) -> Axis {
        let ends = self.shared.unwrap_or_else(|| self.ends());
        Axis::new(ends, (plot.bottom, plot.top), self.description.log_y)
    }

    /// Around all points and their ends. A range is only made wider, of bands by all that is outside, of curves by
    /// those that end there: what comes before is cut off.
    fn ends(&self) -> (f64, f64) {
        let is_cut = self.description.kind == PanelKind::Curves && self.description.range.is_some();
        let ends = |value: &Value| {
            let (low, high) =
                value.ends.filter(|_| !is_cut).unwrap_or((value.middle, value.middle));
            [low, value.middle, high]
        };
        let from = |curve: &Curve| if is_cut { curve.points.len().saturating_sub(1) } else { 0 };
        let curves = self.curves.iter().flat_map(|curve| &curve.points[from(curve)..]);
        let behind = self.behind.iter().flatten().map(|(_, value)| *value);
        let target = self.target.iter().map(|target| target.value);
        let values = curves.flat_map(|(_, value)| ends(value)).chain(behind).chain(target);
        let values: Vec<f64> = values.filter(|value| self.shows(1.0, *value)).collect();
        let (low, high) = apart(values);
        match self.description.range {
            Some([least, most]) => {
                let room = 0.03 * (high.max(most) - low.min(least));
                let low = if low < least { low - room } else { least };
                (low, if high > most { high + room } else { most })
            }
            None if self.description.log_y => with_room_in_powers(low, high),
            None => with_room(low, high),
        }
    }

    fn axes(&self, plot: Rect, x: &Axis, y: &Axis) -> Vec<Shape> {
        let panel = &self.description;
        let about = (plot.width() / 100).clamp(4, 11) as usize;
        let ticks = if panel.ticks.is_empty() { x.ticks(about) } else { panel.ticks.clone() };
        let label = panel.label.as_deref().unwrap_or("training steps");
        let mut shapes = Ruler::new(*y, &y.ticks(8), "", panel.percent).beside(plot);
        shapes.extend(Ruler::new(*x, &ticks, label, false).under(plot));
        let percents = if panel.percent { 100.0 } else { 1.0 };
        shapes.push(Shape::Scales(Scales { plot, x: x.words(1.0), y: y.words(percents) }));
        shapes
    }

    /// Where curves and the ends of their values are.
    fn strokes(&self, scene: &Scene) -> Vec<Places> {
        let curve = |curve: &Curve| {
            let middles = scene.pixels(curve.points.iter().map(|(x, value)| (*x, value.middle)));
            let ends = curve.points.iter().filter_map(|(x, value)| Some((*x, value.ends?)));
            let bars = ends.map(|(x, (low, high))| scene.pixels([(x, low), (x, high)].into_iter()));
            std::iter::once(middles).chain(bars).collect::<Vec<_>>()
        };
        self.curves.iter().flat_map(curve).collect()
    }

    fn curve(&self, index: usize, scene: &Scene) -> Vec<Shape> {
        let curve = &self.curves[index];
        let shown: Vec<(f64, Value)> =
            curve.points.iter().copied().filter(|(x, v)| self.shows(*x, v.middle)).collect();
        let pixels = scene.pixels(shown.iter().map(|(x, value)| (*x, value.middle)));
        let mut shapes = scene.stroke(curve.look, &pixels);
        if curve.ends == Ends::Quantiles {
            for end in [|ends: (f64, f64)| ends.0, |ends: (f64, f64)| ends.1] {
                let edge = shown.iter().filter_map(|(x, value)| Some((*x, end(value.ends?))));
                shapes.extend(scene.stroke(Look { width: 2, ..curve.look }, &scene.pixels(edge)));
            }
        }
        let dodge = DODGE * (2 * index as i32 + 1 - self.curves.len() as i32) / 2;
        shapes.extend(match curve.ends {
            Ends::Intervals => scene.intervals(curve, &shown, dodge),
            _ if curve.has_marks => scene.marks(curve.look, &pixels, index),
            _ => Vec::new(),
        });
        let crosses = curve.crosses.iter().map(|(x, y)| (scene.x.within(*x), scene.y.within(*y)));
        shapes.extend(crosses.flat_map(|at| marks::cross(at, curve.look.color)));
        shapes.extend(self.hints(curve, &shown, scene));
        shapes
    }

    /// `BN-x5, 975: 36.1 % (34.9 to 39.4)`.
    fn hints(&self, curve: &Curve, shown: &[(f64, Value)], scene: &Scene) -> Vec<Shape> {
        let mut next = f64::NEG_INFINITY;
        let mut hints = Vec::new();
        for (x, value) in shown.iter().filter(|(_, value)| scene.y.contains(value.middle)) {
            if scene.x.at(*x) < next {
                continue;
            }
            next = scene.x.at(*x) + HINT_PITCH;
            let ends = value.ends.filter(|(low, high)| low < high);
            let number = self.unit.with_interval(value.middle, ends);
            let text = format!("{}, {}: {number}", curve.name, tick_text(*x));
            hints.push(Shape::Hint((text, (scene.x.within(*x), scene.y.within(value.middle)))));
        }
        hints
    }

    fn has_quantile_names(&self) -> bool {
        self.description.kind == PanelKind::Band && self.curves.len() == 1
    }

    /// What the edges of a single band are, right of their ends.
    fn quantile_names(&self, scene: &Scene) -> Vec<Shape> {
        let last = self.curves[0].points.last();
        let Some((_, Value { middle, ends: Some((low, high)) })) = last else { return Vec::new() };
        let heights = [*high, *middle, *low].map(|value| f64::from(scene.y.within(value)));
        let room = (f64::from(scene.plot.top), f64::from(scene.plot.bottom));
        let heights = names::apart(&heights, f64::from(TICK_SIZE) + 6.0, room);
        let name = |(metric, height): (&String, f64)| {
            let name = metric.split(", ").find(|part| part.contains('%')).unwrap_or_default();
            text_from(name, (scene.plot.right + 12, height.round() as i32), TICK_SIZE)
        };
        self.description.quantiles.iter().rev().zip(heights).map(name).collect()
    }
}

impl Content for CurvePanel {
    fn legend_height(&self, width: i32) -> i32 {
        let is_needed = !self.description.names_at_ends && !self.is_named_by_its_title();
        if is_needed { names::legend(&self.curves, (0, 0), width - LEFT - RIGHT).1 } else { 0 }
    }

    fn height(&self, columns: i32) -> i32 {
        match columns {
            1 => 880,
            2 => 560,
            _ => 640,
        }
    }

    fn shapes(&self, room: Room) -> Vec<Shape> {
        let plot = self.plot(room);
        if self.curves.is_empty() {
            return vec![text_from("not in this run", (plot.left, plot.top + 20), TICK_SIZE)];
        }
        let scene = Scene { plot, x: self.x(plot), y: self.y(plot) };
        let mut shapes = self.axes(plot, &scene.x, &scene.y);
        for curve in &self.behind {
            let thin = Look { color: FAINT, width: 1, pattern: &[], ..self.curves[0].look };
            let shown = curve.iter().copied().filter(|(x, y)| self.shows(*x, *y));
            shapes.extend(scene.stroke(thin, &scene.pixels(shown)));
        }
        let bands = self.curves.iter().filter(|curve| curve.ends != Ends::Intervals);
        shapes.extend(bands.filter_map(|curve| scene.band(curve, |x, y| self.shows(x, y))));
        let strokes = self.strokes(&scene);
        let lines = self.target.iter().flat_map(|t| t.line(plot, &scene.y, self.unit, &strokes));
        shapes.extend(lines);
        // The first over the others.
        shapes.extend((0..self.curves.len()).rev().flat_map(|index| self.curve(index, &scene)));
        shapes.extend(self.target.iter().flat_map(|t| t.marks(plot, &scene.x, &scene.y)));
        if self.description.names_at_ends {
            shapes.extend(names::at_ends(&self.curves, plot, &scene.x, &scene.y));
        } else if !self.is_named_by_its_title() {
            let corner = (plot.left, room.rect.top + 24);
            shapes.extend(names::legend(&self.curves, corner, plot.width()).0);
        }
        if self.has_quantile_names() {
            shapes.extend(self.quantile_names(&scene));
        }
        shapes
    }

    fn extent(&self) -> Option<(f64, f64)> {
        let is_shared =
            self.description.kind == PanelKind::Band && self.description.range.is_some();
        is_shared.then(|| self.ends())
    }

    fn widen(&mut self, extent: (f64, f64)) {
        self.shared = Some(extent);
    }

    fn reading(&self) -> Vec<String> {
        let has = |ends: Ends| {
            self.curves.iter().any(|curve| {
                curve.ends == ends && curve.points.iter().any(|(_, value)| value.ends.is_some())
            })
        };
        let mut sentences = Vec::new();
        if has(Ends::Extremes) {
            sentences.push("Lines: the median over seeds; bands: from the lowest to the highest.");
        }
        if has(Ends::Intervals) {
            sentences.push(marks_reading(self.description.log_y));
        }
        let mut sentences: Vec<String> = sentences.into_iter().map(str::to_owned).collect();
        sentences.extend(self.target.iter().flat_map(Target::reading));
        let diverged = self.curves.iter().filter(|curve| !curve.crosses.is_empty());
        let diverged = diverged.map(|curve| format!("{} ({})", curve.name, curve.crosses.len()));
        sentences.extend(listed("×: the last row of trainings that diverged", diverged));
        sentences
    }
}

impl CurvePanel {
    /// Whether there is one series, which the description has chosen.
    fn is_named_by_its_title(&self) -> bool {
        self.curves.len() == 1 && self.description.series.len() == 1
    }
}

/// The smallest and the largest, which are never the same.
fn apart(values: Vec<f64>) -> (f64, f64) {
    let (low, high) = extremes(values.into_iter());
    match (low.is_finite(), low < high) {
        (false, _) => (0.1, 1.0),
        (_, true) => (low, high),
        _ => (low, low + low.abs().max(1e-9)),
    }
}

/// A little more on both sides of a logarithmic axis.
fn with_room_in_powers(low: f64, high: f64) -> (f64, f64) {
    let factor = (high / low).powf(0.05).max(1.4);
    (low / factor, high * factor)
}

/// A little more on both sides, but never below 0 if nothing is.
fn with_room(low: f64, high: f64) -> (f64, f64) {
    let spare = 0.06 * (high - low).max(0.01 * high.abs()).max(1e-9);
    let floor = if low >= 0.0 { 0.0 } else { f64::NEG_INFINITY };
    ((low - spare).max(floor), high + spare)
}
