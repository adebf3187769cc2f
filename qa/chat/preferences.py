"""What the chat remembers between runs beside conversations: the theme."""

import json
from pathlib import Path

from ..atomic import atomic_write
from ..settings import folders

NAME = "chat.json"


def remembered_theme() -> str | None:
    """Return the theme chosen last; None when none was, or the file cannot be understood."""
    try:
        values = json.loads(_path().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    theme = values.get("theme") if isinstance(values, dict) else None
    return theme if isinstance(theme, str) else None


def remember_theme(theme: str) -> None:
    """Remember a theme; where nothing can be written, it is forgotten, which is no loss."""
    path = _path()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_write(path) as draft:
            draft.write_text(json.dumps({"theme": theme}) + "\n", encoding="utf-8")
    except OSError:
        return


def _path() -> Path:
    return folders().data / NAME
