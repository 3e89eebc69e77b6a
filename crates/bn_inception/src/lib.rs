//! BN-Inception, the network of Figure 5 (appendix of the paper).
//!
//! The network reads images `[n, 3, side, side]` and gives logits `[n, classes]`: a stem of three
//! convolutions, ten Inception modules, the mean of each feature map, and one linear layer.
//!
//! # A layer
//!
//! A convolution `W` without a bias, BN of each feature map over the mini-batch and its places, and a
//! nonlinearity (§3.2):
//!
//! ```text
//! z = g(BN(W ∗ u))        BN(y) = γ (y − μ)/√(σ² + ε) + β        u: [n, C, h, w]   z: [n, C′, h/s, w/s]
//! ```
//!
//! μ and σ² are the mini-batch's in training (Algorithm 1). At inference the population's take their
//! place (Algorithm 2), so the layer is a convolution with a bias ([`BnInception::fold`]):
//!
//! ```text
//! W̃ = γ/√(Var + ε) · W        b̃ = β − γ E/√(Var + ε)        z = g(W̃ ∗ u + b̃)
//! ```
//!
//! # A module
//!
//! Four branches read the same input and are concatenated; two 3×3 convolutions see as far as
//! `GoogLeNet`'s 5×5. Module 3a, with widths as in Figure 5:
//!
//! ```text
//!                      ┌─ 1×1, 64 ──────────────────────────────────┐
//!                      │                                            │
//!                      ├─ 1×1, 64 ─── 3×3, 64 ──────────────────────┤
//!  [n, 192, 28, 28] ───┤  (3x3/reduce)  (3x3)                        ├── concatenate ── [n, 256, 28, 28]
//!                      ├─ 1×1, 64 ─── 3×3, 96 ─── 3×3, 96 ──────────┤
//!                      │  (double_3x3/reduce, /1, /2)               │
//!                      └─ average 3×3 ─── 1×1, 32 ──────────────────┘
//!                                         (pool/projection)
//! ```
//!
//! Modules 3c and 4e halve the grid: they have no 1×1 branch, their last convolutions have stride 2, and
//! the pooled input passes through without a projection.
//!
//! Two rewrites make a module faster and change nothing but rounding ([`Rewrites`]). The 1×1 convolutions
//! that read the same input run as one, because a convolution's outputs are independent of each other,
//! and so are BN's features; and the projection runs before the average pooling `P`, because both are
//! linear: `W ∗ P(u) = P(W ∗ u)` for a 1×1 convolution `W` without a bias.
//!
//! # Parameters
//!
//! Names are paths: `3a/double_3x3/1/conv`, `3a/double_3x3/1/bn/gamma`, …, `linear/weights`
//! ([`BnInception::named_tensors`]). [`checkpoints`] translates them to those of public implementations.
//!
//! # An example
//!
//! Two steps of SGD on a small network, then inference (`cargo run --release -p bn_inception --example
//! two_steps`):
//!
//! ```
#![doc = include_str!("../examples/two_steps.rs")]
//! ```
//!
//! - [`config`]: every switch;
//! - [`plan`]: the structure, without a tensor;
//! - `step`: forward and backward of a step of SGD, written out;
//! - [`network`]: training, population statistics, folding;
//! - [`parameters`]: one vector for all, and its gradient;
//! - [`execution`]: device, arithmetic, rewrites;
//! - [`architecture`]: Figure 5's table from a network;
//! - [`checkpoints`]: other implementations' files.

pub mod architecture;
mod auxiliary;
mod build;
pub mod checkpoints;
pub mod config;
mod convolution;
mod dropout;
pub mod execution;
pub mod googlenet;
mod linear;
pub mod network;
pub mod parameters;
mod placement;
pub mod plan;
mod step;
mod trunk;
mod unit;

pub use config::{BnInceptionConfig, ConfigError};
pub use execution::{Arithmetic, Execution, Rewrites};
pub use network::{BnInception, FoldedBnInception};
pub use plan::Plan;
