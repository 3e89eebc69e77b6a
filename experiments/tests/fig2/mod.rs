//! Figure 2's programs, as their users start them.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use exhibit::reported::{self, Reported};
use experiments::{Choice, recipes};
use recipe::{Budget, Part, Recipe, SingleNetwork};
use record::fig2::{CURVES_FILE, CurveRow, OUTCOMES_FILE, Outcome, OutcomeRow};
use record::manifest::Manifest;
use record::run::Scale;
use record::table;

use crate::{command, refused, succeed};

fn smoke(out: &Path, arguments: &[&str]) -> Command {
    command("fig2", out, &[&["--scale", "smoke"], arguments].concat())
}

#[test]
fn all_networks_train_and_leave_rows_and_outcomes() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("fig2");
    succeed(smoke(&out, &[]));
    let manifest = Manifest::read(&out).unwrap();
    manifest.check_outputs(&out).unwrap();
    assert_eq!((manifest.scale, manifest.seeds), (Scale::Smoke, vec![0]));
    let outcomes: Vec<OutcomeRow> = table::read(&out.join(OUTCOMES_FILE)).unwrap();
    let networks: Vec<&str> = outcomes.iter().map(|row| row.network.as_str()).collect();
    let budgets = networks.iter().map(|name| Budget::with_name(name).unwrap());
    for (budget, row) in budgets.clone().zip(&outcomes) {
        assert_eq!(budget.to_string(), row.network);
        assert_eq!((row.outcome, row.step), (Outcome::Finished, budget.part.of(24)));
        assert!(row.test_top1_accuracy.is_some_and(|accuracy| (0.0..=1.0).contains(&accuracy)));
    }
    let trained: BTreeSet<SingleNetwork> = budgets.clone().map(|budget| budget.network).collect();
    assert_eq!(trained, BTreeSet::from(SingleNetwork::ALL));
    let curves: Vec<CurveRow> = table::read(&out.join(CURVES_FILE)).unwrap();
    for Budget { network, part } in budgets {
        let name = Budget { network, part }.to_string();
        let rows: Vec<_> = curves.iter().filter(|row| row.network == name).collect();
        assert_eq!((rows[0].step, rows[0].training_loss_nats), (0, None));
        assert!(rows[1..].iter().all(|row| row.gradient_norm.unwrap() > 0.0));
        let without_bn = network.name().starts_with("Inception");
        assert_eq!(rows[0].moving_var_min.is_none(), without_bn, "{network}");
    }
}

#[test]
fn nonsense_is_refused_in_a_line() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("fig2");
    let nonsense: [(&[&str], &str); 4] = [
        (&["--networks", "resnet"], "invalid value 'resnet'"),
        (&["--learning-rate", "0"], "must be positive and finite"),
        (&["--data", "/no/such/folder"], "/no/such/folder"),
        (&["--device", "tpu"], "expected cpu, cuda or cuda:N"),
    ];
    for (arguments, part) in nonsense {
        let message = refused(smoke(&out, arguments));
        assert!(message.contains(part), "{arguments:?}: {message}");
    }
    let message = refused(command("fig2", &out, &["--scale", "medium"]));
    assert!(message.contains("--data DIR"), "{message}");
    let data = tempfile::tempdir().unwrap();
    photographs_with_damage(data.path());
    let mut few = command("fig2", &out, &["--scale", "medium"]);
    few.arg("--data").arg(data.path());
    let message = refused(few);
    assert!(message.contains("of 32 pictures to train on, 1000 would be held out"), "{message}");
}

#[test]
fn the_papers_schedule_has_the_papers_rate() {
    let reported = reported::all().unwrap();
    let is_rate = |row: &&Reported| {
        (row.artefact.as_str(), row.network.as_str()) == ("table-single", "Inception")
            && row.metric == "initial learning rate"
    };
    let rate = reported.iter().find(is_rate).unwrap().value.parse::<f64>().unwrap();
    assert_eq!(recipes::inception(Scale::Full).sgd.learning_rate, rate);
}

#[test]
fn each_budget_has_a_decay_of_its_own() {
    let choice = Choice { scale: Scale::Small, steps: None, own: () };
    let inception = recipes::converging(&choice, 12_000);
    for (network, part, steps, end) in [
        (SingleNetwork::Inception, Part::OneIn(1), 12_000, 0.019),
        (SingleNetwork::Inception, Part::Twice, 24_000, 0.019),
        (SingleNetwork::BnX30, Part::OneIn(12), 1_000, 0.0101),
    ] {
        let budget = Budget { network, part };
        let recipe = recipes::of_budget(budget, &inception);
        assert_eq!(recipe.steps, steps);
        let sgd = recipe.sgd;
        let last = sgd.learning_rate_at(recipe.steps) / sgd.learning_rate;
        assert!((last / end - 1.0).abs() < 0.05, "{budget} ends at {last} of its rate");
        assert_eq!(Budget::with_name(&recipe.name), Some(budget));
    }
    assert_eq!(Budget::with_name("BN-x5 in 1/none"), None);
}

#[test]
fn recipes_are_the_papers_rows() {
    let base = recipes::inception(Scale::Small);
    let rows = SingleNetwork::ALL.map(|network| network.recipe(&base));
    let inception = &rows[0];
    let rate = |row: &Recipe| row.sgd.learning_rate / inception.sgd.learning_rate;
    for (factor, expected) in rows.iter().map(rate).zip([1.0, 1.0, 5.0, 30.0, 5.0, 5.0, 1.0]) {
        assert!((factor / expected - 1.0).abs() < 1e-12, "{factor}, not {expected}");
    }
    for row in &rows {
        let changed = matches!(row.name.as_str(), "BN-x5" | "BN-x30" | "BN-x5-Sigmoid");
        let every = |row: &Recipe| row.sgd.decay.unwrap().every;
        assert_eq!(inception.sgd.l2 / row.sgd.l2, if changed { 5.0 } else { 1.0 });
        let decay = every(inception) / every(row);
        assert!((decay - if changed { 6.0 } else { 1.0 }).abs() < 1e-12, "{decay}");
        assert_eq!(row.bn_inception().dropout, if changed { 0.0 } else { 0.4 });
        assert_eq!(row.bn_inception().local_response_norm, !changed);
        assert_eq!(row.images.shuffling == inception.images.shuffling, !changed);
        assert_eq!(row.images.photometric() == inception.images.photometric(), !changed);
    }
    // 31.0 million steps of the paper's have 96.9 decays, and so have ours.
    let last = inception.sgd.learning_rate_at(inception.steps) / inception.sgd.learning_rate;
    assert!((last - 0.96_f64.powi(96)).abs() < 1e-12, "{last}");
}

/// 32 pictures to train on, one mini-batch, and 4 to validate by, of two classes; one of the 32 is cut short.
fn photographs_with_damage(root: &Path) {
    for (split, count) in [("train", 16), ("val", 2)] {
        for class in ["a", "b"] {
            let folder = root.join(split).join(class);
            fs::create_dir_all(&folder).unwrap();
            for number in 0..count {
                let picture = image::RgbImage::from_fn(150, 140, |x, y| {
                    image::Rgb([x as u8, (y + number) as u8, (x * number) as u8])
                });
                picture.save(folder.join(format!("{number}.jpg"))).unwrap();
            }
        }
    }
    let cut = root.join("train/b/7.jpg");
    let whole = fs::read(&cut).unwrap();
    fs::write(cut, &whole[..whole.len() / 2]).unwrap();
}

#[test]
fn a_damaged_picture_stops_the_run_or_is_left_out_and_counted() {
    let folder = tempfile::tempdir().unwrap();
    let (data, out) = (folder.path().join("data"), folder.path().join("fig2"));
    photographs_with_damage(&data);
    let run = |more: &[&str]| {
        let arguments = ["--scale", "full", "--networks", "bn-x5", "--steps", "2"];
        command("fig2", &out, &arguments).arg("--data").arg(&data).args(more).output().unwrap()
    };
    let stopped = run(&[]);
    let message = String::from_utf8_lossy(&stopped.stderr).into_owned();
    assert!(!stopped.status.success() && message.contains("train/b/7.jpg: "), "{message}");
    let skipped = run(&["--skip-damaged"]);
    let message = String::from_utf8_lossy(&skipped.stderr).into_owned();
    assert!(skipped.status.success(), "{message}");
    assert_eq!(message.matches("left out: ").count(), 1, "{message}");
    let rows: Vec<CurveRow> = table::read(&out.join(CURVES_FILE)).unwrap();
    assert_eq!(rows.iter().map(|row| row.skipped_images).sum::<u64>(), 2);
}
