//! How series look: colours belong to declared roles, never to names in code.
//!
//! Colours are Okabe and Ito's, which colour-blind readers tell apart. Blue is for networks with BN, vermillion
//! for networks without; a series without a role takes neither. All differ in dashes and marks, too, for print
//! without colour.

use std::collections::BTreeMap;
use std::sync::Once;

use exhibit::Role;
use plotters::prelude::RGBColor;
use plotters::style::{FontStyle, register_font};
use recipe::SingleNetwork;

/// The family under which the font is registered; in an SVG the viewer's own sans-serif.
pub const FONT: &str = "sans-serif";
/// Height of axis labels in pixels, on a picture 2400 pixels wide.
pub const LABEL_SIZE: u32 = 34;
/// Height of tick labels.
pub const TICK_SIZE: u32 = 30;
/// Height of the caption's lines, of legends and of numbers beside marks.
pub const CAPTION_SIZE: u32 = 27;
/// Height of panel titles.
pub const TITLE_SIZE: u32 = 38;

/// Networks with BN.
pub const BLUE: RGBColor = RGBColor(0, 114, 178);
/// Networks without BN.
pub const VERMILLION: RGBColor = RGBColor(213, 94, 0);
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
/// A dark yellow.
pub const OLIVE: RGBColor = RGBColor(122, 112, 20);
/// A dark red.
pub const CRIMSON: RGBColor = RGBColor(160, 24, 60);
/// A middle grey.
pub const GREY: RGBColor = RGBColor(125, 125, 125);
/// Curves behind others.
pub const FAINT: RGBColor = RGBColor(170, 170, 170);
/// Axes and text.
pub const INK: RGBColor = RGBColor(30, 30, 30);
/// Grid lines.
pub const GRID: RGBColor = RGBColor(225, 225, 225);

/// How a series is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Look {
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
    Left,
    Right,
    Diamond,
    Plus,
    Bar,
    Star,
    Pentagon,
}

const fn look(color: RGBColor, width: u32, pattern: &'static [u32], mark: Mark) -> Look {
    Look { color, width, pattern, mark }
}

/// What a series looks like that is this to the paper.
pub const fn of_role(role: Role) -> Look {
    match role {
        Role::WithBn => look(BLUE, 5, &[], Mark::Circle),
        Role::WithoutBn => look(VERMILLION, 5, &[18, 10], Mark::Square),
        Role::Row(SingleNetwork::Inception) => look(INK, 5, &[22, 12], Mark::Circle),
        Role::Row(SingleNetwork::BnBaseline) => look(GREEN, 5, &[34, 9, 6, 9], Mark::Square),
        Role::Row(SingleNetwork::BnX5) => look(BLUE, 5, &[], Mark::Up),
        Role::Row(SingleNetwork::BnX30) => look(ORANGE, 5, &[60, 9], Mark::Diamond),
        Role::Row(SingleNetwork::BnX5Sigmoid) => look(PURPLE, 5, &[7, 8], Mark::Down),
        Role::Row(SingleNetwork::InceptionX5) => look(VERMILLION, 3, &[14, 8], Mark::Plus),
        Role::Row(SingleNetwork::InceptionSigmoid) => look(GREY, 3, &[4, 8], Mark::Star),
    }
}

/// What series without a role take, in turn.
pub const NEUTRAL: [Look; 8] = [
    look(GREEN, 5, &[30, 8, 5, 8], Mark::Up),
    look(PURPLE, 5, &[8, 9], Mark::Down),
    look(ORANGE, 5, &[46, 10], Mark::Diamond),
    look(INK, 4, &[15, 9], Mark::Pentagon),
    look(OLIVE, 4, &[24, 7, 4, 7, 4, 7], Mark::Left),
    look(GREY, 4, &[4, 9], Mark::Bar),
    look(CRIMSON, 4, &[10, 5], Mark::Right),
    look(GREEN, 3, &[70, 6, 6, 6], Mark::Star),
];

/// The look of every series of a picture.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Looks(BTreeMap<String, Look>);

impl Looks {
    /// Of these series, in the order in which the picture shows them.
    pub fn of<'a>(
        roles: &BTreeMap<String, Role>,
        series: impl Iterator<Item = &'a str> + Clone,
    ) -> Self {
        let declared = |name: &str| roles.get(name).map(|role| of_role(*role));
        let taken: Vec<RGBColor> = series.clone().filter_map(declared).map(|l| l.color).collect();
        let is_free = |look: &&Look| !taken.contains(&look.color);
        let free: Vec<&Look> = NEUTRAL.iter().filter(is_free).collect();
        let (mut looks, mut next) = (BTreeMap::new(), 0);
        for name in series {
            if looks.contains_key(name) {
                continue;
            }
            let look = declared(name).unwrap_or_else(|| {
                next += 1;
                *free[(next - 1) % free.len()]
            });
            looks.insert(name.to_owned(), look);
        }
        Self(looks)
    }

    /// That of a series; the first neutral one of a series that was not told of.
    pub fn get(&self, series: &str) -> Look {
        self.0.get(series).copied().unwrap_or(NEUTRAL[0])
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
