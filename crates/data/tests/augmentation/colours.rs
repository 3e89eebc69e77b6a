//! Photometric distortion against its definition.

use data::Photometric;
use data::augmentation::Distortion;
use proptest::prelude::*;
use streams::Stream;

const NOTHING: Distortion =
    Distortion { order: 0, brightness: 0.0, saturation: 1.0, contrast: 1.0, hue: 0.0 };

fn distorted(distortion: Distortion, rgb: &[u8]) -> Vec<u8> {
    let mut rgb = rgb.to_vec();
    distortion.apply(&mut rgb);
    rgb
}

fn noise(count: usize, seed: u64) -> Vec<u8> {
    let mut stream = Stream::new(seed, "colours");
    (0..3 * count).map(|_| stream.uniform(0.0, 256.0) as u8).collect()
}

#[test]
fn none_takes_no_draws_and_reduced_is_half_of_full() {
    let mut stream = Stream::new(1, "draws");
    assert_eq!(Distortion::draw(Photometric::None, &mut stream), None);
    assert_eq!(stream.uniform(0.0, 1.0), Stream::new(1, "draws").uniform(0.0, 1.0));
    for seed in 0..100 {
        let draw = |photometric| Distortion::draw(photometric, &mut Stream::new(seed, "draws"));
        let (full, half) = (draw(Photometric::Full).unwrap(), draw(Photometric::Reduced).unwrap());
        assert_eq!(full.order, half.order);
        for (full, half, range) in [
            (full.brightness, half.brightness, 32.0 / 255.0),
            (full.saturation - 1.0, half.saturation - 1.0, 0.5),
            (full.contrast - 1.0, half.contrast - 1.0, 0.5),
            (full.hue, half.hue, 0.2),
        ] {
            assert!(full.abs() <= range && (full / 2.0 - half).abs() < 1e-6, "{full} {half}");
        }
    }
}

#[test]
fn all_orders_are_drawn() {
    let mut stream = Stream::new(1, "orders");
    let mut counts = [0; 4];
    (0..400)
        .for_each(|_| counts[Distortion::draw(Photometric::Full, &mut stream).unwrap().order] += 1);
    assert!(counts.iter().all(|count| (70..130).contains(count)), "{counts:?}");
}

#[test]
fn no_distortion_is_the_identity() {
    let rgb = noise(500, 1);
    for order in 0..4 {
        assert_eq!(distorted(Distortion { order, ..NOTHING }, &rgb), rgb);
    }
    assert!(distorted(NOTHING, &[]).is_empty());
}

#[test]
fn single_distortions_do_what_their_names_say() {
    let apply = |distortion| distorted(distortion, &[200, 100, 0, 10, 20, 30]);
    let brighter = Distortion { brightness: 0.2, ..NOTHING }; // by 51
    assert_eq!(apply(brighter), [251, 151, 51, 61, 71, 81]);
    assert_eq!(apply(Distortion { saturation: 0.0, ..NOTHING }), [200, 200, 200, 30, 30, 30]);
    assert_eq!(apply(Distortion { contrast: 0.0, ..NOTHING }), [105, 60, 15, 105, 60, 15]);
    for turns in [1.0 / 3.0, -2.0 / 3.0] {
        let turned = apply(Distortion { hue: turns, ..NOTHING });
        assert_eq!(turned, [0, 200, 100, 30, 10, 20]);
    }
}

proptest! {
    #[test]
    fn distortion_is_that_of_the_definition(
        order in 0usize..4, brightness in -0.13f32..0.13, saturation in 0.5f32..1.5,
        contrast in 0.5f32..1.5, hue in -0.2f32..0.2, seed: u64,
    ) {
        let distortion = Distortion { order, brightness, saturation, contrast, hue };
        let rgb = noise(50, seed);
        let (found, expected) = (distorted(distortion, &rgb), reference(distortion, &rgb));
        for (found, expected) in found.iter().zip(expected) {
            let difference = (f64::from(*found) - 255.0 * expected).abs();
            prop_assert!(difference < 0.51, "{found} is not {}", 255.0 * expected);
        }
    }
}

/// As slim computes it: from 0 to 1, there and back through HSV, clipped at the end.
fn reference(distortion: Distortion, rgb: &[u8]) -> Vec<f64> {
    let Distortion { order, brightness, saturation, contrast, hue } = distortion;
    let mut pixels: Vec<[f64; 3]> = rgb
        .as_chunks::<3>()
        .0
        .iter()
        .map(|pixel| pixel.map(|value| f64::from(value) / 255.0))
        .collect();
    for operation in ["bshc", "sbch", "chbs", "hscb"][order].chars() {
        let means = mean(&pixels);
        for pixel in &mut pixels {
            *pixel = match operation {
                'b' => pixel.map(|value| value + f64::from(brightness)),
                's' => saturated(*pixel, f64::from(saturation)),
                'h' => turned(*pixel, f64::from(hue)),
                _ => [0, 1, 2].map(|c| (pixel[c] - means[c]) * f64::from(contrast) + means[c]),
            };
        }
    }
    pixels.into_iter().flatten().map(|value| value.clamp(0.0, 1.0)).collect()
}

fn mean(pixels: &[[f64; 3]]) -> [f64; 3] {
    [0, 1, 2].map(|c| pixels.iter().map(|pixel| pixel[c]).sum::<f64>() / pixels.len() as f64)
}

fn saturated(pixel: [f64; 3], factor: f64) -> [f64; 3] {
    let [hue, low, high] = hue_low_high(pixel);
    let saturation = if high > 0.0 { (high - low) / high } else { 0.0 };
    colour(hue, high * (1.0 - (saturation * factor).clamp(0.0, 1.0)), high)
}

fn turned(pixel: [f64; 3], turns: f64) -> [f64; 3] {
    let [hue, low, high] = hue_low_high(pixel);
    colour((hue + turns).rem_euclid(1.0), low, high)
}

/// Hue in turns, least and greatest channel.
fn hue_low_high([r, g, b]: [f64; 3]) -> [f64; 3] {
    let (low, high) = (r.min(g).min(b), r.max(g).max(b));
    let range = high - low;
    let sixths = match () {
        () if range == 0.0 => 0.0,
        () if high == r => (g - b) / range,
        () if high == g => 2.0 + (b - r) / range,
        () => 4.0 + (r - g) / range,
    };
    [(sixths / 6.0).rem_euclid(1.0), low, high]
}

fn colour(hue: f64, low: f64, high: f64) -> [f64; 3] {
    let sixth = 6.0 * hue;
    let part = |share: f64| low + (high - low) * share;
    let (up, down) = (part(sixth.fract()), part(1.0 - sixth.fract()));
    match sixth as u32 {
        0 => [high, up, low],
        1 => [down, high, low],
        2 => [low, high, up],
        3 => [low, down, high],
        4 => [up, low, high],
        _ => [high, low, down],
    }
}
