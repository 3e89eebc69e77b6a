//! The tests of this crate, in one binary.

mod fig1;
mod run;
mod statistics;
mod table;
