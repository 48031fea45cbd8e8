//! What people do that a rule can count.

use kernel::Locale;
use know::events::BUILT_IN;
use std::collections::BTreeMap;
use std::sync::LazyLock;
use web::text;

/// Something people do: its rows, their day, and the attributes a rule may name.
#[derive(Debug)]
pub struct Deed {
    /// The word of both written forms. Its label is the text `segment.deed.<word>`.
    pub word: &'static str,
    /// Other words that the text form understands.
    pub aliases: &'static [&'static str],
    /// The table with the alias `e`.
    pub from: &'static str,
    /// Which of its rows count.
    pub only: &'static str,
    /// When it was done.
    pub at: At,
    /// What is counted once however many rows it has.
    pub unit: Option<&'static str>,
    /// Attributes and their columns.
    pub attributes: &'static [(&'static str, &'static str)],
    /// Whether its rows have amounts.
    pub money: bool,
    /// The rows whose amounts are summed: those that count, and refunds.
    pub sums: &'static str,
    /// Whether the rule names the kind of interaction: how the deeds of later verbs are counted.
    pub any: bool,
}

/// The column that says when.
#[derive(Debug, Clone, Copy)]
pub enum At {
    /// A day of the company.
    Day(&'static str),
    /// An instant.
    Instant(&'static str),
}

impl PartialEq for Deed {
    fn eq(&self, other: &Self) -> bool {
        self.word == other.word
    }
}

inventory::collect!(Deed);

/// A deed with nothing in it, for `..BASE`.
pub const BASE: Deed = Deed {
    word: "",
    aliases: &[],
    from: "",
    only: "",
    at: At::Day("e.day"),
    unit: None,
    attributes: &[],
    money: false,
    sums: "",
    any: false,
};

/// Where an order came from: channel, store, staff and source.
const PLACES: [(&str, &str); 2] = [("store", "e.store"), ("staff", "e.staff")];

inventory::submit! { Deed {
    word: "ordered",
    aliases: &["주문함", "샀음"],
    from: "order_lines e",
    // As facts have it: what refunds have wholly taken back was not ordered in the end.
    only: "e.retracted_by is null and e.amount >= 0 and e.taken_back = 0",
    sums: "e.retracted_by is null",
    unit: Some("e.source, e.order_no"),
    attributes: &[
        ("product", "e.product"),
        ("category", "e.category"),
        ("channel", "e.channel"),
        ("store", "e.store"),
        ("staff", "e.staff"),
        ("source", "e.source"),
    ],
    money: true,
    ..BASE
} }

inventory::submit! { Deed {
    word: "visited",
    aliases: &["방문함"],
    from: "visits e",
    only: "1 = 1",
    attributes: &PLACES,
    ..BASE
} }

inventory::submit! { Deed {
    word: "contacted",
    aliases: &["연락함"],
    from: "notes e",
    only: "e.deleted_at is null and e.contact is not null",
    at: At::Instant("e.at"),
    attributes: &[("by", "e.contact"), ("author", "e.author_name")],
    ..BASE
} }

inventory::submit! { Deed {
    word: "noted",
    aliases: &["메모됨"],
    from: "notes e",
    only: "e.deleted_at is null",
    at: At::Instant("e.at"),
    attributes: &[("author", "e.author_name")],
    ..BASE
} }

inventory::submit! { Deed {
    word: "did",
    aliases: &["활동"],
    from: "interactions e",
    // The index of the log on the party leaves these out; `ordered` counts them.
    only: "e.kind <> 'order.added'",
    at: At::Instant("e.at"),
    attributes: &[("store", "e.store"), ("staff", "e.staff"), ("channel", "e.channel")],
    any: true,
    ..BASE
} }

static BY_WORD: LazyLock<BTreeMap<&'static str, &'static Deed>> = LazyLock::new(|| {
    let words = |deed: &'static Deed| std::iter::once(deed.word).chain(deed.aliases.iter().copied());
    inventory::iter::<Deed>().flat_map(|deed| words(deed).map(move |word| (word, deed))).collect()
});

/// The kind under which the log has what a company's programs tell of kinds that it registered.
pub const TOLD: &str = "event.told";

/// The names at their source between which the events of a registered kind lie: `tasting:17` between `tasting:` and
/// `tasting;`, the letter after the colon. None for our own kinds, which have a dot.
pub fn told(kind: &str) -> Option<(String, String)> {
    (!kind.contains('.')).then(|| (format!("{kind}:"), format!("{kind};")))
}

impl Deed {
    /// The deed of this word.
    pub fn named(word: &str) -> Option<&'static Self> {
        BY_WORD.get(word).copied()
    }

    /// Every deed, by word.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        BY_WORD.iter().filter(|(word, deed)| **word == deed.word).map(|(_, deed)| *deed)
    }

    /// Every word.
    pub fn words() -> impl Iterator<Item = &'static str> {
        BY_WORD.keys().copied()
    }

    /// The attribute of this name, or that people call so, with its column.
    pub fn attribute_called(&self, word: &str) -> Option<(&'static str, &'static str)> {
        let called = |name: &str, locale| {
            text::find(locale, &format!("segment.attribute.{name}")).is_some_and(|label| label == word)
        };
        let named = |(name, _): &(&'static str, &'static str)| {
            *name == word || [Locale::Ko, Locale::En].into_iter().any(|locale| called(name, locale))
        };
        self.attributes.iter().copied().find(named)
    }

    /// The attribute of this name with its column.
    pub fn attribute(&self, name: &str) -> Option<(&'static str, &'static str)> {
        self.attributes.iter().copied().find(|(attribute, _)| *attribute == name)
    }
}

/// Kinds of interaction that Dangol records besides those of [`BUILT_IN`].
const RECORDED: [&str; 5] =
    ["party.entered", "order.entered", "visit.recorded", "note.written", "state.changed"];

/// Kinds of interaction that the log has besides. A rule may name them, and they are not offered where one is built.
const BESIDES: [&str; 44] = [
    "account.decided",
    "address.changed",
    "assessment.recorded",
    "assessment.retracted",
    "birthday.changed",
    "bond.retracted",
    "consent.recorded",
    "event.told",
    "fields.changed",
    "follow_up.added",
    "follow_up.closed",
    "follow_up.deleted",
    "follow_up.reopened",
    "leaving.recorded",
    "markets.changed",
    "need.declared",
    "need.forgotten",
    "note.deleted",
    "order.added",
    "order.changed",
    "order.retracted",
    "party.added",
    "party.edited",
    "party.erased",
    "party.merged",
    "party.resumed",
    "party.retracted",
    "party.suspended",
    "party.unmerged",
    "request.answered",
    "request.identified",
    "request.received",
    "request.refused",
    "segment.entered",
    "segment.left",
    "segment.rebuilt",
    "site.visited",
    "suggestion.closed",
    "tag.added",
    "tag.removed",
    "tie.added",
    "tie.changed",
    "tie.removed",
    "vip.changed",
];

/// Every kind of interaction that Dangol writes into the log under a name of its own.
pub fn logged() -> impl Iterator<Item = &'static str> {
    kinds().chain(BESIDES)
}

/// Kinds of interaction that are offered where a rule is built.
pub fn kinds() -> impl Iterator<Item = &'static str> {
    BUILT_IN.iter().map(|kind| kind.code).chain(RECORDED)
}

/// What people call one of these kinds.
pub fn kind_label(locale: Locale, kind: &str) -> Option<&'static str> {
    ["event", "segment.kind"].iter().find_map(|area| text::find(locale, &format!("{area}.{kind}")))
}
