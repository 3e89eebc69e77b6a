//! How large a run is.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How large a run is; part of its identity, and on every row and figure. What that means in data, size and
/// steps, its recipe says in words ([`recipe::RunRecipe::words`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scale {
    /// Seconds: only shows that the program works.
    Smoke,
    /// BN-Inception on small images: minutes to hours on a laptop.
    Small,
    /// The same for longer and over more seeds: a night.
    Overnight,
    /// BN-Inception on 200 classes of ILSVRC 2012 in small.
    Tiny,
    /// BN-Inception on a few thousand photographs.
    Medium,
    /// All that the exhibit is meant to be: of a figure, what the paper did.
    Full,
    /// A recipe that was overridden on the command line.
    Custom,
}

impl Scale {
    /// Its name, as in the rows.
    pub fn name(self) -> &'static str {
        match self {
            Self::Smoke => "smoke",
            Self::Small => "small",
            Self::Overnight => "overnight",
            Self::Tiny => "tiny",
            Self::Medium => "medium",
            Self::Full => "full",
            Self::Custom => "custom",
        }
    }
}

impl fmt::Display for Scale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
