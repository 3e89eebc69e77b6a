//! The network's switches: those of [`recipe::bn_inception`], and BN's own.

pub use recipe::bn_inception::{
    Activation, AuxiliaryClassifiers, BatchNormConfig, BnInceptionConfig, ConfigError,
    DEPTH_MULTIPLIER, Distribution, Initialization, Noise, Normalization, Padding, PoolProjection,
    Stem,
};
