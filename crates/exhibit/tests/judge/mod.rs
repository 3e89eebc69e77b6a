//! The judge, on points whose numbers can be worked out by hand.

use exhibit::judge::Verdict::{self, NotReproduced, NotTested, Reproduced, Undecided};
use exhibit::judge::{Finding, holm, judge};
use exhibit::point::{Known, Point};
use exhibit::{Converged, Exhibit, Kind, Unit};
use record::run::Scale;

use crate::description::claiming;

/// Two series of three seeds: a ends at 2, 4, 8 after a peak of 9; b at 1, 2, 4.
fn points() -> Vec<Point> {
    let mut points = vec![Point::new("a", 0, "other", 99.0, 99.0)];
    for (seed, end) in [(0, 2.0), (1, 4.0), (2, 8.0)] {
        points.push(Point::new("a", seed, "m", 10.0, end));
        points.push(Point::new("a", seed, "m", 5.0, 9.0));
        points.push(Point::new("b", seed, "m", 10.0, end / 2.0));
    }
    points
}

fn finding_of(keys: &str, points: &[Point], paper: &[Point]) -> Finding {
    let exhibit = claiming(&format!("metric = 'm'\nof = 'a'\n{keys}")).unwrap();
    judge(&exhibit, Scale::Smoke, points, paper).unwrap().remove(0)
}

fn finding(keys: &str) -> Finding {
    finding_of(keys, &points(), &[])
}

#[test]
fn the_last_the_largest_and_a_given_point_count() {
    let values = |at: &str| {
        let ours = finding(&format!("{at}\neach_above = 0.0")).ours;
        ours.map(|ours| ours.values.iter().map(|value| value.number()).collect::<Vec<_>>())
    };
    assert_eq!(values("at = 'last'"), Some(vec![2.0, 4.0, 8.0]));
    assert_eq!(values("at = 'largest'"), Some(vec![9.0, 9.0, 9.0]));
    assert_eq!(values("at = 5.0"), Some(vec![9.0, 9.0, 9.0]));
    assert_eq!(values("at = 7.0"), None);
}

#[test]
fn series_are_compared_seed_by_seed() {
    let over = finding("over = 'b'\ninterval_above = 1.0");
    let spread = over.ours.clone().unwrap().spread.unwrap();
    assert!((spread.mean - 2.0).abs() < 1e-12 && spread.n == 3, "{spread:?}");
    assert_eq!(over.verdict, Reproduced, "twice as large in every seed: no spread");
    assert_eq!(over.p, Some(0.0));
    let less = finding("less = 'b'\ninterval_above = 0.0");
    let spread = less.ours.unwrap().spread.unwrap();
    // Differences 1, 2 and 4: mean 7/3, standard deviation √(7/3), t of two degrees of freedom 4.3027.
    let half = 4.302_653 * (7.0_f64 / 3.0).sqrt() / 3.0_f64.sqrt();
    let (low, high) = spread.interval.unwrap();
    assert!((low - (7.0 / 3.0 - half)).abs() < 1e-5 && (high - (7.0 / 3.0 + half)).abs() < 1e-5);
    // t = 7/3 / √(7/9) = 2.6458; of two degrees of freedom 5.9 % are above.
    assert!((less.p.unwrap() - 0.059_04).abs() < 1e-4, "{:?}", less.p);
}

#[test]
fn rules_have_two_sides_and_a_middle() {
    let verdict = |rule: &str| finding(rule).verdict;
    // Mean 4.67, half an interval 7.59.
    assert_eq!(verdict("interval_above = -4.0"), Reproduced);
    assert_eq!(verdict("interval_above = 4.0"), Undecided);
    assert_eq!(verdict("interval_above = 13.0"), NotReproduced);
    assert_eq!(verdict("interval_below = 13.0"), Reproduced);
    assert_eq!(verdict("interval_below = -4.0"), NotReproduced);
}

/// So many seeds of 1, 2, 3 …
fn seeds(count: u32) -> Vec<Point> {
    let point = |seed: u32| Point::new("a", seed.into(), "m", 0.0, f64::from(seed) + 1.0);
    (0..count).map(point).collect()
}

#[test]
fn a_fact_in_every_seed_decides_if_chance_gives_it_to_less_than_one_in_forty() {
    let of = |keys: &str, count| finding_of(keys, &seeds(count), &[]);
    assert_eq!(of("each_above = 0.5", 6).verdict, Reproduced, "1 in 64");
    assert_eq!(of("each_below = 0.5", 6).verdict, NotReproduced);
    assert_eq!(of("each_above = 1.5", 6).verdict, Undecided, "not in the first seed");
    let five = of("each_above = 0.5", 5);
    assert_eq!((five.verdict, five.p), (Undecided, Some(1.0 / 32.0)));
    let number = of("each_above = 0.5", 3).number();
    assert!(number.ends_with("so in 3 of 3 seeds, p 0.125"), "{number}");
}

#[test]
fn an_identity_is_held_by_arithmetic_and_not_by_chance() {
    let mut exhibit = claiming("metric = 'm'\nof = 'a'\neach_above = 0.5").unwrap();
    exhibit.description.claims[0].kind = Kind::Identity;
    let found = judge(&exhibit, Scale::Smoke, &seeds(3), &[]).unwrap().remove(0);
    assert_eq!(found.verdict, Reproduced);
}

#[test]
fn a_bound_decides_only_where_every_one_of_many_seeds_has_one() {
    let of = |values: &[Known]| {
        let point =
            |(seed, value): (u64, &Known)| Point::new("a", seed, "m", 0.0, 0.0).known(*value);
        let points: Vec<Point> = (0..).zip(values).map(point).collect();
        let found =
            finding_of("is_ratio = true\nunit = 'times'\ninterval_above = 1.0", &points, &[]);
        (found.verdict, found.number())
    };
    let (below, above) = (Known::Below, Known::Above);
    assert_eq!(of(&[below(0.8), below(0.9)]), (Undecided, "below 0.900× (n 2)".to_owned()));
    assert_eq!(of(&[below(0.8); 6]), (NotReproduced, "below 0.800× (n 6)".to_owned()));
    assert_eq!(of(&[above(1.2); 6]), (Reproduced, "above 1.20× (n 6)".to_owned()));
    let some = of(&[below(1.5), Known::Exactly(4.0), Known::Exactly(4.0)]);
    assert_eq!(some, (Undecided, "4.00× (4.00 to 4.00, 2 of 3 seeds)".to_owned()));
}

#[test]
fn a_number_may_have_an_interval_of_its_own() {
    let points = [Point::new("a", 0, "m", 0.0, 0.0204).within(0.0144, 0.0259)];
    let found = finding_of("unit = 'points'\ninterval_above = 0.0", &points, &[]);
    assert_eq!((found.verdict, found.number().as_str()), (Reproduced, "2.0 points (1.4 to 2.6)"));
    // 0.0204 over a standard error of 0.0115/2/1.96 is 6.95.
    assert!(found.p.unwrap() < 1e-10);
}

#[test]
fn the_papers_number_is_worked_out_like_ours() {
    let exhibit =
        claiming("metric = 'm'\nof = 'a'\nover = 'b'\ninterval_above = 1.0\nunit = 'times'");
    let mut exhibit = exhibit.unwrap();
    exhibit.description.claims[0].paper = "reported".to_owned().into();
    let paper = [Point::new("a", 0, "m", 0.0, 31.0), Point::new("b", 0, "m", 0.0, 13.3)];
    let found = judge(&exhibit, Scale::Smoke, &points(), &paper).unwrap().remove(0);
    assert_eq!(found.paper, "2.33×");
    assert_eq!(judge(&exhibit, Scale::Smoke, &points(), &[]).unwrap()[0].paper, "–");
}

#[test]
fn a_claim_that_is_not_tested_says_why() {
    let found = finding("not_tested = 'no mini-batch recurs'");
    assert_eq!((found.verdict, found.p), (NotTested, None));
    assert_eq!(found.rule(), "not tested here: no mini-batch recurs");
}

#[test]
fn a_claim_on_converged_networks_is_not_tested_where_they_have_not_converged() {
    let mut exhibit =
        claiming("metric = 'm'\nof = 'a'\ninterval_above = -9.0\nneeds_convergence = true")
            .unwrap();
    let verdict =
        |exhibit: &Exhibit, scale| judge(exhibit, scale, &points(), &[]).unwrap().remove(0);
    assert_eq!(verdict(&exhibit, Scale::Small).verdict, Reproduced);
    exhibit.description.scales[1].not_converged = Some("four epochs".to_owned());
    let found = verdict(&exhibit, Scale::Small);
    assert_eq!((found.verdict, found.p), (NotTested, None));
    assert!(found.rule().ends_with("not tested here: four epochs"), "{}", found.rule());
    assert!(found.number().starts_with("4.67 ("), "what it came to is shown all the same");
    exhibit.description.claims[0].needs_convergence = false;
    assert_eq!(verdict(&exhibit, Scale::Small).verdict, Reproduced);
}

/// A scale's own rule goes before the exhibit's, and what was not measured has not converged.
#[test]
fn convergence_is_asked_of_what_the_scale_names() {
    let mut exhibit =
        claiming("metric = 'm'\nof = 'a'\ninterval_above = -9.0\nneeds_convergence = true")
            .unwrap();
    let at_most = |metric: &str, at_most| {
        Some(Converged { metric: metric.to_owned(), of: "a".to_owned(), less: None, at_most })
    };
    let verdict =
        |exhibit: &Exhibit| judge(exhibit, Scale::Small, &points(), &[]).unwrap().remove(0).verdict;
    exhibit.description.converged = at_most("m", 6.0);
    assert_eq!(verdict(&exhibit), NotTested, "it is 6.83");
    exhibit.description.scales[1].converged = at_most("m", 7.0);
    assert_eq!(verdict(&exhibit), Reproduced);
    exhibit.description.scales[1].converged = at_most("another", 7.0);
    assert_eq!(verdict(&exhibit), NotTested);
    for (less, most, expected) in
        [("b", 4.0, NotTested), ("b", 5.0, Reproduced), ("c", 9.0, NotTested)]
    {
        let rule = at_most("m", most).map(|rule| Converged { less: Some(less.to_owned()), ..rule });
        exhibit.description.scales[1].converged = rule;
        assert_eq!(verdict(&exhibit), expected, "less {less}, at most {most}");
    }
}

#[test]
fn an_accepted_run_must_have_what_its_claims_name() {
    let misspelt = claiming("metric = 'm'\nof = 'a'\nless = 'bb'\ninterval_above = 0.0").unwrap();
    let message = judge(&misspelt, Scale::Small, &points(), &[]).unwrap_err().to_string();
    assert!(message.contains("metric 'm' and series 'a' and 'bb'"), "{message}");
    let smoke = judge(&misspelt, Scale::Smoke, &points(), &[]).unwrap();
    assert_eq!((smoke[0].verdict, smoke[0].number().as_str()), (Undecided, "–"));
    let keys = "metric = 'm'\nof = 'c'\ninterval_above = 0.0\nscales = ['full']";
    let elsewhere = judge(&claiming(keys).unwrap(), Scale::Small, &points(), &[]).unwrap();
    assert!(elsewhere.is_empty(), "another scale's claim");
}

#[test]
fn numbers_are_shown_in_their_unit() {
    for (unit, value, text) in [
        (Unit::Percent, 0.1234, "12.3 %"),
        (Unit::Percent, -0.0001, "0.0 %"),
        (Unit::Points, -0.012, "−1.2 points"),
        (Unit::Number, 1234.5, "1234"),
        (Unit::Logarithmic, 0.384, "0.384"),
        (Unit::Times, 0.5, "0.500×"),
        (Unit::Number, -1.5e-9, "−1.5e−9"),
        (Unit::Number, f64::INFINITY, "inf"),
        (Unit::Steps, 13.3e6, "13,300,000"),
        (Unit::Millions, 11.295e6, "11.3 million"),
    ] {
        assert_eq!(unit.one(value), text);
    }
    assert_eq!(finding("unit = 'percent'\nless = 'b'\neach_above = 0.0\nat = 10.0").number(), {
        "233.3 points (−146.1 to 612.8, n 3); so in 3 of 3 seeds, p 0.125"
    });
}

/// A finding with this p and verdict.
fn with(p: f64, verdict: Verdict, section: &str) -> Finding {
    let found = finding("interval_above = 0.0");
    Finding { p: Some(p), verdict, section: section.to_owned(), ..found }
}

#[test]
fn holms_correction_counts_the_claims_of_a_section() {
    let mut findings = vec![
        with(0.020, NotReproduced, "§1"), // the third of three: 0.025/1, but the second stops it
        with(0.001, Reproduced, "§1"),    // the first: 0.025/3
        with(0.015, Reproduced, "§1"),    // the second: 0.025/2 = 0.0125
        with(0.024, Reproduced, "§2"),    // alone: 0.025
        with(0.400, Undecided, "§3"),
        with(0.400, Reproduced, "§3"),
    ];
    findings[5].claim.kind = Kind::Identity;
    holm(&mut findings);
    let held: Vec<Option<bool>> = findings.iter().map(|found| found.holds_after_holm).collect();
    assert_eq!(held, [Some(false), Some(true), Some(false), Some(true), None, None]);
}
