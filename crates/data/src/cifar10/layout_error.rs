//! What is wrong with bytes that should hold CIFAR-10.

/// What is wrong with bytes that should hold CIFAR-10.
#[derive(Debug, thiserror::Error)]
pub enum LayoutError {
    /// The file ends inside an image.
    #[error("truncated: expected images of {expected} bytes each, found {found} bytes in all")]
    Length {
        /// Bytes of an image.
        expected: usize,
        /// Length of the file.
        found: usize,
    },
    /// There is no such class.
    #[error("damaged: expected labels from 0 to 9, found {found} at image {image}")]
    Label {
        /// The image's place in the file.
        image: usize,
        /// Its label.
        found: u8,
    },
    /// The picture has another size or other colours.
    #[error("another picture: expected {expected}, found {found}")]
    Picture {
        /// Size and colours of the picture that belongs there.
        expected: String,
        /// The same of what is there.
        found: String,
    },
    /// Not a PNG, or a damaged or truncated one.
    #[error("expected a PNG, found something else or half of one: {0}")]
    Png(#[from] image::ImageError),
    /// Not a list of labels.
    #[error("expected a JSON list of labels, found something else: {0}")]
    Json(#[from] serde_json::Error),
}
