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

use crate::picture::Picture;
use exhibit::runs::ShownRun;

/// Width of the projections of 4c and 4d, as the paper prints it.
pub const PRINTED_WIDTH: u32 = 128;

/// The two networks that the printed table can mean.
#[derive(Clone, Debug)]
pub struct Networks {
    /// The stages of the one with the printed projections in 4c and 4d.
    pub printed: Vec<StageRow>,
    /// Those of the one whose channels add up.
    pub other: Vec<StageRow>,
}

impl Networks {
    /// From a run's rows.
    pub fn of(rows: Vec<StageRow>) -> Self {
        let is_printed = |row: &StageRow| row.projection_of_4c_4d == PRINTED_WIDTH;
        let (printed, other) = rows.into_iter().partition(is_printed);
        Self { printed, other }
    }

    fn read(folder: &Path) -> Result<Self> {
        Ok(Self::of(table::read(&folder.join(STAGES_FILE))?))
    }

    /// Width of the other network's projections.
    pub fn other_width(&self) -> Option<u32> {
        self.other.first().map(|row| row.projection_of_4c_4d)
    }

    /// The same stage of the other network.
    pub fn other(&self, stage: &StageRow) -> Option<&StageRow> {
        self.other.iter().find(|row| row.stage == stage.stage)
    }
}

/// The graph of a run's rows, with legend and caption.
///
/// # Errors
/// If they cannot be read.
pub fn picture(folder: &Path, scale_words: &str) -> Result<Picture> {
    let networks = Networks::read(folder)?;
    let stages = layout::place(&networks);
    let mut shapes = stages::shapes(&stages);
    shapes.extend(legend::room(&stages).into_iter().flat_map(legend::shapes));
    let picture = Picture { height: layout::height(&stages) + 24, shapes };
    Ok(picture.with_caption(&caption::caption(&networks, scale_words)))
}

/// The page of a run's table; none of other exhibits.
///
/// # Errors
/// If the rows cannot be read.
pub fn page(run: &ShownRun) -> Result<Option<String>> {
    if run.exhibit.description.rows != RowKind::Architecture {
        return Ok(None);
    }
    Ok(Some(markdown::page(&Networks::read(&run.folder)?, &run.shown_folder())))
}
