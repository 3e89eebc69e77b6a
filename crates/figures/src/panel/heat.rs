//! Means over x and over the number that ends the metric's name, as a heat map.

use anyhow::Result;
use exhibit::point::Point;
use exhibit::{PanelDescription, Unit};
use plotters::prelude::*;

use super::content::{Content, Material, Room, series, unit};
use crate::aggregate::{Summary, over_seeds};
use crate::axis::{Axis, Ruler, tick_text};
use crate::look::{INK, TICK_SIZE};
use crate::shapes::{Align, Rect, Shape, Words};

const LEFT: i32 = 104;
const RIGHT: i32 = 24;
const TOP: i32 = 50;
const UNDER: i32 = 118;
/// A difference of this size has half of its series' colour.
const HALF: f64 = 0.1;

/// A map, aggregated.
#[derive(Clone, Debug)]
pub struct HeatPanel {
    /// Its cells.
    pub cells: Vec<Cell>,
    /// The numbers of its columns and of its rows.
    pub sides: [Vec<f64>; 2],
    frame: Option<[f64; 2]>,
    labels: [String; 2],
    unit: Unit,
    /// Of a difference, the colours of the two series.
    colors: Option<[RGBColor; 2]>,
    /// Ends of the scale of colours.
    range: (f64, f64),
}

/// A cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cell {
    /// The column's and the row's number.
    pub at: [f64; 2],
    /// The mean, or the difference of two.
    pub value: f64,
}

impl HeatPanel {
    /// From points; of two series the first less the second.
    ///
    /// # Errors
    /// If polars refuses the points, which would be a bug.
    pub fn of(panel: &PanelDescription, material: Material<'_>) -> Result<Self> {
        let names = series(panel, material.points);
        let of = |name: &String| means(material.points, name, &panel.metric);
        let mut cells = names.first().map(of).transpose()?.unwrap_or_default();
        let second = names.get(1).map(of).transpose()?;
        if let Some(second) = &second {
            cells.retain_mut(|cell| {
                let other = second.iter().find(|other| other.at == cell.at);
                cell.value -= other.map_or(0.0, |other| other.value);
                other.is_some()
            });
        }
        let side = |axis: usize| distinct(cells.iter().map(|cell| cell.at[axis]));
        let last_word = panel.metric.trim_end().rsplit([' ', ',']).next().unwrap_or_default();
        let colors = names.get(..2).map(|pair| [0, 1].map(|i| material.looks.get(&pair[i]).color));
        let (low, high) = record::statistics::extremes(cells.iter().map(|cell| cell.value));
        Ok(Self {
            sides: [side(0), side(1)],
            frame: panel.frame,
            labels: [panel.label.clone().unwrap_or_default(), last_word.to_owned()],
            unit: if second.is_some() { unit(panel).of_difference() } else { unit(panel) },
            colors,
            range: if panel.percent { (0.0, 1.0) } else { (low, high) },
            cells,
        })
    }

    fn color(&self, value: f64) -> RGBColor {
        let Some(colors) = self.colors else {
            let (low, high) = self.range;
            return ViridisRGB.get_color(((value - low) / (high - low).max(1e-12)).clamp(0.0, 1.0));
        };
        let strength = value.abs() / (value.abs() + HALF);
        let RGBColor(r, g, b) = colors[usize::from(value < 0.0)];
        let mixed = [r, g, b].map(|c| (255.0 + (f64::from(c) - 255.0) * strength) as u8);
        RGBColor(mixed[0], mixed[1], mixed[2])
    }

    fn text(&self, value: f64) -> String {
        let plus = if self.colors.is_some() && value > 0.0 { "+" } else { "" };
        format!("{plus}{}", self.unit.digits(value))
    }

    /// Columns and rows of the same size, and their numbers at the middles.
    fn ruler(&self, side: usize, pixels: (i32, i32)) -> Ruler {
        let values = &self.sides[side];
        let axis = Axis::new((0.0, values.len().max(1) as f64), pixels, false);
        let tick = |(index, value): (usize, &f64)| (index as f64 + 0.5, tick_text(*value));
        let ticks = values.iter().enumerate().map(tick).collect();
        let label = self.labels[side].clone();
        Ruler { axis, ticks, label, has_grid: false, reference: None }
    }

    fn cell(&self, cell: &Cell, [x, y]: [&Axis; 2]) -> Vec<Shape> {
        let place = |side: usize| {
            self.sides[side].iter().position(|value| *value == cell.at[side]).unwrap_or(0) as f64
        };
        let (column, row) = (place(0), place(1));
        let (left, right) = (x.within(column), x.within(column + 1.0));
        let (bottom, top) = (y.within(row), y.within(row + 1.0));
        let rect = Rect { left, top, right, bottom };
        let color = self.color(cell.value);
        let text = self.text(cell.value);
        let [across, up] = cell.at.map(tick_text);
        let hint = format!("{} {across}, {} {up}: {text}", self.labels[0], self.labels[1]);
        let mut shapes = vec![Shape::Area(rect, color.into()), Shape::Hint((hint, rect.center()))];
        if self.frame == Some(cell.at) {
            shapes.push(Shape::Frame(rect.inset(3), INK.into(), 6));
        }
        let (at, size, align) = (rect.center(), TICK_SIZE, Align::Centered);
        shapes.push(Shape::Words(Words { text, at, size, align, color: text_on(color) }));
        shapes
    }
}

impl Content for HeatPanel {
    fn height(&self, _columns: i32) -> i32 {
        TOP + 640 + UNDER
    }

    fn shapes(&self, room: Room) -> Vec<Shape> {
        let Rect { left, top, right, bottom } = room.rect;
        let plot = Rect {
            left: left + LEFT,
            top: top + TOP,
            right: right - RIGHT,
            bottom: bottom - UNDER,
        };
        let x = self.ruler(0, (plot.left, plot.right));
        let y = self.ruler(1, (plot.bottom, plot.top));
        let mut shapes = Vec::new();
        for cell in &self.cells {
            shapes.extend(self.cell(cell, [&x.axis, &y.axis]));
        }
        shapes.extend(y.beside(plot));
        shapes.extend(x.under(plot));
        shapes
    }

    fn reading(&self) -> Vec<String> {
        vec!["Means over seeds.".to_owned()]
    }
}

/// The series' means at every x, for each number that ends the metric's name.
fn means(points: &[Point], series: &str, prefix: &str) -> Result<Vec<Cell>> {
    let is_it = |point: &&Point| point.series == series && point.metric.starts_with(prefix);
    let cell = |summary: Summary| {
        let row = summary.metric.strip_prefix(prefix)?.trim().parse().ok()?;
        Some(Cell { at: [summary.x, row], value: summary.mean?.mean })
    };
    Ok(over_seeds(points.iter().filter(is_it))?.into_iter().filter_map(cell).collect())
}

fn distinct(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.dedup();
    values
}

/// Dark on light cells and light on dark ones.
fn text_on(background: RGBColor) -> RGBColor {
    let RGBColor(r, g, b) = background;
    let luminance = 0.299 * f64::from(r) + 0.587 * f64::from(g) + 0.114 * f64::from(b);
    if luminance > 140.0 { INK } else { WHITE }
}
