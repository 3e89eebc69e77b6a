//! Many claims, and chance.

use std::collections::BTreeMap;

use super::{Finding, Verdict};

/// A claim is decided on either side with this chance if nothing is there: half of the 5 % that a 95 % interval
/// leaves.
pub const ALPHA: f64 = 0.025;

/// Holm's correction (1979) within each section: of m empirical claims, the smallest p must be below α/m, the
/// next below α/(m − 1), and so on; after the first that is not, none holds. Says so of every decided finding.
pub fn holm(findings: &mut [Finding]) {
    let mut sections: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, finding) in
        findings.iter().enumerate().filter(|(_, finding)| finding.is_at_chance())
    {
        let section = finding.section.split(',').next().unwrap_or_default(); // "§4.1, Figure 1"
        sections.entry(section.to_owned()).or_default().push(index);
    }
    let ps: Vec<f64> = findings.iter().map(|finding| finding.p.unwrap_or(1.0)).collect();
    let p = |index: &usize| ps[*index];
    for mut family in sections.into_values() {
        family.sort_by(|a, b| p(a).total_cmp(&p(b)));
        let mut still_holds = true;
        for (rank, index) in family.iter().enumerate() {
            still_holds &= p(index) <= ALPHA / (family.len() - rank) as f64;
            let finding = &mut findings[*index];
            let is_decided =
                matches!(finding.verdict, Verdict::Reproduced | Verdict::NotReproduced);
            finding.holds_after_holm = is_decided.then_some(still_holds);
        }
    }
}
