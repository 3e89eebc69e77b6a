//! Figure 5, the architecture, as a graph with its widths, drawn by hand; and as a table.
//!
//! - [`graph`]: a stage's branches and operations;
//! - [`layout`]: where they lie;
//! - [`stages`], [`costs`], [`legend`], [`caption`]: what is drawn and written there;
//! - [`mod@markdown`]: the table.

pub mod caption;
pub mod costs;
pub mod graph;
pub mod layout;
pub mod legend;
pub mod markdown;
pub mod stages;

use std::path::Path;

use anyhow::Result;
use exhibit::RowKind;
use record::fig5::{STAGES_FILE, StageRow};
use record::table;

use self::layout::Placed;
use crate::picture::Picture;
use crate::runs::ShownRun;
use crate::shapes::{Rect, Shape};

/// The graph and what is written under it.
#[derive(Debug)]
pub struct Fig5 {
    /// The stages of the network with the printed projections.
    pub stages: Vec<Placed>,
    /// The sentences under the graph.
    pub caption: Vec<String>,
}

/// The picture of a run's rows.
///
/// # Errors
/// If they cannot be read.
pub fn picture(folder: &Path, scale_words: &str) -> Result<Picture> {
    let stages: Vec<StageRow> = table::read(&folder.join(STAGES_FILE))?;
    Ok(Fig5::of_rows(&stages, scale_words).picture())
}

/// The page of a run's table; none of other exhibits.
///
/// # Errors
/// If the rows cannot be read.
pub fn page(run: &ShownRun) -> Result<Option<String>> {
    if run.exhibit.description.rows != RowKind::Architecture {
        return Ok(None);
    }
    let stages: Vec<StageRow> = table::read(&run.folder.join(STAGES_FILE))?;
    Ok(Some(markdown::page(&stages, &run.shown_folder())))
}

impl Fig5 {
    /// Puts the stages in their places.
    pub fn of_rows(stages: &[StageRow], scale_words: &str) -> Self {
        let mut placed = layout::place(&markdown::network(stages, markdown::PRINTED_WIDTH));
        for placed in &mut placed {
            placed.note = caption::note(stages, &placed.stage);
        }
        Self { stages: placed, caption: caption::caption(stages, scale_words) }
    }

    /// Room of the legend: beside the last row's last stage.
    pub fn legend(&self) -> Option<Rect> {
        let last = self.stages.last()?.cell;
        Some(Rect::new((last.right, last.top), legend::SIZE))
    }

    /// The graph with legend and caption.
    pub fn picture(&self) -> Picture {
        let legend = self.legend().into_iter();
        let legend = legend.flat_map(|rect| legend::shapes((rect.left, rect.top)));
        let shapes: Vec<Shape> = stages::shapes(&self.stages).into_iter().chain(legend).collect();
        Picture { height: layout::height(&self.stages) + 24, shapes }.with_caption(&self.caption)
    }
}
