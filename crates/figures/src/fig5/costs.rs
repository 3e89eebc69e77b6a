//! What a stage costs: its parameters and multiply-adds.

use recipe::thousands;
use record::fig5::StageRow;

use super::layout::Placed;
use crate::look::{CAPTION_SIZE, GREY};
use crate::shapes::{Place, Rect, Shape, text_from, text_to};

/// Height of the bars.
pub const THIN: i32 = 8;

/// Pixels for each parameter and for each multiply-add: the longest bar just fits its stage.
pub fn scales(stages: &[Placed]) -> [f64; 2] {
    let scale = |of: fn(&StageRow) -> u64| {
        let fits =
            |placed: &Placed| placed.text_width().len() as f64 / of(&placed.stage).max(1) as f64;
        stages.iter().map(fits).fold(f64::INFINITY, f64::min)
    };
    [scale(|stage| stage.parameters), scale(|stage| stage.multiply_adds)]
}

/// Parameters and multiply-adds, as numbers and as bars, nothing of a stage without weights; and beside the parameters
/// what is otherwise in the other network.
pub fn costs(placed: &Placed, [parameters, multiply_adds]: [f64; 2]) -> Vec<Shape> {
    let left = placed.text_width().start;
    let [_, first, second] = placed.footer();
    let StageRow { parameters: learned, multiply_adds: done, .. } = placed.stage;
    let mut shapes = cost(learned, "param.", parameters, (left, first));
    shapes.extend(cost(done, "mult-adds", multiply_adds, (left, second)));
    let beside = (placed.text_width().end, first);
    shapes.extend(placed.note.as_ref().map(|note| text_to(note, beside, CAPTION_SIZE)));
    shapes
}

fn cost(value: u64, what: &str, scale: f64, (left, y): Place) -> Vec<Shape> {
    if value == 0 {
        return Vec::new();
    }
    let length = (value as f64 * scale).round().max(1.0) as i32;
    vec![
        text_from(format!("{} {what}", compact(value)), (left, y), CAPTION_SIZE),
        Shape::Hint((format!("{} {what}", thousands(value)), (left + 12, y))),
        Shape::Area(Rect::new((left, y + 17), (length, THIN)), GREY.into()),
    ]
}

/// Three digits and a unit: 9.41 K, 118 M.
pub fn compact(number: u64) -> String {
    let (value, unit) = match number {
        0..1_000 => return number.to_string(),
        1_000..1_000_000 => (number as f64 / 1e3, "K"),
        _ => (number as f64 / 1e6, "M"),
    };
    let decimals = if value < 10.0 { 2 } else { usize::from(value < 100.0) };
    format!("{value:.decimals$} {unit}")
}
