//! Markdown as HTML that can do no harm: no raw HTML, no links but to pages.

use maud::{Markup, PreEscaped};
use pulldown_cmark::{CowStr, Event, Options, Parser, Tag};

/// Prose with tables, each in a box that scrolls; links from the repository's root get `root` before them.
pub fn html(text: &str, root: &str) -> Markup {
    let events =
        Parser::new_ext(text, Options::ENABLE_TABLES).filter_map(|event| safe(event, root));
    let mut out = String::new();
    pulldown_cmark::html::push_html(&mut out, events);
    let out = out
        .replace("<table>", "<div class=\"scroll\"><table>")
        .replace("</table>", "</table></div>");
    PreEscaped(out)
}

fn safe<'a>(mut event: Event<'a>, root: &str) -> Option<Event<'a>> {
    match &mut event {
        Event::Html(_) | Event::InlineHtml(_) => return None,
        Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
            *dest_url = target(dest_url.clone(), root);
        }
        _ => {}
    }
    Some(event)
}

/// A page of the web, a place of this page, or a file of the repository.
fn target<'a>(link: CowStr<'a>, root: &str) -> CowStr<'a> {
    let is_whole = ["https://", "http://", "#"].iter().any(|start| link.starts_with(start));
    match (is_whole, link.contains(':')) {
        (true, _) => link,
        (false, true) => "#".into(), // javascript: and the like
        (false, false) => format!("{root}{link}").into(),
    }
}
