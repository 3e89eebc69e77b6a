//! `figures/fig1.png`: Figure 1 with the paper's three panels.

use std::ops::Range;
use std::path::{Path, PathBuf};

use anyhow::Result;
use plotters::coord::Shift;
use plotters::prelude::*;
use record::fig1::{
    AccuracyRow, ActivationRow, DriftRow, Network, SensitivityRow, Setting, SweepFacts,
    is_eligible, typical_setting,
};
use record::manifest::Manifest;
use record::{repository, table};

use crate::aggregate::{self, Band, Percentiles, TypicalUnit};
use crate::curves::{Chart, axes, chart, fill_between, from_where_it_rises_above, label_end, line};
use crate::picture::{self, Picture};
use crate::shapes::Hint;
use crate::style::{self, LineLook};

/// The series of the figure: what is handed to plotters.
#[derive(Debug)]
pub struct Fig1 {
    /// Panel (a), in the order of [`Network::BOTH`].
    pub accuracy: [Vec<Band>; 2],
    /// Panels (b) and (c); nothing of a network that trained too few steps for a typical unit.
    pub inputs: [Option<TypicalInputs>; 2],
    /// The sentences under the panels.
    pub caption: Vec<String>,
}

/// Input percentiles of the typical units.
#[derive(Debug)]
pub struct TypicalInputs {
    /// The unit that is typical of the typical units.
    pub unit: TypicalUnit,
    /// Its percentiles.
    pub percentiles: Percentiles,
    /// Those of the other seeds' typical units.
    pub others: Vec<Percentiles>,
}

/// Room for a label above the highest curve, in units of the axis.
const LABEL_ROOM: f64 = 0.6;

/// Draws the run's figure.
///
/// # Errors
/// If the rows cannot be read or a file cannot be written.
pub fn draw(run: &Path, manifest: &Manifest, stem: &Path) -> Result<[PathBuf; 2]> {
    picture::save(&Fig1::of_run(run, manifest)?, stem)
}

impl Fig1 {
    /// Reads and aggregates the rows of a run.
    ///
    /// # Errors
    /// If the rows cannot be read.
    pub fn of_run(run: &Path, manifest: &Manifest) -> Result<Self> {
        let accuracy: Vec<AccuracyRow> = table::read(&run.join("accuracy.csv"))?;
        let activations: Vec<ActivationRow> = table::read(&run.join("activations.csv"))?;
        let drift: Vec<DriftRow> = table::read(&run.join("drift.csv"))?;
        let [without, with] = Network::BOTH;
        let inputs = Network::BOTH.map(|network| TypicalInputs::of(network, &activations, &drift));
        let over_seeds = |network| aggregate::accuracy_over_seeds(&accuracy, network);
        let mut caption = caption(manifest, &inputs, &sweep());
        caption.extend(divergence(&accuracy));
        Ok(Self { accuracy: [over_seeds(without)?, over_seeds(with)?], inputs, caption })
    }
}

impl TypicalInputs {
    fn of(network: Network, activations: &[ActivationRow], drift: &[DriftRow]) -> Option<Self> {
        let mut typical = aggregate::typical_units(drift, network);
        let middle = typical.len().checked_sub(1)? / 2;
        let unit = typical.remove(middle);
        let of = |unit| aggregate::percentiles(activations, network, unit);
        Some(Self { unit, percentiles: of(unit), others: typical.into_iter().map(of).collect() })
    }
}

/// The committed sweep; empty before it was run.
fn sweep() -> Vec<SensitivityRow> {
    table::read(&repository().join("results/fig1-sensitivity/accuracy.csv")).unwrap_or_default()
}

fn caption(
    manifest: &Manifest,
    inputs: &[Option<TypicalInputs>; 2],
    sweep: &[SensitivityRow],
) -> Vec<String> {
    let number = |path: &str| manifest.recipe.pointer(path).and_then(serde_json::Value::as_f64);
    let shown = |path: &str| number(path).map_or("?".to_owned(), style::with_thousands);
    let unit = |inputs: &Option<TypicalInputs>| match inputs {
        Some(TypicalInputs { unit, .. }) => format!("unit {} of seed {}", unit.unit, unit.seed),
        None => "none, for it trained fewer than 1,000 steps".to_owned(),
    };
    let setting = Setting {
        learning_rate: number("/setting/learning_rate").unwrap_or(f64::NAN),
        init_std: number("/setting/init_std").unwrap_or(f64::NAN),
    };
    let mut lines = vec![
        format!(
            "Scale: {}. {} steps, mini-batches of {}, {} seeds; plain SGD at learning rate {}, initial weights \
             Gaussian with std {}. (a) median over seeds; band: all seeds.",
            manifest.scale,
            shown("/training/steps"),
            shown("/training/mini_batch"),
            manifest.seeds.len(),
            setting.learning_rate,
            setting.init_std,
        ),
        format!(
            "(b, c) input of a typical sigmoid of the last hidden layer, as its 15th, 50th and 85th \
             percentiles over the test set: {} and {}; grey: typical units of the other seeds. The paper's \
             axis runs from −2 to 2.",
            unit(&inputs[0]),
            unit(&inputs[1]),
        ),
    ];
    lines.extend(where_bn_helps(sweep, setting));
    lines
}

/// Which trainings ended early because their loss was no longer finite.
fn divergence(rows: &[AccuracyRow]) -> Option<String> {
    let is_finite = |row: &&AccuracyRow| row.training_loss_nats.is_none_or(f64::is_finite);
    let diverged: Vec<String> = rows
        .iter()
        .filter(|row| !is_finite(row))
        .map(|row| format!("{}, seed {} (step {})", row.network, row.seed, row.step))
        .collect();
    (!diverged.is_empty()).then(|| format!("Diverged: {}.", diverged.join("; ")))
}

/// What the sweep says of settings other than this one.
fn where_bn_helps(sweep: &[SensitivityRow], this: Setting) -> Option<String> {
    let facts = SweepFacts::of(sweep)?;
    let on_axis = facts.cells.iter().filter(|cell| is_eligible(cell)).count();
    let place = match typical_setting(sweep) {
        Some(typical) if typical.setting == this => format!(
            "this setting has the median gain of the {on_axis} with a small Gaussian that fit panel (a)."
        ),
        _ => "this run is at another setting than the committed figure.".to_owned(),
    };
    Some(format!(
        "What BN gains depends on the setting: in the sweep, at {} steps, from {} to {}; {place}",
        style::with_thousands(sweep.first()?.step as f64),
        facts.least.gain_text(),
        facts.most.gain_text(),
    ))
}

impl Picture for Fig1 {
    fn size(&self) -> (u32, u32) {
        (2400, 1000)
    }

    fn draw<Backend: DrawingBackend>(&self, area: &DrawingArea<Backend, Shift>) -> Result<Vec<Hint>>
    where
        Backend::ErrorType: 'static,
    {
        let panels = picture::caption(area, &self.caption)?;
        let panels = panels.split_evenly((1, 3));
        let mut hints = self.draw_accuracy(&panels[0])?;
        let range = self.input_range();
        for ((panel, network), (inputs, letter)) in
            panels[1..].iter().zip(Network::BOTH).zip(self.inputs.iter().zip(["b", "c"]))
        {
            let title = format!("({letter}) {network}");
            let mut chart = chart(panel, &title, self.last_step(), range.clone())?;
            axes(&mut chart, "input of the sigmoid", 0)?;
            if let Some(inputs) = inputs {
                draw_inputs(&mut chart, inputs, style::of_network(network))?;
                hints.extend(input_hints(&chart, &inputs.percentiles));
            }
        }
        Ok(hints)
    }
}

impl Fig1 {
    fn last_step(&self) -> f64 {
        self.accuracy.iter().flatten().map(|band| band.step).fold(1.0, f64::max)
    }

    /// The paper's −2 … 2, or as much wider as the curves need; the same for both panels.
    fn input_range(&self) -> Range<f64> {
        let curves = self
            .inputs
            .iter()
            .flatten()
            .flat_map(|inputs| std::iter::once(&inputs.percentiles).chain(&inputs.others));
        let values = curves.flat_map(|curves| curves.p15.iter().chain(&curves.p85));
        let finite = values.map(|(_, value)| *value).filter(|value| value.is_finite());
        let (lowest, highest) =
            finite.fold((-2f64, 2f64 - LABEL_ROOM), |(low, high), v| (low.min(v), high.max(v)));
        lowest.floor()..(highest + LABEL_ROOM).ceil()
    }

    fn draw_accuracy<Backend: DrawingBackend>(
        &self,
        panel: &DrawingArea<Backend, Shift>,
    ) -> Result<Vec<Hint>>
    where
        Backend::ErrorType: 'static,
    {
        let lowest = 0.7;
        let mut chart = chart(panel, "(a) test accuracy", self.last_step(), lowest..1.0)?;
        axes(&mut chart, "fraction right", 2)?;
        for (bands, network) in self.accuracy.iter().zip(Network::BOTH) {
            let look = style::of_network(network);
            let low = bands.iter().map(|band| (band.step, band.low));
            let high = bands.iter().map(|band| (band.step, band.high));
            fill_between(
                &mut chart,
                &low.collect::<Vec<_>>(),
                &high.collect::<Vec<_>>(),
                look.color.mix(0.25),
            )?;
            let median: Vec<_> = bands.iter().map(|band| (band.step, band.median)).collect();
            line(
                &mut chart,
                &from_where_it_rises_above(&median, lowest),
                look,
                Some(network.name()),
            )?;
        }
        chart
            .configure_series_labels()
            .position(SeriesLabelPosition::LowerRight)
            .margin(30)
            .legend_area_size(90)
            .label_font(style::text(style::LABEL_SIZE))
            .background_style(WHITE.mix(0.8))
            .draw()?;
        let hints = self.accuracy.iter().zip(Network::BOTH).flat_map(|(bands, network)| {
            let shown = some(bands).filter(|band| band.median >= lowest);
            shown.map(move |band| (format!("{network}, {}", band.hint(1.0, 4, "")), band))
        });
        Ok(hints
            .map(|(text, band)| (text, chart.backend_coord(&(band.step, band.median))))
            .collect())
    }
}

/// So many points of a curve have hints.
const HINTS: usize = 20;

/// Some points of a curve, the last one among them.
fn some<T>(curve: &[T]) -> impl Iterator<Item = &T> {
    curve.iter().rev().step_by(curve.len().div_ceil(HINTS).max(1))
}

fn input_hints<Backend: DrawingBackend>(
    chart: &Chart<'_, Backend>,
    Percentiles { p15, p50, p85 }: &Percentiles,
) -> Vec<Hint> {
    let of = |(name, curve): (&str, &Vec<(f64, f64)>)| {
        let hint = |&(step, value): &(f64, f64)| {
            let steps = style::with_thousands(step);
            let text = format!("{name} percentile, {steps} steps: {value:.2}").replace('-', "−");
            (text, chart.backend_coord(&(step, value)))
        };
        some(curve).map(hint).collect::<Vec<_>>()
    };
    [("15th", p15), ("50th", p50), ("85th", p85)].into_iter().flat_map(of).collect()
}

fn draw_inputs<Backend: DrawingBackend>(
    chart: &mut Chart<'_, Backend>,
    inputs: &TypicalInputs,
    look: LineLook,
) -> Result<()>
where
    Backend::ErrorType: 'static,
{
    let faint = LineLook { color: RGBColor(170, 170, 170), width: 1, dashes: None };
    for other in &inputs.others {
        for curve in [&other.p15, &other.p50, &other.p85] {
            line(chart, curve, faint, None)?;
        }
    }
    let Percentiles { p15, p50, p85 } = &inputs.percentiles;
    fill_between(chart, p15, p85, look.color.mix(0.15))?;
    let outer = LineLook { width: 2, ..look };
    for (curve, look, name) in [(p85, outer, "85th"), (p50, look, "50th"), (p15, outer, "15th")] {
        line(chart, curve, look, None)?;
        label_end(chart, curve, name)?;
    }
    Ok(())
}
