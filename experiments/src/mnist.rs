//! MNIST as binary images, for any number of jobs.

use std::path::Path;

use anyhow::Result;
use data::mnist::binarised;
use data::{Images, Mnist};
use model::BinaryImages;
use recipe::Recipe;
use streams::Stream;
use tch::{Kind, Tensor};
use training::MiniBatches;

use crate::Job;
use crate::image_sets::hold_out;

/// Training images of MNIST.
pub const EXAMPLES: u64 = 60_000;
/// Test images of MNIST.
pub const TEST_IMAGES: u64 = 10_000;

/// MNIST, as lists of the pixels that are on.
pub struct BinaryMnist {
    /// The 60,000 training images, or those of them that are not held out.
    pub train: BinarySet,
    /// What networks are judged by: the 10,000 test images, or training images that are held out.
    pub validation: BinarySet,
}

/// Labelled binary images.
pub struct BinarySet {
    /// The lists of all images, one after the other.
    pixels_on: Vec<u16>,
    /// Where each image's list begins, and where the last one ends.
    starts: Vec<usize>,
    labels: Vec<u8>,
}

impl BinaryMnist {
    /// Loads the data set from the folder that the user names, or from `.data/mnist`; so many training images are held
    /// out.
    ///
    /// # Errors
    /// If it cannot be found, fetched or read.
    pub fn load(named: Option<&Path>, held_out: usize) -> Result<Self> {
        let mnist = Mnist::load(named, &record::repository().join(".data/mnist"))?;
        let (train, held_out) = hold_out(mnist.train, held_out);
        let validation = BinarySet::new(held_out.unwrap_or(mnist.test));
        Ok(Self { train: BinarySet::new(train), validation })
    }

    /// As many random images, of which as many pixels are on as of MNIST's, 13 %, for timing where MNIST need not be.
    pub fn random() -> Self {
        let set = |images: u64| {
            let mut draws = Stream::new(0, "pixels");
            let pixels = draws.coins(0.13, images as usize * Mnist::PIXELS);
            let pixels = pixels.into_iter().map(|is_on| if is_on { u8::MAX } else { 0 }).collect();
            let labels = (0..images).map(|image| (image % Mnist::CLASSES as u64) as u8).collect();
            BinarySet::new(Images { pixels, labels })
        };
        Self { train: set(EXAMPLES), validation: set(TEST_IMAGES) }
    }
}

impl BinarySet {
    fn new(images: Images) -> Self {
        let (mut pixels_on, mut starts) = (Vec::new(), vec![0]);
        for image in binarised(&images).chunks(Mnist::PIXELS) {
            pixels_on
                .extend((0u16..).zip(image).filter(|(_, on)| **on == 1).map(|(pixel, _)| pixel));
            starts.push(pixels_on.len());
        }
        Self { pixels_on, starts, labels: images.labels }
    }

    /// How many images there are.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// These images, f32.
    pub fn images(&self, indices: impl IntoIterator<Item = usize>) -> BinaryImages {
        let list = |image: usize| &self.pixels_on[self.starts[image]..self.starts[image + 1]];
        let lists = indices.into_iter().map(list);
        BinaryImages::from_lists(lists, Mnist::PIXELS, Kind::Float)
    }

    /// All labels, `[n]`, i64.
    pub fn labels(&self) -> Tensor {
        Tensor::from_slice(&self.labels).to_kind(Kind::Int64)
    }

    /// The mini-batches of a training after so many steps: every epoch a new permutation of all examples.
    pub fn mini_batches(
        &self,
        job: &Job<&Recipe>,
        from_step: u64,
    ) -> impl Iterator<Item = Result<MiniBatch>> {
        let size = job.subject.mini_batch as u64;
        let mut order = MiniBatches::new(job.seed, self.len() as u64, size);
        (from_step..).map(move |step| {
            let indices = order.indices(step).iter().map(|&index| index as usize);
            let labels = indices.clone().map(|index| self.labels[index]).collect();
            Ok(MiniBatch { images: self.images(indices), labels })
        })
    }
}

/// What a step of SGD learns from.
pub struct MiniBatch {
    /// The images, f32.
    pub images: BinaryImages,
    /// Their classes.
    pub labels: Vec<u8>,
}

impl MiniBatch {
    /// The labels as a tensor, `[m]`, i64.
    pub fn targets(&self) -> Tensor {
        Tensor::from_slice(&self.labels).to_kind(Kind::Int64)
    }
}
