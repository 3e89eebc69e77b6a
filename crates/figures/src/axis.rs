//! Axes: from values to pixels, and the one painter of ticks, grid and labels.

use recipe::thousands;

use crate::look::{GRID, INK, LABEL_SIZE, TICK_SIZE};
use crate::shapes::{Place, Rect, Shape, line, text_around, text_to};

/// From values to pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Axis {
    low: f64,
    high: f64,
    first: i32,
    last: i32,
    is_logarithmic: bool,
}

impl Axis {
    /// `low` is at the pixel `first`, `high` at `last`; both ends of a logarithmic one must be positive.
    pub fn new((low, high): (f64, f64), (first, last): (i32, i32), is_logarithmic: bool) -> Self {
        Self { low, high, first, last, is_logarithmic }
    }

    /// The pixel of a value, beyond the axis too.
    pub fn at(&self, value: f64) -> f64 {
        let scale = |value: f64| if self.is_logarithmic { value.ln() } else { value };
        let share = (scale(value) - scale(self.low)) / (scale(self.high) - scale(self.low));
        f64::from(self.first) + share * f64::from(self.last - self.first)
    }

    /// The pixel of a value, at the nearer end for one beyond the axis.
    pub fn within(&self, value: f64) -> i32 {
        self.at(value.clamp(self.low, self.high)).round() as i32
    }

    /// Whether a value is on the axis.
    pub fn contains(&self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }

    /// Whether a value has a place on such an axis.
    pub fn fits(value: f64, is_logarithmic: bool) -> bool {
        value.is_finite() && (value > 0.0 || !is_logarithmic)
    }

    /// In words for a script: `0 80 980 120 linear`, the values times a factor, and their pixels.
    pub fn words(&self, factor: f64) -> String {
        let kind = if self.is_logarithmic { "logarithmic" } else { "linear" };
        let [low, high] = [self.low, self.high].map(|end| factor * end);
        format!("{low} {high} {} {} {kind}", self.first, self.last)
    }

    /// Round values along the axis: 1, 2, 5, 10 … or, over many decades, powers of ten; of a linear
    /// axis, about so many.
    pub fn ticks(&self, about: usize) -> Vec<f64> {
        if self.is_logarithmic { self.powers(about) } else { self.steps(about) }
    }

    fn powers(&self, about: usize) -> Vec<f64> {
        let decades = self.low.log10().floor() as i32..=self.high.log10().ceil() as i32;
        let of = |factors: &'static [f64]| {
            let values = decades
                .clone()
                .flat_map(|power| factors.iter().map(move |factor| factor * 10f64.powi(power)));
            values.filter(|value| self.contains(*value)).collect::<Vec<_>>()
        };
        let fine = of(&[1.0, 2.0, 5.0]);
        if fine.len() <= about {
            return fine;
        }
        let coarse = of(&[1.0]);
        let every = coarse.len().div_ceil(about.max(1));
        coarse.into_iter().step_by(every).collect()
    }

    fn steps(&self, about: usize) -> Vec<f64> {
        let rough = (self.high - self.low) / about.max(1) as f64;
        let power = 10f64.powf(rough.log10().floor());
        let factor = [1.0, 2.0, 5.0, 10.0].into_iter().find(|factor| factor * power >= rough);
        let step = factor.unwrap_or(10.0) * power;
        let first = (self.low / step - 1e-9).ceil() as i64;
        let last = (self.high / step + 1e-9).floor() as i64;
        (first..=last).map(|i| i as f64 * step).collect()
    }
}

/// An axis as it is drawn.
#[derive(Clone, Debug)]
pub struct Ruler {
    /// From values to pixels.
    pub axis: Axis,
    /// Where it has which text.
    pub ticks: Vec<(f64, String)>,
    /// What it says; nothing if it is empty.
    pub label: String,
    /// Whether a line goes through the plot at each tick.
    pub has_grid: bool,
    /// A value whose line stands out.
    pub reference: Option<f64>,
}

impl Ruler {
    /// With a grid at these values.
    pub fn new(axis: Axis, ticks: &[f64], label: impl Into<String>, in_percent: bool) -> Self {
        let text = |value: &f64| {
            let shown = if in_percent { 100.0 * value } else { *value };
            (*value, tick_text(shown))
        };
        let ticks = ticks.iter().map(text).collect();
        Self { axis, ticks, label: label.into(), has_grid: true, reference: None }
    }

    /// Along the plot's lower side.
    pub fn under(&self, plot: Rect) -> Vec<Shape> {
        let Rect { left, top, right, bottom } = plot;
        let text = |text: &str, x| text_around(text, (x, bottom + 28), TICK_SIZE);
        let mut shapes = self.lines(|x| [(x, top), (x, bottom)], text);
        shapes.push(line((left, bottom), (right, bottom), INK, 2));
        let middle = (i32::midpoint(self.axis.first, self.axis.last), bottom + 78);
        shapes.push(text_around(&self.label, middle, LABEL_SIZE));
        shapes
    }

    /// Along the plot's left side; its label stands above.
    pub fn beside(&self, plot: Rect) -> Vec<Shape> {
        let Rect { left, top, right, bottom } = plot;
        let text = |text: &str, y| text_to(text, (left - 14, y), TICK_SIZE);
        let mut shapes = self.lines(|y| [(left, y), (right, y)], text);
        shapes.push(line((left, top), (left, bottom), INK, 2));
        shapes.push(text_to(&self.label, (left - 14, top - 24), TICK_SIZE));
        shapes
    }

    /// The ticks with their grid, and the reference; lines have these ends at a pixel of the axis.
    fn lines(
        &self,
        ends: impl Fn(i32) -> [Place; 2],
        text: impl Fn(&str, i32) -> Shape,
    ) -> Vec<Shape> {
        let line_at = |value: f64, color, width| {
            let [from, to] = ends(self.axis.within(value));
            line(from, to, color, width)
        };
        let mut shapes = Vec::new();
        for (value, name) in &self.ticks {
            shapes.extend(self.has_grid.then(|| line_at(*value, GRID, 2)));
            shapes.push(text(name, self.axis.within(*value)));
        }
        let reference = self.reference.filter(|value| self.axis.contains(*value));
        shapes.extend(reference.map(|value| line_at(value, INK, 3)));
        shapes
    }
}

/// A number of an axis: `10,000`, `0.05`, `1e−6`.
pub fn tick_text(value: f64) -> String {
    let size = value.abs();
    let text = if size > 0.0 && !(1e-3..1e6).contains(&size) {
        format!("{value:.0e}")
    } else {
        let rounded = ((value * 1e6).round() / 1e6).to_string();
        let (whole, rest) = rounded.split_at(rounded.find('.').unwrap_or(rounded.len()));
        let digits = whole.trim_start_matches('-').parse().map_or(whole.to_owned(), thousands);
        format!("{}{digits}{rest}", if value < 0.0 && rounded != "-0" { "−" } else { "" })
    };
    text.replace('-', "−")
}
