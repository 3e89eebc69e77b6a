//! The numbers in a training's row files, whatever the rows' type, while they are being written: for who looks on.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::PathBuf;

use anyhow::{Context, Result};
use csv::StringRecord;

/// A number of a row.
#[derive(Clone, Debug, PartialEq)]
pub struct Scalar {
    /// What it is: the column's name, or a point's metric.
    pub tag: String,
    /// Training steps done.
    pub step: u64,
    /// It.
    pub value: f64,
}

/// Reads a row file as it grows.
#[derive(Debug)]
pub struct Follower {
    path: PathBuf,
    /// What has been read.
    bytes: u64,
    columns: Option<StringRecord>,
}

impl Follower {
    /// From the first row on.
    pub fn new(path: PathBuf) -> Self {
        Self { path, bytes: 0, columns: None }
    }

    /// The numbers of the rows that were written since the last call; none as long as there is no file.
    ///
    /// # Errors
    /// Names the file that cannot be read.
    pub fn news(&mut self) -> Result<Vec<Scalar>> {
        let mut scalars = Vec::new();
        let lines = self.new_lines().with_context(|| self.cannot_read())?;
        let reader = csv::ReaderBuilder::new().has_headers(false).from_reader(&lines[..]);
        for record in reader.into_records() {
            let record = record.with_context(|| self.cannot_read())?;
            match &self.columns {
                None => self.columns = Some(record),
                Some(columns) => scalars.extend(of_row(columns, &record)),
            }
        }
        Ok(scalars)
    }

    fn cannot_read(&self) -> String {
        format!("cannot read {}", self.path.display())
    }

    /// Only whole ones: the last may be half written.
    fn new_lines(&mut self) -> io::Result<Vec<u8>> {
        let mut file = match File::open(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            file => file?,
        };
        file.seek(SeekFrom::Start(self.bytes))?;
        let mut lines = Vec::new();
        file.read_to_end(&mut lines)?;
        let whole = lines.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1);
        lines.truncate(whole);
        self.bytes += whole as u64;
        Ok(lines)
    }
}

/// Of a point its value, of another row each column's number. Rows of single units are not followed: there are too many.
fn of_row(columns: &StringRecord, row: &StringRecord) -> Vec<Scalar> {
    let cell = |name: &str| Some(&row[columns.iter().position(|column| column == name)?]);
    let number = |text: &str| text.parse::<f64>().ok();
    let scalar = |tag: &str, step: f64, value: f64| {
        let is_step = step >= 0.0 && step.fract() == 0.0;
        is_step.then(|| Scalar { tag: tag.to_owned(), step: step as u64, value })
    };
    if let (Some(metric), Some(x), Some(value)) = (cell("metric"), cell("x"), cell("value")) {
        let scalar = number(x).zip(number(value)).and_then(|(x, value)| scalar(metric, x, value));
        return scalar.into_iter().collect();
    }
    let Some(step) = cell("step").and_then(number).filter(|_| cell("unit").is_none()) else {
        return Vec::new();
    };
    let is_measured = |(column, _): &(&str, &str)| !["seed", "step"].contains(column);
    let cells = columns.iter().zip(row).filter(is_measured);
    cells.filter_map(|(column, text)| scalar(column, step, number(text)?)).collect()
}
