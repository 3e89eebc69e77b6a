//! Where memory comes from, and how much there is.

use libmimalloc_sys::{mi_option_set, mi_option_t};
use mimalloc::MiMalloc;

/// Ours; and with the package's feature `override` libtorch's, which asks for some thousand pieces in a step.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// The library's `mi_option_purge_delay`, to which its package gives no name.
const PURGE_DELAY: mi_option_t = 15;

/// Keeps what is freed from now on for the next step. Otherwise it goes back to the kernel after some milliseconds, which
/// clears its pages for whoever asks next.
#[allow(unsafe_code)] // a C library's
pub fn keep_freed() {
    // SAFETY: one of the library's own options, and a value that it defines: never.
    unsafe { mi_option_set(PURGE_DELAY, -1) };
}

/// Resident memory of this process, bytes; 0 where the system does not say.
pub fn resident_bytes() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    statm.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok()).unwrap_or(0) * 4096
}
