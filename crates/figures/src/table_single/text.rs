//! Numbers of the table in words.

use record::fig2::{ClaimRow, DIVERGED, GAIN, MAXIMUM, OVER_CHANCE, SHARE, STEPS, SingleRow};

use crate::style::with_thousands;

/// A number over seeds: `4,213 (3,900–4,550; n 3)`, `74.8 % ± 0.3 (n 3)`, `never within 8,000 (n 3)`.
pub fn estimate(row: &SingleRow) -> String {
    let seeds = row.n + row.censored;
    let number = |value| number(row, value);
    let bound = match (row.at_least, row.at_most) {
        (Some(least), _) => format!("> {}", number(least)),
        (_, Some(most)) => format!("< {}", number(most)),
        _ => "–".to_owned(),
    };
    match (row.mean, row.censored) {
        (Some(mean), 0) => format!("{}{}", number(mean), spread(row, &format!("n {seeds}"))),
        (Some(mean), _) => format!(
            "{}{}; of all {bound}",
            number(mean),
            spread(row, &format!("{} of {seeds}", row.n)),
        ),
        (None, _) if is_steps(row) => {
            let within =
                row.at_least.map_or(String::new(), |steps| format!(" within {}", number(steps)));
            format!("never{within} (n {seeds})")
        }
        (None, _) => format!("{bound} (n {seeds})"),
    }
}

fn is_steps(row: &SingleRow) -> bool {
    row.metric == STEPS && row.unit == "steps"
}

/// The interval, and of how many seeds.
fn spread(row: &SingleRow, seeds: &str) -> String {
    let Some((low, high)) = row.ci95_low.zip(row.ci95_high) else { return format!(" ({seeds})") };
    match row.metric.as_str() {
        MAXIMUM | GAIN => format!(" ± {:.1} ({seeds})", 50.0 * (high - low)),
        SHARE | OVER_CHANCE => format!(" ± {} ({seeds})", ratio((high - low) / 2.0)),
        DIVERGED => format!(" ({seeds})"),
        _ => format!(" ({}–{}; {seeds})", number(row, low), number(row, high)),
    }
}

/// A value in the row's unit.
fn number(row: &SingleRow, value: f64) -> String {
    let is_difference = row.network.contains(" minus ");
    match row.metric.as_str() {
        STEPS if is_steps(row) => with_thousands(value.round()),
        MAXIMUM if !is_difference => percent(value),
        MAXIMUM | GAIN => points(value),
        _ => ratio(value),
    }
}

/// What decides a claim, in words; facts with how many seeds show them.
pub fn evidence(claim: &ClaimRow, rows: &[SingleRow]) -> String {
    let is_it = |row: &&SingleRow| (&row.network, &row.metric) == (&claim.network, &claim.metric);
    let Some(row) = rows.iter().find(is_it) else { return "not in this run".to_owned() };
    let seeds = format!("in {} of {} seeds", claim.agreeing, claim.n);
    match claim.metric.as_str() {
        DIVERGED => format!("diverges {seeds}"),
        OVER_CHANCE => format!("best validation {} × chance; so {seeds}", estimate(row)),
        SHARE => format!("goes {} of Inception's way up from chance; so {seeds}", estimate(row)),
        STEPS => format!("{} times the steps", estimate(row)),
        MAXIMUM => format!("{} points", estimate(row)),
        _ => format!("{} times as fast", estimate(row)),
    }
}

/// The same of the paper's numbers.
pub fn printed(claim: &ClaimRow) -> String {
    let Some(value) = claim.paper else { return "–".to_owned() };
    match claim.metric.as_str() {
        DIVERGED => "parameters at “machine infinity”".to_owned(),
        OVER_CHANCE => format!("{} × chance", ratio(value)),
        SHARE => format!("{} of Inception's way", ratio(value)),
        STEPS => format!("{} times the steps", ratio(value)),
        MAXIMUM => format!("{} points", points(value)),
        _ => format!("{} times as fast", ratio(value)),
    }
}

/// The verdict; of a fact of a single training, with that.
pub fn verdict(claim: &ClaimRow) -> String {
    match (claim.is_fact, claim.n) {
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
