//! What curves are called: beside their right ends, or in a legend above the plot.

use super::curve::{Curve, Ends, Value};
use crate::axis::Axis;
use crate::look::{CAPTION_SIZE, Look};
use crate::marks;
use crate::shapes::{Place, Rect, Shape, text_from, text_width};

/// A piece of a curve beside its name.
const SAMPLE: i32 = 84;
const AFTER_SAMPLE: i32 = 14;
/// From a curve's end to its name's piece of curve.
const LEADER: i32 = 60;
/// The least distance of two names at ends, and of a legend's lines.
const PITCH: f64 = 46.0;
const LEGEND_LINE: i32 = 42;

/// A curve's name with a piece of it.
fn entry(curve: &Curve, (x, y): Place) -> Vec<Shape> {
    let mut shapes = marks::straight(curve.look, [(x, y), (x + SAMPLE, y)]);
    let is_filled = curve.ends == Ends::Intervals;
    if curve.has_marks {
        shapes.extend(marks::mark(curve.look, (x + SAMPLE / 2, y), 9.0, is_filled));
    }
    shapes.push(text_from(&curve.name, (x + SAMPLE + AFTER_SAMPLE, y), CAPTION_SIZE));
    shapes
}

fn entry_width(curve: &Curve) -> i32 {
    SAMPLE + AFTER_SAMPLE + text_width(&curve.name, CAPTION_SIZE)
}

/// The names from this place on in lines of this width, and the height that they take.
pub fn legend(curves: &[Curve], (left, top): Place, width: i32) -> (Vec<Shape>, i32) {
    const GAP: i32 = 30;
    let (mut across, mut row) = (0, 0);
    let mut shapes = Vec::new();
    for curve in curves {
        let needed = entry_width(curve);
        if across > 0 && across + needed > width {
            (across, row) = (0, row + 1);
        }
        shapes.extend(entry(curve, (left + across, top + LEGEND_LINE * row)));
        across += needed + GAP;
    }
    (shapes, LEGEND_LINE * (row + 1) + 14)
}

/// Room that names at the ends need.
pub fn width(curves: &[Curve]) -> i32 {
    let longest = curves.iter().map(entry_width).max().unwrap_or(0);
    LEADER + longest + 20
}

/// Each curve's name at its right end.
pub fn at_ends(curves: &[Curve], plot: Rect, x: &Axis, y: &Axis) -> Vec<Shape> {
    let lasts = curves.iter().filter_map(|curve| Some((curve, curve.points.last()?)));
    let end = |(curve, (step, value)): (_, &(f64, Value))| {
        ((x.within(*step), y.within(value.middle)), curve)
    };
    let mut ends: Vec<(Place, &Curve)> = lasts.map(end).collect();
    ends.sort_by_key(|((_, height), _)| *height);
    let heights: Vec<f64> = ends.iter().map(|((_, height), _)| f64::from(*height)).collect();
    let room = (f64::from(plot.top) + 16.0, f64::from(plot.bottom) - 8.0);
    let named = ends.iter().zip(apart(&heights, PITCH, room));
    named.flat_map(|((end, curve), height)| name(curve, *end, height, plot)).collect()
}

fn name(curve: &Curve, (x, y): Place, height: f64, plot: Rect) -> Vec<Shape> {
    let left = plot.right + LEADER;
    let leader = [(f64::from(x + 6), f64::from(y)), (f64::from(left - 6), height)];
    let thin = Look { width: 1, pattern: &[], ..curve.look };
    let reaches_the_end = x >= plot.right - 40;
    let mut shapes = if reaches_the_end { marks::line(thin, &leader) } else { Vec::new() };
    shapes.extend(entry(curve, (left, height.round() as i32)));
    shapes
}

/// Moves sorted positions as little as needed so that they are so far apart and within the room.
pub fn apart(positions: &[f64], pitch: f64, (first, last): (f64, f64)) -> Vec<f64> {
    let mut places: Vec<f64> = positions.to_vec();
    let mut least = first;
    for place in &mut places {
        *place = place.max(least);
        least = *place + pitch;
    }
    let mut most = last;
    for place in places.iter_mut().rev() {
        *place = place.min(most);
        most = *place - pitch;
    }
    places
}
