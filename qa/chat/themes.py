"""The chat's own themes, and which one to start with."""

import os
from collections.abc import Mapping

from textual.theme import Theme

DARK = Theme(
    name="qa-dark",
    primary="#7fb2e5",
    secondary="#9aa7b8",
    accent="#e8b04b",
    success="#86c28b",
    warning="#e0a458",
    error="#e0787a",
    foreground="#d5dae2",
    background="#15181e",
    surface="#1b1f27",
    panel="#222732",
    dark=True,
    variables={
        "border": "#333b49",
        "border-blurred": "#2a313d",
        "input-cursor-background": "#e8b04b",
        "input-cursor-foreground": "#15181e",
        "input-selection-background": "#3a5573",
        "block-cursor-background": "#2d3b4f",
        "block-cursor-foreground": "#f0f3f8",
        "block-cursor-text-style": "none",
        "scrollbar": "#333b49",
        "scrollbar-background": "#181c23",
        "scrollbar-background-hover": "#181c23",
        "scrollbar-background-active": "#181c23",
        "line": "#333b49",
        "lit-answer": "#f0bd52",
        "lit-answer-text": "#1c1503",
        "lit-sentence": "#35301f",
        "lit-word": "#edd295",
        "lit-found": "#2f5a56",
        "lit-current": "#54d6c5",
        "lit-current-text": "#04211d",
    },
)

LIGHT = Theme(
    name="qa-light",
    primary="#2563a8",
    secondary="#5d6b7c",
    accent="#b5720a",
    success="#2f7d3b",
    warning="#a85b00",
    error="#b3383a",
    foreground="#262b33",
    background="#fbfaf7",
    surface="#f3f1ec",
    panel="#eae7e0",
    dark=False,
    variables={
        "border": "#d2cdc2",
        "border-blurred": "#ddd9cf",
        "input-cursor-background": "#262b33",
        "input-cursor-foreground": "#fbfaf7",
        "input-selection-background": "#bcd4ee",
        "block-cursor-background": "#d9e6f5",
        "block-cursor-foreground": "#16202c",
        "block-cursor-text-style": "none",
        "scrollbar": "#d2cdc2",
        "scrollbar-background": "#f3f1ec",
        "scrollbar-background-hover": "#f3f1ec",
        "scrollbar-background-active": "#f3f1ec",
        "line": "#d2cdc2",
        "lit-answer": "#ffd24d",
        "lit-answer-text": "#241a00",
        "lit-sentence": "#fbf0cd",
        "lit-word": "#8a5a00",
        "lit-found": "#c3e8e2",
        "lit-current": "#148a7d",
        "lit-current-text": "#ffffff",
    },
)

THEMES = (DARK, LIGHT)

OWN = ("line", "lit-")
"""Prefixes of the colours that only the chat defines."""

DARK_DEFAULTS = {name: value for name, value in DARK.variables.items() if name.startswith(OWN)}
"""Those colours for other dark themes."""

LIGHT_DEFAULTS = {name: value for name, value in LIGHT.variables.items() if name.startswith(OWN)}
"""Those colours for other light themes."""

ANSI = {
    "line": "ansi_bright_black",
    "lit-answer": "ansi_yellow",
    "lit-answer-text": "ansi_black",
    "lit-sentence": "ansi_default",
    "lit-word": "ansi_default",
    "lit-found": "ansi_default",
    "lit-current": "ansi_cyan",
    "lit-current-text": "ansi_black",
}
"""Those colours for themes that use the terminal's own 16."""


def own_variables(theme: Theme) -> dict[str, str]:
    """Return the chat's own colours for a theme that does not define them."""
    if theme.ansi:
        return ANSI
    return DARK_DEFAULTS if theme.dark else LIGHT_DEFAULTS


def first_theme(variables: Mapping[str, str] | None = None, colors: str | None = None) -> str:
    """Return the name of the theme for a terminal, if none was chosen yet.

    ``variables`` are environment variables: if ``COLORFGBG`` is set, it ends with the number of
    the background's colour, and 7 and 15 are light. ``colors`` is Rich's name for the number of
    colours that the terminal can show.
    """
    known = os.environ if variables is None else variables
    is_light = known.get("COLORFGBG", "").rpartition(";")[2] in {"7", "15"}
    if colors in {"standard", "windows"}:
        return "ansi-light" if is_light else "ansi-dark"
    return LIGHT.name if is_light else DARK.name
