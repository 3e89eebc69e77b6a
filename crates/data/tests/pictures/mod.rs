//! Photographs: what is read, what is refused, and where the crop lies. Every picture is made here.

mod damage;
pub mod files;
mod geometry;

use data::Picture;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::{DynamicImage, ImageEncoder, RgbImage};

/// A picture whose pixel at (x, y) is `colour(x, y)`.
fn drawn(width: u32, height: u32, colour: impl Fn(u32, u32) -> [u8; 3]) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| image::Rgb(colour(x, y)))
}

/// Four quadrants: red, green; blue, white.
pub fn quadrants(width: u32, height: u32) -> RgbImage {
    drawn(width, height, |x, y| match (2 * x < width, 2 * y < height) {
        (true, true) => [255, 0, 0],
        (false, true) => [0, 255, 0],
        (true, false) => [0, 0, 255],
        (false, false) => [255, 255, 255],
    })
}

fn picture(image: RgbImage) -> Picture {
    Picture { width: image.width(), height: image.height(), rgb: image.into_raw() }
}

pub fn jpeg(image: impl Into<DynamicImage>) -> Vec<u8> {
    let mut bytes = Vec::new();
    encode(JpegEncoder::new_with_quality(&mut bytes, 95), &image.into());
    bytes
}

pub fn png(image: impl Into<DynamicImage>) -> Vec<u8> {
    let mut bytes = Vec::new();
    encode(PngEncoder::new(&mut bytes), &image.into());
    bytes
}

fn encode(encoder: impl ImageEncoder, image: &DynamicImage) {
    image.write_with_encoder(encoder).unwrap();
}

fn pixel(picture: &Picture, x: u32, y: u32) -> [u8; 3] {
    let at = 3 * (y * picture.width + x) as usize;
    picture.rgb[at..at + 3].try_into().unwrap()
}

/// JPEG is lossy: colours within 3 of 255 count as equal.
#[track_caller]
fn assert_near(found: [u8; 3], expected: [u8; 3]) {
    let near = found.iter().zip(expected).all(|(a, b)| a.abs_diff(b) <= 3);
    assert!(near, "found {found:?}, expected {expected:?}");
}
