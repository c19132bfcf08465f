//! A plan as one page for people: to be read, printed and signed. It needs nothing but itself, so it can be
//! mailed and kept.

use std::fmt::{self, Write};

use super::{BrakeLevel, Group, Plan, item::Item};
use crate::{
    attribute::Kind,
    changes::words,
    page::{Escaped, STYLE, moment},
    values::spoken_value,
};

const OWN_STYLE: &str = include_str!("report.css");

/// Fields of one item that are listed; a creation has dozens.
const FIELDS: usize = 40;

pub(super) struct Report<'a> {
    pub plan: &'a Plan,
    /// As in the plan's file.
    pub hash: &'a str,
    pub items: &'a [Item],
    pub connection: &'a str,
    /// Its address.
    pub service: &'a str,
    /// Who wrote it, "user@machine".
    pub actor: &'a str,
    pub reason: Option<&'a str>,
}

/// The whole page.
pub(super) fn page(report: &Report<'_>) -> String {
    let mut page = String::new();
    write(report, &mut page).expect("BUG: writing into a text does not fail");
    page
}

fn write(report: &Report<'_>, page: &mut String) -> fmt::Result {
    let Report {
        plan,
        items,
        connection,
        ..
    } = report;
    write!(
        page,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>Plan for {name}</title>\n\
         <style>\n{STYLE}{OWN_STYLE}</style>\n</head>\n<body>\n<main>\n\
         <h1>Plan for {name}</h1>\n<p class=\"lead\">{sentence}</p>\n\
         <p class=\"small\">Nothing of it has been sent. It is known by its hash: a plan file with this hash holds these changes, and one that \
         was edited is refused.</p>\n",
        name = Escaped(connection),
        sentence = Escaped(&plan.sentence),
    )?;
    facts(report, page)?;
    notices(plan, page)?;
    for summary in &plan.groups {
        group(summary.group, items, page)?;
    }
    left_out(items, page)?;
    sign_off(report, page)?;
    page.push_str("</main>\n</body>\n</html>\n");
    Ok(())
}

fn facts(report: &Report<'_>, page: &mut String) -> fmt::Result {
    let Report { plan, .. } = report;
    let seats = match plan.seats_freed {
        0 => "none freed, none taken".to_owned(),
        freed @ 1.. => format!("about {} freed", words::number(freed.unsigned_abs())),
        taken => format!("about {} taken", words::number(taken.unsigned_abs())),
    };
    let rows = [
        ("Connection", report.connection.to_owned()),
        ("Service", report.service.to_owned()),
        ("People", words::number(plan.people)),
        ("Seats", seats),
        (
            "Operations",
            format!(
                "{}, {} of them writes",
                words::number(plan.operations),
                words::number(plan.items)
            ),
        ),
        ("Made", moment(&plan.created_at)),
        ("By", report.actor.to_owned()),
    ];
    page.push_str("<dl class=\"facts\">\n");
    for (name, value) in &rows {
        writeln!(
            page,
            "<div><dt>{name}</dt><dd>{}</dd></div>",
            Escaped(value)
        )?;
    }
    writeln!(
        page,
        "<div class=\"whole\"><dt>Hash</dt><dd><code>{}</code></dd></div>\n</dl>",
        Escaped(report.hash)
    )
}

fn notices(plan: &Plan, page: &mut String) -> fmt::Result {
    for brake in &plan.brakes {
        let (class, word) = match brake.level {
            BrakeLevel::Warn => ("notice", "Note."),
            BrakeLevel::Stop | BrakeLevel::StopWithReason => ("notice brake", "Brake."),
        };
        writeln!(
            page,
            "<p class=\"{class}\"><strong>{word}</strong> {}</p>",
            Escaped(&brake.message)
        )?;
    }
    for segment in &plan.new_segments {
        write!(
            page,
            "<p class=\"notice\"><strong>New segment.</strong> Nobody has {} “{}” yet; {} would be the first.",
            Escaped(&segment.label),
            Escaped(&segment.value),
            Escaped(&words::people(segment.people))
        )?;
        if let Some(similar) = &segment.similar {
            write!(page, " There is “{}”.", Escaped(similar))?;
        }
        page.push_str("</p>\n");
    }
    for sentence in &plan.irreversible {
        writeln!(
            page,
            "<p class=\"notice\"><strong>Can’t be taken back whole.</strong> {}</p>",
            Escaped(sentence)
        )?;
    }
    Ok(())
}

/// Its heading, and what is said below it.
fn title(group: Group) -> (&'static str, Option<&'static str>) {
    match group {
        Group::Blocked => (
            "Blocked",
            Some("These can’t be done as they stand and are not sent."),
        ),
        Group::Held => ("Held", Some("These wait for a decision and are not sent.")),
        Group::Deletions => ("Deletions", None),
        Group::Deactivations => ("Deactivations", None),
        Group::ManagerChanges => ("Manager changes", None),
        Group::IdentifierChanges => ("Identifier changes", None),
        Group::ClearedValues => ("Cleared values", None),
        Group::Creations => ("Creations", None),
        Group::Activations => ("Activations", None),
        Group::OtherChanges => ("Other changes", None),
        Group::Same => ("Already so", Some("Nothing is sent for these.")),
    }
}

fn group(group: Group, items: &[Item], page: &mut String) -> fmt::Result {
    let within: Vec<&Item> = items
        .iter()
        .filter(|item| item.group() == group && !item.left_out)
        .collect();
    if within.is_empty() {
        return Ok(());
    }
    let (name, note) = title(group);
    writeln!(
        page,
        "<section>\n<h2>{name} <span>{}</span></h2>",
        words::number(within.len() as u32)
    )?;
    if let Some(note) = note {
        writeln!(page, "<p class=\"small\">{note}</p>")?;
    }
    page.push_str(
        "<table>\n<thead><tr><th scope=\"col\">Who</th><th scope=\"col\">What</th>\
         <th scope=\"col\">Before</th><th scope=\"col\">After</th></tr></thead>\n",
    );
    for item in within {
        person(item, page)?;
    }
    page.push_str("</table>\n</section>\n");
    Ok(())
}

/// One body per person, so that a page break does not part what belongs together.
fn person(item: &Item, page: &mut String) -> fmt::Result {
    let shown = |value: &Option<String>, name: &Option<String>, kind: Kind| match (value, name) {
        (Some(value), Some(name)) => format!("{name} ({value})"),
        (Some(value), None) => spoken_value(kind, value),
        (None, _) => "not set".to_owned(),
    };
    page.push_str("<tbody>\n");
    let notes: Vec<&str> = [&item.reason, &item.note]
        .into_iter()
        .flatten()
        .map(String::as_str)
        .collect();
    write!(
        page,
        "<tr class=\"who\"><th scope=\"rowgroup\">{}</th><td colspan=\"3\">{}",
        Escaped(&item.name),
        Escaped(&item.sentence)
    )?;
    for note in notes {
        write!(page, "<br><em>{}</em>", Escaped(note))?;
    }
    page.push_str("</td></tr>\n");
    for field in item.fields.iter().take(FIELDS) {
        let by_rule = if field.added { " (by rule)" } else { "" };
        let new = if field.new_segment {
            " <strong>new segment</strong>"
        } else {
            ""
        };
        writeln!(
            page,
            "<tr><td></td><td>{}{by_rule}</td><td>{}</td><td>{}{new}</td></tr>",
            Escaped(&field.label),
            Escaped(&shown(&field.before, &field.before_name, field.kind)),
            Escaped(&shown(&field.after, &field.after_name, field.kind)),
        )?;
    }
    if let Some(more) = item
        .fields
        .len()
        .checked_sub(FIELDS)
        .filter(|more| *more > 0)
    {
        writeln!(
            page,
            "<tr><td></td><td colspan=\"3\">and {} more values</td></tr>",
            words::number(more as u32)
        )?;
    }
    page.push_str("</tbody>\n");
    Ok(())
}

fn left_out(items: &[Item], page: &mut String) -> fmt::Result {
    let out: Vec<&Item> = items.iter().filter(|item| item.left_out).collect();
    if out.is_empty() {
        return Ok(());
    }
    writeln!(
        page,
        "<section>\n<h2>Left out <span>{}</span></h2>\n<p class=\"small\">Taken out in review; not sent.</p>\n<ul>",
        words::number(out.len() as u32)
    )?;
    for item in out {
        writeln!(page, "<li>{}</li>", Escaped(&item.sentence))?;
    }
    page.push_str("</ul>\n</section>\n");
    Ok(())
}

fn sign_off(report: &Report<'_>, page: &mut String) -> fmt::Result {
    page.push_str("<section class=\"sign\">\n<h2>Sign-off</h2>\n<dl>\n");
    match report.reason {
        Some(reason) => writeln!(
            page,
            "<div class=\"whole\"><dt>Reason</dt><dd>{}</dd></div>",
            Escaped(reason)
        )?,
        None => {
            page.push_str("<div class=\"whole\"><dt>Reason</dt><dd class=\"line\"></dd></div>\n")
        }
    }
    for name in ["Name", "Signature", "Date"] {
        writeln!(page, "<div><dt>{name}</dt><dd class=\"line\"></dd></div>")?;
    }
    page.push_str("</dl>\n</section>\n");
    Ok(())
}
