//! The experiments end to end, as their users start them.
//!
//! The data sets are fetched on the first run, as they are for a user.

mod bn_inception;
mod data_sets;
mod dry_run;
mod ensemble;
mod exhibits;
mod fig2;
mod lanczos;
mod mnist;
mod networks;
mod rehearsal;
mod replicas;
mod resume;
mod shape;
mod tensorboard;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Once;

use experiments::mnist::BinaryMnist;

/// A program, by its name: those of descriptions have no other place where they are listed.
fn program(name: &str) -> PathBuf {
    Path::new(env!("CARGO_BIN_EXE_fig1")).with_file_name(name)
}

/// A program that writes its run into this folder.
fn command(name: &str, out: &Path, arguments: &[&str]) -> Command {
    fetch_data_once();
    let mut command = Command::new(program(name));
    command.env("BN_RUNS", out.with_file_name("runs")).arg("--out").arg(out).args(arguments);
    command
}

/// So that tests which run side by side do not all fetch it.
fn fetch_data_once() {
    static FETCHED: Once = Once::new();
    FETCHED.call_once(|| drop(BinaryMnist::load(None, 0).unwrap()));
}

fn succeed(mut command: Command) -> Output {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", stderr(&output));
    output
}

/// What a program says that refuses to run.
fn refused(mut command: Command) -> String {
    let output = command.output().unwrap();
    let message = stderr(&output);
    assert!(!output.status.success(), "{command:?}");
    assert!(!message.contains("panicked"), "{message}");
    message
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
