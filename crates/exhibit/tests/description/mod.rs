//! Descriptions: what they say, and what is refused.

use std::fs;

use exhibit::{Exhibit, Kind, RowKind, Rule};
use record::run::Scale;

/// An exhibit with these lines after its head.
pub fn described(lines: &str) -> anyhow::Result<Exhibit> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("an-exhibit.toml");
    let head = "title = 'T'\nabout = 'A'\nsection = '§0'\norder = 1\n";
    let scales =
        "[[scale]]\nname = 'smoke'\nseeds = 1\n[[scale]]\nname = 'small'\nseeds = 3\nminutes = 2\n";
    fs::write(&path, format!("{head}{scales}{lines}"))?;
    Exhibit::read(&path)
}

/// The same with one claim, whose keys these lines are.
pub fn claiming(keys: &str) -> anyhow::Result<Exhibit> {
    let head = "claim = 'c'\nkind = 'empirical'\npaper = 'yes'\n";
    described(&format!("[[claim]]\n{head}{keys}\n"))
}

#[test]
fn a_description_says_what_it_says() {
    let exhibit =
        claiming("metric = 'm'\nof = 'a'\nless = 'b'\nat = 5.0\ninterval_above = 1.0").unwrap();
    assert_eq!((exhibit.name.as_str(), exhibit.default_scale()), ("an-exhibit", Scale::Small));
    let claim = &exhibit.description.claims[0];
    assert_eq!((claim.kind, claim.rule()), (Kind::Empirical, Some(Rule::IntervalAbove(1.0))));
    let accepted = record::repository().join("results");
    assert_eq!(exhibit.accepted_folder(Scale::Small), accepted.join("an-exhibit"));
    assert_eq!(exhibit.accepted_folder(Scale::Medium), accepted.join("medium/an-exhibit"));
}

#[test]
fn what_a_description_must_not_say_is_refused_in_a_line() {
    let with = |keys: &str| claiming(&format!("metric = 'm'\nof = 'a'\n{keys}")).unwrap_err();
    for (error, part) in [
        (described("colour = 'red'\n").unwrap_err(), "unknown field `colour`"),
        (with("lss = 'b'\ninterval_above = 1.0"), "unknown field `lss`"),
        (with("less = 'b'\nover = 'c'\ninterval_above = 1.0"), "both less and over"),
        (with("interval_above = 1.0\neach_above = 1.0"), "more than one rule"),
        (with(""), "it has no rule"),
        (with("interval_above = nan"), "its bar is no number"),
        (with("not_tested = 'why'\neach_above = 1.0"), "is not tested and has a rule"),
        (with("at = 'first'\neach_above = 1.0"), "at is 'last', 'largest' or a number"),
        (with("unit = 'miles'\neach_above = 1.0"), "unknown variant `miles`"),
        (claiming("metric = 'm'\neach_above = 1.0").unwrap_err(), "it needs metric and of"),
        (described("[[panel]]\ntitle = 'p'\n").unwrap_err(), "panel 'p': it needs a metric"),
        (described("= nonsense").unwrap_err(), "line 12, column 1"),
    ] {
        let message = format!("{error:#}");
        assert!(message.contains(part), "{part}: {message}");
        assert_eq!(message.lines().count(), 1, "{message}");
        assert!(message.contains("an-exhibit.toml"), "{message}");
    }
}

/// The tracked files that somebody might have to edit for a new exhibit: no rows, pictures and pages, and no tests,
/// which take some exhibits as examples.
fn sources() -> Vec<std::path::PathBuf> {
    let root = record::repository();
    let listed = record::manifest::git_in(&root, &["ls-files"]).expect("a git repository");
    let is_source = |path: &&str| {
        let is_written = ["results/", "figures/", "report/"].iter().any(|of| path.starts_with(of));
        let kind = std::path::Path::new(path).extension().unwrap_or_default();
        !is_written && !path.contains("/tests/") && kind != "md" && kind != "lock"
    };
    listed.lines().filter(is_source).map(|path| root.join(path)).collect()
}

/// Whether a text has this name, and not as a part of a longer one.
fn names(text: &str, name: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    text.match_indices(name).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + name.len()..].chars().next();
        !before.is_some_and(is_part) && !after.is_some_and(is_part)
    })
}

#[test]
fn an_exhibit_is_named_by_its_two_files_alone() {
    let texts: Vec<(std::path::PathBuf, String)> = sources()
        .into_iter()
        .filter_map(|path| Some((path.clone(), fs::read_to_string(path).ok()?)))
        .collect();
    for exhibit in Exhibit::all().unwrap() {
        let own =
            |path: &std::path::Path| path.file_stem().is_some_and(|stem| *stem == *exhibit.name);
        let is_figure = exhibit.description.rows != RowKind::Points;
        // Prose may point at another exhibit; nobody has to edit it when one is added.
        let is_prose = |path: &std::path::Path| path.extension().is_some_and(|kind| kind == "toml");
        let others = texts
            .iter()
            .filter(|(path, text)| !own(path) && !is_prose(path) && names(text, &exhibit.name));
        let others: Vec<_> = others.map(|(path, _)| path).collect();
        assert!(is_figure || others.is_empty(), "{} is named in {others:?}, too", exhibit.name);
    }
}
