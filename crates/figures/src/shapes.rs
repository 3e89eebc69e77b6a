//! What a picture is made of, in pixels, before any backend draws it.

use anyhow::Result;
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::look::{FONT, INK};

/// plotters centres a text's line, descenders and all; this part of its height lowers the letters to
/// the middle.
const LOWER: i32 = 9;

/// A place, in pixels from the upper left corner.
pub type Place = (i32, i32);

/// What a reader sees who points at a place; only an SVG can say it.
pub type Hint = (String, Place);

/// An upright rectangle in pixels; `right` and `bottom` are outside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rect {
    /// Its first column.
    pub left: i32,
    /// Its first row.
    pub top: i32,
    /// The column after its last.
    pub right: i32,
    /// The row after its last.
    pub bottom: i32,
}

impl Rect {
    /// From its upper left corner and its size.
    pub fn new((left, top): Place, (width, height): (i32, i32)) -> Self {
        Self { left, top, right: left + width, bottom: top + height }
    }

    /// Its middle.
    pub fn center(self) -> Place {
        (i32::midpoint(self.left, self.right), i32::midpoint(self.top, self.bottom))
    }

    /// From its left to its right side.
    pub fn width(self) -> i32 {
        self.right - self.left
    }

    /// Less so many pixels on every side.
    #[must_use]
    pub fn inset(self, by: i32) -> Self {
        let Self { left, top, right, bottom } = self;
        Self { left: left + by, top: top + by, right: right - by, bottom: bottom - by }
    }

    /// Upper, lower, left and right side of its outline; no pixel is in two of them.
    fn sides(self, width: i32) -> [Self; 4] {
        let Self { left, right, .. } = self;
        let inner = self.inset(width);
        [
            Self { bottom: inner.top, ..self },
            Self { top: inner.bottom, ..self },
            Self { left, right: inner.left, top: inner.top, bottom: inner.bottom },
            Self { left: inner.right, right, top: inner.top, bottom: inner.bottom },
        ]
    }
}

/// One thing to draw.
#[derive(Clone, Debug)]
pub enum Shape {
    /// A filled rectangle.
    Area(Rect, RGBAColor),
    /// A rectangle's outline of this width, within it.
    Frame(Rect, RGBAColor, i32),
    /// A filled polygon.
    Fill(Vec<Place>, RGBAColor),
    /// A line through places, of this width.
    Path(Vec<Place>, RGBAColor, u32),
    /// Words beside or around a place.
    Words(Words),
    /// A hint, which is not drawn.
    Hint(Hint),
    /// The axes of a plot, which are not drawn by this.
    Scales(Scales),
}

/// A plot and its axes in words, from which a script can show them anew where a part is enlarged; only an SVG can
/// say it.
#[derive(Clone, Debug)]
pub struct Scales {
    /// Where it is.
    pub plot: Rect,
    /// Its horizontal axis.
    pub x: String,
    /// Its vertical one.
    pub y: String,
}

impl Shape {
    /// What an SVG has of a shape that is not drawn.
    pub fn unseen(&self) -> Option<String> {
        const RADIUS: u32 = 16;
        match self {
            Self::Hint((text, (x, y))) => {
                let text = text.replace('&', "&amp;").replace('<', "&lt;");
                let at = format!("cx=\"{x}\" cy=\"{y}\" r=\"{RADIUS}\"");
                Some(format!("<circle {at}><title>{text}</title></circle>\n"))
            }
            Self::Scales(Scales { plot, x, y }) => {
                let Rect { left, top, right, bottom } = plot;
                let at = format!("x=\"{left}\" y=\"{top}\"");
                let size = format!("width=\"{}\" height=\"{}\"", right - left, bottom - top);
                let axes = format!("data-x=\"{x}\" data-y=\"{y}\"");
                Some(format!("<rect class=\"plot\" fill=\"none\" {at} {size} {axes}/>\n"))
            }
            _ => None,
        }
    }
}

/// A line of text.
#[derive(Clone, Debug)]
pub struct Words {
    /// What it says.
    pub text: String,
    /// Where it stands.
    pub at: Place,
    /// Its height.
    pub size: u32,
    /// On which side of the place.
    pub align: Align,
    /// Its colour.
    pub color: RGBColor,
}

/// Where a text stands, always at half of its height.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// It begins at the place.
    Begins,
    /// Its middle is the place.
    Centered,
    /// It ends at the place.
    Ends,
}

impl Align {
    fn pos(self) -> Pos {
        let across = match self {
            Self::Begins => HPos::Left,
            Self::Centered => HPos::Center,
            Self::Ends => HPos::Right,
        };
        Pos::new(across, VPos::Center)
    }
}

/// A straight line.
pub fn line(from: Place, to: Place, color: RGBColor, width: u32) -> Shape {
    Shape::Path(vec![from, to], color.into(), width)
}

/// A line with a head at its last place, which it reaches from the left.
pub fn arrow(mut places: Vec<Place>, color: RGBColor, width: u32) -> [Shape; 2] {
    let (x, y) = places.pop().unwrap_or_default();
    let (long, half) = (8 + 2 * width as i32, 4 + width as i32);
    places.push((x - long, y));
    let head = vec![(x, y), (x - long, y - half), (x - long, y + half)];
    [Shape::Path(places, color.into(), width), Shape::Fill(head, color.into())]
}

fn words(text: impl Into<String>, at: Place, size: u32, align: Align) -> Shape {
    Shape::Words(Words { text: text.into(), at, size, align, color: INK })
}

/// Text that begins at this place, at half of its height.
pub fn text_from(text: impl Into<String>, at: Place, size: u32) -> Shape {
    words(text, at, size, Align::Begins)
}

/// Text that ends at this place, at half of its height.
pub fn text_to(text: impl Into<String>, at: Place, size: u32) -> Shape {
    words(text, at, size, Align::Ends)
}

/// Text around this place.
pub fn text_around(text: impl Into<String>, at: Place, size: u32) -> Shape {
    words(text, at, size, Align::Centered)
}

/// Pixels that a text needs in any usual sans-serif.
pub fn text_width(text: &str, size: u32) -> i32 {
    (0.48 * f64::from(size) * text.chars().count() as f64).ceil() as i32
}

/// Draws them, later ones over earlier ones.
///
/// # Errors
/// If the backend fails.
pub fn paint<Backend: DrawingBackend>(
    area: &DrawingArea<Backend, Shift>,
    shapes: &[Shape],
) -> Result<()>
where
    Backend::ErrorType: 'static,
{
    for shape in shapes {
        match shape {
            Shape::Area(rect, color) => area.draw(&rectangle(*rect, *color))?,
            Shape::Frame(rect, color, width) => {
                let sides = rect.sides(*width);
                sides.into_iter().try_for_each(|side| area.draw(&rectangle(side, *color)))?;
            }
            Shape::Fill(places, color) => area.draw(&Polygon::new(places.clone(), *color))?,
            Shape::Path(places, color, width) => {
                area.draw(&PathElement::new(places.clone(), color.stroke_width(*width)))?;
            }
            Shape::Words(Words { text, at: (x, y), size, align, color }) => {
                let style = (FONT, *size).into_font().color(color).pos(align.pos());
                area.draw(&Text::new(text.as_str(), (*x, y + *size as i32 / LOWER), style))?;
            }
            Shape::Hint(_) | Shape::Scales(_) => {}
        }
    }
    Ok(())
}

fn rectangle(rect: Rect, color: RGBAColor) -> Rectangle<Place> {
    Rectangle::new([(rect.left, rect.top), (rect.right, rect.bottom)], color.filled())
}
