"""What the chat remembers between runs, apart from conversations: the theme."""

import json
from pathlib import Path

from ..atomic import atomic_write
from ..settings import folders

NAME = "chat.json"
"""Name of the file."""


def remembered_theme() -> str | None:
    """Return the theme chosen last; None if there is none, or the file cannot be read."""
    try:
        values = json.loads(_path().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    theme = values.get("theme") if isinstance(values, dict) else None
    return theme if isinstance(theme, str) else None


def remember_theme(theme: str) -> None:
    """Remember a theme. If the file cannot be written, nothing happens."""
    path = _path()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_write(path) as draft:
            draft.write_text(json.dumps({"theme": theme}) + "\n", encoding="utf-8")
    except OSError:
        return


def _path() -> Path:
    return folders().data / NAME
