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
        Self::of(steps, 1, "steps")
    }

    /// A bar for this many steps, whose speed is told in images.
    pub fn of_images(steps: u64, mini_batch: usize) -> Self {
        Self::of(steps, mini_batch, "images")
    }

    fn of(steps: u64, things_per_step: usize, things: &'static str) -> Self {
        let on_terminal = std::io::stderr().is_terminal();
        let style = "[{elapsed_precise}] [{bar:30}] {percent}%  {speed}  {eta_precise} left  {msg}";
        let style = ProgressStyle::with_template(style)
            .expect("a constant")
            .with_key(
                "speed",
                move |state: &indicatif::ProgressState, out: &mut dyn std::fmt::Write| {
                    let speed = state.per_sec() * things_per_step as f64;
                    let _ = write!(out, "{speed:.0} {things}/s");
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

    /// What is newest, beside the bar; nothing without a terminal.
    pub fn note(&self, note: &str) {
        self.bar.set_message(note.to_owned());
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
