//! The training view: where it looks, and what it does to colours.

mod colours;

use data::augmentation::Crop;
use data::{Photometric, Picture, TrainingView};
use proptest::prelude::*;
use streams::Stream;

fn noise(width: u32, height: u32, seed: u64) -> Picture {
    let mut stream = Stream::new(seed, "noise");
    let rgb = (0..3 * width * height).map(|_| stream.uniform(0.0, 256.0) as u8).collect();
    Picture { width, height, rgb }
}

proptest! {
    #[test]
    fn crops_lie_within_the_picture(width in 1u32..3000, height in 1u32..3000, min in 0.0..1.0, seed: u64) {
        let crop = Crop::draw(width, height, min, &mut Stream::new(seed, "crop"));
        prop_assert!(crop.width >= 1 && crop.left + crop.width <= width, "{crop:?}");
        prop_assert!(crop.height >= 1 && crop.top + crop.height <= height, "{crop:?}");
    }

    #[test]
    fn crops_have_googlenets_areas_and_aspects(seed: u64) {
        let crop = Crop::draw(500, 375, 0.08, &mut Stream::new(seed, "crop"));
        let (width, height) = (f64::from(crop.width), f64::from(crop.height));
        let share = width * height / (500.0 * 375.0);
        prop_assert!((0.078..=1.0).contains(&share), "{crop:?}"); // rounded to pixels
        prop_assert!((0.74..=1.35).contains(&(width / height)), "{crop:?}");
    }

    #[test]
    fn views_have_the_side_that_was_asked_for(width in 1u32..90, height in 1u32..90, side in 1u32..70) {
        let view = TrainingView::googlenet(side, Photometric::Full);
        let rgb = view.of(&noise(width, height, 1), &mut Stream::new(1, "view")).unwrap();
        prop_assert_eq!(rgb.len(), 3 * (side * side) as usize);
    }
}

#[test]
fn areas_are_uniform_and_wide_is_as_likely_as_tall() {
    let mut stream = Stream::new(1, "crops");
    let crops: Vec<_> = (0..4000).map(|_| Crop::draw(1000, 1000, 0.08, &mut stream)).collect();
    let share = |crop: &&Crop| f64::from(crop.width) * f64::from(crop.height) / 1e6;
    let small = crops.iter().filter(|crop| share(crop) < 0.31).count(); // a quarter of 0.08 to 1
    assert!((900..1200).contains(&small), "{small}"); // the largest are rejected a little more often
    let wide = crops.iter().filter(|crop| crop.width > crop.height).count();
    assert!((1850..2150).contains(&wide), "{wide}");
}

#[test]
fn strips_fall_back_to_the_centre() {
    let crop = |width, height| Crop::draw(width, height, 0.08, &mut Stream::new(1, "strip"));
    assert_eq!(crop(1000, 9), Crop { left: 494, top: 0, width: 12, height: 9 });
    assert_eq!(crop(9, 1000), Crop { left: 0, top: 494, width: 9, height: 12 });
    assert_eq!(crop(1, 1), Crop { left: 0, top: 0, width: 1, height: 1 });
}

#[test]
fn without_crop_and_distortion_a_view_is_the_picture_or_its_mirror_image() {
    let view = TrainingView { side: 32, min_area: 1.0, photometric: Photometric::None };
    let picture = noise(32, 32, 1);
    let mut mirrored = picture.clone();
    mirrored.rgb.chunks_mut(96).for_each(|row| row.as_chunks_mut::<3>().0.reverse());
    let views: Vec<_> =
        (0..200).map(|seed| view.of(&picture, &mut Stream::new(seed, "view")).unwrap()).collect();
    let kept = views.iter().filter(|view| **view == picture.rgb).count();
    let turned = views.iter().filter(|view| **view == mirrored.rgb).count();
    assert_eq!(kept + turned, 200);
    assert!((70..130).contains(&kept), "{kept}");
}

#[test]
fn equal_streams_make_equal_views_and_others_make_others() {
    let view = TrainingView::googlenet(24, Photometric::Full);
    let of = |seed| view.of(&noise(50, 40, 1), &mut Stream::new(seed, "view")).unwrap();
    assert_eq!(of(1), of(1));
    assert_ne!(of(1), of(2));
}

#[test]
fn distortion_changes_neither_crop_nor_mirror() {
    let quadrant = |x: u32, y: u32| if (x < 20) == (y < 20) { 200 } else { 50 };
    let rgb = (0..1600).flat_map(|at| [quadrant(at % 40, at / 40); 3]).collect();
    let picture = Picture { width: 40, height: 40, rgb };
    for seed in 0..50 {
        let of = |photometric| {
            let view = TrainingView::googlenet(16, photometric);
            view.of(&picture, &mut Stream::new(seed, "view")).unwrap()
        };
        let [plain, distorted] = [Photometric::None, Photometric::Reduced].map(of);
        for (a, b) in plain.iter().zip(&distorted) {
            assert!((*a == 200) <= (*b > 110) && (*a == 50) <= (*b < 110), "{a} became {b}");
        }
    }
}

#[test]
fn nothing_beyond_the_crop_bleeds_into_it() {
    let rgb = (0..64 * 64).flat_map(|at| if at % 64 < 32 { [0; 3] } else { [255; 3] }).collect();
    let picture = Picture { width: 64, height: 64, rgb };
    let view = TrainingView::googlenet(16, Photometric::None);
    for seed in 0..300 {
        let crop = Crop::draw(64, 64, 0.08, &mut Stream::new(seed, "view"));
        if crop.left + crop.width <= 32 {
            let rgb = view.of(&picture, &mut Stream::new(seed, "view")).unwrap();
            assert!(rgb.iter().all(|&value| value == 0), "{crop:?}");
        }
    }
}

#[test]
fn what_is_no_picture_is_refused() {
    let of = |width, height, bytes, side| {
        let view = TrainingView::googlenet(side, Photometric::None);
        let rgb = vec![0; bytes];
        view.of_rgb(width, height, &rgb, &mut Stream::new(1, "view")).unwrap_err().to_string()
    };
    assert_eq!(of(4, 4, 47, 8), "not a picture: 4x4 pixels in 47 bytes");
    assert_eq!(of(0, 4, 0, 8), "no view of 0x4 at 8x8 pixels");
    assert_eq!(of(4, 4, 48, 0), "no view of 4x4 at 0x0 pixels");
}
