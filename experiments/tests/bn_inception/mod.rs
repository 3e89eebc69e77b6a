//! `classify` and `table-architecture`, as their users start them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use bn_inception::checkpoints::Layout;
use bn_inception::{Arithmetic, BnInception, Execution};
use record::card::Card;
use record::classification::LogitRow;
use record::fig2::{OUTCOMES_FILE, OutcomeRow};
use record::fig5::{COUNTS_FILE, CountRow, STAGES_FILE, StageRow};
use record::manifest::Manifest;
use record::table;
use tch::Device;
use tempfile::TempDir;

const CLASSIFY: &str = env!("CARGO_BIN_EXE_classify");

/// A folder with weights of a network of 6 classes, a JPEG and a PNG.
struct Files {
    folder: TempDir,
}

impl Files {
    fn new() -> Self {
        let files = Self { folder: tempfile::tempdir().unwrap() };
        let execution = Execution { arithmetic: Arithmetic::F32, ..Execution::on(Device::Cpu) };
        let network = BnInception::new(Layout::Cadene.config(6), 1, execution).unwrap();
        Layout::Cadene.write(&network, &files.path("weights.safetensors")).unwrap();
        let picture = image::RgbImage::from_fn(300, 260, |x, y| {
            image::Rgb([(x % 256) as u8, (y % 256) as u8, ((x * y) % 256) as u8])
        });
        picture.save(files.path("a.jpg")).unwrap();
        picture.save(files.path("b.png")).unwrap();
        files
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn classify(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(CLASSIFY);
        command.current_dir(self.folder.path()).args(arguments).output().unwrap()
    }
}

const WEIGHTS: [&str; 4] = ["--weights", "weights.safetensors", "--layout", "cadene"];

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn classify_prints_the_top_five_and_writes_all_logits() {
    let files = Files::new();
    let output = files.classify(&[&WEIGHTS[..], &["--logits", "l.csv", "a.jpg", "b.png"]].concat());
    assert!(output.status.success(), "{}", text(&output.stderr));
    let printed = text(&output.stdout);
    assert!(printed.contains("BGR 0–255, less [104, 117, 128]"), "{printed}");
    assert_eq!(printed.lines().count(), 1 + 2 * (1 + 5), "{printed}");
    let rows: Vec<LogitRow> = table::read(&files.path("l.csv")).unwrap();
    assert_eq!(rows.len(), 2 * 6);
    assert_eq!((rows[6].image.as_str(), rows[6].class), ("b.png", 0));
    let best = rows[..6].iter().max_by(|a, b| a.logit.total_cmp(&b.logit)).unwrap();
    let first_line = printed.lines().nth(2).unwrap();
    assert_eq!(first_line.split_whitespace().next().unwrap(), best.class.to_string(), "{printed}");
    let sum: f32 = rows[..6].iter().map(|row| (row.logit - best.logit).exp()).sum();
    assert!(first_line.ends_with(&format!("{:.6}", 1.0 / sum)), "{first_line}");
}

#[test]
fn a_picture_that_cannot_be_read_is_named_and_the_others_are_classified() {
    let files = Files::new();
    let whole = fs::read(files.path("a.jpg")).unwrap();
    fs::write(files.path("cut.jpg"), &whole[..whole.len() / 2]).unwrap();
    let images = ["cut.jpg", "none.jpg", "b.png", "--logits", "l.csv"];
    let output = files.classify(&[&WEIGHTS[..], &images].concat());
    let (printed, message) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(1));
    for part in ["cut.jpg: ", "none.jpg", "2 of 3 pictures could not be read"] {
        assert!(message.contains(part), "{message}");
    }
    assert_eq!(message.lines().count(), 3, "{message}");
    assert!(printed.contains("b.png"), "{printed}");
    assert_eq!(table::read::<LogitRow>(&files.path("l.csv")).unwrap().len(), 6);
}

#[test]
fn logits_are_written_whoever_reads_the_rest() {
    let files = Files::new();
    let logits = files.path("l.csv");
    let to = |stdout: Stdio| {
        let arguments = [&WEIGHTS[..], &["--logits", "l.csv", "a.jpg"]].concat();
        let mut command = Command::new(CLASSIFY);
        command.current_dir(files.folder.path()).args(arguments).stdout(stdout);
        let output = command.stderr(Stdio::piped()).output().unwrap();
        assert_eq!(table::read::<LogitRow>(&logits).unwrap().len(), 6);
        fs::remove_file(&logits).unwrap();
        (output.status.code(), text(&output.stderr))
    };
    let (reader, closed) = std::io::pipe().unwrap();
    drop(reader);
    assert_eq!(to(closed.into()), (Some(0), String::new()));
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    let message = "cannot print: No space left on device (os error 28)\n";
    assert_eq!(to(full.into()), (Some(1), message.to_owned()));
}

#[test]
fn names_do_not_reach_the_terminal_as_they_are() {
    let files = Files::new();
    let name = "\u{1b}[2J\n.png";
    fs::copy(files.path("b.png"), files.path(name)).unwrap();
    let output = files.classify(&[&WEIGHTS[..], &[name, "no\n.jpg"]].concat());
    let (printed, message) = (text(&output.stdout), text(&output.stderr));
    assert!(printed.contains("\n\\u{1b}[2J\\n.png\n"), "{printed}");
    assert!(message.starts_with("no\\n.jpg: No such file"), "{message}");
    let missing = ["--weights", "none.safetensors", "--layout", "cadene", "a.jpg"];
    let message = text(&files.classify(&missing).stderr);
    assert_eq!(message.matches("No such file").count(), 1, "{message}");
}

#[test]
fn classify_refuses_nonsense_in_a_line() {
    let files = Files::new();
    fs::write(files.path("junk.safetensors"), "junk").unwrap();
    let refused: [(&[&str], &str); 6] = [
        (&["--weights", "none.safetensors", "--layout", "cadene", "a.jpg"], "none.safetensors"),
        (&["--weights", "junk.safetensors", "--layout", "cadene", "a.jpg"], "junk.safetensors"),
        (
            &["--weights", "weights.safetensors", "--layout", "tf-slim", "a.jpg"],
            "InceptionV2/Logits/Conv2d_1c_1x1/biases is missing",
        ),
        (&["--weights", "weights.safetensors", "--layout", "caffe", "a.jpg"], "invalid value"),
        (&WEIGHTS, "IMAGE"),
        (&[&WEIGHTS[..], &["--device", "tpu", "a.jpg"]].concat(), "expected cpu, cuda or cuda:N"),
    ];
    for (arguments, part) in refused {
        let output = files.classify(arguments);
        let message = text(&output.stderr);
        assert!(!output.status.success(), "{arguments:?}");
        assert!(message.contains(part), "{arguments:?}: {message}");
        assert!(!message.contains("panicked"), "{message}");
    }
}

/// One network of a training that is hardly one, where `name` says.
fn kept_network(folder: &Path) -> (PathBuf, Vec<OutcomeRow>) {
    let (out, networks) = (folder.join("fig2"), folder.join("networks"));
    let few = ["--scale", "smoke", "--networks", "bn-x5-sigmoid", "--keep-networks"];
    let arguments = [&few[..], &[networks.to_str().unwrap()]].concat();
    crate::succeed(crate::command("fig2", &out, &arguments));
    let outcomes = table::read(&out.join(OUTCOMES_FILE)).unwrap();
    (networks.join("bn-x5-sigmoid-in-1-6-seed0.safetensors"), outcomes)
}

#[test]
fn a_network_of_ones_own_is_kept_and_classifies() {
    let files = Files::new();
    let (weights, outcomes) = kept_network(files.folder.path());
    let card: Card =
        serde_json::from_slice(&fs::read(weights.with_extension("json")).unwrap()).unwrap();
    assert_eq!(Some(card.test_accuracy), outcomes[0].test_top1_accuracy, "the same network");
    let path = weights.to_str().unwrap();
    let output = files.classify(&["--weights", path, "a.jpg"]);
    let printed = text(&output.stdout);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(printed.contains("in 1/6, seed 0 (CIFAR-10, "), "{printed}");
    let is_named = |line: &str| card.classes.iter().any(|name| line.ends_with(name.as_str()));
    assert_eq!(printed.lines().filter(|line| is_named(line)).count(), 5, "{printed}");
    for (change, part) in [
        ("classes", "it names other than 10 classes"),
        ("width", "expected shape"),
        ("seed", "which says what network it is"),
    ] {
        let mut card = serde_json::to_value(&card).unwrap();
        match change {
            "classes" => card["classes"] = serde_json::json!(["cat"]),
            "width" => card["recipe"]["network"]["BnInception"]["width"] = 16.0.into(),
            _ => card["seed"] = "none".into(),
        }
        fs::write(weights.with_extension("json"), card.to_string()).unwrap();
        let message = text(&files.classify(&["--weights", path, "a.jpg"]).stderr);
        assert!(message.contains(part) && message.lines().count() == 1, "{change}: {message}");
    }
}

fn table_architecture(out: &Path) -> Output {
    crate::command("table-architecture", out, &[]).output().unwrap()
}

#[test]
fn the_architectures_table_counts_and_contradicts_as_the_paper_does() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("table-architecture");
    let output = table_architecture(&out);
    assert!(output.status.success(), "{}", text(&output.stderr));
    Manifest::read(&out).unwrap().check_outputs(&out).unwrap();
    let counts: Vec<CountRow> = table::read(&out.join(COUNTS_FILE)).unwrap();
    let parameters: Vec<u64> = counts.iter().map(|row| row.parameters).collect();
    assert_eq!(parameters, [11_295_240, 11_285_224, 11_194_984, 11_188_288, 11_178_336]);
    let stages: Vec<StageRow> = table::read(&out.join(STAGES_FILE)).unwrap();
    assert_eq!(stages.len(), 2 * 16);
    let (printed, consistent) = stages.split_at(16);
    let sum = |rows: &[StageRow]| rows.iter().map(|row| row.parameters).sum::<u64>();
    assert_eq!((sum(printed), sum(consistent)), (11_285_224, 11_194_984));
    for rows in [printed, consistent] {
        let contradicted = rows.iter().filter(|row| !row.contradiction.is_empty());
        let names: Vec<_> = contradicted.map(|row| row.stage.as_str()).collect();
        assert_eq!(names, ["3c", "4c", "4d", "4e"]);
    }
}

#[test]
fn the_committed_table_is_that_of_this_network() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("table-architecture");
    assert!(table_architecture(&out).status.success());
    for file in [STAGES_FILE, COUNTS_FILE] {
        let committed = record::repository().join("results/table-architecture").join(file);
        assert_eq!(fs::read(out.join(file)).unwrap(), fs::read(committed).unwrap(), "{file}");
    }
}
