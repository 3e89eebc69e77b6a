//! Figure 5 as a table: `figures/fig5.md`.

use recipe::thousands;
use record::fig5::StageRow;

use super::stages::dimensions;
use crate::table::{Cell, Table};

/// Width of the projections of 4c and 4d, as the paper prints it.
pub const PRINTED_WIDTH: u32 = 128;

/// The network with projections of this width in 4c and 4d.
pub fn network(stages: &[StageRow], projection: u32) -> Vec<StageRow> {
    stages.iter().filter(|row| row.projection_of_4c_4d == projection).cloned().collect()
}

/// The architecture's table, and what the printed one contradicts.
pub fn page(stages: &[StageRow], shown_folder: &str) -> String {
    format!(
        "# The architecture (Figure 5)\n\n\
         BN-Inception for one image of 224×224 and 1,000 classes, with projections of {PRINTED_WIDTH} channels in 4c and 4d, \
         as printed. Written by `make figures` from the rows in `{shown_folder}`.\n\n{}\n\
         Parameters: weights, γ and β; no biases before BN. Multiply-adds: multiplications with a weight, each with its \
         addition.\n\n{}\n",
        stages_table(stages).markdown("../"),
        contradictions(stages),
    )
}

fn stages_table(stages: &[StageRow]) -> Table {
    let other = other_width(stages);
    let with_other =
        other.map_or("other projections".to_owned(), |w| format!("{w}-wide projections"));
    let with_other = format!(">channels with {with_other}");
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
    let others = other.map(|width| network(stages, width)).unwrap_or_default();
    for row in network(stages, PRINTED_WIDTH) {
        let other = others.iter().find(|other| other.stage == row.stage);
        table.rows.push(stage_line(&row, other));
    }
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
fn contradictions(stages: &[StageRow]) -> String {
    let of = |width| {
        let rows = network(stages, width);
        let wrong = rows.iter().filter(|row| !row.contradiction.is_empty());
        let names: Vec<&str> = wrong.map(|row| row.stage.as_str()).collect();
        if names.is_empty() { "nowhere".to_owned() } else { format!("at {}", names.join(", ")) }
    };
    let other = other_width(stages)
        .map(|width| format!(", and {} with {width}", of(width)))
        .unwrap_or_default();
    format!(
        "The printed table contradicts itself {} with projections of {PRINTED_WIDTH} channels in 4c and 4d, as printed{other}.",
        of(PRINTED_WIDTH),
    )
}

/// The width of the projections of 4c and 4d that is not the printed one.
fn other_width(stages: &[StageRow]) -> Option<u32> {
    let widths = stages.iter().map(|row| row.projection_of_4c_4d);
    widths.filter(|width| *width != PRINTED_WIDTH).max()
}
