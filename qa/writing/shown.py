"""Checked sentences → lines of styled text, and JSON values. Nothing here prints."""

from typing import Any

from .. import render
from ..render import Line, wrapped
from .checked import CheckedSentence, Support
from .write import Ending, Written

MARKS = {
    Support.SUPPORTED: "✓",
    Support.ELSEWHERE: "↷",
    Support.UNSUPPORTED: "✗",
    Support.NOT_CHECKABLE: "·",
}
"""The mark before a sentence."""

_STYLES = {
    Support.SUPPORTED: ("held", "text"),
    Support.ELSEWHERE: ("held", "text"),
    Support.UNSUPPORTED: ("refused", "struck"),
    Support.NOT_CHECKABLE: ("note", "text"),
}
"""Styles of the mark and of the sentence."""

_INDENT = " " * 4
ENDINGS = {
    Ending.LENGTH: "It was cut off here: it had become too long.",
    Ending.REPEATED: "It was ended here: it went round in circles.",
    Ending.CANCELLED: "It was stopped here.",
    Ending.FAILED: "It broke off here.",
}
"""What is shown if it did not come to its own end."""

NOTHING_NEAR = "Nothing was written: no passage is near the question, so nothing was sent."
"""What is shown if there is nothing to write from."""


def heading_lines(server: str, width: int | None) -> list[Line]:
    """Return what stands before a written answer."""
    text = f"Written by {server}; each sentence is checked against the passages:"
    return [[], *wrapped([(text, "note")], width)]


def sentence_lines(sentence: CheckedSentence, width: int | None) -> list[Line]:
    """Return a sentence with its mark and the passages that it cites, and under it where it stands.

    An unsupported one is struck through, never left out.
    """
    mark_style, style = _STYLES[sentence.support]
    pieces: Line = [(sentence.text, style)]
    if sentence.cited:
        pieces.append((" " + "".join(f"[{number}]" for number in sentence.cited), "number"))
    lines = wrapped(pieces, width, " " * 2)
    lines[0][0] = (f"{MARKS[sentence.support]} ", mark_style)
    if sentence.reason:
        lines += wrapped([(sentence.reason, "note")], width, _INDENT)
    for source in sentence.sources:
        lines.append(
            [(_INDENT, "text"), (f"[{source.number}] ", "number"), (source.where, "source")]
        )
    return lines


def end_lines(written: Written, width: int | None) -> list[Line]:
    """Return how a written answer ended, how many sentences hold, and what was sent."""
    if written.ending is Ending.NOTHING_NEAR:
        return wrapped([(NOTHING_NEAR, "note")], width)
    if written.first_seconds is None:  # the error says it all
        return []
    lines: list[Line] = []
    if ending := ENDINGS.get(written.ending):
        lines += wrapped([(ending, "note")], width)
    lines += wrapped([(f"{summary(written)} · {written.seconds:.0f} s", "note")], width)
    lines += [[], *wrapped([("The passages that were sent, with the question:", "note")], width)]
    for number, passage in enumerate(written.passages, 1):
        lines += render.source_lines(number, passage.article, passage.start, width)
    return lines


def summary(written: Written) -> str:
    """Return how many sentences there are of each kind: ``3 sentences: 2 supported, …``."""
    count = len(written.sentences)
    kinds = [f"{written.count(support)} {support}" for support in Support if written.count(support)]
    total = "1 sentence" if count == 1 else f"{count} sentences"
    return f"{total}: {', '.join(kinds)}" if kinds else total


def written_values(written: Written) -> dict[str, Any]:
    """Return a written answer as JSON values."""
    return {
        "server": written.server,
        "ending": written.ending.value,
        "error": written.error,
        "sentences": [
            {
                "text": sentence.text,
                "cited": list(sentence.cited),
                "support": sentence.support.value,
                "reason": sentence.reason,
                "sources": [render.citation_values(source) for source in sentence.sources],
            }
            for sentence in written.sentences
        ],
        "passages": [
            {
                "number": number,
                "start": passage.start,
                "end": passage.end,
                "text": passage.text,
                "article": render.article_values(passage.article),
            }
            for number, passage in enumerate(written.passages, 1)
        ],
        "seconds": round(written.seconds, 3),
        "prompt_tokens": written.prompt_tokens,
        "tokens": written.tokens,
    }
