//! Every table says whose data it holds: a new one fails here until somebody has thought about it.

use futures::FutureExt;
use std::collections::{BTreeMap, BTreeSet};
use store::holding::{self, Erasure, Export, Holds, Whose};
use testkit::both_engines;

both_engines! {
    dangol::registry();

    async fn every_table_is_registered_and_every_column_it_names_is_there(app) {
        let mut tx = app.db().read().await.unwrap();
        let mut schema: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (table, column) in holding::schema(&mut tx).await.unwrap() {
            schema.entry(table).or_default().insert(column);
        }
        let registered: BTreeSet<&str> = holding::all().iter().map(|holding| holding.table).collect();
        let unregistered: Vec<_> = schema.keys().filter(|table| !registered.contains(table.as_str())).collect();
        assert!(unregistered.is_empty(), "tell in holdings.rs of your crate whose data these hold: {unregistered:?}");
        let gone: Vec<_> = registered.iter().filter(|table| !schema.contains_key(**table)).collect();
        assert!(gone.is_empty(), "these are registered and not there: {gone:?}");
        for holding in holding::all() {
            let columns = &schema[holding.table];
            let is_person = |column: &&String| ["party", "party_id"].contains(&column.as_str());
            match holding.holds {
                // Whom an erasure was about is a number by then.
                Holds::Nobody(why) => assert!(why == "hashes" || !columns.iter().any(|column| is_person(&column)),
                    "{} has a party: it holds somebody", holding.table),
                Holds::Somebody { whose: Whose::Columns(named), .. } => {
                    assert!(named.iter().all(|name| columns.contains(*name)), "{}: {named:?}", holding.table);
                }
                Holds::Somebody { whose: Whose::Words { key, columns: read }, .. } => {
                    assert!(key.iter().chain(read).all(|name| columns.contains(*name)), "{}", holding.table);
                }
                Holds::Somebody { whose: Whose::Where(_), .. } => {}
            }
        }
    }

    async fn every_statement_over_a_holding_runs(app) {
        let mut tx = app.db().read().await.unwrap();
        for holding in holding::all() {
            let Holds::Somebody { whose, export, erasure } = holding.holds else { continue };
            let table = holding.table;
            holding::count(&mut tx, table, whose, 1).await.unwrap_or_else(|error| panic!("{table}: {error}"));
            if let Export::Part(name, columns) = export {
                holding::rows(&mut tx, table, whose, columns, 1, (0, 1)).await.unwrap_or_else(|error| panic!("{table}: {error}"));
                for key in [format!("export.part.{name}")].into_iter().chain(columns.iter().map(|column| format!("export.column.{}", column.name))) {
                    assert!(web::text::find(kernel::Locale::Ko, &key).is_some(), "{key} has no text");
                }
            }
            if let Export::Left(why) = export {
                assert!(web::text::find(kernel::Locale::Ko, &format!("holding.{why}")).is_some(), "holding.{why} has no text");
            }
            if let Whose::Words { key, columns } = whose {
                holding::words(&mut tx, table, (key, columns), None, 1).await.unwrap_or_else(|error| panic!("{table}: {error}"));
                let after: Vec<String> = key.iter().map(|_| "0".to_owned()).collect();
                holding::words(&mut tx, table, (key, columns), Some(&after), 1).await.unwrap_or_else(|error| panic!("{table}: {error}"));
            }
            drop(tx);
            let erased = app.db().write(store::Lane::Interactive, move |tx| async move {
                holding::erase(tx, table, whose, erasure, 1).await?;
                if let Whose::Words { key, .. } = whose {
                    let values: Vec<String> = key.iter().map(|_| "0".to_owned()).collect();
                    holding::erase_one(tx, table, key, &values, erasure).await?;
                }
                Ok::<_, store::Error>(())
            }.boxed());
            erased.await.unwrap_or_else(|error| panic!("{table}: {error}"));
            // What a noun does itself has its way in know::privacy.
            assert!(erasure_is_known(table, erasure), "{table} is erased by its noun, which know::privacy does not know");
            tx = app.db().read().await.unwrap();
        }
    }
}

fn erasure_is_known(table: &str, erasure: Erasure) -> bool {
    !matches!(erasure, Erasure::Own) || ["parties", "imports", "consents"].contains(&table)
}
