//! Sizes, offsets and values of resized and cropped pictures.

use data::Picture;
use proptest::prelude::*;

use super::{drawn, picture};

fn size(picture: &Picture) -> (u32, u32) {
    (picture.width, picture.height)
}

/// A picture whose pixels tell where they are.
fn map(width: u32, height: u32) -> Picture {
    picture(drawn(width, height, place))
}

fn place(x: u32, y: u32) -> [u8; 3] {
    [x as u8, y as u8, (x >> 8 | y >> 8 << 4) as u8]
}

#[test]
fn the_shorter_side_is_resized_and_the_aspect_kept() {
    let sizes = [
        ((500, 375), (341, 256)), // landscape; 341.33 is rounded down
        ((375, 500), (256, 341)), // portrait
        ((300, 300), (256, 256)), // square
        ((100, 50), (512, 256)),  // enlarged
        ((256, 400), (256, 400)), // as it is
        ((1, 3), (256, 768)),
    ];
    for ((width, height), expected) in sizes {
        let resized = map(width, height).resize_shorter_side(256).unwrap();
        assert_eq!(size(&resized), expected, "{width}x{height}");
        assert_eq!(resized.rgb.len(), 3 * (expected.0 * expected.1) as usize);
    }
}

#[test]
fn resizing_to_the_same_size_changes_nothing() {
    let original = map(300, 256);
    assert_eq!(original.resize_shorter_side(256).unwrap(), original);
}

#[test]
fn the_crop_lies_in_the_centre() {
    let offsets = [
        ((500, 375), (138, 76)), // 75.5 is rounded to the even neighbour, as Python does
        ((375, 500), (76, 138)),
        ((341, 256), (58, 16)), // 58.5
        ((343, 256), (60, 16)), // 59.5
        ((224, 224), (0, 0)),
    ];
    for ((width, height), (left, top)) in offsets {
        let crop = map(width, height).centre_crop(224).unwrap();
        let expected = picture(drawn(224, 224, |x, y| place(x + left, y + top)));
        assert!(crop == expected, "{width}x{height} is not cropped at ({left}, {top})");
    }
}

#[test]
fn a_single_crop_resizes_then_crops() {
    for (width, height) in [(500, 375), (375, 500), (90, 90)] {
        let original = map(width, height);
        let crop = original.single_crop(256, 224).unwrap();
        assert_eq!(size(&crop), (224, 224));
        let resized = original.resize_shorter_side(256).unwrap();
        assert_eq!(crop, resized.centre_crop(224).unwrap());
    }
}

#[test]
fn a_constant_picture_stays_constant() {
    for (width, height) in [(500, 375), (37, 53), (1024, 999)] {
        let crop = picture(drawn(width, height, |_, _| [200, 13, 255])).single_crop(256, 224);
        assert!(crop.unwrap().rgb.as_chunks().0.iter().all(|&pixel| pixel == [200, 13, 255]));
    }
}

/// Halved, a pixel is 1/8, 3/8, 3/8 and 1/8 of the four around it: of 8i it makes 8(2x + 1/2) = 16x + 4.
/// At the left edge the first is missing: 8(3/8 · 1 + 1/8 · 2) / (7/8) = 5.7; at the right, 120 - 5.7.
/// Without antialiasing, the edges would be 4 and 116.
#[test]
fn a_gradient_is_what_the_triangle_makes_of_it() {
    let gradient = picture(drawn(16, 16, |x, y| [8 * x as u8, 255 - 8 * y as u8, 7]));
    let across = [6, 20, 36, 52, 68, 84, 100, 114];
    let expected = picture(drawn(8, 8, |x, y| [across[x as usize], 255 - across[y as usize], 7]));
    assert_eq!(gradient.resize_shorter_side(8).unwrap(), expected);
    let across = [36, 52, 68, 84];
    let expected = picture(drawn(4, 4, |x, y| [across[x as usize], 255 - across[y as usize], 7]));
    assert_eq!(gradient.single_crop(8, 4).unwrap(), expected);
}

/// Reduced eightfold, stripes of one column are averaged, not sampled.
#[test]
fn fine_stripes_become_grey() {
    let stripes = picture(drawn(256, 256, |x, _| [255 * (x % 2) as u8; 3]));
    let reduced = stripes.resize_shorter_side(32).unwrap();
    assert!(reduced.rgb.iter().all(|&value| (120..136).contains(&value)));
}

#[test]
fn impossible_sizes_are_refused() {
    let message = |result: anyhow::Result<Picture>| result.unwrap_err().to_string();
    let small = map(300, 200);
    assert_eq!(message(small.centre_crop(224)), "cannot crop 224x224 pixels out of 300x200");
    assert_eq!(message(small.centre_crop(0)), "cannot crop 0x0 pixels out of 300x200");
    assert_eq!(message(small.single_crop(100, 101)), "cannot crop 101x101 pixels out of 150x100");
    assert_eq!(message(small.resize_shorter_side(0)), "cannot resize 300x200: 0x0 is no picture");
    assert_eq!(
        message(map(60_000, 1).resize_shorter_side(256)),
        "cannot resize 60000x1: 256x15360000 is more than 67108864 pixels"
    );
    let wrong = Picture { width: 3, height: 3, rgb: vec![0; 26] };
    assert_eq!(message(wrong.centre_crop(1)), "not a picture: 3x3 pixels in 26 bytes");
    assert_eq!(message(wrong.resize_shorter_side(1)), "not a picture: 3x3 pixels in 26 bytes");
    let none = Picture { width: 0, height: 3, rgb: Vec::new() };
    assert_eq!(message(none.single_crop(2, 1)), "not a picture: 0x3 pixels in 0 bytes");
}

proptest! {
    #[test]
    fn any_picture_is_cropped(width in 1u32..80, height in 1u32..80, resize in 1u32..40, crop in 1u32..40) {
        let cropped = map(width, height).single_crop(resize, crop);
        prop_assert_eq!(cropped.is_ok(), crop <= resize);
        if let Ok(cropped) = cropped {
            prop_assert_eq!(size(&cropped), (crop, crop));
            prop_assert_eq!(cropped.rgb.len(), 3 * (crop * crop) as usize);
        }
    }
}
