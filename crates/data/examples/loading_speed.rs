//! Measures one core: `cargo run --release -p data --example loading_speed -- FOLDER SIDE [COUNT]` makes
//! COUNT training pictures of SIDE × SIDE pixels from the JPEGs in FOLDER/*/, and tells where the time goes.
//! `-- cifar 32` does the same with pictures of 32 × 32 pixels in memory.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result};
use data::augmentation::{Crop, TrainingView};
use data::{Photometric, Picture};
use streams::Stream;

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().context("name a folder, or cifar")?;
    let side: u32 = arguments.next().context("name a side")?.parse()?;
    let count: usize = arguments.next().map_or(Ok(1000), |count| count.parse())?;
    if folder == "cifar" {
        let rgb = (0..32 * 32 * 3).map(|i| (i * 7 % 256) as u8).collect();
        let picture = Picture { width: 32, height: 32, rgb };
        measure_views(side, &vec![picture; count])
    } else {
        measure_files(Path::new(&folder), side, count)
    }
}

fn measure_files(folder: &Path, side: u32, count: usize) -> Result<()> {
    let files = files(folder, count)?;
    let start = Instant::now();
    let pictures: Vec<Picture> =
        files.iter().map(|it| Picture::decode(it)).collect::<Result<_>>()?;
    tell("decoding, kept", start, count);
    let view = TrainingView::googlenet(side, Photometric::Full);
    for _ in 0..3 {
        let start = Instant::now();
        for (number, bytes) in files.iter().enumerate() {
            let mut stream = Stream::new(1, &format!("augmentation/0/{number}"));
            std::hint::black_box(view.of(&Picture::decode(bytes)?, &mut stream)?);
        }
        tell("decoding, crop, mirror, full distortion", start, count);
    }
    measure_views(side, &pictures)
}

fn files(folder: &Path, count: usize) -> Result<Vec<Vec<u8>>> {
    let mut paths = Vec::new();
    for class in std::fs::read_dir(folder)? {
        for file in std::fs::read_dir(class?.path())? {
            paths.push(file?.path());
        }
    }
    paths.sort();
    let stride = (paths.len() / count).max(1);
    Ok(paths
        .iter()
        .step_by(stride)
        .cycle()
        .take(count)
        .map(std::fs::read)
        .collect::<Result<_, _>>()?)
}

fn measure_views(side: u32, pictures: &[Picture]) -> Result<()> {
    for photometric in [Photometric::None, Photometric::Reduced, Photometric::Full] {
        let view = TrainingView::googlenet(side, photometric);
        let start = Instant::now();
        for (number, picture) in pictures.iter().enumerate() {
            let mut stream = Stream::new(1, &format!("augmentation/0/{number}"));
            std::hint::black_box(view.of(picture, &mut stream)?);
        }
        tell(&format!("crop, mirror, {photometric:?} distortion"), start, pictures.len());
    }
    let start = Instant::now();
    for (number, picture) in pictures.iter().enumerate() {
        let mut stream = Stream::new(1, &format!("augmentation/0/{number}"));
        std::hint::black_box(Crop::draw(picture.width, picture.height, 0.08, &mut stream));
    }
    tell("draws of a crop", start, pictures.len());
    Ok(())
}

fn tell(what: &str, start: Instant, count: usize) {
    let seconds = start.elapsed().as_secs_f64() / count as f64;
    println!("{what:42} {:8.1} µs {:9.0} images/s", 1e6 * seconds, 1.0 / seconds);
}
