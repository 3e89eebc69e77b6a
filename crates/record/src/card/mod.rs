//! What is known of a trained network: `NAME.json` beside `NAME.safetensors`.

mod markdown;

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use recipe::{DataSet, NetworkConfig, Recipe, RunRecipe};
use serde::{Deserialize, Serialize};

use crate::file::{file_names, write_json};
use crate::manifest::Start;
use crate::repository;
use crate::statistics::wilson;

/// What is known of a network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Card {
    /// How it was trained.
    pub recipe: Recipe,
    /// Seed of its initial weights, order and augmentation.
    pub seed: u64,
    /// Names of its classes, in the order of its logits.
    pub classes: Vec<String>,
    /// Share of the test images that it classified rightly when it was trained, in the arithmetic of its training.
    pub test_accuracy: f64,
    /// When, and by which program at which commit.
    pub made: Start,
    /// Whose pictures it has learned from, and what may be done with it.
    pub terms: String,
    /// What is known of a file that is for others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub export: Option<Export>,
}

/// A network's file for others, which `export` has written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Export {
    /// Numbers that the network learned.
    pub parameters: u64,
    /// What its tensors are called.
    pub names: Names,
    /// The weights of convolutions and linear layers; the few others are in single precision.
    pub precision: Precision,
    /// Length of the file.
    pub bytes: u64,
    /// Its sum.
    pub sha256: String,
    /// Test images that were classified, in single precision.
    pub test_images: u64,
    /// Of how many the class was right, with the weights of the file.
    pub right: u64,
    /// … and with those that the training had left.
    pub right_unrounded: u64,
    /// Sums of the data's files.
    pub data_sha256: BTreeMap<String, String>,
    /// When, and by which program at which commit.
    pub made: Start,
}

/// What a file's tensors are called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Names {
    /// By our own names.
    Own,
    /// As in `bninception` of Cadene's pretrained-models.pytorch.
    Cadene,
}

/// How precise numbers are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// 16 bits.
    Half,
    /// 32 bits.
    Single,
}

/// No card is larger.
const LARGEST: u64 = 1 << 20;

/// Where the committed networks are.
pub fn networks() -> PathBuf {
    repository().join("networks")
}

impl Card {
    /// That of a network's file.
    ///
    /// # Errors
    /// Names the card that cannot be read.
    pub fn beside(weights: &Path) -> Result<Self> {
        let path = weights.with_extension("json");
        let inner = || -> Result<Self> {
            let mut text = String::new();
            let file = fs::File::open(&path)?;
            ensure!(file.metadata()?.is_file(), "it is no plain file");
            file.take(LARGEST).read_to_string(&mut text)?;
            let card: Self = serde_json::from_str(&text)?;
            let is_it = matches!(card.recipe.network, NetworkConfig::BnInception(_));
            ensure!(is_it, "it is no BN-Inception");
            let classes = card.recipe.classes();
            ensure!(card.classes.len() as i64 == classes, "it names other than {classes} classes");
            Ok(card)
        };
        inner().with_context(|| {
            format!(
                "cannot read {}, which says what network it is; --layout is for somebody else's",
                path.display()
            )
        })
    }

    /// Writes it beside the network's file.
    ///
    /// # Errors
    /// Names the file that cannot be written.
    pub fn write_beside(&self, weights: &Path) -> Result<()> {
        write_json(&weights.with_extension("json"), self)
    }

    /// The networks of a folder by name, each with its card, which is written last; none of a folder that is not there.
    ///
    /// # Errors
    /// Names the card that cannot be read.
    pub fn all(folder: &Path) -> Result<Vec<(String, Self)>> {
        if !folder.exists() {
            return Ok(Vec::new());
        }
        let mut files = file_names(folder)?;
        files.sort();
        let cards = files.iter().filter_map(|file| Some((file.strip_suffix(".json")?, file)));
        cards.map(|(name, file)| Ok((name.to_owned(), Self::beside(&folder.join(file))?))).collect()
    }

    /// What it is called as a file: a name that shells and lists of files have no other use for.
    pub fn file_name(name: &str) -> String {
        let name = name.to_lowercase();
        let words = name.split(|c: char| !(c.is_ascii_alphanumeric() || ".-".contains(c)));
        words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-")
    }

    /// Whether the same pictures, at the same size, judge the other network.
    pub fn is_judged_as(&self, other: &Self) -> bool {
        let side = |card: &Self| card.recipe.bn_inception().image_side;
        (self.recipe.images.data, &self.classes) == (other.recipe.images.data, &other.classes)
            && side(self) == side(other)
    }

    /// What it is, in a line.
    pub fn words(&self) -> String {
        let Self { recipe, seed, .. } = self;
        let words = RunRecipe::of(vec![recipe.clone()]).words();
        let right = 100.0 * self.accuracy();
        format!("{}, seed {seed} ({words}); {right:.1} % of its test images right", recipe.name)
    }

    /// Share of the test images that it classifies rightly: with the weights of the file, where that was measured.
    pub fn accuracy(&self) -> f64 {
        self.export.as_ref().map_or(self.test_accuracy, Export::accuracy)
    }

    /// What may be done with a network that has learned from these.
    pub fn terms_of(data: DataSet) -> &'static str {
        match data {
            DataSet::BinaryMnist => "MIT; trained on MNIST (CC BY-SA 3.0)",
            DataSet::Cifar10 => "MIT; trained on CIFAR-10: cite Krizhevsky (2009)",
            DataSet::TinyImageNet => {
                "non-commercial research and education, by ImageNet's terms of access, on whose pictures it was trained"
            }
            DataSet::Photographs => "by the terms of the photographs that it was trained on",
        }
    }
}

impl Export {
    /// Share of the test images that are classified rightly.
    pub fn accuracy(&self) -> f64 {
        self.right as f64 / self.test_images as f64
    }

    /// `67.0 % (66.1 to 67.9)`: Wilson's interval over images.
    pub fn accuracy_words(&self) -> String {
        let (low, high) = wilson(self.right, self.test_images);
        let [share, low, high] = [self.accuracy(), low, high].map(|share| 100.0 * share);
        format!("{share:.1} % ({low:.1} to {high:.1})")
    }
}
