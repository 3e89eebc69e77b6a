//! What a run's manifest says of its setting.

use record::manifest::Manifest;
use record::run::Scale;
use serde_json::Value;

use crate::style::with_thousands;

/// The setting that all networks of a run share.
#[derive(Clone, Copy)]
pub struct Setting<'a>(&'a Manifest);

impl<'a> Setting<'a> {
    /// Of this run.
    pub fn of(manifest: &'a Manifest) -> Self {
        Self(manifest)
    }

    fn number(self, name: &str) -> Option<f64> {
        self.0.recipe.get("setting")?.get(name)?.as_f64()
    }

    /// What guessing gives; `None` if the recipe does not say how many classes there are.
    pub fn chance(self) -> Option<f64> {
        self.number("classes").filter(|classes| *classes > 0.0).map(f64::recip)
    }

    /// `at small scale`; the paper's is called so.
    pub fn at_scale(self) -> String {
        match self.0.scale {
            Scale::Full => "at the paper's scale".to_owned(),
            scale => format!("at {scale} scale"),
        }
    }

    /// `CIFAR-10, 10 classes, 32×32 pixels, 5,000 validation images; 8,000 steps in mini-batches of 32;
    /// 3 seeds`.
    pub fn words(self) -> String {
        let shown = |name| self.number(name).map_or("?".to_owned(), with_thousands);
        let side = shown("image_side");
        let seeds = self.0.seeds.len();
        format!(
            "{}, {} classes, {side}×{side} pixels, {} validation images; {} steps in mini-batches of {}; \
             {seeds} {}",
            self.data(),
            shown("classes"),
            shown("validation_images"),
            shown("steps"),
            shown("mini_batch"),
            if seeds == 1 { "seed" } else { "seeds" },
        )
    }

    fn data(self) -> &'a str {
        let name = self.0.recipe.get("setting").and_then(|setting| setting.get("data"));
        match name.and_then(Value::as_str) {
            Some("Cifar10") => "CIFAR-10",
            Some("Photographs") if self.0.scale == Scale::Full => "ILSVRC 2012",
            Some("Photographs") => "photographs",
            Some(other) => other,
            None => "images",
        }
    }
}
