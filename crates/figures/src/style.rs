//! How every figure looks.
//!
//! Colours are Okabe and Ito's, which colour-blind readers tell apart; networks differ in their
//! dashes too, for print without colour.

use std::sync::Once;

use plotters::prelude::*;
use plotters::style::{FontStyle, register_font};
use record::fig1::Network;
use record::fig2;

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

/// How a network of Figure 2 is drawn: no two are alike without colour.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NetworkLook {
    /// Its colour.
    pub color: RGBColor,
    /// Width of its curve in pixels.
    pub width: u32,
    /// Dashes and gaps of its curve in pixels, in turn; none is solid.
    pub pattern: &'static [u32],
    /// The mark of its points.
    pub mark: Mark,
}

/// A mark's outline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "they are what they are called")]
pub enum Mark {
    Circle,
    Square,
    Up,
    Down,
    Diamond,
    Plus,
    Star,
}

/// The look of a network of Figure 2: the paper's five are wide, the two of its text narrow.
pub fn of_single_network(network: fig2::Network) -> NetworkLook {
    use fig2::Network as N;
    let (color, width, pattern, mark): (_, _, &[u32], _) = match network {
        N::Inception => (INK, 5, &[22, 12], Mark::Circle),
        N::BnBaseline => (GREEN, 5, &[34, 9, 6, 9], Mark::Square),
        N::BnX5 => (BLUE, 5, &[], Mark::Up),
        N::BnX30 => (VERMILLION, 5, &[60, 9], Mark::Diamond),
        N::BnX5Sigmoid => (PURPLE, 5, &[7, 8], Mark::Down),
        N::InceptionX5 => (ORANGE, 3, &[14, 8], Mark::Plus),
        N::InceptionSigmoid => (SKY_BLUE, 3, &[4, 8], Mark::Star),
    };
    NetworkLook { color, width, pattern, mark }
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
