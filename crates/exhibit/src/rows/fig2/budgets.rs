//! Trainings over budgets of steps: what each network comes to, and the smallest budget that gets as far as Inception.

use std::collections::BTreeMap;

use recipe::{Budget, Part, SingleNetwork};
use record::fig2::{CurveRow, Outcome, OutcomeRow};

use super::Single;
use super::single::is_trained;
use crate::point::{Known, Point};

/// Steps and test accuracy of a network's trainings of one seed, the shortest first; without those that diverged.
type Trained = Vec<(f64, f64)>;

/// A network and a seed.
type Whose = (SingleNetwork, u64);

/// Whether a run has trainings over parts of the steps.
pub fn has_budgets(outcomes: &[OutcomeRow]) -> bool {
    let mut budgets = outcomes.iter().filter_map(|row| Budget::with_name(&row.network));
    budgets.any(|budget| budget.part != Part::OneIn(1))
}

/// Every network of every seed, over no more than all of the steps.
pub fn singles(outcomes: &[OutcomeRow], chance: Option<f64>) -> Vec<Single> {
    let trained = trained(outcomes, |part| part != Part::Twice);
    let single = |(&(network, seed), own): (&Whose, &Trained)| {
        let inception = trained.get(&(SingleNetwork::Inception, seed)).and_then(|own| own.last());
        let target = inception.filter(|(_, accuracy)| is_trained(*accuracy, chance));
        let steps = target.map(|(steps, target)| match network {
            SingleNetwork::Inception => Known::Exactly(*steps),
            _ => steps_to(*target, own),
        });
        let accuracy = own.last().map_or(f64::NAN, |(_, accuracy)| *accuracy);
        Single {
            network: network.name().to_owned(),
            seed,
            accuracy,
            gain: inception.map(|(_, inception)| accuracy - inception),
            steps,
            target: target.map(|(_, accuracy)| *accuracy),
            speed_up: target.zip(steps).and_then(|((whole, _), s)| Known::Exactly(*whole).over(s)),
            diverged: diverged(outcomes, network, seed),
        }
    };
    trained.iter().map(single).collect()
}

fn trained(outcomes: &[OutcomeRow], counts: impl Fn(Part) -> bool) -> BTreeMap<Whose, Trained> {
    let mut all: BTreeMap<Whose, Trained> = BTreeMap::new();
    for row in outcomes {
        let budget = Budget::with_name(&row.network).filter(|budget| counts(budget.part));
        let Some(budget) = budget else { continue };
        let own = all.entry((budget.network, row.seed)).or_default();
        own.extend(row.test_top1_accuracy.map(|accuracy| (row.step as f64, accuracy)));
        own.sort_by(|a, b| a.0.total_cmp(&b.0));
    }
    all
}

/// The budget at which the accuracies, linear over the logarithm of the budget, first are this.
fn steps_to(target: f64, trained: &[(f64, f64)]) -> Known {
    match trained {
        [] => Known::Above(0.0),
        [(shortest, accuracy), ..] if *accuracy >= target => Known::Below(*shortest),
        [.., (longest, _)] => {
            let passes = |pair: &&[(f64, f64)]| pair[1].1 >= target;
            let between = |pair: &[(f64, f64)]| {
                let [(from, low), (to, high)] = [pair[0], pair[1]];
                let share = (target - low) / (high - low);
                Known::Exactly((from.ln() + share * (to / from).ln()).exp())
            };
            let pair = trained.windows(2).find(passes);
            pair.map_or(Known::Above(*longest), between)
        }
    }
}

fn diverged(outcomes: &[OutcomeRow], network: SingleNetwork, seed: u64) -> Option<u64> {
    let is_it = |row: &&OutcomeRow| {
        let is_its = Budget::with_name(&row.network).is_some_and(|own| own.network == network);
        is_its && (row.seed, row.outcome) == (seed, Outcome::Diverged)
    };
    outcomes.iter().find(is_it).map(|row| row.step)
}

/// The test accuracies over the budgets, and what population statistics add to them.
pub fn points(outcomes: &[OutcomeRow]) -> Vec<Point> {
    let mut points = gains_by_twice_the_steps(outcomes);
    for row in outcomes {
        let Some(Budget { network, .. }) = Budget::with_name(&row.network) else { continue };
        let accuracies = (row.test_top1_accuracy, row.test_top1_accuracy_by_moving_averages);
        let (Some(accuracy), Some(moving)) = accuracies else { continue };
        let mut push = |metric, value| {
            points.push(Point::new(network.name(), row.seed, metric, row.step as f64, value));
        };
        push("test accuracy over budgets", accuracy);
        push("population statistics less moving averages", accuracy - moving);
    }
    points
}

/// Test accuracy of a network's longest training less that of its training over half of these steps, where it has one.
fn gains_by_twice_the_steps(outcomes: &[OutcomeRow]) -> Vec<Point> {
    let gain = |((network, seed), own): (Whose, Trained)| {
        let &(steps, accuracy) = own.last()?;
        let (_, of_half) = own.iter().find(|(half, _)| (2.0 * half - steps).abs() < 2.0)?; // a step may be left over
        let gain = accuracy - of_half;
        Some(Point::new(network.name(), seed, "gain by twice the steps", steps, gain))
    };
    trained(outcomes, |_| true).into_iter().filter_map(gain).collect()
}

/// The rows of each network's longest training that is in the comparison, under the network's name.
pub fn longest(rows: &[CurveRow]) -> Vec<CurveRow> {
    let is_compared = |budget: &Budget| budget.part != Part::Twice;
    let budget = |row: &CurveRow| Budget::with_name(&row.network).filter(is_compared);
    let mut parts: BTreeMap<SingleNetwork, Part> = BTreeMap::new();
    for Budget { network, part } in rows.iter().filter_map(budget) {
        let least = parts.entry(network).or_insert(part);
        *least = part.min(*least);
    }
    let of_longest = |row: &CurveRow| {
        let Budget { network, part } = budget(row)?;
        let name = network.name().to_owned();
        (parts[&network] == part).then(|| CurveRow { network: name, ..row.clone() })
    };
    rows.iter().filter_map(of_longest).collect()
}
