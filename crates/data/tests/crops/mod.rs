//! The 144 rectangles, worked out by hand for three pictures, and their pixels.

use data::crops::{CropPlan, CropSet, Rectangle, Site};
use data::{Picture, Source};
use std::sync::Arc;

use data::photographs::View;
use data::squares::{Seen, Squares};
use streams::Stream;

/// One of the four sizes: the shorter side, where the three squares begin, and where centre and last corner
/// of a square's crops begin.
type Size = (u32, [u32; 3], u32, u32);

/// Of a picture of 4:3: resized it is 341, 384, 426 and 469 pixels long, rounded down. The square in the
/// middle begins at half the rest, 42.5, 48, 53 and 58.5, of which halves go to the even number.
const FOUR_TO_THREE: [Size; 4] = [
    (256, [0, 42, 85], 16, 32),
    (288, [0, 48, 96], 32, 64),
    (320, [0, 53, 106], 48, 96),
    (352, [0, 58, 117], 64, 128),
];

/// Of a square one, all three squares are the picture.
const SQUARE: [Size; 4] =
    [(256, [0; 3], 16, 32), (288, [0; 3], 32, 64), (320, [0; 3], 48, 96), (352, [0; 3], 64, 128)];

fn expected(sizes: [Size; 4], is_portrait: bool) -> Vec<Rectangle> {
    let mut rectangles = Vec::new();
    for (shorter_side, squares, centre, last) in sizes {
        for along in squares {
            let (x, y) = if is_portrait { (0, along) } else { (along, 0) };
            let corners = [(0, 0), (last, 0), (0, last), (last, last), (centre, centre)];
            let crops = corners.map(|(left, top)| (x + left, y + top, 224));
            for (left, top, side) in crops.into_iter().chain([(x, y, shorter_side)]) {
                for is_mirrored in [false, true] {
                    rectangles.push(Rectangle { shorter_side, left, top, side, is_mirrored });
                }
            }
        }
    }
    rectangles
}

fn rectangles(set: CropSet, size: (u32, u32), side: u32) -> Vec<Rectangle> {
    set.sites().into_iter().map(|site: Site| site.rectangle(size, side)).collect()
}

#[test]
fn the_144_crops_are_googlenets() {
    let all = CropSet::OneHundredFortyFour;
    let cases = [
        ((500, 375), expected(FOUR_TO_THREE, false)),
        ((300, 400), expected(FOUR_TO_THREE, true)),
        ((300, 300), expected(SQUARE, false)),
    ];
    for (size, expected) in cases {
        assert_eq!(expected.len(), 144);
        assert_eq!(rectangles(all, size, 224), expected, "{size:?}");
    }
}

#[test]
fn crops_lie_in_the_resized_picture() {
    for size in [(500, 375), (333, 500), (32, 32), (31, 977), (1, 40)] {
        for side in [32, 128, 224] {
            for set in CropSet::ALL {
                for crop in rectangles(set, size, side) {
                    let Rectangle { shorter_side, left, top, .. } = crop;
                    let longer = shorter_side * size.0.max(size.1) / size.0.min(size.1);
                    let (right, bottom) = (left + crop.side, top + crop.side);
                    let (width, height) = if size.0 >= size.1 {
                        (longer, shorter_side)
                    } else {
                        (shorter_side, longer)
                    };
                    assert!(right <= width && bottom <= height, "{size:?} {side} {crop:?}");
                }
            }
        }
    }
}

#[test]
fn smaller_sets_are_in_the_larger_ones_and_the_first_is_the_single_crop() {
    let of = |set| rectangles(set, (500, 375), 224);
    let centre = Rectangle { shorter_side: 256, left: 58, top: 16, side: 224, is_mirrored: false };
    assert_eq!(of(CropSet::One), [centre]);
    let (ten, fifty) = (of(CropSet::Ten), of(CropSet::Fifty));
    assert_eq!((ten.len(), fifty.len()), (10, 50));
    assert!(ten.contains(&centre));
    for crop in ten {
        assert!(fifty.contains(&crop) && of(CropSet::OneHundredFortyFour).contains(&crop));
    }
    let second = Rectangle { left: 42 + 8, top: 0, ..centre };
    assert!(fifty.contains(&second), "a quarter of 32 pixels from the square's left");
}

#[test]
fn equal_crops_are_made_once_and_weigh_as_often_as_they_occur() {
    let sets = CropSet::ALL;
    let any = CropPlan::new(&sets, 224, None).unwrap();
    assert_eq!(any.sites().len(), 144 + 40);
    let squares = CropPlan::new(&sets, 32, Some((32, 32))).unwrap();
    assert_eq!(squares.sites().len(), 48 + 40);
    for plan in [&any, &squares] {
        for (set, weights) in sets.iter().zip(plan.weights()) {
            assert_eq!(weights.len(), plan.sites().len());
            assert!((weights.iter().sum::<f32>() - 1.0).abs() < 1e-5, "{set:?}");
        }
    }
    let of_144 = &squares.weights()[3];
    assert_eq!(of_144.iter().filter(|&&weight| weight > 0.0).count(), 48);
    assert!(of_144.iter().all(|&weight| weight == 0.0 || weight == 3.0 / 144.0));
    assert!(CropPlan::new(&[], 32, None).is_err() && CropPlan::new(&sets, 0, None).is_err());
}

/// Every pixel says where it is.
fn coordinates(width: u32, height: u32) -> Picture {
    let pixel = |y: u32, x: u32| [x as u8, y as u8, 7];
    let rgb = (0..height).flat_map(|y| (0..width).flat_map(move |x| pixel(y, x))).collect();
    Picture { width, height, rgb }
}

#[test]
fn pixels_are_those_of_the_rectangles() {
    let picture = coordinates(48, 37); // the first of the sizes for 32 pixels: not resized
    let plan = CropPlan::new(&[CropSet::Ten, CropSet::OneHundredFortyFour], 32, None).unwrap();
    let crops = plan.cut(&picture).unwrap();
    let bytes = 3 * 32 * 32;
    assert_eq!(crops.len(), 144 * bytes);
    let upper_left = |number: usize| [crops[number * bytes], crops[number * bytes + 1]];
    // the square in the middle begins at 11/2, to the even number: 6
    assert_eq!([upper_left(0), upper_left(2), upper_left(4)], [[6, 0], [6 + 5, 0], [6, 5]]);
    assert_eq!(upper_left(8), [6 + 2, 2], "the centre, 5/2 to the even number");
    for number in (0..144).step_by(2) {
        let [plain, mirrored] = [number, number + 1].map(|n| &crops[n * bytes..][..bytes]);
        let row = |rgb: &[u8]| rgb[..96].as_chunks::<3>().0.to_vec();
        assert!(row(mirrored).iter().eq(row(plain).iter().rev()), "{number}");
    }
}

#[test]
fn the_whole_square_is_seen_from_edge_to_edge() {
    let picture = coordinates(40, 40);
    let plan = CropPlan::new(&[CropSet::OneHundredFortyFour], 32, Some((40, 40))).unwrap();
    let crops = plan.cut(&picture).unwrap();
    let whole = plan.sites().iter().position(|site| site.rectangle((40, 40), 32).side == 50);
    let crop = &crops[whole.unwrap() * 3 * 32 * 32..][..3 * 32 * 32];
    let (first, last) = (&crop[..3], &crop[3 * 32 * 32 - 3..]);
    assert!(first[0] <= 1 && first[1] <= 1 && last[0] >= 38 && last[1] >= 38, "{first:?} {last:?}");
}

#[test]
fn cifars_images_are_cut_as_pictures_are() {
    let rgb: Vec<u8> = (0..3072).map(|n| (n % 251) as u8).collect();
    let images = data::Images { pixels: rgb.clone(), labels: vec![3] };
    let plan = Arc::new(CropPlan::new(&CropSet::ALL, 32, Some((32, 32))).unwrap());
    let squares = Arc::new(Squares { data_set: "CIFAR-10", side: 32, images });
    let seen = Seen { squares, view: View::Crops(Arc::clone(&plan)) };
    let crops = seen.example(0, 0, &mut Stream::new(0, "unused")).unwrap();
    assert_eq!(crops, plan.cut(&Picture { width: 32, height: 32, rgb }).unwrap());
}
