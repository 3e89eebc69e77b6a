//! `figures/fig4.png`: Figure 4, the errors of one network and of several, with one crop and with many.
//!
//! - [`series`]: what is shown, before it has a place;
//! - [`dots`]: panels (a) and (b), the errors, ours and the published ones; (c) and (d) are
//!   [`plot`](crate::plot)s;
//! - [`mod@markdown`]: the table, its page and the README's part.

pub mod dots;
pub mod markdown;
pub mod series;

use std::path::{Path, PathBuf};

use anyhow::Result;
use plotters::coord::Shift;
use plotters::prelude::*;
use record::manifest::Manifest;

use self::dots::DotPlot;
use self::series::{Row, Table};
use crate::picture::{self, Picture};
use crate::plot::{Curve, Naming, Panel, Ticks, panel};
use crate::shapes::{self, Hint, Shape};

/// What is handed to plotters.
#[derive(Debug)]
pub struct Fig4 {
    /// Panel (a).
    pub ours: Vec<Row>,
    /// Panel (b).
    pub published: Vec<Row>,
    /// Panel (c).
    pub over_crops: Vec<Curve>,
    /// Panel (d).
    pub over_networks: Vec<Curve>,
    /// The sentences under the panels.
    pub caption: Vec<String>,
}

/// Upper edge of panels (c) and (d).
const LOWER: i32 = 760;

/// Draws the run's figure, and writes the page of its table.
///
/// # Errors
/// If the rows cannot be read or a file cannot be written.
pub fn draw(run: &Path, manifest: &Manifest, stem: &Path) -> Result<[PathBuf; 2]> {
    let table = Table::of_run(run, manifest)?;
    markdown::write_page(&table, run)?;
    picture::save(&Fig4::of_table(&table), stem)
}

impl Fig4 {
    /// Sorts the rows into panels.
    pub fn of_table(table: &Table) -> Self {
        Self {
            ours: table.ours(),
            published: table.published(),
            over_crops: table.over_crops(),
            over_networks: table.over_networks(),
            caption: caption(table),
        }
    }

    /// Everything but the caption.
    pub fn shapes(&self) -> Vec<Shape> {
        let ours = DotPlot { corner: (30, 10), title: "(a) ours: error, %", rows: &self.ours };
        let published =
            DotPlot { corner: (1230, 10), title: "(b) published: error, %", rows: &self.published };
        let errors = |corner, title: &str, label: &str, curves: &[Curve], ticks| Panel {
            corner,
            title: title.to_owned(),
            label: label.to_owned(),
            ticks: Ticks::At(ticks),
            is_logarithmic: false,
            is_logarithmic_up: false,
            in_percent: true,
            curves: curves.to_vec(),
            naming: Naming::AtEnds,
        };
        let crops = Panel {
            is_logarithmic: true,
            ..errors(
                (30, LOWER),
                "(c) top-1 error over crops, %",
                "crops of a picture, logarithmic",
                &self.over_crops,
                &[1.0, 10.0, 50.0, 144.0],
            )
        };
        let networks = errors(
            (1230, LOWER),
            "(d) top-1 error over networks, %",
            "networks that answer together",
            &self.over_networks,
            &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
        );
        [ours.shapes(), published.shapes(), crops.shapes(), networks.shapes()].concat()
    }
}

impl Picture for Fig4 {
    fn size(&self) -> (u32, u32) {
        (2400, (LOWER + panel::HEIGHT) as u32 + 20 + picture::caption_height(&self.caption))
    }

    fn draw<Backend: DrawingBackend>(&self, area: &DrawingArea<Backend, Shift>) -> Result<Vec<Hint>>
    where
        Backend::ErrorType: 'static,
    {
        let panels = picture::caption(area, &self.caption)?;
        shapes::paint(&panels, self.shapes())
    }
}

/// Scale, data, and how to read the panels.
fn caption(table: &Table) -> Vec<String> {
    let mut sentences = vec![format!("Scale: {}: {}.", table.scale, table.words())];
    sentences.extend(table.chance().map(|[top1, top5]| {
        format!("A guess is wrong in {top1:.0} % (top-1) and {top5:.0} % (top-5).")
    }));
    sentences.push(
        "(a) With 95 % intervals by bootstrap: over images and networks for one network (the mean of all), over images \
         for the best one on these pictures and for those that answer together. (b) As the paper's Figure 4 prints them for ILSVRC 2012, 1000 classes."
            .to_owned(),
    );
    sentences.push(
        "(c) Bars: 95 % intervals; hollow: the maximum over 144 crops in place of the mean. (d) Mean over all subsets of so \
         many networks; bands: the best and the worst subset."
            .to_owned(),
    );
    sentences
}
