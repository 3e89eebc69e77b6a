//! From the rows of a finished run to points: where a figure needs logic, it is here.

use std::path::Path;

use anyhow::Result;

use crate::exhibit::{Exhibit, RowKind};
use crate::manifest::Manifest;
use crate::point::{POINTS_FILE, Point, PointRow};
use crate::{ensemble, fig1, fig2, fig5, reported, table};

/// What a finished run's rows come to.
///
/// # Errors
/// Names the file that cannot be read.
pub fn points(exhibit: &Exhibit, folder: &Path, manifest: &Manifest) -> Result<Vec<Point>> {
    let file = |name: &str| folder.join(name);
    Ok(match exhibit.description.rows {
        RowKind::Points => {
            let rows: Vec<PointRow> = table::read(&file(POINTS_FILE))?;
            rows.into_iter().map(Point::from).collect()
        }
        RowKind::Activations => fig1::points(
            &table::read::<fig1::AccuracyRow>(&file(fig1::ACCURACY_FILE))?,
            &table::read::<fig1::ActivationRow>(&file(fig1::ACTIVATIONS_FILE))?,
            &table::read::<fig1::DriftRow>(&file(fig1::DRIFT_FILE))?,
        ),
        RowKind::Sweep => fig1::sweep_points(&table::read(&file(fig1::ACCURACY_FILE))?),
        RowKind::Curves => {
            let classes = manifest.recipe.trainings.first().map(recipe::Recipe::classes);
            let curves: Vec<fig2::CurveRow> = table::read(&file(fig2::CURVES_FILE))?;
            let outcomes: Vec<fig2::OutcomeRow> = table::read(&file(fig2::OUTCOMES_FILE))?;
            fig2::points(&curves, &outcomes, classes.map(|classes| 1.0 / classes as f64))
        }
        RowKind::Rates => fig2::rate_points(&table::read(&file(fig2::RATES_FILE))?),
        RowKind::Ensemble => ensemble::points(
            &table::read::<ensemble::MemberRow>(&file(ensemble::MEMBERS_FILE))?,
            &table::read::<ensemble::ErrorRow>(&file(ensemble::ERRORS_FILE))?,
            &table::read::<ensemble::GainRow>(&file(ensemble::GAINS_FILE))?,
        ),
        RowKind::Architecture => fig5::points(&table::read(&file(fig5::COUNTS_FILE))?),
    })
}

/// What the paper reports in the place of the exhibit's rows.
///
/// # Errors
/// If `paper/reported.csv` is missing or damaged.
pub fn paper_points(exhibit: &Exhibit) -> Result<Vec<Point>> {
    let reported = reported::all()?;
    Ok(match exhibit.description.rows {
        RowKind::Curves | RowKind::Rates => fig2::paper_points(&reported),
        RowKind::Ensemble => ensemble::paper_points(&reported),
        _ => Vec::new(),
    })
}
