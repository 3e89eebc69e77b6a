//! The tests of this crate, in one binary.

mod bootstrap;
mod card;
mod ensemble;
mod fig1;
mod fuzz;
mod message;
mod run;
mod table;
mod tensorboard;
