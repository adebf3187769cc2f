"""What a file's name says in words: searched with the article, and its title as a last resort."""

import re
from pathlib import PurePosixPath

from .clean import one_line

GENERIC = frozenset(
    """
    article copy doc document dokument download dsc dscf dscn export file foto image img index mov
    mvimg new note notes page photo picture pxl readme scan screenshot temp text tmp txt unbenannt
    unnamed untitled vid whatsapp
    """.split()
)
"""Words that cameras, scanners and programs put into names, and that say nothing alone."""

CHANGES = 3
"""Changes between letters and digits from which a word is a hash and not a word: ``3f2a9c``."""

_SUFFIX = re.compile(r"(?:\.\w{1,8})?\.[A-Za-z]\w{0,7}$")
_RECORD = re.compile(r"#\d+$")
_SEPARATOR = re.compile(r"[_+]|(?<=[^\W\d_])-|-(?=[^\W\d_])")
_CHANGE = re.compile(r"\d[^\W\d_]|[^\W\d_](?=\d)")
_TOKEN = re.compile(r"[^\W_]+")
_LETTERS = re.compile(r"[^\W\d_]{2,}")


def name_of(source: str) -> str:
    """Return the name of an article's file as words, without its suffix.

    Return an empty string for an address, for a record of a file, and for a name that says nothing:
    a number, a hash, ``IMG_1234``, ``scan001``.
    """
    if "://" in source or _RECORD.search(source) or not _SUFFIX.search(source):
        return ""
    name = one_line(_SUFFIX.sub("", PurePosixPath(source).name))
    if " " not in name:
        name = " ".join(_SEPARATOR.sub(" ", name).split())
    return name if _telling(name) else ""


def title_by_name(source: str) -> str:
    """Return the name of an article's file if it is good enough for a title, or else nothing.

    That is a name with spaces between its words or with a capital: the first sentence says more
    than ``story.txt`` or ``oil-spill.txt``.
    """
    name = name_of(source)
    has_capital = any(not word[0].islower() and len(word) > 2 for word in _telling(name))
    return name if has_capital or " " in PurePosixPath(source).name else ""


def _telling(name: str) -> list[str]:
    """Return the words of a name that say something."""
    tokens = [token for token in _TOKEN.findall(name) if len(_CHANGE.findall(token)) < CHANGES]
    words = [word for token in tokens for word in _LETTERS.findall(token)]
    return [word for word in words if word.casefold() not in GENERIC]
