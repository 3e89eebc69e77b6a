//! The data set itself, fetched once into the repository's cache.

use std::path::Path;

use data::Cifar10;
use data::cifar10::{Images, Normalisation};

#[test]
fn the_data_set_is_the_known_one() {
    let cache = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.data/cifar10");
    let Cifar10 { train, test } =
        Cifar10::load(None, &cache).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(train.labels[..10], [6, 9, 9, 4, 1, 1, 2, 7, 8, 3]);
    assert_eq!(images_per_class(&train), [5000; Cifar10::CLASSES]);
    assert_eq!(images_per_class(&test), [1000; Cifar10::CLASSES]);
    assert_eq!(train.pixels.len(), 50_000 * Cifar10::BYTES);
    assert_eq!(test.pixels.len(), 10_000 * Cifar10::BYTES);
    assert_eq!(rounded(Normalisation::of(&train)), Cifar10::normalisation());
}

fn images_per_class(images: &Images) -> [usize; Cifar10::CLASSES] {
    let mut count = [0; Cifar10::CLASSES];
    images.labels.iter().for_each(|&label| count[usize::from(label)] += 1);
    count
}

/// To four digits, as the known values are.
fn rounded(Normalisation { mean, std }: Normalisation) -> Normalisation {
    let round = |value: f32| format!("{value:.4}").parse().unwrap();
    Normalisation { mean: mean.map(round), std: std.map(round) }
}

#[test]
fn normalised_colours_have_mean_0_and_deviation_1() {
    let images = Images { pixels: vec![0, 10, 20, 255, 30, 20], labels: vec![] };
    let found = Normalisation::of(&images);
    assert_eq!(found.mean, [0.5, 20.0 / 255.0, 20.0 / 255.0]);
    assert_eq!(found.std, [0.5, 10.0 / 255.0, 0.0]);
    assert_eq!([found.apply(0, 0), found.apply(255, 0)], [-1.0, 1.0]);
    assert!((found.apply(30, 1) - 1.0).abs() < 1e-6);
}
