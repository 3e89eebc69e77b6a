//! What is said of a run, and of all claims.

use std::fs;

use exhibit::Exhibit;
use exhibit::judge::holm;
use exhibit::reported::Reported;
use exhibit::runs::ShownRun;
use figures::block::Block;
use figures::claims::{Claims, place};
use figures::pages;
use figures::report::{Section, Texts, page};
use record::run::Scale;

use crate::fixture::{TOY, points, toy, write_run};

#[test]
fn a_block_has_claims_tables_and_provenance() {
    let folder = tempfile::tempdir().unwrap();
    let run = toy(folder.path(), Scale::Full);
    let text = Block::of(&run).unwrap().markdown();
    for part in [
        "### Figure 9: <toys>\n\n![Figure 9: <toys>](figures/toy.png)\n\nProse with",
        "| with \\| beats &lt;without> | yes | 30.0 points (−97.1 to 157.1, n 2) | \
         the whole 95 % interval is above 0 | undecided at this n |",
        "| it is fast | very | – | not tested here: no clock | not tested here |",
        "| network | accuracy |\n| --- | ---: |\n| with | 85.0 % (21.5 to 148.5, n 2) |",
        "Scale: no training; 2 seeds; the paper's scale. Made by",
    ] {
        assert!(text.contains(part), "{part}\nnot in\n{text}");
    }
    assert!(!text.contains("nobody"), "a row without a number");
}

#[test]
fn a_terminal_shows_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let run = toy(folder.path(), Scale::Full);
    let text = Block::of(&run).unwrap().terminal(100);
    assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
    assert!(text.contains("85.0 %") && text.contains("not tested here"), "{text}");
}

#[test]
fn a_smoke_run_says_so_first_and_is_not_the_papers() {
    let folder = tempfile::tempdir().unwrap();
    let run = toy(folder.path(), Scale::Smoke);
    assert!(
        run.scale_words().starts_with("a smoke run, which only shows that the program works: ")
    );
    assert!(!run.scale_words().contains("the paper's scale"));
    assert_eq!(run.stem().to_str(), Some("figures/smoke/toy"));
    let files = pages::draw(&run, &folder.path().join("toy")).unwrap();
    let svg = fs::read_to_string(&files[1]).unwrap();
    assert!(
        svg.contains("A smoke run, which only shows") && svg.contains("Toys | all."),
        "{files:?}"
    );
}

#[test]
fn an_exhibit_without_panels_is_a_page_of_tables() {
    let folder = tempfile::tempdir().unwrap();
    toy(folder.path(), Scale::Full);
    let view = "title = \"Figure 10\"\nabout = \"a view\"\nsection = \"§9\"\norder = 2\nview_of = \"toy\"\n\
                [[table]]\nseries = [\"with\"]\ncolumn = [{ title = \"accuracy\", metric = \"accuracy\" }]\n";
    fs::write(folder.path().join("seen.toml"), view).unwrap();
    let seen = Exhibit::read(&folder.path().join("seen.toml")).unwrap();
    let run = ShownRun::read(&seen, &folder.path().join("run")).unwrap();
    let files = pages::draw(&run, &folder.path().join("seen")).unwrap();
    assert_eq!(files, [folder.path().join("seen.md")]);
    let text = fs::read_to_string(&files[0]).unwrap();
    assert!(text.starts_with("# Figure 10\n\n|") && text.contains("| with | 0.850"), "{text}");
}

#[test]
fn claims_are_counted_by_kind_and_chance_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let mut run = toy(folder.path(), Scale::Full);
    holm(&mut run.findings);
    let runs = [run];
    let page = Claims::of(&runs).page(&[]);
    for part in [
        "| empirical | 2 | 0 | 0 | 1 | 1 |",
        "1 empirical claims are decided by a 95 % interval",
        "0 of 0 decided verdicts stand",
        "## §9\n\n| kind | claim |",
        "| not tested: no clock | not tested here | – |",
    ] {
        assert!(page.contains(part), "{part}\nnot in\n{page}");
    }
    let summary = Claims::of(&runs).summary();
    assert_eq!(summary.lines().count(), 2, "{summary}");
    assert!(summary.contains(
        "2 claims, each with a rule or the reason why it is not tested: empirical: 1 undecided at this n, 1 not tested here"
    ));
}

/// A row of the paper in §9, of a figure of its own.
fn reported(id: &str, unit: &str, section: &str, not_a_claim: Option<&str>) -> Reported {
    let [id, unit, section] = [id, unit, section].map(str::to_owned);
    Reported {
        id,
        artefact: "fig9".to_owned(),
        network: "with".to_owned(),
        metric: "accuracy".to_owned(),
        value: if unit == "text" { "good" } else { "0.9" }.to_owned(),
        unit,
        section,
        not_a_claim: not_a_claim.map(str::to_owned),
    }
}

#[test]
fn what_the_paper_says_has_the_verdicts_of_its_claims_or_a_reason() {
    let folder = tempfile::tempdir().unwrap();
    let runs = [toy(folder.path(), Scale::Full)];
    let page = Claims::of(&runs).page(&[
        reported("title", "text", "Title", Some("an argument")),
        reported("s9-why", "text", "9", Some("an argument")),
        reported("s9-beats", "fraction", "9", None),
        reported("fig9-low", "fraction", "9, Figure 9", Some("an axis")),
        reported("s9-later", "text", "9", None),
        reported("fig9-high", "fraction", "9, Figure 9", Some("an axis")),
    ]);
    for part in [
        "### Title\n\n| row |",
        "| title | accuracy (with) | good | not a claim: an argument |\n\n### §9\n\n",
        "| s9-why | accuracy (with) | good | not a claim: an argument |\n",
        "| s9-beats | accuracy (with) | 0.9 fraction | undecided at this n (toy) |\n",
        "| fig9-low and 1 more | accuracy (with) | 0.9 fraction | not a claim: an axis |\n",
        "| s9-later | accuracy (with) | good | no accepted run yet |\n",
    ] {
        assert!(page.contains(part), "{part}\nnot in\n{page}");
    }
    assert!(!page.contains("fig9-high"), "{page}");
}

#[test]
fn sections_have_the_papers_order() {
    let mut sections =
        ["beyond the paper", "appendix", "§4.2.10", "§4.2.2, Figure 2", "§3", "§4.1", "§3.1"];
    sections.sort_by_key(|section| place(section));
    let expected =
        ["§3", "§3.1", "§4.1", "§4.2.2, Figure 2", "§4.2.10", "appendix", "beyond the paper"];
    assert_eq!(sections, expected);
}

#[test]
fn what_files_say_is_text_in_every_page() {
    let folder = tempfile::tempdir().unwrap();
    let hostile = "<img src=x onerror=alert(1)>![b](http://c)";
    fs::write(folder.path().join("toy.toml"), TOY.replace("\"with\"", &format!("'{hostile}'")))
        .unwrap();
    let exhibit = Exhibit::read(&folder.path().join("toy.toml")).unwrap();
    let mut points = points();
    let of_with = points.iter_mut().filter(|point| point.series == "with");
    of_with.for_each(|point| point.series = hostile.into());
    write_run(&folder.path().join("run"), "toy", Scale::Full, &points);
    let mut run = ShownRun::read(&exhibit, &folder.path().join("run")).unwrap();
    run.manifest.host.processor = hostile.to_owned();
    run.manifest.host.device = hostile.to_owned();
    run.manifest.starts[0].command = format!("fig1 `{hostile}`");
    run.manifest.starts[0].git_commit = Some(hostile.to_owned());
    run.manifest.versions.insert(hostile.to_owned(), hostile.to_owned());
    run.manifest.data_sha256.insert(hostile.to_owned(), hostile.to_owned());
    run.manifest.amendments.push(hostile.to_owned());
    let drawing = figures::figure::picture(&run).unwrap().map(|picture| picture.svg().unwrap());
    let block = Block::of(&run).unwrap();
    let readme = block.markdown();
    assert!(readme.contains("&lt;img src=x") && !readme.contains("<img"), "{readme}");
    assert!(!readme.contains("![b]"), "{readme}");
    let section = Section { block, drawing };
    let texts = Texts { findings: "", deviations: "" };
    let page = page(&Claims::of(std::slice::from_ref(&run)), &[section], None, texts);
    assert!(page.matches("&lt;img src=x").count() > 8 && !page.contains("<img"));
}

#[test]
fn pages_get_their_parts_and_a_lost_marker_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("root");
    fs::create_dir(&root).unwrap();
    let runs = [toy(folder.path(), Scale::Full)];
    let marked = |name: &str| format!("<!-- {name}: begin -->\n<!-- {name}: end -->\n");
    fs::write(root.join("README.md"), marked("counts")).unwrap();
    let to = folder.path().join("to");
    let message = format!("{:#}", pages::write(&runs, &root, &to).unwrap_err());
    assert_eq!(message, "README.md: '<!-- exhibits: begin -->' or its end is missing");
    fs::write(root.join("README.md"), marked("counts") + &marked("exhibits")).unwrap();
    pages::write(&runs, &root, &to).unwrap();
    let readme = fs::read_to_string(to.join("README.md")).unwrap();
    assert!(readme.contains("### Figure 9") && readme.contains("2 claims"), "{readme}");
    assert!(to.join("docs/CLAIMS.md").exists());
}

#[test]
fn the_report_escapes_what_comes_from_files() {
    let folder = tempfile::tempdir().unwrap();
    let mut run = toy(folder.path(), Scale::Full);
    run.manifest.starts[0].command = "toy <img src=x>".to_owned();
    let runs = [run];
    let drawing = figures::figure::picture(&runs[0]).unwrap().map(|picture| picture.svg().unwrap());
    let section = Section { block: Block::of(&runs[0]).unwrap(), drawing };
    let texts = Texts { findings: "- found <iframe>", deviations: "# D\n\n<iframe>" };
    let html = page(&Claims::of(&runs), &[section], None, texts);
    for harm in ["<toys>", "<script>", "<without>", "<img", "<iframe>"] {
        assert!(!html.contains(harm), "{harm}");
    }
    assert!(html.contains("href=\"../docs/ADDING.md\"") && html.contains("&lt;img src=x&gt;"));
    assert!(html.contains("role=\"img\" aria-label=\"Figure 9: &lt;toys&gt;\""));
    assert!(
        html.contains("<g id=\"drawing-toy\">") && html.contains("<use href=\"#drawing-toy\">")
    );
    let overview =
        html.split_once("id=\"overview\"").unwrap().1.split_once("</section>").unwrap().0;
    for part in ["found", "Figure 9: &lt;toys&gt;", "1 undecided at this n", "1 not tested here"] {
        assert!(overview.contains(part), "{part} not in {overview}");
    }
}

#[test]
fn a_damaged_run_or_description_gives_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let run = toy(folder.path(), Scale::Full);
    let rows = run.folder.join("points.csv");
    fs::write(&rows, fs::read_to_string(&rows).unwrap().replace("0.9", "0.99")).unwrap();
    let message = format!("{:#}", ShownRun::read(&run.exhibit, &run.folder).unwrap_err());
    assert!(message.contains("points.csv is not the file its run wrote"), "{message}");
    let other = folder.path().join("other");
    write_run(&other, "tay", Scale::Full, &points());
    let message = format!("{:#}", ShownRun::read(&run.exhibit, &other).unwrap_err());
    assert!(message.ends_with("holds a run of 'tay', not of 'toy'"), "{message}");
    fs::write(folder.path().join("toy.toml"), TOY.replace("metric", "metrik")).unwrap();
    let message = format!("{:#}", Exhibit::read(&folder.path().join("toy.toml")).unwrap_err());
    assert!(message.contains("toy.toml") && message.contains("metrik"), "{message}");
    assert_eq!(message.lines().count(), 1, "{message}");
}
