"""What articles tell otherwise: the newest is shown first, the others beside it with their dates.

Two articles differ when they are on the same subject, answer a question with comparable evidence,
and their answers cannot both be right (``agreeing``).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import PurePath
from urllib.parse import urlsplit

from ..datatypes import Article
from ..folding import plain
from ..render import article_date, written_date
from ..shorten import shorten
from ..terms import MONTHS, found_words, stem, stemmed_terms
from .agreeing import agree, are_apart
from .evidence import Weighed
from .kinds import LATEST
from .several import CLOSE
from .times import Time, may_be_of

DIFFER = "Articles differ: "
"""How the note begins that names the answers of articles that differ."""

COMPARABLE = 4.0
"""How far the evidence of two answers may be apart that are comparable.

A paper's own words for an event may be far from those of the question, so that the reader likes one
report much better than the other. On planted disagreements the second answer is up to 3.9 behind.
"""

ANSWERS = 2.0
"""Least reader's score of the best answer for others to differ from it."""

ANSWERS_TOO = 3.0
"""Least reader's score of an answer that differs.

Of 25 notes on answers to news questions, nearly all of them wrong, this limit and the one above
leave 6; they leave all the planted disagreements that they were chosen with.
"""

COUNTS_TOO = -1.5
"""The same where a number is asked for: the reader likes "the number of people killed at 14" less,
and two numbers can be compared more surely."""

SAME_WEEK = 2.0
"""How much more is allowed of two numbers in articles of one week, which are of one event."""

DOUBTFUL = 1.0
"""How far if it is doubtful whether the articles tell of one event: the question names nobody and
nothing, and they are not of one week; or they are months apart, and no number is asked for."""

DAYS = 7
"""Days of a week."""

SAME_SUBJECT = 0.3
"""Least share of the content words of the shorter passage that both have, if nothing is named."""

SOURCE_CELLS = 40
"""Longest name of a source in a note."""

_HOW_MANY = re.compile(r"\W*(?:\w+\W+){0,2}how\b|.*\b(?:number of|toll|share|percentage)\b", re.I)
_NAMED = re.compile(r"(?<=[^\W_] )[A-Z]\w+|\b\d{2,}\b")


@dataclass(frozen=True, slots=True)
class Told:
    """Spans in the order in which they are shown, and where articles differ."""

    weighed: list[Weighed]
    """The spans, the answer first, then what other articles tell otherwise."""
    agreeing: tuple[Weighed, ...] = ()
    """What other articles tell as well, if in other words, best first."""
    differing: tuple[Weighed, ...] = ()
    """What other articles tell otherwise, the newest first."""
    note: str = ""
    """The answers of all of them with their dates, in words; empty if none differ."""
    newest: date | None = None
    """Date of the newest article that gives the answer."""
    is_guess: bool = False
    """Whether that date is only likely."""


def later_first(question: str, weighed: Sequence[Weighed], time: Time | None = None) -> Told:
    """Return spans, best first; a later article goes before the older ones that it differs from.

    A question for the latest puts the newest of those that answer first. Only articles that may be
    of ``time`` are compared.
    """
    best = weighed[0]
    is_latest = LATEST.fits(question)
    near = [each for each in weighed[1:] if _is_near(question, best, each, time)]
    told = _by_article(question, best, near, is_latest=is_latest)
    groups = _by_answer(question, [best, *told])
    if is_latest:
        first = _newest([best, *told])
        groups.sort(key=lambda group: first not in group)
    else:
        known = _date_of_group(groups[0]) > date.min  # if not, nothing is known to be later
        begin = 0 if known else 1
        groups[begin:] = sorted(groups[begin:], key=_date_of_group, reverse=True)
    if len(groups) == 1 and not is_latest:
        groups = [[best]]
    first, *others = [_newest(group) for group in groups]
    agreeing = tuple(
        each
        for each in (best, *near)
        if each is not first and agree(question, first.span, each.span)
    )
    newest = _newest([first, *agreeing]).span.passage.article
    sure = replace(first, confidence=best.confidence, sentence_confidence=best.sentence_confidence)
    differing = tuple(each for each in others if agree(question, first.span, each.span) is False)
    rest = [each for each in weighed if each is not first and each not in differing]
    note = DIFFER + " · ".join(_named(each) for each in (first, *differing)) if differing else ""
    shown = [sure, *differing, *rest]
    return Told(shown, agreeing, differing, note, newest.published, newest.is_date_guess)


def as_of(question: str, told: Told) -> str:
    """Return the date that an answer to a question for the latest is of; else empty."""
    if told.newest is None or not LATEST.fits(question):
        return ""
    return f"as of {'about ' if told.is_guess else ''}{written_date(told.newest)}"


def _is_near(question: str, best: Weighed, other: Weighed, time: Time | None) -> bool:
    """Whether a span of another article can be compared with the best: one subject, like evidence.

    The other article must have the names of the question that the best one has.
    """
    article, passage = best.span.passage.article, other.span.passage
    if passage.article.id == article.id or (time is not None and not may_be_of(passage, time)):
        return False
    behind = best.evidence - other.evidence
    limit = COMPARABLE + _slack(question, best, other)
    if are_apart(best.span, other.span) and not _HOW_MANY.match(question):
        limit = DOUBTFUL
    if behind > limit:
        return False
    names = _names(question)
    held = names & _words(best)
    if held:
        return held <= _words(other) and _tells_of_it(question, best, other)
    if _are_of_one_week(best, other):
        held = set(stemmed_terms(question)) & _words(best)
        return len(held - _words(other)) <= min(1, len(held) - 2)
    return behind <= (CLOSE if LATEST.fits(question) else DOUBTFUL) and _same_subject(
        question, best, other
    )


def _names(question: str) -> set[str]:
    """Return the names and larger numbers of a question without their endings, but for months."""
    names = {stem(word.casefold()) for word in _NAMED.findall(plain(question))}
    return names - {stem(month.casefold()) for month in MONTHS}


def _tells_of_it(question: str, best: Weighed, other: Weighed) -> bool:
    """Whether a span's sentence has the words of the question, but for names, that the best's has.

    It has at least one of them. For a number, one may be missing. Articles of one week tell of one
    event, each in its own words: there the names are enough.
    """
    asked = set(stemmed_terms(question)) - _names(question)
    if not asked or _are_of_one_week(best, other):
        return True
    held, told = asked & _sentence_words(best), asked & _sentence_words(other)
    if _HOW_MANY.match(question):
        return len(held - told) <= 1
    return bool(told) and held <= told


def _sentence_words(entry: Weighed) -> set[str]:
    return found_words(entry.span.passage.article.text[slice(*entry.sentence)])


def _by_article(
    question: str, best: Weighed, near: Sequence[Weighed], *, is_latest: bool
) -> list[Weighed]:
    """Return one span of each article: the first that can be compared with the best.

    An article that also says what the best one says is taken to say that.
    """
    found: dict[str, Weighed] = {}
    same: dict[str, Weighed] = {}
    least = COUNTS_TOO if _HOW_MANY.match(question) else ANSWERS_TOO
    for each in near:
        is_same = agree(question, best.span, each.span)
        answers = each.span.score >= least - _slack(question, best, each)
        differs = is_same is False and answers and best.span.score >= ANSWERS
        key = each.span.passage.article.id
        if is_same:
            same.setdefault(key, each)
        elif differs or (is_latest and best.evidence - each.evidence <= CLOSE):
            found.setdefault(key, each)
    return list({**found, **same}.values())


def _by_answer(question: str, told: Sequence[Weighed]) -> list[list[Weighed]]:
    """Return spans in groups that agree, in order."""
    groups: list[list[Weighed]] = []
    for each in told:
        for group in groups:
            if agree(question, group[0].span, each.span):
                group.append(each)
                break
        else:
            groups.append([each])
    return groups


def _newest(told: Sequence[Weighed]) -> Weighed:
    """Return the span of the newest article; the first of several."""
    return max(told, key=_date_of)


def _date_of(entry: Weighed) -> date:
    return entry.span.passage.article.published or date.min


def _date_of_group(group: Sequence[Weighed]) -> date:
    return max(map(_date_of, group))


def _slack(question: str, one: Weighed, other: Weighed) -> float:
    return SAME_WEEK if _HOW_MANY.match(question) and _are_of_one_week(one, other) else 0.0


def _are_of_one_week(one: Weighed, other: Weighed) -> bool:
    days = [each.span.passage.article.published for each in (one, other)]
    return bool(days[0] and days[1] and abs((days[0] - days[1]).days) <= DAYS)


def _same_subject(question: str, one: Weighed, other: Weighed) -> bool:
    """Whether two passages are on the same subject, and hold as much of the question."""
    first, second = _subject(one), _subject(other)
    asked = set(stemmed_terms(question))
    if len(asked & second) < len(asked & first):
        return False
    return len(first & second) >= SAME_SUBJECT * min(len(first), len(second))


def _words(entry: Weighed) -> set[str]:
    return found_words(_titled(entry))


def _subject(entry: Weighed) -> set[str]:
    return set(stemmed_terms(_titled(entry)))


def _titled(entry: Weighed) -> str:
    passage = entry.span.passage
    return f"{passage.article.title} {passage.text}"


def _named(entry: Weighed) -> str:
    """Return an answer with its source and date: ``12 people (reuters.txt, 3 May 2011)``."""
    article = entry.span.passage.article
    parts = [_source(article)]
    if article.published:
        parts.append(article_date(article))
    return f"{' '.join(entry.span.text.split())} ({', '.join(parts)})"


def _source(article: Article) -> str:
    """Return a short name of an article's source: its file, or the site of its address."""
    site = urlsplit(article.source).netloc if "://" in article.source else ""
    name = site.removeprefix("www.") or PurePath(article.source).name or article.title
    return shorten(name, SOURCE_CELLS)
