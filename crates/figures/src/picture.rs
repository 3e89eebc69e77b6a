//! One drawing, as PNG and as SVG.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use plotters::coord::Shift;
use plotters::prelude::*;
use tempfile::{Builder, NamedTempFile};

use crate::shapes::Hint;
use crate::style;

/// Something that can be drawn on any of plotters' backends.
pub trait Picture {
    /// Width and height in pixels.
    fn size(&self) -> (u32, u32);

    /// Draws it; returns what an SVG says to who points at a place.
    ///
    /// # Errors
    /// If the backend fails.
    fn draw<Backend: DrawingBackend>(
        &self,
        area: &DrawingArea<Backend, Shift>,
    ) -> Result<Vec<Hint>>
    where
        Backend::ErrorType: 'static;
}

/// Writes `stem.png` and `stem.svg`, each atomically; returns their paths.
///
/// # Errors
/// Names the file that cannot be written.
pub fn save(picture: &impl Picture, stem: &Path) -> Result<[PathBuf; 2]> {
    style::register_fonts();
    let png = save_one(stem, "png", |file| {
        draw_on(picture, &BitMapBackend::new(file, picture.size()).into_drawing_area())?;
        Ok(())
    })?;
    let svg = save_one(stem, "svg", |file| {
        let hints = draw_on(picture, &SVGBackend::new(file, picture.size()).into_drawing_area())?;
        add_hints(file, &hints)
    })?;
    Ok([png, svg])
}

/// Circles that nobody sees, with titles that browsers show.
fn add_hints(svg: &Path, hints: &[Hint]) -> Result<()> {
    const RADIUS: u32 = 16;
    let drawing = std::fs::read_to_string(svg)?;
    let Some(drawing) = drawing.trim_end().strip_suffix("</svg>").filter(|_| !hints.is_empty())
    else {
        return Ok(());
    };
    let mut circles = String::new();
    for (text, (x, y)) in hints {
        let text = text.replace('&', "&amp;").replace('<', "&lt;");
        let at = format!("cx=\"{x}\" cy=\"{y}\" r=\"{RADIUS}\"");
        writeln!(circles, "<circle {at}><title>{text}</title></circle>")?;
    }
    let group = format!("<g fill=\"transparent\">\n{circles}</g>\n</svg>\n");
    Ok(std::fs::write(svg, format!("{drawing}{group}"))?)
}

fn draw_on<Backend: DrawingBackend>(
    picture: &impl Picture,
    area: &DrawingArea<Backend, Shift>,
) -> Result<Vec<Hint>>
where
    Backend::ErrorType: 'static,
{
    area.fill(&WHITE)?;
    let hints = picture.draw(area)?;
    area.present()?;
    Ok(hints)
}

fn save_one(stem: &Path, kind: &str, draw: impl FnOnce(&Path) -> Result<()>) -> Result<PathBuf> {
    let path = stem.with_added_extension(kind);
    let inner = || -> Result<()> {
        let neighbour = neighbour(&path, kind)?;
        draw(neighbour.path())?;
        neighbour.persist(&path)?;
        Ok(())
    };
    inner().with_context(|| format!("cannot draw {}", path.display()))?;
    Ok(path)
}

/// A temporary file beside the picture, of its kind and as readable as any other.
fn neighbour(path: &Path, kind: &str) -> Result<NamedTempFile> {
    let folder = path.parent().context("it has no parent folder")?;
    std::fs::create_dir_all(folder)?;
    let mut builder = Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
    Ok(builder.suffix(&format!(".{kind}")).tempfile_in(folder)?)
}

/// Characters of a caption's line that surely fit, whatever sans-serif an SVG is shown with.
const CAPTION_CHARACTERS: usize = 185;
const CAPTION_LINE: u32 = 42;

/// Pixels that a caption takes.
pub fn caption_height(sentences: &[String]) -> u32 {
    let lines = textwrap::wrap(&sentences.join(" "), CAPTION_CHARACTERS).len();
    CAPTION_LINE * lines as u32 + 12
}

/// Writes a caption along the lower edge; returns what is left above it.
///
/// # Errors
/// If the backend fails.
pub fn caption<Backend: DrawingBackend>(
    area: &DrawingArea<Backend, Shift>,
    sentences: &[String],
) -> Result<DrawingArea<Backend, Shift>>
where
    Backend::ErrorType: 'static,
{
    let text = sentences.join(" ");
    let lines = textwrap::wrap(&text, CAPTION_CHARACTERS);
    let height = area.dim_in_pixel().1 - caption_height(sentences);
    let (above, caption) = area.split_vertically(height);
    for (line, y) in lines.iter().zip((0..).step_by(CAPTION_LINE as usize)) {
        caption.draw_text(line, &style::text(style::CAPTION_SIZE), (40, y))?;
    }
    Ok(above)
}
