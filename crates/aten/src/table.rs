//! A table's rows, added up and changed by lists of them: a product with zeros and ones, and a step of SGD on it.
//!
//! ```text
//! (W u)ᵢ = Σ rows of Wᵀ that list i names        Wᵀ[row] += dᵢ for every row that list i names
//! ```
//!
//! Of MNIST's binary pixels 13 % are on. The product adds up those columns of W, and the step touches no others: the gradient
//! of the rest is zero.

use std::ops::Range;

use crate::element::{Element, Real, for_kind};
use crate::maps::{Error, Maps, Rows};
use crate::parallel::{self, Task};

/// Lists of which a thread works on the least.
const GRAIN: usize = 16;

/// Lists of row numbers.
#[derive(Clone, Debug, Default)]
pub struct Lists {
    rows: Vec<u16>,
    /// Where each list ends.
    ends: Vec<usize>,
}

impl Lists {
    /// These lists.
    pub fn new<'a>(lists: impl IntoIterator<Item = &'a [u16]>) -> Self {
        let mut all = Self::default();
        for list in lists {
            all.rows.extend_from_slice(list);
            all.ends.push(all.rows.len());
        }
        all
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &[u16]> {
        (0..self.len()).map(|i| self.list(i))
    }

    /// For each of so many rows, the lists that name it.
    fn transposed(&self, rows: usize) -> Self {
        let mut ends = vec![0; rows + 1];
        self.rows.iter().for_each(|&row| ends[usize::from(row) + 1] += 1);
        for row in 0..rows {
            ends[row + 1] += ends[row];
        }
        // Each entry is where the row's next list goes; in the end, where its lists end.
        let mut lists = vec![0; self.rows.len()];
        for (number, list) in self.iter().enumerate() {
            for &row in list {
                let next = &mut ends[usize::from(row)];
                lists[*next] = number as u16;
                *next += 1;
            }
        }
        ends.pop();
        Self { rows: lists, ends }
    }

    /// The largest row number.
    pub fn last_row(&self) -> Option<u16> {
        self.rows.iter().copied().max()
    }

    #[inline(always)]
    fn list(&self, i: usize) -> &[u16] {
        let begin = i.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.rows[begin..self.ends[i]]
    }
}

/// For each list the sum of its rows, one sum in each row of `sums`.
///
/// # Errors
/// If shapes or kinds do not fit.
pub fn sum_rows(table: &Maps, lists: &Lists, sums: &Maps) -> Result<(), Error> {
    check(table, lists, sums)?;
    for_kind!(table.kind, add_up(table, lists, sums, false));
    Ok(())
}

/// Adds row i of `summands` to each of the rows that list i names.
///
/// # Errors
/// If shapes or kinds do not fit.
pub fn add_to_rows(table: &Maps, lists: &Lists, summands: &Maps) -> Result<(), Error> {
    check(table, lists, summands)?;
    let lists = lists.transposed(table.pixels());
    for_kind!(table.kind, add_up(summands, &lists, table, true));
    Ok(())
}

fn check(table: &Maps, lists: &Lists, others: &Maps) -> Result<(), Error> {
    if table.kind != others.kind {
        return Err(Error::Kinds(table.kind, others.kind));
    }
    let known = table.pixels();
    let is_known = lists.last_row().is_none_or(|row| usize::from(row) < known);
    if !is_known || table.channels != others.channels || lists.len() != others.pixels() {
        return Err(Error::Shapes("lists of rows", table.size(), others.size()));
    }
    table.is_apart(others, "table")
}

fn add_up<E: Element>(from: &Maps, lists: &Lists, to: &Maps, with_old: bool) {
    let task = AddUp::<E> { from: from.rows(), lists, to: to.rows(), with_old };
    parallel::each(lists.len(), GRAIN, &task);
}

struct AddUp<'a, E> {
    from: Rows<'a, E>,
    lists: &'a Lists,
    to: Rows<'a, E>,
    with_old: bool,
}

impl<E: Element> Task for AddUp<'_, E> {
    /// Four rows at a time, so that a sum is read and written a quarter as often.
    #[inline(always)]
    fn run(&self, range: Range<usize>) {
        let columns = self.from.channels;
        let mut sums = vec![E::Real::ZERO; columns];
        for i in range {
            let list = self.lists.list(i);
            if list.is_empty() && self.with_old {
                continue;
            }
            // SAFETY: each of these rows is read and written by the thread whose range it is in; the others lie elsewhere.
            let target = unsafe { &mut self.to.row_mut(i)[..columns] };
            for c in 0..columns {
                sums[c] = if self.with_old { target[c].get() } else { E::Real::ZERO };
            }
            let fours = list.chunks_exact(4);
            for &row in fours.remainder() {
                let row = self.row(row);
                for c in 0..columns {
                    sums[c] += row[c].get();
                }
            }
            for four in fours {
                let [p, q, r, s] =
                    [self.row(four[0]), self.row(four[1]), self.row(four[2]), self.row(four[3])];
                for c in 0..columns {
                    sums[c] += (p[c].get() + q[c].get()) + (r[c].get() + s[c].get());
                }
            }
            target.iter_mut().zip(&sums).for_each(|(target, &sum)| *target = E::put(sum));
        }
    }
}

impl<E: Element> AddUp<'_, E> {
    #[inline(always)]
    fn row(&self, row: u16) -> &[E] {
        &self.from.row(usize::from(row))[..self.from.channels]
    }
}
