//! Panels of curves over an axis, in pixels.
//!
//! - [`axis`]: values to pixels;
//! - [`marks`]: marks, dashes, lines;
//! - [`panel`]: a title, axes, curves with intervals, and their names;
//! - [`differences`]: a panel of numbers with intervals around 0.

pub mod axis;
pub mod differences;
pub mod marks;
pub mod panel;

pub use axis::Axis;
pub use differences::Differences;
pub use panel::{Curve, Intervals, Naming, Panel, Ticks, Value};
