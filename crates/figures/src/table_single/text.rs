//! Numbers of the table in words.

use record::fig2::{ClaimRow, DIVERGED, GAIN, MAXIMUM, OVER_CHANCE, SHARE, STEPS, SingleRow};

use crate::style::with_thousands;

/// A number over seeds: `4,213 (3,900–4,550; n 3)`, `74.8 ± 0.3 % (n 3)`, `never within 8,000 (n 3)`.
pub fn estimate(row: &SingleRow) -> String {
    let seeds = row.n + row.censored;
    let number = |value| number(row, value);
    let bound = match (row.at_least, row.at_most) {
        (Some(least), _) => format!("> {}", number(least)),
        (_, Some(most)) => format!("< {}", number(most)),
        _ => "–".to_owned(),
    };
    match (row.mean, row.censored) {
        (Some(mean), 0) => with_spread(row, mean, &format!("n {seeds}")),
        (Some(mean), _) => {
            let known = with_spread(row, mean, &format!("{} of {seeds} seeds", row.n));
            format!("{known}; over all {bound}")
        }
        (None, _) if is_steps(row) => {
            let steps = row.at_least.map(|steps| format!(" within {}", number(steps)));
            format!("never{} (n {seeds})", steps.unwrap_or_default())
        }
        (None, _) => format!("{bound} (n {seeds})"),
    }
}

fn is_steps(row: &SingleRow) -> bool {
    row.metric == STEPS && row.unit == "steps"
}

/// The mean with its interval, and of how many seeds.
fn with_spread(row: &SingleRow, mean: f64, seeds: &str) -> String {
    let (number, unit) = (|value| number(row, value), unit(row));
    let interval = row.ci95_low.zip(row.ci95_high).filter(|_| row.metric != DIVERGED);
    match (row.metric.as_str(), interval) {
        (_, None) => format!("{}{unit} ({seeds})", number(mean)),
        (MAXIMUM | GAIN, Some((low, high))) => {
            format!("{} ± {:.1}{unit} ({seeds})", number(mean), 50.0 * (high - low))
        }
        (SHARE | OVER_CHANCE, Some((low, high))) => {
            format!("{} ± {:.2}{unit} ({seeds})", number(mean), (high - low) / 2.0)
        }
        (_, Some((low, high))) => {
            format!("{}{unit} ({}–{}; {seeds})", number(mean), number(low), number(high))
        }
    }
}

fn is_difference(row: &SingleRow) -> bool {
    row.metric == GAIN || row.network.contains(" minus ")
}

/// A value in the row's unit.
fn number(row: &SingleRow, value: f64) -> String {
    match row.metric.as_str() {
        STEPS if is_steps(row) => with_thousands(value.round()),
        _ if is_difference(row) => points(value),
        MAXIMUM => format!("{:.1}", 100.0 * value),
        _ => ratio(value),
    }
}

fn unit(row: &SingleRow) -> &'static str {
    match row.metric.as_str() {
        _ if is_difference(row) => " points",
        MAXIMUM => " %",
        OVER_CHANCE => " × chance",
        _ => "",
    }
}

/// What decides a claim, in words; facts with how many seeds show them.
pub fn evidence(claim: &ClaimRow, rows: &[SingleRow]) -> String {
    let is_it = |row: &&SingleRow| (&row.network, &row.metric) == (&claim.network, &claim.metric);
    let Some(row) = rows.iter().find(is_it) else { return missing(rows).to_owned() };
    let seeds = format!("in {} of {} seeds", claim.agreeing, claim.n);
    let estimate = estimate(row);
    match claim.metric.as_str() {
        DIVERGED => format!("diverges {seeds}"),
        OVER_CHANCE => format!("best validation {estimate}; so {seeds}"),
        SHARE => format!("share of Inception's way up from chance: {estimate}; so {seeds}"),
        STEPS => format!("ratio of steps {estimate}"),
        MAXIMUM => estimate,
        _ => format!("speed-up {estimate}"),
    }
}

/// Why there is nothing to decide a claim by.
fn missing(rows: &[SingleRow]) -> &'static str {
    if rows.iter().any(|row| row.metric == STEPS) {
        "not in this run"
    } else {
        "Inception stays at chance: nothing to reach"
    }
}

/// The same of the paper's numbers.
pub fn printed(claim: &ClaimRow) -> String {
    let Some(value) = claim.paper else { return "–".to_owned() };
    match claim.metric.as_str() {
        DIVERGED => "parameters at “machine infinity”".to_owned(),
        OVER_CHANCE => format!("{} × chance", ratio(value)),
        SHARE => format!("share of Inception's way {}", ratio(value)),
        STEPS => format!("ratio of steps {}", ratio(value)),
        MAXIMUM => format!("{} points", points(value)),
        _ => format!("speed-up {}", ratio(value)),
    }
}

/// The verdict; of a fact of a single training, with that.
pub fn verdict(claim: &ClaimRow) -> String {
    match (claim.is_fact, claim.n) {
        (_, 0) => "–".to_owned(),
        (true, 1) => format!("{} (n = 1)", claim.verdict),
        _ => claim.verdict.to_string(),
    }
}

/// `72.2 %`.
pub fn percent(fraction: f64) -> String {
    format!("{:.1} %", 100.0 * fraction)
}

/// A difference of fractions in points: `+2.6`.
pub fn points(fraction: f64) -> String {
    format!("{:+.1}", 100.0 * fraction).replace('-', "−")
}

/// About three digits: `14.8`, `2.33`, `0.068`.
pub fn ratio(value: f64) -> String {
    match value.abs() {
        0.0 => "0".to_owned(),
        size if size >= 100.0 => with_thousands(value.round()),
        size if size >= 10.0 => format!("{value:.1}"),
        size if size >= 0.1 => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    }
}

/// As the paper prints steps: `31.0e6` is 31.0·10⁶.
pub fn steps(printed: &str) -> String {
    printed.replace("e6", "·10⁶")
}
