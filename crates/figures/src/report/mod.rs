//! One self-contained page of the whole paper: every claim, figure and table, the paper's number, ours, and
//! how each was made.

mod dashboard;
mod explorer;
mod markdown;
mod page;
pub mod unfinished;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use exhibit::Exhibit;
use record::repository;

use crate::block::Block;
use crate::claims::Claims;
use crate::figure;
use crate::pages::{part, write_text};
use crate::program::no_errors;
use exhibit::runs;

pub use markdown::html as markdown_to_html;
pub use page::{Section, Texts, page};

const DEVIATIONS: &str = "docs/DEVIATIONS.md";
const README: &str = "README.md";

/// Writes `report/index.html` under `to` from the accepted runs; returns its path.
///
/// # Errors
/// If a run or a page cannot be read, or the report cannot be written.
pub fn write(exhibits: &[Exhibit], to: &Path) -> Result<PathBuf> {
    let (runs, errors) = runs::accepted(exhibits);
    no_errors(errors)?;
    let section = |run| -> Result<Section<'_>> {
        let drawing = figure::picture(run)?.map(|picture| picture.svg()).transpose()?;
        Ok(Section { block: Block::of(run)?, drawing })
    };
    let sections = runs.iter().map(section).collect::<Result<Vec<_>>>()?;
    let path = to.join("report/index.html");
    let (readme, deviations) = (text(README)?, text(DEVIATIONS)?);
    let findings = part(&readme, "findings")
        .with_context(|| format!("{README}: '<!-- findings: begin -->' or its end is missing"))?;
    let sweep = runs.iter().find(|run| run.exhibit.name == explorer::EXHIBIT);
    let explorer = sweep.map(|run| explorer::explorer(&run.folder)).transpose()?;
    let texts = Texts { findings, deviations: &deviations };
    write_text(&path, &page(&Claims::of(&runs), &sections, explorer.as_ref(), texts))?;
    Ok(path)
}

fn text(name: &str) -> Result<String> {
    fs::read_to_string(repository().join(name)).with_context(|| format!("cannot read {name}"))
}
