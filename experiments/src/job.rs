//! What runs side by side: trainings and measurements.

use std::fmt::{self, Display};

use record::run::job_name;

/// A training or a measurement of a seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Job<Subject> {
    /// What is trained, or measured: its series in the rows.
    pub subject: Subject,
    /// Seed of its initial weights, order and every other draw.
    pub seed: u64,
}

impl<Subject: Display> Job<Subject> {
    /// A name for its folder: `bn-x5-sigmoid-seed0`.
    pub fn folder(&self) -> String {
        job_name(&self.subject.to_string(), self.seed)
    }
}

impl<Subject: Display> Display for Job<Subject> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, seed {}", self.subject, self.seed)
    }
}
