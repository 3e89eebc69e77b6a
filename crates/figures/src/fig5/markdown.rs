//! Figure 5 as a table: `figures/fig5.md`.

use recipe::thousands;
use record::fig5::StageRow;

use super::stages::dimensions;
use super::{Networks, PRINTED_WIDTH};
use crate::table::{Cell, Table, escaped};

/// The architecture's table, and what the printed one contradicts.
pub fn page(networks: &Networks, shown_folder: &str) -> String {
    format!(
        "# The architecture (Figure 5)\n\n\
         BN-Inception for one image of 224×224 and 1,000 classes, with projections of {PRINTED_WIDTH} channels in 4c and 4d, \
         as printed. Written by `make figures` from the rows in `{shown_folder}`.\n\n{}\n\
         Parameters: weights, γ and β; no biases before BN. Multiply-adds: multiplications with a weight, each with its \
         addition.\n\n{}\n",
        stages_table(networks).markdown("../"),
        contradictions(networks),
    )
}

fn stages_table(networks: &Networks) -> Table {
    let width = networks.other_width().map_or("other".to_owned(), |width| format!("{width}-wide"));
    let with_other = format!(">channels with {width} projections");
    let mut table = Table::new(&[
        "stage",
        ">output",
        ">printed",
        ">1×1",
        ">3×3 reduce",
        ">3×3",
        ">double 3×3 reduce",
        ">double 3×3",
        "pool + proj",
        ">parameters",
        ">multiply-adds",
        &with_other,
        "contradiction",
    ]);
    table.rows = networks.printed.iter().map(|row| stage_line(row, networks.other(row))).collect();
    table
}

fn stage_line(row: &StageRow, other: Option<&StageRow>) -> Vec<Cell> {
    let width = |width: Option<u32>| width.map_or("–".to_owned(), |width| width.to_string());
    let printed = row.printed_grid.zip(row.printed_channels);
    let cells = [
        row.stage.clone(),
        dimensions(row.output_grid, row.output_channels),
        printed.map_or("–".to_owned(), |(grid, channels)| dimensions(grid, channels)),
        width(row.one_by_one),
        width(row.three_reduce),
        width(row.three),
        width(row.double_reduce),
        width(row.double),
        pooling(row),
        thousands(row.parameters),
        thousands(row.multiply_adds),
        other.map_or("–".to_owned(), |row| row.output_channels.to_string()),
        row.contradiction.clone(),
    ];
    cells.map(Cell::from).into()
}

/// As the paper writes it: `avg + 32`, `max + pass through`.
fn pooling(row: &StageRow) -> String {
    match (row.pooling.as_str(), row.projection) {
        ("", _) => "–".to_owned(),
        (pooling, Some(width)) => format!("{pooling} + {width}"),
        (pooling, None) => format!("{pooling} + pass through"),
    }
}

/// Where table and network disagree, by the width of the projections.
fn contradictions(networks: &Networks) -> String {
    let of = |rows: &[StageRow]| {
        let wrong = rows.iter().filter(|row| !row.contradiction.is_empty());
        let names: Vec<&str> = wrong.map(|row| row.stage.as_str()).collect();
        if names.is_empty() {
            "nowhere".to_owned()
        } else {
            format!("at {}", escaped(&names.join(", ")))
        }
    };
    let other = networks.other_width();
    let other = other.map(|width| format!(", and {} with {width}", of(&networks.other)));
    format!(
        "The printed table contradicts itself {} with projections of {PRINTED_WIDTH} channels in 4c and 4d, as printed{}.",
        of(&networks.printed),
        other.unwrap_or_default(),
    )
}
