//! The tests of this crate, in one binary.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use tch::{Device, Kind, Tensor};
use training::evaluation::{accuracy, row_quantiles};
use training::replicas::rendezvous;
use training::{Checkpoint, MiniBatches, Resumable, device, memory, side_by_side};

/// The allocator is asked by libtorch, too, and its number of the option is the one that is meant.
#[test]
fn freed_memory_is_kept_for_the_next_step() {
    let used_and_freed = |megabytes: i64| {
        drop(Tensor::ones([megabytes << 20], (Kind::Uint8, Device::Cpu)));
    };
    memory::keep_freed();
    used_and_freed(400);
    std::thread::sleep(std::time::Duration::from_millis(300)); // some times as long as it would be kept
    used_and_freed(50); // others are given back when something is freed
    let kept = memory::resident_bytes();
    assert!(kept > 400 << 20, "{kept} bytes");
}

#[test]
fn quantiles_interpolate_as_numpy_does() {
    // numpy.quantile([0, 1, 2, 3, 4], q) = 4 q, whatever the order.
    let rows =
        Tensor::from_slice(&[3f32, 0.0, 4.0, 1.0, 2.0, 30.0, 0.0, 40.0, 10.0, 20.0]).view([2, 5]);
    let found = row_quantiles(&rows, [0.15, 0.50, 0.85]);
    for (row, scale) in found.iter().zip([1.0, 10.0]) {
        for (value, expected) in row.iter().zip([0.6, 2.0, 3.4]) {
            assert!((value - expected * scale).abs() < 1e-9, "{value} for {}", expected * scale);
        }
    }
    let between_the_same_two = row_quantiles(&rows, [0.5, 0.55, 0.55])[0];
    for (value, expected) in between_the_same_two.iter().zip([2.0, 2.2, 2.2]) {
        assert!((value - expected).abs() < 1e-9, "{value} for {expected}");
    }
    assert_eq!(
        row_quantiles(&Tensor::from_slice(&[7f32]).view([1, 1]), [0.15, 0.85]),
        [[7.0, 7.0]]
    );
}

#[test]
fn quantiles_agree_with_libtorchs_on_random_rows() {
    let draws = streams::Stream::new(0, "quantiles").gaussian(2.0, 3 * 1001);
    let rows = Tensor::from_slice(&draws).view([3, 1001]).to_kind(Kind::Float);
    let fractions = Tensor::from_slice(&[0.15, 0.5, 0.85]).to_kind(Kind::Float);
    let theirs = rows.quantile(&fractions, 1, false, "linear");
    for (row, ours) in row_quantiles(&rows, [0.15, 0.50, 0.85]).iter().enumerate() {
        for (quantile, value) in ours.iter().enumerate() {
            let expected = theirs.double_value(&[quantile as i64, row as i64]);
            assert!((value - expected).abs() < 1e-5, "{value} for {expected}");
        }
    }
}

#[test]
fn accuracy_is_the_share_of_right_answers() {
    let logits = Tensor::from_slice(&[0.1, 0.9, 0.8, 0.2, 0.3, 0.7, 0.6, 0.4]).view([4, 2]);
    assert_eq!(accuracy(&logits, &Tensor::from_slice(&[1i64, 0, 0, 0])), 0.75);
}

#[test]
fn every_epoch_shows_every_example_once_in_a_new_order() {
    let mut mini_batches = MiniBatches::new(1, 60, 6);
    let mut epoch = |epoch: u64| -> Vec<i64> {
        (0..10).flat_map(|position| mini_batches.indices(10 * epoch + position).to_vec()).collect()
    };
    let (first, second) = (epoch(0), epoch(1));
    assert_ne!(first, second);
    assert_eq!(first, epoch(0), "the step alone decides");
    for mut order in [first, second] {
        order.sort_unstable();
        assert_eq!(order, (0..60).collect::<Vec<_>>());
    }
}

#[test]
fn an_incomplete_mini_batch_is_left_out() {
    let mut mini_batches = MiniBatches::new(1, 10, 4);
    assert!((0..20).all(|step| mini_batches.indices(step).len() == 4));
}

fn tensors(value: f64) -> Vec<(String, Tensor)> {
    // Transposed, so not contiguous in memory: as the first layer's weights are.
    let weight = Tensor::full([3, 2], value, (Kind::Float, Device::Cpu)).tr();
    vec![("weight".to_owned(), weight)]
}

#[test]
fn a_checkpoint_comes_back_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkpoint.safetensors");
    let saved = Checkpoint { step: 2_500, is_finished: false, log_bytes: vec![12, 3_000_000_000] };
    assert_eq!(Checkpoint::load(&path, &tensors(0.0)).unwrap(), None);
    saved.save(&path, &tensors(0.1)).unwrap();
    let target = tensors(0.0);
    assert_eq!(Checkpoint::load(&path, &target).unwrap(), Some(saved));
    assert!(target[0].1.equal(&tensors(0.1)[0].1), "bit for bit");
}

#[test]
fn a_checkpoint_that_does_not_fit_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkpoint.safetensors");
    Checkpoint::default().save(&path, &tensors(0.1)).unwrap();
    let message = |tensors: &[(String, Tensor)]| {
        format!("{:#}", Checkpoint::load(&path, tensors).unwrap_err())
    };
    let other = Tensor::zeros([4], (Kind::Float, Device::Cpu));
    let shape = message(&[("weight".to_owned(), other.shallow_clone())]);
    assert!(shape.contains("weight: expected shape [4], found [2, 3]"), "{shape}");
    let name = message(&[("bias".to_owned(), other)]);
    assert!(name.contains("bias is missing") && name.contains("remove it to begin anew"), "{name}");
    std::fs::write(&path, b"truncated").unwrap();
    assert!(message(&tensors(0.0)).contains("cannot go on from"));
}

#[test]
fn a_job_goes_on_where_it_was_saved() {
    let folder = tempfile::tempdir().unwrap();
    let open = |tensors| Resumable::open(folder.path(), &["rows.csv"], tensors).unwrap();
    let mut job = open(tensors(0.5));
    job.rows.append("rows.csv", [1u64]).unwrap();
    job.save(250, false).unwrap();
    job.rows.append("rows.csv", [2u64]).unwrap();
    drop(job); // killed: the second row was written after the checkpoint
    let target = tensors(0.0);
    let job = open(target.iter().map(|(n, t)| (n.clone(), t.shallow_clone())).collect());
    assert_eq!((job.step(), job.is_finished()), (250, false));
    assert!(target[0].1.equal(&tensors(0.5)[0].1));
    assert_eq!(std::fs::read_to_string(folder.path().join("rows.csv")).unwrap(), "1\n");
}

#[test]
fn jobs_all_run_and_the_first_failure_is_reported() {
    let done = Mutex::new(Vec::new());
    side_by_side(&[1, 2, 3, 4, 5], 2, |job| {
        assert_eq!(tch::get_num_threads(), 1);
        done.lock().unwrap().push(*job);
        Ok(())
    })
    .unwrap();
    let mut done = done.into_inner().unwrap();
    done.sort_unstable();
    assert_eq!(done, [1, 2, 3, 4, 5]);
    // In the same test, because a failure asks every later job of the process to stop.
    let started = AtomicUsize::new(0);
    let failure = side_by_side(&[1, 2, 3, 4, 5], 1, |job| {
        started.fetch_add(1, Ordering::Relaxed);
        anyhow::ensure!(*job != 2, "job {job} failed");
        Ok(())
    });
    assert_eq!(failure.unwrap_err().to_string(), "job 2 failed");
    assert_eq!(started.into_inner(), 2, "what comes after a failure is not started");
}

#[test]
fn devices_are_named_or_refused() {
    assert_eq!(device::open("cpu").unwrap(), Device::Cpu);
    for (name, part) in [
        ("gpu", "expected cpu, cuda or cuda:N"),
        ("cuda:x", "not the number of a GPU"),
        ("", "expected cpu"),
    ] {
        let message = format!("{:#}", device::open(name).unwrap_err());
        assert!(message.contains(part), "{name}: {message}");
    }
}

#[test]
fn all_processes_hear_what_the_first_one_says() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let hear =
        |rank: usize| rendezvous::hear(&free.to_string(), (rank, 3), || Ok(*b"the id")).unwrap();
    std::thread::scope(|scope| {
        let others = [2, 1].map(|rank| scope.spawn(move || hear(rank)));
        assert_eq!(hear(0), *b"the id");
        for other in others {
            assert_eq!(other.join().unwrap(), *b"the id");
        }
    });
    let refused = rendezvous::hear("no such address", (0, 2), || Ok([0; 1])).unwrap_err();
    assert_eq!(refused.to_string(), "cannot listen at no such address");
}
