"""Turns a question and an answer into a sentence that states it, by rule (Demszky et al. 2018).

"When did the bridge open?" and "on Saturday" become "The bridge opened on Saturday." There is no
parser: an auxiliary that a question has moved goes back before the first word that looks like its
verb. Some sentences come out clumsy; they are true or false all the same.
"""

import re
from collections.abc import Iterable
from functools import cached_property

from ..questions.words import Lexicon

_ASKING = frozenset("who whom what which when where why how whose".split())
_DO = frozenset("do does did".split())
_AUXILIARIES = _DO | frozenset(
    "is are was were has have had will would can could may might must should".split()
)
_BE = frozenset("is are was were".split())
_MEASURES = frozenset(
    "old long far tall big large high deep wide heavy fast often soon late close hot".split()
)
_OPENS_SUBJECT = frozenset(
    "the a an his her its their this that these those he she it they there some any all".split()
)
_BEFORE_NOUN = frozenset("the a an of his her its their this to".split())
_PARTICIPLES = frozenset(
    """been born begun broken brought built bought caught chosen cut done drawn driven found fought
    given gone grown held heard hit hurt kept known laid led left lost made meant met paid put read
    run said seen sent set shot shown shut sold sought spent split spoken stolen struck sunk sworn
    taken taught thrown told thought used won worn written""".split()
)
_PREPOSITIONS = frozenset(
    """in on at by for from to of with after before during since until about around near under over
    because due through within between as if when while via into against""".split()
)
_MONTH = re.compile(
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December)\b"
)
_DAY = re.compile(r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b")
_YEAR = re.compile(r"\d{4}\b")

LEAST_VERB = 4
"""A word that follows "to" more often is a verb."""


class Statements:
    """Makes statements; it knows the past tenses of the verbs that a lexicon has."""

    def __init__(self, lexicon: Lexicon, words: Iterable[str]) -> None:
        """Learn past tenses from all the words of a collection."""
        self._lexicon = lexicon
        self._words = frozenset(words)

    @cached_property
    def _past(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for word in sorted(self._words):
            base = self._lexicon.base(word)
            if base:
                found.setdefault(base, word)
        return found

    @cached_property
    def _pasts(self) -> frozenset[str]:
        return frozenset(self._past.values())

    def state(self, question: str, answer: str) -> str | None:
        """Return the statement that an answer gives to a question, or None if no rule applies."""
        words = question.strip().rstrip("?").strip().split()
        answer = answer.strip().rstrip(".,;:")
        at = next((i for i, word in enumerate(words) if word.lower() in _ASKING), None)
        if at is None or not answer or len(words) < 3:
            return None
        if at > 2 or (at and words[at - 1].lower() not in _PREPOSITIONS):
            stated = self._in_place(words, at, answer)
        elif at:
            stated = self._moved(words[at:], f"{' '.join(words[:at]).lower()} {answer}")
        else:
            stated = self._moved(words, answer)
        if not stated:
            return None
        line = " ".join(stated.split())
        return f"{line[0].upper()}{line[1:]}."

    def _in_place(self, words: list[str], at: int, answer: str) -> str | None:
        """Put the answer where a question asks in the middle: "It opened in which year?"."""
        if any(word.lower() in _AUXILIARIES for word in words[at + 1 :]):
            return None
        end = at + 1
        if words[at].lower() in ("what", "which", "how") and end < len(words):
            end += 1
        return " ".join([*words[:at], answer, *words[end:]])

    def _moved(self, words: list[str], answer: str) -> str | None:
        asking = words[0].lower()
        end, noun = 1, ""
        if asking in ("what", "which", "whose", "how") and words[1].lower() not in _AUXILIARIES:
            end = next(
                (i for i, w in enumerate(words) if i and self._opens_predicate(w)), len(words)
            )
            noun = " ".join(words[1:end])
        rest = words[end:]
        if not rest:
            return None
        filler = self._filler(asking, noun, answer)
        verb = rest[0].lower()
        if verb not in _AUXILIARIES:
            return f"{filler} {' '.join(rest)}"
        if len(rest) < 2:
            return None
        is_adverbial = asking in ("when", "where", "why") or (
            asking == "how" and noun.partition(" ")[0].lower() not in ("many", "much")
        )
        if verb in _BE and not is_adverbial and not self._is_moved(rest):
            return f"{filler} {' '.join(rest)}"
        if verb not in _DO and not is_adverbial and not _is_subject(rest[1]):
            return f"{filler} {' '.join(rest)}"
        return self._put_back(verb, rest[1:], filler, noun, asking)

    def _opens_predicate(self, word: str) -> bool:
        known = word.lower()
        if known in _AUXILIARIES:
            return True
        return word == known and (
            known in self._pasts
            or (known.endswith("s") and self._lexicon.present(known) is not None and len(known) > 4)
        )

    def _filler(self, asking: str, noun: str, answer: str) -> str:
        first = noun.partition(" ")[0].lower()
        if asking == "how" and first in ("many", "much"):
            thing = noun.partition(" ")[2]
            is_said = not thing or thing.split()[-1].lower() in answer.lower()
            return answer if is_said else f"{answer} {thing}"
        if asking == "whose":
            return f"{answer}'s {noun}"
        return answer

    def _is_moved(self, rest: list[str]) -> bool:
        """Whether a form of "be" stands before its subject: "was the bridge opened"."""
        return _is_subject(rest[1]) and self._verb_place(rest[1:], "was") is not None

    def _verb_place(self, rest: list[str], auxiliary: str) -> int | None:
        """Return the place of the first word that looks like the verb of an auxiliary."""
        for place, word in enumerate(rest):
            if not place or word != word.lower():
                continue
            if auxiliary in _BE or auxiliary in ("has", "have", "had"):
                if word in _PARTICIPLES or re.search(r"(?:..ed|ing)$", word):
                    return place
            elif (
                self._lexicon.infinitives[word] > 4 and rest[place - 1].lower() not in _BEFORE_NOUN
            ):
                return place
        return None

    def _is_verb(self, word: str) -> bool:
        return self._lexicon.infinitives[word] > LEAST_VERB

    def _put_back(
        self, verb: str, rest: list[str], filler: str, noun: str, asking: str
    ) -> str | None:
        """Return subject, auxiliary, verb and answer in the order of a statement."""
        place = self._verb_place(rest, verb)
        tail = self._adverbial(asking, noun, filler)
        if place is None:
            if verb in _BE:
                return f"{' '.join(rest)} {verb} {tail}"
            return None
        subject, predicate = rest[:place], rest[place:]
        if verb in _DO:
            base = predicate[0]
            past = self._past.get(base) if verb == "did" else None
            if verb == "does":
                past = f"{base}s"
            if verb == "do":
                past = base
            if past is None:
                return None
            predicate = [past, *predicate[1:]]
        else:
            predicate = [verb, *predicate]
        return f"{' '.join(subject)} {' '.join(predicate)} {tail}"

    def _adverbial(self, asking: str, noun: str, answer: str) -> str:
        """Return an answer with the preposition that it needs where it says when, where or why."""
        if answer.split(" ", 1)[0].lower() in _PREPOSITIONS:
            return answer
        needed = {"where": "in", "why": "because of" if answer[:1].isupper() else "because"}
        if asking == "when" and _DAY.match(answer):
            needed["when"] = "on"
        elif asking == "when" and (_YEAR.match(answer) or _MONTH.match(answer)):
            needed["when"] = "on" if re.search(r"\b\d{1,2}\b", answer) else "in"
        elif asking == "how" and not noun:
            needed["how"] = "by"
        return f"{needed.get(asking, '')} {answer}"


def _is_subject(word: str) -> bool:
    """Whether a word after an auxiliary opens a subject rather than a predicate."""
    return word.lower() in _OPENS_SUBJECT or word[:1].isupper()
