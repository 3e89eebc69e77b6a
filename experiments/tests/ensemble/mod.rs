//! `table-ensemble`, as its users start it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use bn_inception::checkpoints::Layout;
use bn_inception::{Arithmetic, BnInception, Execution};
use record::ensemble::{
    Crops, ERRORS_FILE, ErrorRow, GAINS_FILE, GainRow, MEMBERS_FILE, MemberRow, UNMODIFIED,
};
use record::manifest::Manifest;
use record::run::Scale;
use record::table;
use tch::Device;

use crate::{program, refused, stderr, succeed};

/// The program; what it keeps beside its run lies beside `--out`.
fn start(arguments: &[&str]) -> Command {
    let mut command = Command::new(program("table-ensemble"));
    if let Some(out) = arguments.iter().skip_while(|word| **word != "--out").nth(1) {
        command.env("BN_RUNS", Path::new(out).with_file_name("runs"));
    }
    command.args(arguments);
    command
}

fn path(folder: &Path) -> &str {
    folder.to_str().unwrap()
}

#[test]
fn six_networks_are_trained_once_and_answer_once() {
    let folder = tempfile::tempdir().unwrap();
    let (out, kept) = (folder.path().join("table-ensemble"), folder.path().join("kept"));
    let smoke = ["--scale", "smoke", "--steps", "2", "--out", path(&out)];
    succeed(start(&[&smoke[..], &["--keep-answers", path(&kept)]].concat()));
    let manifest = Manifest::read(&out).unwrap();
    manifest.check_outputs(&out).unwrap();
    let members: Vec<MemberRow> = table::read(&out.join(MEMBERS_FILE)).unwrap();
    let mut names: Vec<&str> = members.iter().map(|row| row.network.as_str()).collect();
    names.dedup();
    assert_eq!(names.len(), 6, "no two are alike: {names:?}");
    let errors: Vec<ErrorRow> = table::read(&out.join(ERRORS_FILE)).unwrap();
    assert_eq!(errors.len(), 5 * (63 + 1), "all subsets, and the one that is not modified");
    assert_eq!(table::read::<GainRow>(&out.join(GAINS_FILE)).unwrap().len(), 2);
    assert!(members.iter().all(|row| row.held_out_accuracy.is_some()));

    let files = [ERRORS_FILE, GAINS_FILE, MEMBERS_FILE].map(|file| out.join(file));
    let before = files.each_ref().map(|file| fs::read(file).unwrap());
    let said = stderr(&succeed(start(&smoke)));
    assert!(!said.contains("finished") && !said.contains("going on"), "nothing is trained: {said}");
    assert_eq!(files.each_ref().map(|file| fs::read(file).unwrap()), before);
    assert_eq!(Manifest::read(&out).unwrap().ended, manifest.ended);

    let networks = fs::read_dir(folder.path().join("table-ensemble/.unfinished")).unwrap();
    let networks = networks.flatten().next().unwrap().path().join("networks");
    let of_run = kept_networks(&networks);
    let of_networks = folder.path().join("of-networks");
    let weights = of_run[..6].join(",");
    succeed(start(&["--weights", &weights, "--pictures", "40", "--out", path(&of_networks)]));
    let by_weights: Vec<ErrorRow> = table::read(&of_networks.join(ERRORS_FILE)).unwrap();

    let of_kept: Vec<String> = (1..=6).map(|n| format!("{}/{n}.parquet", path(&kept))).collect();
    let of_answers = folder.path().join("of-answers");
    succeed(start(&["--answers", &of_kept.join(","), "--out", path(&of_answers)]));
    assert_eq!(Manifest::read(&of_answers).unwrap().scale, Scale::Custom);
    let again: Vec<ErrorRow> = table::read(&of_answers.join(ERRORS_FILE)).unwrap();
    let of_any_scale = |rows: &[ErrorRow]| -> Vec<ErrorRow> {
        rows.iter().map(|row| ErrorRow { scale: Scale::Custom, ..row.clone() }).collect()
    };
    let of_six: Vec<ErrorRow> =
        errors.into_iter().filter(|row| row.networks != UNMODIFIED).collect();
    assert_eq!(of_any_scale(&again), of_any_scale(&of_six));
    assert_eq!(of_any_scale(&by_weights), of_any_scale(&of_six), "as from their files");
}

/// Files of a run's networks, the first member first.
fn kept_networks(folder: &Path) -> Vec<String> {
    let files = fs::read_dir(folder).unwrap().flatten().map(|file| file.path());
    let mut networks: Vec<String> = files
        .filter(|file| file.extension().is_some_and(|extension| extension == "safetensors"))
        .map(|file| path(&file).to_owned())
        .collect();
    let member = |file: &String| file.rsplit_once("seed").map(|(_, end)| end.to_owned());
    networks.sort_by_key(member);
    networks
}

/// Two parts of pictures for each network.
const TWO_PARTS: [&str; 8] =
    ["--scale", "smoke", "--steps", "2", "--pictures", "500", "--crops", "1,10"];

#[test]
fn a_killed_evaluation_goes_on_with_the_part_that_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let whole = folder.path().join("whole/table-ensemble");
    succeed(start(&[&TWO_PARTS[..], &["--jobs", "2", "--out", path(&whole)]].concat()));
    let cut = folder.path().join("cut/table-ensemble");
    let alone = [&TWO_PARTS[..], &["--jobs", "1", "--out", path(&cut)]].concat();
    let part = kill_after_a_part(&alone, &cut.join(".unfinished"));
    let written = fs::metadata(&part).unwrap().modified().unwrap();
    let said = stderr(&succeed(start(&alone)));
    assert!(said.contains("going on") && !said.contains("finished"), "nothing is trained: {said}");
    assert_eq!(fs::metadata(&part).unwrap().modified().unwrap(), written, "computed again");
    for file in [ERRORS_FILE, GAINS_FILE, MEMBERS_FILE] {
        let [whole, cut] = [&whole, &cut].map(|run| fs::read(run.join(file)).unwrap());
        assert!(whole == cut, "{file} differs");
    }
}

/// The part of the answers that was there when the process was killed.
fn kill_after_a_part(arguments: &[&str], unfinished: &Path) -> PathBuf {
    let mut child = start(arguments).stderr(Stdio::null()).spawn().unwrap();
    let part = || {
        let runs = fs::read_dir(unfinished).into_iter().flatten().flatten();
        let mut parts = runs.map(|run| run.path().join("answers-1/00000.parquet"));
        parts.find(|part| part.exists())
    };
    let part = loop {
        if let Some(part) = part() {
            break part;
        }
        assert!(child.try_wait().unwrap().is_none(), "it ended before its first part");
        sleep(Duration::from_millis(5));
    };
    child.kill().unwrap();
    child.wait().unwrap();
    part
}

/// `val/CLASS` with two pictures each, the second smaller than a crop.
fn photographs(root: &Path, classes: &[&str]) {
    for class in classes {
        let folder = root.join("val").join(class);
        fs::create_dir_all(&folder).unwrap();
        for (name, side) in [("large.jpg", 260), ("small.png", 90)] {
            let picture = image::RgbImage::from_fn(side + 40, side, |x, y| {
                image::Rgb([x as u8, y as u8, (x + y) as u8])
            });
            picture.save(folder.join(name)).unwrap();
        }
    }
}

#[test]
fn networks_of_others_answer_for_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let (data, out) = (folder.path().join("data"), folder.path().join("table-ensemble"));
    photographs(&data, &["a", "b", "c"]);
    let execution = Execution { arithmetic: Arithmetic::F32, ..Execution::on(Device::Cpu) };
    let weights = [1, 2].map(|seed| {
        let network = BnInception::new(Layout::Cadene.config(3), seed, execution).unwrap();
        let file = folder.path().join(format!("{seed}.safetensors"));
        Layout::Cadene.write(&network, &file).unwrap();
        file
    });
    let weights = weights.each_ref().map(|file| path(file)).join(",");
    let arguments = ["--layout", "cadene", "--data", path(&data), "--out", path(&out)];
    let fewer = ["--weights", &weights, "--crops", "10,1"];
    succeed(start(&[&fewer[..], &arguments].concat()));
    let errors: Vec<ErrorRow> = table::read(&out.join(ERRORS_FILE)).unwrap();
    let found: Vec<_> = errors.iter().map(|row| (row.networks.as_str(), row.crops)).collect();
    let of = |crops| ["1", "2", "1+2"].map(|networks| (networks, crops));
    assert_eq!(found, [of(Crops::One), of(Crops::Ten)].concat());
    assert!(errors.iter().all(|row| row.images == 6));

    photographs(&data, &["d"]);
    let message = refused(start(&[&fewer[..], &arguments].concat()));
    assert!(message.contains("tells 3 classes apart, and the data have 4"), "{message}");
    fs::remove_dir_all(data.join("val/d")).unwrap();
    fs::write(data.join("val/b/large.jpg"), "junk").unwrap();
    let elsewhere = folder.path().join("another");
    let arguments = ["--layout", "cadene", "--data", path(&data), "--out", path(&elsewhere)];
    let message =
        refused(start(&[&["--weights", &weights, "--crops", "1"], &arguments[..]].concat()));
    assert!(message.contains("val/b/large.jpg: "), "{message}");
    fs::remove_dir_all(data.join("val/c")).unwrap();
    fs::create_dir(data.join("val/c")).unwrap();
    let message = refused(start(&[&fewer[..], &arguments].concat()));
    assert!(message.contains("val/c: no .JPEG"), "{message}");
}

#[test]
fn nonsense_is_refused_in_a_line() {
    let nonsense: [(&[&str], &str); 6] = [
        (&["--crops", "7"], "invalid value '7'"),
        (&["--pictures", "0"], "invalid value '0'"),
        (&["--weights", "a.safetensors"], "--layout"),
        (&["--layout", "cadene"], "--weights"),
        (&["--answers", "/no/such.parquet"], "/no/such.parquet"),
        (&["--weights", "no.safetensors", "--layout", "cadene", "--data", "/no/such"], "/no/such"),
    ];
    for (arguments, part) in nonsense {
        let message = refused(start(arguments));
        assert!(message.contains(part), "{arguments:?}: {message}");
    }
}
