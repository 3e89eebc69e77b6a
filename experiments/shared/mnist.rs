//! MNIST as tensors, for any number of jobs.

use std::path::Path;
use std::sync::Mutex;

use anyhow::Result;
use data::Mnist;
use data::mnist::Images;
use tch::{Device, Kind, Tensor};

/// The binary images and labels on a device. Clones share the memory.
pub struct BinaryMnist {
    /// `[60000, 784]`, 0 or 1, one byte each: a mini-batch becomes f32 when it is used.
    pub train_images: Tensor,
    /// `[60000, 10]`, one-hot, f32.
    pub train_targets: Tensor,
    /// `[10000, 784]`, f32.
    pub test_images: Tensor,
    /// `[10000]`, i64.
    pub test_labels: Tensor,
}

impl BinaryMnist {
    /// Loads the data set from the folder that the user names, or from `.data/mnist`.
    ///
    /// # Errors
    /// If it cannot be found, fetched or read.
    pub fn load(named: Option<&Path>, device: Device) -> Result<Shared<Self>> {
        let mnist = Mnist::load(named, &record::repository().join(".data/mnist"))?;
        let labels = |set: &Images| Tensor::from_slice(&set.labels).to_kind(Kind::Int64);
        let one_hot = |labels: Tensor| labels.one_hot(Mnist::CLASSES as i64).to_kind(Kind::Float);
        Ok(Shared(Mutex::new(Self {
            train_images: binary_images(&mnist.train).to_device(device),
            train_targets: one_hot(labels(&mnist.train)).to_device(device),
            test_images: binary_images(&mnist.test).to_kind(Kind::Float).to_device(device),
            test_labels: labels(&mnist.test).to_device(device),
        })))
    }

    /// The images and one-hot targets of a mini-batch, `[m, 784]` and `[m, 10]`, f32.
    pub fn mini_batch(&self, indices: &Tensor) -> (Tensor, Tensor) {
        let images = self.train_images.index_select(0, indices).to_kind(Kind::Float);
        (images, self.train_targets.index_select(0, indices))
    }
}

impl Clone for BinaryMnist {
    fn clone(&self) -> Self {
        Self {
            train_images: self.train_images.shallow_clone(),
            train_targets: self.train_targets.shallow_clone(),
            test_images: self.test_images.shallow_clone(),
            test_labels: self.test_labels.shallow_clone(),
        }
    }
}

fn binary_images(set: &Images) -> Tensor {
    Tensor::from_slice(&set.binarised()).view([set.len() as i64, Mnist::PIXELS as i64])
}

/// Something that threads may clone but not borrow, as tensors are.
pub struct Shared<T>(Mutex<T>);

impl<T: Clone> Shared<T> {
    /// A clone for this thread.
    pub fn get(&self) -> T {
        self.0.lock().expect("no thread panics while it clones").clone()
    }
}
