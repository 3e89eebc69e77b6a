//! Everything, at smoke scale, as `make reproduce` does it.

use std::process::Command;

use record::claims::{self, POINTS_FILE, PointRow};
use record::manifest::Manifest;
use record::run::Scale;
use record::{repository, table};

#[test]
fn everything_runs_at_smoke_scale_and_measures_what_the_claims_ask_for() {
    let script = repository().join("scripts/reproduce");
    let output = Command::new(script).args(["--scale", "smoke"]).output().unwrap();
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{}{}", said(&output.stdout), said(&output.stderr));
    let smoke = repository().join("results/smoke");
    for run in ["fig1", "fig1-sensitivity", "fig2", "fig2-learning-rate", "table-ensemble"] {
        let manifest = Manifest::read(&smoke.join(run)).unwrap();
        manifest.check_outputs(&smoke.join(run)).unwrap();
        assert_eq!(manifest.scale, Scale::Smoke, "{run}");
    }
    let of_points = |claim: &claims::Claim| claim.run.starts_with("claim-"); // figures have rows of their own
    for claim in claims::all().unwrap().into_iter().filter(of_points) {
        let points: Vec<PointRow> = table::read(&smoke.join(&claim.run).join(POINTS_FILE)).unwrap();
        let hypothesis = &claim.hypothesis;
        let is_it = |row: &PointRow| row.metric == hypothesis.metric && row.series == hypothesis.of;
        assert!(
            points.iter().any(is_it),
            "{}: {} of {}",
            claim.run,
            hypothesis.metric,
            hypothesis.of
        );
    }
}
