"""Two ways to the clipboard, since neither reaches every terminal."""

import asyncio
from typing import Any

from textual.app import App


async def copy(app: App[Any], text: str) -> str:
    """Copy a text; return in words what was done.

    OSC 52 asks the terminal, also through ssh, but not every terminal listens; pyperclip asks this
    machine's desktop, where there is one, by a program that may take its time.
    """
    app.copy_to_clipboard(text)
    there = await asyncio.to_thread(_to_desktop, text)
    return "copied" if there else "sent to your terminal's clipboard"


def _to_desktop(text: str) -> bool:
    """Whether this machine's desktop has taken the text."""
    import pyperclip

    try:
        pyperclip.copy(text)
    except (pyperclip.PyperclipException, OSError):
        return False
    return True
