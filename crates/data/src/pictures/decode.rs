//! Bytes of a JPEG or PNG file to a [`Picture`].

use std::io::Cursor;

use anyhow::{Result, anyhow, bail, ensure};
use image::codecs::png::PngDecoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, Limits, RgbImage};
use zune_jpeg::JpegDecoder;
use zune_jpeg::errors::DecodeErrors;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::whole::with_ones_at_the_end;
use super::{MAX_PIXELS, Picture, check_pixels};

/// See [`Picture::decode`].
pub(super) fn decode(bytes: &[u8]) -> Result<Picture> {
    ensure!(!bytes.is_empty(), "empty");
    match image::guess_format(bytes) {
        Ok(ImageFormat::Jpeg) => jpeg(bytes),
        Ok(ImageFormat::Png) => png(bytes),
        _ => bail!("neither JPEG nor PNG: begins with {:02x?}", &bytes[..bytes.len().min(4)]),
    }
}

/// zune-jpeg by itself: the wrapper in `image` copies the file, parses its header three times, and does
/// not let it be strict, so that a damaged file becomes a picture that is grey from there on.
fn jpeg(bytes: &[u8]) -> Result<Picture> {
    let damaged = |error: DecodeErrors| anyhow!("damaged JPEG: {}", error.to_string().trim_end());
    let side = usize::from(u16::MAX); // the format's limit; `check_pixels` has ours
    let options = DecoderOptions::default()
        .set_strict_mode(true)
        .set_max_width(side)
        .set_max_height(side)
        .jpeg_set_out_colorspace(ColorSpace::RGB);
    let mut decoder =
        JpegDecoder::new_with_options(ZCursor::new(with_ones_at_the_end(bytes)?), options);
    decoder.decode_headers().map_err(damaged)?;
    let (width, height) = decoder.dimensions().ok_or_else(|| anyhow!("damaged JPEG: no size"))?;
    let (width, height) = (width as u32, height as u32);
    check_pixels(width, height)?;
    check_claim(width, height, bytes.len())?;
    let mut rgb = vec![0; 3 * width as usize * height as usize];
    decoder.decode_into(&mut rgb).map_err(damaged)?;
    let orientation = decoder.exif().and_then(|exif| Orientation::from_exif_chunk(exif));
    let image = RgbImage::from_raw(width, height, rgb).ok_or_else(|| anyhow!("no picture"))?;
    Ok(upright(image.into(), orientation.unwrap_or(Orientation::NoTransforms)))
}

/// Refuses a picture that is larger than its file can hold: each block of 8 by 8 pixels takes a bit at least.
fn check_claim(width: u32, height: u32, bytes: usize) -> Result<()> {
    let blocks = u64::from(width.div_ceil(8)) * u64::from(height.div_ceil(8));
    let fits = blocks <= 8 * bytes as u64;
    ensure!(fits, "damaged JPEG: {width}x{height} pixels cannot be in {bytes} bytes");
    Ok(())
}

fn png(bytes: &[u8]) -> Result<Picture> {
    let damaged = |error| match error {
        ImageError::Limits(limit) => anyhow!("too large a PNG: {limit}"),
        error => anyhow!("damaged or truncated PNG: {error}"),
    };
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(8 * MAX_PIXELS); // 16-bit RGBA
    let mut decoder = PngDecoder::with_limits(Cursor::new(bytes), limits).map_err(damaged)?;
    let (width, height) = decoder.dimensions();
    check_pixels(width, height)?;
    let orientation = decoder.orientation().map_err(damaged)?;
    let image = DynamicImage::from_decoder(decoder).map_err(damaged)?;
    Ok(upright(image, orientation))
}

/// In RGB, and turned as `orientation` says; copies nothing if there is nothing to do.
fn upright(image: DynamicImage, orientation: Orientation) -> Picture {
    let mut image = DynamicImage::from(image.into_rgb8());
    image.apply_orientation(orientation);
    let (width, height) = (image.width(), image.height());
    Picture { width, height, rgb: image.into_bytes() }
}
