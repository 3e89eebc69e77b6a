//! §4.2: what keeps Figure 2's networks from higher accuracies?
//!
//! ```text
//! make fig2-limits    45 minutes on two cores where bf16 is fast
//! ```
//!
//! BN-Baseline in the regime of Figure 2 overnight, over 24 epochs, and the same with one of our own choices changed: module 3a on
//! 16×16 in place of 8×8, half the width in place of a quarter, smaller crops, no crops at all. None of these is the paper's, who
//! trained on `ImageNet`.
//!
//! Expected: the finer grid and the width give two to four points each, smaller crops nothing yet, no crops a point less.

use std::process::ExitCode;

use experiments::variations::{self, Look};
use experiments::{Choice, recipes};
use recipe::{Recipe, SingleNetwork};

/// 24 epochs.
const STEPS: u64 = 33_756;

fn main() -> ExitCode {
    let look = Look { at_the_end: &variations::accuracies, ..Look::default() };
    variations::main(env!("CARGO_BIN_NAME"), limits, &look)
}

/// The longest first.
fn limits(choice: &Choice) -> Vec<Recipe> {
    let regime = SingleNetwork::BnBaseline.recipe(&recipes::converging(choice, STEPS));
    let wider = regime.clone().with_network(|config| config.width *= 2.0);
    vec![
        recipes::finer(regime.clone()).named("3a on 16×16"),
        wider.named("half the width"),
        cropped(&regime, 0.5).named("crops of 50–100 %"),
        cropped(&regime, 1.0).named("no crops"),
        regime.named("BN-Baseline"),
    ]
}

/// With crops of at least this share of a picture; 1 leaves only mirror images.
fn cropped(regime: &Recipe, crop_area_min: f64) -> Recipe {
    let mut recipe = regime.clone();
    if let Some(augmentation) = &mut recipe.images.augmentation {
        augmentation.crop_area_min = crop_area_min;
    }
    recipe
}
