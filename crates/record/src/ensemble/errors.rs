//! From answers to errors, with intervals.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use streams::Stream;

use super::{Answers, Crops, ErrorRow, Gain, GainRow, Part};
use crate::bootstrap::{Resamples, interval};
use crate::run::Scale;

/// Samples of a bootstrap.
pub const RESAMPLES: usize = 1_000;
/// What the network beside the members is called in rows.
pub const UNMODIFIED: &str = "unmodified";
/// A class that is behind fewer than so many is among the five most probable.
const TOP: [usize; 2] = [1, 5];

/// What some networks answer for some pictures.
#[derive(Clone, Debug)]
pub struct Evaluation {
    /// The pictures' classes.
    pub labels: Vec<u32>,
    /// Of each network, in each way of looking; the same ones for all.
    pub members: Vec<BTreeMap<Crops, Answers>>,
    /// Of a network beside them, which is in no ensemble.
    pub unmodified: Option<BTreeMap<Crops, Answers>>,
    /// Which member is the best one by other pictures, counted from 0; by these, if that is not known.
    pub best: Option<usize>,
}

/// An error, its interval, and what it is in each sample; top-1 and top-5.
#[derive(Clone)]
struct Sampled {
    error: [f64; 2],
    samples: [Vec<f64>; 2],
}

impl Sampled {
    fn interval(&self, top: usize) -> (f64, f64) {
        interval(self.samples[top].clone()).expect("there are samples")
    }

    fn less(&self, other: &Self) -> Self {
        let differences = |top: usize| {
            let pairs = self.samples[top].iter().zip(&other.samples[top]);
            pairs.map(|(own, other)| own - other).collect()
        };
        Self {
            error: [0, 1].map(|top| self.error[top] - other.error[top]),
            samples: [0, 1].map(differences),
        }
    }
}

/// What the networks do in one way of looking.
struct Together {
    /// The best member.
    best: Sampled,
    /// The network beside them.
    unmodified: Option<Sampled>,
    /// All together.
    all: Sampled,
}

/// Everything that the rows are made of.
struct Sampler<'a> {
    evaluation: &'a Evaluation,
    images: Resamples,
}

impl Evaluation {
    /// Of what networks answer, all for the same pictures.
    ///
    /// # Errors
    /// If there is none, or they are of different pictures.
    pub fn of_parts(parts: Vec<Part>) -> Result<Self> {
        let first = parts.first().context("no networks were evaluated")?;
        let labels = first.labels.clone();
        for part in &parts {
            let is_same = part.pictures == first.pictures && part.labels == labels;
            ensure!(is_same, "the networks answer for different pictures");
        }
        let members = parts.into_iter().map(|part| part.answers).collect();
        Ok(Self { labels, members, unmodified: None, best: None })
    }

    /// The same beside a network that is in no ensemble, with this member as the best one.
    #[must_use]
    pub fn beside(self, unmodified: Part, best: Option<usize>) -> Self {
        Self { unmodified: Some(unmodified.answers), best, ..self }
    }

    /// The errors of every subset of the networks, in every way of looking; and what is gained, where the images alone
    /// are drawn anew: of a network that is alone, or of the best one. What one of several networks gains, and how sure
    /// that is, follows from the errors of each; a reader of the rows works it out.
    ///
    /// # Errors
    /// If there is no picture or no network, or they do not go together.
    pub fn rows(&self, scale: Scale) -> Result<(Vec<ErrorRow>, Vec<GainRow>)> {
        self.check()?;
        let sampler = Sampler::new(self);
        let mut errors = Vec::new();
        let mut together = BTreeMap::new();
        for &crops in self.members[0].keys() {
            let of_subsets = sampler.of_subsets(crops)?;
            let of_crops = sampler.together(crops, &of_subsets);
            for (members, sampled) in &of_subsets {
                errors.push(self.error_row(scale, names(members), members.len(), crops, sampled));
            }
            let beside = of_crops.unmodified.as_ref();
            errors.extend(
                beside.map(|own| self.error_row(scale, UNMODIFIED.to_owned(), 1, crops, own)),
            );
            together.insert(crops, of_crops);
        }
        Ok((errors, self.gains(scale, &together)))
    }

    fn check(&self) -> Result<()> {
        ensure!(!self.labels.is_empty(), "no pictures were evaluated");
        ensure!(!self.members.is_empty(), "no networks were evaluated");
        for answers in self.all() {
            let is_same = answers.keys().eq(self.members[0].keys());
            ensure!(is_same, "the networks did not look at the same crops");
        }
        for answers in self.all().flat_map(BTreeMap::values) {
            let (pictures, classes) = (self.labels.len(), answers.classes);
            let is_whole = answers.values.len() == pictures * classes;
            ensure!(is_whole, "{} answers of {classes} for {pictures}", answers.values.len());
            let is_class = |&label: &u32| (label as usize) < classes;
            ensure!(self.labels.iter().all(is_class), "labels beyond {classes} classes");
        }
        Ok(())
    }

    /// The members, and the network beside them.
    fn all(&self) -> impl Iterator<Item = &BTreeMap<Crops, Answers>> {
        self.members.iter().chain(&self.unmodified)
    }

    fn error_row(
        &self,
        scale: Scale,
        networks: String,
        models: usize,
        crops: Crops,
        sampled: &Sampled,
    ) -> ErrorRow {
        let [(top1_low, top1_high), (top5_low, top5_high)] =
            [0, 1].map(|top| sampled.interval(top));
        ErrorRow {
            scale,
            networks,
            models,
            crops,
            images: self.labels.len(),
            top1_error: sampled.error[0],
            top1_low,
            top1_high,
            top5_error: sampled.error[1],
            top5_low,
            top5_high,
        }
    }

    fn gains(&self, scale: Scale, together: &BTreeMap<Crops, Together>) -> Vec<GainRow> {
        let is_alone = self.members.len() == 1;
        let best = |crops, alone: bool| {
            together.get(&crops).filter(|_| alone == is_alone).map(|of| &of.best)
        };
        let all = |crops| together.get(&crops).map(|of| &of.all);
        let unmodified = |crops| together.get(&crops).and_then(|of| of.unmodified.as_ref());
        let (one, mean, maximum) = (Crops::One, Crops::OneHundredFortyFour, Crops::GreatestOf144);
        let pairs = [
            (Gain::MultiCrop, best(one, true), all(mean)),
            (Gain::MeanOverMaximum, best(maximum, true), all(mean)),
            (Gain::EnsembleOverBest, best(mean, false), all(mean)),
            (Gain::EnsembleOverUnmodified, unmodified(mean), all(mean)),
        ];
        let row = |(gain, before, after): (Gain, Option<&Sampled>, Option<&Sampled>)| {
            Some(self.gain_row(scale, gain, &before?.less(after?)))
        };
        pairs.into_iter().filter_map(row).collect()
    }

    fn gain_row(&self, scale: Scale, gain: Gain, sampled: &Sampled) -> GainRow {
        let [(top1_low, top1_high), (top5_low, top5_high)] =
            [0, 1].map(|top| sampled.interval(top));
        GainRow {
            scale,
            gain,
            models: self.members.len(),
            images: self.labels.len(),
            top1_gain: sampled.error[0],
            top1_low,
            top1_high,
            top5_gain: sampled.error[1],
            top5_low,
            top5_high,
        }
    }
}

impl<'a> Sampler<'a> {
    fn new(evaluation: &'a Evaluation) -> Self {
        let mut stream = Stream::new(0, "bootstrap/images");
        let images = Resamples::draw(RESAMPLES, evaluation.labels.len(), &mut stream);
        Self { evaluation, images }
    }

    /// Of every subset of the networks, the smaller ones first, all of them last.
    fn of_subsets(&self, crops: Crops) -> Result<Vec<(Vec<usize>, Sampled)>> {
        let sampled = |members: Vec<usize>| {
            let answers = members.iter().map(|&member| &self.evaluation.members[member][&crops]);
            let sampled = self.sampled(&Answers::mean(answers)?);
            Ok((members, sampled))
        };
        subsets(self.evaluation.members.len()).into_iter().map(sampled).collect()
    }

    /// Of the subsets that [`Sampler::of_subsets`] gives.
    fn together(&self, crops: Crops, of_subsets: &[(Vec<usize>, Sampled)]) -> Together {
        let sampled: Vec<&Sampled> = of_subsets.iter().map(|(_, sampled)| sampled).collect();
        let alone = &sampled[..self.evaluation.members.len()];
        let by_error = |a: &&&Sampled, b: &&&Sampled| a.error[0].total_cmp(&b.error[0]);
        let here = || alone.iter().min_by(by_error).expect("there is a member");
        let best = self.evaluation.best.map_or_else(here, |best| &alone[best]);
        let all = sampled.last().expect("there is a subset");
        let beside = self.evaluation.unmodified.as_ref();
        let unmodified = beside.map(|answers| self.sampled(&answers[&crops]));
        Together { best: (*best).clone(), unmodified, all: (*all).clone() }
    }

    fn sampled(&self, answers: &Answers) -> Sampled {
        let ranks = answers.ranks(&self.evaluation.labels);
        let wrong = TOP.map(|top| ranks.iter().map(|&rank| rank >= top).collect::<Vec<bool>>());
        let share = |wrong: &Vec<bool>| {
            wrong.iter().filter(|is_wrong| **is_wrong).count() as f64 / wrong.len() as f64
        };
        Sampled {
            error: wrong.each_ref().map(share),
            samples: wrong.each_ref().map(|wrong| self.images.shares(wrong)),
        }
    }
}

/// All subsets of `0..count` but the empty one, the smaller ones first.
fn subsets(count: usize) -> Vec<Vec<usize>> {
    let members = |bits: u32| (0..count).filter(|&member| bits >> member & 1 == 1).collect();
    let mut subsets: Vec<Vec<usize>> = (1..1_u32 << count).map(members).collect();
    subsets.sort_by_key(Vec::len); // stable: in each size in the order of the numbers
    subsets
}

/// `1+3+4`, counted from 1.
fn names(members: &[usize]) -> String {
    let numbers: Vec<String> = members.iter().map(|member| (member + 1).to_string()).collect();
    numbers.join("+")
}
