//! The architecture's graph and tables, from rows with the widths of the paper.

mod rows;

use std::fs;
use std::path::Path;

use figures::fig5::graph::Step;
use figures::fig5::layout::Lane;
use figures::fig5::shapes::Rect;
use figures::fig5::{self, Fig5, costs, layout, markdown, summary};
use figures::picture::Picture;
use figures::runs;
use record::fig5::{COUNTS_FILE, STAGES_FILE, StageRow};
use record::manifest::Manifest;
use record::run::Run;
use record::table;
use serde_json::json;

use rows::{counts, network, stages};

fn fig5_run(out: &Path) -> Manifest {
    let run = Run::open(crate::plan(out, "fig5", json!({}))).unwrap();
    run.finish(|stage| {
        table::write(&stage.join(STAGES_FILE), stages())?;
        table::write(&stage.join(COUNTS_FILE), counts())
    })
    .unwrap();
    Manifest::read(out).unwrap()
}

fn figure() -> Fig5 {
    let folder = tempfile::tempdir().unwrap();
    let manifest = fig5_run(&folder.path().join("fig5"));
    Fig5::of_rows(&stages(), &counts(), &manifest)
}

#[test]
fn every_stage_has_a_line_with_ours_and_the_papers() {
    let text = markdown(&stages(), &counts());
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
    let columns = |line: &str| line.matches('|').count();
    let table = text.lines().filter(|line| line.starts_with('|')).take(18).map(columns);
    assert!(table.into_iter().all(|columns| columns == 14), "{text}");
}

#[test]
fn sizes_stand_beside_the_papers() {
    let (long, short) = (markdown(&stages(), &counts()), summary(&stages(), &counts()));
    for text in [&long, &short] {
        for part in [
            "over the paper's 13.6 million",
            "| 128-wide, full 7x7 | 11,285,224 | 0.830 | 2,000,000,000 |",
            "| 96-wide, separable 7x7 | 11,188,288 | 0.823 | 2,000,000,000 |",
        ] {
            assert!(text.contains(part), "{part}\n{text}");
        }
    }
    assert!(!short.contains("3×3 reduce"), "{short}");
    let sentence = "contradicts itself at 3c, 4c, 4d, 4e with projections of 128 channels in 4c and 4d, \
                    as printed, and at 3c, 4e with 96.";
    assert!(short.contains(sentence), "{short}");
}

#[test]
fn every_contradiction_is_marked_and_in_the_caption() {
    let figure = figure();
    let caption = figure.caption.join(" ");
    let mut marks = Vec::new();
    for placed in &figure.stages {
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
    let caption = figure().caption.join(" ");
    for part in [
        "Scale: smoke. BN-Inception (Figure 5",
        "with projections of 128 channels in 4c and 4d, as printed",
        "4c, 4d: prints 576 channels; its widths add up to 608;",
        "96 channels there instead, 4c 14×14×576, 895,936 parameters; 4d 14×14×576, 1,108,032",
        "5a 2,182,272 parameters.",
        "11,285,224 (128-wide, full 7x7);",
        "The paper says 13.6 million.",
    ] {
        assert!(caption.contains(part), "{part} not in: {caption}");
    }
    let notes = figure().stages.into_iter().filter_map(|placed| placed.note);
    let expected = ["96-wide: 14×14×576", "96-wide: 14×14×576", "96-wide: 7×7×1024"];
    assert_eq!(notes.collect::<Vec<_>>(), expected);
}

#[test]
fn a_module_is_its_branches_and_their_channels_add_up() {
    let figure = figure();
    let shown = |name: &str| {
        let placed = figure.stages.iter().find(|placed| placed.stage.stage == name).unwrap();
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
    for placed in &figure.stages {
        let segments: Vec<Rect> = placed.lanes.iter().map(|lane| lane.segment).collect();
        assert_eq!(segments[0].top, placed.bar.top);
        assert_eq!(segments.last().unwrap().bottom, placed.bar.bottom, "{}", placed.stage.stage);
        assert!(segments.windows(2).all(|pair| pair[0].bottom == pair[1].top));
    }
}

#[test]
fn nothing_overlaps_and_nothing_is_cut() {
    let figure = figure();
    let (width, _) = figure.size();
    let picture = Rect::new((0, 0), (width as i32, layout::height(&figure.stages)));
    let mut cells: Vec<Rect> = figure.stages.iter().map(|placed| placed.cell).collect();
    cells.extend(figure.legend());
    apart_within(&cells, picture, "stages");
    for placed in &figure.stages {
        let boxes = placed.lanes.iter().flat_map(|lane| &lane.boxes);
        let mut rects: Vec<Rect> = boxes.map(|(_, rect)| *rect).collect();
        rects.push(placed.bar);
        rects.extend(fig5::stages::mark_rect(placed));
        apart_within(&rects, placed.cell, &placed.stage.stage);
    }
}

fn apart_within(rects: &[Rect], room: Rect, name: &str) {
    for (i, rect) in rects.iter().enumerate() {
        assert!(room.contains(*rect), "{name}: {rect:?} is not within {room:?}");
        for other in &rects[i + 1..] {
            assert!(!rect.overlaps(*other), "{name}: {rect:?} overlaps {other:?}");
        }
    }
}

#[test]
fn a_run_is_drawn_with_its_tables_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("fig5");
    fig5_run(&out);
    let [png, svg] = <[_; 2]>::try_from(runs::draw(&out).unwrap()).unwrap();
    assert!(png.exists());
    let svg = fs::read_to_string(svg).unwrap();
    for text in ["* printed: 28×28×576", "7×7×1056", "361 M mult-adds", "2.28 M param."] {
        assert!(svg.contains(text), "{text}");
    }
    let table = fs::read_to_string(out.join("fig5.md")).unwrap();
    assert_eq!(table, markdown(&stages(), &counts()));
}

#[test]
fn costs_have_three_digits() {
    let shown = [0, 999, 9_536, 64_200, 118_013_952, 2_279_616].map(costs::compact);
    assert_eq!(shown, ["0", "999", "9.54 K", "64.2 K", "118 M", "2.28 M"]);
}
