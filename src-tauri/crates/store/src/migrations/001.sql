-- Everything Muster keeps, in one file. A shipped migration is never edited; the next change is 002.sql.
-- Times are RFC 3339 in UTC with milliseconds. Values are canonical text, NULL when not set.

CREATE TABLE connections (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    name          TEXT NOT NULL UNIQUE,
    url           TEXT NOT NULL,
    colour        TEXT NOT NULL,
    origin        TEXT NOT NULL,             -- peakon | other | sample
    token_place   TEXT NOT NULL,             -- keychain | session | environment
    capabilities  TEXT NOT NULL DEFAULT '{}',-- declared and observed, JSON
    policy        TEXT NOT NULL DEFAULT '{}',-- what leaving sets, and the hour's quota, JSON
    created_at    TEXT NOT NULL,
    generation    INTEGER NOT NULL DEFAULT 0,-- the last sync that began
    synced_at     TEXT,                      -- end of the last complete sync
    sync_outcome  TEXT                       -- what the last sync found, JSON
) STRICT;

CREATE TABLE attributes (
    connection  INTEGER NOT NULL REFERENCES connections(id) ON DELETE CASCADE,
    id          INTEGER NOT NULL,            -- 0 Name and 1 Status are derived and have no row
    key         TEXT NOT NULL,               -- SCIM path, or urn + ':' + name
    label       TEXT NOT NULL,
    kind        TEXT NOT NULL,               -- text | option | date | number | boolean | employee
    role        TEXT,
    writable    INTEGER NOT NULL,
    required    INTEGER NOT NULL,
    present     INTEGER NOT NULL DEFAULT 1,  -- 0 once the service stops declaring and sending it
    PRIMARY KEY (connection, id),
    UNIQUE (connection, key)
) STRICT, WITHOUT ROWID;

-- The mirror. One row per person ever listed; `gone_at` once a disappearance is confirmed. The records as
-- received are in a table of their own: reading a directory must not page through them.
CREATE TABLE people (
    id          INTEGER PRIMARY KEY,         -- row id: what views are made of
    connection  INTEGER NOT NULL REFERENCES connections(id) ON DELETE CASCADE,
    scim_id     TEXT NOT NULL,
    cells       BLOB NOT NULL,               -- the values by attribute id, see mirror.rs
    digest      BLOB NOT NULL,               -- of the record, so an unchanged person costs one comparison
    etag        TEXT,
    generation  INTEGER NOT NULL,            -- the sync that last wrote this person
    seen_at     TEXT NOT NULL,               -- when the values were last written
    gone_at     TEXT,
    pack        INTEGER NOT NULL,            -- packs.id: where the record is
    place       INTEGER NOT NULL,            -- its first byte there, unpacked
    length      INTEGER NOT NULL,            -- its bytes
    UNIQUE (connection, scim_id)
) STRICT;
CREATE INDEX people_by_connection ON people (connection, id);
-- Few, so that people who are there are counted without reading them.
CREATE INDEX people_gone ON people (connection) WHERE gone_at IS NOT NULL;

CREATE TABLE packs (
    id          INTEGER PRIMARY KEY,
    connection  INTEGER NOT NULL REFERENCES connections(id) ON DELETE CASCADE,
    records     INTEGER NOT NULL,            -- how many of those in it are still somebody's
    packed      BLOB NOT NULL                -- resources as received, one after the other, see pack.rs
) STRICT;

CREATE TABLE views (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    connection  INTEGER NOT NULL REFERENCES connections(id) ON DELETE CASCADE,
    name        TEXT NOT NULL,
    position    INTEGER NOT NULL,
    definition  TEXT NOT NULL,               -- query, columns, widths, density, JSON
    UNIQUE (connection, name)
) STRICT;

-- The draft is a log of steps: undo moves the cursor back, a new step cuts what was undone.
CREATE TABLE drafts (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    connection  INTEGER NOT NULL REFERENCES connections(id) ON DELETE CASCADE,
    name        TEXT,                        -- NULL for the one in use
    parked      INTEGER NOT NULL DEFAULT 0,
    reason      TEXT,
    cursor      INTEGER NOT NULL DEFAULT 0,  -- the last step in force
    created_at  TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX one_draft_in_use ON drafts (connection) WHERE parked = 0;

CREATE TABLE draft_steps (
    draft       INTEGER NOT NULL REFERENCES drafts(id) ON DELETE CASCADE,
    step        INTEGER NOT NULL,
    label       TEXT NOT NULL,               -- what undo and redo say
    staged_at   TEXT NOT NULL,
    undo        BLOB NOT NULL,               -- the changes this step replaced, JSON
    redo        BLOB NOT NULL,               -- the changes this step made, JSON
    PRIMARY KEY (draft, step)
) STRICT, WITHOUT ROWID;

-- The changes in force: one per person and attribute, or per person and act.
CREATE TABLE changes (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    draft       INTEGER NOT NULL REFERENCES drafts(id) ON DELETE CASCADE,
    person      INTEGER NOT NULL,            -- people.id; a creation has a number of its own, from 4,294,967,295 down
    act         TEXT NOT NULL,               -- set | create | activate | deactivate | delete
    attribute   INTEGER NOT NULL DEFAULT -1, -- attributes.id for set, -1 otherwise
    before      TEXT,                        -- the value it was staged against
    after       TEXT,                        -- the value it sets; for create the whole new person, JSON
    new_option  INTEGER NOT NULL DEFAULT 0,  -- the admin created this segment on purpose
    origin      TEXT,                        -- where it came from: grid, paste, file row, take back
    source      TEXT,                        -- SHA-256 of the file it came from, hex
    staged_at   TEXT NOT NULL,
    UNIQUE (draft, person, act, attribute)
) STRICT;

CREATE TABLE plans (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    connection  INTEGER NOT NULL REFERENCES connections(id) ON DELETE CASCADE,
    draft       INTEGER,
    hash        TEXT NOT NULL,               -- SHA-256 over the canonical plan, hex
    summary     TEXT NOT NULL,               -- JSON
    reason      TEXT,
    origin      TEXT NOT NULL,               -- draft | take back | command line | file
    created_at  TEXT NOT NULL
) STRICT;

CREATE TABLE plan_items (
    plan        INTEGER NOT NULL REFERENCES plans(id) ON DELETE CASCADE,
    position    INTEGER NOT NULL,            -- the order of sending
    wave        INTEGER NOT NULL,            -- items of one wave may go side by side
    person      INTEGER NOT NULL,
    act         TEXT NOT NULL,
    verdict     TEXT NOT NULL,               -- change | same | held | blocked
    consequence TEXT NOT NULL,               -- the group it is shown under
    left_out    INTEGER NOT NULL DEFAULT 0,
    body        TEXT NOT NULL,               -- the item: changes with before and after, reason, JSON
    PRIMARY KEY (plan, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX plan_items_by_consequence ON plan_items (plan, consequence, position);

CREATE TABLE runs (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    connection   INTEGER NOT NULL REFERENCES connections(id) ON DELETE CASCADE,
    plan         INTEGER NOT NULL REFERENCES plans(id),
    state        TEXT NOT NULL,              -- running | paused | done | cancelled
    why          TEXT,                       -- why it is paused
    resume_at    TEXT,
    confirmation TEXT NOT NULL,              -- what was typed and said to pass the brakes, JSON
    started_at   TEXT NOT NULL,
    finished_at  TEXT,
    dismissed    INTEGER NOT NULL DEFAULT 0, -- its end has been seen and put away
    piloted      INTEGER NOT NULL DEFAULT 0  -- the first few are done, and it has waited for somebody to look
) STRICT;
CREATE INDEX runs_by_connection ON runs (connection, id);

CREATE TABLE run_items (
    run         INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
    position    INTEGER NOT NULL,
    wave        INTEGER NOT NULL,
    person      INTEGER NOT NULL,
    state       TEXT NOT NULL,               -- waiting | sending | sent | done | same | held | failed | unknown | cancelled
    why         TEXT,
    attempts    INTEGER NOT NULL DEFAULT 0,
    seats       INTEGER NOT NULL DEFAULT 0,  -- freed, measured by reading back
    request     TEXT,                        -- as sent, token masked
    reply       TEXT,                        -- as received, bounded
    request_id  TEXT,
    settled_at  TEXT,
    PRIMARY KEY (run, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX run_items_by_state ON run_items (run, state);

-- History: append-only, each row carries the hash of the one before it.
CREATE TABLE history (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    at          TEXT NOT NULL,
    actor       TEXT NOT NULL,               -- operating system user @ machine
    connection  INTEGER NOT NULL,            -- kept after a connection is forgotten, so no reference
    origin      TEXT NOT NULL,               -- made | seen
    act         TEXT NOT NULL,               -- set | create | activate | deactivate | delete | arrive | vanish | note
    person      INTEGER,
    scim_id     TEXT,
    person_name TEXT,
    attribute   TEXT,                        -- the key
    label       TEXT,                        -- and how it was called then
    before      TEXT,
    after       TEXT,
    run         INTEGER,
    plan        INTEGER,
    reason      TEXT,
    request_id  TEXT,
    source      TEXT,                        -- hash of the file it came from
    detail      TEXT,                        -- JSON, e.g. the whole person before a deletion
    previous    BLOB NOT NULL,
    hash        BLOB NOT NULL
) STRICT;
-- Each holds what counting asks for, so that counting does not page through the events.
CREATE INDEX history_by_person ON history (person, id, connection, origin) WHERE person IS NOT NULL;
CREATE INDEX history_by_run ON history (run, id, connection, origin) WHERE run IS NOT NULL;
CREATE INDEX history_by_connection ON history (connection, id);
CREATE INDEX history_by_origin ON history (connection, origin, id);
CREATE INDEX history_by_time ON history (connection, at, origin);

-- Kept in the transaction that appends, so that millions of events are counted without being read.
CREATE TABLE history_days (
    connection  INTEGER NOT NULL,
    day         TEXT NOT NULL,               -- UTC
    made        INTEGER NOT NULL,
    seen        INTEGER NOT NULL,
    PRIMARY KEY (connection, day)
) STRICT, WITHOUT ROWID;

-- From this event on, to the next span, all events are of this day. A clock set back begins a new span.
CREATE TABLE history_spans (
    first       INTEGER PRIMARY KEY,         -- history.id
    day         TEXT NOT NULL
) STRICT;

-- The words of the events, folded. No text is kept here. `facts` holds words that no text has: connection
-- and origin, person, run.
CREATE VIRTUAL TABLE history_text USING fts5 (
    person, attribute, before, after, note, facts,
    content = '', columnsize = 0, prefix = '1 2', tokenize = "unicode61 remove_diacritics 0 categories 'L* M* N* Co'"
);

-- What a retention rule removed from the beginning of the history. `event` is the event that says so.
CREATE TABLE seals (
    last        INTEGER PRIMARY KEY,         -- history.id of the last event removed
    first       INTEGER NOT NULL,
    events      INTEGER NOT NULL,
    hash        BLOB NOT NULL,               -- of the last event removed
    event       INTEGER NOT NULL
) STRICT;

CREATE TABLE anchors (
    day         TEXT PRIMARY KEY,            -- the date of the last event it covers, UTC
    event       INTEGER NOT NULL,
    hash        BLOB NOT NULL,
    made_at     TEXT NOT NULL
) STRICT;

-- When the history was last looked at, so that what came since can be told.
CREATE TABLE visits (
    connection  INTEGER PRIMARY KEY REFERENCES connections(id) ON DELETE CASCADE,
    since       TEXT,                        -- the end of the visit before this one; NULL on the first
    last        TEXT NOT NULL                -- the latest look of this visit
) STRICT;

-- The standing rule of how long events are kept; at most one.
CREATE TABLE retention (
    id          INTEGER PRIMARY KEY CHECK (id = 1),
    days        INTEGER NOT NULL,
    reason      TEXT NOT NULL,
    made_at     TEXT NOT NULL,
    actor       TEXT NOT NULL
) STRICT;

-- The hour's budget, shared by every process that opens this file.
CREATE TABLE quota (
    connection  INTEGER NOT NULL REFERENCES connections(id) ON DELETE CASCADE,
    minute      INTEGER NOT NULL,            -- minutes since 1970
    operations  INTEGER NOT NULL,
    PRIMARY KEY (connection, minute)
) STRICT, WITHOUT ROWID;

CREATE TABLE protected (
    connection  INTEGER NOT NULL REFERENCES connections(id) ON DELETE CASCADE,
    person      INTEGER NOT NULL,
    reason      TEXT NOT NULL,
    until       TEXT,                        -- a date, or NULL for no end
    PRIMARY KEY (connection, person)
) STRICT, WITHOUT ROWID;


-- A file of activity that was taken in. A refreshed file of the same name takes the place of the one before it.
CREATE TABLE evidence_sources (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    connection  INTEGER NOT NULL REFERENCES connections(id) ON DELETE CASCADE,
    name        TEXT NOT NULL,               -- what the admin calls it
    kind        TEXT NOT NULL,               -- entra_sign_ins | okta_sign_ins | google_sign_ins | peakon_audit | peakon_usage | survey_participation | hris | other
    file_name   TEXT NOT NULL,
    file_hash   TEXT NOT NULL,               -- SHA-256, hex
    file_bytes  INTEGER NOT NULL,
    mapping     TEXT NOT NULL,               -- JSON
    outcome     TEXT NOT NULL,               -- JSON
    as_of       TEXT NOT NULL,               -- the day the file speaks of
    imported_at TEXT NOT NULL,
    replaced_at TEXT                         -- NULL while it counts
) STRICT;
CREATE INDEX evidence_sources_by_connection ON evidence_sources (connection, name);

-- What a source says of a person: only the newest per person and source.
CREATE TABLE evidence (
    source      INTEGER NOT NULL REFERENCES evidence_sources(id) ON DELETE CASCADE,
    person      INTEGER NOT NULL,            -- people.id
    seen        TEXT,                        -- a date; NULL: listed there without any activity
    state       TEXT,                        -- HRIS: left | leave | active
    since       TEXT,                        -- the date of that state: last day worked, leave from
    PRIMARY KEY (source, person)
) STRICT, WITHOUT ROWID;

-- Rows that found nobody or too many, or could not be read.
CREATE TABLE evidence_rows (
    source      INTEGER NOT NULL REFERENCES evidence_sources(id) ON DELETE CASCADE,
    row         INTEGER NOT NULL,            -- from 1, as the sheet's program shows it
    state       TEXT NOT NULL,               -- unmatched | ambiguous | unreadable
    who         TEXT,
    why         TEXT NOT NULL,
    PRIMARY KEY (source, row)
) STRICT, WITHOUT ROWID;

-- What the admin said a name in a file stands for.
CREATE TABLE aliases (
    connection   INTEGER NOT NULL REFERENCES connections(id) ON DELETE CASCADE,
    alias        TEXT NOT NULL,              -- case-folded
    person       INTEGER NOT NULL,
    confirmed_at TEXT NOT NULL,
    PRIMARY KEY (connection, alias)
) STRICT, WITHOUT ROWID;

-- Who counts as dormant. Every version is kept: what was used can be looked up.
CREATE TABLE dormancy_policies (
    connection  INTEGER NOT NULL REFERENCES connections(id) ON DELETE CASCADE,
    version     INTEGER NOT NULL,
    body        TEXT NOT NULL,               -- JSON
    kept_at     TEXT NOT NULL,
    PRIMARY KEY (connection, version)
) STRICT, WITHOUT ROWID;

-- Who is left out of every pile: one person, or whoever matches a filter.
CREATE TABLE exemptions (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    connection  INTEGER NOT NULL REFERENCES connections(id) ON DELETE CASCADE,
    person      INTEGER,
    filter      TEXT,                        -- a view query, JSON
    reason      TEXT NOT NULL,
    until       TEXT,                        -- the last day it holds; NULL: no end
    origin      TEXT NOT NULL,               -- admin | answer
    made_at     TEXT NOT NULL
) STRICT;
CREATE INDEX exemptions_by_connection ON exemptions (connection);

-- The last use of the policy on each day: what it counted, and which version it was.
CREATE TABLE dormancy_days (
    connection  INTEGER NOT NULL REFERENCES connections(id) ON DELETE CASCADE,
    day         TEXT NOT NULL,
    policy      INTEGER NOT NULL,
    counts      TEXT NOT NULL,               -- JSON per pile
    PRIMARY KEY (connection, day)
) STRICT, WITHOUT ROWID;
