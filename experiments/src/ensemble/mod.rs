//! The ensemble's program (§4.2.3), whoever has trained the networks: its options, how they look, and what is written.
//! [`given`] are networks and answers that are there already.

pub mod given;

use std::path::{Path, PathBuf};

use anyhow::Result;
use bn_inception::checkpoints::Preprocessing;
use clap::Args;
use data::crops::{CropPlan, CropSet};
use recipe::Recipe;
use record::ensemble::{ERRORS_FILE, Evaluation, GAINS_FILE, MEMBERS_FILE, MemberRow, Part};
use record::table;

use crate::command_line::LayoutChoice;
use crate::examination::Examination;
use crate::image_sets::Images;
use crate::work::tell;
use crate::{Request, Work};

/// The options of the ensemble's program.
#[derive(Args)]
pub struct Options {
    /// Crops of a picture whose answers are averaged: the centre, centre and corners, a grid, `GoogLeNet`'s
    #[arg(
        long,
        value_parser = crop_set,
        value_delimiter = ',',
        value_name = "N",
        default_value = "1,10,50,144"
    )]
    crops: Vec<CropSet>,

    /// Evaluates so many validation pictures, spread evenly over all [default: all]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub pictures: Option<u32>,

    /// Evaluates these networks, by name (of `networks/`) or safetensors file, and trains none
    #[arg(long, value_name = "NAME_OR_FILE", value_delimiter = ',')]
    pub weights: Vec<PathBuf>,

    /// Whose names and shapes the files have; decides how pictures are prepared, too; --data needs only DIR/val/CLASS
    /// [default: networks that --keep-networks has written]
    #[arg(long, value_enum, requires = "weights")]
    pub layout: Option<LayoutChoice>,

    /// Also writes each network's answers to every picture into this folder, as N.parquet
    #[arg(long, value_name = "DIR")]
    keep_answers: Option<PathBuf>,

    /// Forms the ensemble of answers that were kept; runs no network
    #[arg(long, value_name = "FILE", value_delimiter = ',', conflicts_with_all = ["weights", "keep_answers"])]
    pub answers: Vec<PathBuf>,
}

/// Parses a number of crops.
fn crop_set(text: &str) -> Result<CropSet, String> {
    let is_it = |set: &CropSet| set.crops().to_string() == text;
    CropSet::ALL.into_iter().find(is_it).ok_or_else(|| "expected 1, 10, 50 or 144".to_owned())
}

impl Options {
    /// In ascending order, each once.
    pub fn crops(&self) -> Vec<CropSet> {
        let mut crops = self.crops.clone();
        crops.sort_unstable();
        crops.dedup();
        crops
    }

    /// Of so many pictures, as many as are to be looked at.
    pub fn pictures(&self, all: usize) -> usize {
        self.pictures.map_or(all, |pictures| all.min(pictures as usize))
    }
}

/// Crops as a recipe has them.
///
/// # Panics
/// Never: they are names.
pub fn json(crops: &[CropSet]) -> serde_json::Value {
    serde_json::to_value(crops).expect("names")
}

/// So many of the pictures that networks of such a recipe are judged by.
///
/// # Errors
/// If there are none.
pub fn examination(
    options: &Options,
    recipe: &Recipe,
    images: &Images,
    pictures: usize,
) -> Result<Examination> {
    let (side, crops) = (recipe.bn_inception().image_side as u32, options.crops());
    let plan = CropPlan::new(&crops, side, images.size())?;
    let source = images.crops(plan.clone());
    Examination::new(&crops, plan, source, pictures, Preprocessing::to_unit_range(side), 0)
}

/// Writes the rows, and keeps networks and answers for the next time; each network's answers go into the folder that
/// the user names, too.
///
/// # Errors
/// Names the file that cannot be written.
pub fn finish(
    request: &Request<Options>,
    work: Work,
    members: &[MemberRow],
    (parts, evaluation): (&[Part], &Evaluation),
    write_more: impl FnOnce(&Path) -> Result<()>,
) -> Result<()> {
    if let Some(folder) = &request.own.keep_answers {
        for (number, part) in (1..).zip(parts) {
            part.write(&folder.join(format!("{number}.parquet")))?;
        }
    }
    let (errors, gains) = evaluation.rows(work.scale())?;
    let folder = work.run.finish_and_keep(|stage| {
        table::write(&stage.join(MEMBERS_FILE), members)?;
        table::write(&stage.join(ERRORS_FILE), &errors)?;
        table::write(&stage.join(GAINS_FILE), &gains)?;
        write_more(stage)
    })?;
    tell(&folder);
    Ok(())
}
