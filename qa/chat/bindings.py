"""Where the table of actions is offered: key bindings, bottom row and command palette."""

from textual.binding import Binding

from .actions import ACTIONS, BY_NAME

DIGITS = "123456789"
"""Keys that open the sources of an answer."""

HINTED = tuple(
    BY_NAME[name]
    for name in (
        "back",
        "palette",
        "articles",
        "timeline",
        "help",
        "write",
        "copy_answer",
        "find",
        "explain",
        "open_article",
        "filter",
        "quit",
    )
)
"""The bottom row, most important first: what does not fit is left out."""

PALETTE = tuple(
    BY_NAME[name]
    for name in (
        "copy_answer",
        "open_article",
        "articles",
        "timeline",
        "write",
        "find",
        "filter",
        "others",
        "explain",
        "new_conversation",
        "conversations",
        "export",
        "add_articles",
        "watch",
        "edit_search",
        "right",
        "wrong",
        "next_source",
        "previous_source",
        "earlier_turn",
        "later_turn",
        "theme",
        "help",
        "quit",
    )
)
"""The command palette, what people want most first. It needs neither itself nor the way back."""

_SCROLLING = (
    ("ctrl+up", "scroll_source(-3)"),
    ("ctrl+down", "scroll_source(3)"),
    ("pageup", "page(-1)"),
    ("pagedown", "page(1)"),
)

LINE_KEYS = (
    ("Enter", "Ask"),
    ("↑ ↓", "Earlier questions"),
    ("1 … 9", "Open a source; with Alt outside the article, or ask an example of the welcome"),
    ("Tab", "Go from the question line to the conversation, the article, and back"),
    ("PgUp PgDn", "Scroll the conversation"),
    ("Ctrl-↑ Ctrl-↓", "Scroll the article"),
)
"""Keys that are not in the table, for the help."""


def screen_bindings() -> list[Binding]:
    """Return the key bindings of the main screen."""
    bound = []
    for action in ACTIONS:
        bound += [Binding(key, action.call, priority=True, show=False) for key in action.keys]
    for digit in DIGITS:
        bound.append(Binding(f"alt+{digit}", f"open_place({digit})", priority=True, show=False))
    return bound + [Binding(key, scroll, show=False) for key, scroll in _SCROLLING]


def article_bindings() -> list[Binding]:
    """Return the key bindings of the article view: single keys without a modifier."""
    bound = []
    for action in ACTIONS:
        bound += [Binding(key, action.call, show=False) for key in action.article_keys]
    for digit in DIGITS:
        bound.append(Binding(digit, f"screen.open_place({digit})", show=False))
    return bound
