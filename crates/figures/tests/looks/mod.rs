//! Colours belong to roles.

use std::collections::BTreeMap;

use ab_glyph::{Font, FontRef};
use exhibit::{Exhibit, Role};
use figures::look::{BLUE, Look, Looks, NEUTRAL, VERMILLION, of_role};
use recipe::SingleNetwork;

fn figure_2() -> [Role; 7] {
    SingleNetwork::ALL.map(Role::Row)
}

fn differ(looks: &[Look]) {
    for (i, look) in looks.iter().enumerate() {
        for other in &looks[i + 1..] {
            assert_ne!(look.pattern, other.pattern, "dashes");
            assert_ne!(look.mark, other.mark, "marks");
        }
    }
}

#[test]
fn all_that_stand_in_one_picture_differ_without_colour() {
    differ(&figure_2().map(of_role));
    differ(&[Role::WithBn, Role::WithoutBn].map(of_role));
    differ(&NEUTRAL);
    let roles = figure_2().into_iter().chain([Role::WithBn, Role::WithoutBn]).map(of_role);
    for role in roles {
        assert!(NEUTRAL.iter().all(|look| look.pattern != role.pattern), "{role:?}");
    }
}

#[test]
fn blue_is_with_bn_and_vermillion_without() {
    let of_color = |color| {
        let roles = figure_2().into_iter().chain([Role::WithBn, Role::WithoutBn]);
        roles.filter(|role| of_role(*role).color == color).collect::<Vec<_>>()
    };
    assert_eq!(of_color(BLUE), [Role::Row(SingleNetwork::BnX5), Role::WithBn]);
    assert_eq!(of_color(VERMILLION), [Role::Row(SingleNetwork::InceptionX5), Role::WithoutBn]);
    assert!(NEUTRAL.iter().all(|look| look.color != BLUE && look.color != VERMILLION));
}

#[test]
fn series_without_a_role_take_colours_that_no_role_of_the_picture_has() {
    let roles: BTreeMap<String, Role> = [
        ("with".to_owned(), Role::WithBn),
        ("base".to_owned(), Role::Row(SingleNetwork::BnBaseline)),
    ]
    .into();
    let looks = Looks::of(&roles, ["x", "with", "base", "y", "x"].into_iter());
    assert_eq!(looks.get("with"), of_role(Role::WithBn));
    assert_ne!(looks.get("x").color, of_role(Role::Row(SingleNetwork::BnBaseline)).color);
    differ(&[looks.get("x"), looks.get("y")]);
}

/// "With BN" and "without" in a series' name are no proof, but a committed description that gives them the other
/// colour is wrong.
#[test]
fn no_description_gives_the_colour_of_bn_to_a_network_without() {
    for exhibit in Exhibit::all().unwrap() {
        for (series, role) in &exhibit.description.roles {
            let color = of_role(*role).color;
            let (name, lower) = (&exhibit.name, series.to_lowercase());
            assert!(color != BLUE || !lower.contains("without"), "{name}: {series}");
            assert!(color != VERMILLION || !lower.contains("with bn"), "{name}: {series}");
        }
    }
}

/// A character that the font lacks is drawn as an empty box.
#[test]
fn every_character_of_a_picture_has_a_glyph() {
    let font = FontRef::try_from_slice(epaint_default_fonts::UBUNTU_LIGHT).unwrap();
    for Exhibit { name, description } in Exhibit::all().unwrap() {
        let of_panels = description.panels.iter().flat_map(|panel| {
            let rows = panel.rows.iter().map(|row| row.name.clone());
            let series = panel.series.iter().cloned();
            rows.chain(series).chain([panel.title.clone()]).chain(panel.label.clone())
        });
        let texts = of_panels.chain(description.roles.keys().cloned()).chain([description.caption]);
        let is_missing = |c: &char| !c.is_control() && font.glyph_id(*c).0 == 0;
        let missing: String =
            texts.flat_map(|text| text.chars().collect::<Vec<_>>()).filter(is_missing).collect();
        assert!(missing.is_empty(), "{name}: no glyph of {missing}");
    }
}
