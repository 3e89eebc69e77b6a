//! The single-network table (the paper's Figure 3) and the verdicts on Figure 2's claims, from the rows
//! of a finished run.
//!
//! - [`SingleTable`]: the numbers of a run;
//! - [`mod@markdown`]: `figures/table-single.md`, and the README's part;
//! - [`terminal`]: the same for the terminal;
//! - [`text`], [`setting`]: numbers and settings in words.

pub mod markdown;
pub mod setting;
pub mod terminal;
pub mod text;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use record::fig2::{
    CURVES_FILE, ClaimRow, CurveRow, Network, OUTCOMES_FILE, OutcomeRow, Paper, Single, SingleRow,
    claims, quantities, singles, summary,
};
use record::file::write_atomically;
use record::manifest::{self, Manifest, Start};
use record::table;
use serde::Serialize;

use self::setting::Setting;
use crate::runs;

/// Name of the file with the numbers.
pub const SUMMARY_FILE: &str = "summary.csv";
/// Name of the file with the verdicts.
pub const CLAIMS_FILE: &str = "claims.csv";
/// Name of the file that says which run they are derived from.
pub const SOURCE_FILE: &str = "source.json";

/// What a run of Figure 2 says.
#[derive(Clone, Debug)]
pub struct SingleTable {
    /// The run's facts.
    pub manifest: Manifest,
    /// Its curves.
    pub curves: Vec<CurveRow>,
    /// Every training by itself.
    pub singles: Vec<Single>,
    /// The numbers over seeds.
    pub rows: Vec<SingleRow>,
    /// The verdicts.
    pub claims: Vec<ClaimRow>,
    /// What the paper reports.
    pub paper: Paper,
}

/// Which run the table is derived from, and how that was made.
#[derive(Serialize)]
struct Source<'a> {
    run: String,
    seeds: &'a [u64],
    starts: &'a [Start],
    inputs_sha256: &'a BTreeMap<String, String>,
}

impl SingleTable {
    /// Reads a finished run of Figure 2.
    ///
    /// # Errors
    /// If the folder holds no such run, if its rows are not those it wrote, or if Inception, which
    /// all others are measured by, is not among them.
    pub fn of_run(run: &Path) -> Result<Self> {
        let shown = run.display();
        ensure!(
            run.join(manifest::FILE).exists(),
            "no finished run in {shown}: 'make fig2' makes one, --run DIR names another"
        );
        let manifest = Manifest::read(run)?;
        let artefact = &manifest.artefact;
        ensure!(artefact == "fig2", "{shown} holds a run of '{artefact}', not of 'fig2'");
        manifest.check_outputs(run)?;
        let curves: Vec<CurveRow> = table::read(&run.join(CURVES_FILE))?;
        let outcomes: Vec<OutcomeRow> = table::read(&run.join(OUTCOMES_FILE))?;
        ensure!(
            curves.iter().any(|row| row.network == Network::Inception),
            "{shown} has no rows of Inception, which every other network is measured by"
        );
        Self::of_rows(manifest, curves, &outcomes)
    }

    /// Derives the table from the rows of a run.
    ///
    /// # Errors
    /// If `paper/reported.csv` is missing or damaged.
    pub fn of_rows(
        manifest: Manifest,
        curves: Vec<CurveRow>,
        outcomes: &[OutcomeRow],
    ) -> Result<Self> {
        let paper = Paper::read()?;
        let chance = Setting::of(&manifest).chance();
        let singles = singles(&curves, outcomes, chance);
        let quantities = quantities(&singles, chance);
        let scale = manifest.scale;
        let rows = summary(scale, &quantities);
        let claims = claims(scale, &quantities, &paper)?;
        Ok(Self { manifest, curves, singles, rows, claims, paper })
    }

    /// A number of a network, or of a comparison.
    pub fn row(&self, network: &str, metric: &str) -> Option<&SingleRow> {
        self.rows
            .iter()
            .find(|row| (row.network.as_str(), row.metric.as_str()) == (network, metric))
    }

    /// Writes the CSV files into [`folder`] of the run, and the page where pictures go; returns both
    /// places.
    ///
    /// # Errors
    /// Names the file that cannot be written.
    pub fn write(&self, run: &Path) -> Result<[PathBuf; 2]> {
        let folder = folder(run);
        table::write(&folder.join(SUMMARY_FILE), &self.rows)?;
        table::write(&folder.join(CLAIMS_FILE), &self.claims)?;
        let source = self.source(run);
        write_atomically(&folder.join(SOURCE_FILE), |file| {
            serde_json::to_writer_pretty(&mut *file, &source)?;
            Ok(file.write_all(b"\n")?)
        })?;
        Ok([self.write_page(run)?, folder])
    }

    /// Writes the page in Markdown; returns its path.
    ///
    /// # Errors
    /// Names the file if it cannot be written.
    pub fn write_page(&self, run: &Path) -> Result<PathBuf> {
        let page = runs::stem(&folder(run), "table-single").with_added_extension("md");
        let text = markdown::page(self);
        write_atomically(&page, |file| Ok(file.write_all(text.as_bytes())?))?;
        Ok(page)
    }

    fn source(&self, run: &Path) -> Source<'_> {
        let run = run.canonicalize().unwrap_or_else(|_| run.to_owned());
        let inside = run.strip_prefix(record::repository()).unwrap_or(&run);
        Source {
            run: inside.display().to_string(),
            seeds: &self.manifest.seeds,
            starts: &self.manifest.starts,
            inputs_sha256: &self.manifest.outputs_sha256,
        }
    }
}

/// Where the table of a run is written: `results/fig2` gives `results/table-single`, and
/// `results/custom/fig2-HASH` its own `table-single-HASH`; any other folder has it inside.
pub fn folder(run: &Path) -> PathBuf {
    let run = run.canonicalize().unwrap_or_else(|_| run.to_owned());
    let name = run.file_name().unwrap_or_default().to_string_lossy();
    match name.strip_prefix("fig2") {
        Some(rest) => run.with_file_name(format!("table-single{rest}")),
        None => run.join("table-single"),
    }
}
