//! What is refused, how it is told, and what it costs.

use std::fs;
use std::time::{Duration, Instant};

use data::Picture;
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageEncoder};

use super::files::{exif, progressive};
use super::{drawn, encode, jpeg, png, quadrants};

fn refusal(bytes: &[u8]) -> String {
    Picture::decode(bytes).unwrap_err().to_string()
}

#[test]
fn errors_are_one_line_that_names_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let whole = jpeg(quadrants(40, 40));
    let files: [(&str, Option<&[u8]>, &str); 5] = [
        ("missing.JPEG", None, "No such file"),
        ("empty.JPEG", Some(b""), "empty"),
        ("truncated.JPEG", Some(&whole[..whole.len() / 2]), "truncated JPEG"),
        ("text.JPEG", Some(b"<html>404"), "neither JPEG nor PNG: begins with [3c, 68, 74, 6d]"),
        ("stub.JPEG", Some(b"\xff\xd8\xff\xd9"), "damaged JPEG"),
    ];
    for (name, content, expected) in files {
        let path = folder.path().join(name);
        if let Some(content) = content {
            fs::write(&path, content).unwrap();
        }
        let error = Picture::open(&path).unwrap_err();
        let message = format!("{error:#}");
        assert!(message.starts_with(&format!("{}: {expected}", path.display())), "{message}");
        assert!(!message.contains('\n'), "{message}");
    }
}

#[test]
fn no_truncated_jpeg_becomes_a_picture() {
    let whole = jpeg(quadrants(40, 24));
    assert!(Picture::decode(&whole).is_ok());
    for length in 0..whole.len() {
        assert!(Picture::decode(&whole[..length]).is_err(), "{length} of {}", whole.len());
    }
}

#[test]
fn no_truncated_png_becomes_a_picture() {
    let whole = png(quadrants(40, 24));
    let end = whole.len() - 12; // the last chunk holds nothing
    for length in 0..end {
        assert!(Picture::decode(&whole[..length]).is_err(), "{length} of {}", whole.len());
    }
}

#[test]
fn a_jpeg_cut_in_its_scan_is_refused_though_it_has_an_end() {
    for whole in [jpeg(quadrants(40, 24)), jpeg(patterned(120, 90)), progressive(2)] {
        let picture = Picture::decode(&whole).unwrap();
        let scan = whole.windows(2).position(|pair| pair == [0xff, 0xda]).unwrap();
        for length in scan..whole.len() - 2 {
            let cut = [&whole[..length], b"\xff\xd9"].concat();
            let half = Picture::decode(&cut).ok();
            // The last byte may hold nothing but the padding of the scan.
            let lost = half.is_some_and(|half| half != picture || length + 3 < whole.len());
            assert!(!lost, "{length} of {}", whole.len());
        }
    }
}

/// Colours that change from block to block.
fn patterned(width: u32, height: u32) -> image::RgbImage {
    drawn(width, height, |x, y| [(x * y) as u8, (x * x / 7) as u8, (13 * y + x) as u8])
}

#[test]
fn a_progressive_jpeg_without_its_last_scan_is_refused() {
    assert!(Picture::decode(&progressive(2)).is_ok());
    assert_eq!(refusal(&progressive(1)), "truncated JPEG: scans are missing");
}

#[test]
fn a_jpeg_that_claims_more_than_its_file_can_hold_costs_nothing() {
    let mut bytes = jpeg(patterned(120, 90));
    let frame = bytes.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap();
    let mut claim = |width: u16, height: u16| {
        bytes[frame + 5..frame + 7].copy_from_slice(&height.to_be_bytes());
        bytes[frame + 7..frame + 9].copy_from_slice(&width.to_be_bytes());
        refusal(&bytes)
    };
    let message = claim(8192, 8192);
    assert!(message.starts_with("damaged JPEG: 8192x8192 pixels cannot be in "), "{message}");
    for (width, height) in [(120, 98), (240, 90), (320, 640)] {
        assert!(claim(width, height).starts_with("damaged JPEG: "), "{width}x{height}");
    }
}

#[test]
fn the_end_of_a_thumbnail_is_not_the_end_of_the_picture() {
    let thumbnail = jpeg(quadrants(16, 16));
    let mut whole = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut whole, 95);
    encoder.set_exif_metadata([exif(1), thumbnail].concat()).unwrap();
    encode(encoder, &DynamicImage::from(quadrants(40, 40)));
    assert!(Picture::decode(&whole).is_ok());
    let message = refusal(&whole[..whole.len() - 10]);
    assert_eq!(message, "truncated JPEG: it has no end-of-image marker");
}

#[test]
fn a_jpeg_damaged_within_is_refused() {
    let mut bytes = jpeg(quadrants(64, 64));
    let scan = bytes.windows(2).position(|pair| pair == [0xff, 0xda]).unwrap();
    bytes.splice(scan + 60..scan + 62, [0xff, 0x01]); // a marker that no scan may hold
    assert!(refusal(&bytes).starts_with("damaged JPEG: "), "{}", refusal(&bytes));
}

#[test]
fn bytes_after_the_end_do_not_matter() {
    let mut bytes = jpeg(quadrants(16, 16));
    let whole = Picture::decode(&bytes).unwrap();
    bytes.extend([0; 100]);
    assert_eq!(Picture::decode(&bytes).unwrap(), whole);
}

#[test]
fn a_header_that_claims_terabytes_costs_nothing() {
    let started = Instant::now();
    let mut bytes = png(quadrants(8, 8));
    bytes[16..24].copy_from_slice(&[0x7f, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff]);
    let mut sum = flate2::Crc::new();
    sum.update(&bytes[12..29]);
    bytes[29..33].copy_from_slice(&sum.sum().to_be_bytes());
    assert_eq!(refusal(&bytes), "too large a PNG: Memory limit exceeded");

    let mut bytes = jpeg(quadrants(8, 8));
    let frame = bytes.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap();
    bytes[frame + 5..frame + 9].fill(0xff);
    assert_eq!(refusal(&bytes), "65535x65535 is more than 67108864 pixels");
    assert!(started.elapsed() < Duration::from_secs(1));
}
