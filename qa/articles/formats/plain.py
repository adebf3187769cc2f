"""Plain text: the whole file is the article, without what is no text in it."""

import re

from ..inline import PARAGRAPH, is_html, without_data, without_entities, without_tags
from ..numbered import Numbered

_QUOTED = re.compile(r"^(?:> ?)+")


def plain_lines(text: str, first_line: int = 1) -> list[Numbered] | None:
    """Return the lines of a cleaned text without tags, entities, files and marks of quotation.

    The first line has this number in the source. None if there is nothing of that in it.
    """
    plain = without_data(text)
    if is_html(plain):
        plain = without_tags(plain)
    plain = without_entities(plain)
    lines = [
        (number, part)
        for number, line in enumerate(plain.split("\n"), first_line)
        for part in _QUOTED.sub("", line, count=1).replace(PARAGRAPH, "\n\n").split("\n")
    ]
    return None if [line for _, line in lines] == text.split("\n") else lines
