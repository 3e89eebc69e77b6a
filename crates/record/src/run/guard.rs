//! Which folders a run may not be written to.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use super::{Plan, accepted};
use crate::manifest::{self, Manifest};
use crate::scale::Scale;

/// Refuses a folder that holds somebody else's results.
pub fn check(plan: &Plan, folder: &Path) -> Result<()> {
    let shown = folder.display();
    ensure!(
        !is_accepted(folder),
        "--out: {shown} is for accepted runs; leave --out away, then 'make accept NAME={}'",
        plan.artefact
    );
    if !folder.join(manifest::FILE).exists() {
        return Ok(());
    }
    let found = Manifest::read(folder)
        .with_context(|| format!("--out: {shown} holds something else than a run of ours"))?;
    let is_same = (found.artefact.as_str(), found.scale) == (&plan.artefact, plan.scale)
        && (plan.scale != Scale::Custom || found.recipe == plan.recipe);
    ensure!(
        is_same,
        "--out: {shown} holds a finished run of '{}' ({} scale), which this one would replace; choose \
         another folder",
        found.artefact,
        found.scale
    );
    Ok(())
}

/// Whether a folder is one of the repository's accepted runs, or would be.
fn is_accepted(folder: &Path) -> bool {
    let folder = absolute(folder);
    folder.starts_with(accepted()) && !folder.starts_with(accepted().join("local"))
}

/// The path without links, as far as it exists.
fn absolute(path: &Path) -> PathBuf {
    if let Ok(path) = path.canonicalize() {
        return path;
    }
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    match (path.parent(), path.file_name()) {
        (Some(parent), Some(name)) => absolute(parent).join(name),
        _ => path,
    }
}
