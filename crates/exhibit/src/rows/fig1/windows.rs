//! Whether inputs are more stable with BN depends on when one begins to look, and on how often.

use record::fig1::{ActivationRow, DriftRow, SigmoidNetwork, Window, drift};

use super::{DRIFTS, mean_drifts};
use crate::point::Point;

/// Where a window may begin.
const STARTS: [u64; 5] = [0, 1_000, 5_000, 10_000, 20_000];
/// From row to row one sees jitter, too; from far to far only drift.
const GRIDS: [u64; 3] = [250, 1_000, 2_500];

/// Of each seed the drift without BN over that with BN, over where the window begins, for each grid.
pub fn points(activations: &[ActivationRow]) -> Vec<Point> {
    let mut points = vec![Point::new("no difference", 0, "ratio", 0.0, 1.0)];
    for every in GRIDS {
        for from in STARTS {
            points.extend(ratios(&drift(activations, Window { from, every }), from, every));
        }
    }
    points
}

/// Windows of a single row have no drift, and no ratio.
fn ratios(drift: &[DriftRow], from: u64, every: u64) -> Vec<Point> {
    let drifts = mean_drifts(drift);
    let mut points = Vec::new();
    for ((network, seed), without) in &drifts {
        let with = drifts.get(&(SigmoidNetwork::WithBn, *seed));
        let Some(with) = with.filter(|_| *network == SigmoidNetwork::WithoutBn) else { continue };
        for ((name, _), (without, with)) in DRIFTS.iter().zip(without.iter().zip(with)) {
            let metric = format!("{name}, without over with BN");
            let series = format!("every {every} steps");
            let point = Point::new(series, *seed, metric, from as f64, without / with);
            points.extend((*with > 0.0).then_some(point));
        }
    }
    points
}
