"""Answers over your own articles: exact, sourced, offline.

from qa import Library

with Library.open("my-library") as library:
    library.add("articles/")
    answer = library.ask("Who commands NATO's Libya operation?")
    print(answer.text, answer.citations[0].article.source)
"""

import os
from typing import TYPE_CHECKING, Any

from .errors import QAError

# onnxruntime reports its use to its maker unless this is set before it is imported.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

if TYPE_CHECKING:
    from .datatypes import Answer, Article, Citation, Conversation, Hit, Passage, Scope, Turn
    from .library import Library

__all__ = [
    "Answer",
    "Article",
    "Citation",
    "Conversation",
    "Hit",
    "Library",
    "Passage",
    "QAError",
    "Scope",
    "Turn",
]


def __getattr__(name: str) -> Any:
    """Import on first use, so that ``qa --help`` does not wait for FAISS and onnxruntime."""
    if name == "Library":
        from .library import Library

        return Library
    if name in __all__:
        from . import datatypes

        return getattr(datatypes, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
