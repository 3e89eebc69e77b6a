//! MPI between processors.

use anyhow::{Context, Result, ensure};
use mpi::Threading;
use mpi::collective::SystemOperation;
use mpi::environment::Universe;
use mpi::traits::{Communicator, CommunicatorCollectives, Equivalence};
use tch::kind::Element;
use tch::{Device, Kind, Tensor};

use super::Replicas;

/// The processes that `mpirun` or `srun` has started.
pub struct Mpi(Universe);

/// What a process that gives up leaves with.
const FAILURE: i32 = 1;

impl Mpi {
    /// Begins with MPI, which a process can do once.
    pub fn join() -> Result<Self> {
        let (universe, threading) = mpi::initialize_with_threading(Threading::Serialized)
            .context("MPI cannot be begun with")?;
        ensure!(threading >= Threading::Serialized, "this MPI is not for threads");
        Ok(Self(universe))
    }

    fn sum_as<T: Element + Equivalence + Copy + Default>(&self, vector: &Tensor) -> Result<()>
    where
        Vec<T>: for<'a> TryFrom<&'a Tensor, Error = tch::TchError>,
    {
        let own = Vec::<T>::try_from(&vector.contiguous())?;
        let mut all = vec![T::default(); own.len()];
        self.0.world().all_reduce_into(&own[..], &mut all[..], SystemOperation::sum());
        vector.shallow_clone().f_copy_(&Tensor::from_slice(&all))?;
        Ok(())
    }
}

impl Replicas for Mpi {
    fn rank(&self) -> usize {
        self.0.world().rank() as usize
    }

    fn count(&self) -> usize {
        self.0.world().size() as usize
    }

    fn device(&self) -> Device {
        Device::Cpu
    }

    fn sum(&self, vector: &Tensor) {
        let summed = match vector.kind() {
            Kind::Double => self.sum_as::<f64>(vector),
            _ => self.sum_as::<f32>(vector),
        };
        if let Err(error) = summed {
            eprintln!("MPI: {error:#}");
            self.abort();
        }
    }

    fn abort(&self) -> ! {
        self.0.world().abort(FAILURE)
    }
}

impl Drop for Mpi {
    /// Ending in order waits for the others, who wait for this one.
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.abort();
        }
    }
}
