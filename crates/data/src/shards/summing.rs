//! SHA-256 on the way.

use std::io::{self, Write};

use sha2::{Digest, Sha256};

/// Counts and sums what is written.
pub(super) struct Summing<W> {
    inner: W,
    sum: Sha256,
    bytes: u64,
}

impl<W> Summing<W> {
    pub(super) fn new(inner: W) -> Self {
        Self { inner, sum: Sha256::new(), bytes: 0 }
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The writer, and the sum in hexadecimal digits.
    pub(super) fn finish(self) -> (W, String) {
        (self.inner, hex::encode(self.sum.finalize()))
    }
}

impl<W: Write> Write for Summing<W> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(buffer)?;
        self.sum.update(&buffer[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}
