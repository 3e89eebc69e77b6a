//! Labelled images of one set, in memory.

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

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }
}
