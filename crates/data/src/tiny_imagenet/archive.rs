//! The publisher's archive: `train/CLASS/images/*.JPEG`, `val/images/*.JPEG`, a list of the latter's classes, and one of
//! what classes are called.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, anyhow, ensure};
use zip::ZipArchive;

use super::{File, read_small};
use crate::plain;

const ROOT: &str = "tiny-imagenet-200";
/// Members of the whole are 120,609.
const MOST_MEMBERS: usize = 1_000_000;

/// Training and validation pictures, each sorted by class and name; and the list that says what classes are called, if
/// there is one. The test pictures have no classes, and are left out.
pub(super) fn files(path: &Path) -> Result<([Vec<File>; 2], String)> {
    read(path).with_context(|| format!("cannot read {}", path.display()))
}

fn read(path: &Path) -> Result<([Vec<File>; 2], String)> {
    let mut archive = ZipArchive::new(plain::open(path)?)?;
    ensure!(archive.len() <= MOST_MEMBERS, "{} members", archive.len());
    let list = read_small(archive.by_name(&format!("{ROOT}/val/val_annotations.txt"))?)?;
    let classes = classes(&String::from_utf8(list)?)?;
    let words = archive.by_name(&format!("{ROOT}/words.txt")).ok().map(read_small).transpose()?;
    let words = String::from_utf8(words.unwrap_or_default())?;
    let mut files = [const { Vec::new() }; 2];
    for member in 0..archive.len() {
        let member = archive.by_index(member)?;
        let name = member.name()?.into_owned();
        let parts: Vec<&str> = name.split('/').collect();
        let (set, class) = match parts[..] {
            [ROOT, "train", class, "images", file] if !file.is_empty() => (0, class.to_owned()),
            [ROOT, "val", "images", file] if !file.is_empty() => {
                (1, classes.get(file).with_context(|| format!("no class of {name}"))?.clone())
            }
            _ => continue,
        };
        let bytes = read_small(member).map_err(|error| anyhow!("{name}: {error}"))?;
        files[set].push(File { class, name, bytes });
    }
    for set in &mut files {
        set.sort_by(|a, b| (&a.class, &a.name).cmp(&(&b.class, &b.name)));
    }
    Ok((files, words))
}

/// File and class stand in the first two columns of each line.
fn classes(list: &str) -> Result<BTreeMap<String, String>> {
    let class = |line: &str| {
        let mut columns = line.split('\t');
        let (file, class) = (columns.next()?, columns.next()?);
        Some((file.to_owned(), class.to_owned()))
    };
    let entry =
        |line| class(line).with_context(|| format!("val_annotations.txt: no class in '{line}'"));
    list.lines().map(entry).collect()
}
