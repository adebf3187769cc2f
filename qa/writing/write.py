"""An answer → a written one: the passages to a language model, its sentences checked as they come.

The exact answer stands first, always; this stands beside it. Nothing is sent if there is nothing to
write from.
"""

import threading
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import TypeAlias

from ..datatypes import Answer, AnswerKind, Citation, Hit, Passage, Status
from ..errors import ServerError
from ..render import NEAR
from ..turns import Ending
from .checked import CheckedSentence, SentenceChecker, Support
from .prompt import ANSWER_TOKENS, prompt_of
from .sentences import SentenceSplitter, WrittenSentence
from .server import ChatServer, Ended

__all__ = ["Ending", "Event", "Piece", "Written", "passages_of", "write"]

MOST_CHARACTERS = 20 * ANSWER_TOKENS
"""Longest answer; no token of a text has more. Some servers ignore the number of tokens."""

NEAR_COSINE = 0.25
"""Cosine of the nearest passage from which it is asked about though no answer was found.

It is .28 or more for all of the sample questions, and less than .25 for most on other subjects.
"""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of the text as it comes; it may end within a word."""

    text: str
    """The text as the model wrote it. It may hold characters that control a terminal."""
    unfinished: str
    """The sentence in the making, after those that were yielded: to be shown at once."""


@dataclass(frozen=True, slots=True)
class Written:
    """A written answer as a whole: the last event."""

    server: str
    """What wrote it, such as ``qwen3:4b at 127.0.0.1:11434``."""
    sentences: tuple[CheckedSentence, ...]
    """Its sentences, in order."""
    passages: tuple[Passage, ...]
    """The passages to write from, in order; the first is number 1. Empty if nothing was sent."""
    ending: Ending
    """How it ended."""
    seconds: float
    """Time from the request to the end."""
    first_seconds: float | None = None
    """Time to the first piece; None if there was none."""
    prompt_tokens: int | None = None
    """Tokens that the server read; None if it does not say."""
    tokens: int | None = None
    """Tokens that the server wrote; None if it does not say."""
    error: str = ""
    """Why the server failed, in one line; empty if it did not."""

    def count(self, support: Support) -> int:
        """Return how many of its sentences have this support."""
        return sum(sentence.support is support for sentence in self.sentences)


Event: TypeAlias = Piece | CheckedSentence | Written
"""What `write` yields: pieces and checked sentences as they come, then the whole."""


def write(
    answer: Answer,
    server: ChatServer,
    checker: SentenceChecker,
    *,
    cancelled: threading.Event | None = None,
) -> Generator[Event, None, None]:
    """Yield a written answer to the question of an answer, from the passages of that answer.

    It runs in the caller's thread. Setting ``cancelled`` in another thread ends it at once, as does
    closing the iterator. A failure of the server is no exception: it is in the last event, after
    the sentences that were finished.
    """
    started = time.monotonic()
    messages, passages = prompt_of(answer.question, passages_of(answer), server.budget_tokens)
    splitter = SentenceSplitter(len(passages))
    sentences: list[CheckedSentence] = []
    first: float | None = None
    left = MOST_CHARACTERS
    ended, error = Ended("done"), ""
    ending = Ending.DONE if passages else Ending.NOTHING_NEAR

    def checked(found: Iterator[WrittenSentence]) -> Iterator[CheckedSentence]:
        for sentence in found:
            sentences.append(checker.check(sentence.text, sentence.cited, passages))
            yield sentences[-1]

    try:
        if passages:
            reply = server.stream(messages, most_tokens=ANSWER_TOKENS, cancelled=cancelled)
            with closing(reply) as parts:
                for part in parts:
                    if isinstance(part, Ended):
                        ended, ending = part, Ending(part.why)
                    elif part:
                        first = time.monotonic() - started if first is None else first
                        kept, left = part[:left], left - len(part)
                        yield from checked(splitter.feed(kept))
                        yield Piece(kept, splitter.unfinished)
                        if left < 0 or _repeats(sentences):
                            ending = Ending.LENGTH if left < 0 else Ending.REPEATED
                            break
    except ServerError as failure:
        ending, error = Ending.FAILED, str(failure)
    if ending is not Ending.REPEATED:
        yield from checked(splitter.end(is_cut_off=ending is not Ending.DONE))
    yield Written(
        server=server.name,
        sentences=tuple(sentences),
        passages=tuple(passages),
        ending=ending,
        seconds=time.monotonic() - started,
        first_seconds=first,
        prompt_tokens=ended.prompt_tokens,
        tokens=ended.tokens,
        error=error,
    )


def _repeats(sentences: Sequence[CheckedSentence]) -> bool:
    """Whether the last sentence stands there three times: small models fall into circles."""
    return bool(sentences) and sum(each.text == sentences[-1].text for each in sentences) > 2


def passages_of(answer: Answer) -> list[Passage]:
    """Return the passages to write from, best first: those of the citations, then near hits.

    Hits with less than half of the best score are left out: the answers to the sample questions
    are in the others, of which there are four on average. Empty for a remark, and if nothing was
    found and no passage is near the question.
    """
    if answer.kind is AnswerKind.REMARK:
        return []
    hits = list(answer.hits)
    if answer.status is Status.NOT_FOUND and not any(map(_is_near, hits)):
        return []
    near = NEAR * max((hit.score for hit in hits), default=0.0)
    passages = [_passage_of(citation, hits) for citation in answer.citations]
    passages += [hit.passage for hit in hits if hit.score >= near]
    best: dict[tuple[str, int], Passage] = {}
    for passage in passages:
        best.setdefault(passage.place, passage)
    return list(best.values())


def _is_near(hit: Hit) -> bool:
    """Whether a hit is about what the question is about."""
    return hit.why.cosine >= NEAR_COSINE


def _passage_of(citation: Citation, hits: list[Hit]) -> Passage:
    """Return the passage of a citation; its own sentences if it is of no hit, as in a summary."""
    for hit in hits:
        passage = hit.passage
        is_same = passage.article.id == citation.article.id
        if is_same and passage.start <= citation.start and citation.end <= passage.end:
            return passage
    return Passage(citation.article, *citation.sentence_bounds)
