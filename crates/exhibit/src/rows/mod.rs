//! From the rows of a finished run to points: where a figure needs logic, it is here.

pub mod architecture;
pub mod ensemble;
pub mod fig1;
pub mod fig2;

use std::path::Path;

use anyhow::{Context, Result};
use record::ensemble::{ERRORS_FILE, GAINS_FILE, MEMBERS_FILE};
use record::fig1::{ACCURACY_FILE, ACTIVATIONS_FILE, DRIFT_FILE};
use record::fig2::{CURVES_FILE, OUTCOMES_FILE};
use record::fig5::COUNTS_FILE;
use record::manifest::Manifest;
use record::point::{POINTS_FILE, PointRow};
use record::table;
use serde::de::DeserializeOwned;

use crate::point::Point;
use crate::{Exhibit, RowKind, reported};

/// What a finished run's rows come to.
///
/// # Errors
/// Names the file that cannot be read.
pub fn points(exhibit: &Exhibit, folder: &Path, manifest: &Manifest) -> Result<Vec<Point>> {
    Ok(match exhibit.description.rows {
        RowKind::Points => {
            read::<PointRow>(folder, POINTS_FILE)?.into_iter().map(Point::from).collect()
        }
        RowKind::Activations => fig1::points(
            &read(folder, ACCURACY_FILE)?,
            &read(folder, ACTIVATIONS_FILE)?,
            &read(folder, DRIFT_FILE)?,
        ),
        RowKind::Sweep => fig1::sweep::points(&read(folder, ACCURACY_FILE)?),
        RowKind::Curves => {
            let chance = chance(manifest)?;
            fig2::points(&read(folder, CURVES_FILE)?, &read(folder, OUTCOMES_FILE)?, Some(chance))
        }
        RowKind::Rates => fig2::rates::points(read(folder, POINTS_FILE)?, chance(manifest)?),
        RowKind::Ensemble => ensemble::points(
            &read(folder, MEMBERS_FILE)?,
            &read(folder, ERRORS_FILE)?,
            &read(folder, GAINS_FILE)?,
        ),
        RowKind::Architecture => architecture::points(&read(folder, COUNTS_FILE)?),
    })
}

/// What guessing gives.
fn chance(manifest: &Manifest) -> Result<f64> {
    let training = manifest.recipe.trainings.first().context("the run has no training")?;
    Ok(1.0 / training.classes() as f64)
}

fn read<Row: DeserializeOwned>(folder: &Path, file: &str) -> Result<Vec<Row>> {
    table::read(&folder.join(file))
}

/// What the paper reports in the place of the exhibit's rows.
///
/// # Errors
/// If `paper/reported.csv` is missing or damaged.
pub fn paper_points(exhibit: &Exhibit) -> Result<Vec<Point>> {
    let reported = reported::all()?;
    Ok(match exhibit.description.rows {
        RowKind::Curves => fig2::paper_points(&reported),
        RowKind::Ensemble => ensemble::paper_points(&reported),
        _ => Vec::new(),
    })
}
