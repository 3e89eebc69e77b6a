//! Declarations of libtorch's stable C interface (`aoti_torch/c/shim.h`, `stable/c/shim.h`): libtorch promises to keep
//! them. A handle is a `torch::Tensor*`, as tch's pointers are. Functions return 0, or another number if they failed.

use std::ffi::{c_char, c_void};

/// A tensor that libtorch owns.
pub(crate) type Handle = *mut c_void;

unsafe extern "C" {
    pub(crate) fn aoti_torch_cpu_convolution_backward(
        dy: Handle,
        x: Handle,
        kernel: Handle,
        bias_sizes: *const *const i64,
        bias_sizes_len: i64,
        stride: *const i64,
        stride_len: i64,
        padding: *const i64,
        padding_len: i64,
        dilation: *const i64,
        dilation_len: i64,
        transposed: i32,
        output_padding: *const i64,
        output_padding_len: i64,
        groups: i64,
        wanted: *const i32,
        wanted_len: i64,
        dx: *mut Handle,
        d_kernel: *mut Handle,
        d_bias: *mut Handle,
    ) -> i32;

    pub(crate) fn aoti_torch_cpu_mkldnn__convolution_pointwise(
        x: Handle,
        kernel: Handle,
        bias: *mut Handle,
        padding: *const i64,
        padding_len: i64,
        stride: *const i64,
        stride_len: i64,
        dilation: *const i64,
        dilation_len: i64,
        groups: i64,
        after: *const c_char,
        scalars: *const *const f64,
        scalars_len: i64,
        algorithm: *const *const c_char,
        y: *mut Handle,
    ) -> i32;

    pub(crate) fn torch_parallel_for(
        begin: i64,
        end: i64,
        grain: i64,
        work: extern "C" fn(i64, i64, *mut c_void),
        context: *mut c_void,
    ) -> i32;
}
