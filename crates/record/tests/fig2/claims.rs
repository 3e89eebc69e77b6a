//! The verdicts.

use record::fig2::{ClaimRow, CurveRow, Network, OutcomeRow, Paper, claims, quantities, singles};
use record::run::Scale;
use record::statistics::Verdict::{self, NotReproduced, Reproduced, Undecided};
use record::table;

use super::{CHANCE, curve, diverged, three_seeds};

fn claims_of(rows: &[CurveRow], outcomes: &[OutcomeRow]) -> Vec<ClaimRow> {
    let quantities = quantities(&singles(rows, outcomes, CHANCE), CHANCE);
    claims(Scale::Smoke, &quantities, &Paper::read().unwrap()).unwrap()
}

fn claim(claims: &[ClaimRow], words: &str) -> ClaimRow {
    claims.iter().find(|claim| claim.claim.contains(words)).unwrap().clone()
}

#[track_caller]
fn assert_verdict(claims: &[ClaimRow], words: &str, verdict: Verdict, n: usize) {
    let claim = claim(claims, words);
    assert_eq!((claim.verdict, claim.n), (verdict, n), "{claim:?}");
}

/// Each network's accuracy at steps 0, 100, 200, 400 and 800, the same in every seed but for a little.
fn run(seeds: u64, networks: &[(Network, [f64; 5])]) -> Vec<CurveRow> {
    let mut rows = Vec::new();
    for seed in 0..seeds {
        for (network, accuracies) in networks {
            let steps = [0, 100, 200, 400, 800];
            let points = steps.iter().zip(accuracies);
            let points: Vec<_> =
                points.map(|(step, accuracy)| (*step, accuracy + 0.001 * seed as f64)).collect();
            rows.extend(curve(*network, seed, &points));
        }
    }
    rows
}

const AS_IN_THE_PAPER: [(Network, [f64; 5]); 7] = [
    (Network::Inception, [0.1, 0.2, 0.3, 0.4, 0.60]),
    (Network::BnBaseline, [0.1, 0.3, 0.4, 0.61, 0.62]),
    (Network::BnX5, [0.1, 0.61, 0.62, 0.63, 0.63]),
    (Network::BnX30, [0.1, 0.59, 0.61, 0.64, 0.70]),
    (Network::BnX5Sigmoid, [0.1, 0.3, 0.4, 0.5, 0.55]),
    (Network::InceptionX5, [0.1, 0.1, 0.1, 0.1, 0.1]),
    (Network::InceptionSigmoid, [0.1, 0.1, 0.1, 0.1, 0.1]),
];

#[test]
fn a_run_like_the_papers_reproduces_every_claim() {
    let outcomes: Vec<_> = (0..3).map(|seed| diverged(Network::InceptionX5, seed, 100)).collect();
    let claims = claims_of(&run(3, &AS_IN_THE_PAPER), &outcomes);
    assert_eq!(claims.len(), 8);
    for claim in claims {
        assert_eq!((claim.verdict, claim.n, claim.agreeing), (Reproduced, 3, 3), "{claim:?}");
    }
}

#[test]
fn one_seed_decides_nothing_but_facts() {
    let outcomes = [diverged(Network::InceptionX5, 0, 100)];
    let claims = claims_of(&run(1, &AS_IN_THE_PAPER), &outcomes);
    for claim in claims {
        let expected = if claim.is_fact { Reproduced } else { Undecided };
        assert_eq!((claim.verdict, claim.n), (expected, 1), "{claim:?}");
    }
}

#[test]
fn never_in_all_seeds_decides_and_never_in_some_does_not() {
    let mut networks = AS_IN_THE_PAPER;
    networks[1].1 = [0.1, 0.2, 0.3, 0.4, 0.5]; // BN-Baseline never gets there
    networks[2].1 = [0.1, 0.2, 0.3, 0.4, 0.5]; // BN-x5 neither: then BN-x30 is not the slower one
    let claims = claims_of(&run(3, &networks), &[]);
    assert_verdict(&claims, "BN-Baseline", NotReproduced, 3);
    assert_verdict(&claims, "BN-x5 reaches it", NotReproduced, 3);
    assert_verdict(&claims, "at first slower", NotReproduced, 3);
    assert_eq!(claim(&claims, "BN-Baseline").censored, 3);
    let claims = claims_of(&three_seeds(), &[]);
    assert_verdict(&claims, "BN-x5 reaches it", Undecided, 3);
    assert_eq!(claim(&claims, "BN-x5 reaches it").agreeing, 1); // 2 is not above 2, 4 is
    let claims = claims_of(&run(1, &networks), &[]);
    assert_verdict(&claims, "BN-Baseline", Undecided, 1);
}

#[test]
fn several_times_is_more_than_twice() {
    let mut networks = AS_IN_THE_PAPER;
    networks[2].1 = [0.1, 0.3, 0.4, 0.61, 0.62]; // 400 steps: exactly twice as fast
    let claims = claims_of(&run(3, &networks), &[]);
    assert_verdict(&claims, "several times", Undecided, 3);
    networks[2].1 = [0.1, 0.3, 0.4, 0.41, 0.62]; // 800
    assert_verdict(&claims_of(&run(3, &networks), &[]), "several times", NotReproduced, 3);
}

#[test]
fn a_higher_baseline_denies_that_x30_is_highest_of_all() {
    let mut networks = AS_IN_THE_PAPER;
    networks[1].1[4] = 0.75;
    let claims = claims_of(&run(3, &networks), &[]);
    assert_verdict(&claims, "higher than BN-x5", Reproduced, 3);
    assert_verdict(&claims, "highest of all", NotReproduced, 3);
}

#[test]
fn facts_of_some_seeds_are_undecided_and_of_none_not_reproduced() {
    let rows = run(3, &AS_IN_THE_PAPER);
    assert_verdict(&claims_of(&rows, &[]), "diverges", NotReproduced, 3);
    let one = [diverged(Network::InceptionX5, 1, 100)];
    assert_verdict(&claims_of(&rows, &one), "diverges", Undecided, 3);
    let mut networks = AS_IN_THE_PAPER;
    networks[6].1[4] = 0.3; // Inception with sigmoids learns something
    networks[4].1 = [0.1, 0.2, 0.2, 0.2, 0.3]; // 0.2 of 0.5: less than half of Inception's way
    let claims = claims_of(&run(3, &networks), &[]);
    assert_verdict(&claims, "stays at chance", NotReproduced, 3);
    assert_verdict(&claims, "trains if it has BN", NotReproduced, 3);
}

#[test]
fn claims_of_missing_networks_have_no_seeds() {
    let claims = claims_of(&run(3, &AS_IN_THE_PAPER[..2]), &[]);
    assert_verdict(&claims, "BN-Baseline", Reproduced, 3);
    assert_verdict(&claims, "BN-x5 reaches it", Undecided, 0);
    assert_verdict(&claims, "stays at chance", Undecided, 0);
}

#[test]
fn the_papers_numbers_stand_beside_ours() {
    let claims = claims_of(&[], &[]);
    let paper = |words| claim(&claims, words).paper.unwrap();
    for (words, expected) in [
        ("BN-Baseline", 31.0 / 13.3),
        ("several times", 31.0 / 2.1),
        ("at first slower", 2.7 / 2.1),
        ("higher than BN-x5", 0.018),
        ("highest of all", 0.018),
        ("trains if it has BN", 0.697 / 0.721),
        ("stays at chance", 1.0),
        ("diverges", 1.0),
    ] {
        assert!((paper(words) / expected - 1.0).abs() < 1e-9, "{words}: {}", paper(words));
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("claims.csv");
    table::write(&path, &claims).unwrap();
    assert_eq!(table::read::<ClaimRow>(&path).unwrap(), claims);
}
