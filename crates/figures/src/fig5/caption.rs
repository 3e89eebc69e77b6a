//! The sentences under the graph.

use record::fig5::StageRow;

use super::stages::dimensions;
use super::{Networks, PRINTED_WIDTH};

/// What the figure is, and where the paper contradicts it.
pub fn caption(networks: &Networks, scale_words: &str) -> Vec<String> {
    let mut sentences = vec![format!(
        "BN-Inception (the paper's Figure 5) for one image of 224×224 and 1,000 classes ({scale_words}); with \
         projections of {PRINTED_WIDTH} channels in 4c and 4d, as printed.",
    )];
    sentences.extend(
        networks.other_width().map(|width| {
            format!("{width}-wide: with projections of {width} channels there instead.")
        }),
    );
    sentences.extend(contradictions(&networks.printed));
    sentences
}

/// Every contradiction in words; stages with the same words share them.
fn contradictions(stages: &[StageRow]) -> Option<String> {
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

/// What a stage puts out in the network with other projections, where that differs.
pub fn note(networks: &Networks, stage: &StageRow) -> Option<String> {
    let differs = |other: &&StageRow| other.output_channels != stage.output_channels;
    let other = networks.other(stage).filter(differs)?;
    let size = dimensions(other.output_grid, other.output_channels);
    Some(format!("{}-wide: {size}", other.projection_of_4c_4d))
}
