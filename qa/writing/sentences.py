"""A written answer, as it comes → its sentences, each with the passages that it cites.

1. Citations are taken out: ``[1]``, ``[1, 2]``, ``[1-3]``, ``[1][2]``, ``[passage 1]``, ``[^1]``
   and ``【1】``. ``(1)`` is none, because articles number their points that way.
2. When a word is complete, ``sentencex`` says whether a sentence ended before it. The word helps to
   tell an end from an abbreviation, and a citation between the two belongs to the sentence before:
   "The bridge is closed. [2] It …". If the answer begins with a citation, each stands before its
   sentence instead.
3. A new line ends a sentence, too, unless it goes on in lower case.
4. Markdown is removed, and what has neither letter nor digit is left out.

The text is taken in one character at a time, so the sentences do not depend on how it was cut.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..articles.clean import clean, harmless
from ..sentences import sentence_bounds

MOST_CHARACTERS = 2_000
"""Longest sentence; a longer one is cut at a space."""

_MARK_CHARACTERS = 60
_WORD = r"(?:passages?|sources?)?\s*\^?"
_MARK = re.compile(
    rf"[\[【]\s*{_WORD}\d{{1,2}}(?:\s*(?:[,;&–-]|and)\s*{_WORD}\d{{1,2}})*\s*(?:†[^\]】]*)?[\]】]",
    re.IGNORECASE,
)
_NUMBERS = re.compile(r"(\d{1,2})(?:\s*[–-]\s*(\d{1,2}))?")
_STOP = re.compile(r"[.!?…][\"'”’»)\]*_]*$")
_OPENING = "\"'“‘«([*_`"
_LIST_NUMBER = re.compile(r"\s*[*_]*\d{1,2}[.)][*_]*")
_LINE_START = re.compile(r"(?:\s*(?:#{1,6}\s|>\s?|[-*+•‣–]\s|\d{1,2}[.)]\s))+")
# Bounded, so that a text full of marks that nothing closes takes linear time.
_LINK = re.compile(r"!?\[([^\[\]\n]{0,200})\]\([^)\s]{0,500}\)")
_EMPHASIS = re.compile(r"(?<!\w)([*_])(\S(?:.{0,100}?\S)?)\1(?!\w)")
_STRONG = re.compile(r"\*\*|__|`+")
_SPACE_BEFORE = re.compile(r"\s+(?=[.,;:!?](?:\s|$))")
_COMMAS = re.compile(r"[,;]+(?=[.!?]?$)")


@dataclass(frozen=True, slots=True)
class WrittenSentence:
    """A sentence as a language model wrote it."""

    text: str
    """Its text on one line, without citations and Markdown."""
    cited: tuple[int, ...]
    """Numbers of the passages that it cites, in order, each once."""


class SentenceSplitter:
    """Takes in a text in pieces and gives out its sentences."""

    def __init__(self, passages: int) -> None:
        """``passages`` is how many there are: a higher number cites none."""
        self._passages = passages
        self._text = ""
        """What is not given out yet, without citations."""
        self._marks: list[tuple[int, int]] = []
        """The citations in it: the offset in ``_text`` and the passage."""
        self._bracket = ""
        """What may become a citation."""
        self._marks_lead: bool | None = None
        """Whether citations stand before their sentences; None before the text has begun."""

    def feed(self, piece: str) -> Iterator[WrittenSentence]:
        """Take in a piece of any length and yield the sentences that it finished."""
        for character in piece:
            yield from self._take(harmless(character))

    @property
    def unfinished(self) -> str:
        """The text that no sentence has yet, without citations and Markdown."""
        return _plain(self._text + self._bracket)

    def end(self, *, is_cut_off: bool = False) -> Iterator[WrittenSentence]:
        """Yield what is left at the end of the text.

        Of a text that was cut off, the last sentence is yielded only if it has its end: "It does
        not" may have gone on as "It does not always".
        """
        yield from self._release()
        yield from self._add("\n")
        if not is_cut_off or _STOP.search(self._text.rstrip()):
            yield from self._cut(len(self._text))

    def _take(self, character: str) -> Iterator[WrittenSentence]:
        """Take in a character, and citations out."""
        if character in ("[", "【"):
            yield from self._release()
            self._bracket = character
        elif not self._bracket:
            yield from self._add(character)
        else:
            self._bracket += character
            if _MARK.fullmatch(self._bracket):
                self._cite(self._bracket)
                self._bracket = ""
            elif character in "]】\n" or len(self._bracket) > _MARK_CHARACTERS:
                yield from self._release()

    def _release(self) -> Iterator[WrittenSentence]:
        """Take in as text what did not become a citation."""
        pending, self._bracket = self._bracket, ""
        for character in pending:
            yield from self._add(character)

    def _cite(self, mark: str) -> None:
        if self._marks_lead is None:
            self._marks_lead = True
        for first, last in _NUMBERS.findall(mark):
            numbers = range(int(first), int(last or first) + 1)
            cited = (number for number in numbers if 1 <= number <= self._passages)
            self._marks += [(len(self._text), number) for number in cited]

    def _add(self, character: str) -> Iterator[WrittenSentence]:
        """Add a character to the text; a space completes a word."""
        if character.isspace():
            if self._text and not self._text[-1].isspace():
                yield from self._word_done()
        elif self._marks_lead is None:
            self._marks_lead = False
        self._text += character
        if len(self._text) > 2 * MOST_CHARACTERS:  # without a space
            yield from self._cut(MOST_CHARACTERS)

    def _word_done(self) -> Iterator[WrittenSentence]:
        """Yield the sentence before the last word, if one ended there."""
        start = len(self._text)
        while start and not self._text[start - 1].isspace():
            start -= 1
        said = len(self._text[:start].rstrip())
        is_cited = not self._marks_lead and any(said - 1 <= at <= start for at, _ in self._marks)
        is_long = len(self._text) > MOST_CHARACTERS
        if is_long or _is_end(self._text[:start], self._text[start:], is_cited=is_cited):
            yield from self._cut(start)

    def _cut(self, end: int) -> Iterator[WrittenSentence]:
        """Yield the text before ``end`` as a sentence and keep the rest."""
        text, self._text = self._text[:end], self._text[end:]
        last = len(text.rstrip()) - 1 if self._marks_lead else end
        cited = [number for at, number in self._marks if at <= last]
        self._marks = [(max(0, at - end), number) for at, number in self._marks if at > last]
        plain = _plain(text)
        if any(map(str.isalnum, plain)):
            yield WrittenSentence(plain, tuple(dict.fromkeys(cited)))


def _is_end(before: str, word: str, *, is_cited: bool) -> bool:
    """Whether a sentence ends before a word; ``is_cited`` if a citation stands there."""
    said = before.rstrip()
    if not said:
        return False
    newlines = before.count("\n", len(said))
    if newlines > 1 or (newlines and not word[0].islower()):
        return True
    if not _STOP.search(said) or _LIST_NUMBER.fullmatch(said):
        return False
    if is_cited and not word[0].islower():
        return True  # "It rose by 3.5 m [1]. The …", which is no abbreviation
    said, begun = _plain(said), word.lstrip(_OPENING)
    bounds = sentence_bounds(f"{said} {begun or word}")
    return any(end == len(said) for _, end in bounds[:-1])


def _plain(text: str) -> str:
    """Return a text on one line, cleaned, without Markdown."""
    text = _LINE_START.sub("", text, count=1) if _LINE_START.match(text) else text
    text = _STRONG.sub("", _LINK.sub(r"\1", " ".join(text.split())))
    text = _SPACE_BEFORE.sub("", clean(_EMPHASIS.sub(r"\2", text)))
    return _COMMAS.sub("", " ".join(text.split()))
