//! The paper's numbers and sentences: each is tested by a claim, or says why it is none.

use std::collections::BTreeSet;

use exhibit::{Exhibit, reported};

/// The rows that claims say they test, each with the claim.
fn tested() -> Vec<(String, String)> {
    let claims = Exhibit::all().unwrap().into_iter().flat_map(|exhibit| exhibit.description.claims);
    let rows = claims.flat_map(|claim| {
        let name = move |id: String| (id, claim.claim.clone());
        claim.reported.into_iter().map(name)
    });
    rows.collect()
}

#[test]
fn every_row_has_a_name_of_its_own() {
    let mut seen = BTreeSet::new();
    for row in reported::all().unwrap() {
        let is_part = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '.';
        let is_kebab = row.id.split('-').all(|part| !part.is_empty() && part.chars().all(is_part));
        assert!(is_kebab, "'{}' is no short name", row.id);
        assert!(seen.insert(row.id.clone()), "two rows are named '{}'", row.id);
    }
}

#[test]
fn every_row_is_tested_by_a_claim_or_says_why_it_is_none() {
    let tested: BTreeSet<String> = tested().into_iter().map(|(id, _)| id).collect();
    for row in reported::all().unwrap() {
        match (tested.contains(&row.id), &row.not_a_claim) {
            (false, None) => panic!("no claim names '{}', and it has no not_a_claim", row.id),
            (true, Some(_)) => panic!("a claim names '{}', which has a not_a_claim", row.id),
            _ => {}
        }
    }
}

#[test]
fn claims_test_rows_that_exist() {
    let rows: BTreeSet<String> = reported::all().unwrap().into_iter().map(|row| row.id).collect();
    for (id, claim) in tested() {
        assert!(rows.contains(&id), "claim '{claim}': paper/reported.csv has no row '{id}'");
    }
}
