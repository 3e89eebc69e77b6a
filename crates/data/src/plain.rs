//! Plain files: a program would wait for a pipe in a file's place, and not come to the end of a device.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

/// The longest file that is read as a whole: above any photograph and any index.
pub(crate) const MOST_BYTES: u64 = 1 << 29;

/// Its length; an error if it is not a plain file, or a link to one.
pub(crate) fn length(path: &Path) -> io::Result<u64> {
    let metadata = fs::metadata(path)?;
    if metadata.is_file() { Ok(metadata.len()) } else { Err(io::Error::other("not a plain file")) }
}

/// Opens it.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    length(path)?;
    File::open(path)
}

/// Reads it whole, which must be [`MOST_BYTES`] at most.
pub(crate) fn read(path: &Path) -> io::Result<Vec<u8>> {
    let bytes = length(path)?;
    if bytes > MOST_BYTES {
        return Err(io::Error::other(format!("{bytes} bytes are more than such a file has")));
    }
    let mut content = Vec::with_capacity(bytes as usize + 1);
    File::open(path)?.take(MOST_BYTES).read_to_end(&mut content)?;
    Ok(content)
}
