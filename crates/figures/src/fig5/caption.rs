//! The sentences under the graph.

use recipe::thousands;
use record::fig5::StageRow;

use super::markdown::{PRINTED_WIDTH, network};
use super::stages::dimensions;

/// What the figure is, and where the paper contradicts it.
pub fn caption(stages: &[StageRow], scale_words: &str) -> Vec<String> {
    let mut sentences = vec![format!(
        "BN-Inception (the paper's Figure 5) for one image of 224×224 and 1,000 classes ({scale_words}); with \
         projections of {PRINTED_WIDTH} channels in 4c and 4d, as printed.",
    )];
    sentences.extend(otherwise(stages));
    sentences.extend(contradictions(&network(stages, PRINTED_WIDTH)));
    sentences
}

/// Every contradiction in words; stages with the same words share them.
pub fn contradictions(stages: &[StageRow]) -> Option<String> {
    let mut groups: Vec<(&str, Vec<&str>)> = Vec::new();
    for row in stages.iter().filter(|row| !row.contradiction.is_empty()) {
        match groups.iter_mut().find(|(words, _)| *words == row.contradiction) {
            Some((_, names)) => names.push(&row.stage),
            None => groups.push((&row.contradiction, vec![&row.stage])),
        }
    }
    let texts = groups.iter().map(|(words, names)| format!("{}: {words}", names.join(", ")));
    let text = texts.collect::<Vec<_>>().join("; ");
    (!text.is_empty())
        .then(|| format!("* The paper prints otherwise: {}.", text.trim_end_matches('.')))
}

/// What changes where the projections of 4c and 4d are narrower.
pub fn otherwise(stages: &[StageRow]) -> Option<String> {
    let other = stages.iter().find(|row| row.projection_of_4c_4d != PRINTED_WIDTH)?;
    let width = other.projection_of_4c_4d;
    let (printed, narrow) = (network(stages, PRINTED_WIDTH), network(stages, width));
    let pairs = printed.iter().zip(&narrow);
    let texts: Vec<String> = pairs.filter_map(|(a, b)| difference(a, b)).collect();
    (!texts.is_empty()).then(|| {
        format!(
            "{width}-wide: with projections of {width} channels there instead, {}.",
            texts.join("; ")
        )
    })
}

/// What a stage puts out in the network with other projections, where that differs.
pub fn note(stages: &[StageRow], stage: &StageRow) -> Option<String> {
    let is_other = |row: &&StageRow| {
        row.stage == stage.stage && row.projection_of_4c_4d != stage.projection_of_4c_4d
    };
    let other = stages.iter().find(is_other)?;
    let size = dimensions(other.output_grid, other.output_channels);
    (other.output_channels != stage.output_channels)
        .then(|| format!("{}-wide: {size}", other.projection_of_4c_4d))
}

/// How a stage of one network differs from the same stage of another.
fn difference(a: &StageRow, b: &StageRow) -> Option<String> {
    let output = (a.output_channels != b.output_channels)
        .then(|| dimensions(b.output_grid, b.output_channels));
    let parameters =
        (a.parameters != b.parameters).then(|| format!("{} parameters", thousands(b.parameters)));
    let parts: Vec<String> = output.into_iter().chain(parameters).collect();
    (!parts.is_empty()).then(|| format!("{} {}", b.stage, parts.join(", ")))
}
