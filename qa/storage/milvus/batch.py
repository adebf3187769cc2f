"""The changes that an indexing run makes to a library on Milvus."""

import json
from collections.abc import Sequence
from itertools import count
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ...datatypes import Article, ArticleRowId
from ..schema import details_of
from ..store import heading_of
from .client import Client, Row
from .schema import (
    ARTICLE,
    FACTS,
    FILE,
    create_collections,
    file_number,
    in_body,
    number_of,
    passages_name,
    rows_name,
    storable,
)
from .words import terms_of

if TYPE_CHECKING:
    from .rows import MilvusRows

Places = Sequence[tuple[int, int]]


class MilvusBatch:
    """Collects changes; `write` sends them. See `qa.storage.batch.Batch` for what each does.

    New rows are sent before old ones are deleted, and files come last: a run that is cut off leaves
    files that look new or changed, so that the next run reads them and writes the same rows again.
    """

    def __init__(self, store: "MilvusRows", client: Client) -> None:
        self._store, self._client = store, client
        self._rows: dict[int, Row] = {}
        self._passages: dict[int, Row] = {}
        self._files: dict[int, Row] = {}
        self._kept: dict[int, tuple[list[int], list[int]]] = {}
        """Rows and passages that each written article has now."""
        self._changed: set[int] = set()
        self._removed: set[int] = set()
        self._gone: set[int] = set()
        self._facts: dict[str, str] = {}
        self._emptied = False

    def set_facts(self, **facts: str) -> None:
        """Store facts about the model; this makes the collections."""
        self._facts = facts

    def put_file(
        self,
        path: str,
        name: str,
        size_bytes: int,
        modified_ns: int,
        digest: str,
        *,
        is_whole: bool,
        changed_ns: int = 0,
    ) -> int:
        """Add or update a file; return its number."""
        number = file_number(path)
        values = {
            "path": path,
            "name": name,
            "size_bytes": size_bytes,
            "modified_ns": modified_ns,
            "digest": digest,
            "is_whole": is_whole,
            "changed_ns": changed_ns,
        }
        (body,) = in_body(values)
        self._files[number] = _row(number, kind=FILE, file=number, path=storable(path), body=body)
        self._gone.discard(number)
        return number

    def move_file(self, file: int, path: str, name: str) -> None:
        """Change a file's path; its articles keep their numbers."""
        moved = file_number(path)
        for number, values in self._store.bodies(
            row.id for row in self._store.article_rows(file=file)
        ).items():
            values |= {"path": path, "name": name, "source": _source(name, values["record"])}
            known = self._store.article_vectors(number)
            self._put(number, moved, values, [place for place, _ in known], [v for _, v in known])
        if moved != file:
            self._gone.add(file)

    def renew_passages(self, file: int) -> None:
        """Do nothing: `move_file` writes the passages again."""

    def put_article(
        self,
        file: int,
        record: int | None,
        url: str | None,
        article: Article,
        places: Places,
        embeddings: NDArray[np.float32],
    ) -> ArticleRowId:
        """Add an article with its passages, or replace the one with its id; return the id."""
        if article.id:
            number, is_stored = ArticleRowId(int(article.id)), True
        else:
            number, is_stored = self._new_number(file, record, article.digest)
        of_file = json.loads(self._files[file]["body"])
        values = _values(of_file["path"], of_file["name"], record, url, article)
        self._put(number, file, values, places, list(embeddings), is_stored=is_stored)
        return number

    def move_article(
        self, number: ArticleRowId, file: int, record: int | None, url: str | None, article: Article
    ) -> None:
        """Change the place of an article in its file; its text, title and date stay the same."""
        of_file = json.loads(self._files[file]["body"])
        values = _values(of_file["path"], of_file["name"], record, url, article)
        known = self._store.article_vectors(number)
        self._put(number, file, values, [place for place, _ in known], [v for _, v in known])

    def remove_article(self, article: ArticleRowId) -> None:
        """Delete an article and its passages."""
        self._removed.add(article)

    def remove_empty_files(self) -> None:
        """Delete the files that have no articles, once the other changes are written."""
        self._emptied = True

    def replace_passages(
        self, article: ArticleRowId, places: Places, embeddings: NDArray[np.float32]
    ) -> None:
        """Replace the passages of a stored article."""
        values = self._store.bodies([article])[article]
        self._put(article, file_number(values["path"]), values, places, list(embeddings))

    def write(self) -> None:
        """Send the changes."""
        if self._facts:
            create_collections(self._client, int(self._facts["dimension"]))
            (body,) = in_body(dict(self._facts))
            row = _row(number_of(FACTS), kind=FACTS, body=body)
            self._client.upsert(rows_name(self._client), [row])
        passages, rows = passages_name(self._client), rows_name(self._client)
        self._client.upsert(passages, list(self._passages.values()))
        self._client.upsert(rows, list(self._rows.values()))
        for article in sorted(self._changed):
            of_rows, of_passages = self._kept[article]
            old = f"article == {article} and id not in"
            self._client.delete(passages, f"{old} {of_passages or [0]}")
            self._client.delete(rows, f'{old} {of_rows} and kind == "{ARTICLE}"')
        if removed := sorted(self._removed - self._kept.keys()):
            self._client.delete(passages, f"article in {removed}")
            self._client.delete(rows, f'article in {removed} and kind == "{ARTICLE}"')
        self._client.upsert(rows, list(self._files.values()))
        if gone := sorted(self._gone):
            self._client.delete(rows, f'file in {gone} and kind == "{FILE}"')
        if self._emptied:
            empty = [row.id for row in self._store.files().values() if not row.articles]
            if empty:
                self._client.delete(rows, f'file in {empty} and kind == "{FILE}"')

    def _new_number(self, file: int, record: int | None, digest: str) -> tuple[ArticleRowId, bool]:
        """Return the number of a new article, and whether a run that was cut off has stored it.

        An article that was moved keeps its number, so that another one may have it.
        """
        fields = ["file", "record", "digest"]
        for attempt in count():
            number = number_of(ARTICLE, file, record, digest, attempt)
            where = f'article == {number} and kind == "{ARTICLE}" and part == 0'
            known = self._client.query(rows_name(self._client), where, fields, 1)
            if number not in self._kept and not known:
                return ArticleRowId(number), False
            same = {"file": file, "record": record or 0, "digest": digest}
            if number not in self._kept and same.items() <= known[0].items():
                return ArticleRowId(number), True
        raise AssertionError

    def _put(
        self,
        number: ArticleRowId,
        file: int,
        values: dict[str, Any],
        places: Places,
        vectors: Sequence[NDArray[Any]],
        *,
        is_stored: bool = True,
    ) -> None:
        """Collect the rows and passages of an article; what is stored of it besides is deleted."""
        record, path = values["record"], values["path"]
        published = values["published"]
        shared = {
            "article": number,
            "file": file,
            "published": _ordinal(published),
            "source": storable(values["url"] or values["source"]),
            "path": storable(path),
            "digest": values["digest"],
        }
        details = json.loads(values["details"] or "{}")
        of_rows, of_passages = [], []
        for part, body in enumerate(in_body(values)):
            row = number_of(ARTICLE, number, part)
            self._rows[row] = _row(
                row,
                **shared,
                kind=ARTICLE,
                part=part,
                record=record or 0,
                title=storable(values["title"]),
                url=storable(values["url"] or ""),
                name=storable(values["name"]),
                digits=details.get("digits", ""),
                body=body,
            )
            of_rows.append(row)
        heading = heading_of(values["title"], record, path)
        for (start, end), vector in zip(places, vectors, strict=True):
            passage = number_of("p", number, values["digest"], start, end)
            self._passages[passage] = {
                **shared,
                "id": passage,
                "start": start,
                "end": end,
                "terms": storable(terms_of(f"{heading}\n{values['text'][start:end]}")),
                # As the library on disk has it.
                "vector": vector.astype(np.float16).astype(np.float32).tolist(),
            }
            of_passages.append(passage)
        self._kept[number] = (of_rows, of_passages)
        if is_stored:
            self._changed.add(number)


def _values(
    path: str, name: str, record: int | None, url: str | None, article: Article
) -> dict[str, Any]:
    """Return all that is stored of an article."""
    return {
        "path": path,
        "name": name,
        "record": record,
        "url": url,
        "source": _source(name, record),
        "title": article.title,
        "published": article.published.isoformat() if article.published else None,
        "text": article.text,
        "digest": article.digest,
        "first_line": article.first_line,
        "details": details_of(article),
    }


def _source(name: str, record: int | None) -> str:
    """Return an article's source, as it is named after its file."""
    return name if record is None else f"{name}#{record}"


def _ordinal(published: str | None) -> int:
    from datetime import date

    return date.fromisoformat(published).toordinal() if published else 0


def _row(number: int, **values: Any) -> Row:
    """Return a row of the second collection, with values for all its fields."""
    empty = dict.fromkeys(("source", "path", "digest", "kind", "title", "url", "name"), "")
    numbers = dict.fromkeys(("article", "file", "published", "part", "record"), 0)
    rest = {"digits": "", "body": "", "unused": [1.0, 0.0]}
    return {"id": number, **empty, **numbers, **rest, **values}
