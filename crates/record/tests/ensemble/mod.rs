//! The ensemble's rows, from answers that were made up so that the errors can be counted by hand.

use std::collections::BTreeMap;

use record::ensemble::{Answers, Crops, ErrorRow, Evaluation, Gain, Part, UNMODIFIED};
use record::run::Scale;

/// Answers of six classes that put each picture's own at this rank.
fn answers(labels: &[u32], ranks: &[usize]) -> Answers {
    let mut values = Vec::new();
    for (&label, &rank) in labels.iter().zip(ranks) {
        let mut others = 0;
        values.extend((0..6).map(|class| {
            if class == label {
                return 0.5;
            }
            others += 1;
            if others <= rank { 0.9 } else { 0.1 }
        }));
    }
    Answers { classes: 6, values }
}

const LABELS: [u32; 4] = [0, 5, 2, 3];

#[test]
fn ranks_count_the_classes_before() {
    for ranks in [[0, 1, 4, 5], [5, 4, 1, 0]] {
        assert_eq!(answers(&LABELS, &ranks).ranks(&LABELS), ranks);
    }
    let equal = Answers { classes: 3, values: vec![0.2; 9] };
    assert_eq!(equal.ranks(&[0, 1, 2]), [0, 1, 2], "the smaller number is before");
}

#[test]
fn the_mean_is_of_probabilities_not_of_votes() {
    let sure = Answers { classes: 2, values: vec![0.9, 0.1] };
    let unsure = Answers { classes: 2, values: vec![0.4, 0.6] };
    let mean = Answers::mean([&sure, &unsure, &unsure]).unwrap();
    assert_eq!(mean.ranks(&[0]), [0], "two of three vote for the other: {:?}", mean.values);
    assert!(Answers::mean([]).is_err());
    let other = Answers { classes: 2, values: vec![0.5; 4] };
    assert!(Answers::mean([&sure, &other]).is_err());
}

#[test]
fn what_is_no_answer_is_found() {
    for bad in [f32::NAN, f32::INFINITY, -0.1] {
        let answers = Answers { classes: 2, values: vec![0.5, 0.5, 1.0, 0.0, bad, 1.0] };
        assert_eq!(answers.first_without_answer(), Some(2));
    }
    assert_eq!(answers(&LABELS, &[0; 4]).first_without_answer(), None);
}

/// In each way of looking.
fn looked(answers: [Answers; 5]) -> BTreeMap<Crops, Answers> {
    Crops::ALL.into_iter().zip(answers).collect()
}

/// Two networks that are wrong at different pictures; more crops help the first.
fn two() -> Evaluation {
    let all = |ranks: [[usize; 4]; 5]| looked(ranks.map(|ranks| answers(&LABELS, &ranks)));
    Evaluation {
        labels: LABELS.to_vec(),
        members: vec![
            all([[0, 1, 5, 0], [0, 1, 5, 0], [0, 0, 5, 0], [0, 0, 1, 0], [0, 1, 1, 0]]),
            all([[1, 0, 0, 5]; 5]),
        ],
        unmodified: None,
        best: None,
    }
}

#[test]
fn a_network_beside_them_is_in_no_ensemble_and_the_best_one_can_be_known() {
    let unmodified = looked([0, 1, 2, 3, 4].map(|_| answers(&LABELS, &[1; 4])));
    let part = Part { pictures: vec![0, 1, 2, 3], labels: LABELS.to_vec(), answers: unmodified };
    let alone = two();
    let (errors, gains) = two().beside(part, Some(1)).rows(Scale::Small).unwrap();
    let (of_two, _) = alone.rows(Scale::Small).unwrap();
    let is_beside = |row: &&ErrorRow| row.networks == UNMODIFIED;
    assert_eq!(errors.iter().filter(is_beside).map(|row| row.top1_error).sum::<f64>(), 5.0);
    let others: Vec<ErrorRow> = errors.iter().filter(|row| !is_beside(row)).cloned().collect();
    assert_eq!(others, of_two);
    let error = |networks| row(&errors, networks, Crops::OneHundredFortyFour).top1_error;
    let gain = |gain| gains.iter().find(|row| row.gain == gain).unwrap().top1_gain;
    assert_eq!(gain(Gain::EnsembleOverBest), error("2") - error("1+2"));
    assert_eq!(gain(Gain::EnsembleOverUnmodified), 1.0 - error("1+2"));
}

fn row<'a>(rows: &'a [ErrorRow], networks: &str, crops: Crops) -> &'a ErrorRow {
    rows.iter().find(|row| row.networks == networks && row.crops == crops).unwrap()
}

#[test]
fn errors_are_counted() {
    let (errors, _) = two().rows(Scale::Small).unwrap();
    assert_eq!(errors.len(), 5 * 3);
    let of = |networks, crops| {
        let row = row(&errors, networks, crops);
        (row.models, row.top1_error, row.top5_error)
    };
    assert_eq!(of("1", Crops::One), (1, 0.5, 0.25));
    assert_eq!(of("1", Crops::Fifty), (1, 0.25, 0.25));
    assert_eq!(of("1", Crops::OneHundredFortyFour), (1, 0.25, 0.0));
    assert_eq!(of("2", Crops::One), (1, 0.5, 0.25));
    // Every rival has 0.9 of one network and 0.1 of the other, or less: at most as much as the own class. Of
    // equal ones those with a smaller number are before, so the ranks are 0, 1 (class 0 before 5), 2 and 3.
    assert_eq!(of("1+2", Crops::One), (2, 0.75, 0.0));
    for row in &errors {
        assert_eq!(row.images, 4);
        assert!(row.top1_low <= row.top1_error && row.top1_error <= row.top1_high, "{row:?}");
    }
}

#[test]
fn all_of_several_gain_over_the_best_on_these_very_pictures() {
    let (errors, gains) = two().rows(Scale::Small).unwrap();
    let error = |networks| row(&errors, networks, Crops::OneHundredFortyFour).top1_error;
    let [gain] = gains.as_slice() else { panic!("{gains:?}") };
    let best = error("1").min(error("2"));
    assert_eq!((gain.gain, gain.top1_gain), (Gain::EnsembleOverBest, best - error("1+2")));
}

#[test]
fn a_network_alone_gains_by_crops() {
    let mut alone = two();
    alone.members.truncate(1);
    let (_, gains) = alone.rows(Scale::Small).unwrap();
    let names: Vec<Gain> = gains.iter().map(|row| row.gain).collect();
    assert_eq!(names, [Gain::MultiCrop, Gain::MeanOverMaximum]);
    assert_eq!(gains[0].top1_gain, 0.5 - 0.25);
}

#[test]
fn a_gain_of_paired_pictures_is_surer_than_the_errors_are() {
    let labels = vec![0; 400];
    let ranks = |wrong: usize| (0..400).map(|n| usize::from(n % 400 < wrong)).collect::<Vec<_>>();
    let of = |wrong| answers(&labels, &ranks(wrong));
    let better = || [of(200), of(200), of(200), of(180), of(200)];
    let evaluation =
        Evaluation { labels: labels.clone(), members: vec![looked(better())], ..two() };
    let (errors, gains) = evaluation.rows(Scale::Small).unwrap();
    let (error, gain) = (row(&errors, "1", Crops::One), &gains[0]);
    assert!((gain.top1_gain - 0.05).abs() < 1e-12);
    assert!(gain.top1_low > 0.02 && gain.top1_high < 0.08, "{gain:?}");
    assert!(error.top1_high - error.top1_low > 0.08, "{error:?}");
}

#[test]
fn fewer_crops_give_fewer_rows() {
    let mut evaluation = two();
    for answers in &mut evaluation.members {
        answers.retain(|crops, _| *crops <= Crops::Ten);
    }
    let (errors, gains) = evaluation.rows(Scale::Small).unwrap();
    assert_eq!(errors.len(), 2 * 3);
    assert!(gains.is_empty(), "none without 144 crops");
    evaluation.members[0].remove(&Crops::Ten);
    assert!(evaluation.rows(Scale::Small).is_err(), "not the same crops");
}

#[test]
fn what_does_not_go_together_is_refused() {
    let nothing = Evaluation { labels: Vec::new(), ..two() };
    assert!(nothing.rows(Scale::Small).is_err());
    let nobody = Evaluation { members: Vec::new(), ..two() };
    assert!(nobody.rows(Scale::Small).is_err());
    let beyond = Evaluation { labels: vec![0, 5, 2, 6], ..two() };
    assert!(beyond.rows(Scale::Small).is_err());
    let fewer = Evaluation { labels: vec![0, 5, 2], ..two() };
    assert!(fewer.rows(Scale::Small).is_err());
}

fn part(first: u32, classes: usize) -> Part {
    let answers = |place: usize| Answers {
        classes,
        values: (0..3 * classes).map(|n| (n + 100 * place) as f32 / 7.0).collect(),
    };
    let answers = looked([0, 1, 2, 3, 4].map(answers));
    Part { pictures: vec![first, first + 1, first + 2], labels: vec![1, 0, 1], answers }
}

#[test]
fn answers_come_back_from_their_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.parquet");
    part(7, 10).write(&file).unwrap();
    assert_eq!(Part::read(&file).unwrap(), part(7, 10));
    let mut both = Part::default();
    both.extend(part(0, 10)).unwrap();
    both.extend(part(3, 10)).unwrap();
    assert_eq!(both.pictures, [0, 1, 2, 3, 4, 5]);
    assert_eq!(both.answers[&Crops::Fifty].values.len(), 60);
    assert!(both.extend(part(6, 11)).is_err());
}

#[test]
fn files_that_hold_no_answers_are_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.parquet");
    part(0, 3).write(&file).unwrap();
    let whole = std::fs::read(&file).unwrap();
    for length in [0, 1, 11, whole.len() / 2, whole.len() - 1] {
        std::fs::write(&file, &whole[..length]).unwrap();
        let message = Part::read(&file).unwrap_err().to_string();
        assert!(message.contains("a.parquet: ") && !message.contains('\n'), "{message}");
    }
    Part::default().write(&file).unwrap();
    assert!(Part::read(&file).unwrap_err().to_string().contains("holds no answers"));
    assert!(Part::read(&folder.path().join("none")).is_err());
}
