//! Named, seeded streams of random draws.
//!
//! A run's result may depend on its recipe and its seed, never on what runs beside it. So nothing
//! here draws from a shared generator (libtorch has one per process): every purpose (initial
//! weights, the order of examples, …) has a stream of its own, which its name and the seed fix.
//!
//! ```
//! use streams::Stream;
//!
//! let weights = Stream::new(1, "weights").gaussian(0.1, 4);
//! assert_eq!(weights, Stream::new(1, "weights").gaussian(0.1, 4)); // the same name, the same draws
//! assert_ne!(weights, Stream::new(1, "order").gaussian(0.1, 4));
//! assert_ne!(weights, Stream::new(2, "weights").gaussian(0.1, 4));
//! ```

use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use sha2::{Digest, Sha256};

/// An endless sequence of random draws, fixed by a seed and a name.
pub struct Stream(ChaCha8Rng);

impl Stream {
    /// The stream of this name for this seed: `ChaCha8` keyed by SHA-256 of both.
    pub fn new(seed: u64, name: &str) -> Self {
        let key = Sha256::new().chain_update(seed.to_le_bytes()).chain_update(name).finalize();
        Self(ChaCha8Rng::from_seed(key.into()))
    }

    /// `count` independent draws from the Gaussian of mean 0 and this standard deviation.
    ///
    /// Drawn in f64, so that the f32 and f64 networks of a seed start from the same weights.
    pub fn gaussian(&mut self, std: f64, count: usize) -> Vec<f64> {
        let mut draw = || -> f64 { StandardNormal.sample(&mut self.0) };
        (0..count).map(|_| std * draw()).collect()
    }

    /// The same, but draws beyond twice the standard deviation are drawn again.
    pub fn truncated_gaussian(&mut self, std: f64, count: usize) -> Vec<f64> {
        let mut draw = || -> f64 {
            loop {
                let value: f64 = StandardNormal.sample(&mut self.0);
                if value.abs() <= 2.0 {
                    return value;
                }
            }
        };
        (0..count).map(|_| std * draw()).collect()
    }

    /// A draw from the uniform distribution over `low` to `high`, without the latter.
    pub fn uniform(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.0.random::<f64>()
    }

    /// `count` independent bytes.
    pub fn bytes(&mut self, count: usize) -> Vec<u8> {
        let mut bytes = vec![0; count];
        self.0.fill(&mut bytes[..]);
        bytes
    }

    /// A seed for further streams.
    pub fn seed(&mut self) -> u64 {
        self.0.random()
    }

    /// `count` independent draws, each true with this probability.
    pub fn coins(&mut self, probability: f64, count: usize) -> Vec<bool> {
        (0..count).map(|_| self.0.random_bool(probability)).collect()
    }

    /// The numbers `0..count` in random order (Fisher–Yates), as indices for libtorch.
    pub fn permutation(&mut self, count: usize) -> Vec<i64> {
        let mut indices: Vec<i64> = (0..count as i64).collect();
        indices.shuffle(&mut self.0);
        indices
    }
}
