//! Networks' answers in Parquet files, so that ensembles can be formed without running a network again.
//!
//! A row is a picture: its number, its class, and for each way of looking ([`Crops`]) that was asked for a
//! list of as many numbers as there are classes.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, anyhow, ensure};
use parquet::basic::{ConvertedType, Repetition, Type as PhysicalType};
use parquet::column::reader::get_typed_column_reader;
use parquet::data_type::{DataType, FloatType, Int32Type};
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader, RowGroupReader, SerializedFileReader};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::Type;

use super::{Answers, Crops};
use crate::file::write_atomically;

const PICTURE: &str = "picture";
const CLASS: &str = "class";
/// Columns before those of answers.
const KEYS: usize = 2;

/// What one network answers for some pictures.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Part {
    /// The pictures' numbers in their data set.
    pub pictures: Vec<u32>,
    /// Their classes.
    pub labels: Vec<u32>,
    /// The answers in each way of looking.
    pub answers: BTreeMap<Crops, Answers>,
}

impl Part {
    /// Writes the file; nobody ever sees half of it.
    ///
    /// # Errors
    /// Names the file if it cannot be written.
    pub fn write(&self, path: &Path) -> Result<()> {
        write_atomically(path, |file| {
            let properties = Arc::new(WriterProperties::builder().build());
            let mut writer = SerializedFileWriter::new(
                file,
                Arc::new(schema(self.answers.keys())?),
                properties,
            )?;
            let mut rows = writer.next_row_group()?;
            write_column::<Int32Type>(&mut rows, &numbers(&self.pictures)?, None)?;
            write_column::<Int32Type>(&mut rows, &numbers(&self.labels)?, None)?;
            for answers in self.answers.values() {
                write_column::<FloatType>(&mut rows, &answers.values, Some(answers.classes))?;
            }
            rows.close()?;
            writer.close()?;
            Ok(())
        })
    }

    /// Reads a file that [`Part::write`] wrote, or one with the same columns.
    ///
    /// # Errors
    /// One line that names the file: if it cannot be read, is no Parquet, has other columns, or not as many
    /// answers for every picture.
    pub fn read(path: &Path) -> Result<Self> {
        let inner = || {
            let reader = SerializedFileReader::new(File::open(path)?)?;
            let found = reader.metadata().file_metadata().schema();
            let has = |crops: &Crops| found.get_fields().iter().any(|of| of.name() == crops.name());
            let crops: Vec<Crops> = Crops::ALL.into_iter().filter(has).collect();
            ensure!(*found == schema(&crops)?, "it has not the columns of answers");
            let mut part = Self::default();
            for group in 0..reader.num_row_groups() {
                part.append(&crops, &*reader.get_row_group(group)?)?;
            }
            ensure!(!part.labels.is_empty(), "it holds no answers");
            Ok(part)
        };
        inner().map_err(|error: anyhow::Error| anyhow!("{}: {error:#}", path.display()))
    }

    /// Adds the pictures of another part.
    ///
    /// # Errors
    /// If it has other classes, or was looked at in other ways.
    pub fn extend(&mut self, other: Self) -> Result<()> {
        if self.labels.is_empty() {
            *self = other;
            return Ok(());
        }
        ensure!(self.answers.keys().eq(other.answers.keys()), "answers to other crops");
        self.pictures.extend(other.pictures);
        self.labels.extend(other.labels);
        for (own, other) in self.answers.values_mut().zip(other.answers.into_values()) {
            let (mine, theirs) = (own.classes, other.classes);
            ensure!(mine == theirs, "answers of {mine} and of {theirs} classes");
            own.values.extend(other.values);
        }
        Ok(())
    }

    fn append(&mut self, crops: &[Crops], group: &dyn RowGroupReader) -> Result<()> {
        let rows = group.metadata().num_rows() as usize;
        if rows == 0 {
            return Ok(());
        }
        let natural = |column| -> Result<Vec<u32>> {
            let (numbers, _) = read_column::<Int32Type>(group, column, rows)?;
            Ok(numbers.into_iter().map(u32::try_from).collect::<Result<_, _>>()?)
        };
        let (pictures, labels) = (natural(0)?, natural(1)?);
        let mut answers = BTreeMap::new();
        for (place, &crops) in crops.iter().enumerate() {
            let (values, levels) = read_column::<FloatType>(group, KEYS + place, rows)?;
            let classes = values.len().checked_div(rows).unwrap_or(0);
            let begins_rightly =
                |(place, &level): (usize, &i16)| (level == 0) == place.is_multiple_of(classes);
            ensure!(
                values.len() == classes * rows
                    && classes > 0
                    && levels.iter().enumerate().all(begins_rightly),
                "its pictures have not equally many answers"
            );
            answers.insert(crops, Answers { classes, values });
        }
        self.extend(Self { pictures, labels, answers })
    }
}

fn schema<'a>(crops: impl IntoIterator<Item = &'a Crops>) -> Result<Type> {
    let column = |name: &str, kind, repetition| {
        let column = Type::primitive_type_builder(name, kind).with_repetition(repetition);
        Ok(Arc::new(column.with_converted_type(ConvertedType::NONE).build()?))
    };
    let keys = [PICTURE, CLASS].map(|name| column(name, PhysicalType::INT32, Repetition::REQUIRED));
    let answers = crops
        .into_iter()
        .map(|crops| column(crops.name(), PhysicalType::FLOAT, Repetition::REPEATED));
    let columns = keys.into_iter().chain(answers).collect::<Result<_>>()?;
    Ok(Type::group_type_builder("answers").with_fields(columns).build()?)
}

fn numbers(numbers: &[u32]) -> Result<Vec<i32>> {
    Ok(numbers.iter().map(|&number| i32::try_from(number)).collect::<Result<_, _>>()?)
}

/// Values, of which each row has so many if it is a column of lists.
fn write_column<T: DataType>(
    rows: &mut SerializedRowGroupWriter<'_, impl std::io::Write + Send>,
    values: &[T::T],
    in_list: Option<usize>,
) -> Result<()> {
    let mut column = rows.next_column()?.context("the schema has no more columns")?;
    let levels = in_list.map(|length| {
        let begins = |place: usize| i16::from(!place.is_multiple_of(length));
        (vec![1_i16; values.len()], (0..values.len()).map(begins).collect::<Vec<i16>>())
    });
    let (definition, repetition) = levels.as_ref().map(|(d, r)| (&d[..], &r[..])).unzip();
    column.typed::<T>().write_batch(values, definition, repetition)?;
    Ok(column.close()?)
}

/// Values, and where lists begin (0) and go on (1).
fn read_column<T: DataType>(
    group: &dyn RowGroupReader,
    number: usize,
    rows: usize,
) -> Result<(Vec<T::T>, Vec<i16>)> {
    let mut column = get_typed_column_reader::<T>(group.get_column_reader(number)?);
    let (mut values, mut definition, mut repetition) = (Vec::new(), Vec::new(), Vec::new());
    let mut read = 0;
    while read < rows {
        let (more, _, _) = column.read_records(
            rows - read,
            Some(&mut definition),
            Some(&mut repetition),
            &mut values,
        )?;
        ensure!(more > 0, "column {number} ends after {read} of {rows} rows");
        read += more;
    }
    Ok((values, repetition))
}
