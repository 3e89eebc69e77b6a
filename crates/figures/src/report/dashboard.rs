//! What one sees first: what surprises, each figure small, and what its claims come to.

use exhibit::judge::{Finding, Verdict};
use maud::{Markup, html};

use super::markdown;
use super::page::{ROOT, Section};
use crate::block::tone;
use crate::claims::VERDICTS;

/// The section before all others, with these findings in Markdown.
pub fn dashboard(findings: &str, sections: &[Section<'_>]) -> Markup {
    html! {
        section id="overview" {
            h2 { "At a glance" }
            (markdown::html(findings, ROOT))
            ul.tiles { @for section in sections { li { (tile(section)) } } }
        }
    }
}

fn tile(Section { block, drawing }: &Section<'_>) -> Markup {
    let id = block.id();
    html! {
        a href={ "#" (id) } {
            @if let Some(view) = drawing.as_deref().and_then(view_box) {
                svg viewBox=(view) aria-hidden="true" { use href={ "#" (drawing_id(&id)) } {} }
            }
            span { (block.title()) }
        }
        (verdicts(&block.run.findings))
    }
}

fn verdicts(findings: &[Finding]) -> Markup {
    let count = |verdict: Verdict| findings.iter().filter(|it| it.verdict == verdict).count();
    let counts = VERDICTS.map(|verdict| (verdict, count(verdict)));
    html! {
        p {
            @for (verdict, count) in counts.into_iter().filter(|(_, count)| *count > 0) {
                span class=(tone(verdict).class()) { (tone(verdict).sign()) " " (count) " " (verdict) } " "
            }
        }
    }
}

/// What a section's drawing is called, so that its tile shows the same.
pub fn drawing_id(section: &str) -> String {
    format!("drawing-{section}")
}

fn view_box(svg: &str) -> Option<&str> {
    let (_, rest) = svg.split_once("viewBox=\"")?;
    rest.split_once('"').map(|(view, _)| view)
}
