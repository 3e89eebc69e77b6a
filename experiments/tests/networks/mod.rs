//! Networks for others: `export`, networks by name, and `demo`, as their users start them.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use bn_inception::checkpoints::write_own;
use bn_inception::{Arithmetic, BnInception, Execution};
use recipe::paper;
use record::card::{Card, Names, Precision, networks};
use record::classification::LogitRow;
use record::manifest::Start;
use record::table;
use tch::{Device, Kind};

use crate::{command, fetch_data_once, program, refused, stderr, stdout, succeed};

#[allow(dead_code, reason = "its main is the program's")]
#[path = "../../examples/draw_pictures.rs"]
mod draw_pictures;

/// A network of a training that is hardly one.
fn kept(folder: &Path) -> PathBuf {
    let networks = folder.join("kept");
    let few = ["--scale", "smoke", "--networks", "bn-x5-sigmoid", "--keep-networks"];
    succeed(command("fig2", &folder.join("fig2"), &[&few[..], &[text(&networks)]].concat()));
    networks
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn of_program(name: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(program(name));
    command.args(arguments);
    command
}

/// The logits that `classify` writes.
fn logits(weights: &Path, pictures: &[PathBuf]) -> Vec<f32> {
    let file = weights.with_extension("csv");
    let options = ["--weights", text(weights), "--logits", text(&file)];
    let mut classify = of_program("classify", &options);
    classify.args(pictures);
    succeed(classify);
    table::read(&file).unwrap().into_iter().map(|row: LogitRow| row.logit).collect()
}

fn drawings() -> Vec<PathBuf> {
    let path = |(name, _): (&str, _)| networks().join(format!("pictures/{name}.png"));
    draw_pictures::PICTURES.map(path).to_vec()
}

#[test]
fn kept_networks_become_files_for_others() {
    let folder = tempfile::tempdir().unwrap();
    let (kept, to) = (kept(folder.path()), folder.path().join("to"));
    succeed(of_program("export", &[text(&kept), "--to", text(&to)]));
    let cards = Card::all(&to).unwrap();
    let names: Vec<&str> = cards.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["bn-x5-sigmoid-in-1-6"], "no seed");
    for (name, card) in &cards {
        let weights = to.join(name).with_added_extension("safetensors");
        let export = card.export.as_ref().unwrap();
        assert_eq!(fs::metadata(&weights).unwrap().len(), export.bytes);
        assert_eq!((export.names, export.precision), (Names::Own, Precision::Half));
        let measured = export.right_unrounded as f64 / export.test_images as f64;
        assert!((measured - card.test_accuracy).abs() < 0.05, "{measured} in single precision");
        let page = fs::read_to_string(weights.with_extension("md")).unwrap();
        assert_eq!(Some(page), card.markdown(name));
        assert_eq!(logits(&weights, &drawings()).len(), 6 * 10);
    }
    let weights = to.join("bn-x5-sigmoid-in-1-6.safetensors");
    let mut bytes = fs::read(&weights).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&weights, bytes).unwrap();
    let message = refused(of_program("classify", &["--weights", text(&weights), "a.png"]));
    assert!(message.contains("is not the file that its card describes"), "{message}");

    let cadene = ["--layout", "cadene", "--to", text(&to)];
    let message = refused(of_program("export", &[&[text(&kept)], &cadene[..]].concat()));
    assert!(message.contains("cadene has no network of this configuration"), "{message}");
    let message = refused(of_program("export", &[text(&kept), text(&kept), "--to", text(&to)]));
    assert!(message.contains("would both be"), "{message}");
    let message = refused(of_program("export", &[text(folder.path()), "--to", text(&to)]));
    assert!(message.contains("no networks in it"), "{message}");
}

/// A network of Figure 5's whole size and two classes, at its initial weights, as a training would have left it.
fn whole_size(folder: &Path) -> PathBuf {
    let recipe = paper::inception().with_changes().with_network(|config| config.classes = 2);
    let execution = Execution { arithmetic: Arithmetic::F32, ..Execution::on(Device::Cpu) };
    let network = BnInception::new(recipe.bn_inception().clone(), 0, execution).unwrap();
    let weights = folder.join("whole.safetensors");
    write_own(&network, &weights, Kind::Float).unwrap();
    let classes = ["cat", "dog"].map(str::to_owned).to_vec();
    let (made, terms) = (Start::now(), "ours".to_owned());
    let card = Card { recipe, seed: 0, classes, test_accuracy: 0.5, made, terms, export: None };
    card.write_beside(&weights).unwrap();
    weights
}

#[test]
fn a_network_of_the_whole_size_is_exported_by_cadenes_names() {
    let folder = tempfile::tempdir().unwrap();
    let (weights, data, to) =
        (whole_size(folder.path()), folder.path().join("data"), folder.path().join("to"));
    for split in ["train/cat", "train/dog", "val/cat", "val/dog"] {
        fs::create_dir_all(data.join(split)).unwrap();
        fs::copy(&drawings()[0], data.join(split).join("a.png")).unwrap();
    }
    let options = ["--layout", "cadene", "--data", text(&data), "--to", text(&to)];
    succeed(of_program("export", &[&[text(&weights)], &options[..]].concat()));
    let (name, card) = Card::all(&to).unwrap().pop().unwrap();
    let export = card.export.unwrap();
    assert_eq!(
        (export.names, export.precision, export.test_images),
        (Names::Cadene, Precision::Single, 2)
    );
    let exported = to.join(name).with_added_extension("safetensors");
    let keys = tch::Tensor::read_safetensors(&exported).unwrap();
    assert!(keys.iter().any(|(key, _)| key == "inception_4c_3x3.weight"));
    assert_eq!(logits(&exported, &drawings()[..2]), logits(&weights, &drawings()[..2]));
}

#[test]
fn a_wrong_name_is_told_the_right_ones() {
    for program in ["classify", "table-ensemble"] {
        let mut wrong = of_program(program, &["--weights", "bn-x31"]);
        if program == "classify" {
            wrong.arg("a.png");
        }
        let message = refused(wrong);
        assert!(message.contains("no network of that name; there are: "), "{message}");
        assert_eq!(message.lines().count(), 1, "{message}");
        for (name, _) in Card::all(&networks()).unwrap() {
            assert!(message.contains(&name), "{name} not in {message}");
        }
    }
}

#[test]
fn somebody_elses_classes_have_the_names_of_a_list() {
    let folder = tempfile::tempdir().unwrap();
    let [weights, list] = ["w.safetensors", "list.txt"].map(|name| folder.path().join(name));
    let layout = bn_inception::checkpoints::Layout::Cadene;
    let execution = Execution { arithmetic: Arithmetic::F32, ..Execution::on(Device::Cpu) };
    let network = BnInception::new(layout.config(2), 1, execution).unwrap();
    layout.write(&network, &weights).unwrap();
    let picture = &drawings()[0];
    let classify = || {
        let options = ["--weights", text(&weights), "--layout", "cadene", "--classes", text(&list)];
        of_program("classify", &[&options[..], &[text(picture)]].concat())
    };
    fs::write(&list, "n01440764 tench, Tinca tinca\nn02102040 English springer\n").unwrap();
    let printed = stdout(&succeed(classify()));
    assert!(printed.contains("tench (n01440764)\n"), "{printed}");
    fs::write(&list, "one\n").unwrap();
    let message = refused(classify());
    assert!(message.contains("it names 1 classes, and the network has 2"), "{message}");
}

#[test]
fn the_committed_drawings_are_those_of_their_program() {
    for (name, draw) in draw_pictures::PICTURES {
        let path = networks().join(format!("pictures/{name}.png"));
        let committed = image::open(path).unwrap().into_rgb8();
        assert_eq!(committed, draw_pictures::drawn(draw), "{name}");
    }
}

#[test]
fn the_demo_shows_pictures_a_training_and_the_report() {
    fetch_data_once();
    if Card::all(&networks()).unwrap().is_empty() {
        return; // before the first network is committed there is nothing to show
    }
    let output = succeed(of_program("demo", &[]));
    let (printed, progress) = (stdout(&output), stderr(&output));
    for (name, _) in draw_pictures::PICTURES {
        assert!(printed.contains(&format!("\n  {name} ")), "{name}: {printed}");
    }
    assert!(printed.contains("report/index.html"), "{printed}");
    let known = printed.lines().find(|line| line.starts_with("It knows ")).unwrap();
    let readme = fs::read_to_string(record::repository().join("README.md")).unwrap();
    assert!(readme.contains(known), "README says otherwise than: {known}");
    let lines: Vec<&str> = progress.lines().collect();
    assert_eq!(lines.len(), 6, "no bars without a terminal: {progress}");
    assert!(lines[5].starts_with("step 500 of 500: Without BN ") && !progress.contains('\u{1b}'));
    let accuracies: Vec<f64> =
        lines[5].split_whitespace().filter_map(|word| word.parse().ok()).collect();
    let [.., without, with] = accuracies[..] else { panic!("{}", lines[5]) };
    assert!(with > without + 20.0, "BN learns faster: {}", lines[5]);
}

#[test]
fn the_demo_without_mnist_says_so_and_where_the_report_is() {
    if Card::all(&networks()).unwrap().is_empty() {
        return;
    }
    let output = of_program("demo", &["--data", "/no/such/folder"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("/no/such/folder"), "{}", stderr(&output));
    assert_eq!(stderr(&output).lines().count(), 1, "{}", stderr(&output));
    assert!(stdout(&output).contains("report/index.html"));
}

#[test]
fn the_demo_can_be_stopped() {
    fetch_data_once();
    if Card::all(&networks()).unwrap().is_empty() {
        return;
    }
    let mut demo = of_program("demo", &[]);
    let mut demo = demo.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut progress = BufReader::new(demo.stderr.take().unwrap());
    let mut line = String::new();
    progress.read_line(&mut line).unwrap(); // step 0
    let killed = Command::new("kill").args(["-INT", &demo.id().to_string()]).status().unwrap();
    assert!(killed.success());
    progress.read_to_string(&mut line).unwrap();
    assert_eq!(demo.wait().unwrap().code(), Some(130), "{line}");
    assert!(line.ends_with("stopped; nothing is kept\n"), "{line}");
}
