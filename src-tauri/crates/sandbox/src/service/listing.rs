//! GET /Users: filter, order and page, with every habit of paging the switches know.

use serde_json::{Map, Value, json};

use super::filter::{Attribute, Filter};
use super::peakon;
use super::reply::{LIST, Reply, ScimError};
use super::users::Context;
use super::view::{self, Wanted};
use crate::Profile;
use crate::company::{Company, Order as Rows};
use crate::switches::{
    Cursor, ItemsPerPage, Listing, Nobody, Order, Pages, PastTheEnd, StartIndex, Switches, Total,
};

/// The query of a listing, as it was sent.
#[derive(Debug, Default)]
pub struct Query {
    pub filter: Option<String>,
    pub start_index: Option<String>,
    pub count: Option<String>,
    pub cursor: Option<String>,
    pub sort_by: Option<String>,
    pub sort_order: Option<String>,
    pub wanted: Wanted,
}

impl Query {
    pub fn read(pairs: &[(String, String)]) -> Result<Query, ScimError> {
        let get = |name: &str| {
            pairs
                .iter()
                .find(|(key, _)| key.eq_ignore_ascii_case(name))
                .map(|(_, value)| value.clone())
        };
        Ok(Query {
            filter: get("filter").filter(|filter| !filter.trim().is_empty()),
            start_index: get("startIndex"),
            count: get("count"),
            cursor: get("cursor"),
            sort_by: get("sortBy"),
            sort_order: get("sortOrder"),
            wanted: Wanted::parse(
                get("attributes").as_deref(),
                get("excludedAttributes").as_deref(),
            )?,
        })
    }

    /// From the body of a search request (RFC 7644 section 3.4.3).
    pub fn of_search(body: &Map<String, Value>) -> Result<Query, ScimError> {
        let text = |value: &Value| match value {
            Value::String(text) => text.clone(),
            Value::Array(list) => list
                .iter()
                .filter_map(Value::as_str)
                .collect::<Vec<_>>()
                .join(","),
            other => other.to_string(),
        };
        let pairs: Vec<(String, String)> = body
            .iter()
            .map(|(key, value)| (key.clone(), text(value)))
            .collect();
        Query::read(&pairs)
    }
}

/// The people a listing is about, in order.
enum People {
    /// Everybody, by id.
    All(usize),
    Chosen(Vec<u64>),
}

impl People {
    fn len(&self) -> usize {
        match self {
            People::All(count) => *count,
            People::Chosen(ids) => ids.len(),
        }
    }

    fn at(&self, position: usize, company: &Company) -> Option<u64> {
        match self {
            People::All(_) => company.id_at(position),
            People::Chosen(ids) => ids.get(position).copied(),
        }
    }
}

/// `number` is the request's: what changes from request to request hangs on it.
pub fn list(
    context: &Context<'_>,
    company: &Company,
    query: &Query,
    number: u64,
) -> Result<Reply, ScimError> {
    let switches = context.switches;
    if switches.listing == Listing::Forbidden {
        return Err(ScimError::new(
            403,
            "Listing employees over SCIM needs the Enterprise tier.",
        ));
    }
    let people = choose(context, company, query)?;
    let by_cursor = match switches.cursor {
        Cursor::Off => false,
        Cursor::Offered => query.cursor.is_some(),
        Cursor::Forced if query.start_index.is_some() => {
            return Err(ScimError::invalid_value(
                "People are listed by cursor here; “startIndex” is not offered.".to_owned(),
            ));
        }
        Cursor::Forced => true,
    };
    if by_cursor {
        return by_cursor_page(context, company, query, &people);
    }
    let total = people.len();
    let asked = whole_number("count", query.count.as_deref())?;
    let count = asked
        .map_or(switches.page_size, |count| count.max(0).unsigned_abs())
        .min(switches.page_cap) as usize;
    let start = match (
        switches.start_index,
        whole_number("startIndex", query.start_index.as_deref())?,
    ) {
        (StartIndex::Ignored, _) | (_, None) => 0,
        (StartIndex::OneBased, Some(start)) => {
            usize::try_from(start.max(1) - 1).unwrap_or(usize::MAX)
        }
        (StartIndex::ZeroBased, Some(start)) => usize::try_from(start.max(0)).unwrap_or(usize::MAX),
    };
    let mut first = start;
    if first >= total && total > 0 && count > 0 {
        match switches.past_the_end {
            PastTheEnd::Empty => {}
            PastTheEnd::RepeatLastPage => first = (total - 1) / count * count,
            PastTheEnd::Refused => {
                return Err(ScimError::invalid_value(format!(
                    "“startIndex” is past the last of {total} people."
                )));
            }
        }
    }
    let mut end = total.min(first.saturating_add(count));
    if switches.pages == Pages::Short && end < total && end - first.min(end) > 3 {
        end -= 1 + (end - first) / 16;
    }
    let rows = (first.min(end)..end)
        .filter(|position| switches.pages != Pages::Holed || position % 97 != 41)
        .filter_map(|position| people.at(moved(position, total, number, switches), company));
    let rows: Vec<u64> = rows.collect();
    let shown_start = match switches.start_index {
        StartIndex::ZeroBased => start,
        _ => start.saturating_add(1),
    };
    let mut head = Map::new();
    head.insert("schemas".to_owned(), json!([LIST]));
    match switches.total_results {
        Total::Right => head.insert("totalResults".to_owned(), json!(total)),
        Total::PageSize => head.insert("totalResults".to_owned(), json!(rows.len())),
        Total::Low => head.insert(
            "totalResults".to_owned(),
            json!(total - total.min(1 + total / 10)),
        ),
        Total::High => head.insert("totalResults".to_owned(), json!(total + 1 + total / 10)),
        Total::Missing => None,
    };
    head.insert("startIndex".to_owned(), json!(shown_start));
    match switches.items_per_page {
        ItemsPerPage::Returned => head.insert("itemsPerPage".to_owned(), json!(rows.len())),
        ItemsPerPage::Requested => head.insert(
            "itemsPerPage".to_owned(),
            json!(asked.unwrap_or(switches.page_size as i64)),
        ),
        ItemsPerPage::Missing => None,
    };
    if rows.is_empty() && switches.nobody == Nobody::NoContent {
        return Ok(Reply::empty(204));
    }
    if rows.is_empty() && switches.nobody == Nobody::WithoutResources {
        return Ok(Reply::object(200, head));
    }
    Ok(page(context, company, query, head, &rows))
}

/// Where a row of the stable order is found by this request.
fn moved(position: usize, total: usize, number: u64, switches: &Switches) -> usize {
    match switches.order {
        Order::Stable => position,
        Order::Drifting => (position + number as usize) % total,
        Order::Shuffled => Rows::of(total, number).place(position),
    }
}

fn whole_number(name: &str, text: Option<&str>) -> Result<Option<i64>, ScimError> {
    text.filter(|text| !text.is_empty())
        .map(|text| {
            text.parse().map_err(|_| {
                ScimError::invalid_value(format!("“{name}” is a whole number, not “{text}”."))
            })
        })
        .transpose()
}

fn choose(context: &Context<'_>, company: &Company, query: &Query) -> Result<People, ScimError> {
    match context.profile {
        Profile::Peakon => choose_simply(context, company, query),
        Profile::Rfc => choose_fully(context, company, query),
    }
}

fn choose_simply(
    context: &Context<'_>,
    company: &Company,
    query: &Query,
) -> Result<People, ScimError> {
    let switches = context.switches;
    let hidden = !switches.leavers_listed || !switches.inactive_listed;
    let shown = |id: &u64| {
        company.person(*id).is_some_and(|person| {
            (switches.leavers_listed || !person.separated(context.now.day))
                && (switches.inactive_listed || person.active())
        })
    };
    let mut people = match &query.filter {
        None if !hidden => return Ok(People::All(company.count())),
        None => (0..company.count())
            .filter_map(|position| company.id_at(position))
            .collect(),
        Some(filter) => {
            let (name, wanted) = peakon::simple_filter(filter, switches)?;
            match name.as_str() {
                "userName" => company.by_user_name(&wanted),
                "emails" => company.by_email(&wanted),
                "externalId" => company.by_external_id(&wanted),
                "id" => wanted
                    .parse()
                    .ok()
                    .filter(|id| company.exists(*id))
                    .into_iter()
                    .collect(),
                other => {
                    return Err(ScimError::invalid_filter(format!(
                        "“{other}” cannot be filtered."
                    )));
                }
            }
        }
    };
    if hidden {
        people.retain(shown);
    }
    Ok(People::Chosen(people))
}

fn choose_fully(
    context: &Context<'_>,
    company: &Company,
    query: &Query,
) -> Result<People, ScimError> {
    if query.filter.is_none() && query.sort_by.is_none() {
        return Ok(People::All(company.count()));
    }
    let filter = query
        .filter
        .as_deref()
        .map(|text| Filter::parse(text, &peakon::EXTENSIONS))
        .transpose()?;
    let sort = match query.sort_by.as_deref().filter(|name| !name.is_empty()) {
        Some(name) => Some(
            Attribute::parse(name, &peakon::EXTENSIONS)
                .map_err(|error| ScimError::invalid_value(error.detail))?,
        ),
        None => None,
    };
    let mut chosen = Vec::new();
    for position in 0..company.count() {
        let Some(person) = company.id_at(position).and_then(|id| company.person(id)) else {
            continue;
        };
        let body = context.render(&person, company);
        if filter.as_ref().is_none_or(|filter| filter.matches(&body)) {
            chosen.push((
                sort.as_ref()
                    .and_then(|attribute| view::sort_key(&body, attribute)),
                person.id,
            ));
        }
    }
    if sort.is_some() {
        let descending = query
            .sort_order
            .as_deref()
            .is_some_and(|order| order.eq_ignore_ascii_case("descending"));
        // Without a value: last when ascending, first when descending (RFC 7644 section 3.4.2.3).
        chosen
            .sort_by(|(left, _), (right, _)| (left.is_none(), left).cmp(&(right.is_none(), right)));
        if descending {
            chosen.reverse();
        }
    }
    Ok(People::Chosen(
        chosen.into_iter().map(|(_, id)| id).collect(),
    ))
}

/// A page by cursor (RFC 9865). A cursor is good for the same query and the same count only, for as long as the switches say.
fn by_cursor_page(
    context: &Context<'_>,
    company: &Company,
    query: &Query,
    people: &People,
) -> Result<Reply, ScimError> {
    let switches = context.switches;
    let invalid = |detail: String| ScimError::typed(400, "invalidCursor", detail);
    let asked = whole_number("count", query.count.as_deref())?;
    if asked.is_some_and(|count| count > switches.page_cap as i64) {
        return Err(ScimError::typed(
            400,
            "invalidCount",
            format!("“count” is at most {}.", switches.page_cap),
        ));
    }
    let count = asked.map_or(switches.page_size.min(switches.page_cap), |count| {
        count.max(0).unsigned_abs()
    }) as usize;
    let about = format!(
        "{:?}/{:?}/{:?}",
        query.filter, query.sort_by, query.sort_order
    );
    let about = &crate::log::digest(about.as_bytes())[..8];
    let start = match query.cursor.as_deref().filter(|cursor| !cursor.is_empty()) {
        None => 0,
        Some(cursor) => {
            let parts: Vec<&str> = cursor.split('-').collect();
            let [position, given_count, given_at, given_about] = parts.as_slice() else {
                return Err(invalid("This service gave no such cursor.".to_owned()));
            };
            let number = |text: &str| {
                u64::from_str_radix(text, 36)
                    .map_err(|_| invalid("This service gave no such cursor.".to_owned()))
            };
            let (position, given_count, given_at) =
                (number(position)?, number(given_count)?, number(given_at)?);
            if *given_about != about {
                return Err(invalid("The cursor belongs to another query.".to_owned()));
            }
            if given_count != count as u64 {
                return Err(ScimError::typed(
                    400,
                    "invalidCount",
                    "“count” must stay as it was for the first page.",
                ));
            }
            if given_at.saturating_add(switches.cursor_timeout) <= context.now.second {
                return Err(ScimError::typed(
                    400,
                    "expiredCursor",
                    "The cursor is too old: start again.",
                ));
            }
            usize::try_from(position)
                .map_err(|_| invalid("This service gave no such cursor.".to_owned()))?
        }
    };
    let total = people.len();
    let end = total.min(start.saturating_add(count));
    let rows: Vec<u64> = (start.min(end)..end)
        .filter_map(|position| people.at(position, company))
        .collect();
    let mut head = Map::new();
    head.insert("schemas".to_owned(), json!([LIST]));
    if switches.total_results != Total::Missing {
        head.insert("totalResults".to_owned(), json!(total));
    }
    head.insert("itemsPerPage".to_owned(), json!(rows.len()));
    if end < total && count > 0 {
        let cursor = format!(
            "{}-{}-{}-{about}",
            base36(end as u64),
            base36(count as u64),
            base36(context.now.second)
        );
        head.insert("nextCursor".to_owned(), json!(cursor));
    }
    Ok(page(context, company, query, head, &rows))
}

fn base36(mut number: u64) -> String {
    let mut digits = Vec::new();
    loop {
        digits.push(b"0123456789abcdefghijklmnopqrstuvwxyz"[(number % 36) as usize]);
        number /= 36;
        if number == 0 {
            break;
        }
    }
    digits
        .iter()
        .rev()
        .map(|digit| char::from(*digit))
        .collect()
}

/// Writes the page into one buffer; people as the seed has them take the quick way.
fn page(
    context: &Context<'_>,
    company: &Company,
    query: &Query,
    head: Map<String, Value>,
    rows: &[u64],
) -> Reply {
    let switches = context.switches;
    let quick = context.profile == Profile::Peakon && switches.plain_people();
    let mut body = Vec::with_capacity(256 + rows.len() * 1_400);
    serde_json::to_writer(&mut body, &head).expect("BUG: writing JSON into memory cannot fail");
    body.pop();
    body.extend_from_slice(b",\"Resources\":[");
    for (place, id) in rows.iter().enumerate() {
        if place > 0 {
            body.push(b',');
        }
        match company.untouched(*id).filter(|_| quick) {
            Some(index) => company.seed().person(index).write(
                &company.attributes,
                switches.numeric_ids,
                &mut body,
            ),
            None => {
                let Some(person) = company.person(*id) else {
                    continue;
                };
                let mut rendered = context.render(&person, company);
                if context.profile == Profile::Rfc {
                    view::project(&mut rendered, &query.wanted);
                }
                serde_json::to_writer(&mut body, &rendered)
                    .expect("BUG: writing JSON into memory cannot fail");
            }
        }
    }
    body.extend_from_slice(b"]}");
    Reply {
        status: 200,
        body: Some(body),
        ..Reply::default()
    }
}
