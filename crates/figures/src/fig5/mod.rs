//! `figures/fig5.png`: Figure 5, the architecture, as a graph with its widths; `figures/fig5.md`: as
//! tables.
//!
//! - [`graph`]: a stage's branches and operations;
//! - [`layout`]: where they lie;
//! - [`stages`], [`costs`], [`legend`], [`caption`]: what is drawn and written there, in terms of
//!   [`shapes`];
//! - [`mod@markdown`]: the tables.

pub mod caption;
pub mod costs;
pub mod graph;
pub mod layout;
pub mod legend;
pub mod markdown;
pub mod stages;

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Result;
use plotters::coord::Shift;
use plotters::prelude::*;
use record::fig5::{COUNTS_FILE, CountRow, STAGES_FILE, StageRow};
use record::file::write_atomically;
use record::manifest::Manifest;
use record::table;

use self::layout::Placed;
pub use self::markdown::{markdown, summary};
use crate::picture::{self, Picture};
pub use crate::shapes;
use crate::shapes::{Hint, Rect, Shape};

/// The graph and what is written under it.
#[derive(Debug)]
pub struct Fig5 {
    /// The stages of the network with the printed projections.
    pub stages: Vec<Placed>,
    /// The sentences under the graph.
    pub caption: Vec<String>,
}

/// Draws the run's figure, and writes its tables beside it.
///
/// # Errors
/// If the rows cannot be read or a file cannot be written.
pub fn draw(run: &Path, manifest: &Manifest, stem: &Path) -> Result<[PathBuf; 2]> {
    let stages: Vec<StageRow> = table::read(&run.join(STAGES_FILE))?;
    let counts: Vec<CountRow> = table::read(&run.join(COUNTS_FILE))?;
    let text = markdown(&stages, &counts);
    write_atomically(
        &stem.with_added_extension("md"),
        |file| Ok(file.write_all(text.as_bytes())?),
    )?;
    picture::save(&Fig5::of_rows(&stages, &counts, manifest), stem)
}

impl Fig5 {
    /// Puts the stages in their places.
    pub fn of_rows(stages: &[StageRow], counts: &[CountRow], manifest: &Manifest) -> Self {
        let mut placed = layout::place(&markdown::network(stages, markdown::PRINTED_WIDTH));
        for placed in &mut placed {
            placed.note = caption::note(stages, &placed.stage);
        }
        Self { stages: placed, caption: caption::caption(stages, counts, manifest) }
    }

    /// Room of the legend: beside the last row's last stage.
    pub fn legend(&self) -> Option<Rect> {
        let last = self.stages.last()?.cell;
        Some(Rect::new((last.right, last.top), legend::SIZE))
    }

    /// Everything but the caption.
    pub fn shapes(&self) -> Vec<Shape> {
        let legend = self.legend().into_iter();
        let legend = legend.flat_map(|rect| legend::shapes((rect.left, rect.top)));
        stages::shapes(&self.stages).into_iter().chain(legend).collect()
    }
}

impl Picture for Fig5 {
    fn size(&self) -> (u32, u32) {
        let graph = layout::height(&self.stages) as u32 + 24;
        (layout::WIDTH as u32, graph + picture::caption_height(&self.caption))
    }

    fn draw<Backend: DrawingBackend>(&self, area: &DrawingArea<Backend, Shift>) -> Result<Vec<Hint>>
    where
        Backend::ErrorType: 'static,
    {
        let graph = picture::caption(area, &self.caption)?;
        shapes::paint(&graph, self.shapes())
    }
}
