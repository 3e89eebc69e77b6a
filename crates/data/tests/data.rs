//! The tests of this crate, in one binary.

mod augmentation;
mod cifar10;
mod class_names;
mod crops;
mod fuzz;
mod loader;
mod order;
mod photographs;
mod pictures;
mod shards;
mod tiny_imagenet;

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use data::idx::{Idx, IdxError};
use data::mnist::ORIGINALS;
use data::{DataError, Mnist, Original, fetch, pickle};
use proptest::prelude::*;

proptest! {
    #[test]
    fn idx_reader_reads_what_is_written(shape in prop::collection::vec(0u32..6, 1..4)) {
        let count = shape.iter().product::<u32>() as usize;
        let elements: Vec<u8> = (0..count).map(|i| i as u8).collect();
        let bytes = idx(&shape, &elements);
        let parsed = Idx::parse(&bytes).unwrap();
        prop_assert_eq!(parsed.elements, &elements[..]);
        prop_assert_eq!(parsed.shape, shape.iter().map(|&size| size as usize).collect::<Vec<_>>());
    }
}

fn idx(shape: &[u32], elements: &[u8]) -> Vec<u8> {
    let sizes = shape.iter().flat_map(|size| size.to_be_bytes());
    [0, 0, 8, shape.len() as u8].into_iter().chain(sizes).chain(elements.iter().copied()).collect()
}

#[test]
fn idx_errors_say_what_was_expected_and_found() {
    assert_eq!(Idx::parse(&[0, 0]), Err(IdxError::ShortHeader { expected: 4, found: 2 }));
    assert_eq!(
        Idx::parse(&[0, 0, 8, 2, 0, 0]),
        Err(IdxError::ShortHeader { expected: 12, found: 6 })
    );
    assert_eq!(Idx::parse(b"\x1f\x8b\x08\x00"), Err(IdxError::Foreign([0x1f, 0x8b, 8])));
    let truncated = idx(&[2, 3], &[1, 2, 3, 4, 5]);
    let error = Idx::parse(&truncated).unwrap_err();
    assert_eq!(error.to_string(), "damaged: shape [2, 3] needs 6 bytes after the header, found 5");
}

#[test]
fn a_header_that_claims_terabytes_costs_nothing() {
    let bytes = idx(&[u32::MAX; 3], &[]);
    let error = Idx::parse(&bytes).unwrap_err();
    assert!(matches!(error, IdxError::Length { expected: usize::MAX, found: 0, .. }));
}

#[test]
fn a_missing_file_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let error = Mnist::from_folder(folder.path()).unwrap_err();
    assert!(error.to_string().contains("train-images-idx3-ubyte: No such file"), "{error}");
}

#[test]
fn damaged_truncated_and_foreign_files_are_named_with_what_was_expected_and_found() {
    let folder = tempfile::tempdir().unwrap();
    for content in [b"".to_vec(), b"not MNIST".to_vec(), vec![0; 47_040_016]] {
        fs::write(folder.path().join("train-images-idx3-ubyte"), &content).unwrap();
        let message = Mnist::from_folder(folder.path()).unwrap_err().to_string();
        assert!(message.contains("train-images-idx3-ubyte is not the original"), "{message}");
        assert!(message.contains("expected 47040016 bytes with SHA-256 ba891046"), "{message}");
        assert!(
            message.contains(&format!("found {} bytes with SHA-256", content.len())),
            "{message}"
        );
    }
}

#[test]
fn a_file_that_is_too_long_is_not_read_to_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let file = fs::File::create(folder.path().join("train-images-idx3-ubyte")).unwrap();
    file.set_len(1 << 40).unwrap(); // sparse
    let message = Mnist::from_folder(folder.path()).unwrap_err().to_string();
    assert!(message.contains("found more than 47040016 bytes"), "{message}");
}

#[test]
fn a_gzip_bomb_does_not_fill_the_memory() {
    let folder = tempfile::tempdir().unwrap();
    let file = fs::File::create(folder.path().join("train-images-idx3-ubyte.gz")).unwrap();
    let mut bomb = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
    std::io::copy(&mut std::io::Read::take(std::io::repeat(0), 200_000_000), &mut bomb).unwrap();
    bomb.finish().unwrap();
    let message = Mnist::from_folder(folder.path()).unwrap_err().to_string();
    assert!(message.contains("found more than 47040016 bytes"), "{message}");
}

/// A named pipe that nobody writes to.
fn pipe(path: &Path) {
    assert!(std::process::Command::new("mkfifo").arg(path).status().unwrap().success());
}

#[test]
fn a_pipe_in_a_files_place_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    pipe(&folder.path().join("train-images-idx3-ubyte"));
    let message = Mnist::from_folder(folder.path()).unwrap_err().to_string();
    assert!(message.ends_with("train-images-idx3-ubyte: not a plain file"), "{message}");
}

#[test]
fn a_damaged_gzip_file_is_named() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("train-images-idx3-ubyte.gz"), b"\x1f\x8b\x08 nonsense").unwrap();
    let error = Mnist::from_folder(folder.path()).unwrap_err();
    assert!(matches!(error, DataError::Io { .. }), "{error}");
    assert!(error.to_string().contains("train-images-idx3-ubyte.gz"), "{error}");
}

#[test]
fn a_users_own_folder_is_never_written_to() {
    let folder = tempfile::tempdir().unwrap();
    let damaged = folder.path().join("train-images-idx3-ubyte");
    fs::write(&damaged, b"damaged").unwrap();
    assert!(Mnist::load(Some(folder.path()), Path::new("/nowhere")).is_err());
    assert_eq!(fs::read(&damaged).unwrap(), b"damaged");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn binary_images_are_on_from_half_of_the_grey_range() {
    let images = data::Images { pixels: vec![0, 127, 128, 255], labels: vec![7] };
    assert_eq!(data::mnist::binarised(&images), [0, 0, 1, 1]);
}

#[test]
fn sums_are_checked() {
    let original = Original { sha256: SUM_OF_ABC, bytes: 3, ..ORIGINALS[0] };
    assert!(original.check(b"abc", "a file").is_ok());
    assert!(original.check(b"abd", "a file").is_err());
}
/// From the standard's examples.
const SUM_OF_ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

/// Serves files over HTTP on this machine, and counts what was asked for.
struct Mirror {
    url: String,
    requests: Arc<AtomicUsize>,
}

impl Mirror {
    fn serving(files: Vec<(&'static str, Vec<u8>)>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&requests);
        std::thread::spawn(move || {
            for mut stream in listener.incoming().map_while(Result::ok) {
                counter.fetch_add(1, Ordering::Relaxed);
                let mut line = String::new();
                BufReader::new(stream.try_clone().unwrap()).read_line(&mut line).unwrap();
                let found = files.iter().find(|(name, _)| line.contains(&format!("/{name}.gz ")));
                let (status, body) =
                    found.map_or(("404 Not Found", &b""[..]), |(_, body)| ("200 OK", body));
                let length = body.len();
                let head = format!(
                    "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
                );
                let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body));
            }
        });
        Self { url, requests }
    }
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Two files of three bytes.
const ABC: [Original; 2] = [
    Original { name: "first", bytes: 3, sha256: SUM_OF_ABC },
    Original { name: "second", bytes: 3, sha256: SUM_OF_ABC },
];

#[test]
fn mirror_fetches_what_is_missing_or_damaged_and_nothing_else() {
    let mirror = Mirror::serving(vec![("first", gzipped(b"abc")), ("second", gzipped(b"abc"))]);
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("first"), b"abc").unwrap();
    fs::write(folder.path().join("second"), b"ab").unwrap();
    fetch::mnist::from_mirror(&mirror.url, folder.path(), &ABC).unwrap();
    assert_eq!(fs::read(folder.path().join("second")).unwrap(), b"abc");
    assert_eq!(mirror.requests.load(Ordering::Relaxed), 1);
    let mode = |name: &str| fs::metadata(folder.path().join(name)).unwrap().permissions().mode();
    assert_eq!(mode("second"), mode("first"), "others may read what was fetched, too");
}

#[test]
fn a_mirrors_wrong_file_is_refused_and_not_kept() {
    let mirror = Mirror::serving(vec![("first", gzipped(b"not abc"))]);
    let folder = tempfile::tempdir().unwrap();
    let error =
        fetch::mnist::from_mirror(&mirror.url, folder.path(), &ABC).unwrap_err().to_string();
    assert!(error.contains("first from http://127.0.0.1"), "{error}");
    assert!(error.contains("expected 3 bytes with SHA-256 ba7816bf"), "{error}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_mirror_that_was_cut_off_or_has_no_such_file_is_an_error() {
    let cut = gzipped(b"abc")[..10].to_vec();
    let mirror = Mirror::serving(vec![("first", cut)]);
    let folder = tempfile::tempdir().unwrap();
    assert!(fetch::mnist::from_mirror(&mirror.url, folder.path(), &ABC).is_err());
    let error = fetch::mnist::from_mirror(&mirror.url, folder.path(), &ABC[1..]).unwrap_err();
    assert!(error.to_string().contains("404"), "{error}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn pickled_arrays_become_the_four_files() {
    let images = |greys: &[u8]| {
        let pixels = greys.iter().flat_map(|&grey| [grey; 784]);
        pixels.flat_map(|grey| (f32::from(grey) / 256.0).to_le_bytes()).collect::<Vec<u8>>()
    };
    let labels = |digits: &[i64]| digits.iter().flat_map(|digit| digit.to_le_bytes()).collect();
    let set = |greys: &[u8], digits: &[i64]| pair(&array(images(greys)), &array(labels(digits)));
    let pickle = pickled_tuple(&[set(&[1, 255], &[7, 9]), set(&[0], &[3]), set(&[128], &[5])]);
    let files = pickle::idx_files(&pickle).unwrap();
    let pixels = |greys: &[u8]| greys.iter().flat_map(|&grey| [grey; 784]).collect::<Vec<u8>>();
    assert_eq!(files[0], idx(&[3, 28, 28], &pixels(&[1, 255, 0])));
    assert_eq!(files[1], idx(&[3], &[7, 9, 3]));
    assert_eq!(files[2], idx(&[1, 28, 28], &pixels(&[128])));
    assert_eq!(files[3], idx(&[1], &[5]));
}

/// A `NumPy` array as Python 2 pickles it; the reader looks at nothing but its bytes.
fn array(bytes: Vec<u8>) -> Vec<u8> {
    let mut pickle =
        b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85U\x01b\x87R".to_vec();
    pickle.extend(b"(K\x01)N\x89T"); // version, shape, dtype, order, bytes
    pickle.extend((bytes.len() as u32).to_le_bytes());
    pickle.extend(bytes);
    pickle.extend(b"tb");
    pickle
}

fn pair(images: &[u8], labels: &[u8]) -> Vec<u8> {
    [images, labels, b"\x86"].concat()
}

fn pickled_tuple(sets: &[Vec<u8>; 3]) -> Vec<u8> {
    [b"\x80\x02".as_slice(), &sets.concat(), b"\x87."].concat()
}

/// One image in each set.
fn small_pickle() -> Vec<u8> {
    let set = pair(&array(vec![0; 4 * 784]), &array(vec![0; 8]));
    pickled_tuple(&[set.clone(), set.clone(), set])
}

#[test]
fn pickles_of_something_else_are_refused() {
    for bytes in [&b""[..], b"nonsense", b"\x80\x02K\x01.", b"\x80\x02K\x01K\x02K\x03\x87."] {
        assert!(pickle::idx_files(bytes).is_err(), "{bytes:?}");
    }
}
