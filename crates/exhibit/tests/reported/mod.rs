use exhibit::reported::{self, Reported};

#[test]
fn the_papers_numbers_are_there() {
    let reported = reported::all().unwrap();
    let value = |artefact: &str, network: &str, metric: &str| {
        let same = |row: &&Reported| {
            (row.artefact.as_str(), row.network.as_str(), row.metric.as_str())
                == (artefact, network, metric)
        };
        reported.iter().find(same).unwrap().value.clone()
    };
    assert_eq!(value("table-single", "BN-x30", "maximum accuracy"), "0.748");
    assert_eq!(value("table-single", "BN-x5-Sigmoid", "steps to 72.2 %"), "never");
    assert_eq!(value("table-ensemble", "BN-Inception ensemble", "top-5 error"), "0.049");
    assert_eq!(value("fig5", "4e", "double 3x3"), "256");
    assert!(reported.iter().all(|row| !row.section.is_empty()));
    for artefact in ["fig1", "fig2", "table-single", "table-ensemble", "fig5"] {
        assert!(reported.iter().any(|row| row.artefact == artefact), "{artefact}");
    }
}
