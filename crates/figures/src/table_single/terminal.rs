//! The table and the verdicts for the terminal.

use comfy_table::{ContentArrangement, Table, presets};
use record::fig2::Network;

use super::markdown::cells;
use super::setting::Setting;
use super::{SingleTable, text};

/// Both tables, and what the run was.
pub fn tables(table: &SingleTable) -> String {
    let setting = Setting::of(&table.manifest);
    let mut numbers = new(&[
        "network",
        "steps to Inception's maximum: paper",
        "ours",
        "speed-up: paper",
        "ours",
        "maximum accuracy: paper",
        "ours",
        "diverged",
    ]);
    for network in Network::ALL {
        numbers.add_row(cells(table, network));
    }
    let mut claims = new(&["claim", "paper", "ours", "reproduced if", "verdict"]);
    for claim in &table.claims {
        claims.add_row([
            claim.claim.clone(),
            text::printed(claim),
            text::evidence(claim, &table.rows),
            claim.rule.clone(),
            text::verdict(claim),
        ]);
    }
    format!("Ours {}: {}\n{numbers}\n{claims}", setting.at_scale(), setting.words())
}

fn new(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED);
    table.set_content_arrangement(ContentArrangement::Dynamic).set_header(header);
    table
}
