"""Markdown: optional front matter between two ``---`` lines, then the article.

The markup stays in the text, so that a quote can be found in the file.
"""

import re
from collections.abc import Mapping

from ...datatypes import Article
from ..build import build_article
from ..dates import parse_date

FRONT_MATTER_CHARACTERS = 64_000
"""Longest front matter; anything longer counts as text."""
DATE_KEYS = ("date", "published", "publish_date", "publishdate", "pubdate")
"""Keys of the publication date, in lower case, best first."""

_FRONT_MATTER = re.compile(r"---[^\S\n]*\n(.*?)^(?:---|\.\.\.)[^\S\n]*(?:\n|\Z)", re.DOTALL | re.M)
_SIMPLE_KEY = re.compile(r"^([A-Za-z_]\w*):[^\S\n]+(\S.*)$", re.M)
_HEADING = re.compile(r"^ {0,3}#[^\S\n]+(\S.*)$", re.M)
_CODE_BLOCK = re.compile(r"^ {0,3}(```|~~~).*?^ {0,3}\1", re.DOTALL | re.M)


def read(source: str, text: str) -> Article:
    """Return the article of a cleaned file."""
    fields, body_start = front_matter(text)
    body = text[body_start:]
    dates = (parse_date(fields.get(key)) for key in DATE_KEYS)
    return build_article(
        source,
        body,
        title=fields.get("title", "") or _heading(body),
        published=next((day for day in dates if day), None),
        dated="front matter",
        first_line=1 + text.count("\n", 0, body_start),
    )


def front_matter(text: str) -> tuple[Mapping[str, str], int]:
    """Return the text values of the front matter by lower-case key, and the offset of the body.

    Return ``({}, 0)`` if there is no front matter; a line of text between two rules is none.
    """
    found = _FRONT_MATTER.match(text, 0, FRONT_MATTER_CHARACTERS)
    if not found:
        return {}, 0
    fields = _fields(found.group(1))
    return ({}, 0) if fields is None else (fields, found.end())


def _fields(block: str) -> Mapping[str, str] | None:
    """Return keys and text values as they were written; None if the block is not a mapping."""
    try:
        mapping = _load_yaml(block)
    except (ValueError, TypeError, OverflowError, RecursionError):
        # Invalid YAML, mostly because of a colon in a title: read the lines of form "key: value".
        mapping = {key: value.strip("\"' ") for key, value in _SIMPLE_KEY.findall(block)}
    if not mapping or not isinstance(mapping, dict):
        return None
    return {
        str(key).lower(): "" if value in ("null", "~") else value
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


def _heading(body: str) -> str:
    """Return the first level-one heading, or an empty string."""
    start = 0
    found = None
    for block in [*_CODE_BLOCK.finditer(body), None]:
        found = _HEADING.search(body, start, block.start() if block else len(body))
        if found or not block:
            break
        start = block.end()
    if not found:
        return ""
    before, _, last_word = found.group(1).rstrip().rpartition(" ")
    return before if before and not last_word.strip("#") else found.group(1)
