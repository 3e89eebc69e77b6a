//! The figures, tables and claims of the paper: what is shown of a run's rows, and what decides.
//!
//! An [`Exhibit`] is a program and a description. `experiments/src/bin/NAME.rs` measures;
//! `experiments/src/bin/NAME.toml` says what the rows are shown as and judged by. Make's targets, the order of
//! `make reproduce`, what is drawn, the report and the README follow from the descriptions; nothing else lists
//! exhibits.
//!
//! - [`Description`] and what it is made of, [`Claim`]s and [`PanelDescription`]s;
//! - [`point`]: what was measured, as it is judged and shown; [`rows`]: from a run's rows to points;
//! - [`mod@judge`]: every claim is a rule over points; [`spread`]: means with confidence intervals over seeds;
//! - [`runs`]: finished runs as they are shown: their points, the paper's, and what the judge says;
//! - [`reported`]: the paper's own numbers and sentences;
//! - [`mod@accept`]: a finished run becomes the committed one.
//!
//! Like `record`, this crate never links libtorch.

pub mod accept;
mod claim;
mod description;
mod exhibit;
pub mod judge;
mod panel;
pub mod point;
pub mod reported;
pub mod rows;
pub mod runs;
pub mod spread;

pub use claim::{Claim, Kind, PaperValue, Place, Rule, Unit, Versus};
pub use description::{
    Converged, Description, Role, RowKind, ScaleDescription, TableColumn, TableDescription,
};
pub use exhibit::{Exhibit, FOLDER};
pub use panel::{DotRow, PanelDescription, PanelKind};
