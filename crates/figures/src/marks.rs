//! Marks, and lines with dashes, as shapes.

use plotters::prelude::*;

use crate::look::{Look, Mark};
use crate::shapes::{Place, Shape};

/// A mark with a rim: filled, or white within for what is not ours or not in every seed.
pub fn mark(look: Look, center: Place, radius: f64, is_filled: bool) -> [Shape; 2] {
    let fill =
        |radius, color: RGBColor| Shape::Fill(outline(look.mark, center, radius), color.into());
    if is_filled {
        [fill(radius + 5.0, WHITE), fill(radius + 2.0, look.color)]
    } else {
        [fill(radius + 2.0, look.color), fill(radius - 1.5, WHITE)]
    }
}

/// The corners of a mark; the area is about the same for all.
fn outline(mark: Mark, (x, y): Place, radius: f64) -> Vec<Place> {
    let corners: Vec<(f64, f64)> = match mark {
        Mark::Circle => polygon(24, 0.0, |_| 1.0),
        Mark::Square => polygon(4, 0.125, |_| 1.25),
        Mark::Diamond => polygon(4, 0.0, |_| 1.35),
        Mark::Up => polygon(3, 0.75, |_| 1.45),
        Mark::Down => polygon(3, 0.25, |_| 1.45),
        Mark::Left => polygon(3, 0.5, |_| 1.45),
        Mark::Right => polygon(3, 0.0, |_| 1.45),
        Mark::Pentagon => polygon(5, 0.75, |_| 1.2),
        Mark::Bar => vec![(-1.5, -0.6), (1.5, -0.6), (1.5, 0.6), (-1.5, 0.6)],
        Mark::Star => polygon(10, 0.75, |i| if i % 2 == 0 { 1.6 } else { 0.7 }),
        Mark::Plus => plus(),
    };
    let pixel = |(dx, dy): (f64, f64)| {
        ((f64::from(x) + radius * dx).round() as i32, (f64::from(y) + radius * dy).round() as i32)
    };
    corners.into_iter().map(pixel).collect()
}

/// Corners around the origin, the first so many turns clockwise of the right.
fn polygon(corners: usize, turns: f64, radius: fn(usize) -> f64) -> Vec<(f64, f64)> {
    let corner = |i: usize| {
        let angle = std::f64::consts::TAU * (turns + i as f64 / corners as f64);
        (radius(i) * angle.cos(), radius(i) * angle.sin())
    };
    (0..corners).map(corner).collect()
}

fn plus() -> Vec<(f64, f64)> {
    const LONG: f64 = 1.3;
    const SHORT: f64 = 0.45;
    let arm = [(SHORT, -SHORT), (LONG, -SHORT), (LONG, SHORT)];
    let turn = |(x, y): (f64, f64)| (-y, x);
    let mut arms = vec![arm];
    for _ in 0..3 {
        arms.push(arms[arms.len() - 1].map(turn));
    }
    arms.into_iter().flatten().collect()
}

/// ×: a training that diverged here.
pub fn cross((x, y): Place, color: RGBColor) -> [Shape; 4] {
    const ARM: i32 = 13;
    let stroke = |color: RGBColor, width, down: i32| {
        Shape::Path(vec![(x - ARM, y - down), (x + ARM, y + down)], color.into(), width)
    };
    [stroke(WHITE, 11, ARM), stroke(WHITE, 11, -ARM), stroke(color, 6, ARM), stroke(color, 6, -ARM)]
}

/// A curve in the series' colour and dashes.
pub fn line(look: Look, points: &[(f64, f64)]) -> Vec<Shape> {
    let parts = dashes(points, look.pattern).into_iter().flat_map(|part| without_spikes(&part));
    parts.map(|part| Shape::Path(part, look.color.into(), look.width)).collect()
}

/// A straight piece of a curve.
pub fn straight(look: Look, ends: [Place; 2]) -> Vec<Shape> {
    line(look, &ends.map(|(x, y)| (f64::from(x), f64::from(y))))
}

/// Pixels of a polyline, in parts that do not turn back: the drawing library ends such a corner in a spike.
fn without_spikes(points: &[(f64, f64)]) -> Vec<Vec<Place>> {
    let mut pixels: Vec<Place> =
        points.iter().map(|(x, y)| (x.round() as i32, y.round() as i32)).collect();
    pixels.dedup();
    let mut parts: Vec<Vec<Place>> = vec![Vec::new()];
    for (index, pixel) in pixels.iter().enumerate() {
        parts.last_mut().expect("there is a first").push(*pixel);
        let is_sharp = index > 0
            && pixels.get(index + 1).is_some_and(|next| is_sharp(pixels[index - 1], *pixel, *next));
        if is_sharp {
            parts.push(vec![*pixel]);
        }
    }
    parts.retain(|part| part.len() > 1);
    parts
}

fn is_sharp(a: Place, b: Place, c: Place) -> bool {
    let [from, to] =
        [(b.0 - a.0, b.1 - a.1), (c.0 - b.0, c.1 - b.1)].map(|(x, y)| (f64::from(x), f64::from(y)));
    let product = from.0 * to.0 + from.1 * to.1;
    product < -0.2 * from.0.hypot(from.1) * to.0.hypot(to.1)
}

/// The parts of a polyline that a pattern of dashes and gaps leaves; all of it without a pattern.
pub fn dashes(points: &[(f64, f64)], pattern: &[u32]) -> Vec<Vec<(f64, f64)>> {
    let Some(&first) = points.first() else { return Vec::new() };
    if pattern.is_empty() {
        return vec![points.to_vec()];
    }
    let mut lengths = pattern.iter().map(|length| f64::from(*length)).cycle();
    let (mut left, mut is_dash) = (lengths.next().unwrap_or(1.0), true);
    let mut parts = vec![vec![first]];
    for pair in points.windows(2) {
        let (from, to) = (pair[0], pair[1]);
        let length = (to.0 - from.0).hypot(to.1 - from.1);
        let mut done = 0.0;
        while length - done > left {
            done += left;
            let share = done / length;
            let at = (from.0 + share * (to.0 - from.0), from.1 + share * (to.1 - from.1));
            if is_dash {
                parts.last_mut().expect("there is a first").push(at);
            } else {
                parts.push(vec![at]);
            }
            is_dash = !is_dash;
            left = lengths.next().unwrap_or(1.0);
        }
        left -= length - done;
        if is_dash {
            parts.last_mut().expect("there is a first").push(to);
        }
    }
    parts.retain(|part| part.len() > 1);
    parts
}

/// The parts of a polyline between two heights.
pub fn clipped(points: &[(f64, f64)], (top, bottom): (f64, f64)) -> Vec<Vec<(f64, f64)>> {
    let mut parts: Vec<Vec<(f64, f64)>> = Vec::new();
    for pair in points.windows(2) {
        let Some([from, to]) = within((pair[0], pair[1]), (top, bottom)) else { continue };
        match parts.last_mut().filter(|part| part.last() == Some(&from)) {
            Some(part) => part.push(to),
            None => parts.push(vec![from, to]),
        }
    }
    parts
}

/// The part of a straight line between two heights.
fn within((a, b): ((f64, f64), (f64, f64)), (top, bottom): (f64, f64)) -> Option<[(f64, f64); 2]> {
    if a.1.max(b.1) < top || a.1.min(b.1) > bottom {
        return None;
    }
    let to_height = |(x, y): (f64, f64)| {
        let height = y.clamp(top, bottom);
        let share = if b.1 == a.1 { 0.0 } else { (height - a.1) / (b.1 - a.1) };
        if height == y { (x, y) } else { (a.0 + share * (b.0 - a.0), height) }
    };
    Some([to_height(a), to_height(b)])
}
