//! README's parts on speed: Figure 1's work and BN-Inception's beside `PyTorch`'s.

use recipe::thousands;
use record::bench::{BenchRow, ThroughputRow, median, median_seconds};
use record::statistics::distinct;

use crate::table::{Cell, Table, escaped};

const EAGER: &str = "pytorch eager";
/// Figure 1's steps without evaluation.
const JAX: &str = "jax, steps alone";
/// The best that `PyTorch` reaches, by the row that says so for each work.
const FASTER_WAYS: &str = "pytorch channels-last";
const PROVENANCE: &str = "Each work on each processor in one run of `make bench-bn-inception`. Ours is in the arithmetic that is the \
     default there. PyTorch is `bench/bn_inception_pytorch.py`: as a user writes it, and the fastest of channels-last, \
     bf16 autocast (on processors that are faster in it), Inductor's compilation, glibc told to keep freed memory (as our \
     programs keep it), and several processes. The share counts a multiply-add as two operations and a backward pass as \
     two forward passes, over a 2048×2048 matrix product in the same arithmetic; where Winograd's filtering multiplies less, \
     what it replaces is counted. Rows are in \
     `results/bench/bn_inception.csv`.";

/// What Figure 1's work takes; empty of no rows.
pub fn seconds(timings: &[BenchRow]) -> String {
    let seconds = |implementation| median_seconds(timings, implementation).unwrap_or(f64::NAN);
    let [ours, pytorch, jax] = ["ours", "pytorch", JAX].map(seconds);
    let Some(work) = timings.first() else { return String::new() };
    format!(
        "Speed: {} networks × {} seeds × {} steps, evaluation included, take {ours:.1} s here and {pytorch:.1} s in PyTorch \
         (eager, default threads, one network after the other; `bench/fig1_pytorch.py`), a ratio of **{:.2}**. JAX (compiled \
         before, all seeds at once; `bench/fig1_jax.py`) takes {jax:.1} s for the steps alone, a ratio of **{:.2}**. {} with {} \
         cores, `make bench-fig1`, rows in `results/bench/fig1.csv`.",
        work.networks,
        work.seeds,
        thousands(work.steps),
        ours / pytorch,
        ours / jax,
        escaped(&work.processor),
        work.cores,
    )
}

/// BN-Inception's throughput on each processor, its medians over the rounds, and where the rows come from.
pub fn throughput(rows: &[ThroughputRow]) -> String {
    let processors = distinct(rows.iter().map(|row| row.processor.as_str()));
    let mut parts: Vec<String> =
        processors.into_iter().map(|name| on_processor(name, rows)).collect();
    parts.push(PROVENANCE.to_owned());
    parts.join("\n")
}

fn on_processor(processor: &str, all: &[ThroughputRow]) -> String {
    let rows: Vec<&ThroughputRow> = all.iter().filter(|row| row.processor == processor).collect();
    let rounds = rows.iter().map(|row| row.round).max().unwrap_or(0);
    let cores = rows.first().map_or(0, |row| row.cores);
    let mut table = Table::new(&[
        "images/s",
        ">ours",
        ">in f32",
        ">PyTorch eager",
        ">ours over it",
        ">PyTorch's best",
        ">ours over it",
        ">share of the product rate",
    ]);
    let works = rows.iter().map(|row| (row.network.as_str(), row.work.as_str()));
    for (network, work) in distinct(works) {
        let is_its = |row: &&&ThroughputRow| row.network == network && row.work == work;
        let of_work: Vec<&ThroughputRow> = rows.iter().filter(is_its).copied().collect();
        table.rows.push(line(network, work, &of_work));
    }
    let on = escaped(processor);
    format!("{on}, {cores} cores, medians of {rounds} rounds:\n\n{}", table.markdown(""))
}

fn line(network: &str, work: &str, rows: &[&ThroughputRow]) -> Vec<Cell> {
    let median_of = |value: fn(&ThroughputRow) -> f64, name: &str| {
        let of_this = rows.iter().filter(|row| row.implementation == name);
        median(of_this.map(|row| value(row)).collect()).unwrap_or(f64::NAN)
    };
    let speed = |name: &str| median_of(|row| row.images_per_second, name);
    let (best, best_speed) = best_of_pytorch(rows, speed);
    let (ours, eager) = (speed("ours"), speed(EAGER));
    let share = median_of(|row| row.share_of_product_rate, "ours");
    let cells = [
        what(network, work, rows),
        format!("**{ours:.0}**"),
        format!("{:.0}", speed("ours, f32")),
        format!("{eager:.0}"),
        format!("{:.2}", ours / eager),
        format!("{best_speed:.0} ({best})"),
        format!("{:.2}", ours / best_speed),
        format!("{share:.2}"),
    ];
    cells.map(Cell::from).into()
}

/// The fastest way to run `PyTorch` that was tried, and its speed.
fn best_of_pytorch(rows: &[&ThroughputRow], speed: impl Fn(&str) -> f64) -> (String, f64) {
    let ways = rows.iter().map(|row| row.implementation.as_str());
    let ways = ways.filter(|name| name.starts_with(FASTER_WAYS));
    let fastest = ways.max_by(|a, b| speed(a).total_cmp(&speed(b))).unwrap_or(EAGER);
    (fastest.trim_start_matches("pytorch ").to_owned(), speed(fastest))
}

fn what(network: &str, work: &str, rows: &[&ThroughputRow]) -> String {
    let size = match network {
        "full" => "224 px, batch 16",
        _ => "32 px, half the width, batch 32",
    };
    match rows.first().map_or(1, |row| row.jobs) {
        1 => format!("{work}, {size}"),
        jobs => format!("{work}, {size}; ours {jobs} side by side, one thread each"),
    }
}
