-- Who comes first by name in a directory, so that a window has rows to show before everybody is read. Whatever
-- writes people or attributes takes it away in the same transaction: what stands here is true of the mirror.
CREATE TABLE first_rows (
    connection  INTEGER PRIMARY KEY REFERENCES connections(id) ON DELETE CASCADE,
    body        TEXT NOT NULL                -- JSON, see the engine's people/first.rs
) STRICT;
