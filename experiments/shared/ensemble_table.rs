//! The ensemble's table at the end of a run, beside the paper's rows.

use std::path::{Path, PathBuf};

use anyhow::Result;
use comfy_table::{Cell, Table, presets};
use record::ensemble::{
    Crops, EACH, ERRORS_FILE, ErrorRow, Evaluation, GAINS_FILE, GainRow, MEMBERS_FILE, MemberRow,
    Part,
};
use record::run::{Run, Scale};
use record::{reported, table};

/// Forms the ensemble of answers that were kept, and prints its errors.
///
/// # Errors
/// If a file cannot be read, or they do not go together.
pub fn of_answers(files: &[PathBuf]) -> Result<()> {
    let parts = files.iter().map(|file| Part::read(file)).collect::<Result<Vec<_>>>()?;
    let (errors, gains) = Evaluation::of_parts(parts)?.rows(Scale::Custom)?;
    let names: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
    print(&names, &errors, &gains)
}

/// Writes the tables, keeps networks and answers for the next time, and prints the errors; each network's
/// answers go into the folder that the user names, too.
///
/// # Errors
/// If a file cannot be written, or the answers do not go together.
pub fn finish(
    run: Run,
    members: &[MemberRow],
    parts: Vec<Part>,
    answers: Option<&Path>,
    write_more: impl FnOnce(&Path) -> Result<()>,
) -> Result<()> {
    for (number, part) in (1..).zip(&parts) {
        if let Some(folder) = answers {
            part.write(&folder.join(format!("{number}.parquet")))?;
        }
    }
    let (errors, gains) = Evaluation::of_parts(parts)?.rows(run.scale())?;
    let names: Vec<String> = members.iter().map(|row| row.network.clone()).collect();
    let folder = run.finish_and_keep(|folder| {
        table::write(&folder.join(MEMBERS_FILE), members)?;
        table::write(&folder.join(ERRORS_FILE), &errors)?;
        table::write(&folder.join(GAINS_FILE), &gains)?;
        write_more(folder)
    })?;
    print(&names, &errors, &gains)?;
    println!("rows and manifest: {}", folder.display());
    Ok(())
}

/// Prints the networks, the errors of each on average and of all together, and what is gained.
fn print(networks: &[String], errors: &[ErrorRow], gains: &[GainRow]) -> Result<()> {
    for (number, network) in (1..).zip(networks) {
        println!("{number}: {network}");
    }
    println!("{}", errors_table(networks.len(), errors)?);
    println!("{}", gains_table(gains));
    Ok(())
}

fn errors_table(networks: usize, errors: &[ErrorRow]) -> Result<Table> {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED).set_header([
        "networks",
        "crops",
        "top-1 error",
        "top-5 error",
        "paper: top-1",
        "top-5",
    ]);
    for row in errors.iter().filter(|row| row.networks == EACH || row.models == networks) {
        if row.networks != EACH && networks == 1 {
            continue; // the same as the mean over one
        }
        let who = match (row.networks.as_str(), networks) {
            (EACH, 1) => "1".to_owned(),
            (EACH, _) => "1 (mean)".to_owned(),
            _ => format!("{} together", row.models),
        };
        let [top1, top5] = ["top-1 error", "top-5 error"].map(|metric| paper(row, metric));
        table.add_row([
            Cell::new(who),
            Cell::new(row.crops.name()),
            Cell::new(with_interval(row.top1_error, row.top1_low, row.top1_high)),
            Cell::new(with_interval(row.top5_error, row.top5_low, row.top5_high)),
            Cell::new(top1?),
            Cell::new(top5?),
        ]);
    }
    Ok(table)
}

fn gains_table(gains: &[GainRow]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED).set_header([
        "gain",
        "top-1, points",
        "top-5, points",
    ]);
    for row in gains {
        table.add_row([
            Cell::new(row.gain.name()),
            Cell::new(with_interval(row.top1_gain, row.top1_low, row.top1_high)),
            Cell::new(with_interval(row.top5_gain, row.top5_low, row.top5_high)),
        ]);
    }
    table
}

/// In percent.
fn with_interval(value: f64, low: f64, high: f64) -> String {
    format!("{:.2} ({:.2} to {:.2}) %", 100.0 * value, 100.0 * low, 100.0 * high)
}

/// The paper's value for the same crops and about as many networks.
fn paper(row: &ErrorRow, metric: &str) -> Result<String> {
    let network = match (row.networks.as_str(), row.crops, row.models) {
        (EACH, Crops::One, _) => "BN-Inception single crop",
        (EACH, Crops::OneHundredFortyFour, _) => "BN-Inception multicrop",
        (_, Crops::OneHundredFortyFour, 6) => "BN-Inception ensemble",
        _ => return Ok(String::new()),
    };
    let is_it = |of: &&reported::Reported| of.network == network && of.metric == metric;
    let all = reported::all()?;
    let value = all.iter().find(is_it).and_then(|of| of.value.parse::<f64>().ok());
    Ok(value.map_or(String::new(), |value| format!("{:.2} %", 100.0 * value)))
}
