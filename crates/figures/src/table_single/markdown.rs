//! The table and the verdicts in Markdown.

use std::fmt::Write;

use record::fig2::{AT_CHANCE, ClaimRow, DIVERGED, MAXIMUM, Network, SHARE, SPEED_UP, STEPS};

use super::SingleTable;
use super::setting::Setting;
use super::text;

/// The README's part of a run: verdicts, table, where they come from; `page` has the rules.
pub fn readme(table: &SingleTable, page: &str) -> String {
    format!(
        "{}\n{}\n{} The rules, and why: [{page}]({page}).",
        claims(table),
        numbers(table),
        provenance(table),
    )
}

/// `figures/table-single.md`.
pub fn page(table: &SingleTable) -> String {
    format!(
        "# The single-network table (Figures 2 and 3), {}\n\n\
         Derived from the rows of the run without training, by `make table-single`.\n\n{}\n\
         ## Claims\n\n{}\n## How\n\n{}\n\n{}\n",
        Setting::of(&table.manifest).at_scale(),
        numbers(table),
        claims(table),
        rules(table),
        provenance(table),
    )
}

/// Steps, speed-up and maximum of each network, the paper's and ours.
pub fn numbers(table: &SingleTable) -> String {
    let mut text = format!(
        "| network | steps to Inception's maximum: paper | ours, {} | speed-up: paper | ours | \
         maximum accuracy: paper | ours | diverged |\n\
         | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n",
        Setting::of(&table.manifest).at_scale(),
    );
    for network in Network::ALL {
        let _ = writeln!(text, "| {} |", cells(table, network).join(" | "));
    }
    text
}

/// A network's cells; `–` where there is nothing to say.
pub fn cells(table: &SingleTable, network: Network) -> [String; 8] {
    let none = || "–".to_owned();
    let paper = &table.paper;
    let ours = |metric| table.row(network.name(), metric).map_or_else(none, text::estimate);
    let is_inception = network == Network::Inception;
    [
        network.name().to_owned(),
        paper.printed(network, "steps to 72.2 %").map_or_else(none, text::steps),
        ours(STEPS),
        paper.speed_up(network).filter(|_| !is_inception).map_or_else(none, text::ratio),
        if is_inception { none() } else { ours(SPEED_UP) },
        paper.maximum(network).map_or_else(none, text::percent),
        ours(MAXIMUM),
        diverged(table, network),
    ]
}

fn diverged(table: &SingleTable, network: Network) -> String {
    let Some(row) = table.row(network.name(), DIVERGED) else { return "–".to_owned() };
    let of_network = table.singles.iter().filter(|single| single.network == network);
    let mut steps: Vec<u64> = of_network.filter_map(|single| single.diverged).collect();
    steps.sort_unstable();
    let at = match (steps.first(), steps.last()) {
        (Some(first), Some(last)) if first == last => format!(" (step {first})"),
        (Some(first), Some(last)) => format!(" (steps {first}–{last})"),
        _ => String::new(),
    };
    format!("{} of {}{at}", steps.len(), row.n)
}

/// Each claim with its numbers and its verdict.
pub fn claims(table: &SingleTable) -> String {
    let mut text = format!(
        "| claim (§4.2.2, Figures 2 and 3) | paper | ours, {} | reproduced if | verdict |\n\
         | --- | --- | --- | --- | --- |\n",
        Setting::of(&table.manifest).at_scale(),
    );
    for claim in &table.claims {
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} |",
            claim.claim,
            text::printed(claim),
            text::evidence(claim, &table.rows),
            claim.rule,
            text::verdict(claim),
        );
    }
    text
}

/// Every rule that the numbers and verdicts follow.
fn rules(table: &SingleTable) -> String {
    let bar = |network: Network, metric: &str| {
        let is_it = |row: &&ClaimRow| {
            (row.network.as_str(), row.metric.as_str()) == (network.name(), metric)
        };
        table.claims.iter().find(is_it).map_or(f64::NAN, |row| row.bar)
    };
    let several = bar(Network::BnX5, SPEED_UP);
    let trains = bar(Network::BnX5Sigmoid, SHARE);
    format!(
        "- *Inception's maximum* is the maximum of the validation curve (top-1, single centre crop) of \
         Inception of the same seed. A network has reached it at its first row that is at least as accurate; \
         Inception too, at the first row of its maximum. Steps are therefore as coarse as the rows, and a \
         maximum over many rows lies above the curve's trend, for all networks alike.\n\
         - *Speed-up* is Inception's steps over the network's, of the same seed. Steps and ratios are \
         averaged and compared on the logarithmic scale: means are geometric, intervals as wide in ratio on \
         either side, and twice as fast is as far from 1 as half as fast.\n\
         - *Never* is not a number. A network that does not get there within the run's steps (because it \
         diverged, too) is known to need more. A seed whose Inception is itself at chance sets nothing to be \
         reached, and is left out. Means and intervals are over the seeds in which it does; “over all” bounds \
         the mean over all seeds, with the run's steps in the place of the unknown ones.\n\
         - Intervals are Student's 95 % over seeds; two networks are compared seed by seed.\n\
         - *Reproduced*: the whole interval is beyond the bar; *not reproduced*: the whole interval is short \
         of it; else *undecided at this n*. If a network gets there in no seed (two or more), its bounds \
         decide; if in some seeds only, nothing is decided. One seed has no interval and decides nothing but \
         yes-or-no facts.\n\
         - Facts: of all trainings *reproduced*, of none *not reproduced*, of some *undecided at this n*.\n\
         - “Several times faster”: more than {several} times, the least that it can mean. A network *trains* \
         if it goes more than {trains} of Inception's way from chance to its maximum; it is *at chance* if \
         its best validation is below {AT_CHANCE} times chance. It *diverges* if its loss or its gradient is \
         no longer finite.\n\
         - The paper's speed-ups, differences and ratios are those of the values that it prints (one training \
         each).",
    )
}

fn provenance(table: &SingleTable) -> String {
    let manifest = &table.manifest;
    let setting = Setting::of(manifest);
    format!(
        "Scale: {}, which is {}. In brackets the 95 % interval over seeds, or ± half of it, and n. Steps are to \
         the nearest validation; accuracy is top-1 by a single centre crop. Made by {}.",
        manifest.scale,
        setting.words(),
        manifest.provenance(),
    )
}
