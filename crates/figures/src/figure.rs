//! A figure: the panels of a description, two in a row, three where there are just three.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use exhibit::point::Point;
use exhibit::{PanelDescription, PanelKind, Role, RowKind};

use crate::fig5;
use crate::look::{Looks, TITLE_SIZE};
use crate::panel;
use crate::panel::content::{Content, Material, Room, series};
use crate::picture::{Picture, WIDTH};
use crate::shapes::{Rect, Shape, text_from};
use exhibit::runs::ShownRun;

/// Height of a panel's title.
const TITLE: i32 = 74;
/// Between panels beside each other, and between rows of them.
const GUTTER: i32 = 24;
const ROW_GAP: i32 = 28;

/// The picture of a run; none if tables say it all.
///
/// # Errors
/// If its rows cannot be read.
pub fn picture(run: &ShownRun) -> Result<Option<Picture>> {
    let picture = match run.exhibit.description.rows {
        _ if !run.has_picture() => return Ok(None),
        RowKind::Architecture => fig5::picture(&run.folder, &run.scale_words()),
        _ => of_panels(run),
    };
    picture.map(Some).with_context(|| format!("cannot draw {}", run.shown_folder()))
}

fn of_panels(run: &ShownRun) -> Result<Picture> {
    let description = &run.exhibit.description;
    let (points, paper) = (&run.points, &run.paper);
    let mut panels = description.panels.clone();
    if !run.is_of_default_scale() {
        let curves = panels.iter_mut().filter(|panel| panel.kind == PanelKind::Curves);
        curves.for_each(|panel| panel.range = None); // other data end elsewhere
    }
    let (picture, contents) = of_points(&panels, &description.roles, points, paper)?;
    let caption = caption(run, &contents);
    Ok(picture.with_caption(&caption))
}

/// The panels of some points, without a caption, and what is in them.
///
/// # Errors
/// If polars refuses the points, which would be a bug.
pub fn of_points(
    panels: &[PanelDescription],
    roles: &BTreeMap<String, Role>,
    points: &[Point],
    paper: &[Point],
) -> Result<(Picture, Vec<Box<dyn Content>>)> {
    let names: Vec<String> = panels.iter().flat_map(|panel| series(panel, points)).collect();
    let looks = Looks::of(roles, names.iter().map(String::as_str));
    let material = Material { points, paper, looks: &looks };
    let contents = panels.iter().map(|panel| panel::of(panel, material));
    let mut contents: Vec<Box<dyn Content>> = contents.collect::<Result<_>>()?;
    share_axes(panels, &mut contents);
    let mut picture = Picture { height: 16, shapes: Vec::new() };
    for row in rows(panels) {
        add_row(&mut picture, panels, &contents, &row);
    }
    Ok((picture, contents))
}

/// Bands of the same range have the same axis, as wide as any of them needs.
fn share_axes(panels: &[PanelDescription], contents: &mut [Box<dyn Content>]) {
    let extents: Vec<Option<(f64, f64)>> =
        contents.iter().map(|content| content.extent()).collect();
    for (panel, content) in panels.iter().zip(contents) {
        let alike = panels.iter().zip(&extents).filter(|(other, _)| other.range == panel.range);
        let alike = alike.filter_map(|(_, extent)| *extent);
        let shared = alike.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
        shared.filter(|_| content.extent().is_some()).into_iter().for_each(|s| content.widen(s));
    }
}

/// Which panels stand beside each other.
pub fn rows(panels: &[PanelDescription]) -> Vec<Vec<usize>> {
    let columns = if panels.len() == 3 && panels.iter().all(|panel| !panel.wide) { 3 } else { 2 };
    let mut rows: Vec<Vec<usize>> = Vec::new();
    for (index, panel) in panels.iter().enumerate() {
        let has_room = |row: &&mut Vec<usize>| {
            row.len() < columns && !panel.wide && !row.iter().any(|other| panels[*other].wide)
        };
        match rows.last_mut().filter(has_room) {
            Some(row) => row.push(index),
            None => rows.push(vec![index]),
        }
    }
    rows
}

fn add_row(
    picture: &mut Picture,
    panels: &[PanelDescription],
    contents: &[Box<dyn Content>],
    row: &[usize],
) {
    let is_alone = panels.len() == 1 || panels[row[0]].wide;
    let columns = if is_alone { 1 } else { row.len().max(2) as i32 };
    let width = (WIDTH - GUTTER * (columns + 1)) / columns;
    let of_row = || row.iter().map(|index| &contents[*index]);
    let legend = of_row().map(|content| content.legend_height(width)).max().unwrap_or(0);
    let height = of_row().map(|content| content.height(columns)).max().unwrap_or(0) + legend;
    for (column, index) in (0..).zip(row) {
        let corner = (GUTTER + column * (width + GUTTER), picture.height + TITLE);
        let room = Room { rect: Rect::new(corner, (width, height)), legend };
        picture.shapes.push(title(panels, *index, corner));
        picture.shapes.extend(contents[*index].shapes(room));
    }
    picture.height += TITLE + height + ROW_GAP;
}

/// `(a) test accuracy`; a panel by itself has no letter.
fn title(panels: &[PanelDescription], index: usize, (left, top): (i32, i32)) -> Shape {
    let letter = char::from(b'a' + index as u8);
    let title = &panels[index].title;
    let text = if panels.len() == 1 { title.clone() } else { format!("({letter}) {title}") };
    text_from(text, (left + 10, top - TITLE / 2), TITLE_SIZE)
}

/// Scale, how to read the panels, and what the description adds.
fn caption(run: &ShownRun, contents: &[Box<dyn Content>]) -> Vec<String> {
    let words = run.scale_words();
    let mut letters = words.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    let mut sentences = vec![format!("{first}{}.", letters.as_str())];
    sentences.extend(readings(contents));
    let own = run.exhibit.description.caption.split_whitespace().collect::<Vec<_>>().join(" ");
    sentences.extend(Some(own).filter(|own| !own.is_empty()));
    sentences
}

/// How to read the panels; what is not said of all of them has their letters.
fn readings(contents: &[Box<dyn Content>]) -> Vec<String> {
    let mut readings: Vec<(String, Vec<String>)> = Vec::new();
    for (letter, content) in ('a'..).zip(contents) {
        for sentence in content.reading() {
            match readings.iter_mut().find(|(other, _)| *other == sentence) {
                Some((_, letters)) => letters.push(letter.to_string()),
                None => readings.push((sentence, vec![letter.to_string()])),
            }
        }
    }
    let of_same_panels = readings.chunk_by(|(_, a), (_, b)| a == b);
    let shown = |readings: &[(String, Vec<String>)]| {
        let sentences: Vec<&str> = readings.iter().map(|(text, _)| text.as_str()).collect();
        let (letters, text) = (&readings[0].1, sentences.join(" "));
        let is_of_all = letters.len() == contents.len();
        if is_of_all { text } else { format!("({}) {text}", letters.join(", ")) }
    };
    of_same_panels.map(shown).collect()
}
