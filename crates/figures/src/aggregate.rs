//! The one way from points of seeds to numbers over seeds.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use exhibit::judge::Ours;
use exhibit::point::{Known, Point};
use exhibit::spread::Spread;
use polars::prelude::*;
use record::statistics::distinct;

/// A metric of a series at one x, over seeds.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// The series.
    pub series: String,
    /// The metric.
    pub metric: String,
    /// Where.
    pub x: f64,
    /// Seeds.
    pub n: usize,
    /// Seeds of which only a bound is known.
    pub censored: usize,
    /// The loosest bound, if there is one.
    pub bound: Option<Known>,
    /// Mean and interval (Student's t, or the number's own) of what is known.
    pub mean: Option<Spread>,
    /// The same on the logarithmic scale; none if a number is not positive.
    pub geometric: Option<Spread>,
    /// Median of what is known.
    pub median: f64,
    /// Its smallest.
    pub min: f64,
    /// Its largest.
    pub max: f64,
}

impl Summary {
    /// Mean and interval; of ratios, and of numbers on a logarithmic axis, those on the logarithmic scale. Seeds that
    /// agree, but for rounding, have no interval.
    pub fn spread(&self, is_geometric: bool) -> Option<Spread> {
        let spread = if is_geometric { self.geometric.or(self.mean) } else { self.mean }?;
        let width = spread.interval.map_or(0.0, |(low, high)| high - low);
        let is_rounding = width <= 1e-9 * spread.mean.abs();
        Some(if is_rounding { spread.without_interval() } else { spread })
    }

    /// As the judge's number, which has a format.
    pub fn ours(&self, is_geometric: bool) -> Ours {
        let known = self.mean.map(|spread| Known::Exactly(spread.mean));
        let exactly = known.into_iter().cycle().take(self.n - self.censored);
        let values = exactly.chain(self.bound.into_iter().cycle().take(self.censored));
        Ours { values: values.collect(), spread: self.spread(is_geometric), facts: Vec::new() }
    }
}

/// Every series, metric and x of some points, by x, and of one x in the order of the points.
///
/// # Errors
/// If polars refuses the points, which would be a bug.
pub fn over_seeds<'a>(points: impl Iterator<Item = &'a Point>) -> Result<Vec<Summary>> {
    let by = [col("series"), col("metric"), col("x")];
    let in_order = SortMultipleOptions::default().with_maintain_order(true);
    let points: Vec<&Point> = points.collect();
    let table = frame(&points)?.lazy().group_by_stable(by).agg(numbers()).sort(["x"], in_order);
    summaries(&table.collect()?)
}

fn frame(points: &[&Point]) -> Result<DataFrame> {
    let number =
        |of: fn(&Point) -> Option<f64>| points.iter().map(|point| of(point)).collect::<Vec<_>>();
    Ok(df!(
        "series" => points.iter().map(|point| point.series.as_str()).collect::<Vec<_>>(),
        "metric" => points.iter().map(|point| point.metric.as_str()).collect::<Vec<_>>(),
        "x" => points.iter().map(|point| point.x).collect::<Vec<_>>(),
        "value" => number(|point| point.value.exact()),
        "log" => number(|point| point.value.exact().filter(|value| *value > 0.0).map(f64::ln)),
        "above" => number(|point| match point.value {
            Known::Above(bound) => Some(bound),
            _ => None,
        }),
        "below" => number(|point| match point.value {
            Known::Below(bound) => Some(bound),
            _ => None,
        }),
        "low" => number(|point| point.interval.map(|(low, _)| low)),
        "high" => number(|point| point.interval.map(|(_, high)| high)),
    )?)
}

fn numbers() -> Vec<Expr> {
    let (value, log) = (|| col("value"), || col("log"));
    vec![
        len().alias("n"),
        value().count().alias("known"),
        value().mean().alias("mean"),
        value().std(1).alias("deviation"),
        value().median().alias("median"),
        value().min().alias("min"),
        value().max().alias("max"),
        log().count().alias("positive"),
        log().mean().alias("log mean"),
        log().std(1).alias("log deviation"),
        col("above").min(),
        col("below").max(),
        col("low").first(),
        col("high").first(),
    ]
}

fn summaries(table: &DataFrame) -> Result<Vec<Summary>> {
    let texts = |name: &str| -> Result<Vec<String>> {
        let column = table.column(name)?.str()?;
        Ok(column.iter().map(|text| text.unwrap_or_default().to_owned()).collect())
    };
    let numbers = |name: &str| -> Result<Vec<Option<f64>>> {
        let column = table.column(name)?.cast(&DataType::Float64)?;
        Ok(column.f64()?.iter().collect())
    };
    let (series, metrics) = (texts("series")?, texts("metric")?);
    let names = table.get_column_names().into_iter().map(PlSmallStr::as_str);
    let names = names.filter(|name| !["series", "metric"].contains(name));
    let columns = names.map(|name| Ok((name, numbers(name)?)));
    let columns = columns.collect::<Result<BTreeMap<_, _>>>()?;
    let summary =
        |row: usize| summary(series[row].clone(), metrics[row].clone(), |name| columns[name][row]);
    Ok((0..table.height()).map(summary).collect())
}

fn summary(series: String, metric: String, number: impl Fn(&str) -> Option<f64>) -> Summary {
    let count = |name: &str| number(name).unwrap_or(0.0) as usize;
    let own = number("low").zip(number("high"));
    let (known, n) = (count("known"), count("n"));
    let spread = |mean: Option<f64>, deviation: &str, by_ratio: bool| {
        let deviation = number(deviation).unwrap_or(0.0);
        mean.map(|mean| Spread::of_moments(mean, deviation, known, by_ratio))
    };
    let with_own = |mean: f64| own.map(|interval| Spread::with_interval(mean, interval));
    let mean = number("mean");
    let all_positive = known > 0 && count("positive") == known && own.is_none();
    let log_mean = number("log mean").filter(|_| all_positive);
    let bound = number("above").map(Known::Above).or(number("below").map(Known::Below));
    let or_none = |name: &str| number(name).unwrap_or(f64::NAN);
    Summary {
        series,
        metric,
        x: or_none("x"),
        n,
        censored: n - known,
        bound,
        mean: mean.and_then(with_own).or_else(|| spread(mean, "deviation", false)),
        geometric: spread(log_mean, "log deviation", true),
        median: or_none("median"),
        min: or_none("min"),
        max: or_none("max"),
    }
}

/// The number of a series at the last x that has the metric.
///
/// # Errors
/// Those of [`over_seeds`].
pub fn last(points: &[Point], series: &str, metric: &str) -> Result<Option<Summary>> {
    let is_it = |point: &&Point| point.series == series && point.metric == metric;
    Ok(over_seeds(points.iter().filter(is_it))?.pop())
}

/// The series that have one of these metrics, in the order of the points.
pub fn series_with(points: &[Point], has: impl Fn(&str) -> bool) -> Vec<String> {
    let with = points.iter().filter(|point| has(&point.metric));
    distinct(with.map(|point| &point.series)).into_iter().cloned().collect()
}

/// The points of each series' middle seed.
pub fn of_middle_seeds(points: Vec<Point>) -> Vec<Point> {
    let mut seeds: BTreeMap<String, BTreeSet<u64>> = BTreeMap::new();
    for point in &points {
        seeds.entry(point.series.clone()).or_default().insert(point.seed);
    }
    let middle = |own: &BTreeSet<u64>| own.iter().nth(own.len() / 2).copied();
    let is_its = |point: &Point| middle(&seeds[&point.series]) == Some(point.seed);
    points.into_iter().filter(is_its).collect()
}
