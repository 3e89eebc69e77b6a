//! Where training looks.

use streams::Stream;

use crate::pictures::Crop;

/// Least and greatest width per height of a crop.
const ASPECTS: (f64, f64) = (3.0 / 4.0, 4.0 / 3.0);

impl Crop {
    /// Draws a crop of a picture of `width` by `height` pixels, each at least 1.
    ///
    /// Its share of the area is uniform over `min_area` to 1. Its aspect ratio is log-uniform over 3/4 to
    /// 4/3, so that wide and tall ones are equally likely; the position is uniform. If 10 tries do not fit
    /// into the picture, the largest crop of an allowed aspect ratio is taken from the centre.
    pub fn draw(width: u32, height: u32, min_area: f64, stream: &mut Stream) -> Self {
        let fitting = (0..10).find_map(|_| Self::attempt(width, height, min_area, stream));
        fitting.unwrap_or_else(|| Self::centre(width, height))
    }

    fn attempt(width: u32, height: u32, min_area: f64, stream: &mut Stream) -> Option<Self> {
        let share = stream.uniform(min_area, 1.0);
        let aspect = stream.uniform(ASPECTS.0.ln(), ASPECTS.1.ln()).exp();
        let area = share * f64::from(width) * f64::from(height);
        let wide = ((area * aspect).sqrt().round() as u32).max(1);
        let high = ((area / aspect).sqrt().round() as u32).max(1);
        if wide > width || high > height {
            return None;
        }
        let mut offset = |room: u32| stream.uniform(0.0, f64::from(room) + 1.0) as u32;
        let (left, top) = (offset(width - wide), offset(height - high));
        Some(Self { left, top, width: wide, height: high })
    }

    fn centre(width: u32, height: u32) -> Self {
        let widest = (f64::from(height) * ASPECTS.1).round() as u32;
        let highest = (f64::from(width) / ASPECTS.0).round() as u32;
        let (wide, high) = (width.min(widest.max(1)), height.min(highest.max(1)));
        Self { left: (width - wide) / 2, top: (height - high) / 2, width: wide, height: high }
    }
}
