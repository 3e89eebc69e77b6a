//! The table in words, and the program that writes it.

use std::fs;
use std::path::Path;
use std::process::Command;

use figures::table_single::{
    CLAIMS_FILE, SOURCE_FILE, SUMMARY_FILE, SingleTable, folder, markdown, terminal,
};
use record::fig2::{CURVES_FILE, ClaimRow, Network, SingleRow};
use record::manifest::Manifest;
use record::table;

use super::rows::{Rows, fig2_run, one_seed, three_seeds};

fn table_of(rows: &Rows) -> SingleTable {
    let folder = tempfile::tempdir().unwrap();
    fig2_run(folder.path(), rows);
    SingleTable::of_run(folder.path()).unwrap()
}

const NUMBERS: &str = "\
| network | steps to Inception's maximum: paper | ours, at smoke scale | speed-up: paper | ours | maximum accuracy: paper | ours | diverged |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
| Inception | 31.0·10⁶ | 800 (800–800; n 3) | – | – | 72.2 % | 60.0 ± 0.0 % (n 3) | 0 of 3 |
| BN-Baseline | 13.3·10⁶ | 200 (36–1,119; n 3) | 2.33 | 4.00 (0.71–22.4; n 3) | 72.7 % | 62.0 ± 0.0 % (n 3) | 0 of 3 |
| BN-x5 | 2.1·10⁶ | 283 (3–23,122; 2 of 3 seeds); over all > 400 | 14.8 | 2.83 (0.035–231; 2 of 3 seeds); over all < 2.00 | 73.0 % | 60.0 ± 21.5 % (n 3) | 0 of 3 |
| BN-x30 | 2.7·10⁶ | – | 11.5 | – | 74.8 % | – | – |
| BN-x5-Sigmoid | never | never within 800 (n 3) | – | < 1.00 (n 3) | 69.8 % | 50.0 ± 0.0 % (n 3) | 0 of 3 |
| Inception at 5x | – | never within 800 (n 3) | – | < 1.00 (n 3) | – | 23.3 ± 37.9 % (n 3) | 2 of 3 (steps 100–200) |
| Inception with sigmoid | – | – | – | – | 0.1 % | – | – |
";

const CLAIMS: &str = "\
| claim (§4.2.2, Figures 2 and 3) | paper | ours, at smoke scale | reproduced if | verdict |
| --- | --- | --- | --- | --- |
| BN-Baseline reaches Inception's maximum in fewer steps | speed-up 2.33 | speed-up 4.00 (0.71–22.4; n 3) | the whole 95 % interval is above 1 | undecided at this n |
| BN-x5 reaches it several times faster | speed-up 14.8 | speed-up 2.83 (0.035–231; 2 of 3 seeds); over all < 2.00 | the whole 95 % interval is above 2 | undecided at this n |
| BN-x30 is at first slower than BN-x5 | ratio of steps 1.29 | not in this run | the whole 95 % interval is above 1 | – |
| BN-x30 ends higher than BN-x5 | +1.8 points | not in this run | the whole 95 % interval is above 0 | – |
| BN-x30 ends highest of all | +1.8 points | not in this run | the whole 95 % interval is above 0 | – |
| With sigmoids, Inception trains if it has BN | share of Inception's way 0.97 | share of Inception's way up from chance: 0.80 ± 0.00 (n 3); so in 3 of 3 seeds | above 0.5 in every seed | reproduced |
| With sigmoids and without BN, Inception stays at chance | 1.00 × chance | not in this run | below 1.5 in every seed | – |
| Inception at 5 times its rate diverges | parameters at “machine infinity” | diverges in 2 of 3 seeds | in every seed | undecided at this n |
";

#[test]
fn the_rendered_tables_are_these() {
    let table = table_of(&three_seeds());
    assert_eq!(markdown::numbers(&table), NUMBERS);
    assert_eq!(markdown::claims(&table), CLAIMS);
}

#[test]
fn one_seed_says_so() {
    let table = table_of(&one_seed());
    let (numbers, claims) = (markdown::numbers(&table), markdown::claims(&table));
    for line in [
        "| BN-Baseline | 13.3·10⁶ | 200 (n 1) | 2.33 | 4.00 (n 1) | 72.7 % | 62.0 % (n 1) | 0 of 1 |",
        "| Inception at 5x | – | never within 800 (n 1) | – | < 1.00 (n 1) | – | 10.0 % (n 1) | 1 of 1 (step 100) |",
    ] {
        assert!(numbers.lines().any(|other| other == line), "{line}\n{numbers}");
    }
    assert!(claims.contains("diverges in 1 of 1 seeds | in every seed | reproduced (n = 1) |"));
    assert!(
        claims.contains("speed-up 4.00 (n 1) | the whole 95 % interval is above 1 | undecided")
    );
}

#[test]
fn an_inception_at_chance_is_said_to_be() {
    let mut rows = three_seeds();
    for row in rows.curves.iter_mut().filter(|row| row.network == Network::Inception) {
        row.top1_accuracy = 0.1;
    }
    let claims = markdown::claims(&table_of(&rows));
    let line = claims.lines().find(|line| line.contains("BN-Baseline")).unwrap();
    assert!(line.contains("Inception stays at chance: nothing to reach"), "{line}");
    assert!(line.ends_with("| – |"), "{line}");
}

#[test]
fn readme_and_terminal_say_scale_and_source() {
    let table = table_of(&three_seeds());
    let readme = markdown::readme(&table, "figures/table-single.md");
    for part in [
        CLAIMS,
        "Scale: smoke, which is CIFAR-10, 10 classes, 32×32 pixels, 5,000 validation images; 800 steps in mini-batches of 32; 3 seeds.",
        "Made by `fig2 --scale smoke` at commit 0123456789 in 60 s on P (2 jobs).",
        "[figures/table-single.md](figures/table-single.md)",
    ] {
        assert!(readme.contains(part), "{part}\n{readme}");
    }
    let terminal = terminal::tables(&table);
    assert!(terminal.starts_with("Ours at smoke scale: CIFAR-10"), "{terminal}");
    assert!(terminal.contains("over all > 400"), "{terminal}");
}

#[test]
fn the_files_name_their_run() {
    let temporary = tempfile::tempdir().unwrap();
    let run = temporary.path().join("fig2");
    fig2_run(&run, &three_seeds());
    let table = SingleTable::of_run(&run).unwrap();
    let [page, folder] = table.write(&run).unwrap();
    assert_eq!(page, folder.join("table-single.md"));
    assert_eq!(table::read::<SingleRow>(&folder.join(SUMMARY_FILE)).unwrap(), table.rows);
    assert_eq!(table::read::<ClaimRow>(&folder.join(CLAIMS_FILE)).unwrap(), table.claims);
    let source = fs::read_to_string(folder.join(SOURCE_FILE)).unwrap();
    let sum = &Manifest::read(&run).unwrap().outputs_sha256[CURVES_FILE];
    for part in ["fig2 --scale smoke", "0123456789abcdef", sum] {
        assert!(source.contains(part), "{part}\n{source}");
    }
}

#[test]
fn each_run_has_its_own_folder() {
    for (run, expected) in [
        ("results/fig2", "results/table-single"),
        ("results/medium/fig2", "results/medium/table-single"),
        ("results/custom/fig2-0a1b", "results/custom/table-single-0a1b"),
        ("elsewhere/mine", "elsewhere/mine/table-single"),
    ] {
        assert_eq!(folder(Path::new(run)), Path::new(expected));
    }
}

fn message(run: &Path) -> String {
    let message = format!("{:#}", SingleTable::of_run(run).unwrap_err());
    assert_eq!(message.lines().count(), 1, "{message}");
    message
}

#[test]
fn what_is_wrong_with_a_run_is_one_clear_line() {
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("fig2");
    assert!(message(&run).contains("no finished run in"));
    let mut rows = three_seeds();
    rows.curves.retain(|row| row.network != Network::Inception);
    fig2_run(&run, &rows);
    assert!(message(&run).contains("has no rows of Inception"));
    fig2_run(&run, &three_seeds());
    let other = Manifest { artefact: "fig1".to_owned(), ..Manifest::read(&run).unwrap() };
    other.write(&run).unwrap();
    assert!(message(&run).contains("holds a run of 'fig1', not of 'fig2'"));
    fig2_run(&run, &three_seeds());
    let path = run.join(CURVES_FILE);
    let changed = fs::read_to_string(&path).unwrap().replace("0.62", "0.72");
    fs::write(&path, changed).unwrap();
    assert!(message(&run).contains("curves.csv is not the file its run wrote"));
}

#[test]
fn the_program_says_what_is_missing() {
    let program = Command::new(env!("CARGO_BIN_EXE_table-single"))
        .args(["--run", "/no/such/run"])
        .output()
        .unwrap();
    assert!(!program.status.success());
    let message = String::from_utf8(program.stderr).unwrap();
    let expected =
        "no finished run in /no/such/run: 'make fig2' makes one, --run DIR names another\n";
    assert_eq!(message, expected);
}
