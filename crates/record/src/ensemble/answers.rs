//! What networks answer, and what several answer together.

use anyhow::{Result, ensure};
use serde::{Deserialize, Serialize};

/// How one network's answers to the crops of a picture become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Crops {
    /// The single centre crop.
    #[serde(rename = "1")]
    One,
    /// The mean of 10.
    #[serde(rename = "10")]
    Ten,
    /// The mean of 50.
    #[serde(rename = "50")]
    Fifty,
    /// The mean of 144.
    #[serde(rename = "144")]
    OneHundredFortyFour,
    /// The greatest of 144, class by class; `GoogLeNet` found the mean better.
    #[serde(rename = "144, maximum")]
    GreatestOf144,
}

impl Crops {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::One, Self::Ten, Self::Fifty, Self::OneHundredFortyFour, Self::GreatestOf144];

    /// The name, as in the files.
    pub fn name(self) -> &'static str {
        match self {
            Self::One => "1",
            Self::Ten => "10",
            Self::Fifty => "50",
            Self::OneHundredFortyFour => "144",
            Self::GreatestOf144 => "144, maximum",
        }
    }

    /// How many crops it looks at.
    pub fn count(self) -> u32 {
        match self {
            Self::One => 1,
            Self::Ten => 10,
            Self::Fifty => 50,
            Self::OneHundredFortyFour | Self::GreatestOf144 => 144,
        }
    }
}

/// What one network says of each of some pictures, in one way of looking: `[picture][class]`, flat.
///
/// Probabilities, but for [`Crops::GreatestOf144`], whose classes do not sum to 1; only their order counts.
#[derive(Clone, Debug, PartialEq)]
pub struct Answers {
    /// Classes.
    pub classes: usize,
    /// Each at least 0.
    pub values: Vec<f32>,
}

impl Answers {
    /// The arithmetic mean over networks.
    ///
    /// # Errors
    /// If there is none, or they are of different pictures or classes.
    pub fn mean<'a>(networks: impl IntoIterator<Item = &'a Self>) -> Result<Self> {
        let networks: Vec<&Self> = networks.into_iter().collect();
        let Some((first, rest)) = networks.split_first() else {
            anyhow::bail!("the mean of no network's answers")
        };
        let mut sum = (*first).clone();
        for other in rest {
            let is_same = (other.classes, other.values.len()) == (sum.classes, sum.values.len());
            ensure!(is_same, "networks answer for different pictures or classes");
            for (sum, value) in sum.values.iter_mut().zip(&other.values) {
                *sum += value;
            }
        }
        let count = networks.len() as f32;
        sum.values.iter_mut().for_each(|value| *value /= count);
        Ok(sum)
    }

    /// How many classes each picture's own is behind; 0 where it is the first. Of equal ones the class
    /// with the smaller number is before.
    pub fn ranks(&self, labels: &[u32]) -> Vec<usize> {
        let pictures = self.values.chunks_exact(self.classes).zip(labels);
        pictures.map(|(values, &label)| rank(values, label as usize)).collect()
    }

    /// The first picture of which an answer is no number, or negative.
    pub fn first_without_answer(&self) -> Option<usize> {
        let is_bad = |value: &f32| !(value.is_finite() && *value >= 0.0);
        self.values.iter().position(is_bad).map(|place| place / self.classes)
    }
}

fn rank(values: &[f32], label: usize) -> usize {
    let own = values[label];
    let is_before =
        |(class, value): &(usize, &f32)| **value > own || (**value == own && *class < label);
    values.iter().enumerate().filter(is_before).count()
}
