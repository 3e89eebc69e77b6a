//! MNIST as binary images, for any number of jobs.

use std::path::Path;

use anyhow::Result;
use data::mnist::binarised;
use data::{Images, Mnist};
use model::BinaryImages;
use tch::{Device, Kind, Tensor};

/// Training and test set, as lists of the pixels that are on.
pub struct BinaryMnist {
    /// 60,000 images.
    pub train: BinarySet,
    /// 10,000 images.
    pub test: BinarySet,
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
    /// Loads the data set from the folder that the user names, or from `.data/mnist`.
    ///
    /// # Errors
    /// If it cannot be found, fetched or read.
    pub fn load(named: Option<&Path>) -> Result<Self> {
        let mnist = Mnist::load(named, &record::repository().join(".data/mnist"))?;
        Ok(Self { train: BinarySet::new(mnist.train), test: BinarySet::new(mnist.test) })
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
    pub fn images(&self, indices: impl IntoIterator<Item = usize>, device: Device) -> BinaryImages {
        let list = |image: usize| &self.pixels_on[self.starts[image]..self.starts[image + 1]];
        let lists = indices.into_iter().map(list);
        BinaryImages::from_lists(lists, Mnist::PIXELS, Kind::Float, device)
    }

    /// All labels, `[n]`, i64.
    pub fn labels(&self, device: Device) -> Tensor {
        Tensor::from_slice(&self.labels).to_kind(Kind::Int64).to_device(device)
    }

    /// All labels one-hot, `[n, 10]`, f32.
    pub fn targets(&self, device: Device) -> Tensor {
        self.labels(device).one_hot(Mnist::CLASSES as i64).to_kind(Kind::Float)
    }
}
