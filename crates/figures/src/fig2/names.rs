//! The curves' names, beside their right ends.

use super::panel::{PLOT, Panel};
use super::series::Curve;
use crate::plot::marks;
use crate::shapes::{Shape, text_from};
use crate::style::{self, CAPTION_SIZE, NetworkLook};

/// Where the names begin.
const NAMES: i32 = 1990;
/// The least distance of two names.
const PITCH: f64 = 46.0;

impl Panel<'_> {
    /// Each curve's name at its right end, with a piece of the curve.
    pub(super) fn names(&self) -> Vec<Shape> {
        let mut ends: Vec<(f64, &Curve)> = self
            .curves
            .iter()
            .filter_map(|curve| Some((self.y.at(curve.last_accuracy()?), curve)))
            .collect();
        ends.sort_by(|a, b| a.0.total_cmp(&b.0));
        let room = (f64::from(PLOT.top) + 16.0, f64::from(PLOT.bottom) - 8.0);
        let places = apart(&ends.iter().map(|(y, _)| *y).collect::<Vec<_>>(), PITCH, room);
        let named = ends.into_iter().zip(places);
        named.flat_map(|((end, curve), y)| self.name(curve, end, y)).collect()
    }

    fn name(&self, curve: &Curve, end: f64, y: f64) -> Vec<Shape> {
        let look = style::of_single_network(curve.network);
        let at_end = curve.bands.last().is_some_and(|band| self.x.within(band.step) == PLOT.right);
        let (left, right) = (f64::from(NAMES), f64::from(NAMES + 84));
        let leader = [(f64::from(PLOT.right + 4), end), (left - 6.0, y)];
        let thin = NetworkLook { width: 1, pattern: &[], ..look };
        let mut shapes = if at_end { marks::line(thin, &leader) } else { Vec::new() };
        shapes.extend(marks::line(look, &[(left, y), (right, y)]));
        let row = y.round() as i32;
        shapes.extend(marks::mark(look, (NAMES + 42, row), 9.0, false));
        shapes.push(text_from(curve.network.name(), (NAMES + 98, row), CAPTION_SIZE + 1));
        shapes
    }
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
