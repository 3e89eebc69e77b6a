//! Folders of photographs: `SPLIT/CLASS/FILE`.

use std::ffi::OsStr;
use std::fmt;
use std::fs::{self, DirEntry};
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow, ensure};

use crate::plain;

/// Which part of a data set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Split {
    /// What networks learn from.
    Training,
    /// What they are judged by.
    Validation,
}

impl Split {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Training, Self::Validation];

    /// The name of its folder and the beginning of its shards' names: `train` or `val`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Training => "train",
            Self::Validation => "val",
        }
    }
}

impl fmt::Display for Split {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// One split. Class and file name rather than paths, because `ImageNet` has 1.3 million.
pub(crate) struct Folder {
    /// ROOT/SPLIT.
    path: PathBuf,
    classes: Vec<String>,
    files: Vec<(u32, Box<str>)>,
}

impl Folder {
    /// Lists all files of these classes.
    pub(crate) fn open(root: &Path, split: Split, classes: &[String]) -> Result<Self> {
        let path = root.join(split.name());
        let mut files = Vec::new();
        for (label, class) in classes.iter().enumerate() {
            let names = pictures(&path.join(class))?;
            files.extend(names.into_iter().map(|name| (label as u32, name.into_boxed_str())));
        }
        Ok(Self { path, classes: classes.to_vec(), files })
    }

    pub(crate) fn len(&self) -> usize {
        self.files.len()
    }

    pub(crate) fn label(&self, example: usize) -> usize {
        self.files[example].0 as usize
    }

    /// `CLASS/FILE`.
    pub(crate) fn name(&self, example: usize) -> String {
        format!("{}/{}", self.classes[self.label(example)], self.files[example].1)
    }

    pub(crate) fn path(&self, example: usize) -> PathBuf {
        self.path.join(self.name(example))
    }

    pub(crate) fn bytes(&self, example: usize) -> Result<Vec<u8>> {
        let path = self.path(example);
        plain::read(&path).map_err(|error| at(&path, &error))
    }
}

/// The classes of a data set, sorted; those of training and validation must be the same.
pub(crate) fn classes(root: &Path) -> Result<Vec<String>> {
    let [training, validation] = Split::ALL.map(|split| root.join(split.name()));
    let classes = classes_of(root, Split::Training)?;
    let found = classes_of(root, Split::Validation)?;
    let only_in = |class: &String, folder: &Path, other: &Path| {
        anyhow!("{}: class {class} is not in {}", folder.display(), other.display())
    };
    if let Some(class) = classes.iter().find(|class| found.binary_search(class).is_err()) {
        return Err(only_in(class, &training, &validation));
    }
    if let Some(class) = found.iter().find(|class| classes.binary_search(class).is_err()) {
        return Err(only_in(class, &validation, &training));
    }
    Ok(classes)
}

/// The classes of one split, sorted.
pub(crate) fn classes_of(root: &Path, split: Split) -> Result<Vec<String>> {
    let folder = &root.join(split.name());
    let names = sorted_names(folder, |entry| Ok(fs::metadata(entry.path())?.is_dir()))?;
    ensure!(!names.is_empty(), "{}: no folders of classes in it", folder.display());
    Ok(names)
}

fn pictures(folder: &Path) -> Result<Vec<String>> {
    let extensions = ["jpeg", "jpg", "png"];
    let is_picture = |entry: &DirEntry| {
        let extension = Path::new(&entry.file_name()).extension().map(OsStr::to_ascii_lowercase);
        Ok(extension.is_some_and(|it| extensions.iter().any(|&known| it == known)))
    };
    let names = sorted_names(folder, is_picture)?;
    ensure!(!names.is_empty(), "{}: no .JPEG, .jpg, .jpeg or .png in it", folder.display());
    Ok(names)
}

/// Hidden ones are passed over.
fn sorted_names(
    folder: &Path,
    wanted: impl Fn(&DirEntry) -> io::Result<bool>,
) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| at(folder, &error))? {
        let entry = entry.map_err(|error| at(folder, &error))?;
        let hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        if hidden || !wanted(&entry).map_err(|error| at(&entry.path(), &error))? {
            continue;
        }
        let name = entry.file_name().into_string();
        let name =
            name.map_err(|_| anyhow!("{}: its name is not UTF-8", entry.path().display()))?;
        names.push(name);
    }
    names.sort_unstable();
    Ok(names)
}

/// An error in one line that begins with the path.
pub(crate) fn at(path: &Path, error: &io::Error) -> anyhow::Error {
    anyhow!("{}: {error}", path.display())
}
