//! What experiments share and the paper does not speak of.
//!
//! A program of an exhibit is a list of recipes, and what is observed on the way:
//!
//! - [`request`]: the command line, and the recipe that comes of it; [`command_line`]: its options;
//! - [`work`]: the run that is opened, its [`job`]s side by side, and the finished rows; [`points`];
//! - of §4.1, on [`mnist`]: [`sigmoid`], its recipes and its training; [`autograd`], the same network for gradients
//!   that are not Algorithm 1's;
//! - of §4.2: [`recipes`], Inception's at each scale; [`inception`], its training; [`variations`], the claims whose
//!   program is a list of recipes; [`image_sets`]; [`cost`], how long it will take; [`dry_run`],
//!   what `--plan` says; [`power`], what the processor draws;
//! - [`replicas`], one training by several processes;
//! - [`own_network`], networks that were trained here and kept for other uses;
//! - of §4.2.3: the [`ensemble`]'s program, its [`members`], and their [`examination`];
//! - [`lanczos`]: singular values of a Jacobian; [`shape`]: that of a distribution; [`shift`]: how much a layer's gradient changes.

pub mod autograd;
pub mod command_line;
pub mod cost;
pub mod dry_run;
pub mod ensemble;
pub mod examination;
pub mod image_sets;
pub mod inception;
pub mod job;
pub mod lanczos;
pub mod members;
pub mod mnist;
pub mod own_network;
pub mod points;
pub mod power;
pub mod recipes;
pub mod replicas;
pub mod request;
pub mod shape;
pub mod shift;
pub mod sigmoid;
pub mod variations;
pub mod work;

pub use job::Job;
pub use points::Points;
pub use request::{Choice, Request};
pub use work::Work;
