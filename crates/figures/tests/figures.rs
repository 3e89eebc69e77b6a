//! Series, tables and pages that can be worked out by hand; never the pictures' bytes. Everything is written into
//! temporary folders.

mod accepted;
mod aggregate;
mod block;
mod fig5;
mod fixture;
mod looks;
mod panels;
mod programs;
mod table;
