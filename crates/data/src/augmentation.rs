//! The training view of a photograph: crop, mirror, photometric distortion.
//!
//! The paper takes `GoogLeNet`'s view: a patch of 8–100 % of the picture's area whose aspect ratio lies
//! between 3/4 and 4/3, resized to the network's input and mirrored at random, with photometric
//! distortions; BN networks get milder ones (§4.2.1). All draws come from the caller's stream. Keyed by
//! seed, epoch and example, it gives the same pictures whatever the number of workers; and crop and mirror
//! are drawn first, so they stay the same when [`Photometric`] changes.

use anyhow::{Result, anyhow};
use streams::Stream;

mod crop;
mod photometric;

pub use photometric::{Distortion, Photometric};

use crate::pictures::{Picture, mirror, resize_crop};

pub use crate::pictures::Crop;

/// How training pictures are made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TrainingView {
    /// Width and height of the result in pixels.
    pub side: u32,
    /// The least share of the picture's area that a crop has; `GoogLeNet`'s is 0.08. 1 takes the whole
    /// picture if its aspect ratio allows.
    pub min_area: f64,
    /// How colours are distorted.
    pub photometric: Photometric,
}

impl TrainingView {
    /// `GoogLeNet`'s crops, resized to `side` by `side` pixels.
    pub fn googlenet(side: u32, photometric: Photometric) -> Self {
        Self { side, min_area: 0.08, photometric }
    }

    /// A training picture: red, green and blue of each pixel, row-major, 3 · side² bytes.
    ///
    /// # Errors
    /// If [`Picture::rgb`] has the wrong length or [`TrainingView::side`] is 0.
    pub fn of(&self, picture: &Picture, stream: &mut Stream) -> Result<Vec<u8>> {
        self.of_rgb(picture.width, picture.height, &picture.rgb, stream)
    }

    /// The same of pixels that lie elsewhere, such as in a data set in memory.
    ///
    /// # Errors
    /// If `rgb` has not 3 · `width` · `height` bytes, or a side is 0.
    pub fn of_rgb(
        &self,
        width: u32,
        height: u32,
        rgb: &[u8],
        stream: &mut Stream,
    ) -> Result<Vec<u8>> {
        let pixels = u64::from(width) * u64::from(height);
        if pixels == 0 || self.side == 0 {
            return Err(anyhow!("no view of {width}x{height} at {0}x{0} pixels", self.side));
        }
        let crop = Crop::draw(width, height, self.min_area, stream);
        let mirrored = stream.coins(0.5, 1)[0];
        let distortion = Distortion::draw(self.photometric, stream);
        let mut view = resize_crop(width, height, rgb, crop, self.side)?;
        if mirrored {
            mirror(&mut view, self.side);
        }
        if let Some(distortion) = distortion {
            distortion.apply(&mut view);
        }
        Ok(view)
    }
}
