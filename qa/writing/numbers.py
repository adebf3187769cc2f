"""The numbers of a text as values with units, however they are written.

``1,200``, ``1200`` and ``twelve hundred`` are the same value; so are two days and 48 hours, and a
fifth and 20 percent.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from ..terms import NUMBER_WORDS

CLOSE = 0.02
"""Relative difference up to which two values are the same: 2,001,926 is about two million."""
ROUNDED = 0.06
"""The same where the text says "about", "nearly" or the like."""

_TENS = [word for word, value in NUMBER_WORDS.items() if value >= 20]
_ORDINALS = {
    **{f"{word}th": value for word, value in NUMBER_WORDS.items() if value > 3},
    **{f"{word[:-1]}ieth": value for word, value in NUMBER_WORDS.items() if value >= 20},
    **{"third": 3.0, "fifth": 5.0, "eighth": 8.0, "ninth": 9.0, "twelfth": 12.0},
}
_SCALES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
_SCALES |= {"hundredths": 1e-2, "thousandths": 1e-3, "millionths": 1e-6}
_SCALES |= {"m": 1e6, "mn": 1e6, "bn": 1e9, "tn": 1e12}
_PLURALS = {"ones": 1.0, "tens": 10.0, "dozens": 12.0}
_PLURALS |= {f"{word}s": value for word, value in _SCALES.items()}
_OTHERS = {"both": 2.0, "twice": 2.0, "couple": 2.0, "pair": 2.0, "dozen": 12.0, "nobody": 0.0}
_FRACTIONS = {"half": 2, "third": 3, "quarter": 4, "fifth": 5, "sixth": 6, "eighth": 8, "tenth": 10}

_DAY = 86_400.0
_UNITS: dict[str, tuple[str, float]] = {
    word: (dimension, factor)
    for dimension, units in {
        "length": {
            "metre meter m": 1.0, "kilometre kilometer km": 1e3, "centimetre centimeter cm": 1e-2,
            "millimetre millimeter mm": 1e-3,
            "mile": 1609.3, "foot feet ft": 0.3048, "inch inche": 0.0254, "yard": 0.9144,
        },
        "light-year": {"light-year": 1.0},
        "time": {
            "second": 1.0, "minute": 60.0, "hour": 3600.0, "day": _DAY, "week": 7 * _DAY,
            "month": 30.4 * _DAY, "year": 365.25 * _DAY, "decade": 3652.5 * _DAY,
            "century centurie": 36525 * _DAY,
        },
        "mass": {"gram": 1e-3, "kilogram kilo kg": 1.0, "tonne ton": 1e3, "pound lb": 0.4536},
        "area": {"hectare": 1.0, "acre": 0.4047},
        "volume": {"litre liter": 1.0, "gallon": 3.785, "barrel": 158.97},
        "share": {"percent % per-cent": 1.0},
        "degree": {"degree °": 1.0},
        "dollar": {"dollar $ us$": 1.0, "cent": 0.01},
        "euro": {"euro €": 1.0},
        "sterling": {"£": 1.0},
    }.items()
    for words, factor in units.items()
    for word in words.split()
}  # fmt: skip
"""Words of units, without the s of the plural: what they measure, and how much of it they are."""

_WORDS = "|".join(sorted((*NUMBER_WORDS, *_SCALES, *_OTHERS), key=len, reverse=True))
_NUMBER = re.compile(
    rf"""
    (?P<clock>\b\d{{1,2}}(?:[:.]\d\d)?\ ?(?:[ap]\.?m\b\.?)|\b\d{{1,2}}:\d\d\b)
    | (?P<score>(?<![\w-])\d{{1,3}}[-–]\d{{1,3}}(?![\w-]))
    | \b(?:(?P<many>a|one|two|three|four|five|six|seven|nine)[ -])?
      (?P<part>half|third|quarter|fifth|sixth|eighth|tenth)s?
      (?=\ (?:of|the|an?|as|since|in|from)\b|[.,;])(?:\ an?\ (?P<part_of>hour|year|century)\b)?
    | \bone(?:\ \w+)?\ in
      \ (?P<in>an?\ (?:hundred|thousand|million|billion)|{"|".join(NUMBER_WORDS)}|\d[\d,]*)\b
    | (?P<sign>US\$|[$€£])?
      (?P<value>\b\d{{1,3}}(?:[,\ ’']\d{{3}})+(?:\.\d+)?|(?<![\w.])\d+(?:\.\d+)?
        |\b(?:{_WORDS})(?:[ -](?:and\ )?(?:{_WORDS}))*)
      (?P<order>st|nd|rd|th)?\b
      (?P<more>\ and\ a\ half)?
      (?P<scale>[ -](?:{"|".join(_SCALES)})\b)?
    | \b(?P<ordinal>(?:(?:{"|".join(_TENS)})-)?(?:{"|".join(_ORDINALS)}))\b
    | \b(?P<some>tens|dozens|hundreds|thousands|millions|billions)
      (?:\ of\ (?P<such>thousands|millions|billions))?\b
    | \b(?:an?|every|each)\ (?P<unit_and>second|hour|minute|day|week|month|year|century)
      (?P<half>\ and\ a\ half)?\b
    """,
    re.VERBOSE | re.IGNORECASE,
)
_UNIT = re.compile(r"[ -]?(%|°|per ?cent|light[ -]years?|km/h|[A-Za-z]+)")
_RATE = re.compile(
    r"(?: \w+)?(?: (?:an?|per|each|every) | ?/ ?)(hour|h|day|week|month|year)\b| (daily)\b", re.I
)
_BEFORE = re.compile(
    r"\b(?:(?P<about>about|around|some|nearly|almost|roughly|approximately|close to|just)"
    r"|(?P<least>more than|over|at least|above|no fewer than|no less than|slightly over)"
    r"|(?P<most>less than|fewer than|up to|at most|under|below|as many as|no more than))"
    r"\W+(?:\w+ )?$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a text."""

    start: int
    """Offset of its start."""
    end: int
    """Offset of its end, its unit included."""
    value: float
    """Its value, in the base unit of what it measures."""
    measures: str
    """What its unit measures, such as ``length``; empty for what is counted."""
    per: str
    """The time that it is a rate over, such as ``day``; else empty."""
    bound: str
    """``least`` or ``most`` if the text gives it as a bound, ``about`` if rounded; else empty."""
    factor: float = 1.0
    """How many base units its own unit is."""

    def fits(self, other: "Number") -> bool:
        """Whether both may be the same, this one perhaps rounded."""
        if self.measures and other.measures and self.measures != other.measures:
            return False
        if self.per and other.per and self.per != other.per:
            return False
        if {self.bound, other.bound} == {"least", "most"}:
            return False
        one, two = self.value, other.value
        if not (self.measures and other.measures):  # "from 62,000 to 53,000 barrels"
            one, two = one / self.factor, two / other.factor
        return abs(one - two) <= self._tolerance * max(abs(one), abs(two))

    @property
    def _tolerance(self) -> float:
        is_small = self.value < 100 and not self.measures
        if is_small or self.measures in ("clock", "score", "share"):
            return 1e-6 if not self.bound else CLOSE
        return ROUNDED if self.bound else CLOSE


def numbers(text: str) -> list[Number]:
    """Return the numbers of a text in order."""
    found: list[Number] = []
    for match in _NUMBER.finditer(text):
        number = _number(match)
        if not found or number.start >= found[-1].end:
            found.append(number)
    return found


def _number(match: re.Match[str]) -> Number:
    before = _BEFORE.search(match.string, max(0, match.start() - 30), match.start())
    bound = (before.lastgroup or "") if before else ""
    for group, read in _READERS.items():
        if match[group]:
            value, measures = read(match)
            return Number(*match.span(), value, measures, "", "about" if match["some"] else bound)
    return _counted(match, bound)


def _part(match: re.Match[str]) -> tuple[float, str]:
    """Return two thirds as a share in percent, half an hour in seconds."""
    value = (
        NUMBER_WORDS.get((match["many"] or "one").lower(), 1.0) / _FRACTIONS[match["part"].lower()]
    )
    unit = match["part_of"]
    return (value * _UNITS[unit.lower()][1], "time") if unit else (100 * value, "share")


def _score(match: re.Match[str]) -> tuple[float, str]:
    """Return 7-1 and 1-7 as the same number."""
    low, high = sorted(int(each) for each in re.split("[-–]", match["score"]))
    return high * 1000.0 + low, "score"


def _one_in(match: re.Match[str]) -> tuple[float, str]:
    return 100 / _read(re.sub(r"^an? ", "one ", match["in"])), "share"


def _some(match: re.Match[str]) -> tuple[float, str]:
    return _PLURALS[match["some"].lower()] * _PLURALS[(match["such"] or "ones").lower()], ""


def _unit_and(match: re.Match[str]) -> tuple[float, str]:
    measures, factor = _UNITS[match["unit_and"].lower()]
    return (1.5 if match["half"] else 1.0) * factor, measures


def _ordinal(match: re.Match[str]) -> tuple[float, str]:
    tens, _, last = match["ordinal"].lower().rpartition("-")
    return NUMBER_WORDS.get(tens, 0.0) + _ORDINALS[last], ""


def _counted(match: re.Match[str], bound: str) -> Number:
    """Return a plain number with what it is measured in."""
    text, end = match.string, match.end()
    value = _read(match["value"]) + (0.5 if match["more"] else 0.0)
    if match["scale"]:
        value *= _SCALES[match["scale"].strip(" -").lower()]
    unit = _UNIT.match(text, end)
    word = unit[1].lower().replace(" ", "-") if unit else ""
    found = _UNITS.get((match["sign"] or "").lower()) or _UNITS.get({"km/h": "km"}.get(word, word))
    found = found or _UNITS.get(word.removesuffix("s"))
    if unit and found and not match["sign"] and not match["order"]:
        end = unit.end()
    else:
        found = found if match["sign"] else None
    rate = _RATE.match(text, end) if found else None
    per = (rate[1] or "day").lower().replace("h", "hour")[:5] if rate else ""
    per = "hour" if word == "km/h" or per.startswith("hour") else per
    end = rate.end() if rate else end
    dimension, factor = found or ("", 1.0)
    return Number(match.start(), end, value * factor, dimension, per, bound, factor)


def _read(written: str) -> float:
    """Return the value of digits or of number words."""
    if written[0].isdigit():
        return float(re.sub(r"[, ’']", "", written))
    total = current = 0.0
    for word in re.split(r"[ -]", written.lower()):
        if word in _SCALES:
            current = (current or 1.0) * _SCALES[word]
            if _SCALES[word] > 100 or _SCALES[word] < 1:
                total, current = total + current, 0.0
        else:
            current += NUMBER_WORDS.get(word, _OTHERS.get(word, 0.0))
    return total + current


def _clock(match: re.Match[str]) -> tuple[float, str]:
    """Return a time of day in minutes."""
    written = match["clock"].lower()
    hour, minute = (int(each) for each in [*re.findall(r"\d+", written), "0"][:2])
    if "m" in written:
        hour = hour % 12 + 12 * ("p" in written)
    return hour * 60.0 + minute, "clock"


_READERS: dict[str, Callable[[re.Match[str]], tuple[float, str]]] = {
    "clock": _clock,
    "score": _score,
    "part": _part,
    "in": _one_in,
    "some": _some,
    "unit_and": _unit_and,
    "ordinal": _ordinal,
}
"""For each group of `_NUMBER` but a plain number: its value, and what it measures."""
