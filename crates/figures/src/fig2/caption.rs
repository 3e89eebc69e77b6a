//! The sentences under the panels.

use super::series::{Curve, reached};
use crate::table_single::SingleTable;
use crate::table_single::setting::Setting;

/// Scale, data and seeds; how to read the panels; what diverged.
pub fn caption(table: &SingleTable, curves: &[Curve]) -> Vec<String> {
    let setting = Setting::of(&table.manifest);
    let mut sentences = vec![format!("Scale: {}: {}.", table.manifest.scale, setting.words())];
    sentences.push(not_the_papers(table));
    sentences.push(
        "(a) Lines: median over the seeds in training; bands: all of them. Large marks: mean steps to \
         Inception's maximum of the same seed (hollow: not in every seed), on the line of its mean, above \
         each other where they meet."
            .to_owned(),
    );
    sentences.extend(never(table, curves));
    sentences.extend(diverged(curves));
    sentences.push(
        "(b, c) Hollow: the paper's Figure 3, one training each; filled: ours, with the 95 % interval over seeds."
            .to_owned(),
    );
    sentences
}

fn not_the_papers(table: &SingleTable) -> String {
    match table.manifest.scale {
        record::run::Scale::Full => "The paper's own scale.".to_owned(),
        _ => "The paper trained on ILSVRC 2012, 1000 classes, for up to 31·10⁶ steps.".to_owned(),
    }
}

/// Which of the curves do not reach Inception's maximum in every seed.
fn never(table: &SingleTable, curves: &[Curve]) -> Option<String> {
    let short = |curve: &Curve| {
        let (reached, seeds) = reached(table, curve.network);
        (reached < seeds).then(|| format!("{} ({reached} of {seeds})", curve.network))
    };
    let texts: Vec<String> = curves.iter().filter_map(short).collect();
    (!texts.is_empty()).then(|| format!("Not reached in every seed by: {}.", texts.join(", ")))
}

fn diverged(curves: &[Curve]) -> Option<String> {
    let text =
        |curve: &Curve| format!("{} ({} of {})", curve.network, curve.diverged.len(), curve.seeds);
    let texts: Vec<String> =
        curves.iter().filter(|curve| !curve.diverged.is_empty()).map(text).collect();
    (!texts.is_empty())
        .then(|| format!("×: the last row of trainings that diverged: {}.", texts.join(", ")))
}
