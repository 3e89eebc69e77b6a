//! The layout of the `.bin` files: for each image one byte of label, then all of its red, all of its
//! green, all of its blue, each row-major.

use super::{Cifar10, LayoutError};

use crate::Images;

/// Bytes of an image in the files: its label, then its colours.
pub const RECORD: usize = 1 + Cifar10::BYTES;

/// Bytes of one colour of an image.
const PLANE: usize = Cifar10::SIDE * Cifar10::SIDE;

/// Appends a whole file's images.
///
/// # Errors
/// Any bytes are accepted, and those that are not of this layout are refused; never panics, and appends
/// nothing then.
pub fn append(file: &[u8], images: &mut Images) -> Result<(), LayoutError> {
    let (records, rest) = file.as_chunks::<RECORD>();
    if !rest.is_empty() {
        return Err(LayoutError::Length { expected: RECORD, found: file.len() });
    }
    let labels: Vec<u8> = records.iter().map(|record| record[0]).collect();
    check_labels(&labels)?;
    images.labels.extend(labels);
    for record in records {
        let (red, rest) = record[1..].split_at(PLANE);
        let (green, blue) = rest.split_at(PLANE);
        let pixels = red.iter().zip(green).zip(blue);
        images.pixels.extend(pixels.flat_map(|((&red, &green), &blue)| [red, green, blue]));
    }
    Ok(())
}

/// A file's content; `pixels` as in [`Images`], for as many images as there are labels.
pub(super) fn records(labels: &[u8], pixels: &[u8]) -> Vec<u8> {
    let mut records = Vec::with_capacity(labels.len() * RECORD);
    for (&label, image) in labels.iter().zip(pixels.as_chunks::<{ Cifar10::BYTES }>().0) {
        records.push(label);
        for colour in 0..3 {
            records.extend(image.iter().skip(colour).step_by(3));
        }
    }
    records
}

/// Whether all labels are classes.
pub(super) fn check_labels(labels: &[u8]) -> Result<(), LayoutError> {
    let foreign = labels.iter().position(|&label| usize::from(label) >= Cifar10::CLASSES);
    foreign.map_or(Ok(()), |image| Err(LayoutError::Label { image, found: labels[image] }))
}
