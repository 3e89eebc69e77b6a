use record::fig1::{
    ActivationRow, DRIFT_WINDOW, SensitivityRow, Setting, SigmoidNetwork, cells, drift,
    typical_setting,
};
use record::run::Scale;

#[test]
fn drift_sums_changes_after_the_warm_up_on_the_even_grid() {
    let medians = [(0, 9.0), (750, 5.0), (1000, 0.0), (1100, 7.0), (1250, 1.0), (1500, -1.0)];
    let rows: Vec<_> = medians
        .iter()
        .map(|&(step, median)| ActivationRow {
            scale: Scale::Smoke,
            network: SigmoidNetwork::WithBn,
            seed: 3,
            step,
            unit: 0,
            input_p15: median - (1.0 + median / 4.0),
            input_p50: median,
            input_p85: median + (1.0 + median / 4.0),
        })
        .collect();
    let drift = drift(&rows, DRIFT_WINDOW);
    assert_eq!(drift.len(), 1);
    // 0 → 1 → −1: movement 1 + 2, range 2; the spread's changes are half of that.
    assert_eq!((drift[0].median_movement, drift[0].median_range), (3.0, 2.0));
    assert_eq!((drift[0].spread_movement, drift[0].spread_range), (1.5, 1.0));
    assert_eq!((drift[0].network, drift[0].seed, drift[0].unit), (SigmoidNetwork::WithBn, 3, 0));
}

fn sweep(settings: &[(f64, f64, f64, f64)]) -> Vec<SensitivityRow> {
    let row = |&(learning_rate, init_std, without, with): &(f64, f64, f64, f64)| {
        [(SigmoidNetwork::WithoutBn, without), (SigmoidNetwork::WithBn, with)].map(
            |(network, accuracy)| SensitivityRow {
                scale: Scale::Smoke,
                network,
                seed: 0,
                step: 10_000,
                learning_rate,
                init_std,
                held_out_accuracy_fraction: accuracy,
            },
        )
    };
    settings.iter().flat_map(row).collect()
}

#[test]
fn typical_setting_has_the_median_gain_of_those_on_the_papers_axis() {
    let rows = sweep(&[
        (0.1, 0.01, 0.10, 0.97), // not on the axis without BN
        (0.1, 1.00, 0.80, 0.81), // not a small Gaussian
        (0.1, 0.10, 0.90, 0.96), // gain 6 points
        (1.0, 0.01, 0.95, 0.97), // gain 2
        (1.0, 0.10, 0.96, 0.97), // gain 1
        (3.0, 0.10, 0.97, 0.96), // gain −1
    ]);
    assert_eq!(cells(&rows).len(), 6);
    // Of −1, 1, 2, 6 the lower middle one.
    let chosen = typical_setting(&rows).unwrap().setting;
    assert_eq!(chosen, Setting { learning_rate: 1.0, init_std: 0.1 });
    assert_eq!(typical_setting(&rows[..4]), None);
}
