//! The tests of this crate, in one binary.

mod bootstrap;
mod ensemble;
mod fig1;
mod message;
mod run;
mod table;
