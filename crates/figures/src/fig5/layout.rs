//! Where everything of the graph lies. Modules flow from left to right, one row for each grid.

use record::fig5::StageRow;

use super::Networks;
use super::caption::note;
use super::graph::{self, Branch, Step};
use crate::shapes::Rect;

/// Width of the picture in pixels.
pub const WIDTH: i32 = 2400;
/// Room left and right, where the way from one row to the next runs.
pub const MARGIN: i32 = 40;
/// Room between rows.
pub const ROW_GAP: i32 = 48;
/// Height of a row.
pub const ROW_HEIGHT: i32 = HEADER + LANES * LANE + FOOTER;
/// Width of a module; five make a row.
pub const MODULE: i32 = (WIDTH - 2 * MARGIN) / 5;

const TOP: i32 = 20;
const HEADER: i32 = 66;
const FOOTER: i32 = 160;
const LANES: i32 = 4;
const LANE: i32 = 84;
const BOX: (i32, i32) = (92, 70);
/// From one box of a branch to the next.
const PITCH: i32 = 114;
/// Widths of a stage that is a single box, and of every further box of one that is no module: those
/// of the stem are as wide as two modules.
const SINGLE: i32 = 214;
const FURTHER: i32 = 72;
/// Width of the bar at a stage's end, and its distance from the stage's end.
const BAR: i32 = 24;
const AFTER_BAR: i32 = 24;
/// Height of the bar for each channel.
const BAR_HEIGHT: f64 = 0.3;

/// A stage in its place.
#[derive(Clone, Debug)]
pub struct Placed {
    /// Its row.
    pub stage: StageRow,
    /// All its room.
    pub cell: Rect,
    /// Its branches.
    pub lanes: Vec<Lane>,
    /// The bar whose height shows the output's channels.
    pub bar: Rect,
    /// What is otherwise in the network with other projections.
    pub note: Option<String>,
}

/// A branch in its place.
#[derive(Clone, Debug)]
pub struct Lane {
    /// Its operations, from left to right.
    pub boxes: Vec<(Step, Rect)>,
    /// Its part of the bar.
    pub segment: Rect,
}

impl Placed {
    /// Where the input forks to the branches.
    pub fn fork(&self) -> (i32, i32) {
        (self.cell.left + 26, self.bar.center().1)
    }

    /// Where the lines of text under the branches are centred.
    pub fn footer(&self) -> [i32; 3] {
        let top = self.cell.bottom - FOOTER;
        [top + 28, top + 73, top + 118]
    }

    /// What a text or a bar may take, from left to right.
    pub fn text_width(&self) -> std::ops::Range<i32> {
        self.cell.left + 18..self.cell.right - 24
    }
}

/// Puts the stages of the printed network into their places.
pub fn place(networks: &Networks) -> Vec<Placed> {
    let (mut row, mut left) = (0, MARGIN);
    let mut last_module = None;
    let mut placed = Vec::new();
    for stage in &networks.printed {
        let group = graph::is_module(stage).then(|| stage.stage.chars().next());
        if last_module.is_some() && group.is_some() && group != last_module {
            (row, left) = (row + 1, MARGIN);
        }
        last_module = group.or(last_module);
        let branches = graph::branches(stage);
        let size = (width(stage, &branches), ROW_HEIGHT);
        let cell = Rect::new((left, TOP + row * (ROW_HEIGHT + ROW_GAP)), size);
        left = cell.right;
        let note = note(networks, stage);
        placed.push(Placed { note, ..place_one(stage.clone(), cell, branches) });
    }
    placed
}

/// Lower edge of the last row.
pub fn height(stages: &[Placed]) -> i32 {
    stages.iter().map(|placed| placed.cell.bottom).max().unwrap_or(0)
}

fn width(stage: &StageRow, branches: &[Branch]) -> i32 {
    let boxes = branches.iter().map(|branch| branch.steps.len()).max().unwrap_or(1) as i32;
    if graph::is_module(stage) { MODULE } else { SINGLE + FURTHER * (boxes - 1) }
}

fn place_one(stage: StageRow, cell: Rect, branches: Vec<Branch>) -> Placed {
    let middle = cell.top + HEADER + LANES * LANE / 2;
    let height = bar_height(stage.output_channels);
    let corner = (cell.right - AFTER_BAR - BAR, middle - height / 2);
    let bar = Rect::new(corner, (BAR, height));
    let is_module = graph::is_module(&stage);
    let last_box = bar.left - BOX.0 - if is_module { 44 } else { 18 };
    let mut channels = 0;
    let lanes = branches.into_iter().map(|branch| {
        let in_lane = cell.top + HEADER + LANE * branch.lane as i32 + LANE / 2;
        let y = if is_module { in_lane } else { middle };
        let (from, to) = (bar_height(channels), bar_height(channels + branch.channels));
        channels += branch.channels;
        let segment = Rect { top: bar.top + from, bottom: bar.top + to, ..bar };
        Lane { boxes: boxes(branch.steps, (last_box, y)), segment }
    });
    Placed { lanes: lanes.collect(), stage, cell, bar, note: None }
}

/// Height of so many channels.
pub fn bar_height(channels: u32) -> i32 {
    (f64::from(channels) * BAR_HEIGHT).round() as i32
}

/// The last box begins at `x`, the others to its left; `y` is the middle of all.
fn boxes(steps: Vec<Step>, (x, y): (i32, i32)) -> Vec<(Step, Rect)> {
    let last = steps.len() as i32 - 1;
    let rect = |i| Rect::new((x - PITCH * (last - i), y - BOX.1 / 2), BOX);
    steps.into_iter().zip((0..).map(rect)).collect()
}
