"""Questions about the news of an article, fit to be shown to a person.

The rules for training (`rules`) may make an odd question now and then; a reader learns from it all
the same. A person does not forgive one, so here few sentences give a question:

- those at the beginning of the article, whose words the headline repeats;
- whose subject is a person, a country or another name of a known kind (`actors`), or a number;
- whose predicate can be taken word for word, which keeps its grammar right;
- without a word that refers to something outside the question (`alone`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..datatypes import Article
from ..sentences import after_dateline, sentence_bounds
from ..terms import stemmed_terms
from .actors import actor_questions, begins_name
from .alone import stands_alone
from .clauses import is_whole
from .rules import Cloze, questions_of
from .words import CAPITAL, Lexicon

LOOKED_AT = 8
"""Sentences that are looked at, from the beginning of the article: they tell its news."""

LOOKED_THROUGH = 3_000
"""Characters of the article in which these sentences are."""

LEAD = 3
"""First sentences that tell the news; what comes after is often about its background."""

LEAST_SHARED = 2, 3
"""Fewest content words of the headline that question and answer hold, in the lead and after it."""

_DATELINE = re.compile(r"[–—-]+ ?|[A-Z][^a-z.!?]{2,40}[–—-] ?")
_NOT_SAID = re.compile(
    r" (?:his|her|its|to be) | on the \w+\?$|\b[a-z]+ed\?$|"
    r"^When (?:was|is)(?: [A-Z]\S*)+ (?:the|an?) "
)
"""Signs that a question for a time has lost a part: whose home, decreed on which day."""
_NOT_COUNTED = re.compile(r"^(?:more|other|others)\b| (?:and|between|both)\b|^[a-z]+ \w+ed by\b")
"""Signs that a number counts only a part, or that the question has no verb of its own."""
_GOES_ON = re.compile(r" (?:to|of|with|as|than|by|for|from|about)\b")
_NAMED = re.compile(rf"When (?:did|was|will|is) (?:the )?(?P<first>{CAPITAL}) {CAPITAL}")


@dataclass(frozen=True, slots=True)
class Draft:
    """A question that an article suggests, before a reader has tried it."""

    question: str
    """The question."""
    answer: str
    """The words of the article that answer it."""
    sentence: tuple[int, int]
    """Offsets of the sentence that it was made from, in the article's text."""


def drafts(article: Article, lexicon: Lexicon) -> list[Draft]:
    """Return the questions that an article suggests, the one closest to its headline first."""
    found: dict[str, tuple[int, Draft]] = {}
    for place, (start, end) in enumerate(_first_sentences(article)):
        sentence = article.text[start:end]
        if not is_whole(sentence):
            continue
        for cloze in _clozes(sentence, article.text, lexicon):
            shared = _shared(cloze, article.title)
            is_usable = shared >= LEAST_SHARED[place >= LEAD] and cloze.answer in sentence
            if is_usable and stands_alone(cloze, sentence, article.text, lexicon):
                draft = Draft(cloze.question, cloze.answer, (start, end))
                found.setdefault(draft.question, (-shared, draft))
    return [draft for _, draft in sorted(found.values(), key=lambda pair: pair[0])]


def _first_sentences(article: Article) -> list[tuple[int, int]]:
    """Return the offsets of the first sentences of the text, without title and dateline."""
    text = article.text
    begin = after_dateline(text)
    if text.startswith(f"{article.title}\n", begin):
        begin += len(article.title)
    body = text[begin : begin + LOOKED_THROUGH]
    found = []
    for start, end in sentence_bounds(body)[:LOOKED_AT]:
        dateline = _DATELINE.match(body[start:end])
        found.append((begin + start + (dateline.end() if dateline else 0), begin + end))
    return found


def _clozes(sentence: str, text: str, lexicon: Lexicon) -> Iterator[Cloze]:
    """Yield the questions for the subject of a sentence, and for the time that it gives."""
    yield from actor_questions(sentence, text, lexicon)
    for cloze in questions_of(sentence, lexicon):
        is_time = cloze.kind == "date" and not _NOT_SAID.search(cloze.question)
        named = _NAMED.match(cloze.question) if is_time else None
        is_named = named is not None and begins_name(named["first"])
        if is_named or (cloze.kind == "count" and _counts_subject(cloze, sentence)):
            yield cloze


def _counts_subject(cloze: Cloze, sentence: str) -> bool:
    """Return whether a number is the subject's, and the question's words follow it."""
    said = cloze.question.removeprefix("How many ").rstrip("?")
    is_time = cloze.noun in {"minutes", "hours", "days", "weeks", "months", "years"}
    _, found, after = sentence.partition(f"{cloze.answer} {said}")
    return bool(found) and not (is_time or _NOT_COUNTED.search(said) or _GOES_ON.match(after))


def _shared(cloze: Cloze, headline: str) -> int:
    """Return how many content words of the headline question and answer hold, in any form.

    A person whom the headline names counts twice: the news is about them.
    """
    told = stemmed_terms(f"{cloze.question} {cloze.answer}")
    shared = sum(any(_alike(word, other) for other in told) for word in stemmed_terms(headline))
    is_about_them = cloze.kind == "person" and cloze.answer.rsplit(" ", 1)[-1] in headline
    return shared + is_about_them


def _alike(one: str, other: str) -> bool:
    """Return whether two words begin alike, as "libya" and "libyan" do."""
    return one == other or (min(len(one), len(other)) > 4 and one[:5] == other[:5])
