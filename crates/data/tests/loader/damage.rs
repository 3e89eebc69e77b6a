//! What damaged examples do.

use anyhow::{Result, bail};
use data::order::{Batches, InSequence};
use data::{Loader, LoaderOptions, OnDamage, Source};
use streams::Stream;

use super::OPTIONS;

/// Ten examples, some of which are damaged, one of which makes the decoder panic, and one of which is
/// longer than the others.
struct Faulty {
    damaged: Vec<usize>,
    panics: Option<usize>,
    longer: Option<usize>,
}

impl Source for Faulty {
    fn len(&self) -> usize {
        10
    }

    fn label(&self, index: usize) -> usize {
        index
    }

    fn name(&self, index: usize) -> String {
        format!("{index}.jpg")
    }

    fn example(&self, index: usize, _epoch: u64, _stream: &mut Stream) -> Result<Vec<u8>> {
        assert_ne!(Some(index), self.panics, "meant to happen");
        if self.damaged.contains(&index) {
            bail!("{index}.jpg: truncated JPEG");
        }
        Ok(vec![index as u8; if self.longer == Some(index) { 6 } else { 3 }])
    }
}

const SOUND: Faulty = Faulty { damaged: Vec::new(), panics: None, longer: None };

/// Ten examples again and again, two at a time.
struct Cycle;

impl Batches for Cycle {
    fn epoch(&self, step: u64) -> u64 {
        step / 5
    }

    fn indices(&self, step: u64) -> Vec<usize> {
        InSequence { len: 10, batch: 2 }.indices(step % 5)
    }
}

fn loader(source: Faulty, on_damage: OnDamage) -> Loader {
    Loader::new(source, Cycle, 0..15, LoaderOptions { on_damage, ..OPTIONS }).unwrap()
}

/// Hands out what comes before the error, which must be the last thing that comes.
#[track_caller]
fn until_error(mut loader: Loader) -> (u64, String) {
    let mut steps = 0;
    loop {
        match loader.next().expect("an error") {
            Ok(_) => steps += 1,
            Err(error) => {
                assert!(loader.next().is_none());
                return (steps, error.to_string());
            }
        }
    }
}

#[test]
fn a_damaged_file_stops_after_the_mini_batches_before_it() {
    let source = Faulty { damaged: vec![7, 9], ..SOUND };
    let (steps, message) = until_error(loader(source, OnDamage::Stop));
    assert_eq!((steps, message.as_str()), (3, "7.jpg: truncated JPEG"));
}

#[test]
fn a_damaged_file_is_skipped_counted_and_reported_once() {
    let source = Faulty { damaged: vec![0, 7], ..SOUND };
    let batches: Vec<_> = loader(source, OnDamage::Skip).map(Result::unwrap).collect();
    assert_eq!(batches.iter().map(|batch| batch.skipped).sum::<usize>(), 6);
    let reports: Vec<_> = batches.iter().flat_map(|batch| batch.reports.clone()).collect();
    assert_eq!(reports, ["0.jpg: truncated JPEG", "7.jpg: truncated JPEG"]);
    for (batch, labels) in batches.iter().zip([&[1][..], &[2, 3], &[4, 5], &[6], &[8, 9]]) {
        assert_eq!(batch.labels, labels);
        assert_eq!(batch.images.len(), 3 * labels.len());
    }
}

#[test]
fn a_mini_batch_of_nothing_but_damage_is_an_error() {
    let source = Faulty { damaged: vec![4, 5], ..SOUND };
    let (steps, message) = until_error(loader(source, OnDamage::Skip));
    assert_eq!(steps, 2);
    assert_eq!(message, "step 2: nothing but damaged examples, such as 4.jpg: truncated JPEG");
}

#[test]
fn a_decoder_that_panics_is_damage() {
    let panics = || Faulty { panics: Some(3), ..SOUND };
    let (steps, message) = until_error(loader(panics(), OnDamage::Stop));
    assert_eq!((steps, message.as_str()), (1, "3.jpg: its decoder panicked"));
    let batches: Vec<_> = loader(panics(), OnDamage::Skip).map(Result::unwrap).collect();
    assert_eq!(batches[1].reports, ["3.jpg: its decoder panicked"]);
}

#[test]
fn examples_of_different_lengths_are_refused() {
    let source = Faulty { longer: Some(5), ..SOUND };
    let (steps, message) = until_error(loader(source, OnDamage::Skip));
    assert_eq!((steps, message.as_str()), (2, "5.jpg: 6 bytes, unlike those before it"));
}
