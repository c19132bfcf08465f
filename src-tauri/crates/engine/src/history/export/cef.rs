//! ArcSight Common Event Format, version 0: one line an event, `|` between the parts of its head.

use super::{Act, Line, Origin};
use crate::text::word;

pub(super) fn event(line: &Line) -> String {
    let event = &line.event;
    let kind = line.act();
    // Of 10. What takes an account away from somebody is what is looked for afterwards.
    let severity = match kind {
        Act::Delete | Act::Vanish => 5,
        Act::Deactivate | Act::Create | Act::Arrive | Act::Activate => 3,
        Act::Set | Act::Note => 1,
    };
    let mut text = format!(
        "CEF:0|Muster|Muster|{}|{}|{}|{severity}|",
        head(env!("CARGO_PKG_VERSION")),
        head(&word(kind)),
        head(title(kind)),
    );
    let (user, machine) = line.actor();
    let made = event.origin == Origin::Made;
    let number = |number: u32| Some(number.to_string());
    let labelled = |label: &str, value: &Option<String>| value.is_some().then(|| label.to_owned());
    let members: [(&str, Option<String>); 26] = [
        ("rt", Some(line.milliseconds().to_string())),
        ("externalId", number(event.id.0)),
        ("cat", Some(word(event.origin))),
        ("suser", made.then(|| user.to_owned())),
        ("shost", machine.map(str::to_owned)),
        ("duser", event.person.clone()),
        ("duid", event.scim_id.clone()),
        ("cs1Label", labelled("attribute", &event.attribute)),
        ("cs1", event.attribute.clone()),
        ("cs2Label", labelled("before", &event.before)),
        ("cs2", event.before.clone()),
        ("cs3Label", labelled("after", &event.after)),
        ("cs3", event.after.clone()),
        ("cs4Label", labelled("requestId", &event.request_id)),
        ("cs4", event.request_id.clone()),
        ("cs5Label", Some("hash".to_owned())),
        ("cs5", Some(event.hash.clone())),
        ("cs6Label", labelled("source", &event.source)),
        ("cs6", event.source.clone()),
        ("cn1Label", event.run.map(|_| "run".to_owned())),
        ("cn1", event.run.and_then(|run| number(run.0))),
        ("cn2Label", Some("connection".to_owned())),
        ("cn2", number(event.connection.0)),
        ("cn3Label", event.plan.map(|_| "plan".to_owned())),
        ("cn3", event.plan.and_then(|plan| number(plan.0))),
        ("msg", Some(said(&event.sentence, event.reason.as_deref()))),
    ];
    let members: Vec<String> = members
        .into_iter()
        .filter_map(|(name, value)| Some(format!("{name}={}", extension(&value?))))
        .collect();
    text.push_str(&members.join(" "));
    text
}

fn said(sentence: &str, reason: Option<&str>) -> String {
    match reason {
        Some(reason) if reason != sentence => format!("{sentence}. Reason: {reason}"),
        _ => sentence.to_owned(),
    }
}

fn title(act: Act) -> &'static str {
    match act {
        Act::Set => "Attribute changed",
        Act::Create => "Person created",
        Act::Activate => "Person activated",
        Act::Deactivate => "Person deactivated",
        Act::Delete => "Person deleted",
        Act::Arrive => "Person appeared",
        Act::Vanish => "Person gone",
        Act::Note => "Note",
    }
}

/// A part of the head has no line breaks, and its bars and backslashes are escaped.
fn head(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('|', "\\|")
        .replace(['\r', '\n'], " ")
}

/// A value may have line breaks, as `\n`; its equals signs are escaped, or the next key would begin there.
pub(in crate::history) fn extension(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('=', "\\=")
        .replace("\r\n", "\\n")
        .replace(['\r', '\n'], "\\n")
}
