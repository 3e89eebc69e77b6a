//! The ensemble of §4.2.3: six networks in training, and who is asked afterwards.

use anyhow::{Result, ensure};
use bn_inception::{Arithmetic, Execution};
use data::crops::{CropPlan, CropSet};
use record::fig2::{Network, OUTCOMES_FILE, Outcome, OutcomeRow};
use record::run::Run;
use serde::Serialize;
use training::{Progress, side_by_side};

use crate::cost::Cost;
use crate::examination::Candidate;
use crate::image_sets::Images;
use crate::job::Job;
use crate::members::MEMBERS;
use crate::recipes::{Recipe, Setting};
use crate::single_network::{NOTHING, Training, train};

/// Everything that an ensemble of ours depends on.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Ensemble {
    /// What all share.
    pub setting: Setting,
    /// How each is trained.
    pub members: Vec<Recipe>,
    /// How each looks at a picture.
    pub crops: Vec<CropSet>,
    /// Validation pictures.
    pub pictures: usize,
    /// The numbers that the convolutions are computed in.
    pub arithmetic: Arithmetic,
}

impl Ensemble {
    /// The six of this setting.
    pub fn new(
        setting: Setting,
        crops: Vec<CropSet>,
        pictures: usize,
        arithmetic: Arithmetic,
    ) -> Self {
        let members = MEMBERS.map(|member| member.recipe(&setting)).to_vec();
        Self { setting, members, crops, pictures, arithmetic }
    }

    /// Names of the members' jobs.
    pub fn names(&self) -> Vec<String> {
        (1..=self.members.len()).map(|member| format!("member-{member}")).collect()
    }

    /// Says how long it will take from nothing.
    ///
    /// # Errors
    /// If an image cannot be read.
    pub fn tell_cost(&self, images: &Images, jobs: usize, execution: Execution) -> Result<()> {
        let job = Job { network: Network::BnX30, seed: 1 };
        let begin = || Training::new(job, self.members[0].clone(), execution);
        let cost = Cost::measure(begin, images, &self.setting)?;
        let members = self.members.len();
        let training = cost.of_all(members, jobs, self.setting.steps);
        let crops = CropPlan::new(&self.crops, self.setting.image_side as u32, images.size())?;
        let looks = members * self.pictures * crops.sites().len();
        let evaluation = cost.of_looks(looks, &self.setting) / jobs.min(members) as u32;
        let [training, evaluation] = [training, evaluation].map(|time| time.as_secs().div_ceil(60));
        eprintln!(
            "{members} trainings: about {training} min; {looks} crops: about {evaluation} min"
        );
        Ok(())
    }

    /// Trains them side by side, in the run's folders; a member's number is its seed.
    ///
    /// # Errors
    /// If a training cannot go on, or has diverged; if a stop was asked for.
    pub fn train(
        &self,
        run: &Run,
        images: &Images,
        jobs: usize,
        execution: Execution,
    ) -> Result<()> {
        let Setting { steps, mini_batch, .. } = self.setting;
        let progress = Progress::of_images(steps * self.members.len() as u64, mini_batch);
        let members: Vec<_> = (1..).zip(&self.members).zip(self.names()).collect();
        side_by_side(&members, jobs, |((seed, recipe), name)| {
            let job = Job { network: Network::BnX30, seed: *seed };
            let training = Training::new(job, (*recipe).clone(), execution)?;
            train(name, training, &self.setting, images, run, &progress, NOTHING).map(drop)
        })?;
        let outcomes: Vec<OutcomeRow> = run.collect(&self.names(), OUTCOMES_FILE)?;
        for (member, outcome) in (1..).zip(&outcomes) {
            let has_finished = outcome.outcome == Outcome::Finished;
            ensure!(has_finished, "member {member} diverged at step {}", outcome.step);
        }
        Ok(())
    }

    /// The trained members.
    ///
    /// # Errors
    /// Names the folder that cannot be made.
    pub fn candidates(&self, run: &Run) -> Result<Vec<Candidate>> {
        let members = (1..).zip(&self.members).zip(self.names());
        let candidate = |((seed, recipe), name): ((u64, &Recipe), String)| {
            let checkpoint = run.job_folder(&name)?.join("checkpoint.safetensors");
            Ok(Candidate::Trained { recipe: Box::new(recipe.clone()), seed, checkpoint })
        };
        members.map(candidate).collect()
    }
}
