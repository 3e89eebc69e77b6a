//! Event files, read by a decoder that shares nothing with what writes them.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use record::tensorboard::EventFile;

/// Tag, step and value, of each scalar in the folder's event file.
fn scalars(folder: &Path) -> Vec<(String, u64, f32)> {
    let files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    assert_eq!(files.len(), 1, "{files:?}");
    assert!(files[0].to_str().unwrap().contains("tfevents"), "{files:?}");
    let events: Vec<Vec<u8>> = records(&fs::read(&files[0]).unwrap());
    let scalar = |event: &Vec<u8>| {
        let event = fields(event);
        let summary = event.iter().find(|(field, _)| *field == 5)?.1.clone();
        let value = fields(&fields(&summary)[0].1);
        let step = u64::from_le_bytes(event[1].1[..].try_into().unwrap());
        let number = f32::from_le_bytes(value[1].1[..].try_into().unwrap());
        Some((String::from_utf8(value[0].1.clone()).unwrap(), step, number))
    };
    events.iter().filter_map(scalar).collect()
}

/// The messages of a `TFRecord` file, whose sums must be right.
fn records(mut file: &[u8]) -> Vec<Vec<u8>> {
    let mut messages = Vec::new();
    while !file.is_empty() {
        let length = u64::from_le_bytes(file[..8].try_into().unwrap()) as usize;
        let message = &file[12..12 + length];
        for (bytes, sum) in [(&file[..8], &file[8..12]), (message, &file[12 + length..][..4])] {
            assert_eq!(masked(crc32c(bytes)).to_le_bytes(), sum);
        }
        messages.push(message.to_vec());
        file = &file[16 + length..];
    }
    messages
}

fn masked(sum: u32) -> u32 {
    sum.rotate_right(15).wrapping_add(0xa282_ead8)
}

/// Bit by bit (RFC 3720).
fn crc32c(bytes: &[u8]) -> u32 {
    let mut sum = !0_u32;
    for byte in bytes {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            sum = sum >> 1 ^ if sum & 1 == 1 { 0x82f6_3b78 } else { 0 };
        }
    }
    !sum
}

/// A message's fields, numbers as eight bytes.
fn fields(mut message: &[u8]) -> Vec<(u8, Vec<u8>)> {
    let mut fields = Vec::new();
    while let [key, rest @ ..] = message {
        let (number, after) = varint(rest);
        let (value, after) = match key & 7 {
            0 => (number.to_le_bytes().to_vec(), after),
            1 => (rest[..8].to_vec(), &rest[8..]),
            2 => (after[..number as usize].to_vec(), &after[number as usize..]),
            5 => (rest[..4].to_vec(), &rest[4..]),
            other => panic!("wire type {other}"),
        };
        fields.push((key >> 3, value));
        message = after;
    }
    fields
}

fn varint(bytes: &[u8]) -> (u64, &[u8]) {
    let length = 1 + bytes.iter().take_while(|byte| **byte >= 0x80).count();
    let digits = bytes.iter().take(length).rev();
    let value = digits.fold(0_u64, |value, digit| value << 7 | u64::from(digit & 0x7f));
    (value, bytes.get(length..).unwrap_or_default())
}

fn append(path: &Path, text: &str) {
    let mut file = OpenOptions::new().create(true).append(true).open(path).unwrap();
    file.write_all(text.as_bytes()).unwrap();
}

#[test]
fn rows_are_followed_and_written_anew_after_an_interruption() {
    let folder = tempfile::tempdir().unwrap();
    let (curves, points) = (folder.path().join("curves.csv"), folder.path().join("points.csv"));
    let (events, rows) = (folder.path().join("events"), [curves.clone(), points.clone()]);
    append(&curves, "scale,network,seed,step,loss,accuracy\nfull,BN-x5,7,0,,0.5\n");
    let mut file = EventFile::create(&events, rows.clone().into_iter()).unwrap();
    append(&points, "scale,series,seed,metric,x,value\nfull,BN-x5,7,norm of γ,300,inf\n");
    append(&curves, "full,BN-x5,7,300,0.25,0.75\nfull,BN-x5,7,400,0.1"); // half a row
    file.follow().unwrap();
    let named = |tag: &str, step, value| (tag.to_owned(), step, value);
    let [first, loss, accuracy] =
        [named("accuracy", 0, 0.5), named("loss", 300, 0.25), named("accuracy", 300, 0.75)];
    let norm = named("norm of γ", 300, f32::INFINITY);
    assert_eq!(scalars(&events), [first.clone(), loss, accuracy, norm.clone()]);
    fs::write(events.join("events.out.tfevents.1.somebody"), "").unwrap(); // another's stays
    fs::write(&curves, "scale,network,seed,step,loss,accuracy\nfull,BN-x5,7,0,,0.5\n").unwrap();
    drop(file);
    EventFile::create(&events, rows.into_iter()).unwrap();
    fs::remove_file(events.join("events.out.tfevents.1.somebody")).unwrap();
    assert_eq!(scalars(&events), [first, norm]);
}

#[test]
fn rows_of_units_and_files_that_are_not_there_have_no_scalars() {
    let folder = tempfile::tempdir().unwrap();
    let units = folder.path().join("activations.csv");
    append(&units, "network,seed,step,unit,input_p50\nwith BN,0,0,1,0.5\n");
    let rows = [units, folder.path().join("none.csv")].into_iter();
    EventFile::create(&folder.path().join("events"), rows).unwrap();
    assert_eq!(scalars(&folder.path().join("events")), []);
}

/// The decoder above on what `TensorBoard` 2.21 writes: `RecordWriter` of an `Event` with `wall_time` 1.5, step 300 and the
/// simple value 0.25 of the tag "loss".
#[test]
fn the_decoder_reads_what_tensorboard_writes() {
    let golden =
        "1b000000000000001a0d9e1309000000000000f83f10ac022a0d0a0b0a046c6f7373150000803e9908deed";
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("events.out.tfevents.1"), hex::decode(golden).unwrap()).unwrap();
    assert_eq!(scalars(folder.path()), [("loss".to_owned(), 300, 0.25)]);
}
