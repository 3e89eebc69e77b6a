//! One self-contained page of the whole paper: every claim, figure and table, the paper's number, ours, and
//! how each was made.
//!
//! - [`parts`]: what there is to show of each finished run;
//! - [`page`]: the page.

pub mod page;
pub mod parts;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use record::file::write_atomically;
use record::repository;

use self::parts::Part;
use crate::verdicts;

/// Writes `report/index.html` from the committed runs; returns its path.
///
/// # Errors
/// If a run, a figure or a page cannot be read, or the report cannot be written.
pub fn write() -> Result<PathBuf> {
    let path = repository().join("report/index.html");
    let rows = verdicts::all()?;
    let parts = Part::all()?;
    let deviations = read(&repository().join("DEVIATIONS.md"))?;
    let html = page::page(&rows, &parts, &deviations);
    fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
    write_atomically(&path, |file| Ok(std::io::Write::write_all(file, html.as_bytes())?))?;
    Ok(path)
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}
