"""The one place where text changes. Every offset in qa refers to text that went through here.

What changes, in this order:

1. Line ends: CRLF, CR, vertical tab, form feed, NEL and the two Unicode separators become ``\\n``.
2. Terminal escape sequences go as a whole, so that ``ESC[31mred`` becomes ``red``.
3. What a terminal would obey or hide is dropped: control characters, bidirectional marks and
   overrides, invisible format characters, byte order marks, lone surrogates, noncharacters, tags
   (so that the flag of England becomes a plain black flag). Joiners stay: emoji and Persian need
   them.
4. A tab, and every other kind of space, becomes one plain space: terminals and their columns
   agree about those.
5. Unicode normal form C, so that an accent typed in two ways is found in both.
"""

import re
import unicodedata

_CONTROLS = (
    "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"  # C0, DEL, C1
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # bidirectional
    "\ud800-\udfff"  # lone surrogates: no file and no terminal takes them
)
_INVISIBLE = (
    "\u00ad\u180e\u200b\u2060-\u2065\u206a-\u206f\ufeff\ufff9-\ufffb"
    "\ufdd0-\ufdef\U000e0000-\U000e0fff"
    + "".join(f"{chr(plane + 0xFFFE)}-{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 65536))
)
_LINE_ENDS = "\r\v\f\x85\u2028\u2029"
_SPACES = "\t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"

_ODD = re.compile(f"[{_CONTROLS}{_INVISIBLE}{_LINE_ENDS}{_SPACES}]")
_ODD_ASCII = bytes(code for code in range(128) if _ODD.match(chr(code)))
_OTHER_LINE_END = re.compile(f"[{_LINE_ENDS}]")
_LINE_END = re.compile(f"\r\n|[{_LINE_ENDS}]")
_DROPPED = re.compile(f"[{_CONTROLS}{_INVISIBLE}]+")
_SPACE = re.compile(f"[{_SPACES}]")
_OBEYED_ASCII = bytes(code for code in _ODD_ASCII if chr(code) != "\t")
_UNSAFE_NAME = re.compile(f"[{_CONTROLS}{_LINE_ENDS}\n\t]")

# Each part stops at the next ESC or newline, so that a text full of unfinished sequences costs
# linear time and no line is ever lost.
_ESCAPE_SEQUENCE = re.compile(
    r"""
      (?:\x1b\[|\x9b)[0-?]*+[ -/]*+[@-~]                       # CSI: colours, cursor
    | (?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])                  # OSC, DCS, SOS, PM, APC: a string
      [^\x07\x1b\x9c\n]*+(?:\x07|\x1b\\|\x9c)
    | \x1b[ -/]*+[0-~]                                         # the short ones
    """,
    re.VERBOSE,
)

_LONGEST_MARK_RUN = 30
"""Unicode's own limit (UAX 15, stream-safe text) on combining marks in a row. Normalising sorts
them in quadratic time: a megabyte of them would take minutes."""


def clean(text: str) -> str:
    """The text as qa stores, searches and shows it; cleaning it again changes nothing."""
    if text.isascii() and len(text.encode().translate(None, _ODD_ASCII)) == len(text):
        return text
    if _ODD.search(text):
        text = _LINE_END.sub("\n", text)
        text = _ESCAPE_SEQUENCE.sub("", text)
        text = _DROPPED.sub("", text)
        text = _SPACE.sub(" ", text)
    if unicodedata.is_normalized("NFC", text):
        return text
    marks = "".join(mark for mark in set(text) if unicodedata.combining(mark))
    if marks:
        run = re.compile(f"([{re.escape(marks)}]{{{_LONGEST_MARK_RUN}}})[{re.escape(marks)}]+")
        text = run.sub(r"\1", text)
    return unicodedata.normalize("NFC", text)


def harmless(text: str) -> str:
    """The text without what a terminal would obey or hide; tabs and line feeds stay.

    For what did not go through `clean`: arguments, paths, a library that somebody else made.
    """
    if text.isascii() and len(text.encode().translate(None, _OBEYED_ASCII)) == len(text):
        return text
    text = _ESCAPE_SEQUENCE.sub("", text)
    return _DROPPED.sub("", _OTHER_LINE_END.sub(" ", text))


def is_safe_name(name: str) -> bool:
    """Whether a file's name can be shown and stored as it is."""
    return not _UNSAFE_NAME.search(name)


def one_line(text: str) -> str:
    """Cleaned, each run of white space one space, none at the ends."""
    return " ".join(clean(text).split())
