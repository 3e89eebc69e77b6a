//! One self-contained page of the whole paper: every claim, figure and table, the paper's number, ours, and
//! how each was made.

mod markdown;
mod page;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use exhibit::Exhibit;
use record::repository;

use crate::block::Block;
use crate::claims::Claims;
use crate::pages::write_text;
use crate::{figure, runs};

pub use markdown::html as markdown_to_html;
pub use page::{Section, page};

/// Where DEVIATIONS is, from the repository's root: the first that is there.
const DEVIATIONS: [&str; 2] = ["docs/DEVIATIONS.md", "DEVIATIONS.md"];

/// Writes `report/index.html` under `to` from the accepted runs; returns its path.
///
/// # Errors
/// If a run or a page cannot be read, or the report cannot be written.
pub fn write(exhibits: &[Exhibit], to: &Path) -> Result<PathBuf> {
    let (runs, errors) = runs::accepted(exhibits);
    if !errors.is_empty() {
        let lines: Vec<String> = errors.iter().map(|error| format!("{error:#}")).collect();
        bail!("{}", lines.join("\n"));
    }
    let section = |run| -> Result<Section<'_>> {
        let drawing = figure::picture(run)?.map(|picture| picture.svg()).transpose()?;
        Ok(Section { block: Block::of(run)?, drawing })
    };
    let sections = runs.iter().map(section).collect::<Result<Vec<_>>>()?;
    let path = to.join("report/index.html");
    write_text(&path, &page(&Claims::of(&runs), &sections, &deviations()?))?;
    Ok(path)
}

fn deviations() -> Result<String> {
    let paths = DEVIATIONS.map(|path| repository().join(path));
    let path = paths.iter().find(|path| path.exists()).unwrap_or(&paths[0]);
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}
