//! The crops' pixels.

use anyhow::Result;

use super::{CropPlan, Rectangle, SHORTER_SIDES};
use crate::Picture;
use crate::augmentation::Crop;
use crate::pictures::{mirror, resize_crop};

impl CropPlan {
    /// All crops of a picture, one after the other: interleaved RGB, row-major, 3 · side² bytes each. The
    /// picture is resized once for each size; one smaller than the network's view is enlarged.
    ///
    /// # Errors
    /// If [`Picture::rgb`] has the wrong length, or a resized picture would have too many pixels.
    pub fn cut(&self, picture: &Picture) -> Result<Vec<u8>> {
        let bytes = 3 * (self.side as usize).pow(2);
        let mut crops = vec![0; bytes * self.sites.len()];
        let size = (picture.width, picture.height);
        for number in 0..SHORTER_SIDES.len() {
            let of_size = |site: &super::Site| site.size == number;
            if !self.sites.iter().any(of_size) {
                continue;
            }
            let resized = picture.resize_shorter_side(super::shorter_side(number, self.side))?;
            for (site, crop) in self.sites.iter().zip(crops.chunks_exact_mut(bytes)) {
                if of_size(site) {
                    crop.copy_from_slice(
                        &self.of_resized(&resized, site.rectangle(size, self.side))?,
                    );
                }
            }
        }
        Ok(crops)
    }

    fn of_resized(&self, resized: &Picture, rectangle: Rectangle) -> Result<Vec<u8>> {
        let Rectangle { left, top, side, is_mirrored, .. } = rectangle;
        let mut crop = if side == self.side {
            resized.cut(left, top, side)
        } else {
            let crop = Crop { left, top, width: side, height: side };
            resize_crop(resized.width, resized.height, &resized.rgb, crop, self.side)?
        };
        if is_mirrored {
            mirror(&mut crop, self.side);
        }
        Ok(crop)
    }
}
