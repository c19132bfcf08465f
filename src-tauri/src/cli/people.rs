//! `muster people`.

use std::{
    borrow::Cow,
    io::{self, IsTerminal},
};

use clap::ValueEnum;
use engine::{
    attribute::{Attribute, Kind},
    ids::{AttributeId, ViewId},
    people::{Filter, Row, Test, ViewQuery},
};
use serde_json::{Map, Value, json};

use super::{
    End, Outcome, Trouble,
    output::{self, count},
    session::{Session, read_already},
};

/// People asked of the engine at a time.
const PAGE: u32 = 1_000;
/// What a terminal is shown unless it asks for more.
const SCREEN: u32 = 50;

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The connection; not needed when there is only one
    #[arg(long, value_name = "NAME")]
    connection: Option<String>,
    /// As in the search box of the window
    #[arg(long, value_name = "TEXT", default_value = "")]
    search: String,
    /// 'Department=Sales', 'Department!=Sales', 'Title~lead', 'Manager=' (not set); all must hold, several
    /// values of one attribute are any of them
    #[arg(long, value_name = "FILTER")]
    filter: Vec<String>,
    /// Attributes, separated by commas
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    columns: Vec<String>,
    /// At most so many people; a terminal is shown 50 unless told
    #[arg(long, value_name = "N")]
    limit: Option<u32>,
    #[arg(long, value_enum)]
    format: Option<Format>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Table,
    Json,
    Csv,
}

pub async fn run(session: &Session, arguments: Arguments) -> Outcome {
    let connection = session.connection(arguments.connection.as_deref()).await?;
    let id = read_already(connection)?.id;
    let directory = session.off(move |engine| engine.directory_of(id)).await?;
    let query = ViewQuery {
        search: arguments.search,
        filters: filters(&directory.attributes, &arguments.filter)?,
        ..ViewQuery::default()
    };
    let columns = columns(
        &directory.attributes,
        &arguments.columns,
        &directory.columns,
    )?;
    let format = match arguments.format {
        Some(format) => format,
        None if session.json => Format::Json,
        None => Format::Table,
    };
    let view = session
        .off(move |engine| engine.open_view(id, query))
        .await?;
    if let Some(note) = &view.note {
        eprintln!("{note}");
    }
    let screen = format == Format::Table && io::stdout().is_terminal();
    let limit = arguments
        .limit
        .unwrap_or(if screen { SCREEN } else { u32::MAX })
        .min(view.total);
    let ids: Vec<AttributeId> = columns.iter().map(|attribute| attribute.id).collect();
    match format {
        Format::Table => {
            let rows: Vec<Vec<String>> = rows(session, view.id, limit, &ids)
                .await?
                .into_iter()
                .map(texts)
                .collect();
            let headings: Vec<&str> = columns
                .iter()
                .map(|attribute| attribute.label.as_str())
                .collect();
            output::table(&headings, &rows);
            if limit < view.total {
                eprintln!(
                    "{} of {}; --limit shows more.",
                    count(limit),
                    count(view.total)
                );
            }
        }
        Format::Csv => csv(session, view.id, limit, &columns, &ids).await?,
        Format::Json => {
            let people: Vec<Value> = rows(session, view.id, limit, &ids)
                .await?
                .iter()
                .map(|row| record(row, &columns))
                .collect();
            output::json(&json!({ "total": view.total, "of": view.of, "people": people }));
        }
    }
    Ok(End::Done)
}

async fn rows(
    session: &Session,
    view: ViewId,
    limit: u32,
    ids: &[AttributeId],
) -> Outcome<Vec<Row>> {
    let mut rows = Vec::new();
    while (rows.len() as u32) < limit {
        let page = page(session, view, rows.len() as u32, limit, ids).await?;
        if page.is_empty() {
            break;
        }
        rows.extend(page);
    }
    Ok(rows)
}

async fn page(
    session: &Session,
    view: ViewId,
    start: u32,
    limit: u32,
    ids: &[AttributeId],
) -> Outcome<Vec<Row>> {
    let (length, ids) = (PAGE.min(limit - start), ids.to_vec());
    let window = session
        .off(move |engine| engine.window(view, start, length, &ids))
        .await?;
    Ok(window.rows)
}

/// Page by page, so that a large directory need not fit in memory twice.
async fn csv(
    session: &Session,
    view: ViewId,
    limit: u32,
    columns: &[&Attribute],
    ids: &[AttributeId],
) -> Outcome<()> {
    let headings = columns
        .iter()
        .map(|attribute| (Kind::Text, attribute.label.as_str().into()));
    output::csv([headings.collect()]);
    let kinds = || columns.iter().map(|attribute| attribute.kind);
    let mut start = 0;
    while start < limit {
        let page = page(session, view, start, limit, ids).await?;
        if page.is_empty() {
            break;
        }
        start += page.len() as u32;
        output::csv(
            page.into_iter()
                .map(|row| kinds().zip(texts(row).into_iter().map(Cow::from)).collect()),
        );
    }
    Ok(())
}

fn texts(row: Row) -> Vec<String> {
    row.cells
        .into_iter()
        .map(|cell| cell.shown.or(cell.value).unwrap_or_default())
        .collect()
}

fn record(row: &Row, columns: &[&Attribute]) -> Value {
    let mut values = Map::new();
    for (attribute, cell) in columns.iter().zip(&row.cells) {
        values.insert(attribute.label.clone(), json!(cell.value));
    }
    json!({ "row": row.id, "name": row.name, "status": row.status, "values": values })
}

/// The attribute of this name: as the company labels it, or its SCIM key.
pub fn attribute<'a>(attributes: &'a [Attribute], name: &str) -> Outcome<&'a Attribute> {
    let name = name.trim();
    let lower = name.to_lowercase();
    attributes
        .iter()
        .find(|attribute| attribute.label == name || attribute.key == name)
        .or_else(|| {
            attributes
                .iter()
                .find(|attribute| attribute.label.to_lowercase() == lower)
        })
        .ok_or_else(|| {
            let names: Vec<&str> = attributes
                .iter()
                .map(|attribute| attribute.label.as_str())
                .collect();
            Trouble::Usage(format!(
                "There is no attribute named {name}. There is: {}.",
                names.join(", ")
            ))
        })
}

fn columns<'a>(
    attributes: &'a [Attribute],
    asked: &[String],
    usual: &[AttributeId],
) -> Outcome<Vec<&'a Attribute>> {
    if !asked.is_empty() {
        return asked
            .iter()
            .map(|name| attribute(attributes, name))
            .collect();
    }
    let mut ids = vec![AttributeId::NAME, AttributeId::STATUS];
    ids.extend(
        usual
            .iter()
            .filter(|id| **id != AttributeId::NAME && **id != AttributeId::STATUS),
    );
    Ok(ids
        .into_iter()
        .filter_map(|id| attributes.iter().find(|attribute| attribute.id == id))
        .collect())
}

fn filters(attributes: &[Attribute], texts: &[String]) -> Outcome<Vec<Filter>> {
    let mut filters: Vec<Filter> = Vec::new();
    for text in texts {
        let filter = filter(attributes, text)?;
        let wanted = match &filter.test {
            Test::AnyOf { values } => values.clone(),
            _ => Vec::new(),
        };
        let former = filters
            .iter_mut()
            .find_map(|former| match &mut former.test {
                Test::AnyOf { values } if former.attribute == filter.attribute => Some(values),
                _ => None,
            });
        match former {
            Some(values) if !wanted.is_empty() => values.extend(wanted),
            _ => filters.push(filter),
        }
    }
    Ok(filters)
}

fn filter(attributes: &[Attribute], text: &str) -> Outcome<Filter> {
    let at = text.find(['=', '~', '!']).ok_or_else(|| {
        Trouble::Usage(format!(
            "{text} is no filter. Write Attribute=value, Attribute!=value or Attribute~part."
        ))
    })?;
    let attribute = attribute(attributes, &text[..at])?;
    let (sign, value) = match &text[at..] {
        rest if rest.starts_with("!=") => ('!', rest[2..].trim()),
        rest if rest.starts_with('=') => ('=', rest[1..].trim()),
        rest if rest.starts_with('~') => ('~', rest[1..].trim()),
        _ => {
            return Err(Trouble::Usage(format!(
                "{text} is no filter. After an exclamation mark comes an equals sign."
            )));
        }
    };
    let value_or_none = || Some(canonical(attribute, value)).filter(|value| !value.is_empty());
    let test = match sign {
        '=' => Test::AnyOf {
            values: vec![value_or_none()],
        },
        '!' => Test::NoneOf {
            values: vec![value_or_none()],
        },
        _ => Test::Contains {
            text: value.to_owned(),
        },
    };
    Ok(Filter {
        attribute: attribute.id,
        test,
    })
}

/// A status is asked for as it is read, in any letter case.
fn canonical(attribute: &Attribute, value: &str) -> String {
    const STATUSES: [&str; 4] = ["Active", "Inactive", "Left", "Not started"];
    if attribute.id != AttributeId::STATUS {
        return value.to_owned();
    }
    STATUSES
        .into_iter()
        .find(|status| status.eq_ignore_ascii_case(value))
        .unwrap_or(value)
        .to_owned()
}
