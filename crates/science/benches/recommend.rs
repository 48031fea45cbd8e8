//! EASE, ALS and item-item on a simulated shop of 719,000 pairs and 3,600 items:
//! `cargo bench -p dangol-science --bench recommend [-- --write FILE] [ease | als | item_item]`.
//!
//! `--write` writes the pairs as `customer,item,held_out` for peers and measures nothing.

mod report;

use rand::Rng;
use report::timed;
use science::random::stream;
use science::recommend::{
    Als, AlsOptions, Ease, EaseOptions, Interactions, ItemItem, ItemItemOptions, Popularity, Recommender,
    Seen, Split, evaluate,
};
use std::io::Write;

const RUNS: usize = 5;
const CUSTOMERS: u32 = 6_040;
const ITEMS: u32 = 3_600;
const PAIRS_WANTED: f64 = 719_000.0;
const TASTES: u32 = 40;

/// Customers of three tastes each, who draw two of three items from those and the others anywhere, popular ones first.
fn shop() -> Interactions {
    let rows = (0..CUSTOMERS).flat_map(|customer| {
        let mut chance = stream(11, u64::from(customer));
        let tastes: [u32; 3] = std::array::from_fn(|_| chance.random_range(0..TASTES));
        // Log-uniform from a tenth of the mean to about four times it.
        let draws =
            (PAIRS_WANTED / f64::from(CUSTOMERS) * 0.147 * 40_f64.powf(chance.random::<f64>())) as usize;
        let pick = move |_| {
            let skewed = chance.random::<f64>().powi(2);
            if chance.random::<f64>() < 2.0 / 3.0 {
                let within = (skewed * f64::from(ITEMS / TASTES)) as u32;
                within * TASTES + tastes[chance.random_range(0..3)]
            } else {
                (skewed * f64::from(ITEMS)) as u32
            }
        };
        (0..draws).map(pick).map(move |item| (customer, item, 1.0)).collect::<Vec<_>>()
    });
    Interactions::new(rows).expect("the simulation gives sound rows").binary()
}

fn write(split: &Split, file: &str) -> std::io::Result<()> {
    let mut out = std::io::BufWriter::new(std::fs::File::create(file)?);
    for (part, held_out) in [(&split.train, 0), (&split.held_out, 1)] {
        for user in 0..part.users() as u32 {
            for (item, _) in part.user(user).iter() {
                writeln!(out, "{user},{item},{held_out}")?;
            }
        }
    }
    out.flush()
}

fn measure<M: Recommender>(bench: &str, split: &Split, fit: impl Fn() -> M) {
    let fitted = timed(RUNS, fit);
    let found = evaluate(&fitted.result, split, 20, Seen::LeaveOut).expect("something is held out");
    let value = format!("recall@20 {:.4}, NDCG {:.4}", found.recall.value, found.ndcg.value);
    fitted.print(bench, split.train.len(), &value);
}

fn main() -> std::io::Result<()> {
    let given: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    let split = Split::leave_out(&shop(), 0.2, 5, 1);
    if let [option, file] = &given[..]
        && option == "--write"
    {
        return write(&split, file);
    }
    let wanted = |name: &str| given.is_empty() || given.iter().any(|g| g == name);
    let expect = "the shop has items and the options are sound";
    if wanted("popularity") {
        measure("popularity", &split, || Popularity::fit(&split.train).expect(expect));
    }
    if wanted("ease") {
        measure("ease", &split, || Ease::fit(&split.train, &EaseOptions::default()).expect(expect));
    }
    if wanted("als") {
        let options = AlsOptions { alpha: 9.0, regularisation: 1.0, ..AlsOptions::default() };
        measure("als", &split, || Als::fit(&split.train, &options).expect(expect));
    }
    if wanted("item_item") {
        measure("item_item", &split, || {
            ItemItem::fit(&split.train, &ItemItemOptions::default()).expect(expect)
        });
    }
    Ok(())
}
