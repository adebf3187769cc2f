"""Readers find spans in passages that may answer a question, each with a score."""

import time
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ..datatypes import Passage, Span
from ..sentences import after_dateline, sentence_bounds
from .lead import lead_of
from .manifest import TOKENIZER, Manifest
from .running import Workers, open_session
from .spans import best_spans, whole_words

if TYPE_CHECKING:
    from tokenizers import Tokenizer

STRIDE_TOKENS = 128
"""Tokens by which the windows of a long passage overlap."""

SPANS_EACH = 3
"""Most spans returned for each passage."""

MOST_QUESTION_TOKENS = 64
"""Longest question; the rest is cut off to leave room for the passage."""


class Reader(Protocol):
    """Finds the words that answer a question."""

    name: str
    """The model's name, for display."""

    def read(
        self,
        question: str,
        passages: Sequence[Passage],
        seconds: float | None = None,
        late: list[Passage] | None = None,
    ) -> list[Span]:
        """Return spans from the passages, best first; the score of "no answer" is subtracted.

        The spans of one passage do not overlap; there may be none. Passages are read in order.
        After ``seconds`` no more are started, and the unread ones are added to ``late``. The first
        is always read.
        """
        ...


class OnnxReader:
    """Runs an exported extractive reader, one passage at a time on each processor.

    The article's headline is put in front of each passage. A span lies within one sentence of the
    passage (as do all but two in a thousand human answers) and outside the dateline. Its score is
    the sum of the scores of its first and last token, less the score of "no answer", which is the
    sum of the two scores of [CLS] (Devlin et al. 2019, section 4.3).
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
        shortened = self._shortened(question)
        deadline = None if seconds is None else time.monotonic() + seconds

        def read_one(numbered: tuple[int, Passage]) -> list[Span]:
            number, passage = numbered
            if deadline is None or number == 0 or time.monotonic() <= deadline:
                return self._read_one(shortened, passage)
            if late is not None:
                late.append(passage)
            return []

        found = self._workers.map(read_one, list(enumerate(passages)))
        return sorted((span for spans in found for span in spans), key=lambda span: -span.score)

    def logits(
        self, pairs: Sequence[tuple[str, str]]
    ) -> list[tuple[NDArray[np.float32], NDArray[np.float32]]]:
        """Return each pair's raw start and end scores, both of shape (tokens,)."""
        encodings = [self._tokenizer.encode(self._shortened(q), text) for q, text in pairs]
        return [self._run(encoding) for encoding in encodings]

    def _read_one(self, question: str, passage: Passage) -> list[Span]:
        text, lead = passage.text, lead_of(passage)
        encoding = self._tokenizer.encode(question, lead + text)
        header = max(0, after_dateline(passage.article.text) - passage.start)
        sentences = np.array([end for _, end in sentence_bounds(text)], np.int64)
        candidates: list[tuple[int, int, float]] = []
        for window in [encoding, *encoding.overflowing]:
            start, end = self._run(window)
            no_answer = float(start[0] + end[0])
            offsets = np.array(window.offsets, np.int64) - len(lead)
            chosen = np.array([part == 1 for part in window.sequence_ids])
            chosen &= offsets[:, 0] >= header
            start, end = np.where(chosen, (start, end), -np.inf).astype(np.float32)
            groups = np.searchsorted(sentences, offsets[:, 0], side="right")
            for first, last, score in best_spans(start, end, SPANS_EACH, groups):
                left, right = offsets[first, 0], offsets[last, 1]
                left, right = whole_words(text, int(left), int(right))
                if left < right:
                    candidates.append((left, right, score - no_answer))
        candidates.sort(key=lambda candidate: -candidate[2])
        spans: list[Span] = []
        for left, right, score in candidates:
            start_at, end_at = passage.start + left, passage.start + right
            if all(end_at <= span.start or start_at >= span.end for span in spans):
                spans.append(Span(passage, start_at, end_at, score))
        return spans[:SPANS_EACH]

    @cached_property
    def _question_tokenizer(self) -> "Tokenizer":
        """A tokenizer that truncates questions. Loaded on first use: parsing takes 20 ms."""
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(self._tokenizer_file))
        tokenizer.no_padding()
        tokenizer.enable_truncation(MOST_QUESTION_TOKENS)
        return tokenizer

    def _shortened(self, question: str) -> str:
        """Cut a question to `MOST_QUESTION_TOKENS` and return it as text."""
        if len(question.encode()) <= MOST_QUESTION_TOKENS:  # a token has at least one byte
            return question
        encoding = self._question_tokenizer.encode(question, add_special_tokens=False)
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
