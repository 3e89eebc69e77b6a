//! The folder while shards are being written: what is whole, and what is not.
//!
//! ```text
//! OUT/train-000000.tar                whole: synced before it was renamed to here
//! OUT/.unfinished/plan.json           what is being made
//! OUT/.unfinished/train-000000.json   its entry in the index: there once the shard is whole
//! OUT/.unfinished/train-000001.tar    half a shard
//! ```

use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow, bail};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::index::{FILE, Index, Plan, Shard};
use crate::photographs::folder::at;

/// The folder of what is not finished.
pub(super) const FOLDER: &str = ".unfinished";

pub(super) struct Workshop {
    out: PathBuf,
    unfinished: PathBuf,
    /// Locked until dropped.
    _lock: File,
}

impl Workshop {
    /// Whether the folder holds all shards of this plan already.
    ///
    /// # Errors
    /// If it holds other shards.
    pub(super) fn is_finished(out: &Path, plan: &Plan) -> Result<bool> {
        if !out.join(FILE).exists() {
            return Ok(false);
        }
        if Index::read(out)?.plan != *plan {
            let out = out.display();
            bail!("{out}: has shards of another source or other options; name another folder");
        }
        Ok(true)
    }

    /// Goes on with what is there of this plan, or begins anew.
    ///
    /// # Errors
    /// If the folder has files of somebody else's, or another process is at work there.
    pub(super) fn open(out: &Path, plan: &Plan) -> Result<Self> {
        let unfinished = out.join(FOLDER);
        let is_ours = unfinished.join("plan.json").exists();
        refuse_foreign(out, is_ours)?;
        fs::create_dir_all(&unfinished).map_err(|error| at(&unfinished, &error))?;
        let lock = lock(&unfinished.join("lock"))?;
        let workshop = Self { out: out.to_owned(), unfinished, _lock: lock };
        if workshop.read_json::<Plan>("plan.json").as_ref() != Some(plan) {
            workshop.clear()?;
            workshop.write_json("plan.json", plan)?;
        }
        Ok(workshop)
    }

    /// A shard's entry, if the shard is whole.
    pub(super) fn finished_shard(&self, name: &str) -> Option<Shard> {
        let shard: Shard = self.read_json(&format!("{name}.json"))?;
        let found = fs::metadata(self.out.join(&shard.file)).ok()?.len();
        (found == shard.bytes).then_some(shard)
    }

    /// Where half a shard lies.
    pub(super) fn half(&self, file: &str) -> PathBuf {
        self.unfinished.join(file)
    }

    /// Puts a shard, which has been synced, where it belongs.
    pub(super) fn keep(&self, name: &str, shard: &Shard) -> Result<()> {
        let path = self.out.join(&shard.file);
        fs::rename(self.half(&shard.file), &path).map_err(|error| at(&path, &error))?;
        sync(&self.out)?;
        self.write_json(&format!("{name}.json"), shard)
    }

    /// Writes the index, which makes the shards a data set.
    pub(super) fn finish(self, index: &Index) -> Result<()> {
        self.write_json(FILE, index)?;
        let path = self.out.join(FILE);
        fs::rename(self.unfinished.join(FILE), &path).map_err(|error| at(&path, &error))?;
        sync(&self.out)?;
        Self::clean(&self.out)
    }

    /// Removes what a finished preparation needs no more.
    pub(super) fn clean(out: &Path) -> Result<()> {
        let unfinished = out.join(FOLDER);
        match fs::remove_dir_all(&unfinished) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(at(&unfinished, &error)),
            _ => Ok(()),
        }
    }

    /// Removes all shards and all that is unfinished.
    fn clear(&self) -> Result<()> {
        let is_shard = |name: &String| Path::new(name).extension().is_some_and(|it| it == "tar");
        let whole = names(&self.out)?.into_iter().filter(is_shard).map(|name| self.out.join(name));
        let half = names(&self.unfinished)?.into_iter().filter(|name| name != "lock");
        for path in whole.chain(half.map(|name| self.unfinished.join(name))) {
            fs::remove_file(&path).map_err(|error| at(&path, &error))?;
        }
        Ok(())
    }

    fn read_json<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        serde_json::from_slice(&fs::read(self.unfinished.join(name)).ok()?).ok()
    }

    /// Either the whole file is there afterwards, or none.
    fn write_json(&self, name: &str, value: &impl Serialize) -> Result<()> {
        let path = self.unfinished.join(name);
        let half = self.unfinished.join(format!("{name}.half"));
        let write = || {
            let mut file = File::create(&half)?;
            file.write_all(&serde_json::to_vec(value)?)?;
            file.sync_all()?;
            fs::rename(&half, &path)
        };
        write().map_err(|error| at(&path, &error))?;
        sync(&self.unfinished)
    }
}

/// A folder that is not empty must be one that an earlier preparation began.
fn refuse_foreign(out: &Path, is_ours: bool) -> Result<()> {
    if is_ours || !out.exists() {
        return Ok(());
    }
    match names(out)?.into_iter().find(|name| name != FOLDER) {
        None => Ok(()),
        Some(name) => bail!("{}: not empty ({name} is there); name another folder", out.display()),
    }
}

fn names(folder: &Path) -> Result<Vec<String>> {
    let names = fs::read_dir(folder).and_then(|entries| {
        entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
    });
    names.map_err(|error| at(folder, &error))
}

fn lock(path: &Path) -> Result<File> {
    let file = File::create(path).map_err(|error| at(path, &error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            Err(anyhow!("{}: another process is preparing these shards", path.display()))
        }
        Err(TryLockError::Error(error)) => Err(at(path, &error)),
    }
}

fn sync(folder: &Path) -> Result<()> {
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(|error| at(folder, &error))
}
