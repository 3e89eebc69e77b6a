//! What is measured of a job.

use std::fmt::Display;

use record::point::PointRow;
use record::run::Scale;

use crate::Job;

/// Points of one series and seed.
pub struct Points {
    scale: Scale,
    series: String,
    seed: u64,
    rows: Vec<PointRow>,
}

impl Points {
    /// None yet, of the job's subject.
    pub fn of(scale: Scale, job: &Job<impl Display>) -> Self {
        Self { scale, series: job.subject.to_string(), seed: job.seed, rows: Vec::new() }
    }

    /// Adds what was measured at x.
    pub fn push(&mut self, metric: &str, x: f64, value: f64) {
        self.push_of(&self.series.clone(), metric, x, value);
    }

    /// The same, of another series than the job's.
    pub fn push_of(&mut self, series: &str, metric: &str, x: f64, value: f64) {
        self.rows.push(PointRow {
            scale: self.scale,
            series: series.to_owned(),
            seed: self.seed,
            metric: metric.to_owned(),
            x,
            value,
        });
    }

    /// All of them; there are none then.
    pub fn take_rows(&mut self) -> Vec<PointRow> {
        std::mem::take(&mut self.rows)
    }
}
