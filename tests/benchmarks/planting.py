"""Near-copies of real articles, as other papers print a report, and what only looks like one."""

import random
import re
from collections.abc import Callable, Sequence

Change = Callable[[list[str], random.Random], list[str]]
"""Changes the paragraphs of an article."""

_WORDS = "zero one two three four five six seven eight nine ten eleven twelve".split()
_SPELLING = [
    (r"is(e[ds]?|ing|ation)\b", r"iz\1"),
    (r"our\b", "or"),
    (r"\b([Cc])entre", r"\1enter"),
    (r"\b([Dd])efence", r"\1efense"),
    (r"\b([Pp])rogramme", r"\1rogram"),
    (r"\b([Tt])ravell", r"\1ravel"),
]
_HABITS = [
    (r"\bsaid\b", "told reporters"),
    (r"\bWikinews\b", "the Press Union"),
    (r"\bper cent\b|\bpercent\b|%", " pct"),
    (r"\b(Mon|Tues|Wednes|Thurs|Fri)day\b", "today"),
    (r"\bUnited States\b", "US"),
    (r"\bPrime Minister\b", "Premier"),
]


def _each(paragraphs: list[str], rules: Sequence[tuple[str, str]]) -> list[str]:
    for pattern, other in rules:
        paragraphs = [re.sub(pattern, other, each) for each in paragraphs]
    return paragraphs


def _sentences(paragraphs: list[str]) -> list[str]:
    return [one for each in paragraphs for one in re.split(r"(?<=[.!?]) (?=[A-Z\"])", each)]


def _cut(share: float) -> Change:
    """Return a change that keeps this share of the sentences, from the start."""

    def change(paragraphs: list[str], chance: random.Random) -> list[str]:
        sentences = _sentences(paragraphs)
        return [" ".join(sentences[: max(1, round(share * len(sentences)))])]

    return change


def _dropped(paragraphs: list[str], chance: random.Random) -> list[str]:
    gone = chance.randrange(1, len(paragraphs))
    return [each for place, each in enumerate(paragraphs) if place != gone]


def _reordered(paragraphs: list[str], chance: random.Random) -> list[str]:
    rest = paragraphs[1:]
    chance.shuffle(rest)
    return [paragraphs[0], *rest]


def _bylined(paragraphs: list[str], chance: random.Random) -> list[str]:
    first = f"LONDON (Press Union) - {paragraphs[0]}"
    end = "Reporting by Ann Marsh and Tom Reed; editing by Lee Cole. Follow us for more. (c) 2011."
    return ["By Ann Marsh, our correspondent", first, *paragraphs[1:], end]


def _spelled(paragraphs: list[str], chance: random.Random) -> list[str]:
    return _each(paragraphs, _SPELLING)


def _numbered(paragraphs: list[str], chance: random.Random) -> list[str]:
    def word(found: re.Match[str]) -> str:
        return _WORDS[int(found[0])]

    changed = [
        re.sub(r"(?<![\w.,$])(?:\d|1[0-2])(?![\w.,]?\d|\w)", word, each) for each in paragraphs
    ]
    return [re.sub(r"(\d),(\d{3})\b", r"\1\2", each) for each in changed]


def _habits(paragraphs: list[str], chance: random.Random) -> list[str]:
    return _each(paragraphs, _HABITS)


def _trimmed(paragraphs: list[str], chance: random.Random) -> list[str]:
    """Leave out what is in brackets, and the last clause of each third sentence."""
    short = [re.sub(r" \([^)]*\)", "", each) for each in _sentences(paragraphs)]
    return [
        " ".join(
            re.sub(r", [^,]*([.!?])$", r"\1", each) if place % 3 == 2 else each
            for place, each in enumerate(short)
        )
    ]


def _all(paragraphs: list[str], chance: random.Random) -> list[str]:
    for change in (_dropped, _spelled, _numbered, _habits, _cut(0.75), _bylined):
        paragraphs = change(paragraphs, chance)
    return paragraphs


COPIES: dict[str, Change] = {
    "another headline": lambda paragraphs, chance: paragraphs,
    "tail cut by 30 %": _cut(0.7),
    "tail cut by half": _cut(0.5),
    "a paragraph dropped": _dropped,
    "paragraphs in another order": _reordered,
    "byline, agency, credits": _bylined,
    "-ise/-ize and the like": _spelled,
    "numbers in words": _numbered,
    "said, per cent, weekdays": _habits,
    "clauses and brackets cut": _trimmed,
    "six of these together": _all,
}
"""The changes by name; their results are copies."""


def series(paragraphs: list[str], pool: Sequence[str], chance: random.Random) -> list[str]:
    """Return the same text on others: its names and numbers are exchanged. It is no copy."""

    def other(found: re.Match[str]) -> str:
        word = found[0]
        return str(chance.randrange(2, 10 ** len(word))) if word.isdigit() else chance.choice(pool)

    return [re.sub(r"(?<=[a-z,] )[A-Z]\w+|\d+", other, each) for each in paragraphs]


def questionnaire(answers: Sequence[str]) -> list[str]:
    """Return an interview with these answers to the questions that all are asked. It is no copy."""
    return [f"{asked}\n\n{answer}" for asked, answer in zip(_ASKED, answers, strict=False)]


def quoting(paragraphs: list[str], quoted: str) -> list[str]:
    """Return an article with a paragraph of another one. It is no copy."""
    return [paragraphs[0], quoted, *paragraphs[1:]]


_ASKED = [
    "Why do you run for this office, and what have you done before that prepares you for it?",
    "Which three things would you change first if you were elected, and who is to pay for them?",
    "What do you think of the present government, and which of its decisions would you take back?",
    "Do you want the voting age to be lowered, and should prisoners be allowed to vote at all?",
    "How should the country answer to the warming of the climate and to the price of oil and gas?",
    "Is there anything else that our readers should know about you before they go to the polls?",
]
