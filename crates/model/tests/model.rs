//! The tests of this crate, in one binary: linking libtorch is slow.

mod batch_norm;
mod golden;
mod sigmoid_mlp;
