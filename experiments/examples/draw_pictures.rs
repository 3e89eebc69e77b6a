//! Draws the six pictures that `make demo` classifies, into `networks/pictures/`.
//!
//! ```sh
//! cargo run --release -p experiments --example draw_pictures
//! ```
//!
//! They are drawn, because the images of CIFAR-10 are not ours to hand on. Each is one thing of the data set's ten, as
//! it mostly is there: from the side, large, before a plain background.

use image::{Rgb, RgbImage};

/// Pixels of a side, and samples of each pixel along each axis.
const SIDE: usize = 128;
const SAMPLES: usize = 4;

type Colour = [f64; 3];
/// A point of the unit square; y goes down.
type Point = (f64, f64);

/// What they are called, and who draws them.
pub const PICTURES: [(&str, Draw); 6] = [
    ("airplane", airplane),
    ("automobile", automobile),
    ("frog", frog),
    ("horse", horse),
    ("ship", ship),
    ("truck", truck),
];

/// Draws a thing on a canvas.
pub type Draw = fn(&mut Canvas);

fn main() -> anyhow::Result<()> {
    let folder = record::card::networks().join("pictures");
    for (name, draw) in PICTURES {
        drawn(draw).save(folder.join(format!("{name}.png")))?;
    }
    Ok(())
}

/// The picture that comes of it.
pub fn drawn(draw: Draw) -> RgbImage {
    let mut canvas = Canvas::new();
    draw(&mut canvas);
    canvas.picture()
}

/// What is drawn on, `SAMPLES` times as fine as the picture.
pub struct Canvas {
    samples: Vec<Colour>,
}

impl Canvas {
    const FINE: usize = SIDE * SAMPLES;

    fn new() -> Self {
        Self { samples: vec![[0.0; 3]; Self::FINE * Self::FINE] }
    }

    /// Colours what is inside, lighter above and darker below by `shade`.
    fn fill(&mut self, colour: Colour, shade: f64, inside: impl Fn(Point) -> bool) {
        for (place, sample) in self.samples.iter_mut().enumerate() {
            let at = |n: usize| (n as f64 + 0.5) / Self::FINE as f64;
            let point = (at(place % Self::FINE), at(place / Self::FINE));
            if inside(point) {
                *sample = colour.map(|value| value + shade * (0.5 - point.1));
            }
        }
    }

    fn ellipse(&mut self, colour: Colour, (x, y): Point, (a, b): Point) {
        let shade = 60.0;
        self.fill(colour, shade, |(u, v)| ((u - x) / a).powi(2) + ((v - y) / b).powi(2) < 1.0);
    }

    /// A straight limb, so wide at its beginning and at its end.
    fn limb(&mut self, colour: Colour, (from, first): (Point, f64), (to, last): (Point, f64)) {
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        self.fill(colour, 40.0, |(u, v)| {
            let along = ((u - from.0) * dx + (v - from.1) * dy) / (dx * dx + dy * dy);
            let along = along.clamp(0.0, 1.0);
            let distance = (u - from.0 - along * dx).hypot(v - from.1 - along * dy);
            distance < 0.5 * (first + along * (last - first))
        });
    }

    /// A polygon, by the crossings of a ray.
    fn polygon(&mut self, colour: Colour, corners: &[Point]) {
        self.fill(colour, 40.0, |(u, v)| {
            let edges = corners.iter().zip(corners.iter().cycle().skip(1));
            let crosses = |&(&(x1, y1), &(x2, y2)): &(&Point, &Point)| {
                (y1 > v) != (y2 > v) && u < x1 + (v - y1) / (y2 - y1) * (x2 - x1)
            };
            edges.filter(crosses).count() % 2 == 1
        });
    }

    fn rectangle(&mut self, colour: Colour, (x, y): Point, (width, height): Point) {
        self.polygon(colour, &[(x, y), (x + width, y), (x + width, y + height), (x, y + height)]);
    }

    fn wheel(&mut self, at: Point, radius: f64) {
        self.ellipse([25.0, 25.0, 28.0], at, (radius, radius));
        self.ellipse([165.0, 165.0, 170.0], at, (0.55 * radius, 0.55 * radius));
    }

    /// The mean of each pixel's samples.
    fn picture(&self) -> RgbImage {
        RgbImage::from_fn(SIDE as u32, SIDE as u32, |x, y| {
            let of_pixel = |channel: usize| {
                let rows = (0..SAMPLES).map(|row| (y as usize * SAMPLES + row) * Self::FINE);
                let row = |start: usize| {
                    let first = start + x as usize * SAMPLES;
                    self.samples[first..first + SAMPLES].iter().map(|s| s[channel]).sum::<f64>()
                };
                (rows.map(row).sum::<f64>() / (SAMPLES * SAMPLES) as f64).round() as u8
            };
            Rgb([0, 1, 2].map(of_pixel))
        })
    }
}

fn airplane(canvas: &mut Canvas) {
    canvas.fill([150.0, 190.0, 228.0], -50.0, |_| true);
    let (white, grey) = ([232.0, 234.0, 238.0], [168.0, 174.0, 184.0]);
    canvas.polygon(grey, &[(0.50, 0.50), (0.60, 0.50), (0.44, 0.28), (0.37, 0.28)]); // far wing
    canvas.limb(white, ((0.84, 0.50), 0.09), ((0.24, 0.48), 0.12));
    canvas.limb(white, ((0.30, 0.48), 0.12), ((0.16, 0.44), 0.03));
    canvas.polygon([60.0, 90.0, 160.0], &[(0.14, 0.26), (0.21, 0.26), (0.31, 0.45), (0.18, 0.46)]);
    canvas.polygon(grey, &[(0.16, 0.47), (0.27, 0.48), (0.16, 0.56), (0.11, 0.56)]);
    canvas
        .polygon([200.0, 205.0, 212.0], &[(0.47, 0.53), (0.60, 0.53), (0.36, 0.76), (0.28, 0.76)]);
    canvas.limb(grey, ((0.47, 0.64), 0.06), ((0.54, 0.64), 0.06)); // an engine
    canvas.limb([60.0, 80.0, 110.0], ((0.32, 0.47), 0.014), ((0.76, 0.487), 0.014)); // windows
    canvas.polygon([40.0, 50.0, 70.0], &[(0.81, 0.465), (0.86, 0.475), (0.87, 0.49), (0.82, 0.49)]);
}

fn automobile(canvas: &mut Canvas) {
    canvas.fill([190.0, 200.0, 205.0], 40.0, |_| true);
    canvas.fill([120.0, 140.0, 105.0], 30.0, |(_, y)| y > 0.42); // a hedge
    canvas.fill([125.0, 123.0, 122.0], 30.0, |(_, y)| y > 0.58); // the road
    canvas.ellipse([55.0, 54.0, 55.0], (0.50, 0.745), (0.42, 0.03)); // its shadow
    let red = [196.0, 28.0, 32.0];
    canvas.polygon(red, &[(0.27, 0.50), (0.37, 0.33), (0.63, 0.33), (0.77, 0.50)]);
    canvas.polygon(
        red,
        &[(0.10, 0.52), (0.27, 0.48), (0.78, 0.48), (0.91, 0.55), (0.91, 0.70), (0.09, 0.70)],
    );
    let glass = [70.0, 90.0, 108.0];
    canvas.polygon(glass, &[(0.32, 0.48), (0.395, 0.36), (0.49, 0.36), (0.49, 0.48)]);
    canvas.polygon(glass, &[(0.515, 0.48), (0.515, 0.36), (0.61, 0.36), (0.71, 0.48)]);
    canvas.rectangle([120.0, 14.0, 18.0], (0.10, 0.645), (0.81, 0.05));
    canvas.rectangle([245.0, 235.0, 190.0], (0.86, 0.55), (0.05, 0.04)); // a headlight
    canvas.rectangle([40.0, 8.0, 10.0], (0.50, 0.50), (0.008, 0.14)); // between the doors
    canvas.wheel((0.26, 0.69), 0.085);
    canvas.wheel((0.74, 0.69), 0.085);
}

fn frog(canvas: &mut Canvas) {
    canvas.fill([146.0, 118.0, 84.0], 30.0, |_| true); // earth
    canvas.ellipse([84.0, 64.0, 44.0], (0.50, 0.78), (0.40, 0.08));
    let (green, dark, pale) = ([104.0, 140.0, 52.0], [66.0, 96.0, 32.0], [196.0, 200.0, 140.0]);
    canvas.ellipse(dark, (0.24, 0.64), (0.15, 0.15)); // hind legs
    canvas.ellipse(dark, (0.76, 0.64), (0.15, 0.15));
    canvas.limb(dark, ((0.20, 0.74), 0.06), ((0.36, 0.80), 0.05));
    canvas.limb(dark, ((0.80, 0.74), 0.06), ((0.64, 0.80), 0.05));
    canvas.ellipse(green, (0.50, 0.58), (0.27, 0.24));
    canvas.ellipse(pale, (0.50, 0.70), (0.19, 0.12)); // belly
    canvas.ellipse(green, (0.50, 0.42), (0.24, 0.15)); // head
    canvas.ellipse(pale, (0.50, 0.50), (0.18, 0.06)); // throat
    canvas.limb([44.0, 60.0, 24.0], ((0.32, 0.46), 0.014), ((0.68, 0.46), 0.014)); // mouth
    canvas.limb(dark, ((0.36, 0.62), 0.06), ((0.33, 0.80), 0.045)); // fore legs
    canvas.limb(dark, ((0.64, 0.62), 0.06), ((0.67, 0.80), 0.045));
    for x in [0.34, 0.66] {
        canvas.ellipse(green, (x, 0.31), (0.075, 0.075));
        canvas.ellipse([222.0, 190.0, 70.0], (x, 0.305), (0.05, 0.05));
        canvas.ellipse([16.0, 16.0, 14.0], (x, 0.305), (0.034, 0.026));
    }
    for (x, y) in
        [(0.42, 0.38), (0.55, 0.36), (0.30, 0.56), (0.70, 0.55), (0.22, 0.62), (0.79, 0.63)]
    {
        canvas.ellipse([58.0, 84.0, 30.0], (x, y), (0.028, 0.022)); // spots
    }
}

fn horse(canvas: &mut Canvas) {
    canvas.fill([176.0, 200.0, 222.0], 20.0, |_| true);
    canvas.fill([84.0, 112.0, 70.0], 20.0, |(_, y)| y > 0.36); // trees
    canvas.fill([124.0, 156.0, 74.0], 30.0, |(_, y)| y > 0.52); // a meadow
    canvas.ellipse([80.0, 108.0, 48.0], (0.48, 0.87), (0.33, 0.025));
    let (brown, far, black) = ([134.0, 82.0, 44.0], [92.0, 54.0, 28.0], [38.0, 28.0, 22.0]);
    for (x, knee) in [(0.30, 0.33), (0.62, 0.59)] {
        canvas.limb(far, ((x, 0.58), 0.08), ((knee, 0.72), 0.04)); // the far legs
        canvas.limb(far, ((knee, 0.72), 0.04), ((knee - 0.01, 0.86), 0.032));
    }
    canvas.limb(black, ((0.20, 0.44), 0.05), ((0.13, 0.70), 0.03)); // tail
    canvas.ellipse(brown, (0.44, 0.49), (0.25, 0.125)); // trunk
    canvas.ellipse(brown, (0.28, 0.47), (0.11, 0.125));
    canvas.ellipse(brown, (0.61, 0.48), (0.10, 0.13));
    for (x, knee) in [(0.24, 0.23), (0.66, 0.68)] {
        canvas.limb(brown, ((x, 0.54), 0.11), ((knee, 0.72), 0.045)); // the near legs
        canvas.limb(brown, ((knee, 0.72), 0.045), ((knee, 0.85), 0.036));
        canvas.limb(black, ((knee, 0.85), 0.036), ((knee + 0.01, 0.87), 0.045));
    }
    canvas.limb(black, ((0.60, 0.38), 0.08), ((0.74, 0.19), 0.06)); // mane
    canvas.limb(brown, ((0.62, 0.46), 0.18), ((0.77, 0.23), 0.10)); // neck
    canvas.limb(brown, ((0.77, 0.23), 0.11), ((0.88, 0.34), 0.06)); // head
    canvas.polygon(brown, &[(0.74, 0.19), (0.76, 0.11), (0.79, 0.19)]); // an ear
    canvas.ellipse(black, (0.80, 0.24), (0.012, 0.012));
    canvas.ellipse(black, (0.895, 0.345), (0.010, 0.008));
}

fn ship(canvas: &mut Canvas) {
    canvas.fill([188.0, 208.0, 226.0], -40.0, |_| true);
    canvas.fill([62.0, 98.0, 136.0], 60.0, |(_, y)| y > 0.60); // the sea
    let (white, hull) = ([236.0, 236.0, 234.0], [40.0, 52.0, 84.0]);
    canvas.rectangle(white, (0.26, 0.45), (0.44, 0.09));
    canvas.rectangle(white, (0.32, 0.37), (0.30, 0.09));
    canvas.rectangle([196.0, 60.0, 44.0], (0.40, 0.24), (0.09, 0.14)); // a funnel
    canvas.rectangle([30.0, 30.0, 34.0], (0.40, 0.24), (0.09, 0.035));
    canvas.limb([120.0, 120.0, 124.0], ((0.62, 0.40), 0.012), ((0.62, 0.20), 0.008)); // a mast
    canvas.polygon(hull, &[(0.10, 0.53), (0.90, 0.51), (0.82, 0.68), (0.17, 0.68)]);
    canvas
        .polygon([150.0, 44.0, 40.0], &[(0.155, 0.65), (0.835, 0.65), (0.82, 0.68), (0.17, 0.68)]);
    for window in 0..8 {
        let x = 0.29 + 0.05 * f64::from(window);
        canvas.rectangle([70.0, 90.0, 116.0], (x, 0.475), (0.026, 0.026));
    }
    for (x, y) in
        [(0.12, 0.70), (0.36, 0.74), (0.62, 0.71), (0.80, 0.78), (0.22, 0.84), (0.55, 0.86)]
    {
        canvas.limb([128.0, 160.0, 188.0], ((x, y), 0.012), ((x + 0.13, y), 0.004)); // waves
    }
}

fn truck(canvas: &mut Canvas) {
    canvas.fill([184.0, 204.0, 224.0], 30.0, |_| true);
    canvas.fill([112.0, 128.0, 100.0], 30.0, |(_, y)| y > 0.52);
    canvas.fill([122.0, 120.0, 120.0], 30.0, |(_, y)| y > 0.68); // the road
    canvas.ellipse([52.0, 52.0, 54.0], (0.50, 0.805), (0.42, 0.03));
    canvas.rectangle([226.0, 226.0, 222.0], (0.09, 0.24), (0.54, 0.44)); // the load
    canvas.rectangle([176.0, 178.0, 178.0], (0.09, 0.24), (0.54, 0.03));
    canvas.rectangle([60.0, 62.0, 66.0], (0.09, 0.68), (0.80, 0.05)); // the frame
    let blue = [34.0, 84.0, 164.0];
    canvas.polygon(
        blue,
        &[(0.65, 0.36), (0.79, 0.36), (0.86, 0.52), (0.91, 0.55), (0.91, 0.71), (0.65, 0.71)],
    );
    canvas.polygon([64.0, 84.0, 104.0], &[(0.70, 0.40), (0.77, 0.40), (0.825, 0.52), (0.70, 0.52)]);
    canvas.rectangle([20.0, 50.0, 104.0], (0.685, 0.53), (0.008, 0.15));
    canvas.rectangle([245.0, 235.0, 190.0], (0.87, 0.60), (0.04, 0.04));
    for x in [0.20, 0.34, 0.77] {
        canvas.wheel((x, 0.745), 0.075);
    }
}
