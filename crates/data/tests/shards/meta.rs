//! `meta.mat` of a devkit, byte by byte.

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;

/// The devkit's numbers, which are not in the order of the wnids: number 1 is n02, and so on. Number 4 is
/// a broader class, which has no pictures.
const NUMBERS: [(f64, &str, f64); 4] =
    [(1.0, "n02", 0.0), (2.0, "n03", 0.0), (3.0, "n01", 0.0), (4.0, "n00", 3.0)];

/// How a level 5 file begins.
pub const BEGINNING: [u8; 128] = {
    let mut header = [b' '; 128];
    [header[124], header[125], header[126], header[127]] = [0, 1, b'I', b'M'];
    header
};

/// `meta.mat` as MATLAB writes it: a struct array with numbers in their smallest types.
pub fn meta(compressed: bool) -> Vec<u8> {
    let names = ["ILSVRC2012_ID", "WNID", "words", "num_children", "children"];
    let mut fields = Vec::new();
    for (number, wnid, children) in NUMBERS {
        fields.extend(matrix(6, &[1, 1], "", &element(2, &[number as u8])));
        fields.extend(matrix(4, &[1, wnid.len() as u32], "", &element(16, wnid.as_bytes())));
        let words: Vec<u8> = "Köter".encode_utf16().flat_map(u16::to_le_bytes).collect();
        fields.extend(matrix(4, &[1, 5], "", &element(17, &words)));
        fields.extend(matrix(6, &[1, 1], "", &element(9, &f64::to_le_bytes(children))));
        fields.extend(element(14, &[])); // an empty matrix
    }
    let padded = |name: &str| [name.as_bytes(), &vec![0; 32 - name.len()]].concat();
    let names: Vec<u8> = names.into_iter().flat_map(padded).collect();
    let contents = [element(5, &32u32.to_le_bytes()), element(1, &names), fields].concat();
    let other = matrix(6, &[1, 1], "other", &element(9, &[0; 8]));
    let synsets = matrix(2, &[4, 1], "synsets", &contents);
    let mut file = BEGINNING.to_vec();
    for variable in [other, synsets] {
        file.extend(if compressed { packed(&variable) } else { variable });
    }
    file
}

/// Not padded, unlike other elements.
fn packed(variable: &[u8]) -> Vec<u8> {
    let mut zlib = ZlibEncoder::new(Vec::new(), Compression::fast());
    zlib.write_all(variable).unwrap();
    let data = zlib.finish().unwrap();
    [&15u32.to_le_bytes()[..], &(data.len() as u32).to_le_bytes(), &data].concat()
}

fn matrix(class: u8, sizes: &[u32], name: &str, contents: &[u8]) -> Vec<u8> {
    let flags = element(6, &[class, 0, 0, 0, 0, 0, 0, 0]);
    let sizes: Vec<u8> = sizes.iter().flat_map(|size| size.to_le_bytes()).collect();
    element(
        14,
        &[flags, element(5, &sizes), element(1, name.as_bytes()), contents.to_vec()].concat(),
    )
}

/// In the short form where MATLAB uses it.
fn element(kind: u32, data: &[u8]) -> Vec<u8> {
    let length = data.len() as u32;
    if (1..=4).contains(&length) && kind != 14 {
        let tag = (length << 16 | kind).to_le_bytes();
        return [&tag[..], data, &vec![0; 4 - data.len()]].concat();
    }
    let padding = vec![0; data.len().next_multiple_of(8) - data.len()];
    [&kind.to_le_bytes()[..], &length.to_le_bytes(), data, &padding].concat()
}
