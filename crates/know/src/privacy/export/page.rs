//! The page that people read: plain HTML with everything in tables, in the company's language. It needs nothing from
//! elsewhere and runs nothing, and says so to the browser, since it is opened from a disk where no server does.

use super::{Everything, Part, value};
use jiff::tz::TimeZone;
use kernel::Instant;
use std::fmt::Write as _;
use web::text;

const STYLE: &str = "body{font:16px/1.6 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem;color:#1c1917}\
table{border-collapse:collapse;width:100%;margin:.5rem 0 2rem}th,td{text-align:left;vertical-align:top;padding:.3rem .6rem;\
border-bottom:1px solid #e7e5e4}th{font-weight:600}td{overflow-wrap:anywhere}.n{color:#57534e}\
@media(prefers-color-scheme:dark){body{background:#1c1917;color:#f5f5f4}th,td{border-color:#44403c}.n{color:#a8a29e}}";

const POLICY: &str = "<meta http-equiv=\"Content-Security-Policy\" \
content=\"default-src 'none'; style-src 'unsafe-inline'\">";

/// The page, as of `at`.
pub fn page(all: &Everything, at: Instant) -> String {
    let zone = all.company.zone();
    let say = |key: &str| escaped(&text::say(all.locale, key, &[]));
    let day = at.day_in(&zone).to_string();
    let intro = text::say(all.locale, "export.intro", &[("company", &all.company.name), ("day", &day)]);
    let mut page = format!(
        "<!doctype html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\">{POLICY}<meta name=\"viewport\" \
         content=\"width=device-width\"><title>{title}</title><style>{STYLE}</style></head><body>\n\
         <h1>{title}</h1>\n<p>{}</p>\n",
        all.locale.tag(),
        escaped(&intro),
        title = say("export.title"),
    );
    for part in &all.parts {
        table(&mut page, all, part, &zone);
    }
    write!(page, "<h2>{}</h2>\n<ul class=\"n\">", say("export.left_out")).expect("a string takes it");
    let mut reasons: Vec<_> = all.left_out.values().map(|why| say(&format!("holding.{why}"))).collect();
    reasons.sort_unstable();
    reasons.dedup();
    for reason in reasons {
        write!(page, "<li>{reason}</li>").expect("a string takes it");
    }
    page + "</ul>\n</body></html>\n"
}

fn table(page: &mut String, all: &Everything, part: &Part, zone: &TimeZone) {
    let say = |key: &str| escaped(&text::say(all.locale, key, &[]));
    let heading = say(&format!("export.part.{}", part.name));
    write!(page, "<h2>{heading} <span class=\"n\">{}</span></h2>\n<table><thead><tr>", part.rows.len())
        .expect("a string takes it");
    for column in part.columns {
        write!(page, "<th>{}</th>", say(&format!("export.column.{}", column.name)))
            .expect("a string takes it");
    }
    page.push_str("</tr></thead><tbody>\n");
    for row in &part.rows {
        let currency = value::currency(part, row);
        page.push_str("<tr>");
        for (_, shape, cell) in value::cells(part, row) {
            let said = value::words(shape, cell, currency, zone);
            write!(page, "<td>{}</td>", escaped(&said)).expect("a string takes it");
        }
        page.push_str("</tr>\n");
    }
    page.push_str("</tbody></table>\n");
}

/// `text` as HTML shows it and does not run it.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_wrote_is_shown_and_not_run() {
        assert_eq!(
            escaped("<img src=x onerror='a(\"b\")'>&"),
            "&lt;img src=x onerror=&#39;a(&quot;b&quot;)&#39;&gt;&amp;"
        );
    }
}
