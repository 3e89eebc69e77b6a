//! BN-Inception, the network of Figure 5 (appendix of the paper).

pub mod architecture;
mod auxiliary;
mod build;
pub mod checkpoints;
pub mod config;
mod dropout;
pub mod execution;

mod linear;
pub mod network;
pub mod parameters;
mod placement;
pub mod plan;
mod trunk;
mod unit;

pub use config::{BnInceptionConfig, ConfigError, Preset};
pub use execution::{Arithmetic, Execution, Rewrites};
pub use network::{BnInception, FoldedBnInception};
pub use plan::Plan;
