"""Copies to the clipboard in two ways, as neither works in every terminal."""

import asyncio
from typing import Any

from textual.app import App


async def copy(app: App[Any], text: str) -> str:
    """Copy a text; return in words what was done.

    OSC 52 asks the terminal, which also works through ssh, but not every terminal supports it.
    pyperclip asks the desktop of this machine, if it has one; it runs a program that may be slow.
    """
    app.copy_to_clipboard(text)
    is_copied = await asyncio.to_thread(_copy_to_desktop, text)
    return "copied" if is_copied else "sent to your terminal's clipboard"


def _copy_to_desktop(text: str) -> bool:
    """Copy to this machine's desktop; return whether that worked."""
    import pyperclip

    try:
        pyperclip.copy(text)
    except (pyperclip.PyperclipException, OSError):
        return False
    return True
