//! The sweep of Inception's learning rate, as a table in DEVIATIONS.

use std::fmt::Write;

use record::fig2::{RateRow, best_rate};

/// A line for each training, and which rate the rule chooses.
pub fn markdown(rows: &[RateRow]) -> String {
    let mut text = String::from(
        "| learning rate | seed | steps | highest validation accuracy | last training loss, nats |\n\
         | ---: | ---: | ---: | ---: | ---: |\n",
    );
    for row in rows {
        let loss = row.training_loss_nats.map_or("–".to_owned(), |loss| format!("{loss:.3}"));
        let accuracy = 100.0 * row.max_top1_accuracy;
        let RateRow { learning_rate, seed, steps, .. } = row;
        let _ = writeln!(text, "| {learning_rate} | {seed} | {steps} | {accuracy:.1} % | {loss} |");
    }
    let best = best_rate(rows).map_or("none".to_owned(), |rate| rate.to_string());
    let _ = write!(text, "\nThe rule chooses {best}. Rows in `results/fig2-learning-rate/`.");
    text
}
