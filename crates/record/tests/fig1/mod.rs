use record::claims::Rule;
use record::fig1::{
    AccuracyRow, ActivationRow, Network, SensitivityRow, Setting, cells, drift, summary,
    typical_setting,
};
use record::reported;
use record::run::Scale;
use record::statistics::Verdict;

fn activation(network: Network, seed: u64, step: u64, median: f64, spread: f64) -> ActivationRow {
    ActivationRow {
        scale: Scale::Smoke,
        network,
        seed,
        step,
        unit: 0,
        input_p15: median - spread / 2.0,
        input_p50: median,
        input_p85: median + spread / 2.0,
    }
}

#[test]
fn drift_sums_changes_after_the_warm_up_on_the_even_grid() {
    let medians = [(0, 9.0), (750, 5.0), (1000, 0.0), (1100, 7.0), (1250, 1.0), (1500, -1.0)];
    let rows: Vec<_> = medians
        .iter()
        .map(|&(step, median)| activation(Network::WithBn, 3, step, median, 2.0 + median / 2.0))
        .collect();
    let drift = drift(&rows);
    assert_eq!(drift.len(), 1);
    // 0 → 1 → −1: movement 1 + 2, range 2; the spread's changes are half of that.
    assert_eq!((drift[0].median_movement, drift[0].median_range), (3.0, 2.0));
    assert_eq!((drift[0].spread_movement, drift[0].spread_range), (1.5, 1.0));
    assert_eq!((drift[0].network, drift[0].seed, drift[0].unit), (Network::WithBn, 3, 0));
}

fn accuracy(network: Network, seed: u64, last: f64) -> [AccuracyRow; 2] {
    let row = |step, test_accuracy_fraction| AccuracyRow {
        scale: Scale::Smoke,
        network,
        seed,
        step,
        test_accuracy_fraction,
        test_accuracy_moving_average_fraction: None,
        training_loss_nats: None,
    };
    [row(0, 0.1), row(250, last)]
}

#[test]
fn summary_compares_the_networks_seed_by_seed() {
    let runs = [(0, 0.90, 0.95), (1, 0.80, 0.86), (2, 0.70, 0.77)];
    let rows: Vec<AccuracyRow> = runs
        .iter()
        .flat_map(|&(seed, without, with)| {
            [accuracy(Network::WithoutBn, seed, without), accuracy(Network::WithBn, seed, with)]
        })
        .flatten()
        .collect();
    let summary = summary(&rows, &[]);
    let find = |network: &str| {
        let metric = "test accuracy at the last step";
        summary.iter().find(|row| row.network == network && row.metric == metric).unwrap()
    };
    assert!((find("Without BN").mean - 0.80).abs() < 1e-12);
    let gain = find("With BN minus Without BN");
    // Gains 0.05, 0.06, 0.07: the pairing takes the seeds' common spread out.
    assert!((gain.mean - 0.06).abs() < 1e-12);
    let half_width = 4.302_653 * 0.01 / 3f64.sqrt();
    assert!((gain.ci95_high.unwrap() - gain.mean - half_width).abs() < 1e-6);
    assert_eq!((gain.n, gain.verdict(Rule::IntervalAbove(0.0))), (3, Verdict::Reproduced));
    assert_eq!(gain.estimate(), "0.0600 ± 0.0248 (n 3)");
}

fn sweep(settings: &[(f64, f64, f64, f64)]) -> Vec<SensitivityRow> {
    let row = |&(learning_rate, init_std, without, with): &(f64, f64, f64, f64)| {
        [(Network::WithoutBn, without), (Network::WithBn, with)].map(|(network, accuracy)| {
            SensitivityRow {
                scale: Scale::Smoke,
                network,
                seed: 0,
                step: 10_000,
                learning_rate,
                init_std,
                test_accuracy_fraction: accuracy,
            }
        })
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

#[test]
fn the_papers_numbers_are_there() {
    let reported = reported::all().unwrap();
    let value = |artefact: &str, network: &str, metric: &str| {
        let same = |row: &&reported::Reported| {
            (row.artefact.as_str(), row.network.as_str(), row.metric.as_str())
                == (artefact, network, metric)
        };
        reported.iter().find(same).unwrap().value.clone()
    };
    assert_eq!(value("table-single", "BN-x30", "maximum accuracy"), "0.748");
    assert_eq!(value("table-single", "BN-x5-Sigmoid", "steps to 72.2 %"), "never");
    assert_eq!(value("table-ensemble", "BN-Inception ensemble", "top-5 error"), "0.049");
    assert_eq!(value("fig5", "4e", "double 3x3"), "256");
    assert!(reported.iter().all(|row| !row.section.is_empty()));
    for artefact in ["fig1", "fig2", "table-single", "table-ensemble", "fig5"] {
        assert!(reported.iter().any(|row| row.artefact == artefact), "{artefact}");
    }
}
