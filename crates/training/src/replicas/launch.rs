//! Which process of how many this is, as those who start them say.

use std::env;
use std::str::FromStr;

use anyhow::{Context, Result, ensure};

/// Names of rank, of the number of processes, and of the rank on this machine: of torchrun, Open MPI, and Slurm.
const STARTERS: [[&str; 3]; 3] = [
    ["RANK", "WORLD_SIZE", "LOCAL_RANK"],
    ["OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_LOCAL_RANK"],
    ["SLURM_PROCID", "SLURM_NTASKS", "SLURM_LOCALID"],
];

/// Rank and number of the processes.
///
/// # Errors
/// If nobody has set them, or to no numbers.
pub(super) fn rank_and_count() -> Result<(usize, usize)> {
    let starter = STARTERS.iter().find(|[rank, count, _]| is_set(rank) && is_set(count));
    let [rank, count, _] = starter.context(
        "--replicas: this process is not one of several; start it with mpirun, srun or torchrun --no-python",
    )?;
    let (rank, count) = (number(rank)?, number(count)?);
    ensure!(rank < count, "process {rank} of {count}: there is no such");
    Ok((rank, count))
}

/// Which process of this machine this is, if anybody says.
///
/// # Errors
/// If what is said is no number.
pub fn local_rank() -> Result<Option<usize>> {
    let name = STARTERS.iter().map(|[.., local]| local).find(|local| is_set(local));
    name.map(|name| number(name)).transpose()
}

fn is_set(name: &str) -> bool {
    env::var_os(name).is_some()
}

fn number<T: FromStr>(name: &str) -> Result<T> {
    let value = env::var(name).unwrap_or_default();
    value.parse().ok().with_context(|| format!("{name}={value:?} is no number"))
}
