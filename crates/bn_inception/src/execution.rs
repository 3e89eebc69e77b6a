//! How the arithmetic is done. None of this changes the network, only its rounding and its speed.

use std::fs;

pub use recipe::bn_inception::Arithmetic;
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
        Self { device, arithmetic: fastest(device), rewrites: Rewrites::default() }
    }

    /// Of images, activations and the convolutions' working copies of their kernels.
    pub fn kind(&self) -> Kind {
        match self.arithmetic {
            Arithmetic::Bf16 => Kind::BFloat16,
            Arithmetic::F32 => Kind::Float,
            Arithmetic::F64 => Kind::Double,
        }
    }

    /// Of parameters, statistics and logits.
    pub fn master_kind(&self) -> Kind {
        match self.arithmetic {
            Arithmetic::Bf16 | Arithmetic::F32 => Kind::Float,
            Arithmetic::F64 => Kind::Double,
        }
    }
}

/// bf16 on a GPU, and on a processor that is faster in it; else f32.
pub fn fastest(device: Device) -> Arithmetic {
    let about_the_processor = || fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    match device {
        Device::Cpu if !is_faster_in_bf16(&about_the_processor()) => Arithmetic::F32,
        _ => Arithmetic::Bf16,
    }
}

/// Whether a processor that says this of itself trains faster in bf16 than in f32: whether it has AMX, and the system
/// lets programs use it; or is AMD's and has AVX-512's instructions for bf16, which multiply twice as many numbers as
/// those for f32. Intel's multiply them, too, but were slower than f32 where we measured, with libtorch's convolutions.
pub fn is_faster_in_bf16(cpuinfo: &str) -> bool {
    let has = |key: &str, word: &str| {
        let line = cpuinfo.lines().find(|line| line.starts_with(key));
        line.is_some_and(|line| line.split_whitespace().any(|each| each == word))
    };
    has("flags", "amx_bf16") || has("vendor_id", "AuthenticAMD") && has("flags", "avx512_bf16")
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
