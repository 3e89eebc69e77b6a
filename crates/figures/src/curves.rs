//! Curves over training steps: axes, lines, bands, labels.

use std::ops::Range;

use anyhow::Result;
use plotters::coord::Shift;
use plotters::coord::types::RangedCoordf64;
use plotters::element::DashedPathElement;
use plotters::prelude::*;

use crate::style::{self, LineLook};

/// A chart of some quantity over training steps.
pub type Chart<'a, Backend> =
    ChartContext<'a, Backend, Cartesian2d<RangedCoordf64, RangedCoordf64>>;

/// Cuts off a curve's beginning below `lowest`, at the point where it crosses it.
pub fn from_where_it_rises_above(curve: &[(f64, f64)], lowest: f64) -> Vec<(f64, f64)> {
    let Some(first) = curve.iter().position(|(_, y)| *y >= lowest) else { return Vec::new() };
    let crossing = first.checked_sub(1).map(|before| {
        let ((x0, y0), (x1, y1)) = (curve[before], curve[first]);
        (x0 + (x1 - x0) * (lowest - y0) / (y1 - y0), lowest)
    });
    crossing.into_iter().chain(curve[first..].iter().copied()).collect()
}

/// A chart from step 0 to `last_step`, with room for axes and title.
///
/// # Errors
/// If the backend fails.
pub fn chart<'a, Backend: DrawingBackend>(
    panel: &'a DrawingArea<Backend, Shift>,
    title: &str,
    last_step: f64,
    y: Range<f64>,
) -> Result<Chart<'a, Backend>>
where
    Backend::ErrorType: 'static,
{
    Ok(ChartBuilder::on(panel)
        .caption(title, style::text(style::TITLE_SIZE))
        .margin(20)
        .margin_right(46)
        .x_label_area_size(90)
        .y_label_area_size(110)
        .build_cartesian_2d(0.0..last_step, y)?)
}

/// Draws the grid and both axes; the y axis with so many decimals.
///
/// # Errors
/// If the backend fails.
pub fn axes<Backend: DrawingBackend>(
    chart: &mut Chart<'_, Backend>,
    y_label: &str,
    decimals: usize,
) -> Result<()>
where
    Backend::ErrorType: 'static,
{
    chart
        .configure_mesh()
        .bold_line_style(style::GRID)
        .light_line_style(TRANSPARENT)
        .axis_style(style::INK.stroke_width(2))
        .label_style(style::text(style::TICK_SIZE))
        .axis_desc_style(style::text(style::LABEL_SIZE))
        .x_labels(6)
        .y_labels(7)
        .x_desc("training steps")
        .y_desc(y_label)
        .x_label_formatter(&|step| thousands(*step))
        .y_label_formatter(&|value| format!("{value:.decimals$}").replace('-', "−"))
        .draw()?;
    Ok(())
}

/// As the paper writes steps: 10K; fewer than a thousand in full.
fn thousands(step: f64) -> String {
    if step < 1000.0 { step.to_string() } else { format!("{}K", step / 1000.0) }
}

/// Writes a curve's name above its right end.
///
/// # Errors
/// If the backend fails.
pub fn label_end<Backend: DrawingBackend>(
    chart: &mut Chart<'_, Backend>,
    curve: &[(f64, f64)],
    name: &str,
) -> Result<()>
where
    Backend::ErrorType: 'static,
{
    let Some(&(x, y)) = curve.last() else { return Ok(()) };
    let under_label = curve.iter().filter(|(other, _)| *other > 0.85 * x);
    let highest = under_label.map(|(_, y)| *y).fold(y, f64::max);
    let style = style::text(style::TICK_SIZE);
    let label = EmptyElement::at((x, highest)) + Text::new(name.to_owned(), (-70, -38), style);
    chart.draw_series([label])?;
    Ok(())
}

/// Draws a curve; a named one gets an entry in the legend.
///
/// # Errors
/// If the backend fails.
pub fn line<Backend: DrawingBackend>(
    chart: &mut Chart<'_, Backend>,
    curve: &[(f64, f64)],
    look: LineLook,
    name: Option<&str>,
) -> Result<()>
where
    Backend::ErrorType: 'static,
{
    let style = look.color.stroke_width(look.width);
    let points = curve.iter().copied();
    let series = match look.dashes {
        None => chart.draw_series(LineSeries::new(points, style))?,
        Some((dash, gap)) => chart.draw_series(DashedLineSeries::new(points, dash, gap, style))?,
    };
    if let Some(name) = name {
        series.label(name).legend(move |(x, y)| {
            let (dash, gap) = look.dashes.unwrap_or((200, 1));
            let ends = [(x, y), (x + 80, y)];
            DashedPathElement::new(ends, dash, gap, style)
        });
    }
    Ok(())
}

/// Fills the band between two curves.
///
/// # Errors
/// If the backend fails.
pub fn fill_between<Backend: DrawingBackend>(
    chart: &mut Chart<'_, Backend>,
    low: &[(f64, f64)],
    high: &[(f64, f64)],
    color: RGBAColor,
) -> Result<()>
where
    Backend::ErrorType: 'static,
{
    let outline: Vec<_> = low.iter().chain(high.iter().rev()).copied().collect();
    chart.draw_series([Polygon::new(outline, color)])?;
    Ok(())
}
