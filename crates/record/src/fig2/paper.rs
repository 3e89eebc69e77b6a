//! What the paper reports of the comparison, in units that ours can stand beside.

use anyhow::Result;

use super::Network;
use crate::reported::{self, Reported};

/// The paper's Figure 3.
#[derive(Clone, Debug)]
pub struct Paper(Vec<Reported>);

const STEPS: &str = "steps to 72.2 %";
const MAXIMUM: &str = "maximum accuracy";

impl Paper {
    /// From `paper/reported.csv`.
    ///
    /// # Errors
    /// If the file is missing or damaged.
    pub fn read() -> Result<Self> {
        Ok(Self(reported::all()?))
    }

    /// A value of Figure 3 as printed: `31.0e6`, `never`.
    pub fn printed(&self, network: Network, metric: &str) -> Option<&str> {
        let is_it = |row: &&Reported| {
            (row.artefact.as_str(), row.network.as_str(), row.metric.as_str())
                == ("table-single", network.name(), metric)
        };
        self.0.iter().find(is_it).map(|row| row.value.as_str())
    }

    fn number(&self, network: Network, metric: &str) -> Option<f64> {
        self.printed(network, metric)?.parse().ok()
    }

    /// Steps to 72.2 %, Inception's maximum; `None` where there are none, or never.
    pub fn steps(&self, network: Network) -> Option<f64> {
        self.number(network, STEPS)
    }

    /// Whether the network never gets there.
    pub fn is_never(&self, network: Network) -> bool {
        self.printed(network, STEPS) == Some("never")
    }

    /// Inception's steps over the network's.
    pub fn speed_up(&self, network: Network) -> Option<f64> {
        Some(self.steps(Network::Inception)? / self.steps(network)?)
    }

    /// The highest validation accuracy; where the text says "chance", that.
    pub fn maximum(&self, network: Network) -> Option<f64> {
        self.number(network, MAXIMUM)
    }

    /// The highest validation accuracy less another network's.
    pub fn less(&self, network: Network, other: Network) -> Option<f64> {
        Some(self.maximum(network)? - self.maximum(other)?)
    }

    /// What guessing among the paper's classes gives.
    pub fn chance(&self) -> Option<f64> {
        let is_classes =
            |row: &&Reported| (row.artefact.as_str(), row.metric.as_str()) == ("fig2", "classes");
        self.0.iter().find(is_classes)?.value.parse().ok().map(f64::recip)
    }
}
