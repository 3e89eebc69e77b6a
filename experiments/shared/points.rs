//! The measurements of a claim: points of each job, measured side by side and each once, and what they
//! say by the rules of `paper/claims.toml`.

use std::fmt::Display;

use anyhow::Result;
use comfy_table::{Cell, ContentArrangement, Table, presets};
use record::claims::{self, POINTS_FILE, PointRow};
use record::run::{Run, Scale};
use record::table;
use training::side_by_side;

use crate::job::Job;

/// The points of one series and seed.
pub struct Points {
    scale: Scale,
    series: String,
    seed: u64,
    rows: Vec<PointRow>,
}

impl Points {
    /// None yet, of the series that the job's network names.
    pub(crate) fn of<Network: Display>(scale: Scale, job: &Job<Network>) -> Self {
        Self { scale, series: job.network.to_string(), seed: job.seed, rows: Vec::new() }
    }

    /// Adds what was measured at x.
    pub fn push(&mut self, metric: &str, x: f64, value: f64) {
        self.rows.push(PointRow {
            scale: self.scale,
            series: self.series.clone(),
            seed: self.seed,
            metric: metric.to_owned(),
            x,
            value,
        });
    }

    /// The same, of another series than the job's.
    pub fn push_of(&mut self, series: &str, metric: &str, x: f64, value: f64) {
        self.push(metric, x, value);
        let row = self.rows.last_mut().expect("just pushed");
        series.clone_into(&mut row.series);
    }

    /// Adds points that were measured before.
    pub fn extend(&mut self, rows: Vec<PointRow>) {
        self.rows.extend(rows);
    }

    /// All of them.
    pub fn into_rows(self) -> Vec<PointRow> {
        self.rows
    }

    /// What was measured at x, if it was.
    pub fn at(&self, metric: &str, x: f64) -> Option<f64> {
        let is_it = |row: &&PointRow| row.metric == metric && row.x == x;
        self.rows.iter().find(is_it).map(|row| row.value)
    }
}

/// Measures every job, so many at a time, in the run's folders; one that is there is not measured again.
///
/// # Errors
/// If a measurement fails, a file cannot be written, or a stop was asked for.
pub fn measure<Network: Display + Sync>(
    run: &Run,
    jobs: &[Job<Network>],
    threads: usize,
    work: impl Fn(&Job<Network>, &mut Points) -> Result<()> + Sync,
) -> Result<()> {
    side_by_side(jobs, threads, |job| {
        let file = run.job_folder(&job.name())?.join(POINTS_FILE);
        if file.exists() {
            return Ok(());
        }
        let mut points = Points::of(run.scale(), job);
        work(job, &mut points)?;
        table::write(&file, &points.rows)
    })
}

/// Finishes the run of these jobs, and prints what it says of the claims.
///
/// # Errors
/// If a file cannot be read or written.
pub fn finish<Network: Display>(run: Run, jobs: &[Job<Network>]) -> Result<()> {
    let names: Vec<String> = jobs.iter().map(Job::name).collect();
    let rows: Vec<PointRow> = run.collect(&names, POINTS_FILE)?;
    let (artefact, scale) = (run.artefact().to_owned(), run.scale());
    let folder = run.finish(|folder| table::write(&folder.join(POINTS_FILE), &rows))?;
    print(&claims::of_points(&artefact, scale, &rows)?);
    println!("rows and manifest: {}", folder.display());
    Ok(())
}

/// Characters of the table's lines.
const TABLE_WIDTH: u16 = 150;

fn print(findings: &[claims::Finding]) {
    let mut table = Table::new();
    table
        .load_style(presets::UTF8_FULL_CONDENSED)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(TABLE_WIDTH)
        .set_header(["section", "claim", "paper", "ours", "reproduced if", "verdict"]);
    for finding in findings {
        let claim = &finding.claim;
        let (ours, rule) = (finding.number(), claim.hypothesis.rule.words());
        let verdict = finding.verdict.to_string();
        table.add_row(
            [&claim.section, &claim.claim, &claim.paper, &ours, &rule, &verdict].map(Cell::new),
        );
    }
    println!("{table}");
}
