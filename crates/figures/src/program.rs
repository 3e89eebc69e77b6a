//! What the programs of this crate share: how they end, and how they print.

use std::error::Error;
use std::fmt::{self, Display};
use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

use anyhow::Result;
use record::message::line;

/// Runs a program; its errors are a line each.
pub fn run(program: impl FnOnce() -> Result<()>) -> ExitCode {
    match program() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            match error.downcast_ref::<Several>() {
                Some(Several(errors)) => errors.iter().for_each(tell),
                None => tell(&error),
            }
            ExitCode::FAILURE
        }
    }
}

fn tell(error: &anyhow::Error) {
    eprintln!("{}", line(error));
}

/// All that is wrong with several runs.
#[derive(Debug)]
struct Several(Vec<anyhow::Error>);

impl Display for Several {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|error| writeln!(f, "{error:#}"))
    }
}

impl Error for Several {}

/// Goes on if nothing is wrong.
///
/// # Errors
/// All that is wrong; [`run`] prints a line of each.
pub fn no_errors(errors: Vec<anyhow::Error>) -> Result<()> {
    if errors.is_empty() { Ok(()) } else { Err(Several(errors).into()) }
}

/// Prints a text. A reader who has left, as in `render | head -1`, does not mind.
///
/// # Errors
/// If it cannot be written for another reason.
pub fn print(text: &str) -> Result<()> {
    match io::stdout().write_all(text.as_bytes()).and_then(|()| io::stdout().flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(anyhow::Error::from(error).context("cannot print"))
        }
        _ => Ok(()),
    }
}

/// Characters of a line of the terminal; of a file or a pipe 120.
pub fn terminal_width() -> u16 {
    terminal_size::terminal_size().map_or(120, |(width, _)| width.0.clamp(60, 200))
}
