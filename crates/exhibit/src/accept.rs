//! A finished run becomes the committed one.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use record::manifest::{self, Manifest};
use record::run::Scale;

use crate::Exhibit;

/// Copies the finished run of an exhibit in `folder` to its place under `results`, the folder of committed runs, where
/// it replaces the former one as a whole; returns that place.
///
/// # Errors
/// If it is no finished run of this exhibit, is a smoke or custom run, was made from a tree with changes, or was
/// changed since; if a file cannot be written.
pub fn accept(exhibit: &Exhibit, folder: &Path, results: &Path) -> Result<PathBuf> {
    let manifest = Manifest::read(folder)?;
    check(exhibit, &manifest)?;
    manifest.check_outputs(folder)?;
    let target = results.join(exhibit.place(manifest.scale));
    copy(folder, &target, &manifest)?;
    Ok(target)
}

fn check(exhibit: &Exhibit, manifest: &Manifest) -> Result<()> {
    let (name, scale) = (exhibit.run_name(), manifest.scale);
    let found = &manifest.artefact;
    ensure!(found == name, "it is a run of '{found}', not of '{name}'");
    ensure!(
        scale != Scale::Smoke && exhibit.scale(scale).is_some(),
        "a {scale} run is not accepted: only one by a committed recipe"
    );
    let is_clean = |start: &manifest::Start| start.git_tree_clean == Some(true);
    ensure!(
        manifest.starts.iter().all(is_clean),
        "it was made from a tree with changes: nobody could make it again; commit them and run it again"
    );
    Ok(())
}

/// Beside the target first, which then changes its name: nobody ever sees half of a run.
fn copy(folder: &Path, target: &Path, manifest: &Manifest) -> Result<()> {
    let inner = || -> Result<()> {
        let parent = target.parent().context("it has no parent folder")?;
        fs::create_dir_all(parent)?;
        let stage = tempfile::Builder::new().prefix(".accept-").tempdir_in(parent)?;
        let (new, old) = (stage.path().join("new"), stage.path().join("old"));
        fs::create_dir(&new)?;
        let names = manifest.outputs_sha256.keys().map(String::as_str);
        for name in names.chain([manifest::FILE]) {
            fs::copy(folder.join(name), new.join(name))?;
        }
        if target.exists() {
            fs::rename(target, &old)?;
        }
        fs::rename(&new, target)?;
        Ok(())
    };
    inner().with_context(|| format!("cannot write {}", target.display()))
}
