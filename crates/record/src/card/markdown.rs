//! A card in words, `NAME.md`: what others want to know before they take a network.

use recipe::bn_inception::{Activation, Distribution, Normalization, Stem};
use recipe::{BnInceptionConfig, Photometric, Recipe, RunRecipe, thousands};

use super::{Card, Export, Names, Precision};
use crate::manifest::Start;

impl Card {
    /// In Markdown, for the network of this name; none if it was not exported.
    pub fn markdown(&self, name: &str) -> Option<String> {
        let export = self.export.as_ref()?;
        let lines = [
            format!("# {name}\n"),
            format!("{}\n", self.what(export)),
            format!("- *Classes*, in the order of the logits: {}.", self.classes()),
            format!("- *Data*: {}", data(&self.recipe)),
            format!("- *Training*: {}", training(&self.recipe)),
            format!("- *Accuracy*: {}", self.accuracy_in_words(export)),
            format!("- *Pictures* it takes: {}", pictures(&self.recipe, export)),
            format!("- *For*: {FOR}"),
            format!("- *Not for*: {NOT_FOR}"),
            format!("- *Made* by {}; exported by {}.", made(&self.made), made(&export.made)),
            format!("- *File*: `{name}.safetensors`, {}", file(export)),
            format!("- *Licence and terms*: {}.\n", self.terms),
            format!(
                "`{name}.json` has the whole recipe and the sums of the data. This page is written from it."
            ),
        ];
        Some(lines.join("\n") + "\n")
    }

    fn what(&self, export: &Export) -> String {
        let config = self.recipe.bn_inception();
        let stem = match config.stem {
            Stem::Full | Stem::Separable => "",
            Stem::SmallImage | Stem::SmallImageFine => ", with a first layer for small images",
        };
        format!(
            "{}, trained to reproduce Ioffe and Szegedy (2015): the network of the paper's Figure 5 at {} of its width{stem}, \
             {} parameters.",
            self.recipe.name,
            config.width,
            thousands(export.parameters)
        )
    }

    fn classes(&self) -> String {
        const SHOWN: usize = 20;
        let shown = self.classes.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
        match self.classes.len().saturating_sub(SHOWN) {
            0 => shown,
            more => format!("{shown}, and {more} more"),
        }
    }

    fn accuracy_in_words(&self, export: &Export) -> String {
        let unseen = match self.recipe.images.held_out_images {
            0 => "",
            _ => ", none of which was looked at before the end",
        };
        let before = 100.0 * export.right_unrounded as f64 / export.test_images as f64;
        format!(
            "{} of {} test images{unseen}; Wilson's 95 % interval over images. It is one network of one seed ({}): that of \
             another seed may differ by more. With the weights as the training left them it is {before:.2} %, with those of \
             the file {:.2} %.",
            export.accuracy_words(),
            thousands(export.test_images),
            self.seed,
            100.0 * export.accuracy(),
        )
    }
}

const FOR: &str = "looking at what the paper's recipe makes of a network, teaching, and trying software that reads weights.";
const NOT_FOR: &str = "anything that depends on its answers. It is small, was trained briefly, and knows no pictures but \
                       such as it has seen; it says one of its classes of whatever it is shown.";

/// `CIFAR-10, 5,000 of its training images held out; crops of 80 to 100 % of a picture, mirrored or not.`
fn data(recipe: &Recipe) -> String {
    let images = &recipe.images;
    let name = RunRecipe::of(vec![recipe.clone()]).data();
    let held_out = match images.held_out_images {
        0 => String::new(),
        count => format!(", {} of its training images held out", thousands(count as u64)),
    };
    let augmentation = images.augmentation.map_or(String::new(), |augmentation| {
        let least = 100.0 * augmentation.crop_area_min;
        let colours = match augmentation.photometric {
            Photometric::None => "",
            Photometric::Reduced => ", colours a little distorted",
            Photometric::Full => ", colours distorted",
        };
        format!("; crops of {least:.0} to 100 % of a picture, mirrored or not{colours}")
    });
    format!("{name}{held_out}{augmentation}.")
}

fn training(recipe: &Recipe) -> String {
    let (sgd, config) = (recipe.sgd, recipe.bn_inception());
    let decay = sgd.decay.map_or(String::new(), |decay| {
        format!(", times {} every {:.1} steps", decay.factor, decay.every)
    });
    format!(
        "{} steps of SGD with momentum {} on mini-batches of {}, at a rate of {}{decay}; L2 of {} on weights. {}",
        thousands(recipe.steps),
        sgd.momentum,
        recipe.mini_batch,
        sgd.learning_rate,
        sgd.l2,
        network(config),
    )
}

fn network(config: &BnInceptionConfig) -> String {
    let normalization = match config.normalization {
        Normalization::None => "No Batch Normalization",
        Normalization::Batch => "Batch Normalization",
        Normalization::BatchPerActivationInLast => {
            "Batch Normalization, in module 5b of each activation by itself"
        }
    };
    let nonlinearity = match config.activation {
        Activation::Relu => "ReLU",
        Activation::Sigmoid => "sigmoids",
    };
    let weights = match config.initialization.distribution {
        Distribution::He => "He's",
        Distribution::Xavier => "Xavier's",
        Distribution::TruncatedNormal { .. } => "truncated Gaussian",
    };
    let gain = match config.initialization.convolution_gain {
        1.0 => String::new(),
        gain => format!(", times {gain:.2}"),
    };
    let dropout = match config.dropout {
        0.0 => "no Dropout".to_owned(),
        share => format!("Dropout of {:.0} %", 100.0 * share),
    };
    let lrn = if config.local_response_norm { ", Local Response Normalization" } else { "" };
    format!("{normalization}{lrn}, {nonlinearity}, {dropout}; {weights} initial weights{gain}.")
}

/// How they are prepared; in Cadene's program by its settings.
fn pictures(recipe: &Recipe, export: &Export) -> String {
    let side = recipe.bn_inception().image_side;
    let settings = match export.names {
        Names::Own => "",
        Names::Cadene => {
            " In Cadene's program: `input_space = 'RGB'`, `input_range = [0, 1]`, `mean = std = [0.5, 0.5, 0.5]`, and not \
             the settings of its own weights."
        }
    };
    format!("`[n, 3, {side}, {side}]`, red, green, blue, from −1 to 1.{settings}")
}

fn file(export: &Export) -> String {
    let names = match export.names {
        Names::Own => "by the names of `bn_inception`",
        Names::Cadene => "by the names of Cadene's `bninception`",
    };
    let precision = match export.precision {
        Precision::Half => {
            "weights in half precision; γ, β, biases and the population's statistics in single"
        }
        Precision::Single => "all numbers in single precision",
    };
    let Export { bytes, sha256, .. } = export;
    format!("{} bytes, SHA-256 `{sha256}`; {names}, {precision}.", thousands(*bytes))
}

/// `` `fig2 --keep-networks DIR` at commit fc8a1a2d20, 2026-11-26 ``
fn made(start: &Start) -> String {
    let commit: String =
        start.git_commit.as_deref().unwrap_or("unknown").chars().take(10).collect();
    let dirty = if start.git_tree_clean == Some(false) { " with changes" } else { "" };
    let day = start.time.strftime("%Y-%m-%d");
    format!("`{}` at commit {commit}{dirty}, {day}", start.command.replace('`', "'"))
}
