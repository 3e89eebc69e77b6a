//! What the experiments share and the paper does not speak of: command lines, and the table that
//! compares a run with the committed one and with the paper.

pub mod autograd;
pub mod command_line;
pub mod comparison;
pub mod cost;
pub mod ensemble;
pub mod ensemble_table;
pub mod examination;
pub mod image_sets;
pub mod job;
pub mod lanczos;
pub mod measurements;
pub mod members;
pub mod mnist;
pub mod points;
pub mod recipes;
pub mod sigmoid_network;
pub mod single_network;
pub mod variations;

pub use command_line::CommonArgs;
