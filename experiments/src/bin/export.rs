//! Networks for others, from those that a run has kept: files that are small, a card each, and a page that says it in words.
//!
//! ```sh
//! make table-ensemble ARGS="--keep-networks DIR"
//! make export ARGS=DIR                                  into networks/, by our own names
//! make export ARGS="DIR --layout cadene --to OUT"       by the names of Cadene's bninception
//! ```
//!
//! Accuracies are measured anew, with the weights of the file: they are stored in half precision if that costs less than a
//! tenth of a point.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use bn_inception::checkpoints::{Layout, read_own, write_own};
use bn_inception::{Arithmetic, Execution};
use clap::{Parser, ValueEnum};
use data::loader::OnDamage;
use experiments::command_line::{exit_code, say};
use experiments::image_sets::{Images, Loading};
use experiments::inception::InceptionTraining;
use experiments::{Job, own_network};
use recipe::{DataSet, Recipe};
use record::card::{Card, Export, Names, Precision, networks};
use record::file::{replace, sha256, write_atomically};
use record::manifest::Start;
use tch::{Device, Kind};
use training::memory;

/// Writes kept networks as files for others, with a card and a page each.
#[derive(Parser)]
#[command(version)]
struct Args {
    /// Folders of --keep-networks, or networks in them
    #[arg(required = true, value_name = "DIR_OR_FILE")]
    kept: Vec<PathBuf>,

    /// Where to [default: networks/]
    #[arg(long, value_name = "DIR")]
    to: Option<PathBuf>,

    /// What tensors are called
    #[arg(long, value_enum, default_value = "own")]
    layout: LayoutOut,

    /// Folder with the data set's files [default: .data/, fetched when missing]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

/// Whose names tensors have.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum LayoutOut {
    /// Our own
    Own,
    /// Those of bninception of Cadene's pretrained-models.pytorch, in single precision; for networks of Figure 5's whole size
    Cadene,
}

/// Bytes of all networks in the repository.
const MOST_BYTES: u64 = 20_000_000;
/// Share of the test images that half precision may cost.
const COST_OF_HALF: f64 = 0.001;

fn main() -> ExitCode {
    memory::keep_freed();
    exit_code(|| export(&Args::parse()))
}

fn export(args: &Args) -> Result<()> {
    tch::set_num_threads(1); // more of them wait for each other on small images
    let to = args.to.clone().unwrap_or_else(networks);
    let mut judges = Judges { data: args.data.clone(), last: None };
    for (name, kept) in named(&args.kept)? {
        let weights = to.join(&name).with_added_extension("safetensors");
        let (network, card) = own_network::open(&kept, execution())?;
        let images = judges.of(&card)?;
        let job = Job { subject: &card.recipe, seed: card.seed };
        let training = InceptionTraining::of(&job, network);
        let export = stored(&training, args.layout, images, &weights)
            .with_context(|| kept.display().to_string())?;
        say(&format!(
            "{}: {} of its test images right",
            weights.display(),
            export.accuracy_words()
        ));
        write_card(&Card { export: Some(export), ..card }, &name, &weights)?;
    }
    ensure!(
        args.to.is_some() || bytes(&to)? <= MOST_BYTES,
        "{} has more than {MOST_BYTES} bytes, which is all that the repository takes; remove some, or name a folder with --to",
        to.display()
    );
    Ok(())
}

/// Accuracies are those of single precision.
fn execution() -> Execution {
    Execution { arithmetic: Arithmetic::F32, ..Execution::on(Device::Cpu) }
}

/// The files of kept networks, by the names that they get.
fn named(kept: &[PathBuf]) -> Result<BTreeMap<String, PathBuf>> {
    let mut named = BTreeMap::new();
    for file in kept.iter().map(|path| files(path)).collect::<Result<Vec<_>>>()?.concat() {
        let name = name(&Card::beside(&file)?.recipe);
        if let Some(other) = named.insert(name.clone(), file.clone()) {
            let [file, other] = [file, other].map(|path| path.display().to_string());
            anyhow::bail!("{other} and {file} would both be {name}; name one of them");
        }
    }
    Ok(named)
}

/// That of its recipe; of other images than CIFAR-10, with theirs.
fn name(recipe: &Recipe) -> String {
    let own = &recipe.name;
    Card::file_name(&match recipe.images.data {
        DataSet::TinyImageNet => format!("Tiny ImageNet, {own}"),
        DataSet::Photographs => format!("photographs, {own}"),
        DataSet::Cifar10 | DataSet::BinaryMnist => own.clone(),
    })
}

/// The networks in a folder, or the file itself.
fn files(kept: &Path) -> Result<Vec<PathBuf>> {
    if !kept.is_dir() {
        return Ok(vec![kept.to_owned()]);
    }
    let networks = Card::all(kept)?;
    ensure!(!networks.is_empty(), "{}: no networks in it", kept.display());
    let file = |(name, _): (String, Card)| kept.join(name).with_added_extension("safetensors");
    Ok(networks.into_iter().map(file).collect())
}

/// The images that networks are judged by; the same for one after the other.
struct Judges {
    data: Option<PathBuf>,
    last: Option<(recipe::Images, Images)>,
}

impl Judges {
    fn of(&mut self, card: &Card) -> Result<&Images> {
        let wanted = &card.recipe.images;
        if self.last.as_ref().is_none_or(|(images, _)| images != wanted) {
            let workers = std::thread::available_parallelism().map_or(1, usize::from);
            let loading = Loading { workers, on_damage: OnDamage::Stop };
            self.last =
                Some((wanted.clone(), Images::load(wanted, self.data.as_deref(), loading)?));
        }
        let (_, images) = self.last.as_ref().context("loaded above")?;
        let (expected, found) = (&card.classes, images.class_names());
        ensure!(
            expected.len() == found.len(),
            "the data have {} classes, and the network {}",
            found.len(),
            expected.len()
        );
        Ok(images)
    }
}

/// Writes the network's file, and measures what it is worth.
fn stored(
    training: &InceptionTraining,
    layout: LayoutOut,
    images: &Images,
    weights: &Path,
) -> Result<Export> {
    let (test_images, right_unrounded) = training.test(images)?.counts();
    let by_half = match layout {
        LayoutOut::Own => Some(in_half(training, images, weights)?),
        LayoutOut::Cadene => None,
    };
    let enough = right_unrounded as f64 - COST_OF_HALF * test_images as f64;
    let by_half = by_half.filter(|&right| right as f64 >= enough);
    if by_half.is_none() {
        replace(weights, |path| {
            Ok(match layout {
                LayoutOut::Own => write_own(&training.network, path, Kind::Float),
                LayoutOut::Cadene => Layout::Cadene.write(&training.network, path),
            }?)
        })?;
    }
    Ok(Export {
        parameters: training.network.parameters().count() as u64,
        names: if layout == LayoutOut::Own { Names::Own } else { Names::Cadene },
        precision: if by_half.is_some() { Precision::Half } else { Precision::Single },
        bytes: fs::metadata(weights)?.len(),
        sha256: sha256(weights)?,
        test_images,
        right: by_half.unwrap_or(right_unrounded),
        right_unrounded,
        data_sha256: images.sha256(),
        made: Start::now(),
    })
}

/// Writes the weights in half precision, and says how many test images are right with what is then in the file.
fn in_half(training: &InceptionTraining, images: &Images, weights: &Path) -> Result<u64> {
    let InceptionTraining { network, recipe, seed, .. } = training;
    replace(weights, |path| Ok(write_own(network, path, Kind::Half)?))?;
    let rounded = read_own(weights, network.config().clone(), execution())?;
    let rounded = InceptionTraining::of(&Job { subject: recipe, seed: *seed }, rounded);
    Ok(rounded.test(images)?.counts().1)
}

fn write_card(card: &Card, name: &str, weights: &Path) -> Result<()> {
    let page = card.markdown(name).context("it was exported")?;
    write_atomically(&weights.with_extension("md"), |file| {
        Ok(std::io::Write::write_all(file, page.as_bytes())?)
    })?;
    card.write_beside(weights)
}

/// Of the networks in a folder.
fn bytes(folder: &Path) -> Result<u64> {
    let bytes = Card::all(folder)?.into_iter().filter_map(|(_, card)| Some(card.export?.bytes));
    Ok(bytes.sum())
}
