"""A question of a conversation → one that stands alone. Rules of English, no language model.

What a question leaves out because it was just spoken of is put back, in this order:

1. Ellipsis: "Why?", "And in 2012?", "What about France?" take the rest from the last question.
2. Pronouns: he, she, they, it and their forms become the name they stand for.
3. "There" becomes the place, "that year" the year, "was this …" what was just named.
4. "This album", "the band", "the ship" get their name, the last where it was just asked for.
5. "What happened in 1997?" happened to whom or what the talk is about.

A question without any of these is left as it is, and so is every word that no rule is about.
"""

import re
from collections.abc import Sequence

from .ellipsis import completed
from .names import PEOPLE, Kind
from .salience import Exchange, Talk

__all__ = ["Exchange", "stand_alone"]

MOST_EXCHANGES = 8
"""Turns that are looked back on."""

LONGEST_QUESTION = 400
"""Code points; whoever writes more has said what they mean."""

MOST_CHARACTERS = 1_000
"""Code points of each text of a turn that are looked at; what it is about stands early."""

MOST_ADDED = 300
"""Code points that a question may grow by; beyond that something was misread."""

_PRONOUN = re.compile(
    r"\b(?:he|him|his|she|her|hers|they|them|their|theirs|it|its)\b(?!-)", re.IGNORECASE
)
_BASE = {
    "him": "he",
    "his": "he",
    "her": "she",
    "hers": "she",
    "them": "they",
    "their": "they",
    "theirs": "they",
    "its": "it",
}
_POSSESSIVES = frozenset("his hers their theirs its".split())

# "Her" owns what follows, unless that cannot be owned: "give her a …", "was with her in".
_NOT_OWNED = re.compile(
    r" (?:a|about|after|again|an|and|as|at|because|before|by|during|ever|for|from|if|in|into|leave|"
    r"on|or|out|over|since|so|than|that|the|then|there|to|too|until|up|when|while|win|with)\b|"
    r"\W*$"
)
# "It" stands for nothing in "take it long", "make it to", "is it true that".
_EMPTY_IT_BEFORE = re.compile(r"\b(?:makes?|made)$")
_EMPTY_IT_AFTER = re.compile(r" (?:true|possible|likely|clear|matter|rain|snow|take)\b")

_WORKS = (
    r"album|albums|record|song|songs|single|film|movie|show|book|novel|series|play|ep|tour|video|"
    r"soundtrack|game|track|musical|demo|tape"
)
_HAS_A_NAME = r"(?! (?:(?:of|by|on|called|titled)\b|(?-i:[A-Z\"])))"
_WORK_NOUN = re.compile(rf"\b(?:this|that) ((?:\w+ )??(?:{_WORKS}))\b{_HAS_A_NAME}", re.IGNORECASE)
_GROUP_NOUN = re.compile(
    rf"\b(?:the|this|that) (band|group|duo|trio)\b{_HAS_A_NAME}", re.IGNORECASE
)
_NOUN = re.compile(rf"\b(?:the|this|that) ([a-z]{{4,}})\b{_HAS_A_NAME}")
_THERE = re.compile(
    r"(?<=\w )(?<!is )(?<!are )(?<!was )(?<!were )there\b"
    r"(?! (?:is|are|was|were|any|an?|other|some|more|anyone|anything|something|no|many|much|ever|"
    r"been|be)\b)",
    re.IGNORECASE,
)
_THAT_YEAR = re.compile(r"\b(?:in )?(?:this|that|the same) year\b", re.IGNORECASE)
_YEAR = re.compile(r"\b(?:1[0-9]|20)\d\d\b")
_BARE_THIS = re.compile(
    r"\W*(?:(?:when|where|why|how|who|what year) )?(?:was|is|did|does|were) (this|that)"
    r"(?= (?:a|affect|an|become|chart|do|end|get|go|happen|help|last|popular|released|sell|"
    r"successful|the|true|well)\b)",
    re.IGNORECASE,
)
_HAPPENED = re.compile(
    r"(\W*(?:and |so |then )?what (?:else )?happen(?:s|ed)?)"
    r"(?=\W*$| (?:in \w+|next|then|after(?:wards?| that)?|later)\W*$)",
    re.IGNORECASE,
)

Edit = tuple[int, int, str]
"""First code point, one past the last, and the words to put in their place."""


def stand_alone(question: str, earlier: Sequence[Exchange]) -> str:
    """Return a question as it would be asked without the conversation, oldest turn first.

    One that stands alone already is returned as it is.
    """
    if not earlier or not 0 < len(question) <= LONGEST_QUESTION:
        return question
    talk = Talk([_shortened(turn) for turn in earlier[-MOST_EXCHANGES:]])
    resolved = _resolved(question, talk)
    return resolved if len(resolved) <= len(question) + MOST_ADDED else question


def _shortened(turn: Exchange) -> Exchange:
    """A turn without what is too far on to be what it is about: it bounds the work."""
    return Exchange(
        question=turn.question[:MOST_CHARACTERS],
        answer=turn.answer[:MOST_CHARACTERS],
        sentence=turn.sentence[:MOST_CHARACTERS],
        title=turn.title[:MOST_CHARACTERS],
    )


def _resolved(question: str, talk: Talk) -> str:
    own = talk.own_names(question)
    edits = _pronouns(question, talk, own)
    whole = completed(_edited(question, edits), talk)
    if whole is not None:
        return whole
    edits += _demonstratives(question, talk)
    edits += _nouns(question, talk, own)
    resolved = _edited(question, edits)
    happened = _HAPPENED.match(question)
    if happened and not edits and not own and talk.topic and talk.kind is not Kind.WORK:
        return f"{happened[1]} to {talk.topic}{question[happened.end() :]}"
    return resolved


def _edited(question: str, edits: Sequence[Edit]) -> str:
    """Make the changes, each in the words that were typed: what was put in is not read again."""
    parts, done = [], 0
    for start, end, words in sorted(edits):
        if start >= done:
            parts += [question[done:start], words]
            done = end
    return "".join([*parts, question[done:]])


def _pronouns(question: str, talk: Talk, own: Sequence[tuple[int, Kind]]) -> list[Edit]:
    """Names for pronouns, one for each: in "he … his" the man is named already."""
    edits: list[Edit] = []
    seen: set[str] = set()
    for match in _PRONOUN.finditer(question):
        word = match.group().lower()
        base = _BASE.get(word, word)
        if base in seen or _is_bound(base, match.start(), own):
            continue
        before, after = question[: match.start()].rstrip(), question[match.end() :]
        if base == "it" and (_EMPTY_IT_BEFORE.search(before) or _EMPTY_IT_AFTER.match(after)):
            continue
        name = _referent(base, talk)
        # "Did he tell them?": them is somebody else than he, or than the one the talk is about.
        if not name or (word == "them" and (seen or talk.kind in PEOPLE) and name == talk.topic):
            continue
        seen.add(base)
        if word in _POSSESSIVES or (word == "her" and not _NOT_OWNED.match(after)):
            name = possessive(name)
        edits.append((match.start(), match.end(), name))
    return edits


def _is_bound(base: str, place: int, own: Sequence[tuple[int, Kind]]) -> bool:
    """Whether a pronoun stands for a name that the question itself has before it."""
    before = [kind for start, kind in own if start < place]
    if base in ("he", "she"):
        return any(kind in PEOPLE for kind in before)
    return bool(before)


def _referent(base: str, talk: Talk) -> str:
    if base == "he":
        return talk.person(Kind.MAN)
    if base == "she":
        return talk.person(Kind.WOMAN)
    return talk.group() if base == "they" else talk.thing()


def _demonstratives(question: str, talk: Talk) -> list[Edit]:
    """There, that year, and a this or that which is the subject."""
    edits: list[Edit] = []
    there = _THERE.search(question)
    if there and (place := talk.place()):
        edits.append((*there.span(), place))
    that_year = _THAT_YEAR.search(question)
    if that_year:
        for text in (talk.last.answer, talk.last.sentence, talk.last.question):
            if years := _YEAR.findall(text):
                edits.append((*that_year.span(), f"in {years[-1]}"))
                break
    this = _BARE_THIS.match(question)
    if this and (named := talk.work() or _short_name(talk.last.answer)):
        edits.append((*this.span(1), named))
    return edits


def _short_name(answer: str) -> str:
    """An answer that can stand as the subject of a question; empty when it cannot."""
    words = answer.strip(" .,")
    if len(words.split()) > 5 or re.match(
        r"\d|(?:in|on|at|from|to|by|for)\b", words, re.IGNORECASE
    ):
        return ""
    return words


def _nouns(question: str, talk: Talk, own: Sequence[tuple[int, Kind]]) -> list[Edit]:
    """A definite noun says that its name is known: say the name."""
    noun = _WORK_NOUN.search(question)
    if noun and not any(kind is Kind.WORK for _, kind in own):
        name = talk.topic if talk.is_titled and talk.kind is Kind.WORK else talk.work()
        if name:
            return [(*noun.span(), f"the {noun[1]} {name}")]
    noun = _GROUP_NOUN.search(question)
    if noun and not own and talk.is_titled and talk.kind in (Kind.GROUP, Kind.UNKNOWN):
        return [(*noun.span(), f"the {noun[1]} {talk.topic}")]
    for noun in _NOUN.finditer(question):
        if name := talk.name_of(noun[1]):
            return [(*noun.span(), f"the {noun[1]} {name}")]
    return []


def possessive(name: str) -> str:
    """Return the form of a name that owns what follows."""
    return f"{name}'" if name.endswith("s") else f"{name}'s"
