//! Whether a JPEG has the whole of its picture. The decoder, even if strict, takes what is missing for grey: it reads
//! zeros, which are codes like others, beyond the end of a scan that was cut.

use std::collections::BTreeMap;

use anyhow::{Result, anyhow, ensure};

/// Ones, as a scan has them (a byte ff is followed by 00). No code of a JPEG is all ones (T.81, annex C), so a decoder
/// that reads on beyond its data stops at the first of them. More than one, because a refinement's bits are no codes.
const ONES: [[u8; 2]; 512] = [[0xff, 0]; 512];

/// The file up to its end-of-image marker, with ones before that: to decode a whole picture, they are never read.
///
/// # Errors
/// If there is no such marker, or a scan is missing before it.
pub(super) fn with_ones_at_the_end(jpeg: &[u8]) -> Result<Vec<u8>> {
    let (end, scans) = last_marker(jpeg)
        .ok_or_else(|| anyhow!("truncated JPEG: it has no end-of-image marker"))?;
    ensure!(scans.are_all_there(), "truncated JPEG: scans are missing");
    Ok([&jpeg[..end], ONES.as_flattened(), &[0xff, 0xd9]].concat())
}

/// Where the end-of-image marker is, and the scans before it. Segments are stepped over, because they may hold a
/// thumbnail with such a marker of its own; within a scan, 0xff is followed by 0 or is a marker.
fn last_marker(jpeg: &[u8]) -> Option<(usize, Scans)> {
    let mut scans = Scans::default();
    let mut at = 0;
    loop {
        let rest = jpeg.get(at..)?;
        at += match *rest {
            [0xff, 0xd9, ..] => return Some((at, scans)),
            [0xff, 0xff, ..] => 1,
            [0xff, 0x00 | 0x01 | 0xd0..=0xd8, ..] => 2,
            [0xff, marker, high, low, ..] => {
                let length = 2 + usize::from(u16::from_be_bytes([high, low]));
                scans.note(marker, rest.get(4..length).unwrap_or_default());
                length
            }
            _ => 1 + rest.iter().skip(1).position(|&byte| byte == 0xff)?,
        };
    }
}

/// What the scans of a frame have brought.
#[derive(Default)]
struct Scans {
    is_progressive: bool,
    /// How many low bits of each coefficient of each component are still missing; at first, all.
    missing: BTreeMap<u8, [u8; 64]>,
}

impl Scans {
    /// A frame names the components; a scan names some of them and, if progressive, a range of coefficients and the
    /// lowest bit of theirs that it has.
    fn note(&mut self, marker: u8, segment: &[u8]) {
        match (marker, segment) {
            (0xc0..=0xc2, [_, _, _, _, _, _, components @ ..]) => {
                self.is_progressive = marker == 0xc2;
                self.missing = components.chunks(3).map(|it| (it[0], [u8::MAX; 64])).collect();
            }
            (0xda, [count, rest @ ..]) => {
                let (components, range) = rest.split_at((2 * usize::from(*count)).min(rest.len()));
                components.chunks(2).for_each(|component| self.bring(component[0], range));
            }
            _ => {}
        }
    }

    fn bring(&mut self, component: u8, range: &[u8]) {
        let Some(missing) = self.missing.get_mut(&component) else { return };
        let (coefficients, lowest) = match *range {
            [first, last, bits] if self.is_progressive => (first.into()..=last.into(), bits & 0xf),
            _ => (0..=63, 0),
        };
        missing.get_mut(coefficients).unwrap_or_default().fill(lowest);
    }

    fn are_all_there(&self) -> bool {
        self.missing.values().flatten().all(|&bits| bits == 0)
    }
}
