//! What classes are called.

use std::fs;

use data::class_names::{of_folder, of_list};

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

#[test]
fn classes_have_the_words_of_the_list_beside_them() {
    let folder = tempfile::tempdir().unwrap();
    let classes = owned(&["n02012849", "n01440764", "cats"]);
    let names = of_folder(folder.path(), &classes).unwrap();
    assert_eq!(names, ["n02012849", "tench (n01440764)", "cats"], "Imagenette's, and no others");
    fs::write(folder.path().join("words.txt"), "n02012849\tcrane, bird\nn99999999\tnone\n")
        .unwrap();
    let names = of_folder(folder.path(), &classes).unwrap();
    assert_eq!(names, ["crane (n02012849)", "n01440764", "cats"]);
    fs::write(folder.path().join("words.txt"), [0xff]).unwrap();
    let message = format!("{:#}", of_folder(folder.path(), &classes).unwrap_err());
    assert!(message.contains("words.txt"), "{message}");
}

#[test]
fn a_list_has_a_line_for_each_class() {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("list.txt");
    fs::write(&list, "n01440764 tench, Tinca tinca\nbig cat\n\n").unwrap();
    assert_eq!(of_list(&list).unwrap(), ["tench (n01440764)", "big cat"]);
    assert!(of_list(&folder.path().join("none")).is_err());
}
