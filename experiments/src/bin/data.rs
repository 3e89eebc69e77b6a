//! Puts photographs into shards, once, so that training reads large files and not a million small ones.
//!
//! ```sh
//! cargo run --release --bin data -- prepare --from DIR --out SHARDS    folders, or ILSVRC 2012's tars
//! cargo run --release --bin data -- verify SHARDS
//! cargo run --release --bin fig2 -- --scale medium --data SHARDS
//! ```

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};
use data::shards::{self, Origin, Preparation};
use experiments::command_line::{resumable_exit_code, say};
use training::{Progress, stop};

/// Puts photographs into shards, and checks shards.
#[derive(Parser)]
#[command(version)]
struct Args {
    #[command(subcommand)]
    work: Work,
}

#[derive(Subcommand)]
enum Work {
    /// Writes the photographs of a folder, or of ILSVRC 2012's tars, into tar shards with an index.
    ///
    /// Ctrl-C stops it, and the same command goes on after the last whole shard.
    Prepare {
        #[arg(
            long,
            value_name = "DIR",
            help = "Folder with train/CLASS and val/CLASS, or with ILSVRC2012_img_train.tar, \
                    ILSVRC2012_img_val.tar and ILSVRC2012_devkit_t12.tar.gz"
        )]
        from: PathBuf,

        /// Folder for the shards
        #[arg(long, value_name = "DIR")]
        out: PathBuf,

        /// Images of a shard
        #[arg(long, default_value_t = 1024, value_parser = clap::value_parser!(u32).range(1..))]
        images_per_shard: u32,
    },

    /// Reads all shards and compares their SHA-256 sums with the index
    Verify {
        /// Folder with shards
        shards: PathBuf,
    },
}

fn main() -> ExitCode {
    resumable_exit_code(|| match Args::parse().work {
        Work::Prepare { from, out, images_per_shard } => prepare(&from, &out, images_per_shard),
        Work::Verify { shards } => verify(&shards),
    })
}

/// Which image goes into which shard is drawn from this seed; all preparations of a data set agree.
const SEED: u64 = 0;

fn prepare(from: &Path, out: &Path, images_per_shard: u32) -> Result<()> {
    let preparation = Preparation { images_per_shard: images_per_shard as usize, seed: SEED };
    let mut bar: Option<(Progress, usize)> = None;
    shards::prepare(&Origin::find(from), out, preparation, &mut |progress| {
        let (bar, done) =
            bar.get_or_insert_with(|| (Progress::of_images(progress.of_images as u64, 1), 0));
        bar.add((progress.images - *done) as u64);
        *done = progress.images;
        stop::check()
    })?;
    say(&format!("shards: {}", out.display()));
    Ok(())
}

fn verify(folder: &Path) -> Result<()> {
    shards::verify(folder, &mut |_, _| {})?;
    say(&format!("all shards in {} are what their index says", folder.display()));
    Ok(())
}
