//! Files of others: what is refused, and in which words.

use std::path::{Path, PathBuf};

use bn_inception::checkpoints::{CheckpointError, Layout, read_own, write_own};
use bn_inception::config::Normalization;
use bn_inception::{Arithmetic, BnInception, BnInceptionConfig};
use recipe::SingleNetwork;
use tch::{Kind, Tensor};
use tempfile::TempDir;

use crate::golden::cadene;
use crate::{disturb, noise, on_cpu, relative_difference, row, small};

fn file(tensors: &[(String, Tensor)]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("weights.safetensors");
    Tensor::write_safetensors(tensors, &path).expect("written");
    (folder, path)
}

fn refusal(path: &Path) -> String {
    let read = Layout::Cadene.read(path, on_cpu(Arithmetic::F32));
    read.expect_err("must be refused").to_string()
}

/// What is said of a checkpoint in which one tensor was changed.
fn refusal_of(change: impl FnOnce(&mut Vec<(String, Tensor)>)) -> String {
    let mut tensors = cadene::tensors();
    change(&mut tensors);
    let (_folder, path) = file(&tensors);
    refusal(&path)
}

fn find<'a>(tensors: &'a mut [(String, Tensor)], key: &str) -> &'a mut Tensor {
    &mut tensors.iter_mut().find(|(name, _)| name == key).expect("a key").1
}

const KERNEL: &str = "inception_4c_3x3.weight";

#[test]
fn damaged_tensors_are_named_with_expected_and_found() {
    let missing = refusal_of(|tensors| tensors.retain(|(key, _)| key != KERNEL));
    assert_eq!(
        missing,
        format!("{KERNEL} is missing: expected shape [160, 128, 3, 3], found none")
    );
    let extra = refusal_of(|tensors| {
        let zeros = Tensor::zeros([2, 3], (Kind::Float, tch::Device::Cpu));
        tensors.push(("extra.weight".into(), zeros));
    });
    assert!(extra.contains("extra.weight") && extra.contains("found shape [2, 3]"), "{extra}");
    let shape =
        refusal_of(|tensors| *find(tensors, KERNEL) = find(tensors, KERNEL).narrow(0, 0, 96));
    assert_eq!(shape, format!("{KERNEL}: expected shape [160, 128, 3, 3], found [96, 128, 3, 3]"));
    let not_finite = refusal_of(|tensors| {
        let _ = find(tensors, KERNEL).view(-1).narrow(0, 7, 2).fill_(f64::NAN);
    });
    assert!(
        not_finite.contains(KERNEL) && not_finite.contains("found 2 that are not"),
        "{not_finite}"
    );
    let whole_numbers = refusal_of(|tensors| {
        *find(tensors, KERNEL) = find(tensors, KERNEL).to_kind(Kind::Int64);
    });
    assert!(whole_numbers.contains(KERNEL) && whole_numbers.contains("Int64"), "{whole_numbers}");
    let key = "inception_5b_1x1_bn.running_var";
    let variance = refusal_of(|tensors| {
        let _ = find(tensors, key).narrow(0, 0, 1).fill_(-1.0);
    });
    assert!(variance.contains(key) && variance.contains("below zero"), "{variance}");
}

#[test]
fn files_that_are_no_checkpoint_are_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("weights.safetensors");
    let says_so = |what: &str| {
        let text = refusal(&path);
        assert!(
            text.starts_with("cannot read") && text.contains("weights.safetensors"),
            "{what}: {text}"
        );
        assert!(text.lines().count() == 1, "{what}: {text}");
    };
    says_so("no such file");
    for bytes in [&b""[..], b"\x08", b"not safetensors at all", &[0xff; 64]] {
        std::fs::write(&path, bytes).expect("written");
        says_so("nonsense");
    }
    let (_folder, whole) = file(&cadene::tensors());
    let bytes = std::fs::read(whole).expect("read");
    for length in [100, bytes.len() / 2, bytes.len() - 1] {
        std::fs::write(&path, &bytes[..length]).expect("written");
        says_so("cut off");
    }
}

#[test]
fn nothing_is_as_large_as_a_file_only_says() {
    let classes = 30_000_000; // 123 GB of weights, of which the file has none
    let message = refusal_of(|tensors| {
        let bias = Tensor::zeros([classes], (Kind::Uint8, tch::Device::Cpu));
        *find(tensors, "last_linear.bias") = bias;
    });
    let expected = format!("last_linear.weight: expected shape [{classes}, 1024], found ");
    assert!(message.starts_with(&expected), "{message}");
}

#[test]
fn weights_are_a_plain_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let pipe = folder.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.expect("mkfifo").success());
    for path in [pipe.as_path(), folder.path()] {
        let message = refusal(path);
        assert!(message.ends_with(": not a plain file"), "{message}");
    }
}

#[test]
fn files_without_batch_counters_are_read() {
    let mut tensors = cadene::tensors();
    tensors.retain(|(key, _)| !key.ends_with("num_batches_tracked"));
    let (_folder, path) = file(&tensors);
    assert!(Layout::Cadene.read(&path, on_cpu(Arithmetic::F32)).is_ok());
}

#[test]
fn half_precision_is_read() {
    let to_half = |(key, tensor): (String, Tensor)| (key, tensor.to_kind(Kind::Half));
    let (_folder, path) = file(&cadene::tensors().into_iter().map(to_half).collect::<Vec<_>>());
    assert!(Layout::Cadene.read(&path, on_cpu(Arithmetic::F32)).is_ok());
}

#[test]
fn the_number_of_classes_is_the_files() {
    let config = BnInceptionConfig { classes: 7, ..Layout::Cadene.config(7) };
    let network = BnInception::new(config, 1, on_cpu(Arithmetic::F32)).expect("good");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("seven.safetensors");
    Layout::Cadene.write(&network, &path).expect("written");
    assert_eq!(cadene::read(&path).config().classes, 7);
}

#[test]
fn tf_slim_files_read_back() {
    let network = BnInception::new(Layout::TfSlim.config(11), 1, on_cpu(Arithmetic::F32));
    let network = network.expect("good");
    disturb(&network);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("slim.safetensors");
    Layout::TfSlim.write(&network, &path).expect("written");
    let written = Tensor::read_safetensors(&path).expect("safetensors");
    let shape = |key: &str| {
        let tensor = written.iter().find(|(name, _)| name == key);
        tensor.unwrap_or_else(|| panic!("{key} is missing")).1.size()
    };
    assert_eq!(shape("InceptionV2/Conv2d_1a_7x7/depthwise_weights"), [7, 7, 3, 8]);
    assert_eq!(shape("InceptionV2/Mixed_4a/Branch_1/Conv2d_1a_3x3/weights"), [3, 3, 96, 96]);
    assert_eq!(shape("InceptionV2/Mixed_5c/Branch_3/Conv2d_0b_1x1/weights"), [1, 1, 1024, 128]);
    assert_eq!(shape("InceptionV2/Logits/Conv2d_1c_1x1/weights"), [1, 1, 1024, 11]);
    let again = Layout::TfSlim.read(&path, on_cpu(Arithmetic::F32)).expect("whole");
    let difference =
        relative_difference(&again.infer(&noise(1, 224)), &network.infer(&noise(1, 224)));
    assert!(difference < 1e-6, "{difference:e}");
}

#[test]
fn networks_that_a_layout_does_not_have_are_not_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("other.safetensors");
    for config in [small(), row(SingleNetwork::Inception), row(SingleNetwork::BnX5Sigmoid)] {
        let network = BnInception::new(config, 1, on_cpu(Arithmetic::F32)).expect("good");
        let error = Layout::Cadene.write(&network, &path).expect_err("must be refused");
        assert!(matches!(error, CheckpointError::OtherNetwork { .. }), "{error}");
        assert!(!path.exists());
    }
}

/// Its logits of the same pictures, by the moving averages.
fn logits(network: &BnInception) -> Tensor {
    network.infer(&noise(2, network.config().image_side))
}

#[test]
fn own_names_read_back_in_single_and_in_half_precision() {
    let network = BnInception::new(small(), 1, on_cpu(Arithmetic::F32)).expect("good");
    disturb(&network);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("own.safetensors");
    let again = |kind| {
        write_own(&network, &path, kind).expect("written");
        read_own(&path, small(), on_cpu(Arithmetic::F32)).expect("whole")
    };
    assert!(logits(&again(Kind::Float)).equal(&logits(&network)));
    let difference = relative_difference(&logits(&again(Kind::Half)), &logits(&network));
    assert!((1e-7..1e-2).contains(&difference), "{difference:e}");
    let written = Tensor::read_safetensors(&path).expect("safetensors");
    assert_eq!(written.len(), network.named_tensors().len());
    for (name, tensor) in &written {
        let is_weight = name.ends_with("/conv") || name.ends_with("/weights");
        assert_eq!(tensor.kind(), if is_weight { Kind::Half } else { Kind::Float }, "{name}");
    }
}

#[test]
fn own_names_are_of_one_configuration() {
    let network = BnInception::new(small(), 1, on_cpu(Arithmetic::F32)).expect("good");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("own.safetensors");
    write_own(&network, &path, Kind::Float).expect("written");
    let refused = |config| {
        let read = read_own(&path, config, on_cpu(Arithmetic::F32));
        read.expect_err("must be refused").to_string()
    };
    let wider = refused(BnInceptionConfig { width: 16.0, ..small() });
    assert!(wider.contains("expected shape"), "nothing so large is made: {wider}");
    let none = Normalization::None;
    let other = refused(BnInceptionConfig { normalization: none, ..small() });
    assert!(other.contains("is missing"), "{other}");
    let nonsense = refused(BnInceptionConfig { image_side: 31, ..small() });
    assert!(nonsense.contains("image side 31"), "{nonsense}");
}

#[test]
fn a_network_of_the_whole_size_is_the_same_by_cadenes_names() {
    let config = BnInceptionConfig { classes: 5, ..row(SingleNetwork::BnX30) };
    let network = BnInception::new(config, 1, on_cpu(Arithmetic::F32)).expect("good");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("cadene.safetensors");
    Layout::Cadene.write(&network, &path).expect("written");
    assert!(logits(&cadene::read(&path)).equal(&logits(&network)), "at its initial weights");
}
