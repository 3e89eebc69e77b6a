//! The data set itself, fetched once into the repository's cache.

use std::path::Path;

use data::{Cifar10, Images};

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
}

fn images_per_class(images: &Images) -> [usize; Cifar10::CLASSES] {
    let mut count = [0; Cifar10::CLASSES];
    images.labels.iter().for_each(|&label| count[usize::from(label)] += 1);
    count
}
