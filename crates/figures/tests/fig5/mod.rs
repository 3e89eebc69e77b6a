//! The architecture's graph and tables, from rows with the widths of the paper.

mod rows;

use figures::fig5::graph::Step;
use figures::fig5::layout::{Lane, Placed};
use figures::fig5::markdown::page;
use figures::fig5::{self, Networks, costs, layout, legend, picture};
use figures::picture::WIDTH;
use figures::shapes::Rect;
use record::fig5::{STAGES_FILE, StageRow};
use record::table;

use rows::{network, stages};

fn both() -> Networks {
    Networks::of(stages())
}

fn placed() -> Vec<Placed> {
    layout::place(&both())
}

fn caption() -> String {
    fig5::caption::caption(&both(), "no training").join(" ")
}

#[test]
fn every_stage_has_a_line_with_ours_and_the_papers() {
    let text = page(&both(), "results/x");
    for line in [
        "| convolution 7x7/2 | 112×112×64 | 112×112×64 | – | – | – | – | – | – | 9,536 | 119,619,584 | 64 |  |",
        "| 3a | 28×28×256 | 28×28×256 | 64 | 64 | 64 | 64 | 96 | avg + 32 | 219,072 | 171,752,448 | 256 |  |",
        "| 3c | 14×14×576 | 28×28×576 | – | 128 | 160 | 64 | 96 | max + pass through | 385,088 | 75,477,248 | 576 | \
         prints the grid 28 beside stride 2, which gives 14 |",
        "| 4c | 14×14×608 | 14×14×576 | 160 | 128 | 160 | 128 | 160 | avg + 128 | 914,432 | 179,228,672 | 576 | \
         prints 576 channels; its widths add up to 608 |",
        "| linear | 1×1×1000 | – | – | – | – | – | – | – | 1,025,000 | 1,025,000 | 1000 |  |",
    ] {
        assert!(text.lines().any(|other| other == line), "{line}\n{text}");
    }
    let sentence = "contradicts itself at 3c, 4c, 4d, 4e with projections of 128 channels in 4c and 4d, \
                    as printed, and at 3c, 4e with 96.";
    assert!(text.contains(sentence) && text.contains("`results/x`"), "{text}");
}

#[test]
fn every_contradiction_is_marked_and_in_the_caption() {
    let caption = caption();
    let mut marks = Vec::new();
    for placed in &placed() {
        let row = &placed.stage;
        assert_eq!(
            fig5::stages::mark(row).is_some(),
            !row.contradiction.is_empty(),
            "{}",
            row.stage
        );
        marks.extend(fig5::stages::mark(row).map(|mark| format!("{} {mark}", row.stage)));
        assert!(caption.contains(&row.contradiction), "{}: {caption}", row.stage);
    }
    let expected = [
        "3c * printed: 28×28×576",
        "4c * printed: 14×14×576",
        "4d * printed: 14×14×576",
        "4e * printed: 14×14×1024",
    ];
    assert_eq!(marks, expected);
    let elsewhere =
        StageRow { contradiction: "prints a width twice".to_owned(), ..network(128)[4].clone() };
    assert_eq!(fig5::stages::mark(&elsewhere).as_deref(), Some("* see below"));
}

#[test]
fn caption_says_what_it_is_and_what_96_channels_change() {
    let caption = caption();
    for part in [
        "BN-Inception (the paper's Figure 5)",
        "(no training)",
        "with projections of 128 channels in 4c and 4d, as printed",
        "4c, 4d: prints 576 channels; its widths add up to 608;",
        "96-wide: with projections of 96 channels there instead.",
    ] {
        assert!(caption.contains(part), "{part} not in: {caption}");
    }
    let notes = placed().into_iter().filter_map(|placed| placed.note);
    let expected = ["96-wide: 14×14×576", "96-wide: 14×14×576", "96-wide: 7×7×1024"];
    assert_eq!(notes.collect::<Vec<_>>(), expected);
}

#[test]
fn a_module_is_its_branches_and_their_channels_add_up() {
    let stages = placed();
    let shown = |name: &str| {
        let placed = stages.iter().find(|placed| placed.stage.stage == name).unwrap();
        let text = |(step, _): &(Step, Rect)| format!("{} {}", step.kernel, step.width);
        let lane = |lane: &Lane| lane.boxes.iter().map(text).collect::<Vec<_>>().join(" → ");
        placed.lanes.iter().map(lane).collect::<Vec<_>>()
    };
    let of_3a = ["1×1 64", "1×1 64 → 3×3 64", "1×1 64 → 3×3 96 → 3×3 96", "avg pool → 1×1 32"];
    assert_eq!(shown("3a"), of_3a);
    let of_4e = [
        "1×1 128 → 3×3/2 192",
        "1×1 192 → 3×3 256 → 3×3/2 256",
        "max pool/2 → pass 608", // what 4d puts out
    ];
    assert_eq!(shown("4e"), of_4e);
    assert_eq!(shown("convolution 3x3/1"), ["1×1 64 → 3×3 192"]);
    for placed in &stages {
        let segments: Vec<Rect> = placed.lanes.iter().map(|lane| lane.segment).collect();
        assert_eq!(segments[0].top, placed.bar.top);
        assert_eq!(segments.last().unwrap().bottom, placed.bar.bottom, "{}", placed.stage.stage);
        assert!(segments.windows(2).all(|pair| pair[0].bottom == pair[1].top));
    }
}

#[test]
fn nothing_overlaps_and_nothing_is_cut() {
    let stages = placed();
    let picture = Rect::new((0, 0), (WIDTH, layout::height(&stages)));
    let mut cells: Vec<Rect> = stages.iter().map(|placed| placed.cell).collect();
    cells.extend(legend::room(&stages));
    apart_within(&cells, picture, "stages");
    for placed in &stages {
        let boxes = placed.lanes.iter().flat_map(|lane| &lane.boxes);
        let mut rects: Vec<Rect> = boxes.map(|(_, rect)| *rect).collect();
        rects.push(placed.bar);
        rects.extend(fig5::stages::mark_rect(placed));
        apart_within(&rects, placed.cell, &placed.stage.stage);
    }
}

/// Whether `inner` lies wholly within the other.
fn contains(outer: Rect, inner: Rect) -> bool {
    let across = outer.left <= inner.left && inner.right <= outer.right;
    across && outer.top <= inner.top && inner.bottom <= outer.bottom
}

/// Whether they share a pixel.
fn overlap(a: Rect, b: Rect) -> bool {
    let across = a.left < b.right && b.left < a.right;
    across && a.top < b.bottom && b.top < a.bottom
}

fn apart_within(rects: &[Rect], room: Rect, name: &str) {
    for (i, rect) in rects.iter().enumerate() {
        assert!(contains(room, *rect), "{name}: {rect:?} is not within {room:?}");
        for other in &rects[i + 1..] {
            assert!(!overlap(*rect, *other), "{name}: {rect:?} overlaps {other:?}");
        }
    }
}

#[test]
fn the_picture_has_every_size() {
    let folder = tempfile::tempdir().unwrap();
    table::write(&folder.path().join(STAGES_FILE), stages()).unwrap();
    let svg = picture(folder.path(), "no training").unwrap().svg().unwrap();
    for text in ["* printed: 28×28×576", "7×7×1056", "361 M mult-adds", "2.28 M param."] {
        assert!(svg.contains(text), "{text}");
    }
}

#[test]
fn costs_have_three_digits() {
    let shown = [0, 999, 9_536, 64_200, 118_013_952, 2_279_616].map(costs::compact);
    assert_eq!(shown, ["0", "999", "9.54 K", "64.2 K", "118 M", "2.28 M"]);
}
