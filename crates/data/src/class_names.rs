//! What classes are called. `ImageNet`'s are numbers of `WordNet`, `n01440764`; lists that come with the data have the
//! words, and are not copied here but for Imagenette's ten.

use std::collections::HashMap;
use std::path::Path;

use anyhow::{Context, Result};

use crate::photographs::folder::at;
use crate::plain;

/// Lists that lie beside pictures: of ILSVRC 2012, and of Tiny `ImageNet`.
const LISTS: [&str; 2] = ["LOC_synset_mapping.txt", "words.txt"];

/// Imagenette's classes, as its publisher calls them.
const IMAGENETTE: &str = "\
n01440764 tench
n02102040 English springer
n02979186 cassette player
n03000684 chain saw
n03028079 church
n03394916 French horn
n03417042 garbage truck
n03425413 gas pump
n03445777 golf ball
n03888257 parachute";

/// The names of a folder's classes: by the list that lies there, or else by Imagenette's. A class without words keeps its
/// number.
///
/// # Errors
/// Names the list that cannot be read.
pub fn of_folder(root: &Path, classes: &[String]) -> Result<Vec<String>> {
    let list = LISTS.map(|name| root.join(name)).into_iter().find(|path| path.exists());
    let list = list.map(|path| text(&path)).transpose()?;
    Ok(by_list(list.as_deref().unwrap_or(IMAGENETTE), classes))
}

/// The names of these classes by a list with a line for each: number and words.
pub(crate) fn by_list(list: &str, classes: &[String]) -> Vec<String> {
    let names: HashMap<&str, String> = list.lines().filter_map(numbered).collect();
    classes.iter().map(|class| names.get(class.as_str()).unwrap_or(class).clone()).collect()
}

/// All names of a list with a line for each class, in their order.
///
/// # Errors
/// Names the list if it cannot be read.
pub fn of_list(path: &Path) -> Result<Vec<String>> {
    let name = |line: &str| numbered(line).map_or(line.trim().to_owned(), |(_, name)| name);
    Ok(text(path)?.lines().map(name).filter(|name| !name.is_empty()).collect())
}

/// `n01440764 tench, Tinca tinca` is n01440764, and called `tench (n01440764)`: some words are those of two classes.
fn numbered(line: &str) -> Option<(&str, String)> {
    let (number, words) = line.split_once([' ', '\t'])?;
    let digits = number.strip_prefix('n')?;
    let is_number = digits.len() == 8 && digits.bytes().all(|digit| digit.is_ascii_digit());
    let first = words.split(',').next()?.trim();
    is_number.then(|| (number, format!("{first} ({number})")))
}

fn text(path: &Path) -> Result<String> {
    let bytes = plain::read(path).map_err(|error| at(path, &error))?;
    String::from_utf8(bytes).with_context(|| path.display().to_string())
}
