//! libtorch's convolutions.

use std::ffi::c_void;
use std::ptr::{null, null_mut};

use tch::{Device, Kind, Tensor};

use crate::ffi::{self, Handle};
use crate::maps::Error;
use crate::parallel::has_wide_vectors;

/// Step, zeros on every side, and groups of a convolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Geometry {
    /// Step, pixels.
    pub stride: i64,
    /// Zeros on every side, pixels.
    pub border: i64,
    /// Groups of channels that do not mix.
    pub groups: i64,
}

/// What a convolution `y = W ∗ x` hands back.
#[derive(Debug)]
pub struct Gradients {
    /// ∂ℓ/∂x, if it was wanted.
    pub x: Option<Tensor>,
    /// ∂ℓ/∂W, if it was wanted.
    pub kernel: Option<Tensor>,
}

impl Geometry {
    /// Shape of the output for such an input and kernel; none where they do not fit.
    fn output(self, x: &[i64], kernel: &[i64]) -> Option<Vec<i64>> {
        let (&[n, channels, height, width], &[outputs, inputs, rows, columns]) = (x, kernel) else {
            return None;
        };
        let grid = |side: i64, filter: i64| (side + 2 * self.border - filter) / self.stride + 1;
        let (height, width) = (grid(height, rows), grid(width, columns));
        let fits = channels == inputs * self.groups && outputs % self.groups == 0;
        (fits && height > 0 && width > 0).then(|| vec![n, outputs, height, width])
    }
}

/// ∂ℓ/∂x and ∂ℓ/∂W, each where it is wanted, from ∂ℓ/∂y of `y = W ∗ x`.
///
/// # Errors
/// If shapes or kinds do not fit, if a tensor is not on the processor, or if libtorch fails.
pub fn convolution_backward(
    dy: &Tensor,
    x: &Tensor,
    kernel: &Tensor,
    geometry: Geometry,
    [wants_x, wants_kernel]: [bool; 2],
) -> Result<Gradients, Error> {
    check(&[dy, x, kernel])?;
    if geometry.output(&x.size(), &kernel.size()) != Some(dy.size()) {
        return Err(Error::Shapes("gradient of a convolution", dy.size(), kernel.size()));
    }
    let [stride, border] = [[geometry.stride; 2], [geometry.border; 2]];
    let (ones, zeros, wanted) =
        ([1_i64; 2], [0_i64; 2], [i32::from(wants_x), i32::from(wants_kernel), 0]);
    let [mut dx, mut d_kernel, mut d_bias]: [Handle; 3] = [null_mut(); 3];
    // SAFETY: the inputs are live tensors of fitting shapes, which libtorch borrows; lists are as long as said.
    let status = unsafe {
        ffi::aoti_torch_cpu_convolution_backward(
            handle(dy),
            handle(x),
            handle(kernel),
            null(),
            0,
            stride.as_ptr(),
            2,
            border.as_ptr(),
            2,
            ones.as_ptr(),
            2,
            0,
            zeros.as_ptr(),
            2,
            geometry.groups,
            wanted.as_ptr(),
            3,
            &raw mut dx,
            &raw mut d_kernel,
            &raw mut d_bias,
        )
    };
    let [x, kernel, _bias] = [dx, d_kernel, d_bias].map(owned);
    if status != 0 || wants_x && x.is_none() || wants_kernel && kernel.is_none() {
        return Err(Error::Libtorch("convolution_backward"));
    }
    Ok(Gradients { x: x.filter(|_| wants_x), kernel: kernel.filter(|_| wants_kernel) })
}

/// `max(0, W ∗ x + b)`, f32 or bf16; of x's kind all three. In one operation, but in bf16 on a processor without AVX-512, for
/// which oneDNN has none.
///
/// # Errors
/// As [`convolution_backward`].
pub fn convolution_relu(
    x: &Tensor,
    kernel: &Tensor,
    bias: &Tensor,
    geometry: Geometry,
) -> Result<Tensor, Error> {
    check(&[x, kernel, bias])?;
    let output = geometry.output(&x.size(), &kernel.size());
    if output.is_none_or(|output| bias.size() != [output[1]]) || x.kind() == Kind::Double {
        return Err(Error::Shapes("convolution with bias", x.size(), kernel.size()));
    }
    let [stride, border] = [[geometry.stride; 2], [geometry.border; 2]];
    if x.kind() == Kind::BFloat16 && !has_wide_vectors() {
        return Ok(x
            .conv2d(kernel, Some(bias), stride, border, [1_i64; 2], geometry.groups)
            .relu());
    }
    let (ones, mut bias, mut y) = ([1_i64; 2], handle(bias), null_mut());
    // SAFETY: as above; there are no scalars, and no algorithm is named.
    let status = unsafe {
        ffi::aoti_torch_cpu_mkldnn__convolution_pointwise(
            handle(x),
            handle(kernel),
            &raw mut bias,
            border.as_ptr(),
            2,
            stride.as_ptr(),
            2,
            ones.as_ptr(),
            2,
            geometry.groups,
            c"relu".as_ptr(),
            null(),
            0,
            null(),
            &raw mut y,
        )
    };
    owned(y).filter(|_| status == 0).ok_or(Error::Libtorch("convolution with ReLU"))
}

fn check(tensors: &[&Tensor]) -> Result<(), Error> {
    let first = tensors[0];
    for tensor in tensors {
        if tensor.device() != Device::Cpu {
            return Err(Error::NotMaps(tensor.size(), tensor.kind(), tensor.stride()));
        }
        if tensor.kind() != first.kind() {
            return Err(Error::Kinds(first.kind(), tensor.kind()));
        }
    }
    Ok(())
}

/// A tensor as libtorch's C interface takes it: the pointer is the same.
fn handle(tensor: &Tensor) -> Handle {
    tensor.as_ptr().cast::<c_void>().cast_mut()
}

/// A tensor that libtorch has handed over: tch frees it.
fn owned(handle: Handle) -> Option<Tensor> {
    // SAFETY: a handle that is not null is a new `torch::Tensor*`, which nobody else frees.
    (!handle.is_null()).then(|| unsafe { Tensor::from_ptr(handle.cast()) })
}
