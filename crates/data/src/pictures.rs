//! Photographs: decoded, resized and cropped as networks that classify them are usually validated.
//!
//! [`Picture::open`] and [`Picture::decode`] read JPEG and PNG, whatever the file is called;
//! [`Picture::single_crop`] makes the one crop that validation looks at. Sizes and offsets are those of
//! torchvision's `Resize` and `CenterCrop`, and so is the filter: a triangle that widens with the
//! reduction, so that reducing does not alias. One thread does all of it.

use std::cell::RefCell;
use std::path::Path;

use anyhow::{Result, anyhow, ensure};
use fast_image_resize::images::{TypedCroppedImage, TypedImage, TypedImageRef};
use fast_image_resize::pixels::U8x3;
use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};

use crate::plain;

mod decode;
mod whole;

/// A part of a picture, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Crop {
    /// Columns left of it.
    pub left: u32,
    /// Rows above it.
    pub top: u32,
    /// Its columns, at least 1.
    pub width: u32,
    /// Its rows, at least 1.
    pub height: u32,
}

/// The most pixels that a picture may have, decoded or resized: 2²⁶, above any photograph of `ImageNet`.
/// Their RGB takes 192 MiB, and decoding a few times as much besides.
pub const MAX_PIXELS: u64 = 1 << 26;

/// A picture in RGB, upright.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Pixels in a row, at least 1.
    pub width: u32,
    /// Rows, at least 1.
    pub height: u32,
    /// Red, green and blue of each pixel, 0 to 255, row-major from the top left: 3 · width · height bytes.
    pub rgb: Vec<u8>,
}

impl Picture {
    /// Reads and decodes a file; its name plays no part, see [`Picture::decode`].
    ///
    /// # Errors
    /// If the file cannot be read or decoded, one line that begins with its path.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        plain::read(path)
            .map_err(anyhow::Error::from)
            .and_then(|bytes| Self::decode(&bytes))
            .map_err(|error| anyhow!("{}: {error}", path.display()))
    }

    /// Decodes a whole JPEG or PNG file, told apart by its first bytes.
    ///
    /// Grey, CMYK and YCCK (inverted, as Adobe writes them), palettes and 16 bits become 8-bit RGB. Alpha is
    /// dropped: the colour under transparent pixels shows. An EXIF orientation is applied. Colour profiles
    /// are not, and of an animation the first frame is taken.
    ///
    /// # Errors
    /// One line, if the bytes are empty, neither JPEG nor PNG, truncated (no half pictures) or damaged, or
    /// if the header claims more than [`MAX_PIXELS`] or than the file can hold, which costs nothing. A JPEG has no sums:
    /// damage that leaves its codes readable goes unseen.
    pub fn decode(bytes: &[u8]) -> Result<Self> {
        decode::decode(bytes)
    }

    /// The crop of `crop` by `crop` pixels from the centre, after resizing the shorter side to `resize`
    /// pixels. The usual protocol for `ImageNet` is `single_crop(256, 224)`.
    ///
    /// # Errors
    /// Those of [`Picture::resize_shorter_side`] and [`Picture::centre_crop`].
    pub fn single_crop(&self, resize: u32, crop: u32) -> Result<Self> {
        self.resize_shorter_side(resize)?.centre_crop(crop)
    }

    /// Resizes, up or down, so that the shorter side has `side` pixels and the longer one as many as keep
    /// the aspect, rounded down.
    ///
    /// # Errors
    /// If `side` is 0, the result would have more than [`MAX_PIXELS`] (a long thin strip, say), or
    /// [`Picture::rgb`] has the wrong length.
    pub fn resize_shorter_side(&self, side: u32) -> Result<Self> {
        self.check()?;
        let (width, height) = self.size_with_shorter_side(side)?;
        let whole = Crop { left: 0, top: 0, width: self.width, height: self.height };
        let rgb = resized(self.width, self.height, &self.rgb, whole, (width, height))?;
        Ok(Self { width, height, rgb })
    }

    /// Cuts `side` by `side` pixels out of the centre. Where the centre falls between two pixels, the
    /// offset is rounded to an even number, as torchvision does.
    ///
    /// # Errors
    /// If `side` is 0 or above the shorter side (nothing is padded), or [`Picture::rgb`] has the wrong
    /// length.
    pub fn centre_crop(&self, side: u32) -> Result<Self> {
        self.check()?;
        let (width, height) = (self.width, self.height);
        let fits = (1..=width.min(height)).contains(&side);
        ensure!(fits, "cannot crop {side}x{side} pixels out of {width}x{height}");
        let offset = |length: u32| (f64::from(length - side) / 2.0).round_ties_even() as u32;
        Ok(Self { width: side, height: side, rgb: self.cut(offset(width), offset(height), side) })
    }

    /// A square's pixels, which must lie in the picture.
    pub(crate) fn cut(&self, left: u32, top: u32, side: u32) -> Vec<u8> {
        let (left, length) = (3 * left as usize, 3 * side as usize);
        let mut rgb = Vec::with_capacity(length * side as usize);
        let rows = self.rgb.chunks_exact(3 * self.width as usize);
        for row in rows.skip(top as usize).take(side as usize) {
            rgb.extend_from_slice(&row[left..left + length]);
        }
        rgb
    }

    fn size_with_shorter_side(&self, side: u32) -> Result<(u32, u32)> {
        let (shorter, longer) = (self.width.min(self.height), self.width.max(self.height));
        let scaled = u64::from(side) * u64::from(longer) / u64::from(shorter);
        check_pixels(side, scaled)
            .map_err(|error| anyhow!("cannot resize {}x{}: {error}", self.width, self.height))?;
        let scaled = scaled as u32;
        Ok(if self.width <= self.height { (side, scaled) } else { (scaled, side) })
    }

    fn check(&self) -> Result<()> {
        let (width, height, found) = (self.width, self.height, self.rgb.len());
        let expected = 3 * u128::from(width) * u128::from(height);
        ensure!(
            expected > 0 && expected == found as u128,
            "not a picture: {width}x{height} pixels in {found} bytes"
        );
        Ok(())
    }
}

/// Refuses sizes of no pixels or too many.
fn check_pixels(width: impl Into<u64>, height: impl Into<u64>) -> Result<()> {
    let (width, height) = (width.into(), height.into());
    let pixels = width.saturating_mul(height);
    ensure!(pixels > 0, "{width}x{height} is no picture");
    ensure!(pixels <= MAX_PIXELS, "{width}x{height} is more than {MAX_PIXELS} pixels");
    Ok(())
}

thread_local! {
    /// Keeps its buffers from picture to picture.
    static RESIZER: RefCell<Resizer> = RefCell::new(Resizer::new());
}

/// Cuts out and resizes to a square at once: nothing is copied, and nothing beyond the crop's edge plays a
/// part.
pub(crate) fn resize_crop(
    width: u32,
    height: u32,
    rgb: &[u8],
    crop: Crop,
    side: u32,
) -> Result<Vec<u8>> {
    resized(width, height, rgb, crop, (side, side))
}

/// The same, to any width and height.
fn resized(width: u32, height: u32, rgb: &[u8], crop: Crop, to: (u32, u32)) -> Result<Vec<u8>> {
    let source = TypedImageRef::<U8x3>::from_buffer(width, height, rgb)
        .map_err(|_| anyhow!("not a picture: {width}x{height} pixels in {} bytes", rgb.len()))?;
    let cropped = TypedCroppedImage::new(source, crop.left, crop.top, crop.width, crop.height)?;
    let mut pixels = vec![0; 3 * to.0 as usize * to.1 as usize];
    let mut resized = TypedImage::<U8x3>::from_buffer(to.0, to.1, &mut pixels)?;
    let triangle = ResizeAlg::Convolution(FilterType::Bilinear); // widens with the reduction
    let options = ResizeOptions::new().resize_alg(triangle);
    // For one kind of pixel: the library's general call compiles all fourteen of its kinds, for a minute.
    RESIZER.with_borrow_mut(|resizer| resizer.resize_typed(&cropped, &mut resized, &options))?;
    drop(resized);
    Ok(pixels)
}

/// Exchanges left and right of rows of `side` pixels.
pub(crate) fn mirror(rgb: &mut [u8], side: u32) {
    for row in rgb.chunks_exact_mut(3 * side as usize) {
        row.as_chunks_mut::<3>().0.reverse();
    }
}
