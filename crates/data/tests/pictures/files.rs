//! What files become.

use std::fs;

use data::Picture;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::{DynamicImage, GrayImage, ImageBuffer, ImageEncoder, Luma, Rgb, RgbaImage};

use super::{assert_near, drawn, encode, jpeg, picture, pixel, png, quadrants};

#[test]
fn a_png_named_jpeg_is_read() {
    let image = quadrants(20, 10);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("n02105855_2933.JPEG");
    fs::write(&path, png(image.clone())).unwrap();
    assert_eq!(Picture::open(&path).unwrap(), picture(image));
}

#[test]
fn a_jpeg_keeps_size_and_colours() {
    let colours = Picture::decode(&jpeg(quadrants(50, 34))).unwrap();
    assert_eq!((colours.width, colours.height), (50, 34));
    assert_near(pixel(&colours, 8, 8), [255, 0, 0]);
    assert_near(pixel(&colours, 42, 8), [0, 255, 0]);
    assert_near(pixel(&colours, 8, 26), [0, 0, 255]);
    assert_near(pixel(&colours, 42, 26), [255, 255, 255]);
}

#[test]
fn grey_becomes_three_equal_channels() {
    let image = GrayImage::from_fn(24, 16, |x, _| Luma([if x < 8 { 30 } else { 200 }]));
    for bytes in [jpeg(image.clone()), png(image)] {
        let grey = Picture::decode(&bytes).unwrap();
        assert_eq!((grey.width, grey.height), (24, 16));
        assert!(grey.rgb.as_chunks().0.iter().all(|&[r, g, b]| r == g && g == b));
        assert_near(pixel(&grey, 3, 3), [30; 3]);
        assert_near(pixel(&grey, 20, 12), [200; 3]);
    }
}

#[test]
fn alpha_is_dropped() {
    let image = RgbaImage::from_fn(4, 4, |x, y| image::Rgba([9, 80, 170, (x * 60 + y) as u8]));
    assert_eq!(Picture::decode(&png(image)).unwrap(), picture(drawn(4, 4, |_, _| [9, 80, 170])));
}

#[test]
fn sixteen_bits_become_eight() {
    let wide = |value: u8| u16::from(value) * 257;
    let image: ImageBuffer<Rgb<u16>, Vec<u16>> =
        ImageBuffer::from_pixel(3, 2, Rgb([wide(0), wide(77), wide(255)]));
    let image = DynamicImage::ImageRgb16(image);
    assert_eq!(Picture::decode(&png(image)).unwrap(), picture(drawn(3, 2, |_, _| [0, 77, 255])));
}

#[test]
fn four_inks_become_rgb() {
    // Inverted, as Adobe writes them: 255 is no ink. Each channel is ink times black.
    let cmyk = Picture::decode(&flat_jpeg([255, 128, 0, 128], Some(0))).unwrap();
    assert_eq!((cmyk.width, cmyk.height), (8, 8));
    assert_near(pixel(&cmyk, 4, 4), [128, 64, 0]);
    // Without Adobe's marker, four components count as the same.
    let bare = Picture::decode(&flat_jpeg([255, 128, 0, 128], None)).unwrap();
    assert_eq!(bare, cmyk);
}

#[test]
fn ycck_becomes_rgb() {
    // Y 100 and no chroma are inks of 100, which inverted are 155; black stays as it is: 155/255 · 128.
    let grey = Picture::decode(&flat_jpeg([100, 128, 128, 128], Some(2))).unwrap();
    assert_near(pixel(&grey, 0, 0), [78; 3]);
    let pure = Picture::decode(&flat_jpeg([76, 85, 255, 255], Some(2))).unwrap(); // YCbCr of red
    assert_near(pixel(&pure, 7, 7), [0, 255, 255]);
}

/// A JPEG of one 8x8 block for each of four components, flat at these values; with Adobe's marker if
/// there is a transform. Every quantiser is 1; DC sizes have codes of 4 bits; 0 ends a block.
fn flat_jpeg(components: [u8; 4], adobe: Option<u8>) -> Vec<u8> {
    let mut bytes = vec![0xff, 0xd8];
    if let Some(transform) = adobe {
        segment(&mut bytes, 0xee, &[b"Adobe\0\x64\0\0\0\0".as_slice(), &[transform]].concat());
    }
    segment(&mut bytes, 0xdb, &[[0].as_slice(), &[1; 64]].concat());
    segment(&mut bytes, 0xc0, &[8, 0, 8, 0, 8, 4, 1, 17, 0, 2, 17, 0, 3, 17, 0, 4, 17, 0]);
    let lengths = |first: u8, fourth: u8| [first, 0, 0, fourth, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    let sizes: Vec<u8> = (0..12).collect();
    segment(&mut bytes, 0xc4, &[[0].as_slice(), &lengths(0, 12), &sizes].concat());
    segment(&mut bytes, 0xc4, &[[0x10].as_slice(), &lengths(1, 0), &[0]].concat());
    segment(&mut bytes, 0xda, &[4, 1, 0, 2, 0, 3, 0, 4, 0, 0, 63, 0]);
    bytes.extend(scan(components));
    bytes.extend([0xff, 0xd9]);
    bytes
}

/// A grey progressive JPEG of 8 by 8 pixels, by one or both of its scans: DC, and no AC.
pub fn progressive(scans: usize) -> Vec<u8> {
    let mut bytes = vec![0xff, 0xd8];
    segment(&mut bytes, 0xdb, &[[0].as_slice(), &[1; 64]].concat());
    segment(&mut bytes, 0xc2, &[8, 0, 8, 0, 8, 1, 1, 17, 0]);
    let lengths = |first: u8, fourth: u8| [first, 0, 0, fourth, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    let sizes: Vec<u8> = (0..12).collect();
    segment(&mut bytes, 0xc4, &[[0].as_slice(), &lengths(0, 12), &sizes].concat());
    segment(&mut bytes, 0xc4, &[[0x10].as_slice(), &lengths(1, 0), &[0]].concat());
    let all: [(_, &[u8]); 2] =
        [([1, 1, 0, 0, 0, 0], &[0xb8, 0xf7]), ([1, 1, 0, 1, 63, 0], &[0x7f])];
    for (header, data) in &all[..scans] {
        segment(&mut bytes, 0xda, header);
        bytes.extend(*data);
    }
    bytes.extend([0xff, 0xd9]);
    bytes
}

fn segment(bytes: &mut Vec<u8>, marker: u8, content: &[u8]) {
    bytes.extend([0xff, marker]);
    bytes.extend((content.len() as u16 + 2).to_be_bytes());
    bytes.extend(content);
}

fn scan(components: [u8; 4]) -> Vec<u8> {
    let bits: String = components.map(block).concat();
    let padded = format!("{bits:1<width$}", width = bits.len().next_multiple_of(8));
    let bytes = (0..padded.len()).step_by(8);
    let bytes = bytes.map(|at| u8::from_str_radix(&padded[at..at + 8], 2).unwrap());
    bytes.flat_map(|byte| if byte == 0xff { vec![0xff, 0] } else { vec![byte] }).collect()
}

/// The bits of a flat block: the DC coefficient's size, itself (negative ones less one), no AC.
fn block(value: u8) -> String {
    let dc = 8 * (i32::from(value) - 128);
    let size = (32 - dc.unsigned_abs().leading_zeros()) as usize;
    let bits = if dc < 0 { dc + (1 << size) - 1 } else { dc };
    let bits = if size == 0 { String::new() } else { format!("{bits:0size$b}") };
    format!("{size:04b}{bits}0")
}

#[test]
fn orientation_6_is_turned_clockwise() {
    let image = DynamicImage::from(quadrants(32, 16));
    let (mut jpeg, mut png) = (Vec::new(), Vec::new());
    let mut encoder = JpegEncoder::new_with_quality(&mut jpeg, 95);
    encoder.set_exif_metadata(exif(6)).unwrap();
    encode(encoder, &image);
    let mut encoder = PngEncoder::new(&mut png);
    encoder.set_exif_metadata(exif(6)).unwrap();
    encode(encoder, &image);
    for bytes in [jpeg, png] {
        let turned = Picture::decode(&bytes).unwrap();
        assert_eq!((turned.width, turned.height), (16, 32));
        assert_near(pixel(&turned, 3, 3), [0, 0, 255]); // was bottom left
        assert_near(pixel(&turned, 12, 3), [255, 0, 0]);
        assert_near(pixel(&turned, 3, 28), [255, 255, 255]);
        assert_near(pixel(&turned, 12, 28), [0, 255, 0]);
    }
}

/// EXIF with one entry: 0x0112, orientation, one u16.
pub fn exif(orientation: u8) -> Vec<u8> {
    let header = *b"II*\0\x08\0\0\0\x01\0";
    let entry = [0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0];
    [header.as_slice(), &entry, &[0; 4]].concat()
}
