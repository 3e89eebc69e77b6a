//! The page: HTML that needs nothing but itself.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use record::manifest::Manifest;

use super::dashboard::{dashboard, drawing_id};
use super::explorer::{self, EXHIBIT};
use super::markdown;
use crate::block::Block;
use crate::claims::Claims;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = concat!(include_str!("scales.js"), include_str!("page.js"));
/// From the page to the repository's root.
pub(super) const ROOT: &str = "../";

/// A run's section.
#[derive(Clone, Debug)]
pub struct Section<'a> {
    /// What there is to say of the run.
    pub block: Block<'a>,
    /// Its picture, SVG of our own making; none if tables say it all.
    pub drawing: Option<String>,
}

/// What people have written, in Markdown.
#[derive(Clone, Copy, Debug)]
pub struct Texts<'a> {
    /// What was found, in a few sentences.
    pub findings: &'a str,
    /// What we do otherwise than the paper.
    pub deviations: &'a str,
}

/// The whole page; the explorer of a sweep follows the sweep.
pub fn page(
    claims: &Claims<'_>,
    sections: &[Section<'_>],
    explorer: Option<&Markup>,
    Texts { findings, deviations }: Texts<'_>,
) -> String {
    let title = "Batch Normalization, reproduced";
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head { (head(title)) }
            body {
                header {
                    h1 { (title) }
                    p {
                        "“Batch Normalization: Accelerating Deep Network Training by Reducing Internal Covariate Shift” "
                        "(S. Ioffe and C. Szegedy, 2015, arXiv 1502.03167), claim by claim and figure by figure. Every number of "
                        "ours comes from a CSV file that a program wrote. Every verdict comes from a rule. Each run says which "
                        "data, size and steps it had, and whether they were the paper's."
                    }
                    nav { (contents()) }
                }
                main {
                    (dashboard(findings, sections))
                    (all_claims(claims))
                    @for section in sections {
                        (of_run(section))
                        @if section.block.run.exhibit.name == EXHIBIT {
                            @if let Some(explorer) = explorer { (explorer) }
                        }
                    }
                    section id="deviations" { (markdown::html(deviations, ROOT)) }
                }
                script type="module" { (PreEscaped(SCRIPT)) @if explorer.is_some() { (PreEscaped(explorer::SCRIPT)) } }
            }
        }
    };
    page.into_string()
}

/// What a page's head begins with.
pub(super) fn head(title: &str) -> Markup {
    html! {
        meta charset="utf-8";
        meta name="viewport" content="width=device-width, initial-scale=1";
        title { (title) }
        style { (PreEscaped(STYLE)) }
    }
}

/// What the overview does not lead to.
fn contents() -> Markup {
    html! {
        ul {
            li { a href="#overview" { "At a glance" } }
            li { a href="#claims" { "All claims" } }
            li { a href="#explorer" { "Figure 1 at another setting" } }
            li { a href="#deviations" { "Deviations" } }
        }
    }
}

fn all_claims(claims: &Claims<'_>) -> Markup {
    html! {
        section id="claims" {
            h2 { "All claims" }
            (claims.counts().html("counts", ROOT))
            p { (claims.chance()) }
            (claims.table().html("cards", ROOT))
        }
    }
}

fn of_run(Section { block, drawing }: &Section<'_>) -> Markup {
    let folder = block.run.shown_folder();
    html! {
        section id=(block.id()) {
            h2 { (block.title()) }
            @if let Some(drawing) = drawing {
                figure { div.scroll { (PreEscaped(shared(drawing, block))) } }
            }
            (markdown::html(block.prose(), ROOT))
            @if block.run.is_of_default_scale() {
                (markdown::html(&block.run.exhibit.description.report, ROOT))
            }
            @if let Some(claims) = &block.claims { (claims.html("cards", ROOT)) }
            @for (title, table) in &block.tables {
                @if !title.is_empty() { h3 { (title) } }
                (table.html("numbers", ROOT))
            }
            p.provenance {
                (block.provenance().replace('`', "")) " " a href={ (ROOT) (folder) } { "The rows" } "."
            }
            (facts(&block.run.manifest))
        }
    }
}

/// The same, with a name by which the section's tile shows it, too.
fn shared(svg: &str, block: &Block<'_>) -> String {
    let element = inline(svg, &block.title());
    let group = format!(">\n<g id=\"{}\">", drawing_id(&block.id()));
    element.replacen('>', &group, 1).replace("</svg>", "</g></svg>")
}

/// The drawing as an element that scales, with a name for who does not see it.
pub(super) fn inline(svg: &str, title: &str) -> String {
    let start = svg.find("<svg").unwrap_or(0);
    let end = svg[start..].find("viewBox").map_or(start, |at| start + at);
    let name = html! { (title) }.into_string().replace('"', "&quot;");
    format!("<svg role=\"img\" aria-label=\"{name}\" {}", &svg[end..])
}

fn facts(manifest: &Manifest) -> Markup {
    let recipe = serde_json::to_string_pretty(&manifest.recipe).unwrap_or_default();
    let versions: Vec<String> =
        manifest.versions.iter().map(|(name, version)| format!("{name} {version}")).collect();
    let host = &manifest.host;
    html! {
        details {
            summary { "How it was made" }
            dl {
                dt { "scale" } dd { (manifest.scale) }
                dt { "seeds" } dd { (manifest.seeds.len()) }
                @for start in &manifest.starts {
                    dt { "started" }
                    dd {
                        (start.time) ", " code { (start.command) } ", commit "
                        code { (start.git_commit.as_deref().unwrap_or("unknown")) }
                        @if start.git_tree_clean == Some(false) { ", with changes" }
                    }
                }
                dt { "took" } dd { (format!("{:.0} s", manifest.wall_time_s)) ", pauses included" }
                dt { "machine" }
                dd { (host.processor) ", " (host.cores) " cores, " (host.jobs) " jobs, " (host.device) }
                dt { "versions" } dd { (versions.join(", ")) }
                @for (name, sum) in &manifest.data_sha256 {
                    dt { "data" } dd { (name) " " code { (sum) } }
                }
                @for amendment in &manifest.amendments {
                    dt { "corrected since" } dd { (amendment) }
                }
            }
            pre { (recipe) }
        }
    }
}
