"""Plain text: the whole file is the article."""

from ...datatypes import Article
from ..build import build_article


def read(source: str, text: str) -> Article:
    """The article of a cleaned file, its ``date …`` line included."""
    return build_article(source, text)
