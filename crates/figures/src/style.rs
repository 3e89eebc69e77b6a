//! How every figure looks.
//!
//! Colours are Okabe and Ito's, which colour-blind readers tell apart; networks differ in their
//! dashes too, for print without colour.

use std::sync::Once;

use plotters::prelude::*;
use plotters::style::{FontStyle, register_font};
use record::fig1::Network;

/// The family under which the font is registered; in an SVG the viewer's own sans-serif.
pub const FONT: &str = "sans-serif";
/// Height of axis labels in pixels, on a figure 2400 pixels wide.
pub const LABEL_SIZE: u32 = 34;
/// Height of tick labels.
pub const TICK_SIZE: u32 = 30;
/// Height of the caption's lines.
pub const CAPTION_SIZE: u32 = 27;
/// Height of panel titles.
pub const TITLE_SIZE: u32 = 38;

/// Networks without BN, and whatever disagrees with the paper.
pub const VERMILLION: RGBColor = RGBColor(213, 94, 0);
/// Networks with BN.
pub const BLUE: RGBColor = RGBColor(0, 114, 178);
/// Okabe and Ito's sky blue.
pub const SKY_BLUE: RGBColor = RGBColor(86, 180, 233);
/// Their bluish green.
pub const GREEN: RGBColor = RGBColor(0, 158, 115);
/// Their yellow.
pub const YELLOW: RGBColor = RGBColor(240, 228, 66);
/// Their orange.
pub const ORANGE: RGBColor = RGBColor(230, 159, 0);
/// Their reddish purple.
pub const PURPLE: RGBColor = RGBColor(204, 121, 167);
/// Axes and text.
pub const INK: RGBColor = RGBColor(30, 30, 30);
/// Grid lines.
pub const GRID: RGBColor = RGBColor(225, 225, 225);

/// How a curve is drawn.
#[derive(Clone, Copy)]
pub struct LineLook {
    /// Its colour.
    pub color: RGBColor,
    /// Its width in pixels.
    pub width: u32,
    /// Lengths of dash and gap in pixels; `None` is solid.
    pub dashes: Option<(u32, u32)>,
}

/// The look of a network's curves: without BN vermillion and dashed, with BN blue and solid.
pub fn of_network(network: Network) -> LineLook {
    match network {
        Network::WithoutBn => LineLook { color: VERMILLION, width: 5, dashes: Some((18, 10)) },
        Network::WithBn => LineLook { color: BLUE, width: 5, dashes: None },
    }
}

/// Makes the font known to plotters, so that nothing is asked of the host.
pub fn register_fonts() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let font = epaint_default_fonts::UBUNTU_LIGHT;
        for style in [FontStyle::Normal, FontStyle::Bold] {
            assert!(register_font(FONT, style, font).is_ok(), "the font ships with the program");
        }
    });
}

/// Text of this height in ink.
pub fn text(size: u32) -> TextStyle<'static> {
    (FONT, size).into_font().color(&INK)
}

/// A number with commas between its thousands: 50,000.
pub fn with_thousands(number: f64) -> String {
    let digits = number.to_string();
    let whole = digits.split('.').next().unwrap_or_default().len();
    let comma = |i: usize| i > 0 && i < whole && (whole - i).is_multiple_of(3);
    digits
        .char_indices()
        .flat_map(|(i, digit)| comma(i).then_some(',').into_iter().chain([digit]))
        .collect()
}
