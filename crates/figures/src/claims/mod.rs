//! The pictures of the text's claims: `figures/claim-….png`, and a table of verdicts beside each run.
//!
//! - [`specs`]: which panels a claim has;
//! - [`series`]: from points to curves.

pub mod series;
pub mod specs;

use std::path::{Path, PathBuf};

use anyhow::Result;
use plotters::coord::Shift;
use plotters::prelude::*;
use record::claims::{POINTS_FILE, PointRow};
use record::manifest::Manifest;
use record::table;

use self::specs::{Spec, What};
use crate::picture::{self, Picture};
use crate::plot::{Curve, Differences, Naming, Panel, panel};
use crate::shapes::{self, Hint, Point, Shape};
use crate::style::with_thousands;

/// Panels side by side; each is this wide.
const COLUMNS: usize = 2;
const WIDTH: i32 = 1200;

/// Panels, and the sentences under them.
#[derive(Debug)]
pub struct ClaimFigure {
    panels: Vec<Vec<Shape>>,
    caption: Vec<String>,
}

/// Whether a picture is drawn of runs of this artefact.
pub fn is_drawn(artefact: &str) -> bool {
    !specs::of(artefact).is_empty()
}

/// Draws the run's figure.
///
/// # Errors
/// If the rows cannot be read or a file cannot be written.
pub fn draw(run: &Path, manifest: &Manifest, stem: &Path) -> Result<[PathBuf; 2]> {
    let points: Vec<PointRow> = table::read(&run.join(POINTS_FILE))?;
    picture::save(&ClaimFigure::of_points(manifest, &points), stem)
}

impl ClaimFigure {
    /// Puts the points into the panels of their artefact.
    pub fn of_points(manifest: &Manifest, points: &[PointRow]) -> Self {
        let specs = specs::of(&manifest.artefact);
        let letters = ('a'..).zip(specs).enumerate();
        let panels = letters.map(|(place, (letter, spec))| {
            let (row, column) = ((place / COLUMNS) as i32, (place % COLUMNS) as i32);
            panel(spec, letter, (10 + WIDTH * column, 10 + panel::HEIGHT * row), points)
        });
        Self { panels: panels.collect(), caption: caption(manifest) }
    }
}

fn panel(spec: &Spec, letter: char, corner: Point, points: &[PointRow]) -> Vec<Shape> {
    let (title, label) = (format!("({letter}) {}", spec.title), spec.label.to_owned());
    if let What::DifferencesFrom { metric, series } = spec.what {
        let rows = series::differences(points, metric, series);
        return Differences { corner, title, label, rows }.shapes();
    }
    let panel = Panel {
        corner,
        title,
        label,
        ticks: spec.ticks,
        is_logarithmic: spec.is_logarithmic,
        is_logarithmic_up: spec.is_logarithmic_up,
        in_percent: spec.in_percent,
        curves: shifted(series::curves(points, spec.what), spec.shift),
        naming: Naming::Legend,
    };
    panel.shapes()
}

fn shifted(mut curves: Vec<Curve>, by: f64) -> Vec<Curve> {
    let points = curves.iter_mut().flat_map(|curve| &mut curve.points);
    points.for_each(|(x, _)| *x += by);
    curves
}

fn caption(manifest: &Manifest) -> Vec<String> {
    let seeds = match manifest.seeds.len() {
        1 => "one seed".to_owned(),
        seeds => format!("{seeds} seeds"),
    };
    vec![
        format!("Scale: {}; {seeds}.{}", manifest.scale, setting(manifest)),
        "Curves of many points: the median over seeds, and bands from the lowest to the highest; of few points: means with \
         95 % intervals over seeds."
            .to_owned(),
        specs::note(&manifest.artefact).to_owned(),
    ]
}

/// What the variations of BN-Inception are trained on; nothing of other claims.
fn setting(manifest: &Manifest) -> String {
    let variations = manifest.recipe["variations"].as_array();
    let settings = || variations.into_iter().flatten().map(|variation| &variation["setting"]);
    let Some(setting) = settings().next() else { return String::new() };
    let most = settings().filter_map(|setting| setting["steps"].as_u64()).max().unwrap_or(0);
    let images = setting["training_images"].as_u64();
    let of = images
        .map_or(String::new(), |images| format!("{} images of ", with_thousands(images as f64)));
    let width = setting["width"].as_f64().unwrap_or(1.0);
    let steps = with_thousands(most as f64);
    format!(" {of}CIFAR-10, channels × {width}, at most {steps} steps.")
}

impl Picture for ClaimFigure {
    fn size(&self) -> (u32, u32) {
        let rows = self.panels.len().div_ceil(COLUMNS) as u32;
        let panels = panel::HEIGHT as u32 * rows + 20;
        (2 * WIDTH as u32, panels + picture::caption_height(&self.caption))
    }

    fn draw<Backend: DrawingBackend>(&self, area: &DrawingArea<Backend, Shift>) -> Result<Vec<Hint>>
    where
        Backend::ErrorType: 'static,
    {
        let panels = picture::caption(area, &self.caption)?;
        shapes::paint(&panels, self.panels.concat())
    }
}
