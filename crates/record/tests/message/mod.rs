use anyhow::{Context, anyhow};
use record::message::{line, printable};

#[test]
fn an_error_is_a_line_and_no_cause_is_said_twice() {
    let error = anyhow!("No such file").context("a.png: No such file").context("cannot draw");
    assert_eq!(line(&error), "cannot draw: a.png: No such file");
    let five_lines = anyhow!("line 1, column 2\n  |\n1 | x\n").context("fig1.toml");
    assert_eq!(line(&five_lines), "fig1.toml: line 1, column 2\\n  |\\n1 | x");
    let once: anyhow::Result<()> = Err(std::io::Error::other("full")).context("cannot write");
    assert_eq!(line(&once.unwrap_err()), "cannot write: full");
}

#[test]
fn names_of_others_neither_move_nor_fill_the_terminal() {
    assert_eq!(printable("Köter \u{1b}[2Jx\r\n\u{9b}.jpg"), "Köter \\u{1b}[2Jx\\r\\n\\u{9b}.jpg");
    let name = format!("{}: not finite", "x".repeat(1 << 20));
    let short = printable(&name);
    assert!(short.chars().count() < 610 && short.ends_with("x: not finite"), "{short}");
}
