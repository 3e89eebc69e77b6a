//! A figure, table or claim of the paper.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use record::run::{self, Scale};
use record::{manifest, repository};

use crate::point::Point;
use crate::{Claim, Description, ScaleDescription};

/// Folder of programs and descriptions.
pub const FOLDER: &str = "experiments/src/bin";

/// A figure, table or claim of the paper.
#[derive(Clone, Debug)]
pub struct Exhibit {
    /// Name of its program, its make target and its run's folder.
    pub name: String,
    /// What its description says.
    pub description: Description,
}

impl Exhibit {
    /// All of them, in the paper's order.
    ///
    /// # Errors
    /// Names the description that cannot be read, and what is wrong with it, in one line.
    pub fn all() -> Result<Vec<Self>> {
        let entries = fs::read_dir(repository().join(FOLDER))
            .with_context(|| format!("cannot read {FOLDER}"))?;
        let mut exhibits = Vec::new();
        for entry in entries {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "toml") {
                exhibits.push(Self::read(&path)?);
            }
        }
        exhibits
            .sort_by(|a, b| (a.description.order, &a.name).cmp(&(b.description.order, &b.name)));
        Ok(exhibits)
    }

    /// The exhibit of this name.
    ///
    /// # Errors
    /// If there is none, or its description is damaged.
    pub fn named(name: &str) -> Result<Self> {
        let path = repository().join(FOLDER).join(format!("{name}.toml"));
        ensure!(path.exists(), "there is no exhibit '{name}': 'make help' says which there are");
        Self::read(&path)
    }

    /// Reads a description. A view has the scales and the kind of rows of the exhibit whose run it shows.
    ///
    /// # Errors
    /// Names the file and what is wrong with it.
    pub fn read(path: &Path) -> Result<Self> {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let inner = || -> Result<Description> {
            let text = fs::read_to_string(path)?;
            let mut description =
                toml::from_str::<Description>(&text).map_err(|error| one_line(&error))?;
            description.check()?;
            if let Some(of) = &description.view_of {
                let source = Self::read(&path.with_file_name(format!("{of}.toml")))?;
                ensure!(!source.is_view(), "it is a view of '{of}', which is a view itself");
                description.scales = source.description.scales;
                description.rows = source.description.rows;
            }
            Ok(description)
        };
        let description = inner().with_context(|| format!("cannot read {}", path.display()))?;
        Ok(Self { name, description })
    }

    /// Whether it has no program of its own, but shows another exhibit's run.
    pub fn is_view(&self) -> bool {
        self.description.view_of.is_some()
    }

    /// The exhibit whose run it shows; its own name if it has a program.
    pub fn run_name(&self) -> &str {
        self.description.view_of.as_deref().unwrap_or(&self.name)
    }

    /// The scale that its program has without an option, and that is committed: the first that is not smoke.
    pub fn default_scale(&self) -> Scale {
        let scales = self.description.scales.iter().map(|scale| scale.name);
        scales.clone().find(|scale| *scale != Scale::Smoke).unwrap_or(Scale::Full)
    }

    /// The scale of this name; `paper` is another word for the full one where that is the paper's.
    ///
    /// # Errors
    /// Names the scales that there are.
    pub fn scale_named(&self, word: &str) -> Result<&ScaleDescription> {
        let scales = || self.description.scales.iter();
        let is_it = |scale: &&ScaleDescription| {
            scale.name.name() == word || (word == "paper" && scale.is_the_papers)
        };
        let all: Vec<&str> = scales().map(|scale| scale.name.name()).collect();
        let found = scales().find(is_it);
        found.with_context(|| format!("--scale: it is one of {}, not '{word}'", all.join(", ")))
    }

    /// What the description says of a scale.
    pub fn scale(&self, name: Scale) -> Option<&ScaleDescription> {
        self.description.scales.iter().find(|scale| scale.name == name)
    }

    /// Why a run of a scale with these points cannot tell whether a claim holds, if it cannot.
    pub fn not_tested(&self, claim: &Claim, scale: Scale, points: &[Point]) -> Option<String> {
        let own = self.scale(scale);
        let rule = || own?.converged.as_ref().or(self.description.converged.as_ref());
        let of_scale = || own?.not_converged.clone();
        let of_run = || rule()?.why_not(points);
        let on_convergence = || of_scale().or_else(of_run);
        let claims_own = claim.not_tested.clone();
        claims_own.or_else(|| claim.needs_convergence.then(on_convergence).flatten())
    }

    /// The place of the committed run of a scale among all: `NAME`, of another scale than the default `SCALE/NAME`.
    pub fn place(&self, scale: Scale) -> PathBuf {
        let of_scale = if scale == self.default_scale() { "" } else { scale.name() };
        Path::new(of_scale).join(self.run_name())
    }

    /// Where the committed run of a scale is.
    pub fn accepted_folder(&self, scale: Scale) -> PathBuf {
        run::accepted().join(self.place(scale))
    }

    /// Where its committed runs are: that of the default scale first.
    pub fn accepted_folders(&self) -> Vec<PathBuf> {
        let scales = self.description.scales.iter().map(|scale| scale.name);
        let folders =
            scales.filter(|scale| *scale != Scale::Smoke).map(|s| self.accepted_folder(s));
        folders.filter(|folder| folder.join(manifest::FILE).exists()).collect()
    }
}

/// toml's messages show the line with a caret under it; the place and the reason fit a line.
fn one_line(error: &toml::de::Error) -> anyhow::Error {
    let text = error.to_string();
    let first = text.lines().next().unwrap_or_default().to_owned();
    let place = first.strip_prefix("TOML parse error at ").unwrap_or(&first).to_owned();
    anyhow::anyhow!("{place}: {}", error.message().replace('\n', " "))
}
