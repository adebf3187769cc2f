"""Question and passages → spans that may answer, each with a score."""

import time
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ..datatypes import Passage, Span
from ..errors import ModelError
from ..sentences import after_dateline, sentence_bounds
from . import catalog
from .export import GRAPH, TOKENIZER, Manifest, cache_folder, prepare
from .lead import lead_of
from .running import Workers, open_session
from .spans import best_spans, whole_words

if TYPE_CHECKING:
    from tokenizers import Tokenizer

STRIDE_TOKENS = 128
"""By how much the windows of a long passage overlap."""

SPANS_EACH = 3
"""Spans offered from each window."""

MOST_QUESTION_TOKENS = 64
"""Word pieces of a question; what is beyond is left out, so that the passage has room."""


class Reader(Protocol):
    """What finds the words that answer a question."""

    name: str
    """Shown to a person."""

    def read(
        self,
        question: str,
        passages: Sequence[Passage],
        seconds: float | None = None,
        late: list[Passage] | None = None,
    ) -> list[Span]:
        """Return spans from the passages, best first; their scores already weigh "no answer".

        The spans of a passage do not overlap, and there may be none. Passages are read in their
        order; after ``seconds`` no further one is begun, and those left are added to ``late``. The
        first is always read.
        """
        ...


class OnnxReader:
    """An exported extractive reader. Each passage runs alone, one passage a processor.

    It is read behind its article's headline. A span lies within one sentence of the passage
    (people's answers do but for two in a thousand) and outside the dateline. Its score is that of
    its first and last token, less that of "no answer", which is the first token's as both (Devlin
    et al. 2019, section 4.3).
    """

    def __init__(self, graph: Path, manifest: Manifest) -> None:
        from tokenizers import Tokenizer

        self.name = manifest.name
        self._inputs = manifest.inputs
        self._session = open_session(graph)
        self._tokenizer = Tokenizer.from_file(str(graph.with_name(TOKENIZER)))
        self._tokenizer.no_padding()
        self._tokenizer_file = graph.with_name(TOKENIZER)
        self._tokenizer.enable_truncation(
            manifest.max_tokens, stride=STRIDE_TOKENS, strategy="only_second"
        )
        self._workers = Workers("reader")

    def read(
        self,
        question: str,
        passages: Sequence[Passage],
        seconds: float | None = None,
        late: list[Passage] | None = None,
    ) -> list[Span]:
        """Return spans from the passages, best first."""
        asked = self._cut(question)
        until = None if seconds is None else time.monotonic() + seconds

        def read_one(numbered: tuple[int, Passage]) -> list[Span]:
            number, passage = numbered
            if until is None or number == 0 or time.monotonic() <= until:
                return self._read_one(asked, passage)
            if late is not None:
                late.append(passage)
            return []

        found = self._workers.map(read_one, list(enumerate(passages)))
        return sorted((span for spans in found for span in spans), key=lambda span: -span.score)

    def logits(
        self, pairs: Sequence[tuple[str, str]]
    ) -> list[tuple[NDArray[np.float32], NDArray[np.float32]]]:
        """Return the raw scores of every token as first and as last, each of shape (tokens,)."""
        encodings = [self._tokenizer.encode(question, text) for question, text in pairs]
        return [self._run(encoding) for encoding in encodings]

    def _read_one(self, question: str, passage: Passage) -> list[Span]:
        text, lead = passage.text, lead_of(passage)
        encoding = self._tokenizer.encode(question, lead + text)
        header = max(0, after_dateline(passage.article.text) - passage.start)
        sentences = np.array([end for _, end in sentence_bounds(text)], np.int64)
        candidates: list[tuple[int, int, float]] = []
        for window in [encoding, *encoding.overflowing]:
            start, end = self._run(window)
            nothing = float(start[0] + end[0])
            offsets = np.array(window.offsets, np.int64) - len(lead)
            chosen = np.array([part == 1 for part in window.sequence_ids])
            chosen &= offsets[:, 0] >= header
            start, end = np.where(chosen, (start, end), -np.inf).astype(np.float32)
            groups = np.searchsorted(sentences, offsets[:, 0], side="right")
            for first, last, score in best_spans(start, end, SPANS_EACH, groups):
                left, right = offsets[first, 0], offsets[last, 1]
                left, right = whole_words(text, int(left), int(right))
                if left < right:
                    candidates.append((left, right, score - nothing))
        candidates.sort(key=lambda candidate: -candidate[2])
        spans: list[Span] = []
        for left, right, score in candidates:
            start_at, end_at = passage.start + left, passage.start + right
            if all(end_at <= span.start or start_at >= span.end for span in spans):
                spans.append(Span(passage, start_at, end_at, score))
        return spans[:SPANS_EACH]

    @cached_property
    def _cutter(self) -> "Tokenizer":
        """The tokenizer with the limit of a question; parsing it takes 20 ms."""
        from tokenizers import Tokenizer

        cutter = Tokenizer.from_file(str(self._tokenizer_file))
        cutter.no_padding()
        cutter.enable_truncation(MOST_QUESTION_TOKENS)
        return cutter

    def _cut(self, question: str) -> str:
        """The question's first word pieces, as text."""
        if len(question.encode()) <= MOST_QUESTION_TOKENS:  # a piece has a byte at least
            return question
        encoding = self._cutter.encode(question, add_special_tokens=False)
        return question[: encoding.offsets[-1][1]] if encoding.overflowing else question

    def _run(self, encoding: Any) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        known = {
            "input_ids": encoding.ids,
            "attention_mask": encoding.attention_mask,
            "token_type_ids": encoding.type_ids,
        }
        feed = {name: np.array([known[name]], np.int64) for name in self._inputs}
        start, end = self._session.run(None, feed)
        return start[0], end[0]


def open_reader(name: str | None = None) -> Reader:
    """Return the reader of that name or folder, or the default; export it if that is due.

    Raises ModelError when it is unknown, not installed, damaged or cannot be exported.
    """
    entry = catalog.find(name, "reader")
    _, manifest = prepare(entry)
    try:
        return OnnxReader(cache_folder(entry) / GRAPH, manifest)
    except Exception as error:  # onnxruntime raises many kinds; each means the same here
        raise ModelError(f"{entry.name} cannot be loaded: {error}") from error
