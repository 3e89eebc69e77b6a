//! Generated parts of hand-written pages, between markers.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use record::file::write_atomically;

/// Puts `text` between the page's markers of this name; a page that would not change is not written.
///
/// # Errors
/// If the page has no such markers, or cannot be read or written.
pub fn splice(page: &Path, name: &str, text: &str) -> Result<()> {
    let begin = format!("<!-- {name}: begin (written by 'make figures') -->");
    let end = format!("<!-- {name}: end -->");
    let old =
        fs::read_to_string(page).with_context(|| format!("cannot read {}", page.display()))?;
    let new = between(&old, &begin, &end, text)
        .with_context(|| format!("{}: '{begin}' or '{end}' is missing", page.display()))?;
    if new == old {
        return Ok(());
    }
    write_atomically(page, |file| Ok(std::io::Write::write_all(file, new.as_bytes())?))
}

fn between(page: &str, begin: &str, end: &str, text: &str) -> Option<String> {
    let (before, rest) = page.split_once(begin)?;
    let (_, after) = rest.split_once(end)?;
    Some(format!("{before}{begin}\n{text}\n{end}{after}"))
}
