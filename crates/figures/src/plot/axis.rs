//! A linear or logarithmic axis in pixels.

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
    /// `low` is at the pixel `first`, `high` at `last`.
    pub fn linear((low, high): (f64, f64), (first, last): (i32, i32)) -> Self {
        Self { low, high, first, last, is_logarithmic: false }
    }

    /// The same in powers; both ends must be positive.
    pub fn logarithmic((low, high): (f64, f64), (first, last): (i32, i32)) -> Self {
        Self { low, high, first, last, is_logarithmic: true }
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
