//! What the paper reports of the comparison, in units that ours can stand beside.

use anyhow::Result;

use super::{
    DIVERGED, MAXIMUM, Network, OVER_CHANCE, SHARE, SPEED_UP, STEPS, X30_LESS_OTHERS, X30_LESS_X5,
    X30_OVER_X5,
};
use crate::reported::{self, Reported};

/// The paper's Figure 3.
#[derive(Clone, Debug)]
pub struct Paper(Vec<Reported>);

const STEPS_TO_72: &str = "steps to 72.2 %";

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
        self.number(network, STEPS_TO_72)
    }

    /// Whether the network never gets there.
    pub fn is_never(&self, network: Network) -> bool {
        self.printed(network, STEPS_TO_72) == Some("never")
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

    /// What the paper has for a metric of a network, or of a comparison.
    pub fn value(&self, network: &str, metric: &str) -> Option<f64> {
        let (x5, x30) = (Network::BnX5, Network::BnX30);
        match (metric, network) {
            (STEPS, X30_OVER_X5) => return Some(self.steps(x30)? / self.steps(x5)?),
            (MAXIMUM, X30_LESS_X5) => return self.less(x30, x5),
            (MAXIMUM, X30_LESS_OTHERS) => return self.less(x30, self.highest_but(x30)?),
            _ => {}
        }
        let network = Network::ALL.into_iter().find(|other| other.name() == network)?;
        match metric {
            SPEED_UP => self.speed_up(network),
            SHARE => Some(self.above_chance(network)? / self.above_chance(Network::Inception)?),
            OVER_CHANCE => Some(self.maximum(network)? / self.chance()?),
            DIVERGED => {
                let parameters = self.printed(network, "parameters")?;
                Some(f64::from(u8::from(parameters == "machine infinity")))
            }
            _ => None,
        }
    }

    fn highest_but(&self, network: Network) -> Option<Network> {
        let others = Network::ALL.into_iter().filter(|other| *other != network);
        let known = others.filter_map(|other| Some((other, self.maximum(other)?)));
        known.max_by(|a, b| a.1.total_cmp(&b.1)).map(|(other, _)| other)
    }

    fn above_chance(&self, network: Network) -> Option<f64> {
        Some(self.maximum(network)? - self.chance()?)
    }

    /// What guessing among the paper's classes gives.
    pub fn chance(&self) -> Option<f64> {
        let is_classes =
            |row: &&Reported| (row.artefact.as_str(), row.metric.as_str()) == ("fig2", "classes");
        self.0.iter().find(is_classes)?.value.parse().ok().map(f64::recip)
    }
}
