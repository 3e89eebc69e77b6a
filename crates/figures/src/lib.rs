//! From the rows of finished runs to pictures, tables and pages. An exhibit's description says what is shown;
//! nothing here knows an exhibit but Figure 5, which is drawn by hand.
//!
//! Each of these knows only those above it:
//! - [`look`], [`shapes`], [`marks`], [`picture`]: how series look; a picture as shapes in pixels; PNG and SVG;
//! - [`aggregate`]: points of seeds to numbers over seeds, by polars;
//! - [`axis`]: values to pixels, and the one painter of axes;
//! - [`mod@panel`]: curves, bands, dots, differences, heat maps;
//! - [`mod@table`]: one model of tables with three writers;
//! - [`fig5`]: the architecture; [`figure`]: the panels of a description as a picture;
//! - [`block`], [`sentences`], [`claims`], [`mod@bench`]: what there is to say of a run, of what the paper says, of all
//!   claims, of speed; [`networks`], those that others can take;
//! - [`pages`]: README, `docs/CLAIMS.md`, `networks/*.md`; [`report`]: one page of everything;
//! - [`program`]: what `render`, `report` and `accept` share.
//!
//! Never links libtorch: whoever has the CSV files can draw, in seconds. Nothing here writes results but `accept`,
//! which copies a whole run by `record`.

pub mod aggregate;
pub mod axis;
pub mod bench;
pub mod block;
pub mod claims;
pub mod fig5;
pub mod figure;
pub mod look;
pub mod marks;
pub mod networks;
pub mod pages;
pub mod panel;
pub mod picture;
pub mod program;
pub mod report;
pub mod sentences;
pub mod shapes;
pub mod table;
