//! Progress of all jobs together: steps per second, and time left.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar on a terminal; elsewhere only the lines that say something lasting.
pub struct Progress {
    bar: ProgressBar,
    on_terminal: bool,
}

impl Progress {
    /// A bar for this many steps.
    pub fn new(steps: u64) -> Self {
        let on_terminal = std::io::stderr().is_terminal();
        let style = "[{elapsed_precise}] [{bar:40}] {percent}%  {per_sec}  {eta_precise} left";
        let style = ProgressStyle::with_template(style)
            .expect("a constant")
            .with_key(
                "per_sec",
                |state: &indicatif::ProgressState, out: &mut dyn std::fmt::Write| {
                    let _ = write!(out, "{:.0} steps/s", state.per_sec());
                },
            )
            .progress_chars("=> ");
        let target =
            if on_terminal { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(steps), target).with_style(style);
        Self { bar, on_terminal }
    }

    /// Counts steps.
    pub fn add(&self, steps: u64) {
        self.bar.inc(steps);
    }

    /// Counts steps that need not be done: they were done before an interruption, or the training
    /// diverged. They do not make the rest look faster.
    pub fn skip(&self, steps: u64) {
        self.bar.inc(steps);
        self.bar.reset_eta();
    }

    /// A line that stays.
    pub fn line(&self, line: &str) {
        if self.on_terminal {
            self.bar.println(line);
        } else {
            eprintln!("{line}");
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
