"""What stands before the text of a file: YAML between ``---``, TOML between ``+++``, or lines such
as ``Title: …`` and ``Date: …``."""

import re
from collections.abc import Mapping
from datetime import date

from ..dates import DATE_KEYS, plain_name

FRONT_MATTER_CHARACTERS = 64_000
"""Longest front matter; anything longer counts as text."""
TITLE_KEYS = ("title", "headline", "subject")
"""Names of the title, best first."""

_YAML = re.compile(r"\s*---[^\S\n]*\n(.*?)^(?:---|\.\.\.)[^\S\n]*(?:\n|\Z)", re.DOTALL | re.M)
_TOML = re.compile(r"\s*\+\+\+[^\S\n]*\n(.*?)^\+\+\+[^\S\n]*(?:\n|\Z)", re.DOTALL | re.M)
_SIMPLE_KEY = re.compile(r"^([A-Za-z_]\w*):[^\S\n]+(\S.*)$", re.M)
_HEADER = re.compile(
    r"\s*((?:^[A-Za-z][\w -]{0,24}:(?:[^\S\n]+\S[^\n]*|[^\S\n]*)\n(?:[^\S\n]+\S[^\n]*\n)*){2,30})"
    r"(?=[^\S\n]*(?:\n|\Z))",
    re.M,
)
_HEADER_LINE = re.compile(r"^([A-Za-z][\w -]{0,24}):[^\S\n]*(\S[^\n]*)$", re.M)
_LETTER_KEYS = frozenset({"from", "to", "cc"})
"""Keys of a letter's header, which says who wrote to whom and so is part of its text."""


def front_matter(text: str) -> tuple[Mapping[str, object], int]:
    """Return the values of the front matter by their plain names, and the offset of the body.

    Values are strings or dates. Return ``({}, 0)`` if there is no front matter; a line of text
    between two rules is none, and neither are lines such as ``Anna: Hello`` without title and date.
    """
    for pattern, load in ((_YAML, _yaml_values), (_TOML, _toml_values), (_HEADER, _header_values)):
        if found := pattern.match(text, 0, FRONT_MATTER_CHARACTERS):
            values = load(found.group(1))
            if values is None:
                continue
            is_letter = pattern is _HEADER and not _LETTER_KEYS.isdisjoint(values)
            return values, 0 if is_letter else found.end()
    return {}, 0


def title_in(fields: Mapping[str, object]) -> str:
    """Return the title among the values of a front matter; empty without one."""
    titles = (fields.get(key) for key in TITLE_KEYS)
    return next((title for title in titles if isinstance(title, str) and title.strip()), "")


def _yaml_values(block: str) -> Mapping[str, object] | None:
    """Return names and text values as they were written; None if the block is not a mapping."""
    try:
        mapping = _load_yaml(block)
    except (ValueError, TypeError, OverflowError, RecursionError):
        # Invalid YAML, mostly because of a colon in a title: read the lines of form "key: value".
        mapping = {key: value.strip("\"' ") for key, value in _SIMPLE_KEY.findall(block)}
    if not mapping or not isinstance(mapping, dict):
        return None
    return {
        plain_name(str(key)): "" if value in ("null", "~") else value
        for key, value in mapping.items()
        if isinstance(value, str)
    }


def _load_yaml(block: str) -> object:
    """Return the parsed YAML with strings for all values. Raises ValueError if it is not valid.

    The base loader makes no objects, dates or numbers, so ``title: 2012`` and ``title: Yes``
    stay strings. Aliases are refused, because a small file could expand without limit.
    """
    import yaml  # takes 20 ms to import; most articles have no front matter

    class Loader(yaml.BaseLoader):
        def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
            if self.check_event(yaml.AliasEvent):
                raise yaml.YAMLError("aliases are not read")
            return super().compose_node(parent, index)

    try:
        loader = Loader(block)
        return loader.get_single_data()
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error


def _toml_values(block: str) -> Mapping[str, object] | None:
    """Return names and values of TOML that are text or dates; None if it is not valid."""
    import tomllib

    try:
        mapping = tomllib.loads(block)
    except (ValueError, RecursionError):
        return None
    return {
        plain_name(key): value for key, value in mapping.items() if isinstance(value, str | date)
    }


def _header_values(block: str) -> Mapping[str, object] | None:
    """Return names and values of header lines; None if none is a title or a date."""
    values: dict[str, object] = {
        plain_name(key): value.strip() for key, value in _HEADER_LINE.findall(block)
    }
    return values if any(key in values for key in (*TITLE_KEYS, *DATE_KEYS)) else None
