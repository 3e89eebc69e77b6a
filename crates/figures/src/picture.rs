//! One drawing, as PNG and as SVG.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder};
use plotters::prelude::*;
use record::file::write_atomically;

use crate::look::{self, CAPTION_SIZE};
use crate::shapes::{Shape, paint, text_from};

/// Width of every picture in pixels.
pub const WIDTH: i32 = 2400;

/// Characters of a caption's line that surely fit, whatever sans-serif an SVG is shown with.
const CAPTION_CHARACTERS: usize = 172;
const CAPTION_LINE: i32 = 42;

/// A picture, laid out.
#[derive(Clone, Debug)]
pub struct Picture {
    /// Its height in pixels.
    pub height: i32,
    /// Everything on it.
    pub shapes: Vec<Shape>,
}

impl Picture {
    /// The same with sentences along the lower edge.
    #[must_use]
    pub fn with_caption(mut self, sentences: &[String]) -> Self {
        let text = sentences.join(" ");
        for line in textwrap::wrap(&text, CAPTION_CHARACTERS) {
            let middle = self.height + CAPTION_LINE / 2;
            self.shapes.push(text_from(line.into_owned(), (40, middle), CAPTION_SIZE));
            self.height += CAPTION_LINE;
        }
        self.height += 16;
        self
    }

    fn size(&self) -> (u32, u32) {
        (WIDTH as u32, self.height.max(1) as u32)
    }

    /// The drawing as an SVG, with what it says to who points at a place.
    ///
    /// # Errors
    /// If the backend fails.
    pub fn svg(&self) -> Result<String> {
        look::register_fonts();
        let mut svg = String::new();
        let area = SVGBackend::with_string(&mut svg, self.size()).into_drawing_area();
        area.fill(&WHITE)?;
        paint(&area, &self.shapes)?;
        area.present()?;
        drop(area);
        Ok(with_unseen(svg, &self.shapes))
    }

    /// Writes `stem.png` and `stem.svg`, each atomically; returns their paths.
    ///
    /// # Errors
    /// Names the file that cannot be written.
    pub fn save(&self, stem: &Path) -> Result<[PathBuf; 2]> {
        let (png, svg) = (stem.with_added_extension("png"), stem.with_added_extension("svg"));
        let pixels = self.pixels().with_context(|| format!("cannot draw {}", png.display()))?;
        write_atomically(&png, |file| self.encode(&pixels, file))?;
        let drawing = self.svg().with_context(|| format!("cannot draw {}", svg.display()))?;
        write_atomically(&svg, |file| Ok(file.write_all(drawing.as_bytes())?))?;
        Ok([png, svg])
    }

    /// Red, green and blue of each pixel, row by row.
    fn pixels(&self) -> Result<Vec<u8>> {
        look::register_fonts();
        let (width, height) = self.size();
        let mut pixels = vec![0; 3 * width as usize * height as usize];
        let area = BitMapBackend::with_buffer(&mut pixels, (width, height)).into_drawing_area();
        area.fill(&WHITE)?;
        paint(&area, &self.shapes)?;
        area.present()?;
        drop(area);
        Ok(pixels)
    }

    /// Not by plotters: its encoder is of an `image` crate of its own, ten megabytes more to fetch and to compile.
    fn encode(&self, pixels: &[u8], file: impl Write) -> Result<()> {
        let (width, height) = self.size();
        let png = PngEncoder::new_with_quality(file, CompressionType::Best, FilterType::Adaptive);
        Ok(png.write_image(pixels, width, height, ExtendedColorType::Rgb8)?)
    }
}

/// With what nobody sees: circles with titles that browsers show, and the axes of plots for the report's script.
fn with_unseen(svg: String, shapes: &[Shape]) -> String {
    let unseen: String = shapes.iter().filter_map(Shape::unseen).collect();
    match svg.trim_end().strip_suffix("</svg>").filter(|_| !unseen.is_empty()) {
        Some(drawing) => format!("{drawing}<g fill=\"transparent\">\n{unseen}</g>\n</svg>\n"),
        None => svg,
    }
}
