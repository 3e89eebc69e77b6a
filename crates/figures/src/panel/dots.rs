//! Numbers with intervals, a row for each; the paper's beside ours; and differences between series.

use std::collections::BTreeMap;

use anyhow::Result;
use exhibit::point::{Known, Point};
use exhibit::{PanelDescription, Unit};
use plotters::style::Color;
use record::statistics::extremes;

use super::content::{Content, Material, Room, marks_reading, series, unit};
use crate::aggregate::{Summary, last};
use crate::axis::{Axis, Ruler};
use crate::look::{CAPTION_SIZE, GRID, Look, NEUTRAL, TICK_SIZE};
use crate::marks;
use crate::shapes::{Rect, Shape, line, text_around, text_from, text_to, text_width};

/// Distance of two rows.
const ROW: i32 = 68;
/// Room over the first row, for the columns' names, and under the last.
const HEADER: i32 = 76;
const UNDER: i32 = 122;
/// Width of the strip for what is never reached, and its distance from the axis.
const NEVER: i32 = 110;
const STRIP_GAP: i32 = 24;
/// How far the paper's mark lies above a row's middle, and ours below.
const OFFSET: i32 = 13;
/// Between names, axis and columns; the least length of the axis.
const GAP: i32 = 26;
const SHORTEST: i32 = 240;
/// Of marks.
const RADIUS: f64 = 9.0;

/// Rows of dots, aggregated.
#[derive(Clone, Debug)]
pub struct DotPanel {
    /// The rows.
    pub rows: Vec<Row>,
    columns: Vec<Column>,
    label: String,
    unit: Unit,
    in_percent: bool,
    is_logarithmic: bool,
    beside_the_papers: bool,
}

/// A row.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Its name.
    pub name: String,
    /// A number for each column that has one.
    pub dots: Vec<Option<Dot>>,
}

/// A number with its mark.
#[derive(Clone, Debug, PartialEq)]
pub struct Dot {
    /// The number and its interval; none if it is only known to be beyond a bound.
    pub number: Option<(f64, Option<(f64, f64)>)>,
    /// In how many seeds it is beyond the bound, and of how many.
    pub never: (usize, usize),
    /// How it is drawn.
    pub look: Look,
    /// Whether it is a measurement of ours.
    pub is_ours: bool,
}

/// A column of numbers.
#[derive(Clone, Debug)]
struct Column {
    title: String,
    look: Option<Look>,
}

impl DotPanel {
    /// A row for each that the description has.
    ///
    /// # Errors
    /// If polars refuses the points, which would be a bug.
    pub fn of_rows(panel: &PanelDescription, material: Material<'_>) -> Result<Self> {
        let mut rows = Vec::new();
        for row in &panel.rows {
            let mut dots = Vec::new();
            for (metric, look) in panel.metrics.iter().zip(NEUTRAL) {
                let look =
                    if panel.metrics.len() > 1 { look } else { material.looks.get(&row.series) };
                let of = |points: &[Point], is_ours: bool| -> Result<Option<Dot>> {
                    let summary = last(points, &row.series, metric)?;
                    Ok(summary.map(|s| Dot::of(&s, panel.log_x, look, is_ours)))
                };
                let (papers, ours) = (of(material.paper, false)?, of(material.points, true)?);
                if panel.beside_the_papers {
                    dots.extend([papers, ours]);
                } else {
                    dots.push(ours.or(papers));
                }
            }
            rows.push(Row { name: row.name.clone(), dots });
        }
        Ok(Self::new(panel, rows, columns(panel)))
    }

    /// By how much one series is above each of the others at the last x, paired by seed.
    ///
    /// # Errors
    /// If polars refuses the points, which would be a bug.
    pub fn of_differences(panel: &PanelDescription, material: Material<'_>) -> Result<Self> {
        let own = at_end(material.points, &panel.from, &panel.metric);
        let mut rows = Vec::new();
        for name in series(panel, material.points).into_iter().filter(|name| *name != panel.from) {
            let other = at_end(material.points, &name, &panel.metric);
            let pairs = own.iter().filter_map(|(seed, own)| Some((*seed, own - other.get(seed)?)));
            let points: Vec<Point> =
                pairs.map(|(seed, x)| Point::new(&name, seed, &panel.metric, 0.0, x)).collect();
            let Some(summary) = last(&points, &name, &panel.metric)? else { continue };
            let look = Look { pattern: &[], ..material.looks.get(&name) };
            let dot = Dot::of(&summary, false, look, true);
            rows.push(Row { name, dots: vec![Some(dot)] });
        }
        let column = Column { title: "difference".to_owned(), look: None };
        Ok(Self::new(panel, rows, vec![column]))
    }

    fn new(panel: &PanelDescription, rows: Vec<Row>, columns: Vec<Column>) -> Self {
        Self {
            rows,
            columns,
            label: panel.label.clone().unwrap_or_default(),
            unit: unit(panel),
            in_percent: panel.percent,
            is_logarithmic: panel.log_x,
            beside_the_papers: panel.beside_the_papers,
        }
    }

    fn dots(&self) -> impl Iterator<Item = &Dot> {
        self.rows.iter().flat_map(|row| &row.dots).flatten()
    }

    /// Whether something is never reached, which has a strip beside the axis.
    fn has_strip(&self) -> bool {
        self.dots().any(|dot| dot.never.0 > 0)
    }

    /// Where no difference is.
    fn reference(&self) -> f64 {
        if self.is_logarithmic { 1.0 } else { 0.0 }
    }

    /// The numbers' axis holds every number, and intervals as far as they do not dwarf them.
    fn axis(&self, pixels: (i32, i32)) -> Axis {
        let scale = |value: f64| if self.is_logarithmic { value.ln() } else { value };
        let unscale = |value: f64| if self.is_logarithmic { value.exp() } else { value };
        let fits = |value: &f64| Axis::fits(*value, self.is_logarithmic);
        let numbers = || self.dots().filter_map(|dot| dot.number).filter(|(mean, _)| fits(mean));
        let means = numbers().map(|(mean, _)| scale(mean)).chain([scale(self.reference())]);
        let (low, high) = extremes(means.collect::<Vec<_>>().into_iter());
        let span = if high > low { high - low } else { 1.0 };
        let ends = numbers().filter_map(|(_, ends)| ends).flat_map(|(low, high)| [low, high]);
        let ends =
            ends.filter(fits).map(|end| scale(end).clamp(low - span / 2.0, high + span / 2.0));
        let (low, high) = extremes(ends.chain([low, high]).collect::<Vec<_>>().into_iter());
        let room = 0.06 * (high - low).max(1e-9);
        let first = if low == 0.0 && !self.is_logarithmic { 0.0 } else { low - room };
        Axis::new((unscale(first), unscale(high + room)), pixels, self.is_logarithmic)
    }

    /// The rows' plot, and where the columns of numbers end.
    fn layout(&self, rect: Rect) -> (Rect, Vec<i32>) {
        let names = self.rows.iter().map(|row| text_width(&row.name, TICK_SIZE)).max().unwrap_or(0);
        let mut right = rect.right - 20;
        let mut ends = Vec::new();
        for (index, column) in self.columns.iter().enumerate().rev() {
            let numbers =
                self.rows.iter().map(|row| text_width(&self.text(row, index), CAPTION_SIZE));
            let title = text_width(&column.title, CAPTION_SIZE)
                + if column.look.is_some() { 44 } else { 0 };
            ends.push(right);
            right -= numbers.chain([title]).max().unwrap_or(0) + GAP;
        }
        ends.reverse();
        let left = (rect.left + 10 + names + GAP).min(right - SHORTEST);
        let top = rect.top + HEADER;
        let rows = self.rows.len().max(1) as i32;
        let bottom = top + rows * self.pitch(rect);
        (Rect { left, top, right, bottom }, ends)
    }

    /// Distance of two rows: as large as the room allows, within reason.
    fn pitch(&self, rect: Rect) -> i32 {
        let room = rect.bottom - rect.top - HEADER - UNDER;
        (room / self.rows.len().max(1) as i32).clamp(ROW, 2 * ROW)
    }

    /// A column's number of a row.
    fn text(&self, row: &Row, column: usize) -> String {
        let Some(Some(dot)) = row.dots.get(column) else { return "–".to_owned() };
        let Some((mean, ends)) = dot.number else { return "never".to_owned() };
        format!("{}{}", self.unit.digits(mean), self.unit.interval(ends))
    }

    fn axes(&self, axis: Axis, plot: Rect, strip: Option<Rect>) -> Vec<Shape> {
        let about = (plot.width() / 60).clamp(3, 8) as usize;
        let ruler = Ruler::new(axis, &axis.ticks(about), &self.label, self.in_percent);
        let mut shapes = Ruler { reference: Some(self.reference()), ..ruler }.under(plot);
        if let Some(strip) = strip {
            shapes.push(Shape::Area(strip, GRID.mix(0.6)));
            let at = (strip.center().0, strip.bottom + 28);
            shapes.push(text_around("never", at, TICK_SIZE));
        }
        shapes
    }

    fn heads(&self, ends: &[i32], y: i32) -> Vec<Shape> {
        let mut shapes = Vec::new();
        for (column, end) in self.columns.iter().zip(ends) {
            shapes.push(text_to(&column.title, (*end, y), CAPTION_SIZE));
            let before = end - text_width(&column.title, CAPTION_SIZE) - 20;
            shapes.extend(
                column.look.into_iter().flat_map(|l| marks::mark(l, (before, y), 10.0, true)),
            );
        }
        shapes
    }
}

impl Dot {
    fn of(summary: &Summary, is_geometric: bool, look: Look, is_ours: bool) -> Self {
        let spread = summary.spread(is_geometric).filter(|spread| spread.mean.is_finite());
        let number = spread.map(|spread| (spread.mean, spread.interval));
        Self { number, never: (summary.censored, summary.n), look, is_ours }
    }

    fn shapes(&self, axis: &Axis, y: i32, strip: Option<Rect>) -> Vec<Shape> {
        let mut shapes = Vec::new();
        let ends = self.number.and_then(|(_, ends)| ends);
        shapes.extend(ends.map(|(low, high)| {
            line((axis.within(low), y), (axis.within(high), y), self.look.color, 4)
        }));
        let beyond = strip.map(|strip| strip.center().0);
        if let Some((mean, _)) = self.number {
            shapes.extend(marks::mark(self.look, (axis.within(mean), y), RADIUS, self.is_ours));
        } else if let Some(x) = beyond {
            shapes.extend(marks::mark(self.look, (x, y), RADIUS, self.is_ours));
        }
        let (never, seeds) = self.never;
        if let (true, Some(x)) = (never > 0 && never < seeds, beyond) {
            shapes.push(text_around(format!("{never} of {seeds}"), (x, y), CAPTION_SIZE));
        }
        shapes
    }
}

impl Content for DotPanel {
    fn height(&self, _columns: i32) -> i32 {
        HEADER + ROW * self.rows.len().max(1) as i32 + UNDER
    }

    fn shapes(&self, room: Room) -> Vec<Shape> {
        let (plot, ends) = self.layout(room.rect);
        let pitch = self.pitch(room.rect);
        let strip = self.has_strip().then(|| Rect { left: plot.right - NEVER, ..plot });
        let last = strip.map_or(plot.right, |strip| strip.left - STRIP_GAP);
        let axis = self.axis((plot.left, last));
        let mut shapes = self.axes(axis, Rect { right: last, ..plot }, strip);
        shapes.extend(self.heads(&ends, plot.top - 36));
        for (number, row) in (0..).zip(&self.rows) {
            let y = plot.top + pitch * number + pitch / 2;
            shapes.push(text_from(&row.name, (room.rect.left + 10, y), TICK_SIZE));
            for (column, dot) in row.dots.iter().enumerate() {
                let text = self.text(row, column);
                shapes.push(text_to(&text, (ends[column], y), CAPTION_SIZE));
                let Some(dot) = dot else { continue };
                let side = if dot.is_ours { OFFSET } else { -OFFSET };
                let y = if self.beside_the_papers { y + side } else { y };
                shapes.extend(dot.shapes(&axis, y, strip));
                let hint = format!("{}, {}: {text}", row.name, self.columns[column].title);
                let x = dot.number.map_or(last, |(mean, _)| axis.within(mean));
                shapes.push(Shape::Hint((hint, (x, y))));
            }
        }
        shapes
    }

    fn reading(&self) -> Vec<String> {
        let has_interval =
            self.dots().any(|dot| dot.number.is_some_and(|(_, ends)| ends.is_some()));
        let mut sentences = Vec::new();
        if has_interval {
            sentences.push(marks_reading(self.is_logarithmic).to_owned());
        }
        if self.beside_the_papers {
            sentences.push("Hollow: the paper's number; filled: ours.".to_owned());
        } else if self.dots().any(|dot| !dot.is_ours) {
            sentences.push("Hollow: numbers that others have published.".to_owned());
        }
        sentences
    }
}

/// The paper and ours, or a column for each metric.
fn columns(panel: &PanelDescription) -> Vec<Column> {
    let is_single = panel.metrics.len() == 1;
    let column = |(metric, look): (&String, Look)| {
        let look = (!is_single).then_some(look);
        let titles = match (panel.beside_the_papers, is_single) {
            (true, true) => vec!["paper".to_owned(), "ours".to_owned()],
            (true, false) => vec![format!("{metric}, paper"), format!("{metric}, ours")],
            (false, _) => vec![metric.clone()],
        };
        titles.into_iter().map(move |title| Column { title, look })
    };
    panel.metrics.iter().zip(NEUTRAL).flat_map(column).collect()
}

/// The number of each seed at its last x.
fn at_end(points: &[Point], series: &str, metric: &str) -> BTreeMap<u64, f64> {
    let is_it = |point: &&Point| point.series == series && point.metric == metric;
    let mut own: Vec<&Point> = points.iter().filter(is_it).collect();
    own.sort_by(|a, b| a.x.total_cmp(&b.x));
    let known = own.into_iter().filter_map(|p| Some((p.seed, Known::exact(p.value)?)));
    known.collect()
}
