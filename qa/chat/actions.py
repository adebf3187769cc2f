"""Everything the chat can do, in one table: its keys, its words, and its help.

Each action is a method of the main screen or of the app; ``Talk.allows`` says whether it makes
sense at the moment.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Action:
    """One thing the chat can do."""

    name: str
    """Its name. The main screen's method is ``action_NAME``, unless ``app_action`` is set."""
    title: str
    """What it does, in a few words."""
    help: str
    """What else there is to know, in a sentence."""
    group: str
    """Heading in the help."""
    keys: tuple[str, ...] = ()
    """Keys that work everywhere in the main screen."""
    article_keys: tuple[str, ...] = ()
    """Keys that work only in the article view: elsewhere they are typed."""
    hint: str = ""
    """Word in the bottom row; empty keeps the action out of it."""
    app_action: str = ""
    """Name of the app's action, if it is the app that does it."""

    @property
    def call(self) -> str:
        """The action as Textual calls it, with its namespace."""
        return f"app.{self.app_action}" if self.app_action else f"screen.{self.name}"

    @property
    def shown_key(self) -> str:
        """The first key as people write it; empty if there is none."""
        first = (*self.keys, *self.article_keys)[:1]
        return written_key(first[0]) if first else ""

    @property
    def shown_keys(self) -> str:
        """All keys as people write them."""
        return "  ".join(written_key(key) for key in (*self.keys, *self.article_keys))


ASKING, SOURCES, TALK, CHAT = "Asking", "Sources", "Conversation", "The chat"

ACTIONS = (
    Action(
        "palette",
        "Commands",
        "Lists all commands by name.",
        CHAT,
        ("ctrl+p",),
        hint="commands",
        app_action="command_palette",
    ),
    Action(
        "back",
        "Back",
        "Stops what is answered or written, or closes what is open, or goes to the question line.",
        ASKING,
        ("escape",),
        hint="back",
    ),
    Action(
        "edit_search",
        "Edit the search",
        "Puts the question as it was searched into the line; Enter searches exactly that.",
        ASKING,
        ("ctrl+r",),
        ("r",),
    ),
    Action(
        "filter",
        "Filter by date or source",
        "Searches only articles with certain dates, or with paths that match a pattern.",
        ASKING,
        ("ctrl+l",),
        ("f",),
        hint="filter",
        app_action="filter",
    ),
    Action(
        "write",
        "Written answer",
        "The language model named with --llm writes it out; each sentence is checked.",
        ASKING,
        ("f8",),
        hint="write",
    ),
    Action(
        "others",
        "Other answers",
        "Shows or hides other possible answers.",
        ASKING,
        ("alt+a",),
        ("a",),
    ),
    Action(
        "right",
        "The answer is right",
        "Stores your verdict, for test cases of your own; the same key takes it back.",
        ASKING,
        ("ctrl+g",),
        ("+",),
    ),
    Action(
        "wrong",
        "The answer is wrong",
        "Stores your verdict, for test cases of your own; the same key takes it back.",
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
        "Shows the source or passage before.",
        SOURCES,
        ("alt+left", "alt+p"),
        ("p", "left"),
    ),
    Action(
        "open_article",
        "Open the whole article",
        "Shows the article on the whole screen; Esc returns to the conversation.",
        SOURCES,
        ("ctrl+o",),
        ("o",),
        hint="article",
    ),
    Action(
        "find",
        "Search in the article",
        "Enter and the arrow keys go from match to match.",
        SOURCES,
        ("ctrl+f",),
        ("/",),
        hint="search",
    ),
    Action(
        "articles",
        "Articles and stories",
        "Lists your articles by story; type to narrow the list, Enter opens one.",
        SOURCES,
        ("f4",),
        hint="articles",
        app_action="articles",
    ),
    Action(
        "timeline",
        "Timeline",
        "Shows dated sentences on the question, or on what is typed, in order, from all articles.",
        SOURCES,
        ("f6",),
        hint="timeline",
    ),
    Action(
        "explain",
        "How the answer was found",
        "Shows ranks, scores and times; the same key shows the source again.",
        SOURCES,
        ("f2",),
        ("w",),
        hint="why",
    ),
    Action(
        "copy_answer",
        "Copy the answer with its source",
        "Copies to the clipboard, also through ssh if the terminal allows it.",
        TALK,
        ("ctrl+y",),
        ("y", "c"),
        hint="copy",
    ),
    Action(
        "earlier_turn",
        "Earlier question",
        "Goes to the question before, with its sources.",
        TALK,
        ("alt+up",),
        ("k",),
    ),
    Action(
        "later_turn",
        "Later question",
        "Goes to the question after, with its sources.",
        TALK,
        ("alt+down",),
        ("j",),
    ),
    Action(
        "export",
        "Export the conversation",
        "Writes it to a file, as Markdown or JSON.",
        TALK,
        ("ctrl+s",),
        ("e",),
        app_action="export",
    ),
    Action(
        "conversations",
        "Earlier conversations",
        "Lists them, to continue, rename or delete one.",
        TALK,
        ("f3",),
        app_action="conversations",
    ),
    Action(
        "new_conversation",
        "New conversation",
        "Starts a new one; this one is kept.",
        TALK,
        ("ctrl+n",),
    ),
    Action(
        "add_articles",
        "Add articles",
        "Indexes a file or folder while you go on asking.",
        CHAT,
        ("f5",),
        app_action="add_articles",
    ),
    Action(
        "watch",
        "Watch for new articles",
        "Indexes files in the folders of this library as they change; the same key stops it.",
        CHAT,
        ("f7",),
        app_action="watch",
    ),
    Action(
        "theme",
        "Choose the colours",
        "Changes the theme and remembers it; the ansi themes use your terminal's own 16 colours.",
        CHAT,
        ("ctrl+t",),
        app_action="change_theme",
    ),
    Action(
        "help",
        "Help",
        "Shows all keys, and what the marks on answers mean.",
        CHAT,
        ("f1",),
        ("?",),
        hint="help",
        app_action="help",
    ),
    Action(
        "quit",
        "Quit",
        "Leaves the chat; the conversation is kept.",
        CHAT,
        ("ctrl+q",),
        ("q",),
        hint="quit",
        app_action="quit",
    ),
)
"""In the order of the help."""

BY_NAME = {action.name: action for action in ACTIONS}


def written_key(key: str) -> str:
    """Return a key as people write it, such as "^P" for "ctrl+p"."""
    names = {"escape": "Esc", "left": "←", "right": "→", "up": "↑", "down": "↓"}
    *modifiers, last = key.split("+") if len(key) > 1 else [key]
    is_function_key = last.startswith("f") and last[1:].isdigit()
    word = names.get(last, last.upper() if modifiers or is_function_key else last)
    if modifiers == ["ctrl"] and len(word) == 1:
        return f"^{word}"
    return "-".join([*(modifier.capitalize() for modifier in modifiers), word])
