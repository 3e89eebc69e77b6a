use exhibit::judge::Verdict;
use exhibit::spread::Spread;

#[test]
fn interval_agrees_with_a_hand_computed_one() {
    // Mean 3, sample variance 2.5, standard error √(2.5/5) = 0.70711; t(4, 97.5 %) = 2.77645.
    let estimate = Spread::of(&[1.0, 2.0, 3.0, 4.0, 5.0], false).unwrap();
    assert_eq!((estimate.mean, estimate.n), (3.0, 5));
    let (low, high) = estimate.interval.unwrap();
    assert!((high - 3.0 - 1.963_24).abs() < 1e-5, "{high}");
    assert!((3.0 - low - 1.963_24).abs() < 1e-5, "{low}");
}

#[test]
fn one_seed_has_no_interval_and_none_has_no_mean() {
    let estimate = Spread::of(&[0.5], false).unwrap();
    assert_eq!((estimate.mean, estimate.interval, estimate.p_of(0.0)), (0.5, None, None));
    assert_eq!(Spread::of(&[], false), None);
}

#[test]
fn verdict_needs_the_whole_interval_on_one_side() {
    let verdict = |interval| Verdict::greater_than(1.0, interval);
    assert_eq!(verdict(Some((1.01, 2.0))), Verdict::Reproduced);
    assert_eq!(verdict(Some((0.5, 0.99))), Verdict::NotReproduced);
    assert_eq!(verdict(Some((0.9, 1.1))), Verdict::Undecided);
    assert_eq!(verdict(None), Verdict::Undecided);
}

#[test]
fn ratios_are_averaged_as_powers() {
    let estimate = Spread::of(&[2.0, 4.0, 8.0], true).unwrap();
    // Logarithms to base 2 are 1, 2, 3: mean 2, standard error 1/√3; t(2, 97.5 %) = 4.30265.
    assert!((estimate.mean - 4.0).abs() < 1e-12);
    let (low, high) = estimate.interval.unwrap();
    let half = 4.302_653 / 3f64.sqrt();
    assert!((low.log2() - (2.0 - half)).abs() < 1e-6, "{low}");
    assert!((high.log2() - (2.0 + half)).abs() < 1e-6, "{high}");
    let inverse = Spread::of(&[0.5, 0.25, 0.125], true).unwrap();
    assert!((inverse.mean * estimate.mean - 1.0).abs() < 1e-12);
    assert_eq!(Spread::of(&[3.0], true).unwrap().interval, None);
    assert_eq!(Spread::of(&[], true), None);
}

#[test]
fn facts_need_no_interval() {
    assert_eq!(Verdict::of_facts(&[true]), Verdict::Reproduced);
    assert_eq!(Verdict::of_facts(&[false, false]), Verdict::NotReproduced);
    assert_eq!(Verdict::of_facts(&[true, false]), Verdict::Undecided);
    assert_eq!(Verdict::of_facts(&[]), Verdict::Undecided);
}
