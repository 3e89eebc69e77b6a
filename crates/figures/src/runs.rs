//! Which finished runs there are, and where their pictures go.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use record::manifest::{self, Manifest};
use record::repository;

use crate::{claims, fig1, fig1_sensitivity, fig2, fig4, fig5};

/// The folders of all finished runs under `results/`, in alphabetical order.
///
/// # Errors
/// Names the folder that cannot be read.
pub fn all() -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    collect(&repository().join("results"), &mut found)?;
    found.sort();
    Ok(found)
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        let is_hidden = path.file_name().is_some_and(|name| name.as_encoded_bytes()[0] == b'.');
        if path.join(manifest::FILE).exists() {
            found.push(path);
        } else if path.is_dir() && !is_hidden {
            collect(&path, found)?;
        }
    }
    Ok(())
}

/// Draws the figure of a finished run; returns the files.
///
/// # Errors
/// If the folder holds no finished run, if its rows are not those the run wrote, or if a file cannot
/// be written.
pub fn draw(run: &Path) -> Result<Vec<PathBuf>> {
    let manifest = Manifest::read(run)?;
    manifest.check_outputs(run)?;
    let stem = stem(run, &manifest.artefact);
    let drawn = match manifest.artefact.as_str() {
        "fig1" => fig1::draw(run, &manifest, &stem),
        "fig1-sensitivity" => fig1_sensitivity::draw(run, &manifest, &stem),
        "fig2" => fig2::draw(run, &stem),
        "table-ensemble" => fig4::draw(run, &manifest, &stem),
        "fig5" => fig5::draw(run, &manifest, &stem),
        claim if claims::is_drawn(claim) => claims::draw(run, &manifest, &stem),
        "fig2-learning-rate" => return Ok(Vec::new()), // a table in DEVIATIONS.md says it all
        other => anyhow::bail!("{}: no figure is drawn of '{other}'", run.display()),
    };
    drawn.map(Vec::from)
}

/// `results/X` is drawn into `figures/X.png`, a table that is a figure of the paper under the figure's name; a
/// run elsewhere, into its own folder.
pub fn stem(run: &Path, artefact: &str) -> PathBuf {
    let repository = repository();
    let run = run.canonicalize().unwrap_or_else(|_| run.to_owned());
    let stem = match run.strip_prefix(repository.join("results")) {
        Ok(inside) => repository.join("figures").join(inside),
        Err(_) => run.join(artefact),
    };
    let name = stem.file_name().unwrap_or_default().to_string_lossy().into_owned();
    stem.with_file_name(name.replacen("table-ensemble", "fig4", 1))
}
