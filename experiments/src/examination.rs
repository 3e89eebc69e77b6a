//! Networks answer for the crops of pictures (§4.2.3): evaluation that can be killed at any moment, and
//! goes on with the part that it had not finished.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use bn_inception::checkpoints::{Layout, Preprocessing};
use bn_inception::{BnInception, Execution, FoldedBnInception};
use data::crops::{CropPlan, CropSet};
use data::loader::{Batch, Loader, LoaderOptions, OnDamage, Source};
use data::order::{Batches, Spread};
use record::ensemble::{Answers, Crops, Part};
use tch::{Device, Kind, Tensor};
use training::Progress;
use training::stop::{self, Stopped};

use crate::{Work, own_network};

/// A network that is to answer: a safetensors file.
pub enum Candidate {
    /// One of our own, with its card beside it.
    Own(PathBuf),
    /// Somebody else's.
    Others {
        /// Which.
        path: PathBuf,
        /// Whose names and shapes the file has.
        layout: Layout,
    },
}

impl Candidate {
    /// The network.
    ///
    /// # Errors
    /// Names the file that cannot be read, or does not hold this network.
    pub fn open(&self, execution: Execution) -> Result<BnInception> {
        match self {
            Self::Own(path) => Ok(own_network::open(path, execution)?.0),
            Self::Others { path, layout } => layout
                .read(path, execution)
                .with_context(|| format!("--weights {}", path.display())),
        }
    }
}

/// Which pictures are looked at, and how.
pub struct Examination {
    sets: Vec<CropSet>,
    plan: CropPlan,
    source: Arc<dyn Source>,
    order: Spread,
    preprocessing: Preprocessing,
    /// Classes of the networks before the pictures' first.
    classes_before: u32,
}

/// Pictures of a part: a minute or two of the full network's time, seconds of a small one's.
const PART: usize = 250;
/// Numbers of a mini-batch of crops, about.
const BATCH_PIXELS: usize = 1 << 20;
/// Mini-batches that are made ahead.
const AHEAD: usize = 3;

impl Examination {
    /// So many pictures of a source of the plan's crops, spread evenly over all.
    ///
    /// # Errors
    /// If there is nothing to look at.
    pub fn new(
        sets: &[CropSet],
        plan: CropPlan,
        source: Arc<dyn Source>,
        pictures: usize,
        preprocessing: Preprocessing,
        classes_before: u32,
    ) -> Result<Self> {
        ensure!(pictures > 0 && !source.is_empty(), "no pictures to evaluate");
        let pixels = plan.sites().len() * (plan.side() as usize).pow(2);
        let fits = |batch: &usize| batch * pixels <= BATCH_PIXELS;
        let batch = [50, 25, 10, 5, 2].into_iter().find(fits).unwrap_or(1); // they divide a part
        let order = Spread::new(pictures, source.len(), batch);
        Ok(Self { sets: sets.to_vec(), plan, source, order, preprocessing, classes_before })
    }

    /// How many pictures are looked at.
    pub fn pictures(&self) -> usize {
        self.order.sequence.len
    }

    /// How many crops are made of each.
    pub fn crops(&self) -> usize {
        self.plan.sites().len()
    }

    fn parts(&self) -> usize {
        self.pictures().div_ceil(PART)
    }

    fn pictures_of(&self, part: usize) -> u64 {
        (self.pictures() - part * PART).min(PART) as u64
    }

    /// What one network answers for one part of the pictures.
    ///
    /// # Errors
    /// Names the picture that cannot be read, or for which an answer is no number; [`Stopped`] if that was
    /// asked for.
    fn part(&self, network: &FoldedBnInception, part: usize, device: Device) -> Result<Part> {
        let batch = self.order.sequence.batch;
        let steps = (PART / batch) as u64;
        let first = part as u64 * steps;
        let steps = first..(first + steps).min(self.order.sequence.steps());
        let order: Arc<dyn Batches> = Arc::new(self.order);
        let options =
            LoaderOptions { seed: 0, workers: 1, ahead: AHEAD, on_damage: OnDamage::Stop };
        let looking = Looking::new(self, device);
        let mut all = Part::default();
        for batch in Loader::shared(&self.source, &order, steps, options)? {
            if stop::is_requested() {
                return Err(Stopped.into());
            }
            let batch = batch?;
            let answers = looking.answers(network, &batch)?;
            all.extend(self.checked(&batch, order.indices(batch.step), answers)?)?;
        }
        Ok(all)
    }

    fn checked(
        &self,
        batch: &Batch,
        pictures: Vec<usize>,
        answers: BTreeMap<Crops, Answers>,
    ) -> Result<Part> {
        for answers in answers.values() {
            if let Some(bad) = answers.first_without_answer() {
                let picture = self.source.name(pictures[bad]);
                anyhow::bail!("{picture}: the network's answer is no number; damaged weights?");
            }
        }
        let label = |&label: &i64| label as u32 + self.classes_before;
        Ok(Part {
            pictures: pictures.into_iter().map(|picture| picture as u32).collect(),
            labels: batch.labels.iter().map(label).collect(),
            answers,
        })
    }
}

/// The tensors that turn answers to crops into answers to pictures.
struct Looking<'a> {
    examination: &'a Examination,
    device: Device,
    /// What each crop weighs in each set's mean, `[sets, crops]`.
    weights: Tensor,
    /// The crops of the 144, if they are asked for.
    of_144: Option<Tensor>,
}

impl<'a> Looking<'a> {
    fn new(examination: &'a Examination, device: Device) -> Self {
        let weights = examination.plan.weights();
        let of_144 = examination.sets.iter().position(|set| *set == CropSet::OneHundredFortyFour);
        let places = |set: usize| -> Vec<i64> {
            (0..).zip(&weights[set]).filter(|(_, weight)| **weight > 0.0).map(|(n, _)| n).collect()
        };
        Self {
            examination,
            device,
            weights: Tensor::from_slice2(weights).to_device(device),
            of_144: of_144.map(|set| Tensor::from_slice(&places(set)).to_device(device)),
        }
    }

    /// Softmax of each crop, its mean over crops, and the maximum over the 144.
    fn answers(
        &self,
        network: &FoldedBnInception,
        batch: &Batch,
    ) -> Result<BTreeMap<Crops, Answers>> {
        let crops = self.examination.preprocessing.tensor(&batch.images, self.device);
        let probabilities = network.logits(&crops).softmax(-1, Kind::Float);
        let classes = probabilities.size()[1];
        let (pictures, sites) = (batch.labels.len() as i64, self.examination.crops() as i64);
        let probabilities = probabilities.view([pictures, sites, classes]);
        let means = self.weights.matmul(&probabilities).unbind(1); // of each set, [pictures, classes]
        let sets = self.examination.sets.iter().map(|&set| as_answered(set)).zip(means);
        let maximum = self.of_144.as_ref().map(|of_144| {
            let greatest = probabilities.index_select(1, of_144).amax(1, false);
            (Crops::GreatestOf144, greatest)
        });
        sets.chain(maximum).map(|(crops, x)| Ok((crops, to_answers(&x, classes)?))).collect()
    }
}

fn to_answers(x: &Tensor, classes: i64) -> Result<Answers> {
    let values = Vec::<f32>::try_from(x.to_device(Device::Cpu).contiguous().view([-1]))?;
    Ok(Answers { classes: classes as usize, values })
}

/// The way of looking that takes the mean of these crops.
pub fn as_answered(set: CropSet) -> Crops {
    match set {
        CropSet::One => Crops::One,
        CropSet::Ten => Crops::Ten,
        CropSet::Fifty => Crops::Fifty,
        CropSet::OneHundredFortyFour => Crops::OneHundredFortyFour,
    }
}

/// What each network answers for all pictures, computed part by part in the run's folders, so many at a
/// time; parts that are there are not computed again.
///
/// # Errors
/// If a network, a picture or a part cannot be read, a part cannot be written, or a stop was asked for.
pub fn examine(
    candidates: &[Candidate],
    examination: &Examination,
    work: &Work,
) -> Result<Vec<Part>> {
    let files = |member: usize| -> Result<Vec<PathBuf>> {
        let folder = work.run.job_folder(&format!("answers-{}", member + 1))?;
        Ok((0..examination.parts()).map(|part| folder.join(format!("{part:05}.parquet"))).collect())
    };
    let files = (0..candidates.len()).map(files).collect::<Result<Vec<_>>>()?;
    let all = (0..examination.parts()).flat_map(|part| {
        files.iter().enumerate().map(move |(member, files)| (member, part, &files[part]))
    });
    let missing: Vec<_> = all.filter(|(_, _, file)| !file.exists()).collect();
    let pictures = missing.iter().map(|&(_, part, _)| examination.pictures_of(part)).sum();
    let progress = Progress::of_images(pictures, examination.crops());
    let folder =
        |(member, part, _): &(usize, usize, &PathBuf)| format!("answers-{}/{part:05}", member + 1);
    work.share(&missing, folder, |&(member, part, file)| {
        if file.exists() {
            return Ok(()); // by another process, since
        }
        let network = candidates[member].open(work.execution)?.fold();
        examination.part(&network, part, work.execution.device)?.write(file)?;
        progress.add(examination.pictures_of(part));
        Ok(())
    })?;
    files.iter().map(|files| whole(files)).collect()
}

fn whole(files: &[PathBuf]) -> Result<Part> {
    let mut whole = Part::default();
    for file in files {
        whole.extend(Part::read(file)?)?;
    }
    Ok(whole)
}
