//! As much of MATLAB's level 5 format as `meta.mat` needs: an array of structs of numbers and texts.
//!
//! Written out because no well-kept crate reads structs: `matfile` reads numeric arrays only, `matio-rs`
//! binds a C library, and the others are at their first versions. The format is that of MATLAB's manual
//! ("MAT-File Format"): elements of a tag (type and length, 8 bytes) and data, one inside the other.

use std::collections::HashMap;
use std::io::Read;

use anyhow::{Result, anyhow, bail, ensure};
use flate2::read::ZlibDecoder;

const HEADER: usize = 128;
const MATRIX: u32 = 14;
const COMPRESSED: u32 = 15;
/// The class of arrays of structs.
const STRUCT: u8 = 2;
/// Most bytes of a variable, so that a bomb is not unpacked.
const MOST_BYTES: u64 = 1 << 26;

/// One struct of an array: its fields' values.
pub(super) struct Struct(HashMap<String, Vec<f64>>);

impl Struct {
    /// A field that is one number.
    pub(super) fn number(&self, field: &str) -> Result<f64> {
        match self.field(field)? {
            [number] => Ok(*number),
            other => bail!("field {field} has {} numbers instead of one", other.len()),
        }
    }

    /// A field that is a text.
    pub(super) fn text(&self, field: &str) -> Result<String> {
        let codes = self.field(field)?.iter();
        let text: Option<String> = codes.map(|&code| char::from_u32(code as u32)).collect();
        text.ok_or_else(|| anyhow!("field {field} is no text"))
    }

    fn field(&self, field: &str) -> Result<&[f64]> {
        self.0.get(field).map(Vec::as_slice).ok_or_else(|| anyhow!("no field {field}"))
    }
}

/// The variable of this name, an array of structs. Fields that are neither numbers nor text are empty.
pub(super) fn structs(file: &[u8], variable: &str) -> Result<Vec<Struct>> {
    let little_endian = file.get(126..HEADER) == Some(b"IM");
    ensure!(little_endian, "not a MATLAB file of level 5, little-endian");
    let mut rest = &file[HEADER..];
    while !rest.is_empty() {
        let (kind, data) = element(&mut rest)?;
        let unpacked = if kind == COMPRESSED { unpack(data)? } else { Vec::new() };
        let mut unpacked = unpacked.as_slice();
        let (kind, data) = if kind == COMPRESSED { element(&mut unpacked)? } else { (kind, data) };
        if kind == MATRIX {
            let array = Array::parse(data)?;
            if array.name == variable.as_bytes() {
                return array.structs();
            }
        }
    }
    bail!("no variable {variable}")
}

fn unpack(data: &[u8]) -> Result<Vec<u8>> {
    let mut unpacked = Vec::new();
    ZlibDecoder::new(data).take(MOST_BYTES).read_to_end(&mut unpacked)?;
    Ok(unpacked)
}

/// Takes the next element: its type and data. Up to four bytes of data may stand within the tag.
fn element<'a>(rest: &mut &'a [u8]) -> Result<(u32, &'a [u8])> {
    let truncated = || anyhow!("truncated or damaged");
    let (tag, after) = rest.split_at_checked(8).ok_or_else(truncated)?;
    let (kind, length) = (word(&tag[..4]), word(&tag[4..]) as usize);
    let small = (kind >> 16) as usize;
    if small > 0 {
        *rest = after;
        return Ok((kind & 0xffff, tag[4..].get(..small).ok_or_else(truncated)?));
    }
    let data = after.get(..length).ok_or_else(truncated)?;
    let padded = if kind == COMPRESSED { length } else { length.next_multiple_of(8) };
    *rest = after.get(padded..).unwrap_or_default();
    Ok((kind, data))
}

fn word(bytes: &[u8]) -> u32 {
    bytes.iter().rev().fold(0, |word, &byte| word << 8 | u32::from(byte))
}

/// A matrix, all but its contents parsed.
struct Array<'a> {
    class: u8,
    elements: usize,
    name: &'a [u8],
    contents: &'a [u8],
}

impl<'a> Array<'a> {
    fn parse(mut data: &'a [u8]) -> Result<Self> {
        let (_, flags) = element(&mut data)?;
        let (_, sizes) = element(&mut data)?;
        let (_, name) = element(&mut data)?;
        let sizes = sizes.chunks(4).map(|size| word(size) as usize);
        let elements = sizes.fold(1, usize::saturating_mul);
        let class = *flags.first().ok_or_else(|| anyhow!("a matrix without flags"))?;
        Ok(Self { class, elements, name, contents: data })
    }

    fn structs(mut self) -> Result<Vec<Struct>> {
        ensure!(self.class == STRUCT, "not an array of structs");
        let (_, length) = element(&mut self.contents)?;
        let (_, names) = element(&mut self.contents)?;
        let names = names.chunks(word(length).max(1) as usize).map(|name| {
            let end = name.iter().position(|&byte| byte == 0).unwrap_or(name.len());
            String::from_utf8_lossy(&name[..end]).into_owned()
        });
        let names: Vec<_> = names.collect();
        ensure!(!names.is_empty(), "structs without fields");
        let mut structs = Vec::new();
        for _ in 0..self.elements {
            let fields = names.iter().map(|name| Ok((name.clone(), value(&mut self.contents)?)));
            structs.push(Struct(fields.collect::<Result<_>>()?));
        }
        Ok(structs)
    }
}

/// The next matrix's numbers, or the codes of its characters.
fn value(rest: &mut &[u8]) -> Result<Vec<f64>> {
    let (_, data) = element(rest)?;
    if data.is_empty() {
        return Ok(Vec::new());
    }
    let array = Array::parse(data)?;
    if array.class < 4 || array.elements == 0 {
        return Ok(Vec::new()); // cells, structs, objects
    }
    let (kind, bytes) = element(&mut { array.contents })?;
    Ok(numbers(kind, bytes))
}

/// MATLAB stores numbers in the smallest type that holds them.
fn numbers(kind: u32, bytes: &[u8]) -> Vec<f64> {
    let integers = |size: usize| bytes.chunks(size).map(word);
    match kind {
        1 => integers(1).map(|it| f64::from(it as i8)).collect(),
        2 => integers(1).map(f64::from).collect(),
        3 => integers(2).map(|it| f64::from(it as i16)).collect(),
        4 | 17 => integers(2).map(f64::from).collect(), // 17: UTF-16
        5 => integers(4).map(|it| f64::from(it as i32)).collect(),
        6 | 18 => integers(4).map(f64::from).collect(), // 18: UTF-32
        7 => integers(4).map(|it| f64::from(f32::from_bits(it))).collect(),
        9 => bytes.as_chunks().0.iter().map(|&it| f64::from_le_bytes(it)).collect(),
        16 => String::from_utf8_lossy(bytes).chars().map(|it| f64::from(it as u32)).collect(),
        _ => Vec::new(), // 64-bit integers
    }
}
