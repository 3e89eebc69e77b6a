//! What is written of all accepted runs: pictures, the pages of tables, README's generated parts and
//! `docs/CLAIMS.md`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use exhibit::reported;
use record::card::Card;
use record::file::write_atomically;
use record::table;
use serde::de::DeserializeOwned;

use crate::block::Block;
use crate::claims::{self, Claims};
use crate::{bench, fig5, figure, networks};
use exhibit::runs::ShownRun;

/// Draws a run as `stem.png` and `stem.svg`, or writes its tables as `stem.md`; returns the files.
///
/// # Errors
/// If its rows cannot be read, or a file cannot be written.
pub fn draw(run: &ShownRun, stem: &Path) -> Result<Vec<PathBuf>> {
    let page = stem.with_added_extension("md");
    let Some(picture) = figure::picture(run)? else {
        write_text(&page, &Block::of(run)?.page())?;
        return Ok(vec![page]);
    };
    let mut files = picture.save(stem)?.to_vec();
    if let Some(text) = fig5::page(run)? {
        write_text(&page, &text)?;
        files.push(page);
    }
    Ok(files)
}

/// Writes README's generated parts, `docs/CLAIMS.md` and a page for each network under `to`, from the README, the cards in
/// `networks/` and the timings in `results/bench/` under `from`; returns the files.
///
/// # Errors
/// If README has lost its markers, or a file cannot be read or written.
pub fn write(runs: &[ShownRun], from: &Path, to: &Path) -> Result<Vec<PathBuf>> {
    let name = "README.md";
    let readme =
        fs::read_to_string(from.join(name)).with_context(|| format!("cannot read {name}"))?;
    let cards = Card::all(&from.join("networks"))?;
    let readme =
        parts(runs, &cards, from)?.into_iter().try_fold(readme, |page, (part, text)| {
            spliced(&page, part, &text)
                .with_context(|| format!("{name}: '<!-- {part}: begin -->' or its end is missing"))
        })?;
    let pages = cards
        .iter()
        .filter_map(|(name, card)| Some((format!("networks/{name}.md"), card.markdown(name)?)));
    let claims = (claims::PAGE.to_owned(), Claims::of(runs).page(&reported::all()?));
    [(name.to_owned(), readme), claims]
        .into_iter()
        .chain(pages)
        .map(|(name, text)| {
            let path = to.join(name);
            write_text(&path, &text).map(|()| path)
        })
        .collect()
}

/// The page with `text` between its markers `<!-- name: begin … -->` and `<!-- name: end -->`; none if it has no
/// such markers.
pub fn spliced(page: &str, name: &str, text: &str) -> Option<String> {
    let (before, _, after) = around(page, name)?;
    Some(format!("{before}\n{text}\n{after}"))
}

/// What stands between these markers; none if there are none.
pub fn part<'a>(page: &'a str, name: &str) -> Option<&'a str> {
    around(page, name).map(|(_, part, _)| part)
}

/// The page up to the first marker's end, what stands between, and from the second marker on.
fn around<'a>(page: &'a str, name: &str) -> Option<(&'a str, &'a str, &'a str)> {
    let begin = page.find(&format!("<!-- {name}: begin"))?;
    let begin = begin + page[begin..].find("-->")? + "-->".len();
    let end = begin + page[begin..].find(&format!("<!-- {name}: end -->"))?;
    Some((&page[..begin], &page[begin..end], &page[end..]))
}

fn parts(
    runs: &[ShownRun],
    cards: &[(String, Card)],
    from: &Path,
) -> Result<Vec<(&'static str, String)>> {
    let blocks = runs.iter().map(|run| Ok(Block::of(run)?.markdown()));
    let blocks = blocks.collect::<Result<Vec<_>>>()?;
    let mut parts = vec![
        ("counts", Claims::of(runs).summary()),
        ("exhibits", format!("\n{}\n", blocks.join("\n\n"))),
    ];
    if !cards.is_empty() {
        parts.push(("networks", networks::table(cards).markdown("")));
    }
    let bench = from.join("results/bench");
    if let Some(rows) = rows(&bench.join("fig1.csv"))? {
        parts.push(("bench", bench::seconds(&rows)));
    }
    if let Some(rows) = rows(&bench.join("bn_inception.csv"))? {
        parts.push(("throughput", bench::throughput(&rows)));
    }
    Ok(parts)
}

fn rows<Row: DeserializeOwned>(path: &Path) -> Result<Option<Vec<Row>>> {
    path.exists().then(|| table::read(path)).transpose()
}

/// A file that would not change is not written.
pub(crate) fn write_text(path: &Path, text: &str) -> Result<()> {
    if fs::read(path).is_ok_and(|old| old == text.as_bytes()) {
        return Ok(());
    }
    write_atomically(path, |file| Ok(std::io::Write::write_all(file, text.as_bytes())?))
}
