//! Where the arithmetic is done.

use std::str::FromStr;

use anyhow::{Context, Result};
use tch::Device;

/// Opens the device that a user names: `cpu`, `cuda` or `cuda:N`.
///
/// # Errors
/// If the name is neither, if this libtorch has no CUDA, or if there is no such GPU.
pub fn open(name: &str) -> Result<Device> {
    match parse(name).with_context(|| format!("--device {name}"))? {
        Device::Cuda(index) => {
            load_cuda()?;
            let found = tch::Cuda::device_count();
            anyhow::ensure!(
                tch::Cuda::is_available() && (index as i64) < found,
                "--device {name}: libtorch sees {found} GPUs; is the driver installed? \
                 'nvidia-smi' should list the device"
            );
            Ok(Device::Cuda(index))
        }
        device => Ok(device),
    }
}

/// The device of this name, whether it is here or not.
///
/// # Errors
/// If the name is neither `cpu`, `cuda` nor `cuda:N`.
pub fn parse(name: &str) -> Result<Device> {
    match name.split_once(':').unwrap_or((name, "0")) {
        ("cpu", "0") => Ok(Device::Cpu),
        ("cuda", index) => usize::from_str(index)
            .map(Device::Cuda)
            .map_err(|_| anyhow::anyhow!("'{index}' is not the number of a GPU")),
        _ => anyhow::bail!("expected cpu, cuda or cuda:N"),
    }
}

/// Loads libtorch's CUDA half, whose kernels register themselves.
///
/// Nothing in a program refers to that library, so the linker leaves it out; it is opened here, from
/// the folder that libtorch itself was loaded from (the program's run path).
#[allow(unsafe_code)] // loading a library runs its initialisers; this one's are PyTorch's own
fn load_cuda() -> Result<()> {
    use libloading::os::unix::{Library, RTLD_GLOBAL, RTLD_NOW};
    // SAFETY: libtorch_cuda.so is part of the libtorch this program was built against.
    let library = unsafe { Library::open(Some("libtorch_cuda.so"), RTLD_NOW | RTLD_GLOBAL) }
        .context(
            "this libtorch has no CUDA half (libtorch_cuda.so); 'make setup CUDA=1' installs one",
        )?;
    std::mem::forget(library); // its kernels stay registered for the life of the process
    Ok(())
}
