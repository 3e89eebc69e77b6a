//! Classifies pictures with a trained network, somebody's or one's own.
//!
//! ```sh
//! cargo run --release --bin classify -- --weights bn-x30 cat.jpg dog.jpg          a network of `networks/`
//! cargo run --release --bin classify -- --weights bn-x5-in-1-2-seed0.safetensors cat.jpg    of `fig2 --keep-networks DIR`
//! cargo run --release --bin classify -- --weights F.safetensors --layout cadene cat.jpg     somebody else's
//! ```
//!
//! Prints how the pictures were prepared, and of each the five most probable classes. The network is the
//! folded one (Algorithm 2: every BN in its convolution).

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use bn_inception::checkpoints::{Layout, Preprocessing};
use bn_inception::{Execution, FoldedBnInception, Rewrites};
use clap::Parser;
use data::class_names;
use experiments::command_line::{ArithmeticChoice, LayoutChoice, device_name, exit_code, say};
use experiments::own_network::{self, prepared};
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use record::classification::LogitRow;
use record::{message, table};
use tch::Tensor;
use training::{device, memory};

/// Prints the five most probable classes of each picture.
#[derive(Parser)]
#[command(version)]
struct Args {
    /// The network: its name in networks/, or a safetensors file
    #[arg(long, value_name = "NAME_OR_FILE")]
    weights: PathBuf,

    /// Whose names and shapes the file has; decides how pictures are prepared, too [default: a network that --keep-networks
    /// has written, with its NAME.json beside it]
    #[arg(long, value_enum)]
    layout: Option<LayoutChoice>,

    /// Names of somebody else's classes.
    #[arg(
        long,
        value_name = "FILE",
        requires = "layout",
        help = "With --layout: names of the classes, a line each in their order, such as ILSVRC's LOC_synset_mapping.txt"
    )]
    classes: Option<PathBuf>,

    /// Writes the logits of all classes as rows image,class,logit
    #[arg(long, value_name = "FILE.csv")]
    logits: Option<PathBuf>,

    /// cpu, cuda or cuda:N
    #[arg(long, default_value = "cpu", value_parser = device_name)]
    device: String,

    /// Numbers that the convolutions are computed in; bf16 is faster where the device has it
    #[arg(long, value_enum, default_value_t = ArithmeticChoice::F32)]
    arithmetic: ArithmeticChoice,

    /// JPEG or PNG pictures
    #[arg(required = true, value_name = "IMAGE")]
    images: Vec<PathBuf>,
}

impl Args {
    /// Names for so many classes of a layout, from the user's list; none without a list.
    fn class_names(&self, layout: Layout, classes: usize) -> Result<Vec<String>> {
        let Some(list) = &self.classes else { return Ok(Vec::new()) };
        let names =
            class_names::of_list(list).with_context(|| format!("--classes {}", list.display()))?;
        let before = vec!["background".to_owned(); layout.classes_before() as usize];
        let (expected, found) = (classes - before.len(), names.len());
        ensure!(
            found == expected,
            "--classes {}: it names {found} classes, and the network has {expected}",
            list.display()
        );
        Ok([before, names].concat())
    }
}

/// Pictures that are in memory at a time.
const BATCH: usize = 32;

fn main() -> ExitCode {
    memory::keep_freed();
    exit_code(|| classify(&Args::parse()))
}

fn classify(args: &Args) -> Result<()> {
    let mut classifier = Classifier::open(args)?;
    for images in args.images.chunks(BATCH) {
        classifier.batch(images)?;
    }
    if let Some(path) = &args.logits {
        table::write(path, &classifier.rows)?;
    }
    let (refused, all) = (classifier.refused, args.images.len());
    anyhow::ensure!(refused == 0, "{refused} of {all} pictures could not be read");
    Ok(())
}

struct Classifier {
    network: FoldedBnInception,
    preprocessing: Preprocessing,
    /// Names of the classes, if they are known.
    classes: Vec<String>,
    rows: Vec<LogitRow>,
    /// Pictures that could not be read.
    refused: usize,
}

impl Classifier {
    /// Reads the network, and says what it is.
    fn open(args: &Args) -> Result<Self> {
        let execution = Execution {
            device: device::open(&args.device)?,
            arithmetic: args.arithmetic.into(),
            rewrites: Rewrites::default(),
        };
        let (of_file, path) = (|| format!("--weights {}", args.weights.display()), &args.weights);
        let (network, preprocessing, classes, what);
        if let Some(layout) = args.layout.map(Layout::from) {
            network = layout.read(path, execution).with_context(of_file)?;
            (preprocessing, what) = (layout.preprocessing(), format!("layout {layout}"));
            classes = args.class_names(layout, network.config().classes as usize)?;
        } else {
            let file = own_network::find(path).with_context(of_file)?;
            let (own, card) = own_network::open(&file, execution).with_context(of_file)?;
            (preprocessing, what) = (own_network::preprocessing(&card), card.words());
            (network, classes) = (own, card.classes);
        }
        let weights = message::printable(&path.display().to_string());
        say(&format!("{weights}, {}; pictures: {preprocessing}", message::printable(&what)));
        let network = network.fold();
        Ok(Self { network, preprocessing, classes, rows: Vec::new(), refused: 0 })
    }

    /// A picture that cannot be read is named and left out; the others are classified.
    fn batch(&mut self, images: &[PathBuf]) -> Result<()> {
        let prepared: Vec<Result<Tensor>> =
            images.par_iter().map(|image| prepared(image, &self.preprocessing)).collect();
        let mut read = Vec::new();
        for (image, prepared) in images.iter().zip(prepared) {
            match prepared {
                Ok(tensor) => read.push((image, tensor)),
                Err(error) => {
                    eprintln!("{}", message::line(&error));
                    self.refused += 1;
                }
            }
        }
        if read.is_empty() {
            return Ok(());
        }
        let tensors: Vec<&Tensor> = read.iter().map(|(_, tensor)| tensor).collect();
        let logits = self.network.logits(&Tensor::cat(&tensors, 0)).to_device(tch::Device::Cpu);
        for ((image, _), logits) in read.into_iter().zip(logits.unbind(0)) {
            self.report(image, &logits)?;
        }
        Ok(())
    }

    fn report(&mut self, image: &Path, logits: &Tensor) -> Result<()> {
        let name = image.display().to_string();
        let is_finite = logits.isfinite().all().int64_value(&[]) == 1;
        anyhow::ensure!(is_finite, "{name}: the network's logits are not finite; damaged weights?");
        say(&message::printable(&name));
        let probabilities = logits.softmax(-1, tch::Kind::Double);
        let top = 5.min(probabilities.size()[0]);
        let (probabilities, classes) = probabilities.topk(top, 0, true, true);
        for i in 0..top {
            let (class, probability) =
                (classes.int64_value(&[i]), probabilities.double_value(&[i]));
            let name = self.classes.get(class as usize).map_or("", String::as_str);
            let line = format!("{class:8}  {probability:.6}  {}", message::printable(name));
            say(line.trim_end());
        }
        let values = Vec::<f32>::try_from(logits)?;
        let row = |(class, logit)| LogitRow { image: name.clone(), class, logit };
        self.rows.extend((0..).zip(values).map(row));
        Ok(())
    }
}
