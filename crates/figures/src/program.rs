//! What the programs of this crate share: how they end, and how they print.

use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

use anyhow::{Result, ensure};

/// Runs a program; its errors are a line each.
pub fn run(program: impl FnOnce() -> Result<()>) -> ExitCode {
    match program() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Goes on if nothing is wrong.
///
/// # Errors
/// All that is wrong, a line each.
pub fn no_errors(errors: &[anyhow::Error]) -> Result<()> {
    let lines: Vec<String> = errors.iter().map(|error| format!("{error:#}")).collect();
    ensure!(lines.is_empty(), "{}", lines.join("\n"));
    Ok(())
}

/// Prints a text. A reader who has left, as in `render | head -1`, does not mind.
///
/// # Errors
/// If it cannot be written for another reason.
pub fn print(text: &str) -> Result<()> {
    match io::stdout().write_all(text.as_bytes()).and_then(|()| io::stdout().flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// Characters of a line of the terminal; of a file or a pipe 120.
pub fn terminal_width() -> u16 {
    terminal_size::terminal_size().map_or(120, |(width, _)| width.0.clamp(60, 200))
}
