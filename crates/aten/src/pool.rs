//! 3×3 pooling. Gradients are gathered: each pixel of the input adds up what the windows that it is in hand back.
//!
//! A line of pixels is made at a time, by one place of the windows after the other: the next place of a pixel's window would have to
//! wait for what the one before has left in memory.

use std::ops::Range;

use crate::element::{Element, Real, for_kind};
use crate::maps::{Error, Maps, Rows};
use crate::parallel::{self, Task};

/// Rows of pixels of which a thread makes the least.
const GRAIN: usize = 8;

/// Sizes of a pooling, in pixels.
#[derive(Clone, Copy)]
struct Grid {
    stride: usize,
    border: usize,
    input: [usize; 2],
    output: [usize; 2],
}

impl Grid {
    fn new(x: &Maps, y: &Maps, stride: usize) -> Result<Self, Error> {
        let border = usize::from(stride == 1);
        let grid = Self { stride, border, input: [x.height, x.width], output: [y.height, y.width] };
        let of =
            |side: usize| if stride == 1 { side } else { (side.max(3) - 3).div_ceil(stride) + 1 };
        let fits = y.n == x.n && y.channels == x.channels && grid.output == grid.input.map(of);
        x.is_apart(y, "pooling")?;
        if x.kind != y.kind {
            return Err(Error::Kinds(x.kind, y.kind));
        }
        if fits { Ok(grid) } else { Err(Error::Shapes("pooling", x.size(), y.size())) }
    }

    /// Which of a window's three rows are on the grid, and where they lie.
    #[inline(always)]
    fn rows_of(self, output: usize, side: usize) -> impl Iterator<Item = (usize, usize)> {
        let first = (output * self.stride) as isize - self.border as isize;
        (0..3_usize).filter_map(move |k| {
            let place = first + k as isize;
            (place >= 0 && (place as usize) < side).then_some((k, place as usize))
        })
    }

    /// The windows of a line whose place k is on the grid, and the pixel of the input that lies there.
    #[inline(always)]
    fn columns(self, k: usize) -> impl Iterator<Item = (usize, usize)> {
        (0..self.output[1]).filter_map(move |window| {
            let pixel = (window * self.stride + k).checked_sub(self.border)?;
            (pixel < self.input[1]).then_some((window, pixel))
        })
    }

    /// Which lines of windows a line of the input is in, and at which of their rows.
    #[inline(always)]
    fn windows(self, input: usize, side: usize) -> impl Iterator<Item = (usize, usize)> {
        (0..3_usize).filter_map(move |k| {
            let start = (input + self.border).checked_sub(k)?;
            let window = start / self.stride;
            (start % self.stride == 0 && window < side).then_some((k, window))
        })
    }
}

/// Maxima of 3×3, at stride 1 over every edge, at stride 2 over the right and lower one. Returns which place of its window
/// each maximum is from (the first of equals), pixel by pixel.
///
/// # Errors
/// If shapes or kinds do not fit.
pub fn maxima(x: &Maps, stride: usize, y: &Maps) -> Result<Vec<u8>, Error> {
    let grid = Grid::new(x, y, stride)?;
    let mut places = vec![0; y.pixels() * y.channels];
    for_kind!(x.kind, maxima_of(x, grid, y, &mut places));
    Ok(places)
}

fn maxima_of<E: Element>(x: &Maps, grid: Grid, y: &Maps, places: &mut [u8]) {
    let task = Maxima::<E> { x: x.rows(), y: y.rows(), grid, places: Bytes(places.as_mut_ptr()) };
    parallel::each(y.n * y.height, GRAIN, &task);
}

struct Maxima<'a, E> {
    x: Rows<'a, E>,
    y: Rows<'a, E>,
    grid: Grid,
    places: Bytes,
}

/// As many bytes as there are outputs.
struct Bytes(*mut u8);

// SAFETY: each thread writes the bytes of its own pixels.
unsafe impl Sync for Bytes {}

impl<E: Element> Task for Maxima<'_, E> {
    #[inline(always)]
    fn run(&self, range: Range<usize>) {
        let ([in_height, in_width], [height, width]) = (self.grid.input, self.grid.output);
        let n = self.x.channels;
        let mut largest = vec![E::Real::LOWEST; n * width];
        // Not bytes yet: numbers as wide as f32 are chosen by the same vectors.
        let mut chosen = vec![0_u32; n * width];
        for line in range {
            largest.fill(E::Real::LOWEST);
            chosen.fill(0);
            let first = line / height * in_height;
            for (k_row, row) in self.grid.rows_of(line % height, in_height) {
                for k_column in 0..3 {
                    let place = (3 * k_row + k_column) as u32;
                    for (window, pixel) in self.grid.columns(k_column) {
                        let x = self.x.row((first + row) * in_width + pixel);
                        let own = window * n..(window + 1) * n;
                        choose(x, place, &mut largest[own.clone()], &mut chosen[own]);
                    }
                }
            }
            let pixels = largest.chunks_exact(n).zip(chosen.chunks_exact(n));
            for (i, (largest, chosen)) in (line * width..).zip(pixels) {
                // SAFETY: pixel i and its bytes lie in this thread's range.
                let (y, places) = unsafe {
                    let places = std::slice::from_raw_parts_mut(self.places.0.add(i * n), n);
                    (self.y.row_mut(i), places)
                };
                places.iter_mut().zip(chosen).for_each(|(place, &chosen)| *place = chosen as u8);
                y.iter_mut().zip(largest).for_each(|(y, &largest)| *y = E::put(largest));
            }
        }
    }
}

/// Puts a pixel of this place of the window where it is larger. What is no number wins: divergence must show.
#[inline(always)]
fn choose<E: Element>(x: &[E], place: u32, largest: &mut [E::Real], chosen: &mut [u32]) {
    let n = x.len();
    let (largest, chosen) = (&mut largest[..n], &mut chosen[..n]);
    for c in 0..n {
        let value = x[c].get();
        let wins = (value > largest[c]) | value.is_no_number();
        largest[c] = if wins { value } else { largest[c] };
        chosen[c] = if wins { place } else { chosen[c] };
    }
}

/// ∂ℓ/∂x of [`maxima`]; added to what is there, if `adds`.
///
/// # Errors
/// If shapes or kinds do not fit.
pub fn maxima_backward(
    dy: &Maps,
    places: &[u8],
    stride: usize,
    dx: &Maps,
    adds: bool,
) -> Result<(), Error> {
    let grid = Grid::new(dx, dy, stride)?;
    if places.len() != dy.pixels() * dy.channels {
        return Err(Error::Shapes("places of maxima", dy.size(), vec![places.len() as i64]));
    }
    for_kind!(dx.kind, maxima_backward_of(dy, places, grid, dx, adds));
    Ok(())
}

fn maxima_backward_of<E: Element>(dy: &Maps, places: &[u8], grid: Grid, dx: &Maps, adds: bool) {
    let task = MaximaBackward::<E> { dy: dy.rows(), dx: dx.rows(), grid, places, adds };
    parallel::each(dx.n * dx.height, GRAIN, &task);
}

struct MaximaBackward<'a, E> {
    dy: Rows<'a, E>,
    dx: Rows<'a, E>,
    grid: Grid,
    places: &'a [u8],
    adds: bool,
}

impl<E: Element> Task for MaximaBackward<'_, E> {
    #[inline(always)]
    fn run(&self, range: Range<usize>) {
        let ([in_height, in_width], [height, width]) = (self.grid.input, self.grid.output);
        let n = self.dx.channels;
        let mut sums = vec![E::Real::ZERO; n * in_width];
        for line in range {
            start(&mut sums, &self.dx, line * in_width, self.adds);
            let first = line / in_height * height;
            for (k_row, row) in self.grid.windows(line % in_height, height) {
                for k_column in 0..3 {
                    let place = (3 * k_row + k_column) as u8;
                    for (window, pixel) in self.grid.columns(k_column) {
                        let window = (first + row) * width + window;
                        let places = &self.places[window * n..(window + 1) * n];
                        hand_back(self.dy.row(window), places, place, &mut sums[pixel * n..]);
                    }
                }
            }
            finish(&sums, &self.dx, line * in_width);
        }
    }
}

/// Adds the gradient of a window's maxima where they are from this place.
#[inline(always)]
fn hand_back<E: Element>(dy: &[E], places: &[u8], place: u8, sums: &mut [E::Real]) {
    let n = dy.len();
    let (places, sums) = (&places[..n], &mut sums[..n]);
    for c in 0..n {
        let d = dy[c].get();
        sums[c] += if places[c] == place { d } else { E::Real::ZERO };
    }
}

/// Begins the sums of pixels from the i-th on with what is there, or with nothing.
#[inline(always)]
fn start<E: Element>(sums: &mut [E::Real], rows: &Rows<E>, i: usize, adds: bool) {
    if !adds {
        return sums.fill(E::Real::ZERO);
    }
    for (i, sums) in (i..).zip(sums.chunks_exact_mut(rows.channels)) {
        sums.iter_mut().zip(rows.row(i)).for_each(|(sum, x)| *sum = x.get());
    }
}

/// Writes the sums of pixels from the i-th on; only the thread whose range they are in may.
#[inline(always)]
fn finish<E: Element>(sums: &[E::Real], rows: &Rows<E>, i: usize) {
    for (i, sums) in (i..).zip(sums.chunks_exact(rows.channels)) {
        // SAFETY: pixel i lies in the calling task's range.
        let row = unsafe { rows.row_mut(i) };
        row.iter_mut().zip(sums).for_each(|(x, &sum)| *x = E::put(sum));
    }
}

/// Means of 3×3, stride 1, with zeros beyond the edges, which count or not.
///
/// # Errors
/// If shapes or kinds do not fit.
pub fn means(x: &Maps, counts_zeros: bool, y: &Maps) -> Result<(), Error> {
    neighbours(x, y, (Weights { counts_zeros: Some(counts_zeros) }, Weights::NONE), false)
}

/// ∂ℓ/∂x of [`means`]; added to what is there, if `adds`.
///
/// # Errors
/// If shapes or kinds do not fit.
pub fn means_backward(dy: &Maps, counts_zeros: bool, dx: &Maps, adds: bool) -> Result<(), Error> {
    neighbours(dy, dx, (Weights::NONE, Weights { counts_zeros: Some(counts_zeros) }), adds)
}

/// A pixel's weight: one over the size of its window, or 1.
#[derive(Clone, Copy)]
struct Weights {
    counts_zeros: Option<bool>,
}

impl Weights {
    const NONE: Self = Self { counts_zeros: None };

    #[inline(always)]
    fn of(self, row: usize, column: usize, [height, width]: [usize; 2]) -> f64 {
        let within = |i: usize, side: usize| (i.min(1) + 1 + (side - 1 - i).min(1)) as f64;
        match self.counts_zeros {
            None => 1.0,
            Some(true) => 1.0 / 9.0,
            Some(false) => 1.0 / (within(row, height) * within(column, width)),
        }
    }
}

/// y = weight of y · Σ over neighbours of weight of x · x.
fn neighbours(
    x: &Maps,
    y: &Maps,
    (of_y, of_x): (Weights, Weights),
    adds: bool,
) -> Result<(), Error> {
    let grid = Grid::new(x, y, 1)?;
    for_kind!(x.kind, neighbours_of(x, y, grid, of_y, of_x, adds));
    Ok(())
}

fn neighbours_of<E: Element>(
    x: &Maps,
    y: &Maps,
    grid: Grid,
    of_y: Weights,
    of_x: Weights,
    adds: bool,
) {
    let task = Neighbours::<E> { x: x.rows(), y: y.rows(), grid, of_y, of_x, adds };
    parallel::each(y.n * y.height, GRAIN, &task);
}

struct Neighbours<'a, E> {
    x: Rows<'a, E>,
    y: Rows<'a, E>,
    grid: Grid,
    of_y: Weights,
    of_x: Weights,
    adds: bool,
}

impl<E: Element> Task for Neighbours<'_, E> {
    #[inline(always)]
    fn run(&self, range: Range<usize>) {
        let [height, width] = self.grid.input;
        let n = self.x.channels;
        let mut sums = vec![E::Real::ZERO; n * width];
        for line in range {
            start(&mut sums, &self.y, line * width, self.adds);
            let (image, line_in_image) = (line / height, line % height);
            for (_, row) in self.grid.rows_of(line_in_image, height) {
                for k_column in 0..3 {
                    for (window, pixel) in self.grid.columns(k_column) {
                        let of_y = self.of_y.of(line_in_image, window, self.grid.input);
                        let of_x = self.of_x.of(row, pixel, self.grid.input);
                        let x = self.x.row((image * height + row) * width + pixel);
                        add(x, E::Real::of(of_y * of_x), &mut sums[window * n..]);
                    }
                }
            }
            finish(&sums, &self.y, line * width);
        }
    }
}

/// Adds a pixel with its weight.
#[inline(always)]
fn add<E: Element>(x: &[E], weight: E::Real, sums: &mut [E::Real]) {
    let n = x.len();
    let sums = &mut sums[..n];
    for c in 0..n {
        sums[c] += weight * x[c].get();
    }
}
