//! The layout of the package's files: a batch is a PNG in which each row is an image, its 32·32 pixels
//! row-major; labels are a JSON list of numbers.

use std::io::Cursor;

use image::codecs::png::PngDecoder;
use image::{ColorType, ImageDecoder, Limits};

use super::{Cifar10, LayoutError, binary};

/// What decoding a batch may allocate; 10,000 images have 31 MB.
const DECODING_LIMIT: u64 = 128 << 20;

/// The content of the `.bin` file that holds the images of `png` with these labels.
///
/// # Errors
/// If the bytes are not a whole PNG of one image a label; never panics.
pub fn records(png: &[u8], labels: &[u8]) -> Result<Vec<u8>, LayoutError> {
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(DECODING_LIMIT);
    let decoder = PngDecoder::with_limits(Cursor::new(png), limits)?;
    let (width, height) = decoder.dimensions();
    let found = described(width, height as usize, decoder.color_type());
    let expected = described((Cifar10::BYTES / 3) as u32, labels.len(), ColorType::Rgb8);
    if found != expected {
        return Err(LayoutError::Picture { expected, found });
    }
    let mut pixels = vec![0; labels.len() * Cifar10::BYTES];
    decoder.read_image(&mut pixels)?;
    Ok(binary::records(labels, &pixels))
}

fn described(width: u32, height: usize, colours: ColorType) -> String {
    format!("{width} × {height} pixels in {colours:?}")
}

/// A list of labels.
///
/// # Errors
/// If the bytes are not a JSON list of classes; never panics.
pub fn labels(json: &[u8]) -> Result<Vec<u8>, LayoutError> {
    let labels: Vec<u8> = serde_json::from_slice(json)?;
    binary::check_labels(&labels)?;
    Ok(labels)
}
