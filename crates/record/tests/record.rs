//! The tests of this crate, in one binary.

mod bootstrap;
mod committed;
mod ensemble;
mod exhibit;
mod fig1;
mod fig2;
mod judge;
mod run;
mod sentences;
mod statistics;
mod table;
