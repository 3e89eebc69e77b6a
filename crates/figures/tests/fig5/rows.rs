//! Rows with the widths of the paper.

use record::fig5::StageRow;

/// Name, printed grid and channels, widths in the order of the table's columns (0 is none; the last
/// is the projection), pooling, stride.
type Line = (&'static str, (u32, u32), [u32; 6], &'static str, u32);

const STEM: [Line; 4] = [
    ("convolution 7x7/2", (112, 64), [0; 6], "", 2),
    ("max pool 3x3/2 after the first convolution", (56, 64), [0; 6], "", 2),
    ("convolution 3x3/1", (56, 192), [0, 64, 192, 0, 0, 0], "", 1),
    ("max pool 3x3/2 after the second convolution", (28, 192), [0; 6], "", 2),
];
const MODULES: [Line; 10] = [
    ("3a", (28, 256), [64, 64, 64, 64, 96, 32], "avg", 1),
    ("3b", (28, 320), [64, 64, 96, 64, 96, 64], "avg", 1),
    ("3c", (28, 576), [0, 128, 160, 64, 96, 0], "max", 2),
    ("4a", (14, 576), [224, 64, 96, 96, 128, 128], "avg", 1),
    ("4b", (14, 576), [192, 96, 128, 96, 128, 128], "avg", 1),
    ("4c", (14, 576), [160, 128, 160, 128, 160, 128], "avg", 1),
    ("4d", (14, 576), [96, 128, 192, 160, 192, 128], "avg", 1),
    ("4e", (14, 1024), [0, 128, 192, 192, 256, 0], "max", 2),
    ("5a", (7, 1024), [352, 192, 320, 160, 224, 128], "avg", 1),
    ("5b", (7, 1024), [352, 192, 320, 192, 224, 128], "max", 1),
];
const HEAD: [Line; 2] =
    [("avg pool 7x7/1", (1, 1024), [0; 6], "", 1), ("linear", (1, 1000), [0; 6], "", 1)];

/// The network with projections of this width in 4c and 4d.
pub fn network(projection: u32) -> Vec<StageRow> {
    let (mut grid, mut channels) = (224, 3);
    let lines = STEM.iter().chain(&MODULES).chain(&HEAD);
    lines
        .map(|line| {
            let row = stage(line, projection, (grid, channels));
            (grid, channels) = (row.output_grid, row.output_channels);
            row
        })
        .collect()
}

/// A stage's row, from the size of its input.
fn stage(line: &Line, projection: u32, (grid, channels): (u32, u32)) -> StageRow {
    let &(name, (printed_grid, printed_channels), mut widths, pooling, stride) = line;
    if ["4c", "4d"].contains(&name) {
        widths[5] = projection;
    }
    let [one, three_reduce, three, double_reduce, double, last] = widths;
    let passes = if last == 0 { channels } else { last };
    let is_module = !pooling.is_empty();
    let output_grid = if printed_grid == 1 { 1 } else { grid / stride };
    let output = if is_module { one + three + double + passes } else { printed_channels };
    let parameters = parameters(name, widths, channels);
    let some = |width: u32| (width > 0).then_some(width);
    StageRow {
        projection_of_4c_4d: projection,
        stage: name.to_owned(),
        output_grid,
        printed_grid: (name != "linear").then_some(printed_grid),
        output_channels: output,
        printed_channels: (name != "linear").then_some(printed_channels),
        parameters,
        multiply_adds: parameters * u64::from(output_grid * output_grid),
        one_by_one: some(one),
        three_reduce: some(three_reduce),
        three: some(three),
        double_reduce: some(double_reduce),
        double: some(double),
        pooling: pooling.to_owned(),
        projection: some(last),
        stride,
        contradiction: contradiction(line, (output_grid, output)),
    }
}

fn parameters(name: &str, widths: [u32; 6], channels: u32) -> u64 {
    let [one, three_reduce, three, double_reduce, double, last] = widths;
    u64::from(match name {
        "convolution 7x7/2" => 3 * 49 * 64 + 2 * 64,
        "linear" => 1024 * 1000 + 1000,
        _ => {
            channels * (one + three_reduce + double_reduce + last)
                + 9 * (three_reduce * three + double * (double_reduce + double))
                + 2 * (one + three_reduce + three + double_reduce + 2 * double + last)
        }
    })
}

fn contradiction(line: &Line, (grid, channels): (u32, u32)) -> String {
    let &(name, (printed_grid, printed_channels), ..) = line;
    let mut parts = Vec::new();
    if name != "linear" && printed_grid != grid {
        parts.push(format!("prints the grid {printed_grid} beside stride 2, which gives {grid}"));
    }
    if printed_channels != channels {
        parts.push(format!("prints {printed_channels} channels; its widths add up to {channels}"));
    }
    parts.join(", and ")
}

/// Both networks.
pub fn stages() -> Vec<StageRow> {
    network(128).into_iter().chain(network(96)).collect()
}
