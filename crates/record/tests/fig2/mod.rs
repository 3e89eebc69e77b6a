use record::fig2::{RateRow, best_rate};
use record::run::Scale;

#[test]
fn the_best_rate_is_that_of_the_highest_mean_and_of_equals_the_lowest() {
    let row = |learning_rate, seed, max_top1_accuracy| RateRow {
        scale: Scale::Small,
        learning_rate,
        seed,
        steps: 10,
        max_top1_accuracy,
        training_loss_nats: None,
    };
    let rows = [row(0.2, 0, 0.9), row(0.2, 1, 0.5), row(0.1, 0, 0.8), row(0.1, 1, 0.8)];
    assert_eq!(best_rate(&rows), Some(0.1));
    assert_eq!(best_rate(&[row(0.2, 0, 0.7), row(0.1, 0, 0.7)]), Some(0.1));
    assert_eq!(best_rate(&[]), None);
}
