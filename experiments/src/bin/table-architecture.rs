//! Figure 5 (appendix): the architecture's table, from the network itself.
//!
//! ```sh
//! make table-architecture    a second: CSV, the table and figures/fig5.png
//! ```
//!
//! Expected: with 128-wide pool projections everywhere, as printed, 4c and 4d have 608 channels and 4e 1056, where the
//! paper prints 576 and 1024; 3c and 4e are printed with the grid before their stride; and no variant has the 13.6
//! million parameters that the text gives.

use std::collections::BTreeMap;
use std::process::ExitCode;

use anyhow::{Context, Result};
use bn_inception::architecture::{self, Stage};
use bn_inception::config::{Padding, PoolProjection, Stem};
use bn_inception::googlenet;
use bn_inception::plan::Pooling;
use bn_inception::{BnInception, BnInceptionConfig, Execution};
use exhibit::reported::{self, Reported};
use experiments::{Choice, Request, request};
use recipe::RunRecipe;
use record::fig5::{COUNTS_FILE, CountRow, STAGES_FILE, StageRow};
use record::table;
use tch::Device;

fn main() -> ExitCode {
    request::main(env!("CARGO_BIN_NAME"), recipe, table_architecture)
}

/// Nothing is trained.
fn recipe(_: &Choice) -> RunRecipe {
    let config = BnInceptionConfig::default();
    RunRecipe::default().with("classes", config.classes).with("image_side", config.image_side)
}

fn table_architecture(request: &mut Request) -> Result<()> {
    let work = request.open(BTreeMap::new())?;
    let printed = Printed::load()?;
    let stages: Vec<StageRow> = [PoolProjection::Printed128, PoolProjection::Consistent96]
        .into_iter()
        .map(|width| stage_rows(width, &printed))
        .collect::<Result<Vec<_>>>()?
        .concat();
    let counts = count_rows(&printed)?;
    work.finish(|stage| {
        table::write(&stage.join(STAGES_FILE), stages)?;
        table::write(&stage.join(COUNTS_FILE), counts)
    })
}

fn build(config: BnInceptionConfig) -> Result<BnInception> {
    Ok(BnInception::new(config, 0, Execution::on(Device::Cpu))?)
}

/// The stages of the network with this width of 4c's and 4d's projections.
fn stage_rows(width: PoolProjection, printed: &Printed) -> Result<Vec<StageRow>> {
    let network = build(BnInceptionConfig { pool_projection: width, ..Default::default() })?;
    let stages = architecture::stages(&network);
    let after = |i: usize| if i > 2 { "second" } else { "first" };
    let row = |(i, stage): (usize, &Stage)| {
        let name = match stage.name {
            "conv1" => "convolution 7x7/2".to_owned(),
            "conv2" => "convolution 3x3/1".to_owned(),
            "" if stage.output_grid == 1 => "avg pool 7x7/1".to_owned(),
            "" => format!("max pool 3x3/2 after the {} convolution", after(i)),
            name => name.to_owned(),
        };
        stage_row(width, name, stage, &network, printed)
    };
    Ok(stages.iter().enumerate().map(row).collect())
}

fn stage_row(
    width: PoolProjection,
    name: String,
    stage: &Stage,
    network: &BnInception,
    printed: &Printed,
) -> StageRow {
    let width_of = |path: &str| {
        let path = format!("{}/{path}", stage.name);
        let mut convolutions = network.plan().convolutions();
        convolutions.find(|convolution| convolution.name == path).map(|c| c.outputs as u32)
    };
    // The stem's second convolution has its reduction and itself where a module has its 3×3 branch.
    let stem = (stage.name == "conv2").then_some(stage.channels as u32);
    let row = StageRow {
        projection_of_4c_4d: match width {
            PoolProjection::Printed128 => 128,
            PoolProjection::Consistent96 => 96,
        },
        output_grid: stage.output_grid as u32,
        printed_grid: printed.number(&name, "output grid"),
        output_channels: stage.channels as u32,
        printed_channels: printed.number(&name, "output channels"),
        parameters: stage.parameters as u64,
        multiply_adds: stage.multiply_adds as u64,
        one_by_one: width_of("1x1"),
        three_reduce: width_of("3x3/reduce").or(width_of("reduce")),
        three: width_of("3x3").or(stem),
        double_reduce: width_of("double_3x3/reduce"),
        double: width_of("double_3x3/2"),
        pooling: stage.module.map_or("", |module| pooling(module.pooling)).to_owned(),
        projection: width_of("pool/projection"),
        stride: stride(stage),
        stage: name,
        contradiction: String::new(),
    };
    StageRow { contradiction: contradictions(&row, stage, printed).join("; "), ..row }
}

fn pooling(pooling: Pooling) -> &'static str {
    match pooling {
        Pooling::Average => "avg",
        Pooling::Maximum => "max",
    }
}

/// Global average pooling steps once, over the whole grid.
fn stride(stage: &Stage) -> u32 {
    if stage.output_grid == 1 { 1 } else { (stage.input_grid / stage.output_grid) as u32 }
}

/// Where the paper prints something else than the network makes.
fn contradictions(row: &StageRow, stage: &Stage, printed: &Printed) -> Vec<String> {
    let mut found = Vec::new();
    if let Some(grid) = row.printed_grid.filter(|grid| *grid != row.output_grid) {
        let is_input = i64::from(grid) == stage.input_grid;
        let why = if is_input { ", the grid before the stride" } else { "" };
        found.push(format!("printed grid {grid}×{grid}{why}"));
    }
    if let Some(channels) = row.printed_channels.filter(|channels| *channels != row.output_channels)
    {
        let sum = row.output_channels;
        found.push(format!("printed {channels} channels; the printed widths add up to {sum}"));
    }
    let projection = printed.projection(&row.stage);
    if let (Some(ours), Some(theirs)) =
        (row.projection, projection.filter(|p| Some(*p) != row.projection))
    {
        found.push(format!("printed projection {theirs}; the printed channels need {ours}"));
    }
    found
}

/// The variants whose sizes public implementations report.
fn count_rows(printed: &Printed) -> Result<Vec<CountRow>> {
    let as_printed = BnInceptionConfig::default();
    let consistent =
        BnInceptionConfig { pool_projection: PoolProjection::Consistent96, ..as_printed.clone() };
    let separable = BnInceptionConfig { stem: Stem::Separable, ..consistent.clone() };
    let slim =
        BnInceptionConfig { learn_gamma: false, padding: Padding::Same, ..separable.clone() };
    let row = |variant, config, biases| count_row(variant, config, biases, printed);
    Ok(vec![
        row("128-wide projections, full 7×7, biases kept before BN (Cadene)", &as_printed, true)?,
        row("128-wide projections, full 7×7", &as_printed, false)?,
        row("96-wide projections, full 7×7", &consistent, false)?,
        row("96-wide projections, separable 7×7", &separable, false)?,
        row("96-wide projections, separable 7×7, β without γ (tf-slim)", &slim, false)?,
    ])
}

fn count_row(
    variant: &str,
    config: &BnInceptionConfig,
    biases_before_bn: bool,
    printed: &Printed,
) -> Result<CountRow> {
    let network = build(config.clone())?;
    let convolutions = network.plan().convolutions();
    let biases = if biases_before_bn { convolutions.map(|c| c.outputs).sum() } else { 0 };
    let parameters = network.parameters().count() + biases;
    let multiply_adds: i64 =
        architecture::stages(&network).iter().map(|stage| stage.multiply_adds).sum();
    let theirs = googlenet::size();
    let more = |ours: i64, theirs: i64| ours as f64 / theirs as f64 - 1.0;
    Ok(CountRow {
        variant: variant.to_owned(),
        parameters: parameters as u64,
        multiply_adds: multiply_adds as u64,
        over_printed: parameters as f64 / printed.of_network("parameters")?,
        parameters_more_than_googlenet: more(parameters, theirs.parameters),
        parameters_more_than_googlenet_printed: printed
            .of_network("parameters more than GoogLeNet")?,
        multiply_adds_more_than_googlenet: more(multiply_adds, theirs.multiply_adds),
        multiply_adds_more_than_googlenet_printed: printed
            .of_network("computation more than GoogLeNet")?,
    })
}

/// What the paper prints about Figure 5.
struct Printed(Vec<Reported>);

impl Printed {
    fn load() -> Result<Self> {
        let rows = reported::all()?;
        Ok(Self(rows.into_iter().filter(|row| row.artefact == "fig5").collect()))
    }

    fn value(&self, stage: &str, metric: &str) -> Option<&str> {
        let is_it = |row: &&Reported| row.network == stage && row.metric == metric;
        self.0.iter().find(is_it).map(|row| row.value.as_str())
    }

    fn number(&self, stage: &str, metric: &str) -> Option<u32> {
        self.value(stage, metric).and_then(|value| value.parse().ok())
    }

    /// Width of the pool projection, of `avg + 128` or `max + 128`.
    fn projection(&self, stage: &str) -> Option<u32> {
        let text = self.value(stage, "pool + proj")?;
        text.split(" + ").nth(1)?.parse().ok()
    }

    fn of_network(&self, metric: &str) -> Result<f64> {
        let file = "paper/reported.csv";
        let text = self.value("BN-Inception", metric);
        let text = text.with_context(|| format!("{file} gives no '{metric}'"))?;
        text.parse().with_context(|| format!("{file}: '{metric}'"))
    }
}
