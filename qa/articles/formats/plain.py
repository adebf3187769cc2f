"""Plain text: the whole file is the article."""

from ...datatypes import Article
from ..build import build_article


def read(source: str, text: str) -> Article:
    """Return the article of a cleaned file; a ``date …`` line stays in the text."""
    return build_article(source, text)
