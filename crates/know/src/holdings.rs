//! What the tables of know hold of people: the one place to register a new table of know.
//!
//! Whatever says who somebody is goes: names, contacts, memos, rows as they stood in files. What stays is the figures of
//! a pseudonym, and what a law says must stay (Korea's E-commerce Act, decree article 6: contracts and payments five
//! years).

use ::store::holding::Erasure::{Delete, Keep, Own, Strip, Tell};
use ::store::holding::Export::{Left, Part};
use ::store::holding::Holds::{Nobody, Somebody};
use ::store::holding::Shape;
use ::store::holding::Whose::{Columns, Where, Words};
use ::store::holding::{day, instant, json, money, number, read, text};

::store::holds! {
    "parties" => Somebody {
        whose: Where("t.id in {group}"),
        export: Part("person", &[
            text("name"), text("kind"), instant("created_at"), instant("changed_at"),
            read("(select i.source from imports i where i.id = t.import_id)", "source", Shape::Text),
            read("(select i.file from imports i where i.id = t.import_id)", "file", Shape::Text),
        ]),
        erasure: Own,
    };
    "contacts" => Somebody {
        whose: Columns(&["party"]),
        export: Part("contacts", &[text("kind"), text("shown"), text("source"), instant("created_at")]),
        erasure: Delete,
    };
    "order_lines" => Somebody {
        whose: Columns(&["party"]),
        export: Part("orders", &[
            day("day"), instant("at"), text("source"), text("order_no"), text("product"), text("category"),
            number("quantity_milli"), money("amount"), text("currency"), text("store"), text("staff"),
            text("channel"), read("t.retracted_by is not null", "taken_back", Shape::Flag),
        ]),
        erasure: Keep("order_records"),
    };
    "line_history" => Somebody {
        whose: Where("t.line in (select l.id from order_lines l where l.party in {group})"),
        export: Part("order_changes", &[number("revision"), json("content")]),
        erasure: Keep("order_records"),
    };
    "raw_rows" => Somebody {
        whose: Where("t.line in (select l.id from order_lines l where l.party in {group})"),
        export: Part("rows_of_files", &[text("raw")]),
        erasure: Delete,
    };
    "visits" => Somebody {
        whose: Columns(&["party"]),
        export: Part("visits", &[instant("at"), text("store"), text("staff")]),
        erasure: Delete,
    };
    "notes" => Somebody {
        whose: Columns(&["party"]),
        export: Part("memos", &[instant("at"), text("body"), text("contact"), text("author_name")]),
        erasure: Delete,
    };
    // Memos about somebody else that name them: only who wrote them can say whom they mean.
    "notes" => Somebody {
        whose: Words { key: &["id"], columns: &["body"] },
        export: Left("other_people"),
        erasure: Tell,
    };
    "facts" => Somebody {
        whose: Columns(&["party"]),
        export: Part("figures", &[
            text("state"), number("orders"), number("order_days"), text("currency"), money("spend"),
            money("refunds"), day("first_day"), day("last_day"), number("usual_interval"), day("late_from"),
            day("contacted_day"), number("r"), number("f"), number("m"), json("places"),
        ]),
        erasure: Keep("figures"),
    };
    "party_money" => Somebody {
        whose: Columns(&["party"]),
        export: Part("money", &[text("currency"), number("orders"), money("spend"), money("refunds")]),
        erasure: Keep("figures"),
    };
    "gaps" => Nobody("sums");
    "scores" => Somebody {
        whose: Columns(&["party"]),
        export: Part("scores", &[
            number("p_alive"), number("p_alive_low"), number("p_alive_high"), number("expected_orders"),
            number("expected_orders_low"), number("expected_orders_high"), number("value"), number("value_low"),
            number("value_high"),
        ]),
        erasure: Keep("figures"),
    };
    "leaving_reasons" => Somebody {
        whose: Columns(&["party"]),
        export: Part("leaving", &[text("reason"), instant("at")]),
        erasure: Keep("figures"),
    };
    "keepers" => Somebody {
        whose: Columns(&["party"]),
        export: Part("looked_after", &[instant("since")]),
        erasure: Delete,
    };
    "views" => Somebody {
        whose: Words { key: &["id"], columns: &["name", "query"] },
        export: Left("company"),
        erasure: Tell,
    };
    // The first rows of a file, as a look at it found them, and the file itself where it was uploaded.
    "imports" => Somebody {
        whose: Words { key: &["id"], columns: &["file", "probe", "problem"] },
        export: Left("other_people"),
        erasure: Own,
    };
    "import_faults" => Somebody {
        whose: Words { key: &["import_id", "line", "code"], columns: &["raw", "detail"] },
        export: Left("unattributed"),
        erasure: Strip("raw = '', detail = '{}'", "counts"),
    };
    "import_mappings" => Nobody("company");
    "merge_proposals" => Somebody {
        whose: Columns(&["party", "other"]),
        export: Left("other_people"),
        erasure: Delete,
    };
    // Both sides of a merge as they were, which is also somebody else's if it was wrong.
    "merges" => Somebody {
        whose: Columns(&["survivor", "absorbed"]),
        export: Left("other_people"),
        erasure: Delete,
    };
    "party_root" => Somebody {
        whose: Columns(&["party", "root"]),
        export: Left("technical"),
        erasure: Keep("figures"),
    };
    // A tag that names somebody goes with them where nobody else has it; else only who coined it can say what it means.
    "tags" => Somebody {
        whose: Words { key: &["name"], columns: &["name"] },
        export: Left("company"),
        erasure: Tell,
    };
    "party_tags" => Somebody {
        whose: Columns(&["party"]),
        export: Part("tags", &[text("tag"), instant("at")]),
        erasure: Delete,
    };
    "markets" => Nobody("company");
    "party_markets" => Somebody {
        whose: Columns(&["party"]),
        export: Part("markets", &[text("market"), text("detail"), instant("at")]),
        erasure: Delete,
    };
    // The full name of the other belongs to them; an organisation has no such right.
    "ties" => Somebody {
        whose: Columns(&["party", "other"]),
        export: Part("ties", &[
            text("kind"),
            read(
                "(select case o.kind when 'organisation' then o.name else substr(o.name, 1, 1) || '…' end from parties o \
                 where o.id = case when t.party in {group} then t.other else t.party end)",
                "with",
                Shape::Text,
            ),
            read("t.since", "since_day", Shape::Day), day("until"),
        ]),
        erasure: Delete,
    };
    "custom_fields" => Nobody("company");
    "party_fields" => Somebody {
        whose: Columns(&["party"]),
        export: Part("fields", &[
            read("(select c.name from custom_fields c where c.id = t.field)", "field", Shape::Text),
            text("text"), number("num"), day("day"), instant("at"),
        ]),
        erasure: Delete,
    };
    "addresses" => Somebody {
        whose: Columns(&["party"]),
        export: Part("addresses", &[
            text("label"), text("country"), text("postal_code"), text("line1"), text("line2"), instant("changed_at"),
        ]),
        erasure: Delete,
    };
    "birthdays" => Somebody {
        whose: Columns(&["party"]),
        export: Part("birthday", &[
            text("calendar"), number("year"), read("t.month", "month_of_year", Shape::Number), read("t.day", "day_of_month", Shape::Number), number("leap"),
        ]),
        erasure: Delete,
    };
    "rules" => Nobody("company");
    "consent_wordings" => Nobody("company");
    "consent_topics" => Nobody("company");
    // A trigger keeps them from being deleted by anything but an erasure.
    "consents" => Somebody {
        whose: Columns(&["party"]),
        export: Part("consents", &[
            text("channel"), text("purpose"), text("topic"), text("state"), instant("at"), text("shown_at"),
            text("source"), text("basis"), text("evidence"),
            read("(select w.text_ko from consent_wordings w where w.id = t.wording)", "wording_ko", Shape::Text),
            read("(select w.text_en from consent_wordings w where w.id = t.wording)", "wording_en", Shape::Text),
        ]),
        erasure: Own,
    };
    "consent_erasures" => Somebody {
        whose: Columns(&["party"]),
        export: Left("technical"),
        erasure: Keep("proof"),
    };
    "consent_states" => Somebody {
        whose: Columns(&["party"]),
        export: Left("derived"),
        erasure: Delete,
    };
    "consent_notices" => Somebody {
        whose: Columns(&["party"]),
        export: Part("notices", &[text("kind"), text("channel"), text("purpose"), text("state"), instant("told_at")]),
        erasure: Delete,
    };
    "follow_ups" => Somebody {
        whose: Columns(&["party"]),
        export: Part("follow_ups", &[
            text("occasion"), text("title"), day("due"), text("state"), instant("created_at"),
        ]),
        erasure: Delete,
    };
    "customer_rows" => Somebody {
        whose: Columns(&["party"]),
        export: Part("rows_of_customer_files", &[text("raw")]),
        erasure: Delete,
    };
    "questions" => Nobody("company");
    "declared_facts" => Somebody {
        whose: Columns(&["party"]),
        export: Part("needs", &[
            text("topic"), read("(select q.title from questions q where q.id = t.question)", "question", Shape::Text),
            text("value"), text("said_by"), instant("at"),
        ]),
        erasure: Delete,
    };
    "question_asks" => Somebody {
        whose: Columns(&["party"]),
        export: Left("technical"),
        erasure: Delete,
    };
    "suggestion_outcomes" => Somebody {
        whose: Columns(&["party"]),
        export: Part("suggestions", &[text("kind"), text("outcome"), day("day"), instant("at")]),
        erasure: Delete,
    };
    "assessments" => Somebody {
        whose: Columns(&["party"]),
        // What is judged is a number, or a year's amount.
        export: Part("assessments", &[
            text("input"), read("case when t.currency is null then t.value end", "value", Shape::Number),
            read("case when t.currency is not null then t.value end", "amount", Shape::Money), text("currency"),
            day("day"), text("source"), text("note"),
        ]),
        erasure: Delete,
    };
    "bonds" => Somebody {
        whose: Columns(&["party"]),
        export: Part("bonds", &[number("level"), text("name"), day("started"), day("ended")]),
        erasure: Delete,
    };
    "event_kinds" => Nobody("company");
    "requests" => Somebody {
        whose: Columns(&["party"]),
        export: Part("requests", &[
            text("kind"), text("way"), instant("received_at"), day("due_day"), text("words"), text("state"),
            text("identity"), text("reason"), text("answer"), instant("closed_at"),
        ]),
        erasure: Strip("words = '', answer = case when answer is null then null else '' end", "proof"),
    };
    "suspensions" => Somebody {
        whose: Columns(&["party"]),
        export: Part("suspension", &[instant("since")]),
        erasure: Delete,
    };
    "person_exports" => Somebody {
        whose: Columns(&["party"]),
        export: Left("itself"),
        erasure: Delete,
    };
    "person_export_pieces" => Somebody {
        whose: Where("t.export in (select e.id from person_exports e where e.party in {group})"),
        export: Left("itself"),
        erasure: Delete,
    };
    "shops" => Nobody("company");
    "shop_fetches" => Nobody("company");
    // What a shop told, word by word, until it was applied and is too old to be asked for again.
    "shop_deliveries" => Somebody {
        whose: Columns(&["party"]),
        export: Left("technical"),
        erasure: Strip("body = null, object = null", "proof"),
    };
    "shop_deliveries" => Somebody {
        whose: Words { key: &["id"], columns: &["body"] },
        export: Left("unattributed"),
        erasure: Strip("body = null, object = null", "proof"),
    };
    "shop_objects" => Somebody {
        whose: Columns(&["party"]),
        export: Left("technical"),
        erasure: Delete,
    };
    "site_days" => Nobody("sums");
    "site_visits" => Somebody {
        whose: Columns(&["party"]),
        export: Part("site_visits", &[
            instant("at"), text("path"), text("source"), text("medium"), text("campaign"), number("pages"),
        ]),
        erasure: Delete,
    };
    "erasures" => Nobody("hashes");
    "erased_contacts" => Nobody("hashes");
}
