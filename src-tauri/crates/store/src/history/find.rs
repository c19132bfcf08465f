//! Looking through millions of events: counts come from the days that are kept, words from the index, and
//! only the events on screen are read.

use super::{
    Event, EventOrigin, EventQuery, FIELDS, event,
    query::{Clauses, Cover, ends, starts},
};
use crate::{Error, Reader, Result, Writer};

/// Beyond this many a search by words, by person or by run stops counting.
pub const MOST_COUNTED: u32 = 20_000;

/// Beyond so many of a connection's events for each one found, these are asked for one by one.
const WALKED: u32 = 16;

const BY_WORDS: &str = "SELECT rowid FROM history_text WHERE history_text MATCH ?1 AND rowid >= ?2 AND rowid <= ?3 \
     ORDER BY rowid DESC";

/// Events of one UTC day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    pub day: String,
    pub made: u32,
    pub seen: u32,
}

/// An answer: how many, on which days, and the events on screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub total: u32,
    /// There are more than [`MOST_COUNTED`]; the newest were counted.
    pub more: bool,
    /// Oldest first.
    pub days: Vec<Day>,
    /// Newest first.
    pub events: Vec<Event>,
}

struct Span {
    first: u32,
    last: u32,
    day: String,
    cover: Cover,
}

struct Hit {
    id: u32,
    made: bool,
}

impl Reader<'_> {
    /// How many events there are, on which days, and `len` of them from the newest but `start` on.
    pub fn find_events(&self, query: &EventQuery, start: u32, len: u32) -> Result<Found> {
        let spans = self.spans(query)?;
        let words = self.expression(query)?;
        if words.is_none() && query.person.is_none() && query.run.is_none() {
            return self.page_of_days(query, &spans, start, len);
        }
        let (hits, more) = match words {
            Some(words) => self.hits_by_words(query, &words, &spans)?,
            None => self.hits_by_facts(query, &spans)?,
        };
        let events = hits
            .iter()
            .skip(start as usize)
            .take(len as usize)
            .filter_map(|hit| self.event(hit.id).transpose())
            .collect::<Result<_>>()?;
        Ok(Found {
            total: hits.len() as u32,
            more,
            days: days(&hits, &spans),
            events,
        })
    }

    /// Oldest first, one at a time, for exports.
    ///
    /// # Errors
    /// What `each` returns, or what the file says.
    pub fn each_event<E: From<Error>>(
        &self,
        query: &EventQuery,
        mut each: impl FnMut(Event) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut clauses = Clauses::new();
        clauses.facts(query);
        clauses.time(query);
        if let Some(words) = self.expression(query)? {
            clauses.add(
                "id IN (SELECT rowid FROM history_text WHERE history_text MATCH ?)",
                words,
            );
        }
        let sql = format!(
            "SELECT {FIELDS} FROM history WHERE {} ORDER BY id",
            clauses.all()
        );
        let mut statement = self.raw().prepare_cached(&sql).map_err(Error::from)?;
        let mut rows = statement
            .query(rusqlite::params_from_iter(clauses.values.iter()))
            .map_err(Error::from)?;
        while let Some(row) = rows.next().map_err(Error::from)? {
            each(event(row).map_err(Error::from)?)?;
        }
        Ok(())
    }

    /// Connections that have events, forgotten ones too.
    pub fn connections_with_history(&self) -> Result<Vec<u32>> {
        let mut statement = self
            .raw()
            .prepare_cached("SELECT DISTINCT connection FROM history_days ORDER BY connection")?;
        let found = statement.query_map([], |row| row.get(0))?;
        Ok(found.collect::<rusqlite::Result<_>>()?)
    }

    fn spans(&self, query: &EventQuery) -> Result<Vec<Span>> {
        let mut statement = self
            .raw()
            .prepare_cached("SELECT first, day FROM history_spans ORDER BY first")?;
        let found: Vec<(u32, String)> = statement
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<rusqlite::Result<_>>()?;
        let nexts: Vec<u32> = found
            .iter()
            .skip(1)
            .map(|(first, _)| first - 1)
            .chain([u32::MAX])
            .collect();
        Ok(found
            .into_iter()
            .zip(nexts)
            .map(|((first, day), last)| Span {
                first,
                last,
                cover: query.cover(&day),
                day,
            })
            .collect())
    }

    /// Without words, person or run: whole days are counted already.
    fn page_of_days(
        &self,
        query: &EventQuery,
        spans: &[Span],
        start: u32,
        len: u32,
    ) -> Result<Found> {
        let days = self.days_of_connections(query)?;
        let total: u32 = days.iter().map(|day| day.made + day.seen).sum();
        let start = start.min(total);
        let len = len.min(total - start);
        let mut clauses = Clauses::new();
        clauses.facts(query);
        if let Some((first, last)) = ids(spans) {
            clauses.add("id >= ?", first);
            clauses.add("id <= ?", last);
            let exact = spans
                .iter()
                .filter(|span| span.first >= first && span.last <= last)
                .all(|span| span.cover == Cover::Whole);
            if !exact {
                clauses.time(query);
            }
        }
        // From whichever end is nearer: what is skipped is walked over.
        let backwards = start <= total / 2;
        let (order, skip) = if backwards {
            ("DESC", start)
        } else {
            ("ASC", total - start - len)
        };
        let condition = clauses.all();
        clauses.values.push(Box::new(len));
        clauses.values.push(Box::new(skip));
        let sql = format!(
            "SELECT id FROM history WHERE {condition} ORDER BY id {order} LIMIT ?{} OFFSET ?{}",
            clauses.values.len() - 1,
            clauses.values.len()
        );
        let mut ids: Vec<u32> = self
            .raw()
            .prepare_cached(&sql)?
            .query_map(rusqlite::params_from_iter(clauses.values.iter()), |row| {
                row.get(0)
            })?
            .collect::<rusqlite::Result<_>>()?;
        if !backwards {
            ids.reverse();
        }
        let events = ids
            .into_iter()
            .filter_map(|id| self.event(id).transpose())
            .collect::<Result<_>>()?;
        Ok(Found {
            total,
            more: false,
            days,
            events,
        })
    }

    fn days_of_connections(&self, query: &EventQuery) -> Result<Vec<Day>> {
        let mut statement = self.raw().prepare_cached(
            "SELECT connection, day, made, seen FROM history_days WHERE ?1 IS NULL OR connection = ?1 ORDER BY day",
        )?;
        let mut rows = statement.query([query.connection])?;
        let mut days: Vec<Day> = Vec::new();
        while let Some(row) = rows.next()? {
            let connection: u32 = row.get(0)?;
            let day: String = row.get(1)?;
            let (made, seen) = match query.cover(&day) {
                Cover::Outside => continue,
                Cover::Whole => (row.get(2)?, row.get(3)?),
                Cover::Partly => self.count_part(query, connection, &day)?,
            };
            let (made, seen) = match query.origin {
                Some(EventOrigin::Made) => (made, 0),
                Some(EventOrigin::Seen) => (0, seen),
                None => (made, seen),
            };
            match days.last_mut() {
                Some(last) if last.day == day => {
                    last.made += made;
                    last.seen += seen;
                }
                _ => days.push(Day { day, made, seen }),
            }
        }
        days.retain(|day| day.made + day.seen > 0);
        Ok(days)
    }

    fn count_part(&self, query: &EventQuery, connection: u32, day: &str) -> Result<(u32, u32)> {
        let (start, end) = (starts(day), ends(day));
        let from = query
            .from
            .as_deref()
            .map_or(start.as_str(), |from| from.max(&start));
        // Exclusive, and beyond all times of the day.
        let beyond = format!("{end}~");
        let to = query
            .to
            .as_deref()
            .map_or(beyond.as_str(), |to| to.min(&beyond));
        Ok(self
            .raw()
            .prepare_cached(
                "SELECT count(*) FILTER (WHERE origin = 'made'), count(*) FILTER (WHERE origin <> 'made') \
                 FROM history WHERE connection = ?1 AND at >= ?2 AND at < ?3",
            )?
            .query_one((connection, from, to), |row| Ok((row.get(0)?, row.get(1)?)))?)
    }

    /// Newest first, by the index of a person or a run.
    fn hits_by_facts(&self, query: &EventQuery, spans: &[Span]) -> Result<(Vec<Hit>, bool)> {
        let Some((first, last)) = ids(spans) else {
            return Ok((Vec::new(), false));
        };
        let mut clauses = Clauses::new();
        clauses.facts(query);
        clauses.add("id >= ?", first);
        clauses.add("id <= ?", last);
        let sql = format!(
            "SELECT id, origin = 'made' FROM history WHERE {} ORDER BY id DESC",
            clauses.all()
        );
        let mut statement = self.raw().prepare_cached(&sql)?;
        let rows =
            statement.query_map(rusqlite::params_from_iter(clauses.values.iter()), |row| {
                Ok(Hit {
                    id: row.get(0)?,
                    made: row.get(1)?,
                })
            })?;
        self.within_time(query, spans, rows)
    }

    /// Newest first, by the index of words.
    fn hits_by_words(
        &self,
        query: &EventQuery,
        words: &str,
        spans: &[Span],
    ) -> Result<(Vec<Hit>, bool)> {
        let Some((first, last)) = ids(spans) else {
            return Ok((Vec::new(), false));
        };
        let mut statement = self.raw().prepare_cached(BY_WORDS)?;
        let made = query.origin == Some(EventOrigin::Made);
        let rows = statement.query_map((words, first, last), |row| {
            Ok(Hit {
                id: row.get(0)?,
                made,
            })
        })?;
        let (mut hits, more) = self.within_time(query, spans, rows)?;
        if query.origin.is_none() {
            match query.connection {
                Some(connection) => self.mark_made(connection, &mut hits)?,
                None => self.mark_made_anywhere(&mut hits)?,
            }
        }
        Ok((hits, more))
    }

    /// Which of them, newest first, were made, without reading any. The index of origins is walked along where they
    /// stand close together, and asked for each where they don't. Another walk along the words would begin with
    /// gathering all that have the same beginning.
    fn mark_made(&self, connection: u32, hits: &mut [Hit]) -> Result<()> {
        let (Some(newest), Some(oldest)) = (hits.first(), hits.last()) else {
            return Ok(());
        };
        let (newest, oldest) = (newest.id, oldest.id);
        if (newest - oldest) / WALKED <= hits.len() as u32 {
            let mut statement = self.raw().prepare_cached(
                "SELECT id FROM history INDEXED BY history_by_origin
                 WHERE connection = ?1 AND origin = 'made' AND id BETWEEN ?2 AND ?3 ORDER BY id DESC",
            )?;
            let made = statement.query_map((connection, oldest, newest), |row| row.get(0))?;
            let mut hits = hits.iter_mut().peekable();
            for made in made {
                let made: u32 = made?;
                while hits.next_if(|hit| hit.id > made).is_some() {}
                if let Some(hit) = hits.next_if(|hit| hit.id == made) {
                    hit.made = true;
                }
            }
            return Ok(());
        }
        let mut statement = self.raw().prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM history INDEXED BY history_by_origin
                            WHERE connection = ?1 AND origin = 'made' AND id = ?2)",
        )?;
        for hit in hits.iter_mut().filter(|hit| !hit.made) {
            hit.made = statement.query_one((connection, hit.id), |row| row.get(0))?;
        }
        Ok(())
    }

    fn mark_made_anywhere(&self, hits: &mut [Hit]) -> Result<()> {
        for connection in self.connections_with_history()? {
            self.mark_made(connection, hits)?;
        }
        Ok(())
    }

    fn within_time(
        &self,
        query: &EventQuery,
        spans: &[Span],
        rows: impl Iterator<Item = rusqlite::Result<Hit>>,
    ) -> Result<(Vec<Hit>, bool)> {
        let mut hits = Vec::new();
        let mut later = spans.iter().rev().peekable();
        for hit in rows {
            let hit = hit?;
            while later.next_if(|span| span.first > hit.id).is_some() {}
            let holds = match later.peek().map(|span| span.cover) {
                Some(Cover::Whole) => true,
                Some(Cover::Partly) => self
                    .event(hit.id)?
                    .is_some_and(|found| query.holds_time(&found.event.at)),
                Some(Cover::Outside) | None => false,
            };
            if holds {
                if hits.len() as u32 == MOST_COUNTED {
                    return Ok((hits, true));
                }
                hits.push(hit);
            }
        }
        Ok((hits, false))
    }
}

impl Writer<'_> {
    /// Adds to a day's count, or takes away from it.
    pub(super) fn count_event(
        &self,
        connection: u32,
        day: &str,
        made: bool,
        by: i64,
    ) -> Result<()> {
        let (made, seen) = if made { (by, 0) } else { (0, by) };
        self.raw()
            .prepare_cached(
                "INSERT INTO history_days (connection, day, made, seen) VALUES (?1, ?2, ?3, ?4) \
                 ON CONFLICT DO UPDATE SET made = made + excluded.made, seen = seen + excluded.seen",
            )?
            .execute((connection, day, made, seen))?;
        Ok(())
    }
}

/// The smallest stretch of ids that holds everything between `from` and `to`.
fn ids(spans: &[Span]) -> Option<(u32, u32)> {
    let mut inside = spans.iter().filter(|span| span.cover != Cover::Outside);
    let first = inside.next()?;
    Some((first.first, inside.next_back().unwrap_or(first).last))
}

fn days(hits: &[Hit], spans: &[Span]) -> Vec<Day> {
    // A clock set back comes to the same day twice.
    let mut days = std::collections::BTreeMap::<&str, (u32, u32)>::new();
    let mut later = spans.iter().rev().peekable();
    for hit in hits {
        while later.next_if(|span| span.first > hit.id).is_some() {}
        let Some(span) = later.peek() else {
            break;
        };
        let (made, seen) = days.entry(&span.day).or_default();
        if hit.made {
            *made += 1;
        } else {
            *seen += 1;
        }
    }
    days.into_iter()
        .map(|(day, (made, seen))| Day {
            day: day.to_owned(),
            made,
            seen,
        })
        .collect()
}
