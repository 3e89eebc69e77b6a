//! The facts of a run, as `manifest.json` beside its rows.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use anyhow::{Context, Result};
use jiff::Timestamp;
use recipe::RunRecipe;
use serde::{Deserialize, Serialize};

use crate::file::{row_files, sha256, write_atomically};
use crate::repository;
use crate::scale::Scale;

/// Name of the file in a run's folder.
pub const FILE: &str = "manifest.json";

/// Everything one needs to know to trust or to repeat a finished run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// Which exhibit, for instance `fig1`.
    pub artefact: String,
    /// Scale of the run.
    pub scale: Scale,
    /// Every setting the result depends on.
    pub recipe: RunRecipe,
    /// The seeds.
    pub seeds: Vec<u64>,
    /// When the work was started, and each time it was taken up again after an interruption.
    pub starts: Vec<Start>,
    /// When the last row was written.
    pub ended: Timestamp,
    /// Seconds from the first start to the end; pauses of an interrupted run count.
    pub wall_time_s: f64,
    /// The machine; of several, that which finished the run.
    pub host: Host,
    /// Who did which job, if several machines, devices or versions shared them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub workers: Vec<Worker>,
    /// Versions of the crates and libraries that did the arithmetic.
    pub versions: BTreeMap<String, String>,
    /// Sums of the data files.
    pub data_sha256: BTreeMap<String, String>,
    /// What was corrected here after the run, and why; the rows are never touched.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub amendments: Vec<String>,
    /// Sums of the CSV files beside this one.
    pub outputs_sha256: BTreeMap<String, String>,
}

/// One time the program was started for a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Start {
    /// When.
    pub time: Timestamp,
    /// The command line, without the folders of absolute paths.
    pub command: String,
    /// The commit that was checked out; empty outside a git repository.
    pub git_commit: Option<String>,
    /// Whether the tracked files were those of the commit, all but what programs write (rows, pictures, pages).
    pub git_tree_clean: Option<bool>,
}

/// Who did a job, or a part of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Worker {
    /// The job.
    pub job: String,
    /// The machine's name.
    pub machine: String,
    /// Its processor's; empty where it was not noted yet.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub processor: String,
    /// `cpu` or `cuda:N`.
    pub device: String,
    /// The commit that was checked out; empty outside a git repository.
    pub git_commit: Option<String>,
}

impl Worker {
    /// This process, at this job.
    pub fn this(job: &str, device: &str) -> Self {
        let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
        Self {
            job: job.to_owned(),
            machine: name.trim().to_owned(),
            processor: processor(),
            device: device.to_owned(),
            git_commit: commit(),
        }
    }
}

/// The machine that did the work.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Host {
    /// The processor's name.
    pub processor: String,
    /// Its cores, as far as this process may use them.
    pub cores: usize,
    /// Trainings side by side.
    pub jobs: usize,
    /// libtorch threads of each.
    pub threads_per_job: usize,
    /// `cpu` or `cuda:N`.
    pub device: String,
}

impl Start {
    /// This program, now.
    pub fn now() -> Self {
        Self {
            time: Timestamp::now(),
            command: command_line(),
            git_commit: commit(),
            git_tree_clean: git(&[
                ["status", "--porcelain", "--untracked-files=no", "--"].as_slice(),
                &SOURCES,
            ]
            .concat())
            .map(|changes| changes.is_empty()),
        }
    }
}

/// The whole tree but what programs write: rows, pictures, the report, and the pages they are spliced into.
const SOURCES: [&str; 5] =
    [".", ":(exclude)results", ":(exclude)figures", ":(exclude)report", ":(exclude)*.md"];

fn command_line() -> String {
    without_folders(std::env::args())
}

/// A command line whose program, files and folders have lost the way to them, which is nobody else's:
/// `fig2 --data imagenette`.
pub fn without_folders(mut words: impl Iterator<Item = String>) -> String {
    let last = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
    let name = |path: &str| {
        let absolute = Some(Path::new(path)).filter(|path| path.is_absolute());
        absolute.and_then(last).unwrap_or_else(|| path.to_owned())
    };
    let names = |list: &str| list.split(',').map(name).collect::<Vec<_>>().join(",");
    let word = |word: String| word.split('=').map(names).collect::<Vec<_>>().join("=");
    let program = words.next().and_then(|program| last(Path::new(&program)));
    program.into_iter().chain(words.map(word)).collect::<Vec<_>>().join(" ")
}

/// The commit that was checked out when this process first asked: what is committed while it works is not in it.
fn commit() -> Option<String> {
    static COMMIT: OnceLock<Option<String>> = OnceLock::new();
    COMMIT.get_or_init(|| git(&["rev-parse", "HEAD"])).clone()
}

fn git(arguments: &[&str]) -> Option<String> {
    git_in(&repository(), arguments)
}

/// What git says of a folder. It takes no lock: one that a killed process leaves behind would be in the way of
/// the user's own commands.
pub fn git_in(folder: &Path, arguments: &[&str]) -> Option<String> {
    let mut git = Command::new("git");
    git.arg("--no-optional-locks").arg("-C").arg(folder).args(arguments);
    let output = git.output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The name that the processor has for itself.
fn processor() -> String {
    let mut system = sysinfo::System::new();
    system.refresh_cpu_all();
    system.cpus().first().map(|cpu| cpu.brand().trim().to_owned()).unwrap_or_default()
}

impl Host {
    /// This machine.
    pub fn this(jobs: usize, threads_per_job: usize, device: String) -> Self {
        Self {
            processor: processor(),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            jobs,
            threads_per_job,
            device,
        }
    }
}

impl Manifest {
    /// In Markdown, its command as code, and else as the file has it: `` `fig2` at commit fc8a1a2d20 in 7159 s on Intel(R) Xeon(R) Processor (2 jobs)``.
    pub fn provenance(&self) -> String {
        let start = self.starts.first();
        let commit = start.and_then(|start| start.git_commit.as_deref()).unwrap_or("unknown");
        let commit: String = commit.chars().take(10).collect();
        let pauses = if self.starts.len() > 1 { ", pauses included," } else { "" };
        format!(
            "`{}` at commit {} in {:.0} s{pauses} on {} ({} jobs)",
            start.map_or(String::new(), |start| start.command.replace('`', "'")),
            commit,
            self.wall_time_s,
            self.processors(),
            self.host.jobs,
        )
    }

    /// Those that shared the run, where it was noted; else that which finished it.
    fn processors(&self) -> String {
        let of_workers = self.workers.iter().map(|worker| worker.processor.as_str());
        let names: BTreeSet<&str> = of_workers.filter(|name| !name.is_empty()).collect();
        if names.is_empty() {
            return self.host.processor.clone();
        }
        names.into_iter().collect::<Vec<_>>().join(" and ")
    }

    /// Reads the manifest of a finished run.
    ///
    /// # Errors
    /// Names the file if it is missing or not a manifest.
    pub fn read(run: &Path) -> Result<Self> {
        let path = run.join(FILE);
        let inner = || -> Result<Self> { Ok(serde_json::from_slice(&std::fs::read(&path)?)?) };
        inner().with_context(|| format!("cannot read {}", path.display()))
    }

    /// Writes it into the run's folder.
    ///
    /// # Errors
    /// Names the file if it cannot be written.
    pub fn write(&self, run: &Path) -> Result<()> {
        write_atomically(&run.join(FILE), |file| {
            serde_json::to_writer_pretty(&mut *file, self)?;
            Ok(std::io::Write::write_all(file, b"\n")?)
        })
    }

    /// Checks that the files beside the manifest are those the run wrote, and that no rows are there besides.
    ///
    /// # Errors
    /// Names the first file that is missing, was changed since, or is none of the run's.
    pub fn check_outputs(&self, run: &Path) -> Result<()> {
        for name in row_files(run)? {
            let path = run.join(&name);
            let is_known = self.outputs_sha256.contains_key(&name);
            anyhow::ensure!(
                is_known,
                "{} has no sum in {FILE}: its run did not write it",
                path.display()
            );
        }
        for (name, expected) in &self.outputs_sha256 {
            let path = run.join(name);
            let is_beside = Path::new(name).file_name().is_some_and(|plain| plain == name.as_str());
            anyhow::ensure!(is_beside, "{} is no file beside {FILE}", path.display());
            let found = sha256(&path)?;
            anyhow::ensure!(
                found == *expected,
                "{} is not the file its run wrote: expected SHA-256 {expected}, found {found}; \
                 restore it, or run the experiment again",
                path.display()
            );
        }
        Ok(())
    }
}
