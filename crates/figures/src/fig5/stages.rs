//! The shapes of the stages: panels, boxes, bars, the ways between them, and what is written there.

use plotters::prelude::*;
use record::fig5::StageRow;

use super::costs;
use super::graph::{self, Operation, Step};
use super::layout::{self, Lane, MARGIN, Placed, ROW_GAP, WIDTH};
use crate::look::{self, CAPTION_SIZE, INK, TICK_SIZE, TITLE_SIZE};
use crate::shapes::{Place, Rect, Shape, arrow, text_around, text_from, text_to};

/// The ground of a stage.
const GROUND: RGBColor = RGBColor(247, 247, 247);

/// All shapes of the graph.
pub fn shapes(stages: &[Placed]) -> Vec<Shape> {
    let scales = costs::scales(stages);
    let panels = stages.iter().flat_map(panel);
    let ways = stages.windows(2).flat_map(|pair| way(&pair[0], &pair[1]));
    let inner = stages.iter().flat_map(|placed| {
        let mut shapes = header(placed);
        shapes.extend(tag(placed));
        shapes.extend(costs::costs(placed, scales));
        shapes.extend(fork(placed));
        shapes.extend(placed.lanes.iter().flat_map(lane));
        shapes
    });
    panels.chain(ways).chain(inner).collect()
}

/// The colour of an operation.
pub fn color(operation: Operation) -> RGBColor {
    match operation {
        Operation::One => look::SKY_BLUE,
        Operation::Three => look::GREEN,
        Operation::Seven => look::PURPLE,
        Operation::Average => look::YELLOW,
        Operation::Maximum | Operation::PassThrough => look::ORANGE,
        Operation::Linear => look::GREY,
    }
}

/// The ground of a stage; a module that halves the grid is framed.
fn panel(placed: &Placed) -> Vec<Shape> {
    let rect = placed.cell.inset(8);
    let mut shapes = vec![Shape::Area(rect, GROUND.into())];
    if halves(&placed.stage) {
        shapes.push(Shape::Frame(rect, INK.into(), 4));
    }
    shapes
}

fn halves(stage: &StageRow) -> bool {
    graph::is_module(stage) && stage.stride > 1
}

/// Name and output of a stage; where both do not fit beside each other, below each other.
fn header(placed: &Placed) -> Vec<Shape> {
    let Placed { stage, cell, .. } = placed;
    let size = dimensions(stage.output_grid, stage.output_channels);
    let range = placed.text_width();
    let y = cell.top + 42;
    if !graph::is_module(stage) {
        let name = text_from(graph::title(stage), (range.start, y), TICK_SIZE);
        return vec![name, text_from(size, (range.start, y + 44), TICK_SIZE)];
    }
    let mut shapes = vec![
        text_from(graph::title(stage), (range.start, y), TITLE_SIZE),
        text_to(size, (range.end, y), TICK_SIZE),
    ];
    if halves(stage) {
        let stride = format!("stride {}", stage.stride);
        shapes.push(text_from(stride, (range.start + 62, y + 2), CAPTION_SIZE));
    }
    shapes
}

/// `28×28×256`.
pub fn dimensions(grid: u32, channels: u32) -> String {
    format!("{grid}×{grid}×{channels}")
}

/// What the mark of a contradiction says; nothing where the printed table agrees.
pub fn mark(stage: &StageRow) -> Option<String> {
    let grid = stage.printed_grid.unwrap_or(stage.output_grid);
    let channels = stage.printed_channels.unwrap_or(stage.output_channels);
    let agrees = (grid, channels) == (stage.output_grid, stage.output_channels);
    match (agrees, stage.contradiction.is_empty()) {
        (true, true) => None,
        (true, false) => Some("* see below".to_owned()),
        (false, _) => Some(format!("* printed: {}", dimensions(grid, channels))),
    }
}

/// The room of a mark: as wide as its text needs in any sans-serif.
pub fn mark_rect(placed: &Placed) -> Option<Rect> {
    let width = 24 + 13 * mark(&placed.stage)?.chars().count() as i32;
    let corner = (placed.text_width().start, placed.footer()[0] - 20);
    Some(Rect::new(corner, (width, 40)))
}

fn tag(placed: &Placed) -> Vec<Shape> {
    match (mark(&placed.stage), mark_rect(placed)) {
        (Some(text), Some(rect)) => tagged(text, rect),
        _ => Vec::new(),
    }
}

/// Text that stands out as a contradiction.
pub fn tagged(text: String, rect: Rect) -> Vec<Shape> {
    vec![
        Shape::Area(rect, look::CRIMSON.mix(0.18)),
        Shape::Frame(rect, look::CRIMSON.into(), 3),
        text_around(text, rect.center(), CAPTION_SIZE),
    ]
}

/// From a stage's bar to where the next one forks; after a row's last stage, around to the next row.
fn way(from: &Placed, to: &Placed) -> Vec<Shape> {
    let start: Place = (from.bar.right, from.bar.center().1);
    let end = to.fork();
    let mut points = vec![start];
    if end.1 != start.1 {
        let between = from.cell.bottom + ROW_GAP / 2;
        let (left, right) = (MARGIN / 2, WIDTH - MARGIN / 2);
        let around = [(right, start.1), (right, between), (left, between), (left, end.1)];
        points.extend(around);
    }
    if to.lanes.len() > 1 {
        points.push(end);
        return vec![Shape::Path(points, INK.into(), 4)];
    }
    let left = first_boxes(to).map(|rect| rect.left).min().unwrap_or(to.bar.left);
    points.push((left, end.1));
    arrow(points, INK, 4).into()
}

/// The first box of each branch.
fn first_boxes(placed: &Placed) -> impl Iterator<Item = Rect> {
    placed.lanes.iter().filter_map(|lane| lane.boxes.first()).map(|(_, rect)| *rect)
}

/// From a module's input to each of its branches.
fn fork(placed: &Placed) -> Vec<Shape> {
    if placed.lanes.len() < 2 {
        return Vec::new();
    }
    let x = placed.fork().0;
    let ends: Vec<Place> = first_boxes(placed).map(|rect| (rect.left, rect.center().1)).collect();
    let ys = ends.iter().map(|(_, y)| *y).chain([placed.fork().1]);
    let (top, bottom) = (ys.clone().min().unwrap_or(0), ys.max().unwrap_or(0));
    let mut shapes = vec![Shape::Path(vec![(x, top), (x, bottom)], INK.into(), 3)];
    shapes.extend(ends.into_iter().flat_map(|end| arrow(vec![(x, end.1), end], INK, 3)));
    shapes
}

/// A branch: its boxes, the ways between them, and the band to its part of the bar.
fn lane(lane: &Lane) -> Vec<Shape> {
    let mut shapes = Vec::new();
    if let Some((step, last)) = lane.boxes.last() {
        shapes.extend(band(*last, lane.segment, color(step.operation)));
    }
    for pair in lane.boxes.windows(2) {
        let (from, to) = (pair[0].1, pair[1].1);
        let y = from.center().1;
        shapes.extend(arrow(vec![(from.right, y), (to.left, y)], INK, 3));
    }
    shapes.extend(lane.boxes.iter().flat_map(|(step, rect)| operation(step, *rect)));
    shapes
}

/// From the whole height of a box to that of its channels.
fn band(from: Rect, to: Rect, color: RGBColor) -> [Shape; 5] {
    let (above, below) = ((from.right, from.top), (from.right, from.bottom));
    let (upper, lower) = ((to.left, to.top), (to.left, to.bottom));
    let edge = color.mix(0.6);
    let within = Rect { bottom: (to.bottom - 1).max(to.top + 1), ..to };
    [
        Shape::Fill(vec![above, upper, lower, below], color.mix(0.22)),
        Shape::Path(vec![above, upper], edge, 1),
        Shape::Path(vec![below, lower], edge, 1),
        Shape::Area(within, color.into()),
        Shape::Frame(within, INK.into(), 1),
    ]
}

/// A box with its two lines.
pub fn operation(step: &Step, rect: Rect) -> Vec<Shape> {
    let color = color(step.operation);
    let ground = if step.operation == Operation::PassThrough { 0.0 } else { 0.35 };
    let (x, y) = rect.center();
    vec![
        Shape::Area(rect, WHITE.into()),
        Shape::Area(rect, color.mix(ground)),
        Shape::Frame(rect, color.into(), 3),
        text_around(step.kernel.as_str(), (x, y - 16), CAPTION_SIZE - 2),
        text_around(step.width.as_str(), (x, y + 15), TICK_SIZE),
    ]
}

/// A bar of so many channels that ends at this height, for the legend.
pub fn sample_bar(channels: u32, (left, bottom): Place) -> Shape {
    let height = layout::bar_height(channels);
    Shape::Area(Rect::new((left, bottom - height), (24, height)), look::SKY_BLUE.into())
}
