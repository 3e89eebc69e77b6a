//! Tables: one model, and its writers for Markdown, terminals and HTML.

use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, Width, presets};
use maud::{Markup, html};

/// A table of text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows, a cell for each column.
    pub rows: Vec<Vec<Cell>>,
}

/// A column.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// What stands above it.
    pub title: String,
    /// Whether its cells are numbers, which end at its right side.
    pub is_of_numbers: bool,
}

/// A cell: plain text, which each writer escapes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cell {
    /// What it says.
    pub text: String,
    /// Where it leads, from the repository's root.
    pub link: Option<String>,
    /// What kind of verdict it is.
    pub tone: Option<Tone>,
}

/// What a verdict says; HTML shows it in a colour and with a sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Reproduced.
    Yes,
    /// Not reproduced.
    No,
    /// Undecided, or not tested.
    Open,
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self { text, ..Self::default() }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl Table {
    /// Without rows; columns whose title begins with `>` are of numbers.
    pub fn new(titles: &[&str]) -> Self {
        let column = |title: &&str| Column {
            title: title.trim_start_matches('>').to_owned(),
            is_of_numbers: title.starts_with('>'),
        };
        Self { columns: titles.iter().map(column).collect(), rows: Vec::new() }
    }

    /// In Markdown, for a page that reaches the repository's root by `root` (`../` from `docs/`).
    pub fn markdown(&self, root: &str) -> String {
        let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
        let mut text = line(self.columns.iter().map(|column| escaped(&column.title)).collect());
        let rule = |column: &Column| if column.is_of_numbers { "---:" } else { "---" };
        text += &line(self.columns.iter().map(|column| rule(column).to_owned()).collect());
        for row in &self.rows {
            let cell = |cell: &Cell| match &cell.link {
                Some(link) => format!("[{}]({root}{link})", escaped(&cell.text)),
                None => escaped(&cell.text),
            };
            text += &line(row.iter().map(cell).collect());
        }
        text
    }

    /// For a terminal of so many characters.
    pub fn terminal(&self, width: u16) -> String {
        let mut table = comfy_table::Table::new();
        table.load_style(presets::UTF8_FULL_CONDENSED);
        table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
        table.set_header(self.columns.iter().map(|column| column.title.as_str()));
        for row in &self.rows {
            table.add_row(row.iter().map(|cell| cell.text.as_str()));
        }
        for (index, (column, shown)) in self.columns.iter().zip(table.column_iter_mut()).enumerate()
        {
            if index == 0 {
                shown.set_constraint(self.no_broken_words());
            }
            if column.is_of_numbers {
                shown.set_cell_alignment(CellAlignment::Right);
            }
        }
        let mut text = table.to_string();
        text.push('\n');
        text
    }

    /// The first column has names, which are broken between words only.
    fn no_broken_words(&self) -> ColumnConstraint {
        let cells = self.rows.iter().filter_map(|row| row.first());
        let words = cells.flat_map(|cell| cell.text.split_whitespace());
        let longest = words.map(|word| word.chars().count()).max().unwrap_or(0).min(24);
        ColumnConstraint::LowerBoundary(Width::Fixed(longest as u16 + 2))
    }

    /// As HTML in a box that scrolls, of this class, for a page that reaches the repository's root by `root`.
    pub fn html(&self, class: &str, root: &str) -> Markup {
        let side = |column: &Column| column.is_of_numbers.then_some("number");
        html! {
            div.scroll {
                table class=(class) {
                    thead { tr { @for column in &self.columns {
                        th scope="col" class=[side(column)] { (column.title) }
                    } } }
                    tbody { @for row in &self.rows {
                        tr { @for (column, cell) in self.columns.iter().zip(row) {
                            td class=[cell.tone.map(Tone::class).or(side(column))] data-label=(column.title) {
                                @if let Some(tone) = cell.tone { (tone.sign()) " " }
                                @match &cell.link {
                                    Some(link) => a href={ (root) (link) } { (cell.text) },
                                    None => (cell.text),
                                }
                            }
                        } }
                    } }
                }
            }
        }
    }
}

impl Tone {
    pub(crate) fn class(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Open => "open",
        }
    }

    /// Colour is never alone.
    pub(crate) fn sign(self) -> &'static str {
        match self {
            Self::Yes => "✓",
            Self::No => "✗",
            Self::Open => "?",
        }
    }
}

/// A text of others in Markdown: what would end a cell, or begin a tag or a link, is no longer that.
pub fn escaped(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    line.replace('|', "\\|").replace('[', "\\[").replace('<', "&lt;")
}
