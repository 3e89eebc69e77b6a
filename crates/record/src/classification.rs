//! The rows of `classify --logits`.

use serde::{Deserialize, Serialize};

/// The logit of one class for one image.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LogitRow {
    /// The image's path, as given.
    pub image: String,
    /// Index of the class, from 0.
    pub class: u32,
    /// Its logit.
    pub logit: f32,
}
