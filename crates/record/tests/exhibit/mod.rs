//! Descriptions: what they say, and what is refused.

use std::fs;

use record::exhibit::{Exhibit, Kind, Rule};
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
