"""Questions about the news of an article, fit to be shown to a person.

The rules for training (`rules`) may make an odd question now and then; a reader learns from it all
the same. A person does not forgive one, so here few sentences give a question:

- those at the beginning of the article, whose words the headline repeats;
- with a person, a country or another known kind of name, or a number, as their subject;
- whose predicate can be taken word for word, which keeps its grammar right;
- without a word that refers to something outside the question: "he", "the company", "yesterday".
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..datatypes import Article
from ..sentences import after_dateline, sentence_bounds
from ..terms import MONTHS, stemmed_terms
from .actors import actor_question, is_person
from .clauses import is_whole
from .rules import Cloze, questions_of
from .words import CAPITAL, TITLE, Lexicon

LOOKED_AT = 8
"""Sentences that are looked at, from the beginning of the article: they tell its news."""

LEAST_WORDS = 5
"""Fewest words of a question. Shorter ones seldom say what they are about."""

MOST_WORDS = 15
"""Most words of a question: what a person reads at a glance."""

LEAST_SHARED = 2
"""Fewest content words that question and answer share with the headline."""

_REFERRING = re.compile(
    r"\b(?:i|he|she|it|they|we|you|him|them|us|hers|their|our|my|your|this|these|"
    r"those|such|another|other|others|same|both|here|there|then|now|today|tonight|tomorrow|"
    r"yesterday|ago|early|earlier|late|later|recently|recent|currently|previous|previously|next|"
    r"statement|statements|interview|mr|mrs|ms|dr|last|following|coming|upcoming|weekend|former|latter|also|so|too|respectively|either|"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b",
    re.IGNORECASE,
)
"""Words that refer to what stands outside the question, or to the day on which it was written."""

_SAYING = frozenset(
    """
    said says say told tells added stated stressed noted thought believes believed hopes hoped
    wants wanted feels felt spoke warned reported commented explained insisted is has had
    """.split()
)
"""Verbs of what somebody merely says or thinks, and words that are no verb of the news alone."""

_ANCHOR = re.compile(r"[A-Z0-9]")
_KNOWN = frozenset(
    """
    world sun moon earth sea internet first second third fourth fifth sixth seventh eighth ninth
    tenth only
    """.split()
)
_ANCHORED_WITHIN = 4
"""Words after "the" among which a name or a number says which one is meant."""
_MONTHS = frozenset(MONTHS)
_NAMED = re.compile(rf"When (?:did|was|will|is) (?:the )?{CAPITAL} {CAPITAL}")


@dataclass(frozen=True, slots=True)
class Draft:
    """A question that an article suggests, before a reader has tried it."""

    question: str
    """The question."""
    answer: str
    """The words of the article that answer it."""
    start: int
    """Offset of these words in the article's text."""

    @property
    def end(self) -> int:
        """Offset of the end of the answer."""
        return self.start + len(self.answer)


def drafts(article: Article, lexicon: Lexicon) -> list[Draft]:
    """Return the questions that an article suggests, the one closest to its headline first."""
    found: dict[str, tuple[int, Draft]] = {}
    for start, end in _first_sentences(article):
        sentence = article.text[start:end]
        if not is_whole(sentence):
            continue
        for cloze in _clozes(sentence, article.text, lexicon):
            at = sentence.find(cloze.answer)
            shared = _shared(cloze, article.title)
            if (
                at >= 0
                and shared >= LEAST_SHARED
                and stands_alone(cloze, sentence, article.text, lexicon)
            ):
                draft = Draft(cloze.question, cloze.answer, start + at)
                found.setdefault(draft.question, (-shared, draft))
    return [draft for _, draft in sorted(found.values(), key=lambda pair: pair[0])]


def stands_alone(cloze: Cloze, sentence: str, text: str, lexicon: Lexicon) -> bool:
    """Return whether a question is understood by itself, and its words are those of the sentence.

    ``text`` is that of the article: a person whom it names in full must be named so.
    """
    words = cloze.question.rstrip("?").split(" ")
    if not LEAST_WORDS <= len(words) <= MOST_WORDS or _REFERRING.search(cloze.question):
        return False
    if words[-1].endswith("ly") or any(mark in cloze.question for mark in '"“”()[]:;–—/'):
        return False
    tail = " ".join(words[-4:])
    return (
        tail in sentence
        and "that" not in words[3:]
        and _is_anchored(words)
        and _has_name(words)
        and not _is_short_for_more(words, text, lexicon)
    )


def _first_sentences(article: Article) -> list[tuple[int, int]]:
    """Return the offsets of the first sentences of the text, without title and dateline."""
    text = article.text
    begin = after_dateline(text)
    if text.startswith(f"{article.title}\n", begin):
        begin += len(article.title)
    body = text[begin : begin + 3_000]
    bounds = sentence_bounds(body)
    found = []
    for start, end in bounds[:LOOKED_AT]:
        dash = re.match(r"[–—-]+ ?|[A-Z][^a-z.!?]{2,40}[–—-] ?", body[start:end])
        found.append((begin + start + (dash.end() if dash else 0), begin + end))
    return found


def _clozes(sentence: str, text: str, lexicon: Lexicon) -> Iterator[Cloze]:
    """Yield the questions for the subject of a sentence, and for the times that it gives."""
    actor = actor_question(sentence, text, lexicon)
    if actor is not None:
        yield actor
    for cloze in questions_of(sentence, lexicon):
        is_named = cloze.kind == "date" and _NAMED.match(cloze.question)
        if is_named or (cloze.kind == "count" and _counts_subject(cloze, sentence)):
            yield cloze


def _counts_subject(cloze: Cloze, sentence: str) -> bool:
    """Return whether a number is the subject's, and the question's words follow it."""
    said = cloze.question.removeprefix("How many ").rstrip("?")
    return f"{cloze.answer} {said}" in sentence and " and " not in said


def _shared(cloze: Cloze, headline: str) -> int:
    """Return how many content words of the headline question and answer hold, in any form."""
    told = stemmed_terms(f"{cloze.question} {cloze.answer}")
    shared = sum(any(_alike(word, other) for other in told) for word in stemmed_terms(headline))
    is_about_them = cloze.kind == "person" and cloze.answer.rsplit(" ", 1)[-1] in headline
    return shared + is_about_them


def _alike(one: str, other: str) -> bool:
    """Return whether two words begin alike, as "libya" and "libyan" do."""
    return one == other or (min(len(one), len(other)) > 4 and one[:5] == other[:5])


def _is_anchored(words: list[str]) -> bool:
    """Return whether each "the" is followed by what says which one is meant."""
    for place, word in enumerate(words):
        following = words[place + 1 : place + 1 + _ANCHORED_WITHIN]
        if word == "the" and not (
            following
            and (
                following[0] in _KNOWN
                or following[0].endswith("est")
                or following[1:2] == ["of"]
                or any(_ANCHOR.match(other) for other in following)
            )
        ):
            return False
    return True


def _has_name(words: list[str]) -> bool:
    """Return whether a question names something, or tells much of what it is about."""
    named = any(word[0].isupper() and word not in _MONTHS for word in words[1:])
    return named or (words[0] in {"Who", "Which"} and len(stemmed_terms(" ".join(words))) > 3)


def _is_short_for_more(words: list[str], text: str, lexicon: Lexicon) -> bool:
    """Return whether the question names by the last name alone whom the article names in full."""
    for place, word in enumerate(words[1:], start=1):
        plain = re.sub(r"['’]s?$", "", word)
        is_alone = not words[place - 1][0].isupper() or place == 1
        if plain[0].isupper() and is_alone and len(plain) > 3:
            longer = re.findall(rf"\b(?:[A-Z][\w-]+ )+{re.escape(plain)}\b", text)
            if any(is_person(TITLE.split(name)[-1], text, lexicon) for name in longer):
                return True
    return False
