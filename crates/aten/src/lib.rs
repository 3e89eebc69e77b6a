//! What a training step written out needs beside `tch`: libtorch's backward convolution through its stable C
//! interface, and passes over feature maps that do in one reading what libtorch does in several.
//!
//! Feature maps are tensors `[n, C, h, w]` stored with their channels last, on the processor, in f64, f32 or bf16. They
//! are seen as n·h·w *pixels* of C numbers each ([`Maps`]). A range of channels of a larger tensor is as good: pixels
//! are then further apart. So branches write into their part of a module's output, and read their part of its gradient,
//! without a copy. Sums are f32 over few pixels and f64 over many (f64 throughout for f64).
//!
//! All `unsafe` of the steps of training is here: calls of C functions, and libtorch's memory as slices.
//!
//! - [`convolution_backward`], [`convolution_relu`]: libtorch's own;
//! - [`convolve`]: convolutions of our own, where the processor has AVX-512;
//! - [`normalize`]: moments, affine map and nonlinearity, and their gradients;
//! - [`momentum`]: a step of SGD;
//! - [`pool`]: 3×3 maxima and means;
//! - [`patches`]: a convolution's input as a matrix;
//! - [`response`]: Local Response Normalization;
//! - [`softmax`]: cross-entropy and its gradient;
//! - [`table`]: products with zeros and ones.
#![allow(unsafe_code)]
#![allow(clippy::inline_always)] // what a task calls must be compiled for wide vectors with it (`parallel`)

mod convolution;
pub mod convolve;
mod element;
mod ffi;
mod maps;
pub mod momentum;
pub mod normalize;
mod parallel;
pub mod patches;
pub mod pool;
pub mod response;
pub mod softmax;
pub mod table;

pub use convolution::{Geometry, Gradients, convolution_backward, convolution_relu};
pub use maps::{Error, Maps, numbers, write_numbers};
