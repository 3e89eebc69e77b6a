//! Weights of others; `make fuzz` reads a million such files.

use std::fs;
use std::path::Path;

use bn_inception::Arithmetic;
use bn_inception::checkpoints::Layout;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::on_cpu;

/// A file with this header, and so many bytes of numbers.
fn file(header: &[u8], numbers: usize) -> Vec<u8> {
    [&(header.len() as u64).to_le_bytes(), header, &vec![0; numbers]].concat()
}

/// Two tensors of a layout, of the many that it has.
const HEADER: &[u8] = br#"{"last_linear.bias":{"dtype":"F32","shape":[6],"data_offsets":[0,24]},"conv1_7x7_s2.weight":{"dtype":"F16","shape":[2,3],"data_offsets":[24,36]}}"#;

fn damaged_header() -> impl Strategy<Value = Vec<u8>> {
    vec((any::<Index>(), any::<u8>()), 0..6).prop_map(|changes| {
        let mut header = HEADER.to_vec();
        for (at, byte) in changes {
            *at.get_mut(&mut header) = byte;
        }
        file(&header, 36)
    })
}

/// A header that is one, with any shapes, numbers and places.
fn any_header() -> impl Strategy<Value = Vec<u8>> {
    let shape = vec(prop_oneof![0_u64..100, any::<u64>()], 0..5);
    let dtype = prop::sample::select(vec!["F32", "F16", "BF16", "F64", "I64", "U8", "BOOL", "F8"]);
    (shape, dtype, 0_usize..5_000, 0_usize..5_000).prop_map(|(shape, dtype, begin, end)| {
        let header = format!(
            r#"{{"last_linear.bias":{{"dtype":"{dtype}","shape":{shape:?},"data_offsets":[{begin},{end}]}}}}"#
        );
        file(header.as_bytes(), end)
    })
}

fn is_refused(path: &Path, bytes: &[u8]) -> Result<(), TestCaseError> {
    fs::write(path, bytes).unwrap();
    for layout in [Layout::Cadene, Layout::TfSlim] {
        prop_assert!(layout.read(path, on_cpu(Arithmetic::F32)).is_err());
    }
    Ok(())
}

#[test]
fn safetensors() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("weights.safetensors");
    let bytes = prop_oneof![vec(any::<u8>(), 0..300), damaged_header(), any_header()];
    proptest!(|(bytes in bytes)| is_refused(&path, &bytes)?);
}
