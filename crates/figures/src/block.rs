//! What there is to say of a run, beside its picture: from it README's part, the report's section and the
//! terminal's tables are written.

use anyhow::Result;
use exhibit::judge::{Finding, Verdict};
use exhibit::{TableColumn, TableDescription};

use crate::aggregate::last;
use crate::table::{Cell, Column, Table, Tone, escaped};
use exhibit::runs::ShownRun;

/// A run, in tables and words.
#[derive(Clone, Debug)]
pub struct Block<'a> {
    /// The run.
    pub run: &'a ShownRun,
    /// What the claims come to; none if there are none.
    pub claims: Option<Table>,
    /// Its other tables, with what stands above them.
    pub tables: Vec<(String, Table)>,
}

impl<'a> Block<'a> {
    /// Of a run.
    ///
    /// # Errors
    /// If polars refuses its points, which would be a bug.
    pub fn of(run: &'a ShownRun) -> Result<Self> {
        let table = |description: &TableDescription| {
            let title = description.title.trim_end_matches(':').to_owned();
            Ok((title, numbers(run, description)?))
        };
        let tables = run.exhibit.description.tables.iter().map(table);
        let claims = (!run.findings.is_empty()).then(|| claims(&run.findings));
        Ok(Self { run, claims, tables: tables.collect::<Result<_>>()? })
    }

    /// A name for links within a page.
    pub fn id(&self) -> String {
        let scale = self.run.manifest.scale;
        let name = &self.run.exhibit.name;
        if self.run.is_of_default_scale() { name.clone() } else { format!("{name}-{scale}") }
    }

    /// The exhibit's title; of another scale than the default one, with that.
    pub fn title(&self) -> String {
        let title = &self.run.exhibit.description.title;
        let scale = self.run.manifest.scale;
        let is_default = self.run.is_of_default_scale();
        if is_default { title.clone() } else { format!("{title}, at {scale} scale") }
    }

    /// Prose, which the default scale's run has: the others are shown after it.
    pub fn prose(&self) -> &str {
        if self.run.is_of_default_scale() { self.run.exhibit.description.prose.trim() } else { "" }
    }

    /// Scale, command, and where the rows are; code as in Markdown, and what files say as they say it.
    pub fn provenance(&self) -> String {
        let (manifest, folder) = (&self.run.manifest, self.run.shown_folder());
        let words = self.run.scale_words();
        format!("Scale: {words}. Made by {}; rows in `{folder}`.", manifest.provenance())
    }

    /// For README: title, picture, prose, tables, provenance; links are from the repository's root.
    pub fn markdown(&self) -> String {
        let level = if self.run.is_of_default_scale() { "###" } else { "####" };
        let mut parts = vec![format!("{level} {}", self.title())];
        if self.run.has_picture() {
            parts.push(format!("![{}]({}.png)", self.title(), self.run.stem().display()));
        }
        parts.push(self.prose().to_owned());
        parts.push(self.tables_in(|table| table.markdown("")));
        parts.push(escaped(&self.provenance()));
        parts.retain(|part| !part.is_empty());
        parts.join("\n\n")
    }

    /// The page of an exhibit that is all tables, `figures/NAME.md`.
    pub fn page(&self) -> String {
        let root = if self.run.is_of_default_scale() { "../" } else { "../../" };
        let tables = self.tables_in(|table| table.markdown(root));
        format!("# {}\n\n{tables}\n\n{}\n", self.title(), escaped(&self.provenance()))
    }

    /// For a terminal of so many characters.
    pub fn terminal(&self, width: u16) -> String {
        let tables = self.tables_in(|table| table.terminal(width));
        let words = textwrap::fill(&self.provenance().replace('`', ""), usize::from(width));
        format!("{}\n\n{tables}\n\n{words}\n", self.title())
    }

    fn tables_in(&self, write: impl Fn(&Table) -> String) -> String {
        let claims = self.claims.iter().map(|table| write(table).trim_end().to_owned());
        let others = self.tables.iter().map(|(title, table)| {
            let above = if title.is_empty() { String::new() } else { format!("{title}:\n\n") };
            format!("{above}{}", write(table).trim_end())
        });
        claims.chain(others).collect::<Vec<_>>().join("\n\n")
    }
}

/// Claim, paper, ours, rule, verdict; and whether it stands after Holm's correction, where that was made.
fn claims(findings: &[Finding]) -> Table {
    let titles = ["claim", "paper", "ours", "reproduced if", "verdict", AFTER_HOLM];
    let is_corrected = findings.iter().any(|finding| finding.holds_after_holm.is_some());
    let columns = if is_corrected { titles.len() } else { titles.len() - 1 };
    let row = |finding: &Finding| {
        let cells = [
            finding.claim.claim.as_str().into(),
            finding.paper.as_str().into(),
            finding.number().into(),
            finding.rule().into(),
            verdict(finding),
            after_holm(finding),
        ];
        cells[..columns].to_vec()
    };
    let rows = findings.iter().map(row).collect();
    Table { rows, ..Table::new(&titles[..columns]) }
}

/// Title of the column of [`after_holm`].
pub const AFTER_HOLM: &str = "after Holm";

/// The verdict's cell.
pub fn verdict(finding: &Finding) -> Cell {
    Cell { text: finding.verdict.to_string(), tone: Some(tone(finding.verdict)), link: None }
}

/// What a verdict says.
pub fn tone(verdict: Verdict) -> Tone {
    match verdict {
        Verdict::Reproduced => Tone::Yes,
        Verdict::NotReproduced => Tone::No,
        Verdict::Undecided | Verdict::NotTested => Tone::Open,
    }
}

/// Whether the verdict stands when the number of claims in its section counts.
pub fn after_holm(finding: &Finding) -> Cell {
    match finding.holds_after_holm {
        Some(true) => "stands".into(),
        Some(false) => "undecided".into(),
        None => "–".into(),
    }
}

/// A row for each series that has one of the columns' numbers.
fn numbers(run: &ShownRun, description: &TableDescription) -> Result<Table> {
    let mut table = Table::new(&[&description.of]);
    let column = |column: &TableColumn| Column { title: column.title.clone(), is_of_numbers: true };
    table.columns.extend(description.columns.iter().map(column));
    for series in &description.series {
        let cells = description.columns.iter().map(|column| number(run, series, column));
        let cells = cells.collect::<Result<Vec<Option<String>>>>()?;
        if cells.iter().any(Option::is_some) {
            let cells = cells.into_iter().map(|cell| cell.unwrap_or_else(|| "–".to_owned()).into());
            table.rows.push([Cell::from(series.as_str())].into_iter().chain(cells).collect());
        }
    }
    Ok(table)
}

/// Ours with interval and seeds, or the paper's.
fn number(run: &ShownRun, series: &str, column: &TableColumn) -> Result<Option<String>> {
    let points = if column.is_the_papers { &run.paper } else { &run.points };
    let Some(summary) = last(points, series, &column.metric)? else { return Ok(None) };
    let is_geometric = column.unit.is_geometric();
    let spread = summary.spread(is_geometric);
    // A number of the whole run, or the paper's, is not one of n seeds.
    let is_of_seeds =
        summary.n > 1 || run.manifest.seeds.len() == 1 && !run.manifest.recipe.trainings.is_empty();
    let is_bare = column.is_the_papers || !is_of_seeds;
    Ok(match spread {
        Some(spread) if spread.mean.is_nan() => None,
        None if column.is_the_papers => Some("never".to_owned()),
        Some(spread) if is_bare => Some(column.unit.with_interval(spread.mean, spread.interval)),
        _ => Some(column.unit.ours(&summary.ours(is_geometric))),
    })
}
