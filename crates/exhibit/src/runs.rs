//! Finished runs as they are shown: the exhibit, the run's points beside the paper's, and what the judge says.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use record::manifest::{self, Manifest};
use record::repository;
use record::run::Scale;

use crate::judge::{Finding, holm, judge};
use crate::point::Point;
use crate::{Exhibit, RowKind, rows};

/// A finished run of an exhibit, or of the one whose run the exhibit shows.
#[derive(Clone, Debug)]
pub struct ShownRun {
    /// What is shown.
    pub exhibit: Exhibit,
    /// The run's folder.
    pub folder: PathBuf,
    /// Its facts.
    pub manifest: Manifest,
    /// What it measured.
    pub points: Vec<Point>,
    /// What the paper reports.
    pub paper: Vec<Point>,
    /// What that says of the exhibit's claims.
    pub findings: Vec<Finding>,
}

impl ShownRun {
    /// Reads the run in a folder and judges it.
    ///
    /// # Errors
    /// If the folder holds no finished run of the exhibit, or rows that the run did not write; if a claim names a
    /// series or a metric that the run does not have.
    pub fn read(exhibit: &Exhibit, folder: &Path) -> Result<Self> {
        let manifest = Manifest::read(folder)?;
        let (found, name, shown) = (&manifest.artefact, exhibit.run_name(), folder.display());
        ensure!(found == name, "{shown} holds a run of '{found}', not of '{name}'");
        manifest.check_outputs(folder)?;
        let points = rows::points(exhibit, folder, &manifest)?;
        let paper = rows::paper_points(exhibit)?;
        let findings = judge(exhibit, manifest.scale, &points, &paper)?;
        let (exhibit, folder) = (exhibit.clone(), folder.to_owned());
        Ok(Self { exhibit, folder, manifest, points, paper, findings })
    }

    /// Whether it has the scale of which the exhibit's committed run is.
    pub fn is_of_default_scale(&self) -> bool {
        self.manifest.scale == self.exhibit.default_scale()
    }

    /// Whether it is the accepted run of its scale.
    pub fn is_accepted(&self) -> bool {
        let accepted = self.exhibit.accepted_folder(self.manifest.scale).canonicalize();
        accepted.is_ok_and(|accepted| self.folder.canonicalize().is_ok_and(|own| own == accepted))
    }

    /// Whether a picture is drawn of it; if not, tables say it all.
    pub fn has_picture(&self) -> bool {
        let by_hand = self.exhibit.description.rows == RowKind::Architecture;
        by_hand || !self.exhibit.description.panels.is_empty()
    }

    /// What its picture is called, or the page of its tables.
    pub fn file_name(&self) -> &str {
        self.exhibit.description.picture.as_deref().unwrap_or(&self.exhibit.name)
    }

    /// Where that lies, from a root: `figures/fig1`, of other scales `figures/medium/fig1`; without an ending.
    pub fn stem(&self) -> PathBuf {
        let of_scale = if self.is_of_default_scale() { "" } else { self.manifest.scale.name() };
        Path::new("figures").join(of_scale).join(self.file_name())
    }

    /// The run's folder, from the repository's root where it lies there.
    pub fn shown_folder(&self) -> String {
        let root = repository();
        self.folder.strip_prefix(&root).unwrap_or(&self.folder).display().to_string()
    }

    /// Data, size, steps and seeds: `MNIST, 50,000 steps; 5 seeds; the paper's scale`. A smoke or custom run says so
    /// first.
    pub fn scale_words(&self) -> String {
        let scale = self.manifest.scale;
        let first = match scale {
            Scale::Smoke => "a smoke run, which only shows that the program works: ",
            Scale::Custom => "a custom recipe: ",
            Scale::Small | Scale::Overnight | Scale::Tiny | Scale::Medium | Scale::Full => "",
        };
        let seeds = match (self.manifest.recipe.trainings.len(), self.manifest.seeds.len()) {
            (0, 0 | 1) => String::new(),
            (_, 1) => "; 1 seed".to_owned(),
            (_, seeds) => format!("; {seeds} seeds"),
        };
        let is_the_papers = self.exhibit.scale(scale).is_some_and(|scale| scale.is_the_papers);
        let papers = if is_the_papers { "; the paper's scale" } else { "" };
        format!("{first}{}{seeds}{papers}", self.manifest.recipe.words())
    }
}

/// All accepted runs, judged, in the paper's order; and what is wrong with the others.
pub fn accepted(exhibits: &[Exhibit]) -> (Vec<ShownRun>, Vec<anyhow::Error>) {
    let (mut runs, mut errors) = (Vec::new(), Vec::new());
    for exhibit in exhibits {
        for folder in exhibit.accepted_folders() {
            match ShownRun::read(exhibit, &folder) {
                Ok(run) => runs.push(run),
                Err(error) => errors.push(error),
            }
        }
    }
    correct_for_chance(&mut runs);
    (runs, errors)
}

/// Holm's correction over the findings of all runs of default scale.
fn correct_for_chance(runs: &mut [ShownRun]) {
    let counted = runs.iter_mut().filter(|run| run.is_of_default_scale());
    holm(counted.flat_map(|run| &mut run.findings));
}

/// The run of an exhibit that finished last on this machine; of a view without one, the accepted one.
///
/// # Errors
/// If there is no such run.
pub fn last_folder(exhibit: &Exhibit) -> Result<PathBuf> {
    let last = record::run::last(exhibit.run_name());
    if let Some(folder) = last.filter(|folder| folder.join(manifest::FILE).exists()) {
        return Ok(folder);
    }
    let accepted = exhibit.accepted_folders().into_iter().next().filter(|_| exhibit.is_view());
    let name = exhibit.run_name();
    accepted.with_context(|| {
        format!("no run of '{name}' has finished on this machine yet: 'make {name}' makes one")
    })
}
