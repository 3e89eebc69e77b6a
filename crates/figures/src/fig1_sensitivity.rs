//! `figures/fig1-sensitivity.png`: accuracy over learning rate and initial weights, as heat maps.

use std::path::{Path, PathBuf};

use anyhow::Result;
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use record::fig1::{
    Cell, SensitivityRow, Setting, SweepFacts, cells, is_eligible, typical_setting,
};
use record::manifest::Manifest;
use record::table;

use crate::picture::{self, Picture};
use crate::shapes::Hint;
use crate::style;

/// The heat maps.
#[derive(Debug)]
pub struct Fig1Sensitivity {
    /// Every setting that was swept.
    pub cells: Vec<Cell>,
    /// The setting that Figure 1's rule chooses.
    pub chosen: Option<Setting>,
    /// The sentences under the maps.
    pub caption: Vec<String>,
}

/// One heat map: what it shows of a cell, as a number and as a colour.
struct Map {
    title: &'static str,
    text: fn(&Cell) -> String,
    color: fn(&Cell) -> RGBColor,
}

const MAPS: [Map; 3] = [
    Map {
        title: "(a) Without BN: test accuracy, %",
        text: |cell| format!("{:.1}", 100.0 * cell.without_bn),
        color: |cell| accuracy_color(cell.without_bn),
    },
    Map {
        title: "(b) With BN: test accuracy, %",
        text: |cell| format!("{:.1}", 100.0 * cell.with_bn),
        color: |cell| accuracy_color(cell.with_bn),
    },
    Map {
        title: "(c) gain from BN, points",
        text: |cell| format!("{:+.1}", 100.0 * cell.gain()).replace('-', "−"),
        color: |cell| gain_color(cell.gain()),
    },
];

/// Draws the run's figure.
///
/// # Errors
/// If the rows cannot be read or a file cannot be written.
pub fn draw(run: &Path, manifest: &Manifest, stem: &Path) -> Result<[PathBuf; 2]> {
    let rows: Vec<SensitivityRow> = table::read(&run.join("accuracy.csv"))?;
    picture::save(&Fig1Sensitivity::of_rows(&rows, manifest), stem)
}

impl Fig1Sensitivity {
    /// Averages the rows over seeds.
    pub fn of_rows(rows: &[SensitivityRow], manifest: &Manifest) -> Self {
        let cells = cells(rows);
        let chosen = typical_setting(rows).map(|cell| cell.setting);
        let caption = SweepFacts::of(rows).map(|facts| caption(rows, &facts, manifest));
        Self { cells, chosen, caption: caption.unwrap_or_default() }
    }

    fn learning_rates(&self) -> Vec<f64> {
        distinct(self.cells.iter().map(|cell| cell.setting.learning_rate))
    }

    fn init_stds(&self) -> Vec<f64> {
        distinct(self.cells.iter().map(|cell| cell.setting.init_std))
    }
}

fn caption(rows: &[SensitivityRow], facts: &SweepFacts, manifest: &Manifest) -> Vec<String> {
    let steps = rows.first().map_or(0, |row| row.step);
    let seeds = manifest.seeds.len();
    let SweepFacts { cells, wins, even, losses, .. } = facts;
    let on_axis = cells.iter().filter(|cell| is_eligible(cell)).count();
    vec![
        format!(
            "Scale: {}. After {} steps of plain SGD, mini-batches of 60, mean of {seeds} seeds. With BN the network is more \
             than a point better at {wins} of {} settings, within a point at {even}, more than a point worse at {losses}.",
            manifest.scale,
            style::with_thousands(steps as f64),
            cells.len(),
        ),
        format!(
            "Framed: the setting of Figure 1, that of the median gain among the {on_axis} with a small Gaussian (std ≤ 0.1) at \
             which both networks reach 70 %, where the paper's axis begins.",
        ),
    ]
}

fn distinct(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.dedup();
    values
}

impl Picture for Fig1Sensitivity {
    fn size(&self) -> (u32, u32) {
        (2400, 960)
    }

    fn draw<Backend: DrawingBackend>(&self, area: &DrawingArea<Backend, Shift>) -> Result<Vec<Hint>>
    where
        Backend::ErrorType: 'static,
    {
        let maps = picture::caption(area, &self.caption)?;
        for (panel, map) in maps.split_evenly((1, 3)).iter().zip(&MAPS) {
            self.draw_map(panel, map)?;
        }
        Ok(Vec::new())
    }
}

impl Fig1Sensitivity {
    fn draw_map<Backend: DrawingBackend>(
        &self,
        panel: &DrawingArea<Backend, Shift>,
        map: &Map,
    ) -> Result<()>
    where
        Backend::ErrorType: 'static,
    {
        let (rates, stds) = (self.learning_rates(), self.init_stds());
        let mut chart = ChartBuilder::on(panel)
            .caption(map.title, style::text(style::TITLE_SIZE))
            .margin(20)
            .x_label_area_size(90)
            .y_label_area_size(110)
            .build_cartesian_2d(
                (0..rates.len() as i32 - 1).into_segmented(),
                (0..stds.len() as i32 - 1).into_segmented(),
            )?;
        chart
            .configure_mesh()
            .disable_mesh()
            .axis_style(style::INK.stroke_width(2))
            .label_style(style::text(style::TICK_SIZE))
            .axis_desc_style(style::text(style::LABEL_SIZE))
            .x_desc("learning rate")
            .y_desc("std of the initial weights")
            .x_labels(rates.len())
            .y_labels(stds.len())
            .x_label_formatter(&|position| tick(position, &rates))
            .y_label_formatter(&|position| tick(position, &stds))
            .draw()?;
        let index = |values: &[f64], value: f64| {
            values.iter().position(|other| *other == value).unwrap_or_default() as i32
        };
        let area = chart.plotting_area();
        for cell in &self.cells {
            let x = index(&rates, cell.setting.learning_rate);
            let y = index(&stds, cell.setting.init_std);
            let corners = [
                (SegmentValue::Exact(x), SegmentValue::Exact(y)),
                (SegmentValue::Exact(x + 1), SegmentValue::Exact(y + 1)),
            ];
            let color = (map.color)(cell);
            area.draw(&Rectangle::new(corners.clone(), color.filled()))?;
            if Some(cell.setting) == self.chosen {
                let mut frame = Rectangle::new(corners, style::INK.stroke_width(6));
                frame.set_margin(3, 3, 3, 3);
                area.draw(&frame)?;
            }
            let center = (SegmentValue::CenterOf(x), SegmentValue::CenterOf(y));
            area.draw(&Text::new((map.text)(cell), center, text_on(color)))?;
        }
        Ok(())
    }
}

fn tick(position: &SegmentValue<i32>, values: &[f64]) -> String {
    match position {
        SegmentValue::CenterOf(index) => {
            values.get(*index as usize).map_or_else(String::new, ToString::to_string)
        }
        _ => String::new(),
    }
}

/// Viridis, from chance to 100 %.
fn accuracy_color(accuracy: f64) -> RGBColor {
    ViridisRGB.get_color(accuracy.clamp(0.0, 1.0))
}

/// White where BN makes no difference, towards blue where it gains, vermillion where it loses; at ten
/// points already half of the way, so that small differences show.
fn gain_color(gain: f64) -> RGBColor {
    let strength = gain.abs() / (gain.abs() + 0.1);
    let towards = if gain > 0.0 { [0.0, 114.0, 178.0] } else { [213.0, 94.0, 0.0] };
    let [r, g, b] = towards.map(|channel| (255.0 + (channel - 255.0) * strength) as u8);
    RGBColor(r, g, b)
}

/// Centred text, dark on light cells and light on dark ones.
fn text_on(background: RGBColor) -> TextStyle<'static> {
    let RGBColor(r, g, b) = background;
    let luminance = 0.299 * f64::from(r) + 0.587 * f64::from(g) + 0.114 * f64::from(b);
    let color = if luminance > 140.0 { style::INK } else { WHITE };
    (style::FONT, style::TICK_SIZE)
        .into_font()
        .color(&color)
        .pos(Pos::new(HPos::Center, VPos::Center))
}
