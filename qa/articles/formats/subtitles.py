"""Subtitles, SRT and WebVTT: what is said, without times, numbers, styles and who says it.

The lines of a sentence are joined by a space. A blank line stands where the speaker changes, after
a pause, and where a sentence does not end, because some subtitles have no full stops.
"""

import html
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ...datatypes import Article
from ...errors import ArticleError
from ..build import build_article
from ..clean import one_line
from ..decode import decode_file
from ..found import EmptyFileError, Problem, ReadArticle

SUFFIXES = frozenset({".srt", ".vtt"})
"""Suffixes of subtitles."""

PAUSE_SECONDS = 4.0
"""Silence that ends a paragraph."""
SENTENCE_CHARACTERS = 400
"""Characters without the end of a sentence after which a paragraph ends."""

_CLOCK = r"(?:(\d+):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})"
_TIMES = re.compile(rf"\s*{_CLOCK}\s*-->\s*{_CLOCK}(?:\s.*)?")
_FILE_LINE = re.compile(r"\r\n?|\n")
_HEADER_TITLE = re.compile(r"WEBVTT[ \t]+-+[ \t]*(\S.*)")
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?\s+([^<>]*)>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-z0-9:][^<>]*>|\{\\[^{}]*\}", re.IGNORECASE)
_SOUND = re.compile(r"\[[^\]]*\]|[♪♫\s]+")
_DASH = re.compile(r"(?:>>+|[-–—])\s*(?=\S)")
_LABEL = re.compile(r"([^\W\d_][\w.'’ -]{0,39}?)\s*(?:\([^)]*\)|\[[^\]]*\])?\s*:\s+(?=\S)")
_SENTENCE_END = re.compile(r"[.!?…。！？][\"'”’»)\]]*(?=\s|$)")


@dataclass(slots=True)
class _Line:
    """A line of a cue."""

    number: int
    """Line of the file, from 1."""
    text: str
    """What is said, on one line."""
    speaker: str
    """Who speaks, as a tag says; empty if none does."""
    is_turn: bool
    """Whether someone else begins to speak."""
    pause_seconds: float
    """Silence before the line, in seconds."""


def read(name: str, data: bytes) -> Iterator[ReadArticle | Problem]:
    """Yield the article of a file of subtitles. Raises ArticleError if there are none in it."""
    text, encoding = decode_file(data)
    if not text.strip():
        raise EmptyFileError("empty file")
    file_lines = _FILE_LINE.split(text)
    lines = list(_lines(file_lines))
    _take_labels_off(lines)
    lines = [line for line in lines if line.text and not _SOUND.fullmatch(line.text)]
    if not lines:
        raise ArticleError("no subtitles in it")
    header = _HEADER_TITLE.match(file_lines[0].lstrip("\ufeff"))
    article = _article(name, header.group(1) if header else "", lines)
    yield ReadArticle(None, replace(article, encoding=encoding))


def _lines(file_lines: Sequence[str]) -> Iterator[_Line]:
    """Yield the lines of all cues, without tags."""
    times = [(at, found) for at, line in enumerate(file_lines) if (found := _TIMES.fullmatch(line))]
    ends = [*(at for at, _ in times[1:]), len(file_lines)]
    is_vtt = file_lines[0].lstrip("\ufeff").startswith("WEBVTT")
    silent_since = 0.0
    for (at, found), end in zip(times, ends, strict=False):
        begin, stop = _seconds(found.groups()[:4]), _seconds(found.groups()[4:])
        pause = begin - silent_since
        silent_since = stop
        speaker = ""
        for number in range(at + 1, _cue_end(file_lines, at, end, is_vtt)):
            line = file_lines[number]
            voice = _VOICE.search(line)
            speaker = one_line(voice.group(1)) if voice else speaker
            said = one_line(html.unescape(_TAG.sub("", line)))
            yield _Line(number + 1, said, speaker, bool(_DASH.match(said)), pause)
            pause = 0.0


def _seconds(clock: Sequence[str | None]) -> float:
    """Return hours, minutes, seconds and a fraction as seconds."""
    hours, minutes, seconds, fraction = (part or "0" for part in clock)
    return int(hours) * 3600 + int(minutes) * 60 + float(f"{seconds}.{fraction}")


def _cue_end(file_lines: Sequence[str], at: int, end: int, is_vtt: bool) -> int:
    """Return the index after the last line of the cue whose times are at ``at``.

    ``end`` is where the next times stand, or the end of the file. A blank line ends a cue of
    WebVTT, where notes may follow. In SRT it may be inside, so that only the next number ends it.
    """
    if is_vtt:
        return next((n for n in range(at + 1, end) if not file_lines[n].strip()), end)
    is_last = end == len(file_lines)
    before = file_lines[end - 1].strip()
    if not is_last and end - 1 > at and (before.isdigit() or not file_lines[end - 2].strip()):
        return end - 1
    return end


def _take_labels_off(lines: Sequence[_Line]) -> None:
    """Take the names of speakers off the lines: in capitals, or before more than one line."""
    for line in lines:
        line.text = _DASH.sub("", line.text, count=1) if line.is_turn else line.text
    labels = [_LABEL.match(line.text) for line in lines]
    times = Counter(label.group(1) for label in labels if label)
    for line, label in zip(lines, labels, strict=True):
        if label and (label.group(1).isupper() or _is_repeated_name(label.group(1), times)):
            line.text = line.text[label.end() :]
            line.is_turn = True


def _is_repeated_name(label: str, times: Counter[str]) -> bool:
    """Whether a label has up to four words, all with capitals, and stands before several lines."""
    words = label.split()
    return times[label] > 1 and len(words) <= 4 and all(word[0].isupper() for word in words)


def _article(name: str, title: str, lines: Sequence[_Line]) -> Article:
    """Return the article of the lines, which knows the line of the file of each."""
    parts: list[str] = []
    jumps: list[tuple[int, int]] = []
    offset = unended = 0
    before: _Line | None = None
    for line in lines:
        if before and line.text == before.text and not line.is_turn:
            continue  # captions that roll up repeat the line above
        if before:
            gap = "\n\n" if _is_break(before, line) or unended > SENTENCE_CHARACTERS else " "
            unended = 0 if gap == "\n\n" else unended
            parts.append(gap)
            offset += len(gap)
        jumps.append((offset, line.number))
        parts.append(line.text)
        offset += len(line.text)
        ends = [end.end() for end in _SENTENCE_END.finditer(line.text)]
        unended = len(line.text) - ends[-1] if ends else unended + len(line.text)
        before = line
    return build_article(name, "".join(parts), title=title, first_line=jumps[0][1], lines=jumps)


def _is_break(before: _Line, line: _Line) -> bool:
    """Whether a paragraph ends between two lines."""
    is_other = line.is_turn or line.speaker != before.speaker
    return is_other or line.pause_seconds >= PAUSE_SECONDS
