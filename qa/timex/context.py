"""What is known where a time expression stands, and the result of reading it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from .units import Days, Unit, written

_TO_COME = re.compile(
    r"""\b(?:(?P<yes>will|['’]ll|shall|would|planned|scheduled
    |(?-i:may|might)(?![ ](?:not[ ])?have\b)
    |(?:is|are|due|set|going|expected|plans?|hopes?|agreed)[ ]to(?=[ ](?-i:[a-z]))
    |(?<!\bto[ ])(?<!\bnot[ ])(?<!\bthe[ ])(?:
        (?-i:begin|start|resume|open|reopen|end|close|expire)s?|takes?[ ]place
        |(?:meet|decide)s?(?=[ ](?:on|in|at)\b)
    )
    |(?:is|are)(?=(?:[ ](?:on|in|from))?[ ]$))
    |(?<!\bwill[ ])(?<!\bto[ ])(?<!\bbe[ ])  # "will have to leave", "is to be announced"
    (?P<no>said|says|told|announced|reported|wrote|added|was|were|had|has|have|did))\b""",
    re.VERBOSE | re.IGNORECASE,
)
_CLAUSE = 100
"""How far the verb of an expression is looked for, in characters."""
_CLAUSE_END = re.compile(r"[.;:!?\n](?=[\s\])”\"]|$)")


@dataclass(frozen=True, slots=True)
class TimeSpan:
    """A time expression and the days that it means."""

    start: int
    """Offset of its start in the text."""
    end: int
    """Offset of its end in the text."""
    first: date
    """The first day."""
    last: date
    """The last day, at least the first."""
    unit: Unit
    """How exact the words are."""
    is_relative: bool
    """Whether the words need the article's date, or a time named before, to be understood."""
    relation: str = ""
    """``since``, ``until``, ``by``, ``before`` or ``after``; empty for the days themselves."""

    @property
    def words(self) -> str:
        """The time in words, such as ``Wednesday, 17 April 2013`` or ``since March 2009``."""
        return self.worded(is_guess=False)

    def worded(self, *, is_guess: bool) -> str:
        """Return the time in words; ``is_guess`` says that the article's date is only likely.

        A time that is counted from such a date is ``about Wednesday, 17 April 2013``.
        """
        time = written((self.first, self.last), self.unit)
        about = "about" if is_guess and self.is_relative else ""
        return " ".join(part for part in (self.relation, about, time) if part)


@dataclass(frozen=True, slots=True)
class Context:
    """What is known where an expression is resolved."""

    match: re.Match[str]
    """The expression."""
    published: date | None
    """The article's date."""
    before: TimeSpan | None
    """The time named shortly before; None if there is none."""

    @property
    def year(self) -> int:
        """The year that stands in the expression or, after a range, behind it; 0 without one."""
        if words := self["y"] or self["ahead"]:
            return int(words)
        shift = {"last": -1, "this": 0, "next": 1}.get(self["of"])
        return 0 if shift is None else self.today.year + shift

    @property
    def lead(self) -> str:
        """The words before the expression, with its ``since`` or ``until``."""
        start = self.match.start()
        relation = f"{self.match['relation']} " if self["relation"] else ""
        return self.match.string[max(0, start - 30) : start] + relation

    def __getitem__(self, group: str) -> str:
        """The lower-case text of a group; empty if it is not there."""
        return (self.match.groupdict().get(group) or "").lower()

    @property
    def today(self) -> date:
        """The article's date. Raises ValueError without one."""
        if self.published is None:
            raise ValueError("the article has no date")
        return self.published

    def nearest(self, candidates: Callable[[int], Days]) -> Days:
        """Return the last of a row of times that has begun, or the first that is not over if the
        sentence is about what is to come. The argument is a number of years from the article's."""
        today = self.today
        times = []
        for years in range(-9, 10):  # 29 February comes after eight years at the latest
            try:
                times.append(candidates(today.year + years))
            except ValueError:
                continue
        if is_to_come(self.match):
            return min(days for days in times if days[1] >= today)
        return max(days for days in times if days[0] <= today)


_WILL = re.compile(
    r", (?:(?!\w+ed\b|said\b|told\b|says\b|that\b|wh[oi])[\w'’-]+ ){1,6}?"
    r"(?:will|(?:is|are) (?:due |set |going |expected )?to)\b"
)
_NEXT_CLAUSE = re.compile(r",|\b(?:and|but|that|which|who|as|when)\b")


def is_to_come(match: re.Match[str]) -> bool:
    """Whether the sentence of an expression is about what is to come, by its nearest verbs."""
    text, start, end = match.string, match.start(), match.end()
    before = _CLAUSE_END.split(text[max(0, start - _CLAUSE) : start])[-1]
    after = _CLAUSE_END.split(text[end : end + _CLAUSE])[0]
    if len(before.split()) < 2 and _WILL.match(after):  # "On Friday, ministers will meet"
        return True
    after = _NEXT_CLAUSE.split(after)[0]
    verbs = list(_TO_COME.finditer(before))[-1:] or list(_TO_COME.finditer(after))[:1]
    return bool(verbs and verbs[0]["yes"])
