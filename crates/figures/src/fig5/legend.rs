//! What colours, frames and bars mean.

use super::costs;
use super::graph::{Operation, Step};
use super::layout::{MODULE, Placed, ROW_HEIGHT};
use super::stages::{operation, sample_bar, tagged};
use crate::look::{CAPTION_SIZE, GREY, INK, TITLE_SIZE};
use crate::shapes::{Place, Rect, Shape, text_around, text_from};

/// Room of the legend: that of two modules, beside the last stage.
pub fn room(stages: &[Placed]) -> Option<Rect> {
    let last = stages.last()?.cell;
    Some(Rect::new((last.right, last.top), (2 * MODULE, ROW_HEIGHT)))
}

const OPERATIONS: [(Operation, &str, &str, &str); 7] = [
    (Operation::One, "1×1", "64", "1×1 convolution"),
    (Operation::Three, "3×3/2", "160", "3×3 convolution (/2: stride 2)"),
    (Operation::Seven, "7×7/2", "64", "7×7 convolution"),
    (Operation::Average, "avg", "pool", "average pooling"),
    (Operation::Maximum, "max", "pool/2", "max pooling"),
    (Operation::PassThrough, "pass", "320", "passes through unprojected"),
    (Operation::Linear, "linear", "1000", "linear layer"),
];

/// The legend, in this room.
pub fn shapes(Rect { left, top, .. }: Rect) -> Vec<Shape> {
    let mut shapes = operations((left + 60, top));
    shapes.extend(bars((left + 530, top)));
    shapes.extend(marks((left + 530, top + 300)));
    shapes
}

fn operations((left, top): Place) -> Vec<Shape> {
    let mut shapes = vec![
        label("A box says what it does", (left, top + 26)),
        label("and how many channels come out", (left, top + 60)),
    ];
    for ((what, kernel, width, meaning), y) in OPERATIONS.into_iter().zip((top + 90..).step_by(67))
    {
        let step = Step { operation: what, kernel: kernel.to_owned(), width: width.to_owned() };
        let rect = Rect::new((left, y), (92, 64));
        shapes.extend(operation(&step, rect));
        shapes.push(label(meaning, (rect.right + 18, y + 32)));
    }
    shapes
}

fn bars((left, top): Place) -> Vec<Shape> {
    let mut shapes = vec![
        label("A bar's height: the channels", (left, top + 26)),
        label("of the stage's output", (left, top + 60)),
    ];
    for (channels, x) in [64, 256, 512].into_iter().zip((left..).step_by(110)) {
        shapes.push(sample_bar(channels, (x, top + 264)));
        shapes.push(label(channels.to_string(), (x + 32, top + 252)));
    }
    shapes
}

fn marks((left, top): Place) -> Vec<Shape> {
    let frame = Rect::new((left, top + 20), (92, 60));
    let tag = Rect::new((left, top + 108), (92, 40));
    let thin = Rect::new((left, top + 192), (92, costs::THIN));
    let mut shapes =
        vec![Shape::Frame(frame, INK.into(), 4), text_around("3c", frame.center(), TITLE_SIZE)];
    shapes.extend(tagged("*".to_owned(), tag));
    shapes.push(Shape::Area(thin, GREY.into()));
    let meanings = [
        ("module with stride 2", 50),
        ("the paper prints otherwise", 128),
        ("parameters, multiply-adds", 180),
        ("(each on its own scale)", 212),
    ];
    shapes.extend(meanings.map(|(text, down)| label(text, (left + 110, top + down))));
    shapes
}

fn label(text: impl Into<String>, at: Place) -> Shape {
    text_from(text, at, CAPTION_SIZE)
}
