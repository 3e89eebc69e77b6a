//! Files out of a gzipped tar archive, as a stream and in memory: nothing is written where it says.

use std::io::Read;

use flate2::read::GzDecoder;

use super::AnyError;
use crate::original::read_at_most;

/// The longest file that is taken out of an archive; those wanted have 31 MB at most.
const MEMBER_LIMIT: u64 = 64 << 20;
/// How much of an unzipped archive is read; those wanted have 185 MB.
const ARCHIVE_LIMIT: u64 = 512 << 20;

/// Hands the files of the paths `wanted` to `take`, in the archive's order, each with its place in
/// `wanted`; reads no further than the last of them.
///
/// # Errors
/// If the archive is damaged or ends before all are found, which names the first that is not there; or
/// whatever `take` said.
pub fn members(
    tgz: impl Read,
    wanted: &[String],
    mut take: impl FnMut(usize, Vec<u8>) -> Result<(), AnyError>,
) -> Result<(), AnyError> {
    let mut archive = tar::Archive::new(GzDecoder::new(tgz).take(ARCHIVE_LIMIT));
    let mut entries = archive.entries()?;
    let mut taken = vec![false; wanted.len()];
    while let Some(missing) = taken.iter().position(|taken| !taken) {
        let nothing = || format!("expected {} in the archive, found no such file", wanted[missing]);
        let entry = entries.next().ok_or_else(nothing)??;
        let place = wanted.iter().position(|path| path.as_bytes() == &*entry.path_bytes());
        if let Some(place) = place {
            take(place, read_at_most(entry, MEMBER_LIMIT)?)?;
            taken[place] = true;
        }
    }
    Ok(())
}
