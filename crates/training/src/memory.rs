//! What glibc does with freed memory, and how much there is.

use std::process::Command;

const VARIABLE: &str = "GLIBC_TUNABLES";

/// Take large tensors from the heap, keep what is freed, and ask for pages of 2 MB.
const TUNABLES: &str = "glibc.malloc.mmap_threshold=17179869184:\
                        glibc.malloc.trim_threshold=17179869184:\
                        glibc.malloc.top_pad=67108864:\
                        glibc.malloc.hugetlb=1";

/// Starts this program over, once, with glibc told to keep freed memory for the next step.
///
/// By default glibc returns each large tensor to the kernel, which clears its pages for the next one.
/// What keeping them is worth is in `results/bench/bn_inception.csv`, rows `memory kept`. glibc reads its tunables only
/// when a program starts. A user's own `GLIBC_TUNABLES` are left alone, and where the program cannot
/// be started over it goes on as it is.
pub fn keep_freed() {
    #[cfg(target_os = "linux")]
    if std::env::var_os(VARIABLE).is_none()
        && let Ok(program) = std::env::current_exe()
    {
        use std::os::unix::process::CommandExt;
        let arguments = std::env::args_os().skip(1);
        let _only_failure_returns =
            Command::new(program).args(arguments).env(VARIABLE, TUNABLES).exec();
    }
}

/// Resident memory of this process, bytes; 0 where the system does not say.
pub fn resident_bytes() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    statm.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok()).unwrap_or(0) * 4096
}
