//! Locks: a run is shared by any number of processes, each of its jobs has one at a time.
//!
//! They are the kernel's (`flock`), which no dead process keeps: on one machine they are free at once, on NFS 4 when
//! the server's lease of the dead client has ended, after a minute or two.

use std::fs::{File, Metadata, TryLockError};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use anyhow::{Context, Result};

/// A locked file. Unlocked when dropped: closing it is not enough while a child process that is being started has it, too.
pub struct Lock(File);

impl Drop for Lock {
    fn drop(&mut self) {
        let _ = self.0.unlock(); // closing it will do, a moment later
    }
}

impl Lock {
    /// Waits until nobody has it alone.
    pub fn shared(path: &Path) -> Result<Self> {
        let file = create(path)?;
        file.lock_shared().with_context(|| cannot(path))?;
        Ok(Self(file))
    }

    /// Waits until nobody has it.
    pub fn alone(path: &Path) -> Result<Self> {
        let file = create(path)?;
        file.lock().with_context(|| cannot(path))?;
        Ok(Self(file))
    }

    /// Alone, if nobody has it.
    pub fn try_alone(path: &Path) -> Result<Option<Self>> {
        let file = create(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error).with_context(|| cannot(path)),
        }
    }

    /// Whether the file is still there, and not another one in its place.
    pub fn is_at(&self, path: &Path) -> bool {
        let place = |metadata: io::Result<Metadata>| metadata.ok().map(|m| (m.dev(), m.ino()));
        place(self.0.metadata()).is_some_and(|own| Some(own) == place(path.metadata()))
    }
}

fn create(path: &Path) -> Result<File> {
    File::create(path).with_context(|| format!("cannot write {}", path.display()))
}

fn cannot(path: &Path) -> String {
    format!(
        "cannot lock {}: the file system must have locks (NFS 4 has; Lustre if it is mounted with 'flock')",
        path.display()
    )
}
