//! Labelled images of one set, in memory.

use std::collections::BTreeSet;

/// Images of one size, and the class of each.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Images {
    /// 0–255; one image after the other, each row-major: a grey value for each pixel, or red, green and
    /// blue.
    pub pixels: Vec<u8>,
    /// The class of each image.
    pub labels: Vec<u8>,
}

impl Images {
    /// How many images there are.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Two sets: the images at these places, in the order of the set, and all others.
    pub fn split(&self, places: &BTreeSet<usize>) -> (Self, Self) {
        let (mut these, mut others) = (Self::default(), Self::default());
        let size = self.pixels.len().checked_div(self.len()).unwrap_or(0).max(1);
        for (place, pixels) in self.pixels.chunks_exact(size).enumerate() {
            let set = if places.contains(&place) { &mut these } else { &mut others };
            set.pixels.extend_from_slice(pixels);
            set.labels.push(self.labels[place]);
        }
        (these, others)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }
}
