//! Memory for words, kept by a thread from call to call: new memory would have to be cleared page by page.

use std::cell::RefCell;
use std::ops::{Deref, DerefMut};

thread_local! {
    static KEPT: RefCell<Vec<Vec<u32>>> = const { RefCell::new(Vec::new()) };
}

/// Words, with whatever was in them last; their memory goes back to the thread's.
pub(super) struct Scratch {
    kept: Vec<u32>,
    count: usize,
}

impl Scratch {
    /// So many.
    pub fn of(count: usize) -> Self {
        let mut kept = KEPT.with_borrow_mut(Vec::pop).unwrap_or_default();
        if kept.len() < count {
            kept = vec![0; count];
        }
        Self { kept, count }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        KEPT.with_borrow_mut(|all| {
            all.push(std::mem::take(&mut self.kept));
            all.sort_unstable_by_key(Vec::len); // the longest is taken first
        });
    }
}

impl Deref for Scratch {
    type Target = [u32];

    fn deref(&self) -> &[u32] {
        &self.kept[..self.count]
    }
}

impl DerefMut for Scratch {
    fn deref_mut(&mut self) -> &mut [u32] {
        &mut self.kept[..self.count]
    }
}
