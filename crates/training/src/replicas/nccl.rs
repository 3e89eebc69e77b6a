//! NCCL between GPUs: the library that libtorch's CUDA half has beside it, opened at run time.

use std::env;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr::null_mut;

use anyhow::{Context, Result, ensure};
use libloading::os::unix::{Library, Symbol};
use tch::{Cuda, Device, Kind, Tensor};

use super::{Replicas, launch, rendezvous};

/// Bytes of what the processes know each other by (nccl.h).
const ID_BYTES: usize = 128;

#[repr(C)]
#[derive(Clone, Copy)]
struct UniqueId([u8; ID_BYTES]);

type Communicator = *mut c_void;
type Stream = *mut c_void;
type GetUniqueId = unsafe extern "C" fn(*mut UniqueId) -> c_int;
type CommInitRank = unsafe extern "C" fn(*mut Communicator, c_int, UniqueId, c_int) -> c_int;
type AllReduce = unsafe extern "C" fn(
    *const c_void,
    *mut c_void,
    usize,
    c_int,
    c_int,
    Communicator,
    Stream,
) -> c_int;
type GetErrorString = unsafe extern "C" fn(c_int) -> *const c_char;
type SetDevice = unsafe extern "C" fn(c_int) -> c_int;

/// `ncclFloat32`, `ncclFloat64` and `ncclSum`.
const FLOAT: c_int = 7;
const DOUBLE: c_int = 8;
const SUM: c_int = 0;

/// Where the processes meet, unless torchrun or the user says it by `MASTER_ADDR` and `MASTER_PORT`.
const HOST: &str = "127.0.0.1";
const PORT: u16 = 29_500;

/// The processes of a training on GPUs.
pub struct Nccl {
    rank: usize,
    count: usize,
    communicator: Communicator,
    all_reduce: Symbol<AllReduce>,
    error_string: Symbol<GetErrorString>,
    gpu: usize,
}

// SAFETY: NCCL lets any thread use a communicator, one at a time; a training has one thread.
#[allow(unsafe_code)]
unsafe impl Send for Nccl {}
// SAFETY: as above.
#[allow(unsafe_code)]
unsafe impl Sync for Nccl {}

impl Nccl {
    /// Joins the others with this GPU.
    #[allow(unsafe_code)] // calls into a C library
    pub fn join(gpu: usize) -> Result<Self> {
        let (rank, count) = launch::rank_and_count()?;
        let nccl = open("libnccl.so.2", "NCCL, which 'make setup CUDA=1' installs")?;
        let cuda = open("libcudart.so.12", "CUDA's run time, which 'make setup CUDA=1' installs")?;
        // SAFETY: the functions have these signatures in nccl.h (2.x) and in cuda_runtime_api.h.
        let (get_unique_id, comm_init_rank, all_reduce, error_string, set_device) = unsafe {
            (
                nccl.get::<GetUniqueId>(b"ncclGetUniqueId\0")?,
                nccl.get::<CommInitRank>(b"ncclCommInitRank\0")?,
                nccl.get::<AllReduce>(b"ncclAllReduce\0")?,
                nccl.get::<GetErrorString>(b"ncclGetErrorString\0")?,
                cuda.get::<SetDevice>(b"cudaSetDevice\0")?,
            )
        };
        let check = |code| in_words(&error_string, code);
        let id = rendezvous::hear(&meeting_point()?, (rank, count), || {
            let mut id = UniqueId([0; ID_BYTES]);
            // SAFETY: `id` is one, to be written.
            check(unsafe { get_unique_id(&raw mut id) })?;
            Ok(id.0)
        })?;
        let mut communicator = null_mut();
        // SAFETY: a GPU that libtorch has found; a communicator to be written; the id of process 0.
        unsafe {
            ensure!(set_device(gpu as c_int) == 0, "CUDA has no GPU {gpu}");
            check(comm_init_rank(
                &raw mut communicator,
                count as c_int,
                UniqueId(id),
                rank as c_int,
            ))?;
        }
        std::mem::forget((nccl, cuda)); // for the life of the process, like the communicator
        Ok(Self { rank, count, communicator, all_reduce, error_string, gpu })
    }

    #[allow(unsafe_code)] // calls into a C library
    fn all_reduce(&self, vector: &Tensor) -> Result<()> {
        ensure!(
            vector.is_contiguous() && vector.device() == Device::Cuda(self.gpu),
            "a vector of another device"
        );
        let kind = if vector.kind() == Kind::Double { DOUBLE } else { FLOAT };
        let (numbers, default_stream) = (vector.data_ptr(), null_mut());
        // SAFETY: so many contiguous numbers of this kind on the communicator's GPU, summed in place, which NCCL allows, on
        // the stream that libtorch computes on.
        in_words(&self.error_string, unsafe {
            (self.all_reduce)(
                numbers,
                numbers,
                vector.numel(),
                kind,
                SUM,
                self.communicator,
                default_stream,
            )
        })?;
        Cuda::synchronize(self.gpu as i64);
        Ok(())
    }
}

fn meeting_point() -> Result<String> {
    let host = env::var("MASTER_ADDR").unwrap_or_else(|_| HOST.to_owned());
    let port = match env::var("MASTER_PORT") {
        Ok(port) => {
            port.parse().ok().with_context(|| format!("MASTER_PORT={port:?} is no port"))?
        }
        Err(_) => PORT,
    };
    let next = u16::checked_add(port, 1).context("MASTER_PORT is the last port")?;
    Ok(format!("{host}:{next}")) // at MASTER_PORT torchrun itself listens
}

#[allow(unsafe_code)] // loading a library runs its initialisers
fn open(name: &str, what: &str) -> Result<Library> {
    // SAFETY: libraries of CUDA, which libtorch's CUDA half itself is linked with.
    unsafe { Library::new(name) }.with_context(|| format!("--replicas: {name} is not here: {what}"))
}

#[allow(unsafe_code)] // reads a C string
fn in_words(error_string: &Symbol<GetErrorString>, code: c_int) -> Result<()> {
    // SAFETY: NCCL's messages are constants.
    let message = || unsafe { CStr::from_ptr(error_string(code)) }.to_string_lossy().into_owned();
    ensure!(code == 0, "NCCL: {}", message());
    Ok(())
}

impl Replicas for Nccl {
    fn rank(&self) -> usize {
        self.rank
    }

    fn count(&self) -> usize {
        self.count
    }

    fn device(&self) -> Device {
        Device::Cuda(self.gpu)
    }

    fn sum(&self, vector: &Tensor) {
        if let Err(error) = self.all_reduce(vector) {
            eprintln!("{error:#}");
            self.abort();
        }
    }

    /// The others are ended by who started them.
    fn abort(&self) -> ! {
        signal_hook::low_level::exit(1)
    }
}
