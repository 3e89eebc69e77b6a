//! The six in training, and what comes of it.

use std::path::PathBuf;

use anyhow::{Result, ensure};
use recipe::{Recipe, SingleNetwork};
use record::ensemble::MemberRow;
use record::fig2::{CURVES_FILE, CurveRow};
use training::CHECKPOINT_FILE;

use super::MEMBERS;
use crate::image_sets::Images;
use crate::inception::{self, CURVES, Sight, write_curves};
use crate::{Job, Work, own_network};

/// Where a run has the members' networks.
const NETWORKS: &str = "networks";

/// Trains the members. Their curves are those of BN-x30, by seed.
///
/// # Errors
/// If one diverges; those of [`inception::train`].
pub fn train(members: &[Job<&Recipe>], work: &Work, images: &Images) -> Result<()> {
    work.train(members, |job, progress| {
        inception::train(job, work, images, progress, &CURVES, |sight, rows| {
            let network = SingleNetwork::BnX30.name().to_owned();
            let row = CurveRow { network, ..sight.row.clone() };
            write_curves(&Sight { row, ..*sight }, images, rows)
        })
    })?;
    let curves: Vec<Vec<CurveRow>> = work.rows_of(members)?.read(CURVES_FILE)?;
    for (job, curve) in members.iter().zip(curves) {
        let last = curve.last().map_or(0, |row| row.step);
        ensure!(last == job.subject.steps, "member {} diverged at step {last}", job.seed);
    }
    Ok(())
}

/// The trained members' networks, with the population's statistics (Algorithm 2): files of the run, made of the checkpoints.
///
/// # Errors
/// Names the file that cannot be read or written.
pub fn networks(members: &[Job<&Recipe>], work: &Work, images: &Images) -> Result<Vec<PathBuf>> {
    let folder = work.run.job_folder(NETWORKS)?;
    let file = |job: &Job<&Recipe>| own_network::file(&folder, job);
    let missing: Vec<&Job<&Recipe>> =
        members.iter().filter(|job| !own_network::is_kept(&file(job))).collect();
    let name = |job: &&Job<&Recipe>| format!("{NETWORKS}/{}", job.folder());
    work.share(&missing, name, |job| {
        let checkpoint = work.run.job_folder(&job.folder())?.join(CHECKPOINT_FILE);
        own_network::keep_of(&checkpoint, job, &folder, (images, work.execution))
    })?;
    Ok(members.iter().map(file).collect())
}

/// Who is who, of the six.
///
/// # Errors
/// If a file cannot be read.
pub fn rows(members: &[Job<&Recipe>], work: &Work) -> Result<Vec<MemberRow>> {
    let curves: Vec<Vec<CurveRow>> = work.rows_of(members)?.read(CURVES_FILE)?;
    let rows = members.iter().zip(MEMBERS).zip(curves).map(|((job, member), curve)| {
        let is_held_out = job.subject.images.held_out_images > 0;
        let last = curve.last().map(|row| row.top1_accuracy).filter(|_| is_held_out);
        let row = member.row(work.scale(), job.seed, job.subject.steps);
        MemberRow { held_out_accuracy: last, ..row }
    });
    Ok(rows.collect())
}
