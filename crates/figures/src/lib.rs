//! From the CSV files under `results/` to the pictures under `figures/` and the table in the README.
//!
//! - [`aggregate`]: medians and bands over seeds;
//! - [`curves`]: axes, lines and bands over training steps;
//! - [`plot`]: panels of curves with intervals;
//! - [`picture`]: one drawing, as PNG and as SVG;
//! - [`style`]: fonts, colours, dashes;
//! - [`shapes`]: pictures that are laid out in pixels, before any backend draws them;
//! - [`fig1`], [`fig1_sensitivity`], [`fig2`], [`fig4`], [`fig5`]: a module for each picture;
//! - [`claims`]: the pictures of the text's claims;
//! - [`table_single`]: the single-network table and the verdicts on Figure 2's claims;
//! - [`rates`]: the table of Inception's learning rates;
//! - [`readme`]: the generated parts of the README and of DEVIATIONS, put there by [`splice`];
//! - [`throughput`]: the table of BN-Inception's speed;
//! - [`verdicts`]: every claim with its verdict;
//! - [`report`]: one page of everything;
//! - [`runs`]: which finished runs there are, and where their pictures go.
//!
//! Never links libtorch: whoever has the CSV files can draw, in seconds.

pub mod aggregate;
pub mod claims;
pub mod curves;
pub mod fig1;
pub mod fig1_sensitivity;
pub mod fig2;
pub mod fig4;
pub mod fig5;
pub mod picture;
pub mod plot;
pub mod rates;
pub mod readme;
pub mod report;
pub mod runs;
pub mod shapes;
pub mod splice;
pub mod style;
pub mod table_single;
pub mod throughput;
pub mod verdicts;
