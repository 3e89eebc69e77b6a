//! Binary files and sprites: what is made of them, and what is refused.

use data::Cifar10;
use data::Images;
use data::cifar10::{LayoutError, RECORD, binary, sprites};
use image::ColorType;

use super::{pixels, png, records};

#[test]
fn planes_become_interleaved_pixels() {
    let mut file = vec![7];
    file.extend([[1; 1024], [2; 1024], [3; 1024]].concat());
    file[1 + 33] = 9; // red of the second pixel in the second row
    let mut images = Images::default();
    binary::append(&file, &mut images).unwrap();
    assert_eq!(images.labels, [7]);
    assert_eq!(images.pixels.len(), Cifar10::BYTES);
    for (place, pixel) in images.pixels.chunks(3).enumerate() {
        assert_eq!(pixel, if place == 33 { [9, 2, 3] } else { [1, 2, 3] });
    }
}

#[test]
fn images_of_several_files_follow_one_another() {
    let mut images = Images::default();
    binary::append(&records(&[4, 0], 0), &mut images).unwrap();
    binary::append(&records(&[9], 2), &mut images).unwrap();
    assert_eq!(images.labels, [4, 0, 9]);
    assert_eq!(images.pixels, [pixels(0), pixels(1), pixels(2)].concat());
}

#[test]
fn half_images_and_foreign_labels_are_refused_and_append_nothing() {
    let mut images = Images::default();
    let file = records(&[3, 10], 0);
    let error = binary::append(&file, &mut images).unwrap_err().to_string();
    assert_eq!(error, "damaged: expected labels from 0 to 9, found 10 at image 1");
    let error = binary::append(&file[..=RECORD], &mut images).unwrap_err().to_string();
    assert_eq!(error, "truncated: expected images of 3073 bytes each, found 3074 bytes in all");
    assert_eq!(images, Images::default());
}

#[test]
fn sprites_become_records() {
    assert_eq!(
        sprites::records(&super::sprites(5, 3), &[1, 8, 0]).unwrap(),
        records(&[1, 8, 0], 5)
    );
}

#[test]
fn other_pictures_are_refused_with_their_size_and_colours() {
    let grey = png(1024, 2, &[0; 2048], ColorType::L8);
    let small = png(32, 2, &[0; 192], ColorType::Rgb8);
    let long = super::sprites(0, 3);
    for (png, found) in [
        (grey, "1024 × 2 pixels in L8"),
        (small, "32 × 2 pixels in Rgb8"),
        (long, "1024 × 3 pixels in Rgb8"),
    ] {
        let error = sprites::records(&png, &[0, 0]).unwrap_err().to_string();
        let expected = "another picture: expected 1024 × 2 pixels in Rgb8, found";
        assert_eq!(error, format!("{expected} {found}"));
    }
}

#[test]
fn damaged_truncated_and_foreign_pngs_are_refused() {
    let whole = super::sprites(0, 2);
    let mut damaged = whole.clone();
    damaged[whole.len() / 2] ^= 0x40;
    for png in [&whole[..whole.len() / 2], &damaged, b"", b"\xff\xd8\xff not a PNG"] {
        let error = sprites::records(png, &[0, 0]).unwrap_err();
        assert!(matches!(error, LayoutError::Png(_)), "{error}");
        assert_eq!(error.to_string().lines().count(), 1, "{error}");
    }
}

#[test]
fn labels_are_read_and_checked() {
    assert_eq!(sprites::labels(b"[6, 9,0]").unwrap(), [6, 9, 0]);
    let foreign = sprites::labels(b"[6,11]").unwrap_err();
    assert!(matches!(foreign, LayoutError::Label { image: 1, found: 11 }), "{foreign}");
    for json in [&b""[..], b"[6,9", b"[256]", b"[-1]", b"[1.5]", b"{\"6\":9}", b"[\"6\"]"] {
        let error = sprites::labels(json).unwrap_err();
        assert!(matches!(error, LayoutError::Json(_)), "{error}");
    }
}
