//! Work over ranges, on libtorch's own threads and with the widest vectors of the processor.

use std::ffi::c_void;
use std::ops::Range;
use std::sync::Mutex;

use crate::ffi;

/// Work that can be done for each part of a range by itself. `run` is to be inlined (with all that it calls), so that it
/// is compiled for [`wide`]'s vectors.
pub(crate) trait Task: Sync {
    fn run(&self, range: Range<usize>);
}

/// Does the task for `0..count`, in parts of at least `grain`, on as many threads as libtorch may use here.
pub(crate) fn each<T: Task>(count: usize, grain: usize, task: &T) {
    extern "C" fn part<T: Task>(begin: i64, end: i64, task: *mut c_void) {
        // SAFETY: `each` passes its task, which outlives the call; tasks may be shared between threads.
        let task = unsafe { &*task.cast::<T>() };
        run(task, begin as usize..end as usize);
    }
    let context = std::ptr::from_ref(task).cast_mut().cast();
    // SAFETY: libtorch calls `part` for disjoint ranges and returns when all are done.
    let status = unsafe {
        ffi::torch_parallel_for(0, count as i64, grain.max(1) as i64, part::<T>, context)
    };
    assert_eq!(status, 0, "a task failed");
}

/// Does the task for `0..count` on the thread that asks for it.
pub(crate) fn alone<T: Task>(count: usize, task: &T) {
    run(task, 0..count);
}

/// Sums what a function makes of each part of `0..count`: as many parts as threads, added in their order, so that the
/// sum depends on the number of threads only.
pub(crate) fn sum<F>(count: usize, grain: usize, of_part: F) -> Vec<f64>
where
    F: Fn(Range<usize>) -> Vec<f64> + Sync,
{
    struct Parts<F> {
        count: usize,
        sums: Vec<Mutex<Vec<f64>>>,
        of_part: F,
    }
    impl<F: Fn(Range<usize>) -> Vec<f64> + Sync> Task for Parts<F> {
        #[inline(always)]
        fn run(&self, parts: Range<usize>) {
            let start = |part: usize| self.count * part / self.sums.len();
            for part in parts {
                *self.sums[part].lock().expect("no panic") =
                    (self.of_part)(start(part)..start(part + 1));
            }
        }
    }
    let parts = (tch::get_num_threads() as usize).min(count / grain).max(1);
    let task = Parts { count, sums: (0..parts).map(|_| Mutex::default()).collect(), of_part };
    each(parts, 1, &task);
    let mut sums = task.sums.into_iter().map(|sums| sums.into_inner().expect("no panic"));
    let first = sums.next().expect("at least one");
    sums.fold(first, |total, part| total.iter().zip(&part).map(|(a, b)| a + b).collect())
}

fn run<T: Task>(task: &T, range: Range<usize>) {
    #[cfg(target_arch = "x86_64")]
    {
        if has_wide_vectors() {
            // SAFETY: the processor has these instructions.
            return unsafe { wide(task, range) };
        }
        if std::is_x86_feature_detected!("avx2") {
            // SAFETY: as above.
            return unsafe { half_as_wide(task, range) };
        }
    }
    task.run(range);
}

/// Whether the processor has the parts of AVX-512 that [`wide`] is compiled for, and that oneDNN wants for bf16.
pub(crate) fn has_wide_vectors() -> bool {
    #[cfg(target_arch = "x86_64")]
    return std::is_x86_feature_detected!("avx512bw")
        && std::is_x86_feature_detected!("avx512vl")
        && std::is_x86_feature_detected!("avx512dq");
    #[cfg(not(target_arch = "x86_64"))]
    false
}

/// The same code, compiled for wide vectors: the same bits, as Rust neither reorders sums nor fuses products into them.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq")]
fn wide<T: Task>(task: &T, range: Range<usize>) {
    task.run(range);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn half_as_wide<T: Task>(task: &T, range: Range<usize>) {
    task.run(range);
}
