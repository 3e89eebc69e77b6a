//! Many claims, and chance.

use std::collections::BTreeMap;

use super::{Finding, Verdict};

/// A claim is decided on either side with this chance if nothing is there: half of the 5 % that a 95 % interval
/// leaves.
pub const ALPHA: f64 = 0.025;

/// Holm's correction (1979) within each section: of m empirical claims, the smallest p must be below α/m, the
/// next below α/(m − 1), and so on; after the first that is not, none holds. Says so of every decided finding.
pub fn holm<'a>(findings: impl IntoIterator<Item = &'a mut Finding>) {
    let mut sections: BTreeMap<String, Vec<&mut Finding>> = BTreeMap::new();
    for finding in findings.into_iter().filter(|finding| finding.is_at_chance()) {
        let section = finding.section.split(',').next().unwrap_or_default(); // "§4.1, Figure 1"
        sections.entry(section.to_owned()).or_default().push(finding);
    }
    let p = |finding: &Finding| finding.p.unwrap_or(1.0);
    for mut family in sections.into_values() {
        family.sort_by(|a, b| p(a).total_cmp(&p(b)));
        let (claims, mut still_holds) = (family.len(), true);
        for (rank, finding) in family.into_iter().enumerate() {
            still_holds &= p(finding) <= ALPHA / (claims - rank) as f64;
            let is_decided =
                matches!(finding.verdict, Verdict::Reproduced | Verdict::NotReproduced);
            finding.holds_after_holm = is_decided.then_some(still_holds);
        }
    }
}
