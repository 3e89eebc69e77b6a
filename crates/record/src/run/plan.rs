//! What is to be run, and where runs lie.

use std::collections::BTreeMap;
use std::path::PathBuf;

use recipe::{Recipe, RunRecipe};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::manifest::Host;
use crate::repository;
use crate::scale::Scale;

/// What is to be run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Plan {
    /// Which exhibit, for instance `fig1`.
    pub artefact: String,
    /// Scale of the run.
    pub scale: Scale,
    /// Every setting the result depends on.
    pub recipe: RunRecipe,
    /// The seeds.
    pub seeds: Vec<u64>,
    /// The folder for the finished run; by default where [`Plan::default_folder`] says.
    pub out: Option<PathBuf>,
    /// The machine.
    pub host: Host,
    /// Versions of the crates and libraries that do the arithmetic.
    pub versions: BTreeMap<String, String>,
    /// Sums of the data files.
    pub data_sha256: BTreeMap<String, String>,
}

/// Where the accepted runs lie.
pub fn accepted() -> PathBuf {
    repository().join("results")
}

/// Where runs go that nobody has accepted yet: `results/local/`, or the folder in the environment's
/// `BN_RUNS`.
pub fn local() -> PathBuf {
    std::env::var_os("BN_RUNS").map_or_else(|| repository().join("results/local"), PathBuf::from)
}

/// Where the last run of a scale and a name is, if it was made without `--out`.
pub fn local_folder(scale: Scale, name: &str) -> PathBuf {
    local().join(scale.name()).join(name)
}

impl Plan {
    /// [`local`]`/SCALE/ARTEFACT`; with an overridden recipe `custom/ARTEFACT-HASH`.
    pub fn default_folder(&self) -> PathBuf {
        let name = match self.scale {
            Scale::Custom => self.name(),
            _ => self.artefact.clone(),
        };
        local_folder(self.scale, &name)
    }

    /// The artefact and a hash of everything the rows depend on: two plans share it if and only if
    /// one may go on where the other stopped.
    pub(super) fn name(&self) -> String {
        let hash = hex::encode(Sha256::digest(self.identity().to_string()));
        format!("{}-{}", self.artefact, &hash[..12])
    }

    /// Everything the rows depend on, beside the artefact.
    fn identity(&self) -> Value {
        serde_json::json!({
            "scale": self.scale,
            "recipe": self.recipe,
            "seeds": self.seeds,
            "device": self.host.device,
            "versions": self.versions,
            "data": self.data_sha256,
        })
    }

    /// Whether a job of another plan is one of this one, too: all of the same plan; else a training of the same recipe and
    /// seed, made on the same data by the same versions.
    pub(super) fn has_job_of(&self, other: &Self, job: &str) -> bool {
        if self.name() == other.name() {
            return true;
        }
        let training = self.training(job);
        training.is_some() && training == other.training(job) && self.made_by() == other.made_by()
    }

    /// What the job of this name trains, if it is one of the plan's trainings.
    pub(super) fn training(&self, job: &str) -> Option<&Recipe> {
        let is_it =
            |recipe: &&Recipe| self.seeds.iter().any(|seed| job_name(&recipe.name, *seed) == job);
        self.recipe.trainings.iter().find(is_it)
    }

    /// The same without what is trained: all that a training's rows depend on beside its recipe and its seed.
    fn made_by(&self) -> (&str, Value) {
        let recipe = RunRecipe { trainings: Vec::new(), ..self.recipe.clone() };
        let without_trainings = Self { recipe, seeds: Vec::new(), ..self.clone() };
        (&self.artefact, without_trainings.identity())
    }
}

/// What the folder of a job is called: `bn-x5-sigmoid-seed0`.
pub fn job_name(subject: &str, seed: u64) -> String {
    format!("{subject}-seed{seed}").to_lowercase().replace([' ', '/'], "-")
}
