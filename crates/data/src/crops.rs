//! The crops that a network looks at when its answers are averaged (§4.2.3).
//!
//! The paper follows `GoogLeNet` (Szegedy et al. 2014, §7): the picture is resized to four sizes; of each,
//! three squares are taken, left, centre and right (of portraits top, centre and bottom); of each square,
//! the four corners and the centre at the network's size, and the whole square resized to it; and all that
//! mirrored: 4 · 3 · 6 · 2 = [144](CropSet::OneHundredFortyFour). Sizes are 256, 288, 320 and 352 pixels for
//! a network that sees 224, and in proportion for others. The smaller sets are taken at the first size.

use anyhow::{Result, ensure};
use serde::{Deserialize, Serialize};

mod cut;

/// Shorter sides of the resized picture, for a network that sees [`REFERENCE_SIDE`] pixels.
pub const SHORTER_SIDES: [u32; 4] = [256, 288, 320, 352];
/// The side that [`SHORTER_SIDES`] go with.
pub const REFERENCE_SIDE: u32 = 224;

/// How many crops, and which.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum CropSet {
    /// The centre.
    #[serde(rename = "1")]
    One,
    /// Centre and corners of the square in the middle, and the same mirrored (Krizhevsky et al. 2012).
    #[serde(rename = "10")]
    Ten,
    /// A grid of five by five in the square in the middle, and the same mirrored (Simonyan and Zisserman
    /// 2014).
    #[serde(rename = "50")]
    Fifty,
    /// `GoogLeNet`'s and the paper's.
    #[serde(rename = "144")]
    OneHundredFortyFour,
}

impl CropSet {
    /// All of them, the smallest first.
    pub const ALL: [Self; 4] = [Self::One, Self::Ten, Self::Fifty, Self::OneHundredFortyFour];

    /// Its number of crops.
    pub fn crops(self) -> usize {
        self.sites().len()
    }

    /// Its crops, whatever the picture.
    pub fn sites(self) -> Vec<Site> {
        let middle = |place| Site { size: 0, square: Square::Middle, place, is_mirrored: false };
        let grid = || (0..5).flat_map(|row| (0..5).map(move |column| Place::Grid { row, column }));
        match self {
            Self::One => vec![middle(Place::CENTRE)],
            Self::Ten => mirrored(Place::CORNERS_AND_CENTRE.map(middle)),
            Self::Fifty => mirrored(grid().map(middle)),
            Self::OneHundredFortyFour => mirrored((0..SHORTER_SIDES.len()).flat_map(|size| {
                Square::ALL.into_iter().flat_map(move |square| {
                    let places = Place::CORNERS_AND_CENTRE.into_iter().chain([Place::Whole]);
                    places.map(move |place| Site { size, square, place, is_mirrored: false })
                })
            })),
        }
    }
}

/// Each as it is and mirrored.
fn mirrored(sites: impl IntoIterator<Item = Site>) -> Vec<Site> {
    let both = |site: Site| [false, true].map(|is_mirrored| Site { is_mirrored, ..site });
    sites.into_iter().flat_map(both).collect()
}

/// A crop, said without the picture's size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Site {
    /// Which of [`SHORTER_SIDES`].
    pub size: usize,
    /// Which square of the resized picture.
    pub square: Square,
    /// What of the square.
    pub place: Place,
    /// Whether left and right are exchanged.
    pub is_mirrored: bool,
}

/// One of three squares as large as the picture's shorter side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Square {
    /// Left; top of a portrait.
    First,
    /// Centre.
    Middle,
    /// Right; bottom of a portrait.
    Last,
}

impl Square {
    /// From left to right, or from top to bottom.
    pub const ALL: [Self; 3] = [Self::First, Self::Middle, Self::Last];
}

/// What is cut out of a square.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// As many pixels as the network sees, at one of five by five places from the top left, (0, 0), to
    /// the bottom right, (4, 4).
    Grid {
        /// Row, 0 to 4.
        row: u32,
        /// Column, 0 to 4.
        column: u32,
    },
    /// All of it, resized to what the network sees.
    Whole,
}

impl Place {
    const CENTRE: Self = Self::Grid { row: 2, column: 2 };
    const CORNERS_AND_CENTRE: [Self; 5] = [
        Self::Grid { row: 0, column: 0 },
        Self::Grid { row: 0, column: 4 },
        Self::Grid { row: 4, column: 0 },
        Self::Grid { row: 4, column: 4 },
        Self::CENTRE,
    ];
}

/// A square of a resized picture, in its pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rectangle {
    /// The shorter side that the picture is resized to.
    pub shorter_side: u32,
    /// Pixels left of it.
    pub left: u32,
    /// Pixels above it.
    pub top: u32,
    /// Its width and height; where that is not what the network sees, it is resized once more.
    pub side: u32,
    /// Whether left and right are exchanged.
    pub is_mirrored: bool,
}

impl Site {
    /// Where it lies in a picture of this width and height, for a network that sees `side` pixels.
    pub fn rectangle(self, (width, height): (u32, u32), side: u32) -> Rectangle {
        let shorter_side = shorter_side(self.size, side);
        let longer = u64::from(shorter_side) * u64::from(width.max(height));
        let longer = (longer / u64::from(width.min(height))) as u32;
        let along = match self.square {
            Square::First => 0,
            Square::Middle => quarters(longer - shorter_side, 2),
            Square::Last => longer - shorter_side,
        };
        let (left, top) = if width >= height { (along, 0) } else { (0, along) };
        let Self { is_mirrored, .. } = self;
        match self.place {
            Place::Whole => Rectangle { shorter_side, left, top, side: shorter_side, is_mirrored },
            Place::Grid { row, column } => {
                let spare = shorter_side - side;
                let (left, top) = (left + quarters(spare, column), top + quarters(spare, row));
                Rectangle { shorter_side, left, top, side, is_mirrored }
            }
        }
    }
}

/// The shorter side of the resized picture, for a network that sees `side` pixels; never less than that.
fn shorter_side(size: usize, side: u32) -> u32 {
    let scaled = f64::from(SHORTER_SIDES[size]) * f64::from(side) / f64::from(REFERENCE_SIDE);
    scaled.round() as u32
}

/// So many quarters, rounded to an even number where it falls between two pixels, as torchvision does.
fn quarters(length: u32, count: u32) -> u32 {
    (f64::from(length) * f64::from(count) / 4.0).round_ties_even() as u32
}

/// The crops to make of every picture, and what each weighs in the mean of each set.
#[derive(Clone, Debug, PartialEq)]
pub struct CropPlan {
    side: u32,
    sites: Vec<Site>,
    weights: Vec<Vec<f32>>,
}

impl CropPlan {
    /// The crops of these sets for a network that sees `side` pixels. If all pictures are of one size,
    /// those that are equal in it are made once.
    ///
    /// # Errors
    /// If there is no set, or no pixel.
    pub fn new(sets: &[CropSet], side: u32, size: Option<(u32, u32)>) -> Result<Self> {
        ensure!(!sets.is_empty() && side > 0, "no crops of {} sets and {side} pixels", sets.len());
        let is_same = |a: Site, b: Site| match size {
            Some(size) => a.rectangle(size, side) == b.rectangle(size, side),
            None => a == b,
        };
        let mut sites: Vec<Site> = Vec::new();
        let mut counts = vec![Vec::new(); sets.len()];
        for (set, counts) in sets.iter().zip(&mut counts) {
            for site in set.sites() {
                let known = sites.iter().position(|&known| is_same(known, site));
                let place = known.unwrap_or(sites.len());
                if known.is_none() {
                    sites.push(site);
                }
                counts.resize(counts.len().max(place + 1), 0.0);
                counts[place] += 1.0_f32;
            }
        }
        let weights = counts.into_iter().zip(sets).map(|(mut counts, set)| {
            counts.resize(sites.len(), 0.0);
            counts.iter().map(|count| count / set.crops() as f32).collect()
        });
        Ok(Self { side, weights: weights.collect(), sites })
    }

    /// Height and width of a crop as the network sees it, pixels.
    pub fn side(&self) -> u32 {
        self.side
    }

    /// What is cut out of each picture, in this order.
    pub fn sites(&self) -> &[Site] {
        &self.sites
    }

    /// For each set, what each site weighs in its mean: 0 where it is not in the set; they sum to 1.
    pub fn weights(&self) -> &[Vec<f32>] {
        &self.weights
    }
}
