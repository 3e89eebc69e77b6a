//! The table's writers, and numbers of axes.

use figures::axis::{Axis, tick_text};
use figures::bench::throughput;
use figures::pages::spliced;
use figures::report::markdown_to_html;
use figures::table::{Cell, Table, Tone};
use record::bench::ThroughputRow;

fn table() -> Table {
    let mut table = Table::new(&["claim", ">ours"]);
    let linked = Cell { link: Some("results/x".to_owned()), ..Cell::from("a | b\n<i>") };
    let toned = Cell { tone: Some(Tone::No), ..Cell::from("1.5") };
    table.rows.push(vec![linked, toned]);
    table
}

#[test]
fn markdown_escapes_what_would_end_a_cell() {
    let expected = "| claim | ours |\n| --- | ---: |\n| [a \\| b &lt;i>](../results/x) | 1.5 |\n";
    assert_eq!(table().markdown("../"), expected);
}

#[test]
fn html_escapes_and_shows_verdicts_by_sign_and_class() {
    let html = table().html("cards", "../").into_string();
    for part in [
        "<table class=\"cards\">",
        "<th scope=\"col\" class=\"number\">ours</th>",
        "<a href=\"../results/x\">a | b\n&lt;i&gt;</a>",
        "<td class=\"no\" data-label=\"ours\">✗ 1.5</td>",
    ] {
        assert!(html.contains(part), "{part} not in {html}");
    }
}

#[test]
fn terminal_is_as_wide_as_it_may_be() {
    let mut table = Table::new(&["claim", ">n"]);
    table.rows.push(vec!["word ".repeat(40).into(), "7".into()]);
    let text = table.terminal(60);
    assert!(text.lines().all(|line| line.chars().count() <= 60), "{text}");
    assert!(text.lines().count() > 5 && text.contains("7 │"), "{text}");
}

#[test]
fn markdown_of_descriptions_can_do_no_harm() {
    let text = "a <b onclick=x>c</b> [d](javascript:x) [e](docs/A.md) [f](https://a.b)\n\n<script>g</script>";
    let html = markdown_to_html(text, "../").into_string();
    assert!(!html.contains("onclick") && !html.contains("<script") && !html.contains("javascript"));
    assert!(
        html.contains("href=\"../docs/A.md\"") && html.contains("href=\"https://a.b\""),
        "{html}"
    );
}

#[test]
fn ticks_are_round_and_readable() {
    let shown = [0.0, 0.05, -4.0, 10_000.0, 0.3 - 0.1, 1e-6, 2e7].map(tick_text);
    assert_eq!(shown, ["0", "0.05", "−4", "10,000", "0.2", "1e−6", "2e7"]);
    let linear = Axis::new((0.0, 1.0), (0, 100), false);
    assert_eq!((linear.within(0.25), linear.within(7.0)), (25, 100));
    assert_eq!(linear.ticks(5).len(), 6);
    let powers = Axis::new((1.0, 1e6), (0, 600), true);
    assert_eq!((powers.within(100.0), powers.ticks(7).len()), (200, 7));
    assert!(!Axis::fits(0.0, true) && Axis::fits(0.0, false) && !Axis::fits(f64::NAN, false));
}

#[test]
fn a_part_is_put_between_its_markers() {
    let page = "a\n<!-- x: begin (by make) -->\nold\n<!-- x: end -->\nb";
    let new = "a\n<!-- x: begin (by make) -->\nnew\n<!-- x: end -->\nb";
    assert_eq!(spliced(page, "x", "new").as_deref(), Some(new));
    assert_eq!(spliced(page, "y", "new"), None);
}

#[test]
fn the_throughput_table_compares_medians_with_pytorchs_best() {
    let row = |processor: &str, implementation: &str, round, images_per_second| ThroughputRow {
        implementation: implementation.to_owned(),
        network: "full".to_owned(),
        work: "training".to_owned(),
        jobs: 1,
        round,
        images_per_second,
        giga_operations_per_second: 10.0,
        share_of_product_rate: 0.25,
        processor: processor.to_owned(),
        cores: 2,
    };
    let mut rows = Vec::new();
    for (round, factor) in [(1, 1.0), (2, 5.0), (3, 2.0)] {
        for (implementation, speed) in [
            ("ours", 30.0),
            ("ours, f32", 15.0),
            ("pytorch eager", 10.0),
            ("pytorch channels-last", 12.0),
            ("pytorch channels-last bf16", 24.0),
        ] {
            rows.push(row("P", implementation, round, factor * speed));
            rows.push(row("Q", implementation, round, 2.0 * factor * speed));
        }
    }
    let text = throughput(&rows);
    let line = "| training, 224 px, batch 16 | **60** | 30 | 20 | 3.00 | 48 (channels-last bf16) | 1.25 | 0.25 |";
    assert!(text.contains(line), "{text}");
    let of_the_other = "| training, 224 px, batch 16 | **120** | 60 | 40 | 3.00 | 96 (channels-last bf16) | 1.25 | 0.25 |";
    assert!(text.contains(of_the_other), "{text}");
}
