//! What a panel of a picture shows.

use anyhow::{Result, ensure};
use serde::Deserialize;

/// One panel.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "they are keys of a description")]
pub struct PanelDescription {
    /// Its title; pictures put (a), (b) … before it.
    pub title: String,
    /// What it is.
    #[serde(default)]
    pub kind: PanelKind,
    /// The metric: of curves, of differences, of heat maps a prefix.
    #[serde(default)]
    pub metric: String,
    /// Of a band: the metrics of its lower edge, its middle and its upper edge.
    #[serde(default)]
    pub quantiles: Vec<String>,
    /// Of a band: metrics that are drawn thin and grey behind it.
    #[serde(default)]
    pub behind: Vec<String>,
    /// Only these series; all that have the metric if there are none.
    #[serde(default)]
    pub series: Vec<String>,
    /// Of all that have the metric: not these.
    #[serde(default)]
    pub without: Vec<String>,
    /// Rows of dots.
    #[serde(default, rename = "row")]
    pub rows: Vec<DotRow>,
    /// Metrics of dots, a colour each; one metric takes its rows' colours.
    #[serde(default)]
    pub metrics: Vec<String>,
    /// Of differences: the series that the others are subtracted from.
    #[serde(default)]
    pub from: String,
    /// Whether the paper's numbers stand beside ours.
    #[serde(default)]
    pub beside_the_papers: bool,
    /// What the axis of x says.
    #[serde(default)]
    pub label: Option<String>,
    /// Numbers of that axis, which goes from the first to the last; round ones if there are none.
    #[serde(default)]
    pub ticks: Vec<f64>,
    /// Ends of the axis of values; it goes around the values if there are none. It is only wider than these if a
    /// curve ends outside, and cuts off what comes before; bands of the same range share an axis that holds all of
    /// them. Of curves at the default scale.
    #[serde(default)]
    pub range: Option<[f64; 2]>,
    /// Whether the axis of x is logarithmic.
    #[serde(default)]
    pub log_x: bool,
    /// Whether the axis of values is.
    #[serde(default)]
    pub log_y: bool,
    /// Whether values are shown in percent.
    #[serde(default)]
    pub percent: bool,
    /// Added to every x, so that 0 has a place on a logarithmic axis.
    #[serde(default)]
    pub shift: f64,
    /// Only the middle seed, where seeds are different problems.
    #[serde(default)]
    pub middle_seed: bool,
    /// Whether names stand at the curves' ends, and not in a legend.
    #[serde(default)]
    pub names_at_ends: bool,
    /// Whether it is as wide as the picture.
    #[serde(default)]
    pub wide: bool,
    /// A metric whose value is an x: a large mark on the series' curve's target.
    #[serde(default)]
    pub reaches: Option<String>,
    /// A series and a metric whose mean is a horizontal line.
    #[serde(default)]
    pub target: Option<[String; 2]>,
    /// A metric at whose places a series has ended early, by divergence: crosses.
    #[serde(default)]
    pub crosses: Option<String>,
    /// Of a heat map: x and row of the cell that has a frame.
    #[serde(default)]
    pub frame: Option<[f64; 2]>,
}

/// What a panel is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PanelKind {
    /// A metric over x, a curve for each series: of many places the median over seeds with a band from the
    /// lowest to the highest; of few, means with intervals.
    #[default]
    Curves,
    /// Three metrics over x, for each series: the middle one, and a band between the others.
    Band,
    /// By how much one series is above each of the others at the last x, paired by seed.
    Differences,
    /// Numbers with intervals, a row for each.
    Dots,
    /// Means over x and over the number that ends the metric's name; of two series their difference, the first
    /// less the second.
    Heat,
}

/// A row of dots.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DotRow {
    /// Its name.
    pub name: String,
    /// The series, of the run or, where there is none, of the paper.
    pub series: String,
}

impl PanelDescription {
    pub(crate) fn check(&self) -> Result<()> {
        let title = &self.title;
        match self.kind {
            PanelKind::Curves | PanelKind::Heat => {
                ensure!(!self.metric.is_empty(), "panel '{title}': it needs a metric");
            }
            PanelKind::Band => {
                let three = self.quantiles.len() == 3 && matches!(self.behind.len(), 0 | 3);
                ensure!(three, "panel '{title}': a band has three quantiles");
            }
            PanelKind::Differences => ensure!(
                !self.metric.is_empty() && !self.from.is_empty(),
                "panel '{title}': differences need a metric, and from"
            ),
            PanelKind::Dots => ensure!(
                !self.metrics.is_empty() && !self.rows.is_empty(),
                "panel '{title}': dots need metrics and rows"
            ),
        }
        Ok(())
    }
}
