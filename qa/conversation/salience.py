"""What a conversation is about: whom or what a pronoun of the next question can stand for.

A referent is the name that is most present in the hearer's mind. It grows with what a person sees
as the subject: the article's title, the last question, the answer to it; and it fades with each
turn (Lappin and Leass 1994 weigh cues like these).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .names import PEOPLE, SMALL_WORDS, Kind, is_named_by, kind_of, names_in

TITLE_WEIGHT = 3.5
"""Of the one whom the article is named after: nearly every he or she is that person."""

WHO_WEIGHT = 2.5
"""Of a name in the answer to a who question."""

QUESTION_WEIGHT = 2.0
"""Of a name in a question."""

ANSWER_WEIGHT = 1.0
"""Of a name in another answer."""

SENTENCE_WEIGHT = 0.5
"""Of a name in the sentence around an answer, which the person may not have read."""

FADING = 0.75
"""What a name loses with each turn."""

_BRACKETS = re.compile(r"\s*\([^)]*\)")
_WORK_IN_BRACKETS = re.compile(r"\b(?:film|album|song|novel|series|book|play|musical|magazine)\b")
_BAND = re.compile(r"\bthe (?:band|group)\b|\bband's\b|\btheir (?:\w+ )?(?:album|single|song)")
_PLURAL_NAME = re.compile(r"the |.*(?:&| and |[^s'’]s$)", re.IGNORECASE)
_LONG_WORD = re.compile(r"\w[\w'-]{2,}")
_WHICH_NOUN = re.compile(
    r"\b(?:what|which|name of the|who (?:is|was) the) (\w+)(?: (\w+))?", re.IGNORECASE
)
_MALE = re.compile(r"\b(?:he|his|him)\b", re.IGNORECASE)
_FEMALE = re.compile(r"\b(?:she|her)\b", re.IGNORECASE)
_PAIR = re.compile(
    r"((?:[A-Z][\w'.-]+ )+)and (?:the )?((?:[A-Z][\w'.-]+ )*(?:of )?[A-Z][\w'-]+)(?![\w'-])"
)
_ASKS_WHO = re.compile(r"\W*(?:and )?who\b", re.IGNORECASE)
_ASKS_NAME = re.compile(
    r"(?:what|which|who) (?:is|are|was|were|else|other|songs?|albums?)\b", re.IGNORECASE
)
_PLURAL_NOUN = re.compile(
    r"\b(?:[Hh]ow many|[Ww]hich|[Ww]hat|[Tt]he) ((?:[a-z]+ )?[a-z]{2,}[^s\W]s)\b"
)
_NOUN = re.compile(
    r"\b[Tt]he ((?:[a-z]+ )?[a-z]{3,}[^s\W])\b(?! (?:of|in|on|at|for|to|from|by|about|that|who)\b)"
)
_PLACE = re.compile(
    r"\b(in|at|to|from|near|on) "
    r"((?:the )?[A-Z][\w'-]*(?: (?:of |the )*[A-Z][\w'-]*)*"
    r"(?: (?:mine|river|island|city|desert)\b)?)"
)
_MONTHS = frozenset(
    "January February March April May June July August September October November December".split()
)


@dataclass(frozen=True, slots=True)
class Exchange:
    """An earlier question with what came of it."""

    question: str
    """Stand-alone form of the question."""
    answer: str
    """Its answer's words; may be empty."""
    sentence: str = ""
    """Sentence that holds the answer; may be empty."""
    title: str = ""
    """Title of the article it stands in; may be empty."""


@dataclass(frozen=True, slots=True)
class _Mention:
    """A name that was mentioned."""

    name: str
    """The name."""
    kind: Kind
    """What it may stand for."""
    weight: float
    """How present it is."""


class Talk:
    """The last turns of a conversation, at least one."""

    def __init__(self, earlier: Sequence[Exchange]) -> None:
        self.last = earlier[-1]
        """The turn just before."""
        self._mentions = list(_mentions(earlier))
        title = next((turn.title for turn in reversed(earlier) if turn.title), "")
        named = _BRACKETS.sub("", title).strip()
        self.is_titled = is_named_by(named)
        """Whether the article is named after the topic, as an encyclopedia's are."""
        self.topic = named if self.is_titled else self._main_name(title)
        """What the talk is about; empty when nothing was named."""
        self._form = self._kind_by_form(title)
        self.kind = self._kind_by_company(" ".join(f"{t.question} {t.answer}" for t in earlier))
        """What the topic may stand for."""

    def own_names(self, question: str) -> list[tuple[int, Kind]]:
        """Return where a question names someone or something itself, and what it may be.

        A part of the topic's name counts in whatever case it was typed.
        """
        found = [(name.start, name.kind) for name in names_in(question)]
        parts = {
            word.lower() for word in _LONG_WORD.findall(self.topic) if word[0].isupper()
        } - SMALL_WORDS
        for match in _LONG_WORD.finditer(question):
            # Any kind of topic may be what he or they stands for: it counts as a person's name.
            if match.group().lower().removesuffix("'s") in parts:
                found.append((match.start(), Kind.PERSON))
        return sorted(found, key=lambda place: place[0])

    def person(self, gender: Kind) -> str:
        """Return whom he (``Kind.MAN``) or she (``Kind.WOMAN``) stands for; empty when nobody."""
        other = Kind.WOMAN if gender is Kind.MAN else Kind.MAN
        impossible = {other, Kind.WORK, Kind.PLACE, Kind.GROUP}
        mentions = list(self._mentions)
        if self.is_titled:
            mentions.append(_Mention(self.topic, self._form_or_person(), TITLE_WEIGHT))
        best, most = "", 0.0
        parts = set(self.topic.lower().split()) if self.is_titled else set()
        for mention in mentions:
            if mention.kind in impossible or (
                mention.name != self.topic and set(mention.name.lower().split()) <= parts
            ):
                continue
            weight = mention.weight
            if mention.kind is gender:
                weight += 1.5
            elif mention.kind is Kind.PERSON:
                weight += 0.5
            else:
                weight -= 0.5 if mention.name == self.topic else 2
            if weight >= most:
                best, most = mention.name, weight
        return best or (self.topic if self.is_titled else "")

    def group(self) -> str:
        """Return whom they stands for; empty when nobody."""
        if self.is_titled and (self._form is Kind.GROUP or self.kind is Kind.GROUP):
            return self.topic
        topic_words = set(self.topic.lower().split())
        for text in (self.last.answer, self.last.question):
            pair = _PAIR.search(text)
            if pair and (
                pair.group() == text.strip(" .,")
                or {kind_of(pair[1].strip()), kind_of(pair[2])} <= PEOPLE
                or topic_words & set(pair.group().lower().split())
            ):
                return pair.group()
        if self.is_titled:
            return self.topic
        for text in (self.last.question, self.last.answer):
            groups = [name.text for name in names_in(text) if name.kind is Kind.GROUP]
            if groups:
                return groups[0]
        noun = _PLURAL_NOUN.search(self.last.question)
        return f"the {noun[1]}" if noun else ""

    def thing(self) -> str:
        """Return what it stands for; empty when that is not clear."""
        if work := self.work():
            return work
        if self.is_titled:
            return "" if self.kind in PEOPLE or self.kind is Kind.GROUP else self.topic
        answer = self.last.answer.strip(" .,")
        for name in names_in(f"it is {answer}"):
            if name.text == answer and name.kind not in PEOPLE:
                return answer
        noun = _NOUN.search(self.last.question)
        if noun:
            return f"the {noun[1]}"
        for name in names_in(self.last.question):
            # What stands behind in or at is where something is, not the thing itself.
            is_where = name.kind is Kind.PLACE and kind_of(name.text) is not Kind.PLACE
            if name.kind not in PEOPLE and not is_where:
                return name.text
        return ""

    def work(self) -> str:
        """Return the album, film, book or the like that was spoken of last; empty when none was.

        A question for a name puts the answer in front; otherwise what was asked about stays there.
        """
        texts = [self.last.question, self.last.answer]
        if _ASKS_NAME.match(self.last.question):
            texts.reverse()
        for text in texts:
            for name in names_in(text):
                if name.kind is Kind.WORK:
                    return name.text
        known = [mention.name for mention in self._mentions if mention.kind is Kind.WORK]
        if known and (self.kind in PEOPLE or self.kind is Kind.GROUP):
            return known[-1]
        return ""

    def place(self) -> str:
        """Return where "there" is, with its preposition; empty when no place was named."""
        for text in (self.last.answer, self.last.sentence, self.last.question):
            found = [
                (preposition, name)
                for preposition, name in _PLACE.findall(text)
                if name.split()[0] not in _MONTHS
            ]
            if found:
                preposition, name = found[-1]
                # One goes to and comes from a place, but is in it.
                return f"{'in' if preposition in ('to', 'from') else preposition} {name}"
        return ""

    def name_of(self, noun: str) -> str:
        """Return the answer that the last question got if it asked which noun it was, or empty."""
        asked = {word for match in _WHICH_NOUN.findall(self.last.question) for word in match}
        if noun not in asked:
            return ""
        answer = self.last.answer.strip(" .,")
        return answer if [name.text for name in names_in(f"it is {answer}")] == [answer] else ""

    def names(self) -> list[str]:
        """Return all that was named, the most present first."""
        ranked = sorted(self._mentions, key=lambda mention: -mention.weight)
        return list(dict.fromkeys(mention.name for mention in ranked))

    def _form_or_person(self) -> Kind:
        """The topic's kind, where a vague sign that it is a group does not rule out a person."""
        return self._form if self.kind in (Kind.GROUP, Kind.WORK) else self.kind

    def _main_name(self, title: str) -> str:
        """The name that a talk turns on whose article has a headline: best one that both have."""
        names = self.names()
        lowered = title.lower()
        shared = [name for name in names if name.lower() in lowered]
        asked = [name.text for name in names_in(self.last.question)]
        return next(iter([*shared, *asked, *names]), "")

    def _kind_by_form(self, title: str) -> Kind:
        """What the topic's own words, and those in brackets after it, say."""
        brackets = " ".join(_BRACKETS.findall(title)).lower()
        if re.search(r"\b(?:band|group)\b", brackets) or self.topic.lower().startswith("the "):
            return Kind.GROUP
        if _WORK_IN_BRACKETS.search(brackets):
            return Kind.WORK
        return kind_of(self.topic)

    def _kind_by_company(self, text: str) -> Kind:
        """What the words around it add, where its form leaves it open."""
        if self._form not in (Kind.UNKNOWN, Kind.PERSON):
            return self._form
        if self._form is Kind.UNKNOWN and (_BAND.search(text) or _PLURAL_NAME.match(self.topic)):
            return Kind.GROUP
        men, women = len(_MALE.findall(text)), len(_FEMALE.findall(text))
        if men > 1 and not women:
            return Kind.MAN
        if women > 1 and not men:
            return Kind.WOMAN
        return self._form


def _mentions(earlier: Sequence[Exchange]) -> Iterator[_Mention]:
    """Every name in the turns, oldest first."""
    for age, turn in zip(range(len(earlier) - 1, -1, -1), earlier, strict=True):
        answered = WHO_WEIGHT if _ASKS_WHO.match(turn.question) else ANSWER_WEIGHT
        for text, weight in (
            (turn.question, QUESTION_WEIGHT),
            (turn.answer, answered),
            (turn.sentence, SENTENCE_WEIGHT),
        ):
            for name in names_in(text):
                is_who = weight == WHO_WEIGHT and name.kind is Kind.UNKNOWN
                kind = Kind.PERSON if is_who else name.kind
                yield _Mention(name.text, kind, weight - FADING * age)
