//! Panels: what a description asks for, aggregated, and then as shapes in a room.
//!
//! - [`content`]: what all have in common;
//! - [`curves`]: metrics over x, and bands between quantiles, of [`curve`]s drawn in a [`scene`]; [`names`]: what
//!   they are called; [`reaches`]: where they reach a target;
//! - [`dots`]: numbers with intervals, a row for each;
//! - [`heat`]: means over two numbers.

pub mod content;
pub mod curve;
pub mod curves;
pub mod dots;
pub mod heat;
pub mod names;
pub mod reaches;
pub mod scene;

use anyhow::Result;
use exhibit::{PanelDescription, PanelKind};

use self::content::{Content, Material};

/// What a description asks for.
///
/// # Errors
/// If polars refuses the points, which would be a bug.
pub fn of(panel: &PanelDescription, material: Material<'_>) -> Result<Box<dyn Content>> {
    Ok(match panel.kind {
        PanelKind::Curves | PanelKind::Band => Box::new(curves::CurvePanel::of(panel, material)?),
        PanelKind::Differences => Box::new(dots::DotPanel::of_differences(panel, material)?),
        PanelKind::Dots => Box::new(dots::DotPanel::of_rows(panel, material)?),
        PanelKind::Heat => Box::new(heat::HeatPanel::of(panel, material)?),
    })
}
