//! Mini-batches made ahead: which, in which order, how many, and what damage does.

mod damage;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::Result;
use data::augmentation::Photometric;
use data::order::{Batches, InSequence, Order, Shards, Shuffling};
use data::photographs::View;
use data::shards::{Origin, Preparation, prepare};
use data::{Batch, Loader, LoaderOptions, OnDamage, Photographs, Source, Split, TrainingView};
use streams::Stream;

use crate::photographs::data_set;

const OPTIONS: LoaderOptions =
    LoaderOptions { seed: 1, workers: 2, ahead: 4, on_damage: OnDamage::Stop };

/// Twenty examples of six bytes: their number, their epoch, and four draws.
#[derive(Default)]
struct Numbers {
    made: AtomicUsize,
    pause: Duration,
}

impl Source for Numbers {
    fn len(&self) -> usize {
        20
    }

    fn label(&self, index: usize) -> usize {
        index % 3
    }

    fn name(&self, index: usize) -> String {
        format!("number {index}")
    }

    fn example(&self, index: usize, epoch: u64, stream: &mut Stream) -> Result<Vec<u8>> {
        self.made.fetch_add(1, Ordering::SeqCst);
        std::thread::sleep(self.pause);
        let draws = stream.permutation(256);
        Ok([index as u8, epoch as u8]
            .into_iter()
            .chain(draws[..4].iter().map(|&it| it as u8))
            .collect())
    }
}

fn order() -> Order {
    Order::new(1, Shards::consecutive(20, 6), Shuffling::WithinAndAcrossShards, 3).unwrap()
}

fn batches(loader: Loader) -> Vec<Batch> {
    loader.collect::<Result<_>>().unwrap()
}

#[test]
fn the_number_of_workers_and_the_room_change_nothing() {
    let with = |workers, ahead| {
        let options = LoaderOptions { workers, ahead, ..OPTIONS };
        batches(Loader::new(Numbers::default(), order(), 0..40, options).unwrap())
    };
    let alone = with(1, 1);
    assert!(alone.iter().map(|batch| batch.step).eq(0..40));
    for (workers, ahead) in [(1, 5), (4, 1), (4, 8)] {
        assert_eq!(with(workers, ahead), alone);
    }
}

#[test]
fn a_resumed_loader_goes_on_with_the_same_mini_batches() {
    let from = |step| batches(Loader::new(Numbers::default(), order(), step..20, OPTIONS).unwrap());
    let whole = from(0);
    for step in [1, 6, 7, 19, 20] {
        assert_eq!(from(step), whole[step as usize..]);
    }
}

#[test]
fn an_example_is_seen_anew_in_each_epoch_and_by_each_seed() {
    let draws = |seed, step: u64| {
        let options = LoaderOptions { seed, ..OPTIONS };
        let order =
            Order::new(1, Shards::consecutive(20, 20), Shuffling::AcrossShardsOnly, 20).unwrap();
        let loader = Loader::new(Numbers::default(), order, step..step + 1, options).unwrap();
        batches(loader).remove(0).images[2..6].to_vec()
    };
    assert_eq!(draws(1, 0), draws(1, 0));
    assert_ne!(draws(1, 0), draws(1, 1));
    assert_ne!(draws(1, 0), draws(2, 0));
}

#[test]
fn validation_ends_with_a_smaller_mini_batch() {
    let sequence = InSequence { len: 20, batch: 8 };
    let loader = Loader::new(Numbers::default(), sequence, 0..sequence.steps(), OPTIONS).unwrap();
    let batches = batches(loader);
    assert_eq!(batches.iter().map(|batch| batch.labels.len()).collect::<Vec<_>>(), [8, 8, 4]);
    assert_eq!(batches[2].labels, [1, 2, 0, 1]);
    assert_eq!(batches[2].images.chunks(6).map(|it| it[0]).collect::<Vec<_>>(), [16, 17, 18, 19]);
}

#[test]
fn after_the_last_there_is_nothing() {
    let mut loader = Loader::new(Numbers::default(), order(), 0..2, OPTIONS).unwrap();
    assert_eq!(loader.by_ref().count(), 2);
    assert!(loader.next().is_none() && loader.next().is_none());
    assert!(Loader::new(Numbers::default(), order(), 3..3, OPTIONS).unwrap().next().is_none());
}

#[test]
fn no_more_than_what_was_allowed_is_made_ahead() {
    let numbers = Arc::new(Numbers::default());
    let options = LoaderOptions { workers: 4, ahead: 2, ..OPTIONS };
    let source = Arc::clone(&numbers) as Arc<dyn Source>;
    let batches: Arc<dyn Batches> = Arc::new(order());
    let mut loader = Loader::shared(&source, &batches, 0..1000, options).unwrap();
    for handed_out in 0..4 {
        std::thread::sleep(Duration::from_millis(50));
        let made = numbers.made.load(Ordering::SeqCst);
        assert_eq!(made, 3 * (handed_out + 2));
        loader.next().unwrap().unwrap();
    }
}

#[test]
fn dropping_stops_the_workers_in_the_middle_of_a_mini_batch() {
    let numbers = Arc::new(Numbers { pause: Duration::from_millis(20), ..Numbers::default() });
    let order = Order::new(1, Shards::consecutive(20, 20), Shuffling::AcrossShardsOnly, 20);
    let source = Arc::clone(&numbers) as Arc<dyn Source>;
    let batches: Arc<dyn Batches> = Arc::new(order.unwrap());
    let loader = Loader::shared(&source, &batches, 0..9, OPTIONS).unwrap();
    std::thread::sleep(Duration::from_millis(30));
    let start = Instant::now();
    drop((loader, source));
    assert!(start.elapsed() < Duration::from_millis(200), "{:?}", start.elapsed());
    assert_eq!(Arc::strong_count(&numbers), 1);
}

#[test]
fn a_loader_without_workers_or_room_is_refused() {
    for (workers, ahead) in [(0, 1), (1, 0)] {
        let options = LoaderOptions { workers, ahead, ..OPTIONS };
        assert!(Loader::new(Numbers::default(), order(), 0..1, options).is_err());
    }
}

#[test]
fn photographs_are_the_same_with_one_and_four_workers_from_folders_and_from_shards() {
    let (root, out) = (data_set(), tempfile::tempdir().unwrap());
    let preparation = Preparation { images_per_shard: 4, seed: 1 };
    let origin = Origin::find(root.path());
    prepare(&origin, out.path(), preparation, &mut |_| Ok(())).unwrap();
    let view = View::Training(TrainingView::googlenet(16, Photometric::Full));
    for folder in [root.path(), out.path()] {
        let with = |workers| {
            let photographs = Photographs::open(folder, Split::Training).unwrap();
            let shards = photographs.shards(5);
            let order = Order::new(1, shards, Shuffling::WithinAndAcrossShards, 4).unwrap();
            let options = LoaderOptions { workers, ..OPTIONS };
            batches(
                Loader::new(Arc::new(photographs).seen(view.clone()), order, 0..9, options)
                    .unwrap(),
            )
        };
        let alone = with(1);
        assert_eq!(alone[0].images.len(), 4 * 16 * 16 * 3);
        assert_eq!(alone, with(4));
    }
    let validation = |folder| {
        let photographs = Photographs::open(folder, Split::Validation).unwrap();
        let sequence = InSequence { len: photographs.len(), batch: 6 };
        let seen = Arc::new(photographs).seen(View::SingleCrop { resize: 18, crop: 16 });
        batches(Loader::new(seen, sequence, 0..1, OPTIONS).unwrap())
    };
    assert_eq!(validation(root.path()), validation(out.path()));
    assert_eq!(validation(root.path())[0].labels, [0, 0, 1, 1, 2, 2]);
}
