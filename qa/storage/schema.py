"""The tables of a library, and the version they are of."""

SCHEMA_VERSION = 1
"""Raised with every change of the tables; stored as SQLite's ``user_version``."""

APPLICATION_ID = 0x51614C62
"""Marks the file as a library of qa (``QaLb``); stored as SQLite's ``application_id``."""

SCHEMA = """
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

-- Full text holds no copy of the words: it reads them through this view.
CREATE VIEW passage_words (id, title, text) AS
    SELECT passages.id, articles.title,
           substr(articles.text, passages.start + 1, passages."end" - passages.start)
    FROM passages JOIN articles ON articles.id = passages.article;

CREATE VIRTUAL TABLE full_text USING fts5 (
    title, text,
    content='passage_words', content_rowid='id',
    tokenize='porter unicode61 remove_diacritics 2',
    detail=full, columnsize=1
);
"""
