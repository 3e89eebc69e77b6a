//! CIFAR-10: its layouts, its files, fetching them, and the data set itself. Images are made here, but for
//! the last.

mod fetching;
mod files;
mod layout;
mod real;

use data::Cifar10;
use image::{ColorType, ImageEncoder};

/// An image whose every byte tells from which image, pixel and colour it is, as far as a byte can.
fn pixels(image: usize) -> Vec<u8> {
    (0..Cifar10::BYTES).map(|byte| (byte * 7 + byte / 251 + image * 31) as u8).collect()
}

/// The same images in the binary layout, written down anew.
pub fn records(labels: &[u8], first: usize) -> Vec<u8> {
    let record = |(image, &label): (usize, &u8)| {
        let pixels = pixels(image);
        let plane = |colour: usize| pixels.chunks(3).map(|rgb| rgb[colour]).collect::<Vec<_>>();
        [vec![label], plane(0), plane(1), plane(2)].concat()
    };
    (first..).zip(labels).flat_map(record).collect()
}

/// The images `first`, `first` + 1, … one a row, as the package has them.
pub fn sprites(first: usize, count: usize) -> Vec<u8> {
    let bytes: Vec<u8> = (first..first + count).flat_map(pixels).collect();
    png(1024, count as u32, &bytes, ColorType::Rgb8)
}

fn png(width: u32, height: u32, bytes: &[u8], colours: ColorType) -> Vec<u8> {
    let mut png = Vec::new();
    image::codecs::png::PngEncoder::new(&mut png)
        .write_image(bytes, width, height, colours.into())
        .unwrap();
    png
}
