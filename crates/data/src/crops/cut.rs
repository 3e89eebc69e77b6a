//! The crops' pixels.

use anyhow::Result;

use super::{CropPlan, Rectangle, SHORTER_SIDES, Site};
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
            let of_size = |site: &Site| site.size == number;
            if !self.sites.iter().any(of_size) {
                continue;
            }
            let resized = picture.resize_shorter_side(super::shorter_side(number, self.side))?;
            for (place, site) in self.sites.iter().enumerate().filter(|(_, site)| of_size(site)) {
                let (before, crop) = crops.split_at_mut(place * bytes);
                let crop = &mut crop[..bytes];
                if self.is_twin_of_the_one_before(place) {
                    crop.copy_from_slice(&before[before.len() - bytes..]);
                    mirror(crop, self.side);
                } else {
                    crop.copy_from_slice(
                        &self.of_resized(&resized, site.rectangle(size, self.side))?,
                    );
                }
            }
        }
        Ok(crops)
    }

    /// Whether a crop is the mirror image of the one that was made before it.
    fn is_twin_of_the_one_before(&self, place: usize) -> bool {
        let site = self.sites[place];
        site.is_mirrored
            && place > 0
            && self.sites[place - 1] == Site { is_mirrored: false, ..site }
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
