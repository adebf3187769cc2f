"""A tantivy index: texts by id, searched by BM25. It does not know what the ids mean.

tantivy replaced SQLite's FTS5. On 53,807 news passages and 200 questions the median search takes
0.15 ms instead of 13 ms, because tantivy skips texts that cannot be among the best. The index takes
8 MB on disk.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import tantivy
from numpy.typing import NDArray
from tantivy import Filter, Occur, Query, Tokenizer

from .checksums import file_crc32

HEAP_BYTES = 64_000_000
"""Memory for texts that are not written yet; when it is full, a new segment starts."""

LEAST_OVER_FETCH = 4000
"""Filter size from which the search over-fetches and filters afterwards.

With fewer ids, the filter is part of the query, and every text that passes it is scored. Medians of
40 questions on a million texts, over-fetching and scoring: 58 and 25 ms for 2,000 ids, 17 and 60 ms
for 10,000, 8 and 204 ms for 200,000.
"""

CHECKED_BYTES = 16_000_000
"""Largest index whose checksums are verified when it is opened; that takes 10 ms."""

_ANALYZER = "words"
_FOOTER_MAGIC = (1337).to_bytes(4, "little")


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("number", indexed=True, fast=True)
    builder.add_unsigned_field("digest", fast=True)
    builder.add_text_field("words", tokenizer_name=_ANALYZER, index_option="freq")
    builder.add_text_field("mark", stored=True, tokenizer_name="raw", index_option="basic")
    return builder.build()


class DamagedTextError(ValueError):
    """The full-text index is not what was written."""


@contextmanager
def _translate_errors() -> Iterator[None]:
    """Turn tantivy's reaction to damage into a DamagedTextError.

    tantivy panics, which Python sees as a BaseException of a type that cannot be imported.
    """
    try:
        yield
    except ValueError as error:
        if "os error" in str(error).lower():  # for example a full disk
            raise OSError(str(error)) from error
        raise DamagedTextError(str(error)) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise DamagedTextError("the full text is damaged") from error


def is_intact(folder: Path) -> bool:
    """Return whether all files of an index match tantivy's checksums. Reads all of them.

    Leftovers of a killed process are ignored.
    """
    try:
        meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
        segments = [_segment_files(segment) for segment in meta["segments"]]
    except FileNotFoundError:
        return not any(folder.glob("*.store"))
    except (OSError, ValueError, TypeError, KeyError):
        return False
    names = {path.name for path in folder.iterdir()}
    for stem, deletes in segments:
        own = {name for name in names if name.startswith(f"{stem}.") and name.count(".") == 1}
        if not own or (deletes and deletes not in names):
            return False
        if not all(_has_own_checksum(folder / name) for name in own | {deletes} - {""}):
            return False
    return True


def _segment_files(segment: dict[str, Any]) -> tuple[str, str]:
    """Return the stem of a segment's file names, and the name of its file of deleted texts."""
    stem = segment["segment_id"].replace("-", "")
    deletes = segment["deletes"]
    return stem, f"{stem}.{deletes['opstamp']}.del" if deletes else ""


def _has_own_checksum(path: Path) -> bool:
    """Return whether a file matches the CRC-32 in its footer.

    The footer is JSON, its length in four bytes, and four fixed bytes.
    """
    with path.open("rb") as stream:
        size = stream.seek(0, 2)
        stream.seek(max(0, size - 8))
        end = stream.read(8)
        length = int.from_bytes(end[:4], "little")
        if end[4:] != _FOOTER_MAGIC or length > size - 8:
            return False
        stream.seek(size - 8 - length)
        try:
            wanted = json.loads(stream.read(length))["crc"]
        except (ValueError, TypeError, KeyError):
            return False
    return bool(wanted == file_crc32(path, size - 8 - length))


class FullText:
    """A folder of texts by id. Search ignores case, accents and endings (Porter 2 stemming).

    `mark` names the commit that the index reflects; texts and mark change atomically. Threads may
    search the index at the same time. Only one process at a time may change it.
    """

    def __init__(self, folder: Path | None) -> None:
        """Open or create the index in a folder; without a folder, keep it in memory.

        Raises DamagedTextError or OSError if the folder is damaged or holds something else.
        """
        self._folder = folder
        if folder is not None:
            folder.mkdir(exist_ok=True)
            size_bytes = sum(path.stat().st_size for path in folder.iterdir())
            if size_bytes <= CHECKED_BYTES and not is_intact(folder):
                raise DamagedTextError(f"{folder} is damaged")
        with _translate_errors():
            self._index = tantivy.Index(_schema(), str(folder) if folder else None)
        self._analyzer = (
            tantivy.TextAnalyzerBuilder(Tokenizer.simple())
            .filter(Filter.lowercase())
            .filter(Filter.ascii_fold())
            .filter(Filter.stemmer("english"))
            .build()
        )
        self._index.register_tokenizer(_ANALYZER, self._analyzer)
        self._index.config_reader("manual")
        self._writer: tantivy.IndexWriter | None = None
        self.mark = ""
        """The mark that `change` set; empty in a new index."""
        self.refresh()

    @property
    def is_in_memory(self) -> bool:
        """Whether the index is only in memory."""
        return self._folder is None

    def __len__(self) -> int:
        return self._searcher.num_docs - bool(self.mark)

    def refresh(self) -> None:
        """Load the changes of other processes. Raises DamagedTextError."""
        with _translate_errors():
            self._index.reload()
            self._searcher = self._index.searcher()
            marks = self._searcher.search(self._number(0), 1).hits
            self.mark = str(self._searcher.doc(marks[0][1])["mark"][0]) if marks else ""

    def search(
        self, terms: Iterable[str], limit: int, among: NDArray[np.int64] | None = None
    ) -> list[tuple[int, float]]:
        """Return id and BM25 score of the texts that match any of the terms best, best first.

        The score is that of Robertson and Zaragoza 2009 with k1 = 1.2 and b = 0.75. ``among``,
        sorted, restricts the search to these ids; the result is exact. Raises DamagedTextError.
        """
        schema = self._index.schema
        words = dict.fromkeys(word for term in terms for word in self._analyzer.analyze(term))
        if not words or limit < 1 or (among is not None and not len(among)):
            return []
        query = Query.boolean_query(
            [(Occur.Should, Query.term_query(schema, "words", word, "freq")) for word in words]
        )
        if among is None:
            return self._best(query, limit)
        if len(among) < LEAST_OVER_FETCH:
            allowed = Query.term_set_query(schema, "number", among.tolist())
            unscored = Query.const_score_query(allowed, 0.0)
            both = Query.boolean_query([(Occur.Must, query), (Occur.Must, unscored)])
            return self._best(both, limit)
        fetched = 2 * limit * max(len(self) // len(among), 1)
        while True:
            found = self._best(query, fetched)
            ids = np.fromiter((number for number, _ in found), np.int64, len(found))
            kept = np.flatnonzero(np.isin(ids, among, assume_unique=True))
            if len(kept) >= limit or len(found) < fetched:
                return [found[row] for row in kept[:limit]]
            fetched *= 4

    def words(self, text: str) -> list[str]:
        """Return the words of a text as they are indexed: without case, accents and endings."""
        return list(self._analyzer.analyze(text))

    def all_with(self, word: str) -> list[int]:
        """Return the ids of all texts with a word, which `words` gave. Raises DamagedTextError."""
        query = Query.term_query(self._index.schema, "words", word, "freq")
        return [number for number, _ in self._best(query, max(self._searcher.num_docs, 1))]

    def change(
        self, deleted: Iterable[int], added: Iterable[tuple[int, str]], mark: str, *, whole: bool
    ) -> None:
        """Delete texts by id, add texts by id, and set the mark, atomically.

        ``whole`` deletes all texts first. Ids start at 1. The change is on disk on return. Until
        `release` no other process can change this folder. Raises DamagedTextError, OSError, and
        ValueError if another process is changing it.
        """
        if self._writer is None:
            self._writer = self._index.writer(HEAP_BYTES, 1)
        writer = self._writer
        try:
            with _translate_errors():
                self._write(writer, deleted, added, mark, whole=whole)
        except BaseException:
            writer.rollback()
            raise
        self.refresh()

    def _write(
        self,
        writer: tantivy.IndexWriter,
        deleted: Iterable[int],
        added: Iterable[tuple[int, str]],
        mark: str,
        *,
        whole: bool,
    ) -> None:
        """Make the changes of `change` and commit them."""
        if whole:
            writer.delete_all_documents()
        for number in (0, *deleted):  # the mark is stored as text 0
            writer.delete_documents_by_query(self._number(number))
        for number, text in added:
            document = tantivy.Document()
            document.add_unsigned("number", number)
            document.add_unsigned("digest", text_digest(text))
            document.add_text("words", text)
            writer.add_document(document)
        document = tantivy.Document()
        document.add_unsigned("number", 0)
        document.add_text("mark", mark)
        writer.add_document(document)
        writer.commit()

    def release(self) -> None:
        """Let other processes change the folder. Waits until segments are merged."""
        if self._writer is not None:
            self._writer.wait_merging_threads()
            self._writer = None

    def removed(self) -> int:
        """Return how many deleted texts still affect the scores of the others.

        BM25 weights a word by the number of texts that contain it. tantivy counts deleted texts
        until their segment is merged.
        """
        if self._folder is None:
            return 0
        meta = json.loads((self._folder / "meta.json").read_text(encoding="utf-8"))
        deletes = [segment["deletes"] for segment in meta["segments"]]
        return sum(entry["num_deleted_docs"] for entry in deletes if entry)

    def digests(self) -> dict[int, int]:
        """Return the `text_digest` of every text by id. Raises DamagedTextError."""
        with _translate_errors():
            size = max(self._searcher.num_docs, 1)
            found = [address for _, address in self._searcher.search(Query.all_query(), size).hits]
            numbers = self._searcher.fast_field_values("number", found)
            digests = self._searcher.fast_field_values("digest", found)
        return {
            int(number): int(digest)
            for number, digest in zip(numbers, digests, strict=True)
            if number and digest is not None
        }

    def _best(self, query: Query, limit: int) -> list[tuple[int, float]]:
        with _translate_errors():
            hits = self._searcher.search(query, limit, count=False).hits
            numbers = self._searcher.fast_field_values("number", [address for _, address in hits])
        found = [
            (int(number or 0), float(score))
            for number, (score, _) in zip(numbers, hits, strict=True)
        ]
        return sorted(found, key=lambda pair: (-pair[1], pair[0]))

    def _number(self, number: int) -> Query:
        return Query.term_query(self._index.schema, "number", number, "basic")


def text_digest(text: str) -> int:
    """Return the digest that is stored with a text, in 56 bits."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=7).digest(), "big")
