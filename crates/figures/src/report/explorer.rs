//! The explorer: Figure 1 at any setting of the sweep, by two sliders.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use maud::{Markup, PreEscaped, html};
use record::fig1::{
    ACCURACY_FILE, SENSITIVITY_CURVES_FILE, SensitivityCurveRow, SensitivityRow, Setting,
    SigmoidNetwork, typical_setting,
};
use record::statistics::{distinct, mean};
use record::table;
use serde_json::{Value, json};

/// The exhibit whose rows it shows.
pub(super) const EXHIBIT: &str = "fig1-sensitivity";
pub(super) const SCRIPT: &str = include_str!("explorer.js");

/// The section, from the rows of a sweep.
///
/// # Errors
/// If they cannot be read, or are not of every setting at the same steps.
pub(super) fn explorer(run: &Path) -> Result<Markup> {
    let rows: Vec<SensitivityCurveRow> = table::read(&run.join(SENSITIVITY_CURVES_FILE))?;
    let sweep: Vec<SensitivityRow> = table::read(&run.join(ACCURACY_FILE))?;
    let start = typical_setting(&sweep).context("the sweep chooses no setting")?;
    let curves = Curves::of(&rows)?;
    let [rate, std] = curves.place(start.setting)?;
    let json = curves.json([rate, std]).to_string();
    Ok(html! {
        section id="explorer" {
            h2 { "Figure 1 at another setting" }
            p {
                "The paper names neither the learning rate nor the width of the Gaussian that the initial weights are drawn "
                "from. These are all settings of the sweep: held-out accuracy (mean over seeds), and the input of the last hidden "
                "layer's first sigmoid (median, and from the 15th to the 85th percentile; seed 0)."
            }
            figure hidden { // until there is a script to move it
                (slider("rate", "learning rate", curves.rates.len(), rate))
                (slider("std", "standard deviation of the initial weights", curves.stds.len(), std))
                div.scroll {
                    svg role="img" aria-label="accuracy and inputs of a sigmoid at this setting" viewBox="0 0 1170 350" {}
                }
                output.said aria-live="polite" {}
            }
            noscript { (curves.ends()) }
            script id="explorer-rows" type="application/json" { (PreEscaped(json)) }
        }
    })
}

fn slider(name: &str, label: &str, count: usize, at: usize) -> Markup {
    let id = format!("explorer-{name}");
    html! {
        p.slider {
            label for=(id) { (label) }
            input id=(id) type="range" min="0" max=(count - 1) step="1" value=(at);
            output for=(id) {}
        }
    }
}

/// The sweep's curves, by setting.
struct Curves<'a> {
    rows: &'a [SensitivityCurveRow],
    rates: Vec<f64>,
    stds: Vec<f64>,
    steps: Vec<u64>,
}

impl<'a> Curves<'a> {
    fn of(rows: &'a [SensitivityCurveRow]) -> Result<Self> {
        let rates = distinct(rows.iter().map(|row| row.learning_rate));
        let stds = distinct(rows.iter().map(|row| row.init_std));
        let mut steps: Vec<u64> = rows.iter().map(|row| row.step).collect();
        steps.sort_unstable();
        steps.dedup();
        let trainings = 2 * rates.len() * stds.len() * steps.len();
        ensure!(!rows.is_empty() && rows.len().is_multiple_of(trainings), "the sweep has gaps");
        Ok(Self { rows, rates, stds, steps })
    }

    fn place(&self, Setting { learning_rate, init_std }: Setting) -> Result<[usize; 2]> {
        let at = |all: &[f64], one| all.iter().position(|value| *value == one);
        let places = [at(&self.rates, learning_rate), at(&self.stds, init_std)];
        let [Some(rate), Some(std)] = places else {
            anyhow::bail!("its setting is not in the sweep")
        };
        Ok([rate, std])
    }

    /// Accuracies in tenths of a per cent, inputs in hundredths.
    fn json(&self, start: [usize; 2]) -> Value {
        let setting = |rate: f64, std: f64| {
            let network =
                |network| self.network(Setting { learning_rate: rate, init_std: std }, network);
            json!({ "without": network(SigmoidNetwork::WithoutBn), "with": network(SigmoidNetwork::WithBn) })
        };
        let of_rate =
            |&rate: &f64| self.stds.iter().map(|&std| setting(rate, std)).collect::<Value>();
        json!({
            "rates": self.rates,
            "stds": self.stds,
            "steps": self.steps,
            "start": start,
            "settings": self.rates.iter().map(of_rate).collect::<Value>(),
        })
    }

    /// What readers without JavaScript have in place of the sliders.
    fn ends(&self) -> Markup {
        let end = |rate, std, network| {
            let setting = Setting { learning_rate: rate, init_std: std };
            format!("{:.1}", 100.0 * self.accuracy(setting, network, self.steps.len() - 1))
        };
        html! {
            p {
                "To move between them needs JavaScript. Accuracies after the last step, in %, with BN / without:"
            }
            div.scroll {
                table {
                    thead {
                        tr {
                            th { "learning rate, standard deviation" }
                            @for std in &self.stds { th scope="col" { (std) } }
                        }
                    }
                    @for &rate in &self.rates {
                        tr {
                            th scope="row" { (rate) }
                            @for &std in &self.stds {
                                td {
                                    (end(rate, std, SigmoidNetwork::WithBn)) " / "
                                    (end(rate, std, SigmoidNetwork::WithoutBn))
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// On held-out images after one of the steps, mean over seeds.
    fn accuracy(&self, setting: Setting, network: SigmoidNetwork, step: usize) -> f64 {
        let is_it = |row: &&SensitivityCurveRow| {
            is_of(row, setting, network) && row.step == self.steps[step]
        };
        let over_seeds = self.rows.iter().filter(is_it).map(|row| row.held_out_accuracy_fraction);
        mean(&over_seeds.collect::<Vec<f64>>()).unwrap_or_default()
    }

    fn network(&self, setting: Setting, network: SigmoidNetwork) -> Value {
        let accuracy = |step| (1e3 * self.accuracy(setting, network, step)).round() as i64;
        let rows = self.rows.iter().filter(|row| is_of(row, setting, network));
        let inputs = rows.filter(|row| row.seed == 0).map(|row| {
            [row.input_p15, row.input_p50, row.input_p85].map(|input| (1e2 * input).round() as i64)
        });
        json!({
            "accuracy": (0..self.steps.len()).map(accuracy).collect::<Vec<_>>(),
            "inputs": inputs.collect::<Vec<_>>(),
        })
    }
}

fn is_of(row: &SensitivityCurveRow, setting: Setting, network: SigmoidNetwork) -> bool {
    let of = Setting { learning_rate: row.learning_rate, init_std: row.init_std };
    row.network == network && of == setting
}
