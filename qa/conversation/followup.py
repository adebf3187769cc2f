"""Rewrites a follow-up question so that it stands alone: a table of rules, no language model.

The rules put back what a question leaves out because it was just mentioned. Each rule has a
pattern, a resolver that returns the words to put in, and examples, which the tests run. Words that
match no rule are left as they are.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass

from .names import Kind, is_named_by, names_in
from .past import Exchange

MOST_EXCHANGES = 8
"""Turns that are looked back on."""

LONGEST_QUESTION = 400
"""Code points of a question above which it is left as it is."""

MOST_CHARACTERS = 1_000
"""Code points of each text of a turn that are looked at."""

MOST_ADDED = 300
"""Code points that a question may grow by."""


class Context:
    """What the last turns of a conversation are about; there is at least one."""

    def __init__(self, earlier: Sequence[Exchange]) -> None:
        self.last = earlier[-1]
        """The turn just before."""
        title = next((turn.title for turn in reversed(earlier) if turn.title), "")
        named = _BRACKETS.sub("", title).strip()
        self.is_titled = is_named_by(named)
        """Whether the article is named after the topic, as an encyclopedia's are."""
        self._earlier = earlier
        self.topic = named if self.is_titled else self._main_name(title)
        """What the conversation is about; empty if nothing was named."""
        brackets = " ".join(_BRACKETS.findall(title)).lower()
        self.is_group = self.is_titled and bool(
            _GROUP_IN_BRACKETS.search(brackets) or _GROUP.match(named)
        )
        """Whether the topic is a band, a body or the like."""

    def person(self) -> str:
        """Return whom "he" or "she" means; empty if no name was one of a person."""
        if self.is_titled and not self.is_group:
            return self.topic
        for turn in reversed(self._earlier):
            answers = () if _NO_PERSON.match(turn.question) else names_in(f"it is {turn.answer}")
            for name in (*answers, *names_in(turn.question)):
                if name.kind is Kind.OTHER and _may_be_person(name.text, turn):
                    return name.text
        return ""

    def thing(self) -> str:
        """Return what "it" means; empty if that is not clear."""
        work = self.work()
        if work and work in self.last.question + self.last.answer:
            return work
        if self.is_titled:
            return self.topic
        answer = self.last.answer.strip(" .,")
        names = names_in(f"it is {answer}")
        return answer if len(names) == 1 and names[0].text == answer else ""

    def work(self) -> str:
        """Return the album, film, book or the like that was mentioned last; empty if none was."""
        for turn in reversed(self._earlier):
            for name in (*names_in(turn.question), *names_in(turn.answer)):
                if name.kind is Kind.WORK:
                    return name.text
        return ""

    def names_itself(self, question: str, before: int) -> bool:
        """Whether a question contains a name, or a part of the topic's name, before an offset."""
        parts = {word.lower() for word in _LONG_WORD.findall(self.topic) if word[0].isupper()}
        words = (match.group().lower() for match in _LONG_WORD.finditer(question[:before]))
        named = any(name.start < before for name in names_in(question))
        return named or any(word.removesuffix("'s") in parts - {"the", "and"} for word in words)

    def _main_name(self, title: str) -> str:
        """Return the topic under a headline: the last name that it contains, else the last name."""
        texts = [text for turn in self._earlier[::-1] for text in (turn.question, turn.answer)]
        names = [name.text for text in texts for name in names_in(text)]
        return next(
            (name for name in names if name.lower() in title.lower()), next(iter(names), "")
        )


@dataclass(frozen=True, slots=True)
class Rule:
    """One way in which a question leaves out what was just mentioned."""

    name: str
    """What it is called."""
    pattern: re.Pattern[str]
    """What it looks like; group 1 is replaced."""
    resolve: Callable[[re.Match[str], Context], str | None]
    """Returns the words to put in; None or empty leaves the question as it is."""
    examples: tuple[tuple[str, Exchange, str], ...]
    """Question, exchange before it, and the form that stands alone."""


def stand_alone(question: str, earlier: Sequence[Exchange]) -> str:
    """Return a question as it would be asked without the turns before it, oldest first.

    A question that stands alone already is returned unchanged.
    """
    if not earlier or not 0 < len(question) <= LONGEST_QUESTION:
        return question
    context = Context(
        [
            Exchange(*(text[:MOST_CHARACTERS] for text in astuple(turn)))
            for turn in earlier[-MOST_EXCHANGES:]
        ]
    )
    edits: list[tuple[int, int, str]] = []
    taken: set[str] = set()
    for rule in RULES:
        for match in rule.pattern.finditer(question):
            said = _BASE.get(match[1].lower(), match[1].lower())
            if said in taken:  # in "he … his" the man is named already
                continue
            words = rule.resolve(match, context)
            # One name is not said twice: in "did he tell them" they are others than he.
            if words and words not in (put for _, _, put in edits):
                taken.add(said)
                edits.append((*match.span(1), words))
    resolved = _edited(question, edits)
    return resolved if len(resolved) <= len(question) + MOST_ADDED else question


def _may_be_person(name: str, turn: Exchange) -> bool:
    """Whether a name may be that of a person: no abbreviation, no single word that has a place's
    or a state's place in the question or headline, as in "the president of Japan"."""
    if name.isupper() or name.lower().startswith("the "):
        return False
    texts = f"{turn.question}\n{turn.title}"
    return " " in name or not re.search(_AS_OF_PLACE.format(re.escape(name)), texts)


def possessive(name: str) -> str:
    """Return the form of a name that owns what follows."""
    return f"{name}'" if name.endswith("s") else f"{name}'s"


def _edited(question: str, edits: Sequence[tuple[int, int, str]]) -> str:
    """Apply edits to the question as typed; what was put in is not edited again."""
    parts, done = [], 0
    for start, end, words in sorted(edits):
        if start >= done:
            parts += [question[done:start], words]
            done = end
    return "".join([*parts, question[done:]])


def _pronoun(match: re.Match[str], context: Context) -> str:
    """Return the name that a pronoun stands for, unless the question itself contains one."""
    word = match[1].lower()
    base = _BASE.get(word, word)
    if context.names_itself(match.string, match.start()):
        return ""
    if base == "they":
        name = context.topic if context.is_titled else ""
    else:
        name = context.thing() if base == "it" else context.person()
    is_owner = word in _POSSESSIVES or (
        word == "her" and not _NOT_OWNED.match(match.string, match.end())
    )
    return possessive(name) if name and is_owner else name


def _work(match: re.Match[str], context: Context) -> str:
    """Return the name of "this album"."""
    name = context.work()
    return f"the {match[2]} {name}" if name else ""


def _group(match: re.Match[str], context: Context) -> str:
    """Return the name of "the band"."""
    if not context.is_titled or context.names_itself(match.string, len(match.string)):
        return ""
    return f"the {match[2]} {context.topic}"


def _happened(match: re.Match[str], context: Context) -> str:
    """Add to whom it happened."""
    return f"{match[1]} to {context.topic}" if context.topic else ""


_BASE = {
    **dict.fromkeys(("him", "his"), "he"),
    **dict.fromkeys(("her", "hers"), "she"),
    **dict.fromkeys(("them", "their", "theirs"), "they"),
    "its": "it",
}
_POSSESSIVES = frozenset(("his", "hers", "their", "theirs", "its"))
_BRACKETS = re.compile(r"\s*\([^)]*\)")
_GROUP_IN_BRACKETS = re.compile(r"\b(?:band|group)\b")
_GROUP = re.compile(r"the |.*(?:&| and )", re.IGNORECASE)
_LONG_WORD = re.compile(r"\w[\w'-]{2,}")
_NOT_OWNED = re.compile(
    r" (?:a|about|after|again|an|and|as|at|because|before|by|during|ever|for|from|if|in|into|leave|"
    r"on|or|out|over|since|so|than|that|the|then|there|to|too|until|up|when|while|win|with)\b|"
    r"\W*$"
)
_WORKS = (
    r"album|albums|record|song|songs|single|film|movie|show|book|novel|series|play|ep|tour|video|"
    r"soundtrack|game|track|musical|demo|tape"
)
_NO_PERSON = re.compile(
    r"\W*(?:(?:and|but|so|then) )?(?:(?:in|at|on|from|to) )?"
    r"(?:where|when|how|why|(?:which|what) (?:country|city|town|state|place|company|party|team))\b",
    re.IGNORECASE,
)
_AS_OF_PLACE = (
    r"\b(?:of|in|at|from|to|near) (?:the )?{0}\b|\b{0}['’]s? (?:new |next |former )?[a-z]"
)
_NAMELESS = r"(?! (?:(?:of|by|on|called|titled)\b|(?-i:[A-Z\"])))"

_CURIE = Exchange("Where was Marie Curie born?", "in Warsaw", "Marie Curie")
_BEATLES = Exchange("Which album did the Beatles release in 1966?", "Revolver", "The Beatles")
_SHIP = Exchange("Which ship blocked the Suez Canal?", "Ever Given", "Container ship floated free")
_LIBYA = Exchange("Who commands the operation?", "Charles Bouchard", "NATO to confirm its campaign")

RULES = (
    Rule(
        "pronoun",
        re.compile(
            r"\b(he|him|his|she|her|hers|they|them|their|theirs|its|"
            r"it(?! (?:true|possible|likely|clear|matter|rain|snow|take)\b))\b(?!-)",
            re.IGNORECASE,
        ),
        _pronoun,
        (
            ("Did she win a prize?", _CURIE, "Did Marie Curie win a prize?"),
            ("Who was her husband?", _CURIE, "Who was Marie Curie's husband?"),
            ("Who gave her a laboratory?", _CURIE, "Who gave Marie Curie a laboratory?"),
            ("When did he say that?", _LIBYA, "When did Charles Bouchard say that?"),
            ("What was their next record?", _BEATLES, "What was The Beatles' next record?"),
            ("How long is it?", _SHIP, "How long is Ever Given?"),
            ("Where does its crew come from?", _SHIP, "Where does Ever Given's crew come from?"),
        ),
    ),
    Rule(
        "a work",
        re.compile(rf"\b((?:this|that) ((?:\w+ )??(?:{_WORKS})))\b{_NAMELESS}", re.IGNORECASE),
        _work,
        (
            (
                "Who produced that album?",
                Exchange('Who sang on the album "Revolver"?', "", ""),
                "Who produced the album Revolver?",
            ),
        ),
    ),
    Rule(
        "a group",
        re.compile(rf"\b((?:the|this|that) (band|group|duo|trio))\b{_NAMELESS}", re.IGNORECASE),
        _group,
        (("When did the band split up?", _BEATLES, "When did the band The Beatles split up?"),),
    ),
    Rule(
        "what happened",
        re.compile(
            r"^(\W*(?:and |so |then )?what (?:else )?happen(?:s|ed)?)"
            r"(?=\W*$| (?:in \w+|next|then|after(?:wards?| that)?|later)\W*$)",
            re.IGNORECASE,
        ),
        _happened,
        (("What happened in 1903?", _CURIE, "What happened to Marie Curie in 1903?"),),
    ),
)
"""The rules, in the order in which they are tried.

Rules for "there", "that year" and "the ship" changed nothing on CANARD's development half. Nor did
rules that complete a question of a few words ("why?", "and in 2012?"); on news dialogues their
forms found fewer answers in the story than the words that were typed.
"""
