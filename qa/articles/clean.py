"""The only module that changes text. Every offset in qa refers to text that was cleaned here.

Cleaning takes these steps:

1. Line ends (CRLF and, in a text without ``\\n``, CR) become ``\\n``.
2. Terminal escape sequences are removed whole, so that ``ESC[31mred`` becomes ``red``.
3. Characters that control a terminal or are invisible are removed: control characters,
   bidirectional marks and overrides, format characters, byte order marks, lone surrogates,
   noncharacters and tags (so the flag of England becomes a plain black flag). Joiners stay, because
   emoji and Persian need them.
4. Tabs and all other kinds of space become one plain space each, because terminals do not agree
   on their width. So do vertical tab, form feed, NEL, the two Unicode separators and a lone CR: to
   editors and ``grep`` they end no line, and a cited line must be the one that those count.
5. Ligatures such as ``ﬁ`` become their letters, and the two hyphens of Unicode ``-``, because words
   are typed and looked up without them.
6. The text is put into Unicode normal form C, so that both ways to type an accent are the same.
"""

import re
import unicodedata

_CONTROLS = (
    "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"  # C0, DEL, C1
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # bidirectional
    "\ud800-\udfff"  # lone surrogates, which cannot be encoded as UTF-8
)
_INVISIBLE = (
    "\u00ad\u180e\u200b\u2060-\u2065\u206a-\u206f\ufeff\ufff9-\ufffb"
    "\ufdd0-\ufdef\U000e0000-\U000e0fff"
    + "".join(f"{chr(plane + 0xFFFE)}-{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 65536))
)
_BREAKS = "\r\v\f\x85\u2028\u2029"
_SPACES = "\t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"

_LETTERS = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
    | dict.fromkeys("\u2010\u2011", "-")
)
_LIGATURE = re.compile("[\ufb00-\ufb06\u2010\u2011]")

_ODD = re.compile(f"[{_CONTROLS}{_INVISIBLE}{_BREAKS}{_SPACES}]")
_ODD_ASCII = bytes(code for code in range(128) if _ODD.match(chr(code)))
_BREAK = re.compile(f"[{_BREAKS}]")
_LINE_END = re.compile("(?<!\r)\r+\n")
_DROPPED = re.compile(f"[{_CONTROLS}{_INVISIBLE}]+")
_SPACE = re.compile(f"[{_BREAKS}{_SPACES}]")
_UNSAFE_ASCII = bytes(code for code in _ODD_ASCII if chr(code) != "\t")
_UNSAFE_NAME = re.compile(f"[{_CONTROLS}{_BREAKS}\n\t]")

# Each part stops at the next ESC or newline. So a text full of unfinished sequences takes linear
# time, and no line is lost.
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
"""Most combining marks in a row, as in Unicode's stream-safe text (UAX 15).

Normalising sorts them in quadratic time, so a megabyte of them would take minutes.
"""


def clean(text: str) -> str:
    """Return the text as qa stores, searches and shows it; cleaning it again changes nothing."""
    if text.isascii() and len(text.encode().translate(None, _ODD_ASCII)) == len(text):
        return text
    if _ODD.search(text):
        text = with_line_ends(text)
        text = _ESCAPE_SEQUENCE.sub("", text)
        text = _DROPPED.sub("", text)
        text = _SPACE.sub(" ", text)
    if _LIGATURE.search(text):
        text = text.translate(_LETTERS)
    if unicodedata.is_normalized("NFC", text):
        return text
    marks = "".join(mark for mark in set(text) if unicodedata.combining(mark))
    if marks:
        run = re.compile(f"([{re.escape(marks)}]{{{_LONGEST_MARK_RUN}}})[{re.escape(marks)}]+")
        text = run.sub(r"\1", text)
    return unicodedata.normalize("NFC", text)


def with_line_ends(text: str) -> str:
    """Return the text with ``\\n`` at the end of each of its lines, as `clean` counts them."""
    return _LINE_END.sub("\n", text) if "\n" in text else text.replace("\r", "\n")


def harmless(text: str) -> str:
    """Return the text without terminal controls and invisible characters; tabs and newlines stay.

    This is for text that `clean` has not seen: arguments, paths, a library from someone else.
    """
    if text.isascii() and len(text.encode().translate(None, _UNSAFE_ASCII)) == len(text):
        return text
    text = _ESCAPE_SEQUENCE.sub("", text)
    return _DROPPED.sub("", _BREAK.sub(" ", text))


def is_safe_name(name: str) -> bool:
    """Whether a file name can be shown and stored unchanged."""
    return not _UNSAFE_NAME.search(name)


def one_line(text: str) -> str:
    """Return the cleaned text with each run of white space as one space, and none at the ends."""
    return " ".join(clean(text).split())
