//! The tests of this crate, in one binary.

mod bootstrap;
mod ensemble;
mod fig1;
mod fig2;
mod run;
mod table;
