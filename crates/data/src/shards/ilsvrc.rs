//! ILSVRC 2012 as it is downloaded.
//!
//! Its tars are not compressed, so a picture in a tar in a tar is a range of bytes of the outer file.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::FileExt;
use std::path::Path;

use anyhow::{Result, anyhow, bail, ensure};
use tar::Archive;

use super::devkit::Devkit;
use super::origin::{Item, Listing, Part};
use crate::plain;

/// All photographs, classes being sorted wnids.
pub(super) fn list(train: &Path, val: &Path, devkit: &Path) -> Result<Listing> {
    let devkit = Devkit::open(devkit)?;
    let classes = devkit.classes();
    let train = named(train, |tar| training(tar, &classes))?;
    let val = named(val, |tar| validation(tar, &classes, &devkit))?;
    Ok(Listing { classes, train, val })
}

/// Opens a tar, and sorts what `items` finds in it.
fn named(path: &Path, items: impl FnOnce(&File) -> Result<Vec<Item>>) -> Result<Part> {
    let name = |error: anyhow::Error| anyhow!("{}: {error}", path.display());
    let tar = plain::open(path).map_err(|error| name(error.into()))?;
    let mut items = items(&tar).map_err(name)?;
    items.sort_unstable_by(|a, b| (a.label, &a.name).cmp(&(b.label, &b.name)));
    check(&items).map_err(name)?;
    Ok(Part { path: path.to_owned(), items })
}

/// Refuses sorted pictures of which one is there twice, or is longer than any picture.
fn check(items: &[Item]) -> Result<()> {
    if let Some([twice, _]) = items.array_windows().find(|[a, b]| a.name == b.name) {
        bail!("{} is there twice", twice.name);
    }
    if let Some(long) = items.iter().find(|item| item.bytes > plain::MOST_BYTES) {
        bail!("{} has {} bytes, more than a picture has", long.name, long.bytes);
    }
    Ok(())
}

fn training(tar: &File, classes: &[String]) -> Result<Vec<Item>> {
    let mut seen = vec![false; classes.len()];
    let mut items = Vec::new();
    for class_tar in members(Window::whole(tar)?)? {
        let class = class_tar.name.strip_suffix(".tar").unwrap_or(&class_tar.name);
        let label = classes.binary_search_by(|known| known.as_str().cmp(class));
        let label = label.map_err(|_| anyhow!("the devkit has no class {class}"))?;
        seen[label] = true;
        let pictures = members(Window::of(tar, &class_tar));
        let pictures = pictures.map_err(|error| anyhow!("{}: {error}", class_tar.name))?;
        items.extend(pictures.into_iter().map(|picture| picture.item(class, label)));
    }
    match seen.iter().position(|&seen| !seen) {
        Some(missing) => Err(anyhow!("truncated: it has no {}.tar", classes[missing])),
        None => Ok(items),
    }
}

fn validation(tar: &File, classes: &[String], devkit: &Devkit) -> Result<Vec<Item>> {
    let pictures = members(Window::whole(tar)?)?;
    let (found, expected) = (pictures.len(), devkit.truth.len());
    ensure!(found == expected, "{found} pictures, but the devkit has labels of {expected}");
    let items = pictures.into_iter().map(|picture| {
        let class = devkit.class_of(&picture.name)?;
        let label = classes.binary_search_by(|known| known.as_str().cmp(class));
        let label = label.map_err(|_| anyhow!("{}: no class {class}", picture.name))?;
        Ok(picture.item(class, label))
    });
    items.collect()
}

/// A file in a tar.
struct Member {
    name: String,
    offset: u64,
    bytes: u64,
}

impl Member {
    fn item(self, class: &str, label: usize) -> Item {
        let name = format!("{class}/{}", self.name).into();
        Item { name, label: label as u32, bytes: self.bytes, offset: Some(self.offset) }
    }
}

/// The files in a tar; reads their headers only.
fn members(tar: Window) -> Result<Vec<Member>> {
    let (start, end) = (tar.start, tar.end);
    let mut archive = Archive::new(tar);
    let mut members = Vec::new();
    for entry in archive.entries_with_seek()? {
        let entry = entry.map_err(|error| anyhow!("not a tar, or damaged: {error}"))?;
        if !entry.header().entry_type().is_file() {
            continue;
        }
        let name = entry.path()?.file_name().map(|name| name.to_string_lossy().into_owned());
        let name = name.ok_or_else(|| anyhow!("a file without a name"))?;
        let (offset, bytes) = (start + entry.raw_file_position(), entry.size());
        let whole = offset.checked_add(bytes).is_some_and(|last| last <= end);
        ensure!(whole, "truncated: {name} ends beyond its end");
        members.push(Member { name, offset, bytes });
    }
    ensure!(!members.is_empty(), "no files in it");
    Ok(members)
}

/// Part of a file, as if it were one.
struct Window<'a> {
    file: &'a File,
    start: u64,
    end: u64,
    at: u64,
}

impl<'a> Window<'a> {
    fn whole(file: &'a File) -> io::Result<Self> {
        Ok(Self { file, start: 0, end: file.metadata()?.len(), at: 0 })
    }

    fn of(file: &'a File, member: &Member) -> Self {
        let (start, end) = (member.offset, member.offset + member.bytes);
        Self { file, start, end, at: start }
    }
}

impl Read for Window<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let rest = self.end.saturating_sub(self.at).min(buffer.len() as u64) as usize;
        let read = self.file.read_at(&mut buffer[..rest], self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}

impl Seek for Window<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(offset) => self.start.checked_add(offset),
            SeekFrom::Current(offset) => self.at.checked_add_signed(offset),
            SeekFrom::End(offset) => self.end.checked_add_signed(offset),
        };
        self.at = at.filter(|&at| at >= self.start).ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at - self.start)
    }
}
