//! The IDX format: a header of big-endian sizes, then unsigned bytes.
//!
//! ```text
//! 0 0 | type 8 | d | size 1 | … | size d | bytes, row-major
//! ```

/// An array of unsigned bytes that borrows the file's content: reading it allocates nothing but the
/// shape, whatever the header claims.
#[derive(Debug, PartialEq)]
pub struct Idx<'a> {
    /// Sizes of the dimensions, outermost first; at most 255 of them.
    pub shape: Vec<usize>,
    /// The elements, row-major.
    pub elements: &'a [u8],
}

/// What is wrong with bytes that should be IDX.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdxError {
    /// The file ends inside the header.
    #[error("truncated: expected a header of {expected} bytes, found {found} bytes in all")]
    ShortHeader {
        /// Length of the header.
        expected: usize,
        /// Length of the file.
        found: usize,
    },
    /// The first three bytes are not those of an array of unsigned bytes.
    #[error(
        "not an IDX file of unsigned bytes: expected it to begin with 00 00 08, found {0:02x?}"
    )]
    Foreign([u8; 3]),
    /// The header's sizes and the file's length disagree.
    #[error("damaged: shape {shape:?} needs {expected} bytes after the header, found {found}")]
    Length {
        /// The shape in the header.
        shape: Vec<usize>,
        /// The product of its sizes; saturates.
        expected: usize,
        /// How many bytes follow the header.
        found: usize,
    },
}

impl<'a> Idx<'a> {
    /// Reads a whole file.
    ///
    /// # Errors
    /// Any bytes are accepted, and those that are not IDX are refused; never panics.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, IdxError> {
        let short = |expected| IdxError::ShortHeader { expected, found: bytes.len() };
        let (&[zero, zero2, kind, dimensions], rest) =
            bytes.split_first_chunk::<4>().ok_or(short(4))?;
        if [zero, zero2, kind] != [0, 0, 8] {
            return Err(IdxError::Foreign([zero, zero2, kind]));
        }
        let header = 4 * usize::from(dimensions);
        let (sizes, elements) = rest.split_at_checked(header).ok_or(short(4 + header))?;
        let shape: Vec<usize> = sizes
            .as_chunks::<4>()
            .0
            .iter()
            .map(|&size| u32::from_be_bytes(size) as usize)
            .collect();
        let expected = shape.iter().copied().fold(1, usize::saturating_mul);
        if expected != elements.len() {
            return Err(IdxError::Length { shape, expected, found: elements.len() });
        }
        Ok(Self { shape, elements })
    }
}
