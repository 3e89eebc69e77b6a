//! The arithmetic on colours.

/// A picture, one plane per channel, 255 being white.
#[derive(Default)]
pub(super) struct Planes([Vec<f32>; 3]);

impl Planes {
    pub(super) fn read(&mut self, rgb: &[u8]) {
        let pixels = rgb.as_chunks::<3>().0;
        for (channel, plane) in self.0.iter_mut().enumerate() {
            plane.clear();
            plane.extend(pixels.iter().map(|pixel| f32::from(pixel[channel])));
        }
    }

    pub(super) fn write(&self, rgb: &mut [u8]) {
        let [red, green, blue] = &self.0;
        let pixels = rgb.as_chunks_mut::<3>().0.iter_mut();
        for (((pixel, &r), &g), &b) in pixels.zip(red).zip(green).zip(blue) {
            *pixel = [rounded(r), rounded(g), rounded(b)];
        }
    }

    pub(super) fn brighten(&mut self, delta: f32) {
        for value in self.0.iter_mut().flatten() {
            *value += delta;
        }
    }

    pub(super) fn contrast(&mut self, factor: f32) {
        for plane in &mut self.0 {
            let mean = mean(plane);
            for value in plane {
                *value = (*value - mean) * factor + mean;
            }
        }
    }

    /// `s' = min(1, factor · s)` at the same value and hue: distances to the largest channel grow by the
    /// same factor, and the smallest channel ends at 0.
    pub(super) fn saturate(&mut self, factor: f32) {
        self.for_each_pixel(|[r, g, b]| {
            let (low, high) = (min(r, min(g, b)), max(r, max(g, b)));
            let range = max(high - low, 1e-9);
            let factor = max(min(factor, high / range), 0.0);
            [r, g, b].map(|value| high - (high - value) * factor)
        });
    }

    /// Hue in sixths of a turn and times the range (largest less smallest channel), so that no division
    /// is needed: red is at 0, green at 2 ranges, blue at 4, and 6 are the whole circle.
    pub(super) fn turn_hue(&mut self, turns: f32) {
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

    #[inline]
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
