"""A tantivy index: texts by id, searched by BM25. It does not know what the ids mean.

tantivy replaced SQLite's FTS5. On 53,807 news passages and 200 questions the median search takes
0.15 ms instead of 13 ms, because tantivy skips texts that cannot be among the best. The index takes
8 MB on disk.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import tantivy
from numpy.typing import NDArray
from tantivy import Filter, Occur, Query, Tokenizer

from ..folding import plain, split, words
from ..terms import NAMES, capitals
from .text_files import DamagedTextError, is_intact, translate_errors

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

_STEMS = "stems"


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("number", indexed=True, fast=True)
    builder.add_unsigned_field("digest", fast=True)
    builder.add_text_field("stems", tokenizer_name=_STEMS, index_option="freq")
    builder.add_text_field("words", tokenizer_name="whitespace", index_option="position")
    builder.add_text_field("names", tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("mark", stored=True, tokenizer_name="raw", index_option="basic")
    return builder.build()


class FullText:
    """A folder of texts by id, searched by their words as `qa.folding` folds them.

    `search` ignores endings, too (Porter 2 stemming); `holding` and `nearest` do not. `mark` names
    the commit that the index reflects; texts and mark change atomically. Threads may search the
    index at the same time. Only one process at a time may change it.
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
        with translate_errors():
            self._index = tantivy.Index(_schema(), str(folder) if folder else None)
        self._stemmer = english_stemmer()
        self._index.register_tokenizer(_STEMS, self._stemmer)
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
        with translate_errors():
            self._index.reload()
            self._searcher = self._index.searcher()
            marks = self._searcher.search(self._number(0), 1).hits
            self.mark = str(self._searcher.doc(marks[0][1])["mark"][0]) if marks else ""

    def search(
        self, terms: Iterable[str], limit: int, among: NDArray[np.int64] | None = None
    ) -> list[tuple[int, float]]:
        """Return id and BM25 score of the texts that match any of the terms best, best first.

        A term in ``NAMES`` matches the stop word written like that, and no other.
        The score is that of Robertson and Zaragoza 2009 with k1 = 1.2 and b = 0.75. ``among``,
        sorted, restricts the search to these ids; the result is exact. Raises DamagedTextError.
        """
        keys = dict.fromkeys(key for term in terms for key in self._keys(term))
        if not keys or limit < 1 or (among is not None and not len(among)):
            return []
        schema = self._index.schema
        query = Query.boolean_query(
            [(Occur.Should, Query.term_query(schema, *key, "freq")) for key in keys]
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

    def has(self, term: str) -> bool:
        """Whether a text matches a term, as `search` does, or did until it was deleted lately."""
        with translate_errors():
            return any(self._searcher.doc_freq(*key) for key in self._keys(term))

    def holding(self, phrase: Sequence[str]) -> NDArray[np.int64]:
        """Return the ids, sorted, of the texts that hold these folded words side by side.

        Raises DamagedTextError.
        """
        schema = self._index.schema
        if len(phrase) == 1:
            query = Query.term_query(schema, "words", phrase[0], "basic")
        else:
            query = Query.phrase_query(schema, "words", list(phrase))
        limit = 1_000
        while len(found := self._best(query, limit)) == limit:
            limit *= 8
        return np.sort(np.array([number for number, _ in found], np.int64))

    def nearest(self, word: str, errors: int, limit: int) -> list[tuple[str, int]]:
        """Return the words of texts nearest to a folded word, each with its distance, at least 1.

        The distance is the number of letters left out, put in, exchanged or transposed, up to
        ``errors``. Of two at the same distance the more frequent comes first. Raises
        DamagedTextError.
        """
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        schema = self._index.schema
        with translate_errors():
            query = Query.fuzzy_term_query(schema, "words", word, errors)
            if not self._searcher.search(
                query, 1, count=False
            ).hits:  # the walk takes 1 µs for each word
                return []
            known = [term for term, _ in self._searcher.terms_with_prefix("words", "")]
        found = process.extract(word, known, scorer=OSA.distance, score_cutoff=errors, limit=limit)
        return [(near, int(distance)) for near, distance, _ in found]

    def words(self, text: str) -> list[str]:
        """Return the words of a text as they are indexed: folded, without English endings."""
        return list(self._stemmer.analyze(" ".join(words(text))))

    def all_with(self, word: str) -> list[int]:
        """Return the ids of all texts with a word, which `words` gave. Raises DamagedTextError."""
        query = Query.term_query(self._index.schema, "stems", word, "freq")
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
            with translate_errors():
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
            plainly = plain(text)
            folded = " ".join(split(plainly.casefold()))
            document.add_text("stems", folded)
            document.add_text("words", folded)
            document.add_text("names", " ".join(capitals(plainly)))
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
        with translate_errors():
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
        with translate_errors():
            hits = self._searcher.search(query, limit, count=False).hits
            numbers = self._searcher.fast_field_values("number", [address for _, address in hits])
        found = [
            (int(number or 0), float(score))
            for number, (score, _) in zip(numbers, hits, strict=True)
        ]
        return sorted(found, key=lambda pair: (-pair[1], pair[0]))

    def _keys(self, term: str) -> list[tuple[str, str]]:
        """Return field and word of all that a term stands for."""
        if term in NAMES:
            return [("names", term)]
        folded = " ".join(words(term))
        return [("stems", stem) for stem in self._stemmer.analyze(folded)]

    def _number(self, number: int) -> Query:
        return Query.term_query(self._index.schema, "number", number, "basic")


def text_digest(text: str) -> int:
    """Return the digest that is stored with a text, in 56 bits."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=7).digest(), "big")


def english_stemmer() -> tantivy.TextAnalyzer:
    """Return the analyser that takes English endings off words that spaces separate."""
    builder = tantivy.TextAnalyzerBuilder(Tokenizer.whitespace())
    return builder.filter(Filter.stemmer("english")).build()
