//! One training by several processes, each with a replica of the network: synchronous data parallelism.
//!
//! A step has one collective, a sum over one vector. What carries it is somebody else's: MPI between processors
//! (`mpi`, with the feature of that name), NCCL between GPUs (`nccl`). Processes are started by `mpirun`, `srun` or
//! `torchrun --no-python`, whose environment says which is which (`launch`).

mod launch;
#[cfg(feature = "mpi")]
mod mpi;
mod nccl;
pub mod rendezvous;

use std::sync::Arc;

use anyhow::{Result, ensure};
use tch::{Device, Tensor};

pub use launch::local_rank;

/// The replicas of a training, as one of them sees them.
pub trait Replicas: Send + Sync {
    /// Which one this is, from 0; that one validates and writes.
    fn rank(&self) -> usize;

    /// How many there are.
    fn count(&self) -> usize;

    /// Where its vectors are.
    fn device(&self) -> Device;

    /// Adds up the vectors of all replicas, in place, to the same bits in each: f32 or f64, on the replica's device. All call it
    /// as often. Where it fails, the process ends in a line, since the others would wait for ever.
    fn sum(&self, vector: &Tensor);

    /// Ends all replicas at once.
    fn abort(&self) -> !;
}

/// Joins the other replicas of the training, that many in all.
///
/// # Errors
/// If this process was not started as one of so many, or there is no engine for the device.
pub fn join(count: usize, device: Device) -> Result<Arc<dyn Replicas>> {
    let replicas: Arc<dyn Replicas> = match device {
        Device::Cuda(gpu) => Arc::new(nccl::Nccl::join(gpu)?),
        _ => by_mpi()?,
    };
    let found = replicas.count();
    ensure!(
        found == count,
        "--replicas {count}: this is one of {found} processes; start it with mpirun -n {count}"
    );
    Ok(replicas)
}

#[cfg(feature = "mpi")]
fn by_mpi() -> Result<Arc<dyn Replicas>> {
    Ok(Arc::new(mpi::Mpi::join()?))
}

#[cfg(not(feature = "mpi"))]
fn by_mpi() -> Result<Arc<dyn Replicas>> {
    anyhow::bail!("--replicas: on processors it takes MPI: build with --features mpi")
}
