"""Everything that the chat can do, in one table: keys, bottom row, command palette and help.

Each action is a method ``action_NAME`` of the main screen, whose ``check_action`` says whether it
is possible at the moment.
"""

from dataclasses import dataclass

from textual.binding import Binding

DIGITS = "123456789"


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that the chat can do."""

    name: str
    """Name of the method, without ``action_``."""
    title: str
    """What it does, as a command."""
    help: str
    """What a person should know of it, in a sentence."""
    group: str
    """Heading in the help."""
    keys: tuple[str, ...] = ()
    """Keys that work everywhere."""
    outside: tuple[str, ...] = ()
    """Keys that work outside the question line only: there they are letters."""
    hint: str = ""
    """Its word in the bottom row; empty keeps it out."""

    @property
    def shown_key(self) -> str:
        """Its first key as people write it; empty when it has none."""
        first = (*self.keys, *self.outside)[:1]
        return written_key(first[0]) if first else ""

    @property
    def shown_keys(self) -> str:
        """All its keys as people write them."""
        return "  ".join(written_key(key) for key in (*self.keys, *self.outside))


ASKING, SOURCES, TALK, QA = "Asking", "Sources", "Conversation", "The chat"

ACTIONS = (
    Action(
        "palette",
        "Commands",
        "Every command by name.",
        QA,
        ("ctrl+p",),
        hint="commands",
    ),
    Action(
        "back",
        "Back",
        "Stops what is being answered; else closes what is open; else goes to the question line.",
        ASKING,
        ("escape",),
        hint="back",
    ),
    Action(
        "edit_search",
        "Edit what was searched",
        "Puts the question as it was searched into the line; it is asked again word for word.",
        ASKING,
        ("ctrl+r",),
        ("r",),
    ),
    Action(
        "filter",
        "Filter by date or source",
        "Asks only the articles from certain dates, or whose path matches a pattern.",
        ASKING,
        ("ctrl+l",),
        ("f",),
        hint="filter",
    ),
    Action(
        "others",
        "Other answers",
        "Unfolds what else might be the answer, or folds it again.",
        ASKING,
        ("alt+a",),
        ("a",),
    ),
    Action(
        "right",
        "The answer is right",
        "Remembers it, for your own test cases; the same key takes it back.",
        ASKING,
        ("ctrl+g",),
        ("+",),
    ),
    Action(
        "wrong",
        "The answer is wrong",
        "Remembers it, for your own test cases; the same key takes it back.",
        ASKING,
        ("ctrl+b",),
        ("-",),
    ),
    Action(
        "next_source",
        "Next source",
        "Shows the answer's next source, or the next passage.",
        SOURCES,
        ("alt+right", "alt+n"),
        ("n", "right"),
    ),
    Action(
        "previous_source",
        "Previous source",
        "Shows the one before.",
        SOURCES,
        ("alt+left", "alt+p"),
        ("p", "left"),
    ),
    Action(
        "open_article",
        "Open the whole article",
        "Gives the article the whole screen; Esc gives it back.",
        SOURCES,
        ("ctrl+o",),
        ("o",),
        hint="article",
    ),
    Action(
        "find",
        "Search in the article",
        "Enter and the arrow keys go from place to place.",
        SOURCES,
        ("ctrl+f",),
        ("/",),
        hint="search",
    ),
    Action(
        "explain",
        "How the answer came about",
        "Ranks, scores and milliseconds of each step; again for the source.",
        SOURCES,
        ("f2",),
        ("w",),
        hint="why",
    ),
    Action(
        "copy_answer",
        "Copy the answer with its source",
        "To the clipboard, also through ssh where the terminal allows it.",
        TALK,
        ("ctrl+y",),
        ("y", "c"),
        hint="copy",
    ),
    Action(
        "earlier_turn",
        "Earlier question",
        "Goes to the answer before, with its sources.",
        TALK,
        ("alt+up",),
        ("k",),
    ),
    Action(
        "later_turn",
        "Later question",
        "Goes to the answer after.",
        TALK,
        ("alt+down",),
        ("j",),
    ),
    Action(
        "export",
        "Export the conversation",
        "To a file, as Markdown or JSON.",
        TALK,
        ("ctrl+s",),
        ("e",),
    ),
    Action(
        "conversations",
        "Earlier conversations",
        "Lists them, to take one up again, rename or delete it.",
        TALK,
        ("f3",),
    ),
    Action(
        "new_conversation",
        "New conversation",
        "Begins anew; this one is kept.",
        TALK,
        ("ctrl+n",),
    ),
    Action(
        "add_articles",
        "Add articles",
        "Indexes a file or folder while you go on asking.",
        QA,
        ("f5",),
    ),
    Action(
        "theme",
        "Choose the colours",
        "The choice is remembered; the ansi ones use your terminal's own 16.",
        QA,
        ("ctrl+t",),
    ),
    Action("help", "Help", "All keys, and how answers are marked.", QA, ("f1",), ("?",), "help"),
    Action("quit", "Quit", "The conversation is kept.", QA, ("ctrl+q",), ("q",), hint="quit"),
)
"""In the order of the palette and the help."""

BY_NAME = {action.name: action for action in ACTIONS}

HINTED = tuple(
    BY_NAME[name]
    for name in (
        "back",
        "palette",
        "copy_answer",
        "find",
        "help",
        "explain",
        "open_article",
        "filter",
        "quit",
    )
)
"""The bottom row, what matters most first: what does not fit is left out."""

_MOVES = (
    ("ctrl+up", "scroll_source(-3)"),
    ("ctrl+down", "scroll_source(3)"),
    ("pageup", "page(-1)"),
    ("pagedown", "page(1)"),
)

LINE_KEYS = (
    ("Enter", "Ask"),
    ("↑ ↓", "Questions asked before"),
    ("1 … 9", "Open a source; in the question line, with Alt"),
    ("Tab", "From the question line to the conversation and the source, and round"),
    ("PgUp PgDn", "Scroll the conversation"),
    ("Ctrl-↑ Ctrl-↓", "Scroll the source"),
)
"""Keys that are no command, for the help."""


def bindings() -> list[Binding]:
    """Return the key bindings of the main screen."""
    bound = []
    for action in ACTIONS:
        bound += [Binding(key, action.name, priority=True, show=False) for key in action.keys]
        bound += [Binding(key, action.name, show=False) for key in action.outside]
    for digit in DIGITS:
        bound.append(Binding(f"alt+{digit}", f"open_place({digit})", priority=True, show=False))
        bound.append(Binding(digit, f"open_place({digit})", show=False))
    bound += [Binding(key, move, show=False) for key, move in _MOVES]
    return bound


def written_key(key: str) -> str:
    """Return a key's name as people write it."""
    names = {"escape": "Esc", "left": "←", "right": "→", "up": "↑", "down": "↓"}
    *modifiers, last = key.split("+") if len(key) > 1 else [key]
    is_function_key = last.startswith("f") and last[1:].isdigit()
    word = names.get(last, last.upper() if modifiers or is_function_key else last)
    if modifiers == ["ctrl"] and len(word) == 1:
        return f"^{word}"
    return "-".join([*(modifier.capitalize() for modifier in modifiers), word])
