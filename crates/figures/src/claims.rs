//! All claims: `docs/CLAIMS.md`, README's counts, and what their number means for chance.

use std::collections::BTreeMap;

use exhibit::judge::{Finding, Verdict};
use exhibit::reported::Reported;
use exhibit::{Kind, Rule};

use crate::block::{AFTER_HOLM, after_holm, verdict};
use crate::sentences;
use crate::table::{Cell, Table};
use exhibit::runs::ShownRun;

/// Where the page is, from the repository's root.
pub const PAGE: &str = "docs/CLAIMS.md";

const KINDS: [(Kind, &str); 3] = [
    (Kind::Identity, "identity"),
    (Kind::Empirical, "empirical"),
    (Kind::BeyondThePaper, "beyond the paper"),
];
/// In the order in which they are named.
pub(crate) const VERDICTS: [Verdict; 4] =
    [Verdict::Reproduced, Verdict::NotReproduced, Verdict::Undecided, Verdict::NotTested];

const TITLES: [&str; 8] =
    ["section", "kind", "claim", "paper", "ours", "verdict", AFTER_HOLM, "scale"];

/// The claims of accepted runs.
#[derive(Clone, Debug)]
pub struct Claims<'a> {
    /// Each with its run, by section in the paper's order.
    pub all: Vec<(&'a ShownRun, &'a Finding)>,
}

impl<'a> Claims<'a> {
    /// Of these runs.
    pub fn of(runs: &'a [ShownRun]) -> Self {
        let of_run = |run: &'a ShownRun| run.findings.iter().map(move |finding| (run, finding));
        let mut all: Vec<_> = runs.iter().flat_map(of_run).collect();
        all.sort_by_key(|(_, finding)| place(&finding.section)); // stable: in each section as they came
        Self { all }
    }

    /// Those that count: a claim that was tested at several scales counts once.
    fn counted(&self) -> impl Iterator<Item = &'a Finding> + '_ {
        let counted = self.all.iter().filter(|(run, _)| run.is_of_default_scale());
        counted.map(|(_, finding)| *finding)
    }

    fn count(&self, kind: Kind, verdict: Verdict) -> usize {
        let is_it = |finding: &&Finding| finding.claim.kind == kind && finding.verdict == verdict;
        self.counted().filter(is_it).count()
    }

    /// Kinds by verdicts.
    pub fn counts(&self) -> Table {
        let titles: Vec<String> = VERDICTS.iter().map(|verdict| format!(">{verdict}")).collect();
        let titles = ["kind", ">claims"].into_iter().chain(titles.iter().map(String::as_str));
        let mut table = Table::new(&titles.collect::<Vec<_>>());
        for (kind, name) in KINDS {
            let counts = VERDICTS.map(|verdict| self.count(kind, verdict));
            let all = counts.iter().sum::<usize>();
            let numbers =
                [all].into_iter().chain(counts).map(|count| Cell::from(count.to_string()));
            table.rows.push([Cell::from(name)].into_iter().chain(numbers).collect());
        }
        table
    }

    /// README's two lines.
    pub fn summary(&self) -> String {
        let of_kind = |(kind, name): (Kind, &str)| {
            let words = VERDICTS.iter().map(|verdict| (self.count(kind, *verdict), verdict));
            let words = words.filter(|(count, _)| *count > 0);
            let words: Vec<String> =
                words.map(|(count, verdict)| format!("{count} {verdict}")).collect();
            (!words.is_empty()).then(|| format!("{name}: {}", words.join(", ")))
        };
        let kinds: Vec<String> = KINDS.into_iter().filter_map(of_kind).collect();
        let (decided, standing) = self.standing();
        format!(
            "{} claims, each with a rule or the reason why it is not tested: {}.\nOf {decided} decided empirical verdicts {standing} stand after Holm's \
             correction for their number: [{PAGE}]({PAGE}).",
            self.counted().count(),
            kinds.join("; "),
        )
    }

    /// How many empirical claims that chance can decide were decided, and how many of these stand.
    fn standing(&self) -> (usize, usize) {
        let after: Vec<bool> =
            self.counted().filter_map(|finding| finding.holds_after_holm).collect();
        (after.len(), after.iter().filter(|holds| **holds).count())
    }

    /// What the number of empirical claims means for chance.
    pub fn chance(&self) -> String {
        let is_fact = |finding: &&Finding| {
            let is_of_each = finding.claim.rule().is_some_and(Rule::is_of_each);
            is_of_each || finding.ours.as_ref().is_some_and(|ours| ours.censored() > 0)
        };
        let at_chance = || self.counted().filter(|finding| finding.is_at_chance());
        let of_facts = at_chance().filter(is_fact).count();
        let of_intervals = at_chance().count() - of_facts;
        let by_intervals = 0.05 * of_intervals as f64;
        let (decided, standing) = self.standing();
        format!(
            "What chance does: {of_intervals} empirical claims are decided by a 95 % interval. If nothing were there, chance \
             alone would decide 5 % of them, on one side or the other: {by_intervals:.1}. {of_facts} more ask for a fact in every \
             seed. By chance alone all of n seeds show it 1 time in 2ⁿ (three of three: p = 0.125), so that it takes six \
             seeds to decide one. Holm's correction makes up for the number of empirical claims in a section: {standing} of \
             {decided} decided verdicts stand after it. Identities are algebra, and need no correction.",
        )
    }

    /// All claims, with their sections in the first column.
    pub fn table(&self) -> Table {
        let mut table = Table::new(&TITLES);
        for (run, finding) in &self.all {
            let row = [Cell::from(finding.section.as_str())].into_iter().chain(row(run, finding));
            table.rows.push(row.collect());
        }
        table
    }

    /// `docs/CLAIMS.md`: the claims, and what the paper says with what came of it.
    pub fn page(&self, reported: &[Reported]) -> String {
        let mut sections: Vec<(&str, Table)> = Vec::new();
        for (run, finding) in &self.all {
            if sections.last().is_none_or(|(section, _)| *section != finding.section) {
                sections.push((&finding.section, Table::new(&TITLES[1..])));
            }
            let (_, table) = sections.last_mut().expect("there is one now");
            table.rows.push(row(run, finding));
        }
        let sections = sections
            .iter()
            .map(|(section, table)| format!("## {section}\n\n{}", table.markdown("../")));
        let sections: Vec<String> = sections.collect();
        let others = self.all.len() - self.counted().count();
        let others = if others > 0 {
            format!(
                " The tables have {others} more rows of runs at other scales, which are not counted here."
            )
        } else {
            String::new()
        };
        format!(
            "# All claims\n\nWritten by `make figures` from the accepted runs under `results/`: every claim of the paper that \
             an exhibit tests, with the rule's verdict. The rules stand in `experiments/src/bin/*.toml` and in README's \
             tables.{others}\n\n{}\n{}\n\n{}\n{}",
            self.counts().markdown("../"),
            self.chance(),
            sections.join("\n"),
            sentences::markdown(reported, &self.counted().collect::<Vec<_>>(), "../"),
        )
    }
}

/// Without the section.
fn row(run: &ShownRun, finding: &Finding) -> Vec<Cell> {
    let kinds: BTreeMap<Kind, &str> = KINDS.into_iter().collect();
    let ours = match (&finding.not_tested, &finding.ours) {
        (Some(reason), None) => format!("not tested: {reason}"),
        (Some(reason), Some(_)) => format!("{}; not tested: {reason}", finding.number()),
        (None, _) => finding.number(),
    };
    let scale = Cell { text: run.scale_words(), link: Some(run.shown_folder()), tone: None };
    vec![
        kinds[&finding.claim.kind].into(),
        finding.claim.claim.as_str().into(),
        finding.paper.as_str().into(),
        ours.into(),
        verdict(finding),
        after_holm(finding),
        scale,
    ]
}

/// The paper's order: by the section's numbers; then what has none, what is beyond the paper last.
pub fn place(section: &str) -> (bool, bool, Vec<u32>, String) {
    let number = section.trim_start_matches('§').split([',', ' ']).next().unwrap_or_default();
    let numbers: Vec<u32> = number.split('.').map_while(|part| part.parse().ok()).collect();
    let is_beyond = section.starts_with("beyond");
    (is_beyond, numbers.is_empty(), numbers, section.to_owned())
}
