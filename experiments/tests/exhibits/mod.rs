//! Every exhibit's program, as `make reproduce` starts it.

use std::fs;
use std::path::Path;
use std::process::Command;

use exhibit::point::Point;
use exhibit::{Claim, Exhibit, RowKind, Versus, rows};
use recipe::RunRecipe;
use record::manifest::Manifest;
use record::run::Scale;
use serde::Deserialize;

use crate::{command, program, stdout, succeed};

/// The exhibits that have a program.
fn exhibits() -> Vec<Exhibit> {
    let all = Exhibit::all().unwrap().into_iter();
    all.filter(|exhibit| !exhibit.is_view()).collect()
}

/// One in `of` exhibits, so that tests run side by side.
fn run_at_smoke_scale(place: usize, of: usize) {
    for exhibit in exhibits().iter().skip(place).step_by(of) {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join(&exhibit.name);
        let output = succeed(command(&exhibit.name, &out, &["--scale", "smoke"]));
        let said = stdout(&output);
        assert_eq!(said, format!("rows and manifest: {}\n", out.display()), "{}", exhibit.name);
        let manifest = Manifest::read(&out).unwrap();
        manifest.check_outputs(&out).unwrap();
        assert_eq!((&manifest.artefact, manifest.scale), (&exhibit.name, Scale::Smoke));
        let left = fs::read_dir(&out).unwrap().map(|entry| entry.unwrap().file_name());
        let names: Vec<String> = left.map(|name| name.to_string_lossy().into_owned()).collect();
        let is_known =
            |name: &String| name == "manifest.json" || manifest.outputs_sha256.contains_key(name);
        let is_kept = exhibit.name == "table-ensemble"; // networks and answers, for the next time
        assert!(is_kept || names.iter().all(is_known), "{}: {names:?}", exhibit.name);
        measures_what_claims_name(exhibit, &manifest, &out);
    }
}

/// The program writes what claims name. What only comes of a figure's rows, networks that are trained for a moment
/// may not have: how much sooner they reach an accuracy, for instance; their series are there.
fn measures_what_claims_name(exhibit: &Exhibit, manifest: &Manifest, out: &Path) {
    let points = rows::points(exhibit, out, manifest).unwrap();
    let is_written = exhibit.description.rows == RowKind::Points;
    let is_there = |series: &str, claim: &Claim| {
        let is_metric = |point: &Point| !is_written || point.metric == claim.metric;
        points.iter().any(|point| point.series == series && is_metric(point))
    };
    let claims = exhibit.description.claims.iter();
    for claim in claims.filter(|claim| claim.rule().is_some() && claim.is_of_scale(Scale::Smoke)) {
        let (of, metric) = (&claim.of, &claim.metric);
        assert!(is_there(of, claim), "{}: no '{metric}' of '{of}'", exhibit.name);
        if let Some(Versus::Less(other) | Versus::Over(other)) = claim.versus() {
            assert!(is_there(&other, claim), "{}: no '{metric}' of '{other}'", exhibit.name);
        }
    }
}

#[test]
fn every_second_exhibit_runs_and_measures_what_its_claims_name() {
    run_at_smoke_scale(0, 2);
}

#[test]
fn and_so_does_every_other() {
    run_at_smoke_scale(1, 2);
}

/// What `--print-recipe` prints.
#[derive(Deserialize)]
struct Printed {
    artefact: String,
    scale: Scale,
    seeds: Vec<u64>,
    recipe: RunRecipe,
}

#[test]
fn accepted_runs_have_the_recipes_of_their_programs() {
    for exhibit in exhibits() {
        for scale in exhibit.description.scales.iter().map(|scale| scale.name) {
            let Ok(accepted) = Manifest::read(&exhibit.accepted_folder(scale)) else { continue };
            let mut printing = Command::new(program(&exhibit.name));
            printing.args(["--print-recipe", "--scale", scale.name()]);
            if let Some(arithmetic) = accepted.recipe.arithmetic {
                printing.args(["--arithmetic", &format!("{arithmetic:?}").to_lowercase()]);
            }
            let printed: Printed = serde_json::from_str(&stdout(&succeed(printing))).unwrap();
            let place = format!("{} at {scale} scale", exhibit.name);
            assert_eq!((&printed.artefact, printed.scale), (&exhibit.name, scale));
            assert_eq!(printed.seeds, accepted.seeds, "{place}");
            assert_eq!(printed.recipe, accepted.recipe, "{place}");
        }
    }
}

#[test]
fn help_says_what_a_scale_means() {
    let mut help = Command::new(program("fig2"));
    let help = stdout(&succeed({
        help.arg("--help");
        help
    }));
    for part in [
        "CIFAR-10, a quarter of the width, 1,172 to 14,064 steps; 2 seeds",
        "224 pixels",
        "'paper'",
    ] {
        assert!(help.contains(part), "{help}");
    }
}
