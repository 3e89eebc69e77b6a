//! Which examples share a mini-batch.

use std::collections::BTreeSet;

use data::order::{Batches, InSequence, Order, Shards, Shuffling, Spread};
use proptest::prelude::*;

const BOTH: [Shuffling; 2] = [Shuffling::WithinAndAcrossShards, Shuffling::AcrossShardsOnly];

fn epoch(order: &Order, number: u64) -> Vec<Vec<usize>> {
    let steps = order.steps_per_epoch();
    (number * steps..(number + 1) * steps).map(|step| order.indices(step)).collect()
}

proptest! {
    #[test]
    fn an_epoch_has_every_example_at_most_once_and_drops_less_than_a_mini_batch(
        len in 1usize..200, per_shard in 1usize..50, batch in 1usize..20, mixed: bool, seed: u64,
    ) {
        prop_assume!(batch <= len);
        for shuffling in BOTH {
            let shards =
                if mixed { Shards::mixed(len, per_shard) } else { Shards::consecutive(len, per_shard) };
            let order = Order::new(seed, shards, shuffling, batch).unwrap();
            for number in 0..3 {
                let batches = epoch(&order, number);
                prop_assert!(batches.iter().all(|indices| indices.len() == batch));
                let seen: Vec<usize> = batches.concat();
                prop_assert!(len - seen.len() < batch);
                prop_assert!(seen.iter().all(|&example| example < len));
                prop_assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), seen.len());
            }
        }
    }

    #[test]
    fn any_step_is_the_same_asked_for_alone(step in 0u64..200, seed: u64) {
        for shuffling in BOTH {
            let order = || Order::new(seed, Shards::consecutive(103, 10), shuffling, 4).unwrap();
            let sequential = order();
            let all: Vec<_> = (0..=step).map(|step| sequential.indices(step)).collect();
            prop_assert_eq!(&order().indices(step), &all[step as usize]);
            prop_assert_eq!(&sequential.indices(step / 2), &all[step as usize / 2]);
        }
    }
}

#[test]
fn across_only_keeps_mini_batches_together_and_changes_their_order() {
    let order = Order::new(1, Shards::mixed(120, 12), Shuffling::AcrossShardsOnly, 4).unwrap();
    let [first, second] = [0, 1].map(|number| epoch(&order, number));
    assert_ne!(first, second);
    assert_eq!(BTreeSet::from_iter(first), BTreeSet::from_iter(second));
}

#[test]
fn within_and_across_makes_new_mini_batches_of_the_same_shards() {
    let order =
        Order::new(1, Shards::consecutive(120, 12), Shuffling::WithinAndAcrossShards, 4).unwrap();
    let sorted = |indices: Vec<usize>| BTreeSet::from_iter(indices);
    let [first, second] =
        [0, 1].map(|number| epoch(&order, number).into_iter().map(sorted).collect::<BTreeSet<_>>());
    let same = first.intersection(&second).count();
    assert!(same <= 2, "{same} of 30 by chance");
    for shard in epoch(&order, 2).concat().chunks(12) {
        assert!(shard.iter().all(|example| example / 12 == shard[0] / 12), "{shard:?}");
    }
}

#[test]
fn seeds_have_orders_of_their_own() {
    let order = |seed| {
        let shards = Shards::consecutive(60, 60);
        Order::new(seed, shards, Shuffling::WithinAndAcrossShards, 60).unwrap().indices(0)
    };
    assert_eq!(order(1), order(1));
    assert_ne!(order(1), order(2));
}

#[test]
fn a_mini_batch_that_no_epoch_fills_is_refused() {
    for batch in [0, 11] {
        let order = Order::new(1, Shards::consecutive(10, 4), Shuffling::AcrossShardsOnly, batch);
        let message = order.err().unwrap().to_string();
        assert_eq!(message, format!("no mini-batch of {batch} out of 10 examples"));
    }
}

#[test]
fn validation_sees_every_example_once_in_order() {
    let sequence = InSequence { len: 10, batch: 4 };
    let batches: Vec<_> = (0..sequence.steps()).map(|step| sequence.indices(step)).collect();
    assert_eq!(batches, [vec![0, 1, 2, 3], vec![4, 5, 6, 7], vec![8, 9]]);
    assert!(sequence.indices(3).is_empty() && sequence.indices(u64::MAX).is_empty());
}

#[test]
fn a_spread_takes_as_many_as_asked_for_evenly() {
    let all = |spread: Spread| -> Vec<usize> {
        (0..spread.sequence.steps()).flat_map(|step| spread.indices(step)).collect()
    };
    assert_eq!(all(Spread::new(4, 10, 3)), [0, 2, 5, 7]);
    assert_eq!(all(Spread::new(10, 10, 4)), (0..10).collect::<Vec<_>>());
    assert_eq!(all(Spread::new(99, 3, 2)), [0, 1, 2]);
}
