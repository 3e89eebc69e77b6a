//! What a whole run depends on.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::bn_inception::Arithmetic;
use crate::{DataSet, NetworkConfig, Recipe};

/// Everything that the rows of a run depend on, beside seeds, data and versions.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RunRecipe {
    /// Its trainings, of each seed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trainings: Vec<Recipe>,
    /// The numbers that BN-Inception's convolutions are computed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arithmetic: Option<Arithmetic>,
    /// What else the program measures with, which it alone understands.
    #[serde(flatten)]
    pub measurement: Map<String, Value>,
}

impl RunRecipe {
    /// That of these trainings, of which nothing more is measured than their rows.
    pub fn of(trainings: Vec<Recipe>) -> Self {
        Self { trainings, ..Self::default() }
    }

    /// The same, measured with this.
    #[must_use]
    pub fn with(mut self, what: &str, value: impl Into<Value>) -> Self {
        self.measurement.insert(what.to_owned(), value.into());
        self
    }

    /// The same in these numbers.
    #[must_use]
    pub fn computed_in(self, arithmetic: Option<Arithmetic>) -> Self {
        Self { arithmetic, ..self }
    }

    /// A whole number that it is measured with.
    ///
    /// # Panics
    /// If there is none: the program that asks is the one that made the recipe.
    pub fn count(&self, what: &str) -> u64 {
        let value = self.measurement.get(what).and_then(Value::as_u64);
        value.unwrap_or_else(|| panic!("the recipe has no number '{what}'"))
    }

    /// Data, size and steps in words: `CIFAR-10, a quarter of the width, 2,000 steps`.
    pub fn words(&self) -> String {
        let trainings = || self.trainings.iter();
        let sizes: BTreeSet<String> = trainings().filter_map(size).collect();
        let steps: BTreeSet<u64> = trainings().map(|training| training.steps).collect();
        let steps = match (steps.first(), steps.last()) {
            (Some(first), Some(last)) if first == last => format!("{} steps", thousands(*last)),
            (Some(first), Some(last)) => {
                format!("{} to {} steps", thousands(*first), thousands(*last))
            }
            _ => "no training".to_owned(),
        };
        let replicas = trainings().map(|training| training.replicas).max();
        let replicas = replicas.filter(|count| *count > 1).map(|count| format!("{count} replicas"));
        let data = Some(self.data()).filter(|data| !data.is_empty());
        data.into_iter().chain(sizes).chain([steps]).chain(replicas).collect::<Vec<_>>().join(", ")
    }

    /// The data in words.
    pub fn data(&self) -> String {
        let data: BTreeSet<String> = self.trainings.iter().map(data).collect();
        data.into_iter().collect::<Vec<_>>().join(", ")
    }
}

fn data(training: &Recipe) -> String {
    let some = training.images.training_images;
    let part = some.map_or(String::new(), |n| format!("{} images of ", thousands(n as u64)));
    let name = match (training.images.data, training.classes()) {
        (DataSet::BinaryMnist, _) => "MNIST".to_owned(),
        (DataSet::Cifar10, _) => "CIFAR-10".to_owned(),
        (DataSet::TinyImageNet, _) => "Tiny ImageNet".to_owned(),
        (DataSet::Photographs, 1000) => "photographs of 1,000 classes".to_owned(),
        (DataSet::Photographs, classes) => format!("photographs of {classes} classes"),
    };
    format!("{part}{name}")
}

/// Side of a photograph and width of BN-Inception; nothing of the network of §4.1, which has one size.
fn size(training: &Recipe) -> Option<String> {
    let NetworkConfig::BnInception(config) = &training.network else { return None };
    let width = match config.width {
        1.0 => "the full width".to_owned(),
        0.5 => "half the width".to_owned(),
        0.25 => "a quarter of the width".to_owned(),
        width => format!("{width} of the width"),
    };
    let side = config.image_side;
    let is_photograph = training.images.data == DataSet::Photographs;
    Some(if is_photograph { format!("{side} pixels, {width}") } else { width })
}

/// `50,000`.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .map(|group| std::str::from_utf8(group).unwrap_or_default())
        .collect();
    groups.join(",")
}
