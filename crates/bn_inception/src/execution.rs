//! How the arithmetic is done. None of this changes the network, only its rounding and its speed.

use serde::Serialize;
use tch::{Device, Kind};

/// Where and how the arithmetic is done.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Execution {
    /// The processor or a GPU.
    pub device: Device,
    /// The numbers.
    pub arithmetic: Arithmetic,
    /// Which rewrites are used; all, but for tests.
    pub rewrites: Rewrites,
}

impl Execution {
    /// The fastest way on this device.
    pub fn on(device: Device) -> Self {
        Self { device, arithmetic: Arithmetic::fastest(device), rewrites: Rewrites::default() }
    }
}

/// The numbers that convolutions and activations are computed in. Parameters, their updates, BN's
/// statistics, the logits and the loss are f32 (f64 under [`Arithmetic::F64`]) in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Arithmetic {
    /// bf16, where the processor or the GPU multiplies such numbers.
    Bf16,
    /// f32.
    F32,
    /// f64, for tests.
    F64,
}

impl Arithmetic {
    /// bf16 if the device has instructions for it, else f32.
    pub fn fastest(device: Device) -> Self {
        match device {
            Device::Cpu if !cpu_has_bf16() => Self::F32,
            _ => Self::Bf16,
        }
    }

    /// Of images, activations and the convolutions' working copies of their kernels.
    pub fn kind(self) -> Kind {
        match self {
            Self::Bf16 => Kind::BFloat16,
            Self::F32 => Kind::Float,
            Self::F64 => Kind::Double,
        }
    }

    /// Of parameters, statistics and logits.
    pub fn master_kind(self) -> Kind {
        match self {
            Self::Bf16 | Self::F32 => Kind::Float,
            Self::F64 => Kind::Double,
        }
    }
}

fn cpu_has_bf16() -> bool {
    #[cfg(target_arch = "x86_64")]
    return std::is_x86_feature_detected!("avx512bf16");
    #[cfg(not(target_arch = "x86_64"))]
    return false;
}

/// Exact rewrites of a module: the same sums in another order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rewrites {
    /// The 1×1 convolutions that read a module's input run as one convolution with one BN, whose
    /// output is then split: the input is read once, and its gradient is written once.
    pub merge_siblings: bool,
    /// The 1×1 projection runs before the average pooling instead of after it: both are linear, no
    /// bias stands between them, and the pooling then has fewer channels.
    pub project_before_pooling: bool,
}

impl Default for Rewrites {
    fn default() -> Self {
        Self { merge_siblings: true, project_before_pooling: true }
    }
}

impl Rewrites {
    /// Figure 5 word for word.
    pub const NONE: Self = Self { merge_siblings: false, project_before_pooling: false };
}
