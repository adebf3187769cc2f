"""Links to articles that a terminal opens: OSC 8, the escape sequence for hyperlinks."""

import os
from collections.abc import Mapping
from urllib.parse import quote

from ..datatypes import Article

_RESERVED = "%/:=&?~#+!$,;'@()*[]"
"""Characters that stay as they are in an address; the others are percent-encoded."""

_PROGRAMS = frozenset(
    {"ghostty", "Hyper", "iTerm.app", "mintty", "rio", "Tabby", "vscode", "WezTerm"}
)
"""Values of ``TERM_PROGRAM`` of terminals that open links."""

_TERMS = ("alacritty", "contour", "foot", "ghostty", "kitty", "wezterm")
"""Parts of ``TERM`` of terminals that open links."""

_VARIABLES = ("KITTY_WINDOW_ID", "KONSOLE_VERSION", "WT_SESSION", "DOMTERM")
"""Variables that only terminals that open links set."""

_FIRST_VTE = 5001
"""``VTE_VERSION`` from which the terminals of GNOME and others take links; 0.50.0 crashed."""

_FIRST_TMUX = (3, 4)
"""Version of tmux from which it passes links on."""


def article_address(article: Article) -> str:
    """Return the address of an article's file or page, percent-encoded; empty if it has none.

    It is ASCII without control characters, whatever the file's name contains. A file's address
    names this machine, as the terminal may be on another.
    """
    if article.source.lower().startswith(("http://", "https://")):
        return quote(article.source, safe=_RESERVED, errors="replace")
    if not article.file:
        return ""
    try:
        path = quote(os.fsencode(article.file))
    except UnicodeEncodeError:  # no name that this system can have
        return ""
    return f"file://{quote(os.uname().nodename)}{path}"


def takes_links(choice: str, environment: Mapping[str, str], *, is_terminal: bool) -> bool:
    """Whether to print links, for a choice of ``always``, ``never`` or ``auto``.

    ``auto`` means: on a terminal that is known to take them, unless it is to have no colour. Others
    would ignore them at best.
    """
    if choice != "auto":
        return choice == "always"
    term = environment.get("TERM", "")
    program = environment.get("TERM_PROGRAM", "")
    if not is_terminal or term in ("", "dumb") or environment.get("NO_COLOR"):
        return False
    if program == "tmux":
        return _version(environment.get("TERM_PROGRAM_VERSION", "")) >= _FIRST_TMUX
    if term.startswith(("screen", "tmux")):
        return False
    vte = environment.get("VTE_VERSION", "")
    return (
        program in _PROGRAMS
        or any(name in term for name in _TERMS)
        or any(environment.get(name) for name in _VARIABLES)
        or (vte.isdecimal() and int(vte) >= _FIRST_VTE)
    )


def linked(text: str, address: str) -> str:
    """Return a text as a link to an address; the text may hold escape sequences for colour."""
    return f"\x1b]8;;{address}\x1b\\{text}\x1b]8;;\x1b\\"


def _version(text: str) -> tuple[int, int]:
    """Return the numbers of a version such as ``3.4a``; zeros if there are none."""
    major, _, rest = text.partition(".")
    minor = "".join(digit for digit in rest[:1] if digit.isdecimal())
    return (int(major), int(minor or 0)) if major.isdecimal() else (0, 0)
