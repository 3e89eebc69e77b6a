//! A horizontal line, and large marks where curves reach it.

use anyhow::Result;
use exhibit::{PanelDescription, Unit};
use record::statistics::extremes;

use super::content::{Material, listed};
use super::curve::Places;
use crate::aggregate::last;
use crate::axis::{Axis, tick_text};
use crate::look::{CAPTION_SIZE, INK, Look};
use crate::marks;
use crate::shapes::{Place, Rect, Shape, line, text_from, text_width};

/// Marks that are closer than this along the axis are drawn above each other,
const HIDES: i32 = 24;
/// so far apart.
const PITCH: i32 = 42;

/// A horizontal line.
#[derive(Clone, Debug)]
pub struct Target {
    /// What it is: `Inception, maximum accuracy`.
    pub name: String,
    /// Where it is.
    pub value: f64,
    /// Who reaches it.
    pub reaches: Vec<Reach>,
}

/// Where a series reaches the line.
#[derive(Clone, Debug, PartialEq)]
pub struct Reach {
    /// Which series.
    pub name: String,
    /// How it is drawn.
    pub look: Look,
    /// The mean over seeds of the x.
    pub x: f64,
    /// Seeds that reach it.
    pub reached: usize,
    /// Seeds.
    pub seeds: usize,
}

impl Target {
    /// The panel's line, if it has one and the run its number.
    ///
    /// # Errors
    /// If polars refuses the points, which would be a bug.
    pub fn of(
        panel: &PanelDescription,
        material: Material<'_>,
        names: &[String],
    ) -> Result<Option<Self>> {
        let Some([series, metric]) = &panel.target else { return Ok(None) };
        let line = last(material.points, series, metric)?.and_then(|line| line.mean);
        let Some(line) = line.filter(|line| line.mean.is_finite()) else { return Ok(None) };
        let mut reaches = Vec::new();
        for name in panel.reaches.iter().flat_map(|_| names) {
            let metric = panel.reaches.as_deref().unwrap_or_default();
            let Some(summary) = last(material.points, name, metric)? else { continue };
            let x = summary.spread(panel.log_x).map_or(f64::NAN, |spread| spread.mean);
            let (name, look) = (name.clone(), material.looks.get(name));
            let reached = summary.n - summary.censored;
            reaches.push(Reach { name, look, x, reached, seeds: summary.n });
        }
        Ok(Some(Self { name: format!("{series}, {metric}"), value: line.mean, reaches }))
    }

    /// The line, and what it is, at its left end if no stroke of a curve is there, else at an end that is free.
    pub fn line(&self, plot: Rect, y: &Axis, unit: Unit, strokes: &[Places]) -> Vec<Shape> {
        let height = y.within(self.value);
        let text = format!("{}: {}", self.name, unit.one(self.value));
        let width = text_width(&text, CAPTION_SIZE);
        let ends = [plot.left + 14, plot.right - 14 - width];
        let places = [height - 22, height + 22].map(|middle| ends.map(|left| (left, middle)));
        let is_free = |&(left, middle): &Place| {
            let room = Rect::new((left, middle - 18), (width, 36));
            room.bottom < plot.bottom && !strokes.iter().any(|stroke| crosses(stroke, room))
        };
        let place = places.into_iter().flatten().find(is_free).unwrap_or(places[0][0]);
        vec![
            line((plot.left, height), (plot.right, height), INK, 2),
            text_from(text, place, CAPTION_SIZE),
        ]
    }

    /// The marks, above each other where they would meet, and lines down to their x.
    pub fn marks(&self, plot: Rect, x: &Axis, y: &Axis) -> Vec<Shape> {
        let reached = self.reaches.iter().filter(|reach| x.contains(reach.x));
        let mut reaches: Vec<(i32, &Reach)> = reached.map(|r| (x.within(r.x), r)).collect();
        reaches.sort_by_key(|(x, _)| *x);
        let levels = levels(&reaches.iter().map(|(x, _)| *x).collect::<Vec<_>>());
        let heights = levels.into_iter().map(|level| y.within(self.value) - PITCH * level);
        let marks = reaches.into_iter().zip(heights);
        marks.flat_map(|((x, reach), y)| reach.mark((x, y), plot.bottom)).collect()
    }

    /// How to read the marks, and who does not reach the line in every seed.
    pub fn reading(&self) -> Vec<String> {
        const MARKS: &str =
            "Large marks: the mean number of steps to the line (hollow: not in every seed).";
        let marks = (!self.reaches.is_empty()).then(|| MARKS.to_owned());
        let short = self.reaches.iter().filter(|reach| reach.reached < reach.seeds);
        let short = short.map(|r| format!("{} ({} of {})", r.name, r.reached, r.seeds));
        marks.into_iter().chain(listed("Not in every seed", short)).collect()
    }
}

impl Reach {
    fn mark(&self, (x, y): (i32, i32), bottom: i32) -> Vec<Shape> {
        let dotted = Look { width: 2, pattern: &[3, 7], ..self.look };
        let mut shapes = marks::straight(dotted, [(x, y), (x, bottom)]);
        shapes.extend(marks::mark(self.look, (x, y), 17.0, self.reached == self.seeds));
        let Self { name, reached, seeds, .. } = self;
        let text = format!("{name}: {} in {reached} of {seeds} seeds", tick_text(self.x.round()));
        shapes.push(Shape::Hint((text, (x, y))));
        shapes
    }
}

/// Whether a polyline is somewhere in a rectangle.
fn crosses(stroke: &[(f64, f64)], Rect { left, top, right, bottom }: Rect) -> bool {
    marks::clipped(stroke, (f64::from(top), f64::from(bottom))).iter().any(|part| {
        let (low, high) = extremes(part.iter().map(|(x, _)| *x));
        low <= f64::from(right) && high >= f64::from(left)
    })
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
