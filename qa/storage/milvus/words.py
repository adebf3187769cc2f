"""The words of texts and questions as Milvus's ``standard`` analyser keeps them apart."""

from collections.abc import Iterable
from functools import cache

from tantivy import TextAnalyzer

from ...folding import plain, split, words
from ...terms import NAMES, capitals
from ..full_text import english_stemmer

NAME = "zq9name"
"""Begins the token of a stop word that is written as a name."""

OTHER = "zq9x"
"""Begins the token of a word with other characters than letters and digits of ASCII."""


@cache
def _stemmer() -> TextAnalyzer:
    return english_stemmer()


def stems(text: str) -> list[str]:
    """Return the words of a text, folded, without English endings."""
    return list(_stemmer().analyze(" ".join(words(text))))


def terms_of(text: str) -> str:
    """Return the tokens of a text that is stored, separated by spaces."""
    plainly = plain(text)
    folded = " ".join(split(plainly.casefold()))
    found = [token(stem) for stem in _stemmer().analyze(folded)]
    return " ".join([*found, *map(name_token, capitals(plainly))])


def question_tokens(terms: Iterable[str]) -> list[str]:
    """Return the tokens that the terms of a question are searched as, each once."""
    found: dict[str, None] = {}
    for term in terms:
        if term in NAMES:
            found[name_token(term)] = None
        else:
            found.update(dict.fromkeys(map(token, stems(term))))
    return list(found)


def token(stem: str) -> str:
    """Return a stem as a token that no analyser takes apart."""
    return stem if stem.isascii() and stem.isalnum() else f"{OTHER}{stem.encode().hex()}"


def name_token(word: str) -> str:
    """Return the token of a stop word that is written like this."""
    return f"{NAME}{'u' if len(word) > 1 and word.isupper() else 'c'}{word.lower()}"
