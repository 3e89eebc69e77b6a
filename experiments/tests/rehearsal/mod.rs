//! The whole chain at the paper's scale, rehearsed with few pictures: photographs of 1,000 classes become shards, the full
//! network is trained on 224 pixels of them, killed, taken up again, finished and shown.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use exhibit::Exhibit;
use exhibit::runs::ShownRun;
use record::fig2::{CURVES_FILE, CurveRow, OUTCOMES_FILE, Outcome, OutcomeRow};
use record::run::Scale;
use record::table;

use crate::resume::{goes_on, kill_after_a_checkpoint, start};
use crate::{program, succeed};

const CLASSES: usize = 1_000;
/// Different ones; the files are links to them.
const PICTURES: usize = 5;
/// Of 32, from 2,000 training pictures.
const STEPS: &str = "2";

/// 500 by 375 pixels, as most of ILSVRC 2012's are, with edges and shades.
fn picture(number: usize, path: &Path) {
    let picture = image::RgbImage::from_fn(500, 375, |x, y| {
        let wave = (f64::from(x) / (7.0 + number as f64)).sin() * (f64::from(y) / 11.0).cos();
        let edge = if (x / 40 + y / 30) % 2 == 0 { 40 } else { 0 };
        image::Rgb([(127.0 + 80.0 * wave) as u8 + edge, (x % 256) as u8, (y * 3 % 256) as u8])
    });
    picture.save(path).unwrap();
}

/// `train/n00000000/n00000000_0.JPEG`, two to train on, and `val/n00000000/…`, one to be judged by, of each class.
fn photographs(root: &Path) {
    let originals = root.with_file_name("originals");
    fs::create_dir_all(&originals).unwrap();
    (0..PICTURES).for_each(|number| picture(number, &originals.join(format!("{number}.jpg"))));
    for (split, of_class) in [("train", 2), ("val", 1)] {
        for class in 0..CLASSES {
            let name = format!("n{class:08}");
            let folder = root.join(split).join(&name);
            fs::create_dir_all(&folder).unwrap();
            for number in 0..of_class {
                let original = originals.join(format!("{}.jpg", (class + number) % PICTURES));
                fs::hard_link(original, folder.join(format!("{name}_{number}.JPEG"))).unwrap();
            }
        }
    }
}

fn shards(from: &Path, to: &Path) {
    let mut prepare = Command::new(program("data"));
    prepare.arg("prepare").arg("--from").arg(from).arg("--out").arg(to);
    succeed(prepare);
    let mut verify = Command::new(program("data"));
    verify.arg("verify").arg(to);
    succeed(verify);
}

#[test]
fn from_jpegs_of_1000_classes_to_a_shown_run() {
    let folder = tempfile::tempdir().unwrap();
    let [root, tars, out] = ["photographs", "shards", "fig2"].map(|name| folder.path().join(name));
    photographs(&root);
    shards(&root, &tars);
    let data = tars.to_str().unwrap();
    let paper = ["--scale", "paper", "--data", data, "--networks", "bn-x5"];
    let paper = [&paper[..], &["--steps", STEPS, "--validation-images", "50"]].concat();
    kill_after_a_checkpoint(start("fig2", &out, &paper), &out, "bn-x5-seed0", Duration::ZERO);
    goes_on("fig2", &out, &paper);

    let curve: Vec<CurveRow> = table::read(&out.join(CURVES_FILE)).unwrap();
    assert_eq!(curve.iter().map(|row| row.step).collect::<Vec<_>>(), [0, 1, 2]);
    let chance = (1_000.0_f64).ln();
    for row in &curve {
        assert!((0.0..=0.1).contains(&row.top1_accuracy), "{row:?}"); // 1,000 classes, unlearned
        assert!(row.validation_loss_nats.is_finite(), "{row:?}");
    }
    for row in &curve[1..] {
        assert!((row.training_loss_nats.unwrap() - chance).abs() < 1.0, "{row:?}");
        assert!(row.gradient_norm.unwrap() > 0.0, "{row:?}");
    }
    let outcomes: Vec<OutcomeRow> = table::read(&out.join(OUTCOMES_FILE)).unwrap();
    assert_eq!((outcomes[0].outcome, outcomes[0].step), (Outcome::Finished, 2));

    let run = ShownRun::read(&Exhibit::named("fig2").unwrap(), &out).unwrap();
    assert_eq!((run.manifest.scale, run.manifest.starts.len()), (Scale::Custom, 2));
    assert!(run.scale_words().contains("photographs of 1,000 classes, 224 pixels, the full width"));
    let to = folder.path().join("page");
    let files = figures::pages::draw(&run, &to).unwrap();
    assert!(files.iter().all(|file| file.exists()), "{files:?}");
    let shown = figures::block::Block::of(&run).unwrap().terminal(120);
    assert!(shown.contains("a custom recipe: photographs of 1,000 classes"), "{shown}");
}
