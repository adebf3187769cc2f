"""The tables of a library, the version they are of, and the way there from older versions."""

import sqlite3
import zlib

SCHEMA_VERSION = 5
"""Raised with every change of the tables; stored as SQLite's ``user_version``."""

APPLICATION_ID = 0x51614C62
"""Marks the file as a library of qa (``QaLb``); stored as SQLite's ``application_id``."""

_FIRST = """
-- What the library is: the model that made its embeddings, by name and fingerprint.
CREATE TABLE facts (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

-- One row a finished batch. Passage numbers only grow, so last_passage divides old from new.
CREATE TABLE commits (
    revision     INTEGER PRIMARY KEY AUTOINCREMENT,
    nonce        TEXT NOT NULL,
    last_passage INTEGER NOT NULL
);

-- Files as they were when they were read. One that is not whole is read again: its batches are
-- not all in yet (its digest is then empty), or some of its records could not be read.
CREATE TABLE files (
    id          INTEGER PRIMARY KEY,
    path        TEXT NOT NULL UNIQUE,
    name        TEXT NOT NULL,
    size_bytes  INTEGER NOT NULL,
    modified_ns INTEGER NOT NULL,
    digest      TEXT NOT NULL,
    is_whole    INTEGER NOT NULL
);

-- An article without a url goes by its file's name, and by its record number in a file of several.
CREATE TABLE articles (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    file       INTEGER NOT NULL REFERENCES files (id),
    record     INTEGER,
    title      TEXT NOT NULL,
    url        TEXT,
    published  TEXT,
    first_line INTEGER NOT NULL,
    digest     TEXT NOT NULL,
    text       TEXT NOT NULL
);
CREATE INDEX articles_by_file ON articles (file);
CREATE INDEX articles_by_date ON articles (published);

CREATE TABLE passages (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    article INTEGER NOT NULL REFERENCES articles (id),
    start   INTEGER NOT NULL,
    "end"   INTEGER NOT NULL
);
CREATE INDEX passages_by_article ON passages (article);

-- Unit vectors as little-endian float16.
CREATE TABLE embeddings (
    passage INTEGER PRIMARY KEY REFERENCES passages (id),
    vector  BLOB NOT NULL
);

-- Passages that are gone, so that a published index can forget them.
CREATE TABLE tombstones (
    passage  INTEGER PRIMARY KEY,
    revision INTEGER NOT NULL
);
CREATE INDEX tombstones_by_revision ON tombstones (revision);
"""

_CONVERSATIONS = """
-- Times are UTC, in ISO 8601. An empty title is taken from the first question.
CREATE TABLE conversations (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    title   TEXT NOT NULL,
    started TEXT NOT NULL,
    updated TEXT NOT NULL
);

-- A question as it was typed and as it was searched, with the answer it got.
CREATE TABLE turns (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    question     TEXT NOT NULL,
    searched     TEXT NOT NULL,
    answer       TEXT NOT NULL,
    status       TEXT NOT NULL,
    confidence   REAL NOT NULL,
    sentence     TEXT NOT NULL,
    asked_at     TEXT NOT NULL,
    verdict      TEXT CHECK (verdict IN ('right', 'wrong'))
);
CREATE INDEX turns_by_conversation ON turns (conversation);

-- Where an answer stood. The article may have changed or gone since: its digest tells.
CREATE TABLE turn_citations (
    turn    INTEGER NOT NULL REFERENCES turns (id) ON DELETE CASCADE,
    number  INTEGER NOT NULL,
    title   TEXT NOT NULL,
    source  TEXT NOT NULL,
    line    INTEGER NOT NULL,
    article TEXT NOT NULL,
    start   INTEGER NOT NULL,
    "end"   INTEGER NOT NULL,
    digest  TEXT NOT NULL,
    PRIMARY KEY (turn, number)
) WITHOUT ROWID;
"""

_NO_FULL_TEXT = """
-- Up to version 2 SQLite kept the full text, too.
DROP TABLE IF EXISTS full_text;
DROP VIEW IF EXISTS passage_words;
"""

_LISTED = """
-- All that a listing shows, in its order, beside the texts: thousands are read in milliseconds.
DROP INDEX articles_by_date;
CREATE INDEX articles_listed
    ON articles (published DESC, id, file, record, title, url, digest);
"""

_CHECKSUMS = """
-- What was written, in short, so that what changed on the disk since is noticed. An article's text
-- has its digest beside it; the first table covers the rest of its row.
CREATE TABLE article_checksums (
    article  INTEGER PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE,
    value    INTEGER NOT NULL,
    passages INTEGER NOT NULL
);
INSERT INTO article_checksums
    SELECT id, checksum(title, url, published, record, first_line, digest),
        (SELECT count(*) FROM passages WHERE article = articles.id)
    FROM articles;

CREATE TABLE passage_checksums (
    passage INTEGER PRIMARY KEY REFERENCES passages (id) ON DELETE CASCADE,
    value   INTEGER NOT NULL
);
INSERT INTO passage_checksums
    SELECT passages.id, checksum(article, start, "end", vector)
    FROM passages JOIN embeddings ON embeddings.passage = passages.id;
"""

WITH_CHECKSUMS = 5
"""Layout from which on there are checksums."""

STEPS = {1: _FIRST, 2: _CONVERSATIONS, 3: _NO_FULL_TEXT, 4: _LISTED, 5: _CHECKSUMS}
"""What makes a library of each version out of one of the version before; 1 begins with nothing."""


def checksum(*values: str | bytes | int | None) -> int:
    """Return the CRC-32 of a row's values; SQLite knows it by the same name."""
    found = 0
    for value in values:
        data = value if isinstance(value, bytes) else repr(value).encode("utf-8", "surrogatepass")
        found = zlib.crc32(data + b"\0", found)
    return found


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the tables up to this version, as part of the transaction that is open.

    Called by whatever writes: reading gets by with the tables that are there.
    """
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    for step in range(version + 1, SCHEMA_VERSION + 1):
        for statement in STEPS[step].split(";\n"):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {step}")
