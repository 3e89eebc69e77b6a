//! Rules of claims, on points whose numbers can be worked out by hand.

use record::claims::{self, Claim, Hypothesis, Place, PointRow, Rule, Unit, Versus};
use record::run::Scale;
use record::statistics::Verdict;

fn point(series: &str, seed: u64, x: f64, value: f64) -> PointRow {
    PointRow {
        scale: Scale::Small,
        series: series.to_owned(),
        seed,
        metric: "m".to_owned(),
        x,
        value,
    }
}

/// Two series of three seeds: a ends at 2, 4, 8 after a peak of 9; b at 1, 2, 4.
fn points() -> Vec<PointRow> {
    let mut points = Vec::new();
    for (seed, end) in [(0, 2.0), (1, 4.0), (2, 8.0)] {
        points.push(point("a", seed, 10.0, end));
        points.push(point("a", seed, 5.0, 9.0));
        points.push(point("b", seed, 10.0, end / 2.0));
    }
    points.push(PointRow { metric: "other".to_owned(), ..point("a", 0, 99.0, 99.0) });
    points
}

fn claim(versus: Option<Versus>, at: Place, rule: Rule) -> Claim {
    Claim {
        section: "§0".to_owned(),
        claim: "a".to_owned(),
        paper: "–".to_owned(),
        run: "r".to_owned(),
        hypothesis: Hypothesis { metric: "m".to_owned(), of: "a".to_owned(), versus, at, rule },
        unit: Unit::Number,
    }
}

fn b() -> String {
    "b".to_owned()
}

#[test]
fn the_last_the_largest_and_a_given_point_count() {
    let values = |at| claim(None, at, Rule::EachAbove(0.0)).hypothesis.values(&points());
    assert_eq!(values(Place::Last), [2.0, 4.0, 8.0]);
    assert_eq!(values(Place::Largest), [9.0, 9.0, 9.0]);
    assert_eq!(values(Place::X(5.0)), [9.0, 9.0, 9.0]);
    assert!(values(Place::X(7.0)).is_empty());
}

#[test]
fn series_are_compared_seed_by_seed() {
    let over = claim(Some(Versus::Over(b())), Place::Last, Rule::IntervalAbove(1.0));
    let finding = over.finding(Scale::Small, &points());
    let ours = finding.ours.unwrap();
    assert!((ours.mean - 2.0).abs() < 1e-12 && ours.n == 3, "{ours:?}");
    assert_eq!(finding.verdict, Verdict::Reproduced, "twice as large in every seed: no spread");
    let less = claim(Some(Versus::Less(b())), Place::Last, Rule::IntervalAbove(0.0));
    let ours = less.finding(Scale::Small, &points()).ours.unwrap();
    // Differences 1, 2 and 4: mean 7/3, standard deviation √(7/3), t of two degrees of freedom 4.3027.
    assert!((ours.mean - 7.0 / 3.0).abs() < 1e-12);
    let half = 4.302_653 * (7.0_f64 / 3.0).sqrt() / 3.0_f64.sqrt();
    let (low, high) = ours.interval.unwrap();
    assert!((low - (ours.mean - half)).abs() < 1e-5 && (high - (ours.mean + half)).abs() < 1e-5);
    let missing = claim(Some(Versus::Less("c".to_owned())), Place::Last, Rule::EachAbove(0.0));
    let finding = missing.finding(Scale::Small, &points());
    assert_eq!((finding.ours, finding.verdict), (None, Verdict::Undecided));
}

#[test]
fn rules_have_two_sides_and_a_middle() {
    let verdict = |rule| claim(None, Place::Last, rule).finding(Scale::Small, &points()).verdict;
    // Mean 4.67, half an interval 7.59.
    assert_eq!(verdict(Rule::IntervalAbove(-4.0)), Verdict::Reproduced);
    assert_eq!(verdict(Rule::IntervalAbove(4.0)), Verdict::Undecided);
    assert_eq!(verdict(Rule::IntervalAbove(13.0)), Verdict::NotReproduced);
    assert_eq!(verdict(Rule::IntervalBelow(13.0)), Verdict::Reproduced);
    assert_eq!(verdict(Rule::IntervalBelow(-4.0)), Verdict::NotReproduced);
    assert_eq!(verdict(Rule::EachAbove(1.0)), Verdict::Reproduced);
    assert_eq!(verdict(Rule::EachAbove(3.0)), Verdict::Undecided);
    assert_eq!(verdict(Rule::EachBelow(1.0)), Verdict::NotReproduced);
}

#[test]
fn numbers_are_shown_in_their_unit() {
    let shown = [
        (Unit::Percent, 0.1234, "12.3"),
        (Unit::Percent, -0.0001, "0.0"),
        (Unit::Number, 1234.5, "1234"),
        (Unit::Times, 0.5, "0.500"),
        (Unit::Number, -1.5e-9, "−1.5e−9"),
        (Unit::Number, f64::INFINITY, "inf"),
    ];
    for (unit, value, text) in shown {
        assert_eq!(unit.show(value), text);
    }
}

#[test]
fn a_difference_of_fractions_is_in_points() {
    let number = |versus| {
        let claim =
            Claim { unit: Unit::Percent, ..claim(versus, Place::Last, Rule::EachAbove(0.0)) };
        claim.finding(Scale::Small, &points()[..3]).number()
    };
    assert_eq!(number(None), "200.0 % (n 1)");
    assert_eq!(number(Some(Versus::Less(b()))), "100.0 points (n 1)");
}

#[test]
fn every_committed_run_has_the_numbers_of_its_claims() {
    let results = record::repository().join("results");
    let claims = claims::all().unwrap();
    assert!(claims.len() >= 50);
    for claim in claims {
        let folder = results.join(&claim.run);
        if !claims::is_there(&folder) {
            continue;
        }
        let findings = claims::findings(&folder).unwrap();
        let finding = findings.iter().find(|finding| finding.claim == claim).unwrap();
        assert!(finding.ours.is_some(), "{}: no such number", claim.claim);
    }
}

#[test]
fn a_network_at_chance_is_so_by_one_number() {
    let claims = claims::of_run("fig2").unwrap();
    let at_chance = claims.iter().find(|claim| claim.claim.contains("stays at chance")).unwrap();
    assert_eq!(at_chance.hypothesis.rule, Rule::EachBelow(record::fig2::AT_CHANCE));
}
