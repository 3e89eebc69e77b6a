//! Progress of all jobs together: steps per second, and time left.

use std::io::IsTerminal;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

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

/// A bar for each of a few shares, on a terminal that can move its cursor; elsewhere a line each time.
pub struct Shares {
    names: Vec<String>,
    /// None where lines take their place.
    bars: Option<Vec<ProgressBar>>,
}

impl Shares {
    /// A tenth of a percent.
    const PARTS: u64 = 1_000;

    /// Of these names.
    pub fn new(names: &[&str]) -> Self {
        let is_dumb = std::env::var("TERM").map_or(true, |term| term.is_empty() || term == "dumb");
        let style = ProgressStyle::with_template("{prefix} [{bar:40}] {msg}");
        let style = style.expect("a constant").progress_chars("=> ");
        let all = MultiProgress::new();
        let longest = names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
        let bar = |name: &&str| {
            let bar = all.add(ProgressBar::new(Self::PARTS).with_style(style.clone()));
            bar.with_prefix(format!("{name:longest$}"))
        };
        let has_bars = std::io::stderr().is_terminal() && !is_dumb;
        Self {
            names: names.iter().map(|&name| name.to_owned()).collect(),
            bars: has_bars.then(|| names.iter().map(bar).collect()),
        }
    }

    /// Whether they are bars, which may be shown as often as one likes.
    pub fn are_bars(&self) -> bool {
        self.bars.is_some()
    }

    /// Shows them, and when that is.
    pub fn show(&self, when: &str, shares: &[f64]) {
        let words = shares.iter().map(|share| format!("{:.1} %", 100.0 * share));
        let Some(bars) = &self.bars else {
            let named = self.names.iter().zip(words).map(|(name, words)| format!("{name} {words}"));
            eprintln!("{when}: {}", named.collect::<Vec<_>>().join(", "));
            return;
        };
        for ((bar, share), words) in bars.iter().zip(shares).zip(words) {
            bar.set_message(format!("{words:>7}  {when}"));
            bar.set_position((share * Self::PARTS as f64) as u64);
        }
    }
}

impl Drop for Shares {
    fn drop(&mut self) {
        self.bars.iter().flatten().for_each(ProgressBar::abandon);
    }
}
