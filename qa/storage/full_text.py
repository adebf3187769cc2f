"""tantivy: numbered texts, searched by BM25. Knows nothing of what the numbers mean.

Measured against SQLite's FTS5, which it replaced, on the same 53,807 passages of news and 200
questions: 0.15 ms for 13 (medians), as it passes over what cannot reach the best; 8 MB on disk.
"""

import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import tantivy
from numpy.typing import NDArray
from tantivy import Filter, Occur, Query, Tokenizer

HEAP_BYTES = 64_000_000
"""Memory for texts that are not written yet; more begins a new segment."""

LEAST_WIDENING = 4000
"""Numbers allowed from which the best of all are looked through for them, rather than each scored.

Of a million texts, medians of 40 questions: 2,000 allowed, 58 ms looked through and 25 scored;
10,000, 17 and 60; 200,000, 8 and 204."""

CHECKED_BYTES = 16_000_000
"""Largest index whose checksums are compared whenever it is opened; that takes 10 ms."""

_ANALYZER = "words"
_FOOTER_MAGIC = (1337).to_bytes(4, "little")
_BLOCK_BYTES = 1 << 20


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("number", indexed=True, fast=True)
    builder.add_unsigned_field("digest", fast=True)
    builder.add_text_field("words", tokenizer_name=_ANALYZER, index_option="freq")
    builder.add_text_field("mark", stored=True, tokenizer_name="raw", index_option="basic")
    return builder.build()


class DamagedTextError(ValueError):
    """The index holds something else than what was written."""


@contextmanager
def _damage_noticed() -> Iterator[None]:
    """Turn what tantivy does on meeting damage into a DamagedTextError.

    It panics, which Python sees as a BaseException of a type that cannot be imported.
    """
    try:
        yield
    except ValueError as error:
        if "os error" in str(error).lower():  # a full disk, say
            raise OSError(str(error)) from error
        raise DamagedTextError(str(error)) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise DamagedTextError("the full text is damaged") from error


def is_intact(folder: Path) -> bool:
    """Whether the files of an index are as they were written, by tantivy's checksums; reads all.

    What a process that was killed left beside them does not count.
    """
    try:
        meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
        kept = [_segment_files(segment) for segment in meta["segments"]]
    except FileNotFoundError:
        return not any(folder.glob("*.store"))
    except (OSError, ValueError, TypeError, KeyError):
        return False
    names = {path.name for path in folder.iterdir()}
    for stem, deletes in kept:
        own = {name for name in names if name.startswith(f"{stem}.") and name.count(".") == 1}
        if not own or (deletes and deletes not in names):
            return False
        if not all(_has_own_checksum(folder / name) for name in own | {deletes} - {""}):
            return False
    return True


def _segment_files(segment: dict[str, Any]) -> tuple[str, str]:
    """The beginning of a segment's file names, and the name of its list of deleted texts."""
    stem = segment["segment_id"].replace("-", "")
    deletes = segment["deletes"]
    return stem, f"{stem}.{deletes['opstamp']}.del" if deletes else ""


def _has_own_checksum(path: Path) -> bool:
    """Whether a file is as its footer says: JSON with the CRC-32 of all before, length, mark."""
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
        stream.seek(0)
        left, found = size - 8 - length, 0
        while block := stream.read(min(_BLOCK_BYTES, left)):
            found = zlib.crc32(block, found)
            left -= len(block)
    return bool(found == wanted)


class FullText:
    """A folder of texts by number, stemmed (Porter 2), without case and accents.

    A mark says what the texts are those of; it changes with them, wholly or not at all. Threads
    may search one; one process at a time may change it.
    """

    def __init__(self, folder: Path | None) -> None:
        """Open the index in a folder, or make it there; without a folder keep it in memory.

        Raises DamagedTextError or OSError for a folder that holds something else.
        """
        self._folder = folder
        if folder is not None:
            folder.mkdir(exist_ok=True)
            bytes_held = sum(path.stat().st_size for path in folder.iterdir())
            if bytes_held <= CHECKED_BYTES and not is_intact(folder):
                raise DamagedTextError(f"{folder} is damaged")
        with _damage_noticed():
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
        """What the texts are those of, as `change` was told; empty at first."""
        self.refresh()

    @property
    def is_in_memory(self) -> bool:
        """Whether it is forgotten with this process."""
        return self._folder is None

    def __len__(self) -> int:
        return self._searcher.num_docs - bool(self.mark)

    def refresh(self) -> None:
        """See what another process has changed. Raises DamagedTextError."""
        with _damage_noticed():
            self._index.reload()
            self._searcher = self._index.searcher()
            marks = self._searcher.search(self._number(0), 1).hits
            self.mark = str(self._searcher.doc(marks[0][1])["mark"][0]) if marks else ""

    def search(
        self, terms: Iterable[str], limit: int, among: NDArray[np.int64] | None = None
    ) -> list[tuple[int, float]]:
        """Return the best texts for any of the terms: number and BM25 score, best first.

        Robertson and Zaragoza 2009, with k1 = 1.2 and b = 0.75. ``among``, sorted, restricts the
        search to these numbers, exactly. Raises DamagedTextError.
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
        if len(among) < LEAST_WIDENING:
            allowed = Query.term_set_query(schema, "number", among.tolist())
            weightless = Query.const_score_query(allowed, 0.0)
            both = Query.boolean_query([(Occur.Must, query), (Occur.Must, weightless)])
            return self._best(both, limit)
        asked = 2 * limit * max(len(self) // len(among), 1)
        while True:
            found = self._best(query, asked)
            numbers_found = np.fromiter((number for number, _ in found), np.int64, len(found))
            kept = np.flatnonzero(np.isin(numbers_found, among, assume_unique=True))
            if len(kept) >= limit or len(found) < asked:
                return [found[place] for place in kept[:limit]]
            asked *= 4

    def change(
        self, gone: Iterable[int], added: Iterable[tuple[int, str]], mark: str, *, whole: bool
    ) -> None:
        """Forget numbers, take in texts by number, and set the mark: all of it or nothing.

        ``whole`` forgets everything first. It is on the disk on return. The caller is the only
        process that changes this folder, until `release`. Numbers are at least 1.
        """
        if self._writer is None:
            self._writer = self._index.writer(HEAP_BYTES, 1)
        writer = self._writer
        try:
            with _damage_noticed():
                self._write(writer, gone, added, mark, whole=whole)
        except BaseException:
            writer.rollback()
            raise
        self.refresh()

    def _write(
        self,
        writer: tantivy.IndexWriter,
        gone: Iterable[int],
        added: Iterable[tuple[int, str]],
        mark: str,
        *,
        whole: bool,
    ) -> None:
        """Do what `change` does, up to the commit."""
        if whole:
            writer.delete_all_documents()
        for number in (0, *gone):
            writer.delete_documents_by_query(self._number(number))
        for number, words in added:
            document = tantivy.Document()
            document.add_unsigned("number", number)
            document.add_unsigned("digest", words_digest(words))
            document.add_text("words", words)
            writer.add_document(document)
        document = tantivy.Document()
        document.add_unsigned("number", 0)
        document.add_text("mark", mark)
        writer.add_document(document)
        writer.commit()

    def release(self) -> None:
        """Let other processes change the folder; waits for the merging that is under way."""
        if self._writer is not None:
            self._writer.wait_merging_threads()
            self._writer = None

    def removed(self) -> int:
        """Return how many texts are forgotten but still counted in the scores of the others.

        BM25 weighs a word by how many texts have it, and tantivy counts those that were forgotten
        until their segment is merged.
        """
        if self._folder is None:
            return 0
        meta = json.loads((self._folder / "meta.json").read_text(encoding="utf-8"))
        deletes = [segment["deletes"] for segment in meta["segments"]]
        return sum(found["num_deleted_docs"] for found in deletes if found)

    def digests(self) -> dict[int, int]:
        """Return `words_digest` of every text by number. Raises DamagedTextError."""
        with _damage_noticed():
            size = max(self._searcher.num_docs, 1)
            places = [place for _, place in self._searcher.search(Query.all_query(), size).hits]
            numbers = self._searcher.fast_field_values("number", places)
            digests = self._searcher.fast_field_values("digest", places)
        return {
            int(number): int(digest)
            for number, digest in zip(numbers, digests, strict=True)
            if number and digest is not None
        }

    def _best(self, query: Query, limit: int) -> list[tuple[int, float]]:
        with _damage_noticed():
            hits = self._searcher.search(query, limit, count=False).hits
            numbers = self._searcher.fast_field_values("number", [place for _, place in hits])
        found = [
            (int(number or 0), float(score))
            for number, (score, _) in zip(numbers, hits, strict=True)
        ]
        return sorted(found, key=lambda pair: (-pair[1], pair[0]))

    def _number(self, number: int) -> Query:
        return Query.term_query(self._index.schema, "number", number, "basic")


def words_digest(words: str) -> int:
    """Return a digest of a text that is kept beside it, to tell whether it is still that text."""
    return int.from_bytes(hashlib.blake2b(words.encode(), digest_size=7).digest(), "big")
