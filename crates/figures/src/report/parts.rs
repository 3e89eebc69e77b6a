//! What there is to show of each finished run.

use std::path::Path;

use anyhow::Result;
use record::fig1::{SensitivityRow, SummaryRow};
use record::fig2::{RATES_FILE, RateRow};
use record::fig5::{COUNTS_FILE, STAGES_FILE};
use record::manifest::{self, Manifest};
use record::{repository, table};

use super::read;
use crate::table_single::{self, SingleTable};
use crate::{fig4, fig5, rates, readme, runs, verdicts};

/// One run's part of the report.
pub struct Part {
    /// Its title.
    pub title: &'static str,
    /// Its folder, from the repository's root.
    pub run: String,
    /// The command that makes it.
    pub command: &'static str,
    /// The run's facts.
    pub manifest: Manifest,
    /// Its figure, SVG; none if a table says it all.
    pub figure: Option<String>,
    /// Its tables, Markdown.
    pub tables: String,
}

struct Shown {
    title: &'static str,
    run: &'static str,
    command: &'static str,
    tables: fn(&Path, &Manifest) -> Result<String>,
}

/// In the paper's order.
const SHOWN: [Shown; 17] = [
    Shown {
        title: "§2: the blow-up",
        run: "claim-blow-up",
        command: "make claim-blow-up",
        tables: of_points,
    },
    Shown {
        title: "§3.1: inference",
        run: "claim-inference",
        command: "make claim-inference",
        tables: of_points,
    },
    Shown {
        title: "§3.3: scale",
        run: "claim-scale",
        command: "make claim-scale",
        tables: of_points,
    },
    Shown {
        title: "§3.3: the conjecture on Jacobians",
        run: "claim-jacobians",
        command: "make claim-jacobians",
        tables: of_points,
    },
    Shown {
        title: "§3.3 in BN-Inception: weights, rates, modules",
        run: "claim-modules",
        command: "make claim-modules",
        tables: of_points,
    },
    Shown {
        title: "§3.4: regularisation",
        run: "claim-regularisation",
        command: "make claim-regularisation",
        tables: of_points,
    },
    Shown {
        title: "Figure 1: activations over time",
        run: "fig1",
        command: "make fig1",
        tables: of_fig1,
    },
    Shown {
        title: "Figure 1 over learning rates and initial weights",
        run: "fig1-sensitivity",
        command: "make fig1-sensitivity",
        tables: of_sensitivity,
    },
    Shown {
        title: "§4.2.1: the changes one by one",
        run: "claim-changes",
        command: "make claim-changes",
        tables: of_points,
    },
    Shown {
        title: "Figures 2 and 3: single networks",
        run: "fig2",
        command: "make fig2 && make table-single",
        tables: of_fig2,
    },
    Shown {
        title: "Figures 2 and 3 on photographs",
        run: "medium/fig2",
        command: "make fig2 ARGS=\"--scale medium --data DIR\"",
        tables: of_fig2,
    },
    Shown {
        title: "BN-Baseline, Inception and their initial weights",
        run: "claim-initial-weights",
        command: "make claim-initial-weights",
        tables: of_points,
    },
    Shown {
        title: "Inception's learning rate at small scale",
        run: "fig2-learning-rate",
        command: "make fig2-learning-rate",
        tables: of_rates,
    },
    Shown {
        title: "Figure 4: crops and ensembles",
        run: "table-ensemble",
        command: "make table-ensemble",
        tables: of_ensemble,
    },
    Shown {
        title: "Figure 5: the architecture",
        run: "fig5",
        command: "make table-architecture",
        tables: of_architecture,
    },
    Shown {
        title: "Beyond the paper: noise after BN",
        run: "claim-noise",
        command: "make claim-noise",
        tables: of_points,
    },
    Shown {
        title: "Beyond the paper: noise after BN in BN-Inception",
        run: "claim-noise-inception",
        command: "make claim-noise-inception",
        tables: of_points,
    },
];

impl Part {
    /// Of every run that is finished and committed.
    ///
    /// # Errors
    /// If a run or its figure cannot be read.
    pub fn all() -> Result<Vec<Self>> {
        let results = repository().join("results");
        let is_there = |shown: &&Shown| results.join(shown.run).join(manifest::FILE).exists();
        SHOWN
            .iter()
            .filter(is_there)
            .map(|shown| Self::of(shown, &results.join(shown.run)))
            .collect()
    }

    fn of(shown: &Shown, folder: &Path) -> Result<Self> {
        let manifest = Manifest::read(folder)?;
        manifest.check_outputs(folder)?;
        let drawing = runs::stem(folder, &manifest.artefact).with_added_extension("svg");
        Ok(Self {
            title: shown.title,
            run: format!("results/{}", shown.run),
            command: shown.command,
            figure: if drawing.exists() { Some(read(&drawing)?) } else { None },
            tables: (shown.tables)(folder, &manifest)?,
            manifest,
        })
    }

    /// A name for links within the page.
    pub fn id(&self) -> String {
        self.run.trim_start_matches("results/").replace('/', "-")
    }
}

fn of_points(folder: &Path, _: &Manifest) -> Result<String> {
    Ok(verdicts::with_rules(&verdicts::of_points(folder)?))
}

fn of_fig1(folder: &Path, manifest: &Manifest) -> Result<String> {
    let summary: Vec<SummaryRow> = table::read(&folder.join("summary.csv"))?;
    readme::claims_table(&summary, manifest)
}

fn of_sensitivity(folder: &Path, _: &Manifest) -> Result<String> {
    let rows: Vec<SensitivityRow> = table::read(&folder.join("accuracy.csv"))?;
    Ok(readme::sensitivity_text(&rows))
}

fn of_fig2(folder: &Path, _: &Manifest) -> Result<String> {
    let table = SingleTable::of_run(folder)?;
    Ok(format!(
        "{}\n{}",
        table_single::markdown::claims(&table),
        table_single::markdown::numbers(&table)
    ))
}

fn of_rates(folder: &Path, _: &Manifest) -> Result<String> {
    Ok(rates::markdown(&table::read::<RateRow>(&folder.join(RATES_FILE))?))
}

fn of_ensemble(folder: &Path, manifest: &Manifest) -> Result<String> {
    fig4::markdown::readme(&fig4::series::Table::of_run(folder, manifest)?)
}

fn of_architecture(folder: &Path, _: &Manifest) -> Result<String> {
    let stages = table::read(&folder.join(STAGES_FILE))?;
    let summary = fig5::summary(&stages, &table::read(&folder.join(COUNTS_FILE))?);
    Ok(format!("{}\n{summary}", verdicts::with_rules(&verdicts::of_architecture(folder)?)))
}
