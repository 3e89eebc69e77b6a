//! A page of the runs that are not finished: how far they are, who works on what, curves so far. It shows rows as they are
//! written, and neither judges them nor lays them beside the paper's.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Result;
use exhibit::point::Point;
use exhibit::{Exhibit, PanelDescription};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use recipe::thousands;
use record::run::{JobSoFar, Unfinished, unfinished};

use super::page::{head, inline};
use crate::figure;
use crate::pages::write_text;

const FILE: &str = "unfinished.html";
const NO_RESULT: &str = "Unfinished: nothing here is a result. Numbers are of trainings under way, and nothing is judged by them.";
/// The same stays in view.
const BANNER: &str = ".unfinished { position: sticky; top: 0; padding: .75rem 1rem; font-weight: 600; \
                      color: #fff; background: #a63c00; }";
/// What is drawn, if it is there.
const WORDS: [&str; 2] = ["accuracy", "loss"];
/// Panels of a run at most.
const PANELS: usize = 8;

/// Writes `unfinished.html` under `to` from the unfinished runs; a browser loads it again every so many seconds.
///
/// # Errors
/// If rows cannot be read, or the page cannot be written.
pub fn write(exhibits: &[Exhibit], to: &Path, every: Option<u64>) -> Result<PathBuf> {
    let sections = unfinished()?.into_iter().map(|run| of_run(&run, exhibits));
    let sections = sections.collect::<Result<Vec<_>>>()?;
    let path = to.join(FILE);
    write_text(&path, &page(&sections, every))?;
    Ok(path)
}

fn page(sections: &[Markup], every: Option<u64>) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                (head("Unfinished runs"))
                @if let Some(seconds) = every { meta http-equiv="refresh" content=(seconds); }
                style { (PreEscaped(BANNER)) }
            }
            body {
                p.unfinished { (NO_RESULT) }
                h1 { "Unfinished runs" }
                @if sections.is_empty() { p { "There are none." } }
                @for section in sections { (section) }
            }
        }
    };
    page.into_string()
}

fn of_run(run: &Unfinished, exhibits: &[Exhibit]) -> Result<Markup> {
    let plan = &run.plan;
    let exhibit = exhibits.iter().find(|exhibit| exhibit.name == plan.artefact);
    let title = exhibit.map_or(plan.artefact.as_str(), |exhibit| &exhibit.description.title);
    let title = format!("Unfinished: {title}, {} scale", plan.scale);
    let drawing = drawing(run, exhibit)?;
    Ok(html! {
        section {
            h2 { (title) }
            p { (plan.recipe.words()) "; " (plan.seeds.len()) " seed(s). " (progress(run)) }
            div.scroll { (jobs(run)) }
            @if let Some(svg) = drawing {
                figure { div.scroll { (PreEscaped(inline(&svg, &title))) } }
            }
        }
    })
}

/// `Begun 2026-11-26 06:59 UTC; 1,200 of 30,000 steps by 07:05 UTC; about 2 h left, …`.
fn progress(run: &Unfinished) -> String {
    let minute = |time: &str| time.replace('T', " ").chars().take(16).collect::<String>();
    let begun = run.starts.first().map_or(String::new(), |start| minute(&start.time.to_string()));
    let (done, all) = run.steps();
    let left = run.left().map_or("time left unknown".to_owned(), |left| {
        format!("about {} left if it goes on so, pauses included", time(left))
    });
    format!(
        "Begun {begun} UTC; {} of {} steps at {} UTC; {left}; {} trainings not begun.",
        thousands(done),
        thousands(all),
        minute(&run.seen.to_string()),
        run.waiting()
    )
}

fn jobs(run: &Unfinished) -> Markup {
    html! {
        table.numbers {
            thead { tr { @for title in ["job", "steps", "newest row", "taken by"] { th { (title) } } } }
            tbody {
                @for job in &run.jobs {
                    tr {
                        td { (job.name) }
                        td { (steps(job)) }
                        td { (newest(job)) }
                        td { (job.worker.machine) ", " (job.worker.device) ", commit " (commit(job)) }
                    }
                }
            }
        }
    }
}

fn steps(job: &JobSoFar) -> String {
    match &job.recipe {
        Some(recipe) => format!("{} of {}", thousands(job.step()), thousands(recipe.steps)),
        None => "–".to_owned(),
    }
}

/// Whether a process is at it, only its locks know; the newest row says how long nothing was heard of it.
fn newest(job: &JobSoFar) -> String {
    match job.quiet {
        _ if job.is_done => "done".to_owned(),
        Some(quiet) => format!("{} ago", time(quiet)),
        None => "none yet".to_owned(),
    }
}

fn commit(job: &JobSoFar) -> String {
    job.worker.git_commit.as_deref().unwrap_or("unknown").chars().take(10).collect()
}

fn time(time: Duration) -> String {
    match time.as_secs() {
        s if s < 120 => format!("{s} s"),
        s if s < 7_200 => format!("{} min", s / 60),
        s if s < 172_800 => format!("{} h", s / 3_600),
        s => format!("{} days", s / 86_400),
    }
}

/// Curves of accuracies and losses so far; of other numbers where there are none.
fn drawing(run: &Unfinished, exhibit: Option<&Exhibit>) -> Result<Option<String>> {
    let points: Vec<Point> = run.jobs.iter().flat_map(points).collect();
    let metrics: BTreeSet<&str> = points.iter().map(|point| point.metric.as_str()).collect();
    let is_telling = |metric: &&str| WORDS.iter().any(|word| metric.contains(word));
    let telling: Vec<&str> = metrics.iter().copied().filter(is_telling).collect();
    let chosen = if telling.is_empty() { metrics.into_iter().collect() } else { telling };
    let panels: Vec<PanelDescription> = chosen.into_iter().take(PANELS).map(panel).collect();
    if panels.is_empty() {
        return Ok(None);
    }
    let roles = exhibit.map(|exhibit| exhibit.description.roles.clone()).unwrap_or_default();
    let (picture, _) = figure::of_points(&panels, &roles, &points, &[])?;
    picture.with_caption(&[NO_RESULT.to_owned()]).svg().map(Some)
}

fn points(job: &JobSoFar) -> impl Iterator<Item = Point> {
    let series = job.recipe.as_ref().map_or(&job.name, |recipe| &recipe.name);
    let finite = job.scalars.iter().filter(|scalar| scalar.value.is_finite());
    finite.map(move |it| Point::new(series, job.seed, &it.tag, it.step as f64, it.value))
}

fn panel(metric: &str) -> PanelDescription {
    PanelDescription {
        title: metric.replace('_', " "),
        metric: metric.to_owned(),
        percent: metric.contains("accuracy"),
        ..PanelDescription::default()
    }
}
