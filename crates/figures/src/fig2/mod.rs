//! `figures/fig2.png`: Figure 2, accuracy against steps, and the paper's numbers beside ours.
//!
//! - [`series`]: what is shown, before it has a place;
//! - [`panel`], [`names`], [`reaches`]: panel (a), the curves;
//! - [`compare`]: panels (b) and (c), the paper and us;
//! - [`mod@caption`]: the sentences under them.

pub mod caption;
pub mod compare;
pub mod names;
pub mod panel;
pub mod reaches;
pub mod series;

use std::path::{Path, PathBuf};

use anyhow::Result;
use plotters::coord::Shift;
use plotters::prelude::*;

use self::compare::Comparison;
use self::panel::Panel;
use self::series::{Compared, Curve};
use crate::picture::{self, Picture};
use crate::shapes::{self, Hint, Shape};
use crate::table_single::SingleTable;
use crate::table_single::text::ratio;

/// The series of the figure: what is handed to plotters.
#[derive(Debug)]
pub struct Fig2 {
    /// Panel (a).
    pub curves: Vec<Curve>,
    /// Its horizontal line: the mean of Inception's maxima.
    pub target: Option<f64>,
    /// Panels (b) and (c).
    pub compared: Vec<Compared>,
    /// The sentences under the panels.
    pub caption: Vec<String>,
}

/// Upper edge of panels (b) and (c).
const LOWER: i32 = 1020;

/// Draws the run's figure, and writes the page of the single-network table.
///
/// # Errors
/// If the rows cannot be read or a file cannot be written.
pub fn draw(run: &Path, stem: &Path) -> Result<[PathBuf; 2]> {
    let table = SingleTable::of_run(run)?;
    table.write_page(run)?;
    picture::save(&Fig2::of_table(&table)?, stem)
}

impl Fig2 {
    /// Aggregates the rows over seeds.
    ///
    /// # Errors
    /// If polars refuses the rows, which would be a bug.
    pub fn of_table(table: &SingleTable) -> Result<Self> {
        let curves = series::curves(table)?;
        let caption = caption::caption(table, &curves);
        let (target, compared) = (series::inceptions_maximum(table), series::compared(table));
        Ok(Self { curves, target, compared, caption })
    }

    /// Everything but the caption.
    pub fn shapes(&self) -> Vec<Shape> {
        let steps = Comparison {
            corner: (30, LOWER),
            title: "(b) steps to Inception's maximum",
            label: "steps, Inception's = 1",
            rows: &self.compared,
            values: |row| row.steps,
            inception: 1.0,
            is_logarithmic: true,
            text: ratio,
        };
        let gain = Comparison {
            corner: (1230, LOWER),
            title: "(c) maximum accuracy",
            label: "points more than Inception's",
            rows: &self.compared,
            values: |row| row.gain,
            inception: 0.0,
            is_logarithmic: false,
            text: |points| format!("{points:+.1}").replace('-', "−"),
        };
        let panel = Panel::new(&self.curves, self.target).shapes();
        [panel, steps.shapes(), gain.shapes()].concat()
    }
}

impl Picture for Fig2 {
    fn size(&self) -> (u32, u32) {
        let panels = (LOWER + compare::HEIGHT) as u32 + 20;
        (2400, panels + picture::caption_height(&self.caption))
    }

    fn draw<Backend: DrawingBackend>(&self, area: &DrawingArea<Backend, Shift>) -> Result<Vec<Hint>>
    where
        Backend::ErrorType: 'static,
    {
        let panels = picture::caption(area, &self.caption)?;
        shapes::paint(&panels, self.shapes())
    }
}
