//! Cards of networks: what is read of them, and what they say in words.

use std::collections::BTreeMap;
use std::fs;

use recipe::paper;
use record::card::{Card, Export, Names, Precision};
use record::manifest::Start;
use record::statistics::wilson;

pub fn card(export: Option<Export>) -> Card {
    let mut recipe = paper::inception().with_changes().with_network(|config| config.classes = 2);
    recipe.images.held_out_images = 500;
    Card {
        terms: Card::terms_of(recipe.images.data).to_owned(),
        recipe,
        seed: 3,
        classes: vec!["cat".to_owned(), "dog".to_owned()],
        test_accuracy: 0.5,
        made: Start::now(),
        export,
    }
}

pub fn export(names: Names) -> Export {
    Export {
        parameters: 1_234_567,
        names,
        precision: Precision::Half,
        bytes: 2_000_000,
        sha256: "abc".to_owned(),
        test_images: 10_000,
        right: 6_700,
        right_unrounded: 6_702,
        data_sha256: BTreeMap::new(),
        made: Start::now(),
    }
}

#[test]
fn wilsons_interval_is_that_of_the_textbook() {
    let is_near = |(a, b): (f64, f64), (c, d): (f64, f64)| (a - c).abs() + (b - d).abs() < 1e-4;
    assert!(is_near(wilson(8, 10), (0.4902, 0.9433)), "{:?}", wilson(8, 10)); // Newcombe 1998's way
    assert!(is_near(wilson(0, 20), (0.0, 0.1611)), "{:?}", wilson(0, 20));
    assert!(is_near(wilson(0, 0), (0.0, 1.0)));
}

#[test]
fn a_page_has_what_one_wants_to_know() {
    assert_eq!(card(None).markdown("x"), None, "it was not exported");
    let page = card(Some(export(Names::Own))).markdown("bn-x5").unwrap();
    for part in [
        "# bn-x5\n",
        "cat, dog",
        "67.0 % (66.1 to 67.9) of 10,000 test images, none of which was looked at before",
        "one seed (3)",
        "it is 67.02 %, with those of the file 67.00 %",
        "1,234,567 parameters",
        "SHA-256 `abc`",
        "half precision",
        "by the terms of the photographs",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(!page.contains("Cadene"), "{page}");
    let cadene = card(Some(export(Names::Cadene))).markdown("x").unwrap();
    assert!(cadene.contains("input_space = 'RGB'"), "its pictures are not Cadene's: {cadene}");
}

#[test]
fn cards_are_read_with_and_without_an_export() {
    let folder = tempfile::tempdir().unwrap();
    for card in [card(None), card(Some(export(Names::Cadene)))] {
        let weights = folder.path().join("a.b.safetensors");
        fs::write(&weights, "").unwrap();
        card.write_beside(&weights).unwrap();
        assert_eq!(Card::all(folder.path()).unwrap(), [("a.b".to_owned(), card)]);
    }
    assert!(Card::all(&folder.path().join("none")).unwrap().is_empty());
}

#[test]
fn names_of_files_are_plain() {
    for (name, file) in [
        ("BN-x30, initial weights ×1.41, Dropout 10 %", "bn-x30-initial-weights-1.41-dropout-10"),
        ("BN-x5 in 1/2", "bn-x5-in-1-2"),
        ("../ /", ".."),
    ] {
        assert_eq!(Card::file_name(name), file);
    }
}
