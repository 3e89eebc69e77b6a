//! Distortions of colour: those of TF-slim's Inception preprocessing, which is the paper's authors' own
//! code made public (the paper says only that BN networks get reduced ones).
//!
//! Brightness and contrast are affine, but saturation and hue are turned in HSV's hexagon, as slim does,
//! and saturation saturates. A 3×3 matrix can only approximate that (a rotation about the grey axis, which
//! for saturated colours and 72° is off by tens of grey levels), so the exact formulas are computed, free
//! of branches and divisions, a plane per channel, which the compiler turns into vector instructions.

use std::cell::RefCell;

use serde::Serialize;
use streams::Stream;

/// How strongly colours are distorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Photometric {
    /// Not at all.
    None,
    /// By at most half of what [`Photometric::Full`] allows.
    Reduced,
    /// Slim's ranges: brightness ±32/255, saturation and contrast by factors of 0.5–1.5, hue ±0.2 turns.
    Full,
}

impl Photometric {
    /// Draws a distortion: each amount uniform over its range, in one of slim's four orders. Reduced and
    /// full take the same draws, so the one is half of the other; none takes none.
    pub fn draw(self, stream: &mut Stream) -> Option<Distortion> {
        let strength = match self {
            Self::None => return None,
            Self::Reduced => 0.5,
            Self::Full => 1.0,
        };
        let order = stream.uniform(0.0, ORDERS.len() as f64) as usize;
        let mut within = |range: f64| strength * stream.uniform(-range, range);
        Some(Distortion {
            order,
            brightness: within(32.0 / 255.0) as f32,
            saturation: 1.0 + within(0.5) as f32,
            contrast: 1.0 + within(0.5) as f32,
            hue: within(0.2) as f32,
        })
    }
}

#[derive(Clone, Copy)]
enum Operation {
    Brightness,
    Saturation,
    Hue,
    Contrast,
}
use Operation::{Brightness, Contrast, Hue, Saturation};

/// Slim's orders.
const ORDERS: [[Operation; 4]; 4] = [
    [Brightness, Saturation, Hue, Contrast],
    [Saturation, Brightness, Contrast, Hue],
    [Contrast, Hue, Brightness, Saturation],
    [Hue, Saturation, Contrast, Brightness],
];

/// One picture's distortion.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Distortion {
    /// In which of slim's four orders, 0 to 3: brightness, saturation, hue, contrast; saturation,
    /// brightness, contrast, hue; contrast, hue, brightness, saturation; hue, saturation, contrast,
    /// brightness.
    pub order: usize,
    /// Added to all channels, as a share of the range of grey.
    pub brightness: f32,
    /// Factor of HSV's saturation, which ends at 1.
    pub saturation: f32,
    /// Factor of each channel's distance to its mean over the picture.
    pub contrast: f32,
    /// Added to HSV's hue, in turns, between −1 and 1.
    pub hue: f32,
}

thread_local! {
    /// Keeps its memory from picture to picture.
    static PLANES: RefCell<Planes> = RefCell::default();
}

impl Distortion {
    /// Distorts interleaved RGB. Values leave the range 0 to 255 in between, and are clipped at the end.
    pub fn apply(&self, rgb: &mut [u8]) {
        PLANES.with_borrow_mut(|planes| {
            planes.read(rgb);
            for operation in ORDERS[self.order % ORDERS.len()] {
                match operation {
                    Brightness => planes.brighten(255.0 * self.brightness),
                    Saturation => planes.saturate(self.saturation),
                    Hue => planes.turn_hue(self.hue),
                    Contrast => planes.contrast(self.contrast),
                }
            }
            planes.write(rgb);
        });
    }
}

/// A picture, one plane per channel, 255 being white.
#[derive(Default)]
struct Planes([Vec<f32>; 3]);

impl Planes {
    fn read(&mut self, rgb: &[u8]) {
        let pixels = rgb.as_chunks::<3>().0;
        for (channel, plane) in self.0.iter_mut().enumerate() {
            plane.clear();
            plane.extend(pixels.iter().map(|pixel| f32::from(pixel[channel])));
        }
    }

    fn write(&self, rgb: &mut [u8]) {
        let [red, green, blue] = &self.0;
        let pixels = rgb.as_chunks_mut::<3>().0.iter_mut();
        for (((pixel, &r), &g), &b) in pixels.zip(red).zip(green).zip(blue) {
            *pixel = [rounded(r), rounded(g), rounded(b)];
        }
    }

    fn brighten(&mut self, delta: f32) {
        self.0.iter_mut().flatten().for_each(|value| *value += delta);
    }

    fn contrast(&mut self, factor: f32) {
        for plane in &mut self.0 {
            let mean = mean(plane);
            plane.iter_mut().for_each(|value| *value = (*value - mean) * factor + mean);
        }
    }

    /// `s' = min(1, factor · s)` at the same value and hue: distances to the largest channel grow by the
    /// same factor, and the smallest channel ends at 0.
    fn saturate(&mut self, factor: f32) {
        self.for_each_pixel(|[r, g, b]| {
            let (low, high) = (min(r, min(g, b)), max(r, max(g, b)));
            let range = max(high - low, 1e-9);
            let factor = max(min(factor, high / range), 0.0);
            [r, g, b].map(|value| high - (high - value) * factor)
        });
    }

    /// Hue in sixths of a turn and times the range (largest less smallest channel), so that no division
    /// is needed: red is at 0, green at 2 ranges, blue at 4, and 6 are the whole circle.
    fn turn_hue(&mut self, turns: f32) {
        let turn = 6.0 * if turns < 0.0 { turns + 1.0 } else { turns };
        self.for_each_pixel(|[r, g, b]| {
            let (low, high) = (min(r, min(g, b)), max(r, max(g, b)));
            let range = high - low;
            let (offset, sixth) = if high == g { (2.0, b - r) } else { (4.0, r - g) };
            let (offset, sixth) = if high == r { (0.0, g - b) } else { (offset, sixth) };
            let hue = (offset + turn) * range + sixth;
            [5.0, 3.0, 1.0].map(|channel| {
                let past = hue + channel * range; // −1 to 16 ranges
                let past = if past >= 12.0 * range { past - 12.0 * range } else { past };
                let past = if past >= 6.0 * range { past - 6.0 * range } else { past };
                high - max(min(min(past, 4.0 * range - past), range), 0.0)
            })
        });
    }

    #[inline(always)]
    fn for_each_pixel(&mut self, change: impl Fn([f32; 3]) -> [f32; 3]) {
        let [red, green, blue] = &mut self.0;
        for ((r, g), b) in red.iter_mut().zip(green).zip(blue) {
            [*r, *g, *b] = change([*r, *g, *b]);
        }
    }
}

/// In sixteen sums side by side, which a vector unit adds at once; the same on every machine.
fn mean(plane: &[f32]) -> f32 {
    let (chunks, rest) = plane.as_chunks::<16>();
    let mut sums = [0.0_f32; 16];
    for chunk in chunks {
        for (sum, value) in sums.iter_mut().zip(chunk) {
            *sum += value;
        }
    }
    let sum: f64 = sums.iter().chain(rest).map(|&value| f64::from(value)).sum();
    (sum / plane.len() as f64) as f32
}

/// To the nearest of 0 to 255: adding 2²³ leaves no bits for fractions.
fn rounded(value: f32) -> u8 {
    (value.clamp(0.0, 255.0) + 8_388_608.0).to_bits() as u8
}

/// Without `f32::min`'s care for NaN, which costs instructions.
fn min(a: f32, b: f32) -> f32 {
    if a < b { a } else { b }
}

fn max(a: f32, b: f32) -> f32 {
    if a > b { a } else { b }
}
