"""The tables of a library, and the migrations from older layouts."""

import json
import sqlite3
import zlib
from typing import Any

from ..datatypes import Article

SCHEMA_VERSION = 6
"""Increased with every change of the tables; stored as SQLite's ``user_version``."""

APPLICATION_ID = 0x51614C62
"""Marks the file as a library of qa (``QaLb``); stored as SQLite's ``application_id``."""

_FIRST = """
-- Name, fingerprint and dimension of the model that made the embeddings.
CREATE TABLE facts (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

-- One row for each batch that changed passages. Passage ids only grow, so passages with an id above
-- last_passage were added later.
CREATE TABLE commits (
    revision     INTEGER PRIMARY KEY AUTOINCREMENT,
    nonce        TEXT NOT NULL,
    last_passage INTEGER NOT NULL
);

-- Files as they were when they were read. A file that is not whole is read again: either not all of
-- its batches are stored yet (then its digest is empty), or some of its records were unreadable.
CREATE TABLE files (
    id          INTEGER PRIMARY KEY,
    path        TEXT NOT NULL UNIQUE,
    name        TEXT NOT NULL,
    size_bytes  INTEGER NOT NULL,
    modified_ns INTEGER NOT NULL,
    digest      TEXT NOT NULL,
    is_whole    INTEGER NOT NULL
);

-- The source of an article without a url is its file's name, and its record number if it has one.
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

-- Unit vectors in little-endian float16.
CREATE TABLE embeddings (
    passage INTEGER PRIMARY KEY REFERENCES passages (id),
    vector  BLOB NOT NULL
);

-- Deleted passages, so that a saved index can delete them too.
CREATE TABLE tombstones (
    passage  INTEGER PRIMARY KEY,
    revision INTEGER NOT NULL
);
CREATE INDEX tombstones_by_revision ON tombstones (revision);
"""

_CONVERSATIONS = """
-- Times are UTC in ISO 8601. An empty title is replaced with the first question.
CREATE TABLE conversations (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    title   TEXT NOT NULL,
    started TEXT NOT NULL,
    updated TEXT NOT NULL
);

-- A question as it was typed and as it was searched for, and its answer.
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

-- The citations of an answer. If the article was changed or deleted since, its digest tells.
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
-- Up to layout 2, SQLite held the full-text index.
DROP TABLE IF EXISTS full_text;
DROP VIEW IF EXISTS passage_words;
"""

_LISTED = """
-- A covering index for article lists, in their order: thousands are read in milliseconds.
DROP INDEX articles_by_date;
CREATE INDEX articles_listed
    ON articles (published DESC, id, file, record, title, url, digest);
"""

_CHECKSUMS = """
-- Checksums of what was written, so that damage on disk is noticed. The first table covers an
-- article's row except its text, which has a digest.
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

ARTICLE_CHECKSUM = (
    "checksum(articles.title, articles.url, articles.published, articles.record, "
    "articles.first_line, articles.digest, articles.details)"
)
"""SQL for the checksum of an article's row."""

_DETAILS = f"""
-- Where pages and lines of the source begin, what gives the date, and a guessed encoding: JSON, or
-- NULL if there is nothing to say.
ALTER TABLE articles ADD COLUMN details TEXT;
ALTER TABLE files ADD COLUMN changed_ns INTEGER NOT NULL DEFAULT 0;

-- Sketches of texts, by which near-copies are found. Articles with the same original are copies of
-- each other; it is NULL for an article without copies.
CREATE TABLE copies (
    article  INTEGER PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE,
    version  TEXT NOT NULL,
    sketch   BLOB NOT NULL,
    original INTEGER
);
CREATE INDEX copies_by_original ON copies (original) WHERE original IS NOT NULL;
UPDATE article_checksums
    SET value = (SELECT {ARTICLE_CHECKSUM} FROM articles WHERE id = article);

-- What else a turn and each of its places are shown with, as JSON; see ``turns.py``. It is NULL
-- where an older layout stored less. The places are now all numbered ones, not the citations alone.
ALTER TABLE turns ADD COLUMN details TEXT;
ALTER TABLE turn_citations ADD COLUMN details TEXT;
"""

WITH_CHECKSUMS = 5
"""First layout with checksums."""
WITH_DETAILS = 6
"""First layout with details of an article, of a turn and of its places."""

STEPS = {1: _FIRST, 2: _CONVERSATIONS, 3: _NO_FULL_TEXT, 4: _LISTED, 5: _CHECKSUMS, 6: _DETAILS}
"""SQL that leads to each layout from the one before; layout 1 starts with an empty file."""


def checksum(*values: str | bytes | int | None) -> int:
    """Return the CRC-32 of a row's values. SQL statements can call it by the same name."""
    found = 0
    for value in values:
        data = value if isinstance(value, bytes) else repr(value).encode("utf-8", "surrogatepass")
        found = zlib.crc32(data + b"\0", found)
    return found


def details_of(article: Article) -> str | None:
    """Return what is stored of an article's pages, lines, date and encoding; None if nothing."""
    values = {
        "pages": article.pages,
        "lines": article.lines,
        "dated": article.dated,
        "guess": article.is_date_guess,
        "digits": article.date_digits,
        "encoding": article.encoding,
    }
    return json.dumps(values) if any(values.values()) else None


def read_details(text: str | None) -> dict[str, Any]:
    """Return the fields of an article that `details_of` stored.

    Raises ValueError, KeyError or TypeError if the text is damaged.
    """
    if text is None:
        return {}
    values = json.loads(text)
    return {
        "pages": tuple(values["pages"]),
        "lines": tuple((int(offset), int(line)) for offset, line in values["lines"]),
        "dated": str(values["dated"]),
        "is_date_guess": bool(values["guess"]),
        "date_digits": str(values.get("digits", "")),
        "encoding": str(values.get("encoding", "")),
    }


def article_checksum_sql(version: int) -> str:
    """Return SQL for the checksum of an article's row in a layout with checksums."""
    if version < WITH_DETAILS:
        return ARTICLE_CHECKSUM.replace(", articles.details", "")
    return ARTICLE_CHECKSUM


def migrate(connection: sqlite3.Connection) -> None:
    """Migrate the tables to the current layout, in the open transaction.

    Only writing needs the current layout; reading works with older ones.
    """
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    for step in range(version + 1, SCHEMA_VERSION + 1):
        for statement in STEPS[step].split(";\n"):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {step}")
