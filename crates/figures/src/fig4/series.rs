//! What is shown, before it has a place.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;
use record::ensemble::{
    Crops, EACH, ERRORS_FILE, ErrorRow, GAINS_FILE, GainRow, MEMBERS_FILE, MemberRow,
};
use record::manifest::Manifest;
use record::reported::{self, Reported};
use record::run::Scale;
use record::table;

use crate::plot::{Curve, Intervals, Value};
use crate::style::{BLUE, Mark, NetworkLook, VERMILLION, with_thousands};

/// A finished run, and the paper's numbers.
#[derive(Debug)]
pub struct Table {
    /// The run's scale.
    pub scale: Scale,
    /// Who is who.
    pub members: Vec<MemberRow>,
    /// Errors of all subsets.
    pub errors: Vec<ErrorRow>,
    /// What is gained.
    pub gains: Vec<GainRow>,
    /// The paper's numbers.
    pub paper: Vec<Reported>,
    /// The run's recipe.
    pub manifest: Manifest,
}

/// A row of panel (a) or (b).
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Who.
    pub name: String,
    /// With how many crops.
    pub crops: String,
    /// Top-1 and top-5 error.
    pub errors: [Option<Value>; 2],
}

/// The rows of the paper's Figure 4.
const PUBLISHED: [&str; 7] = [
    "GoogLeNet ensemble",
    "Deep Image low-res",
    "Deep Image high-res",
    "Deep Image ensemble",
    "BN-Inception single crop",
    "BN-Inception multicrop",
    "BN-Inception ensemble",
];

impl Table {
    /// Reads a run's rows.
    ///
    /// # Errors
    /// Names the file that cannot be read.
    pub fn of_run(run: &Path, manifest: &Manifest) -> Result<Self> {
        Ok(Self {
            scale: manifest.scale,
            members: table::read(&run.join(MEMBERS_FILE))?,
            errors: table::read(&run.join(ERRORS_FILE))?,
            gains: table::read(&run.join(GAINS_FILE))?,
            paper: reported::all()?,
            manifest: manifest.clone(),
        })
    }

    /// `CIFAR-10, 10,000 pictures, 6 networks`, as far as the run says.
    pub fn words(&self) -> String {
        let setting = &self.manifest.recipe["setting"];
        let data = match setting["data"].as_str() {
            Some("Cifar10") => "CIFAR-10, ".to_owned(),
            _ => String::new(),
        };
        let images = self.errors.first().map_or(0, |row| row.images);
        let steps = setting["steps"].as_u64();
        let training = steps.map_or(String::new(), |steps| {
            format!(", each trained for {} steps", with_thousands(steps as f64))
        });
        let pictures = with_thousands(images as f64);
        let networks = self.members.len();
        format!("{data}{pictures} validation pictures, {networks} networks{training}")
    }

    /// The errors of a guess, in percent.
    pub fn chance(&self) -> Option<[f64; 2]> {
        let classes = self.manifest.recipe["setting"]["classes"].as_f64()?;
        Some([1.0, 5.0].map(|top| 100.0 * (1.0 - top / classes).max(0.0)))
    }

    /// Of each on average, if `models` is 1, or of all together.
    pub fn row(&self, models: usize, crops: Crops) -> Option<&ErrorRow> {
        let is_it = |row: &&ErrorRow| {
            let is_mean = row.networks == EACH;
            row.crops == crops && row.models == models && is_mean == (models == 1)
        };
        self.errors.iter().find(is_it)
    }

    /// One network, the best one and all, with one crop and with 144.
    pub fn ours(&self) -> Vec<Row> {
        let kinds = [Crops::One, Crops::OneHundredFortyFour];
        let all = self.members.len();
        let of = |name: &str, row: Option<&ErrorRow>| {
            let crops = row?.crops.name().to_owned();
            Some(Row { name: name.to_owned(), crops, errors: values(row?).map(Some) })
        };
        let one = kinds.map(|crops| of("one network", self.row(1, crops)));
        if all == 1 {
            return one.into_iter().flatten().collect();
        }
        let best = kinds.map(|crops| of("the best network", self.best(crops)));
        let together = kinds.map(|crops| of(&format!("{all} networks"), self.row(all, crops)));
        [one, best, together].into_iter().flatten().flatten().collect()
    }

    /// The member that errs least with so many crops.
    fn best(&self, crops: Crops) -> Option<&ErrorRow> {
        let is_alone = |row: &&ErrorRow| row.models == 1 && row.networks != EACH;
        let alone = self.errors.iter().filter(is_alone).filter(|row| row.crops == crops);
        alone.min_by(|a, b| a.top1_error.total_cmp(&b.top1_error))
    }

    /// The paper's rows.
    pub fn published(&self) -> Vec<Row> {
        let number = |network: &str, metric: &str| {
            let of = |row: &&Reported| row.network == network && row.metric == metric;
            self.paper.iter().find(of).map(|row| row.value.clone())
        };
        let error = |network: &str, metric: &str| {
            let mean = number(network, metric)?.parse().ok()?;
            Some(Value { mean, interval: None })
        };
        let row = |network: &str| Row {
            name: network.to_owned(),
            crops: number(network, "crops").unwrap_or_else(|| "–".to_owned()),
            errors: ["top-1 error", "top-5 error"].map(|metric| error(network, metric)),
        };
        PUBLISHED.map(row).to_vec()
    }

    /// Of one network and of all together.
    pub fn over_crops(&self) -> Vec<Curve> {
        let all = self.members.len();
        let line = |models: usize, name: String| {
            let of = |crops: &Crops| {
                let row = self.row(models, *crops)?;
                Some((f64::from(crops.count()), values(row)[0]))
            };
            let (means, maxima): (Vec<_>, Vec<_>) =
                Crops::ALL.into_iter().partition(|crops| *crops != Crops::GreatestOf144);
            Curve {
                name,
                look: look(models == 1),
                points: means.iter().filter_map(of).collect(),
                aside: maxima.iter().find_map(of),
                intervals: Intervals::Bars,
                has_marks: true,
            }
        };
        let mut lines = vec![line(1, "one network".to_owned())];
        if all > 1 {
            lines.push(line(all, format!("{all} networks")));
        }
        lines
    }

    /// With one crop and with 144: mean over subsets, and the best and the worst of them.
    pub fn over_networks(&self) -> Vec<Curve> {
        let line = |crops: Crops| {
            let mut by_size: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
            let of_subsets = |row: &&ErrorRow| row.crops == crops && row.networks != EACH;
            for row in self.errors.iter().filter(of_subsets) {
                by_size.entry(row.models).or_default().push(row.top1_error);
            }
            let point = |(size, errors): (usize, Vec<f64>)| {
                let mean = errors.iter().sum::<f64>() / errors.len() as f64;
                let range = record::statistics::extremes(errors.iter().copied());
                (size as f64, Value { mean, interval: Some(range) })
            };
            let name = match crops {
                Crops::One => "1 crop".to_owned(),
                _ => format!("{} crops", crops.name()),
            };
            Curve {
                name,
                look: look(crops == Crops::One),
                points: by_size.into_iter().map(point).collect(),
                aside: None,
                intervals: Intervals::Band,
                has_marks: true,
            }
        };
        let lines = [Crops::One, Crops::OneHundredFortyFour].map(line);
        lines.into_iter().filter(|line| line.points.len() > 1).collect()
    }
}

/// Of one network or one crop, or of many.
fn look(is_single: bool) -> NetworkLook {
    if is_single {
        NetworkLook { color: VERMILLION, width: 5, pattern: &[22, 12], mark: Mark::Square }
    } else {
        NetworkLook { color: BLUE, width: 5, pattern: &[], mark: Mark::Circle }
    }
}

/// Top-1 and top-5.
pub fn values(row: &ErrorRow) -> [Value; 2] {
    [
        Value { mean: row.top1_error, interval: Some((row.top1_low, row.top1_high)) },
        Value { mean: row.top5_error, interval: Some((row.top5_low, row.top5_high)) },
    ]
}
