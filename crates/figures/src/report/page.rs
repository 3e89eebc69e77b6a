//! The page: HTML that needs nothing but itself.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use pulldown_cmark::{Options, Parser};
use record::manifest::Manifest;
use record::statistics::Verdict;

use super::parts::Part;
use crate::verdicts::{Row, counted};

const STYLE: &str = include_str!("style.css");

/// The whole page.
pub fn page(rows: &[Row], parts: &[Part], deviations: &str) -> String {
    let title = "Batch Normalization, reproduced";
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header {
                    h1 { (title) }
                    p {
                        "“Batch Normalization: Accelerating Deep Network Training by Reducing Internal Covariate Shift” "
                        "(S. Ioffe and C. Szegedy, 2015, arXiv 1502.03167), claim by claim and figure by figure. Every number of ours "
                        "comes from a CSV file that a program wrote; every verdict from a rule. Unless it says “full”, a run is at a "
                        "smaller scale than the paper's, and so is its verdict."
                    }
                    nav { (contents(parts)) }
                }
                main {
                    (claims(rows, parts))
                    @for part in parts { (section(part)) }
                    section id="deviations" { (markdown(deviations)) }
                }
            }
        }
    };
    page.into_string()
}

fn contents(parts: &[Part]) -> Markup {
    html! {
        ul {
            li { a href="#claims" { "All claims" } }
            @for part in parts {
                li { a href={ "#" (part.id()) } { (part.title) } }
            }
            li { a href="#deviations" { "Deviations" } }
        }
    }
}

fn claims(rows: &[Row], parts: &[Part]) -> Markup {
    html! {
        section id="claims" {
            h2 { "All claims" }
            (markdown(&counted(rows)))
            div.scroll {
                table.claims {
                    thead {
                        tr {
                            @for name in ["section", "claim", "paper", "ours (95 % interval, n)", "verdict", "scale"] {
                                th scope="col" { (name) }
                            }
                        }
                    }
                    tbody { @for row in rows { (claim(row, parts)) } }
                }
            }
        }
    }
}

fn claim(row: &Row, parts: &[Part]) -> Markup {
    let (class, sign) = look(row.verdict);
    let link = parts.iter().find(|part| part.run == row.run).map_or(String::new(), Part::id);
    html! {
        tr {
            td data-label="section" { (row.section) }
            td data-label="claim" { (row.claim) }
            td data-label="paper" { (row.paper) }
            td data-label="ours" title={ "reproduced if: " (row.rule) } { (row.ours) }
            td.(class) data-label="verdict" title={ "reproduced if: " (row.rule) } { (sign) " " (row.verdict) }
            td data-label="scale" { a href={ "#" (link) } { (row.scale) } }
        }
    }
}

/// Class and sign of a verdict: colour is never alone.
fn look(verdict: Verdict) -> (&'static str, &'static str) {
    match verdict {
        Verdict::Reproduced => ("yes", "✓"),
        Verdict::NotReproduced => ("no", "✗"),
        Verdict::Undecided => ("open", "?"),
    }
}

fn section(part: &Part) -> Markup {
    html! {
        section id=(part.id()) {
            h2 { (part.title) }
            @if let Some(figure) = &part.figure {
                figure { div.scroll { (PreEscaped(inline(figure, part.title))) } }
            }
            (markdown(&part.tables))
            p { "Made by " code { (part.command) } "; rows in " a href={ "../" (part.run) } { code { (part.run) } } "." }
            (facts(&part.manifest))
        }
    }
}

/// The drawing as an element that scales, with a name for who does not see it.
fn inline(svg: &str, title: &str) -> String {
    let start = svg.find("<svg").unwrap_or(0);
    let end = svg[start..].find("viewBox").map_or(start, |at| start + at);
    let name = title.replace('"', "&quot;");
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
            }
            pre { (recipe) }
        }
    }
}

/// Markdown with tables, each in a box that scrolls.
fn markdown(text: &str) -> Markup {
    let mut out = String::new();
    pulldown_cmark::html::push_html(&mut out, Parser::new_ext(text, Options::ENABLE_TABLES));
    let out = out
        .replace("<table>", "<div class=\"scroll\"><table>")
        .replace("</table>", "</table></div>");
    html! { (PreEscaped(out)) }
}
