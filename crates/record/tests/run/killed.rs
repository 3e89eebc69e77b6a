//! A process that is killed while it finishes a run.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use record::manifest::Manifest;
use record::run::Run;
use record::table::{self, Log};

use super::plan;

/// Where the child works.
const OUT: &str = "RECORD_TEST_FINISHING_RUN";
const JOBS: usize = 1;
/// Files of a job beside its rows and its checkpoint: enough that a kill meets their removal.
const MORE_FILES: usize = 1_500;

/// A job like a training's: rows, and a checkpoint that knows how long they are.
fn job(folder: &Path) -> anyhow::Result<()> {
    let checkpoint = folder.join("checkpoint");
    let bytes = fs::read_to_string(&checkpoint).map_or(0, |text| text.parse().unwrap());
    let mut log = Log::open(&folder.join("rows.csv"), bytes)?;
    if bytes == 0 {
        (0..MORE_FILES).try_for_each(|n| fs::write(folder.join(n.to_string()), ""))?;
        log.append(["row"])?;
        record::file::write_atomically(&checkpoint, |file| {
            Ok(std::io::Write::write_all(file, log.sync()?.to_string().as_bytes())?)
        })?;
    }
    Ok(())
}

fn whole_run(out: &Path) -> anyhow::Result<()> {
    let run = Run::open(plan(out, 10))?;
    let jobs: Vec<String> = (0..JOBS).map(|job| format!("job-{job}")).collect();
    jobs.iter().try_for_each(|name| job(&run.job_folder(name)?))?;
    let rows: Vec<String> = run.collect(&jobs, "rows.csv")?;
    run.finish(|stage| table::write(&stage.join("rows.csv"), rows)).map(drop)
}

/// The child of the test below; does nothing by itself.
#[test]
fn finishing() {
    if let Some(out) = std::env::var_os(OUT) {
        whole_run(&PathBuf::from(out)).unwrap();
    }
}

fn child(out: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "run::killed::finishing", "--test-threads", "1"]).env(OUT, out);
    command.stdout(Stdio::null()).stderr(Stdio::piped());
    command
}

/// Kills a child so long after its manifest is there, which is written last; or before it, at some moment.
fn kill(out: &Path, after_manifest: Option<Duration>, moment: Duration) {
    let mut killed = child(out).spawn().unwrap();
    if let Some(delay) = after_manifest {
        while !out.join("manifest.json").exists() && killed.try_wait().unwrap().is_none() {
            sleep(Duration::from_micros(50));
        }
        sleep(delay);
    } else {
        sleep(moment);
    }
    killed.kill().unwrap();
    killed.wait().unwrap();
}

#[test]
fn a_run_killed_while_it_finishes_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let begin = Instant::now();
    assert!(child(&folder.path().join("whole")).status().unwrap().success());
    let whole = begin.elapsed();
    for trial in 0..10 {
        let out = folder.path().join(format!("trial-{trial}"));
        let after_manifest = (trial % 4 != 0).then(|| Duration::from_millis(trial));
        kill(&out, after_manifest, whole.mul_f64(trial as f64 / 10.0));
        let again = child(&out).output().unwrap();
        let message = String::from_utf8_lossy(&again.stderr).into_owned();
        assert!(again.status.success(), "trial {trial}: {message}");
        Manifest::read(&out).unwrap().check_outputs(&out).unwrap();
        assert!(!out.join(".unfinished").exists(), "trial {trial}: it left something behind");
    }
}

#[test]
fn a_half_removed_run_is_no_interrupted_one() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let run = Run::open(plan(&out, 10)).unwrap();
    job(&run.job_folder("job-0").unwrap()).unwrap();
    drop(run);
    // What a kill leaves in the middle of the removal: the rows are gone, the checkpoint is still there.
    let unfinished = fs::read_dir(out.join(".unfinished")).unwrap().next().unwrap().unwrap().path();
    fs::remove_file(unfinished.join("job-0/rows.csv")).unwrap();
    let mut done = unfinished.clone().into_os_string();
    done.push("-done");
    fs::rename(&unfinished, &done).unwrap();
    whole_run(&out).unwrap();
    assert!(!Path::new(&done).exists());
}
