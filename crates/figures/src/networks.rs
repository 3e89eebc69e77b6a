//! The networks that others can take, from their cards.

use recipe::RunRecipe;
use record::card::Card;

use crate::table::{Cell, Table};

/// A row for each network that was exported; its name leads to its page.
pub fn table(cards: &[(String, Card)]) -> Table {
    let titles = ["name", "network", "data, width, steps", ">test accuracy", ">MB"];
    let rows = cards.iter().filter_map(|(name, card)| {
        let export = card.export.as_ref()?;
        let link = Some(format!("networks/{name}.md"));
        Some(vec![
            Cell { text: name.clone(), link, tone: None },
            card.recipe.name.as_str().into(),
            RunRecipe::of(vec![card.recipe.clone()]).words().into(),
            export.accuracy_words().into(),
            format!("{:.1}", export.bytes as f64 / 1e6).into(),
        ])
    });
    Table { rows: rows.collect(), ..Table::new(&titles) }
}
