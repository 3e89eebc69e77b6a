//! The tests of this crate, in one binary.

mod accept;
mod committed;
mod description;
mod ensemble;
mod fig1;
mod fig2;
mod judge;
mod reported;
mod sentences;
mod spread;
