//! Generated parts of hand-written pages, between markers.

/// The page with `text` between its markers `<!-- name: begin … -->` and `<!-- name: end -->`; none if it has no
/// such markers.
pub fn spliced(page: &str, name: &str, text: &str) -> Option<String> {
    let (before, rest) = page.split_once(&format!("<!-- {name}: begin"))?;
    let (note, rest) = rest.split_once("-->")?;
    let end = format!("<!-- {name}: end -->");
    let (_, after) = rest.split_once(&end)?;
    Some(format!("{before}<!-- {name}: begin{note}-->\n{text}\n{end}{after}"))
}
