"""Answer questions over your own articles: exact, sourced, offline.

    from datetime import date
    from qa import Library, Scope

    with Library.open("news") as library:
        report = library.add("articles/")
        print(report.new, "new,", report.unchanged, "unchanged,", report.failed)

        answer = library.ask("Who commands NATO's Libya operation?")
        print(answer.status, answer.confidence, answer.text)
        for citation in answer.citations:
            print(citation.quote, citation.where)

`Library.open` opens the library of that name in the data folder, as ``--library news`` does on the
command line; ``"./news"`` is a path. It is created the first time. `Library.add` reads files and
folders, and only what is new or has changed. Articles can also be added from memory. The source
identifies such an article, so adding it again updates it:

        library.add_articles(
            [
                {
                    "source": "https://example.org/nato",
                    "title": "NATO in Libya",
                    "published": "2011-10-24",
                    "text": "Lieutenant-General Charles Bouchard commands the operation.",
                }
            ]
        )

`Library.ask` returns an `Answer`. Its text is an exact quote from an article, its ``status`` says
whether it is `Status.ANSWERED`, `Status.WEAK` or `Status.NOT_FOUND`, and each `Citation` has the
article, the offsets and the line. `Library.search` returns the best passages without an answer.
A `Scope` limits both to dates or sources:

        scope = Scope(since=date(2011, 10, 1), source="*libya*")
        for hit in library.search("NATO", k=5, scope=scope):
            print(hit.score, hit.passage.article.title, hit.passage.text)

`Library.conversation` starts a conversation, in which a question may refer to what was said before:

        conversation = library.conversation()
        conversation.ask("Who commands NATO's Libya operation?")
        answer = conversation.ask("When does it end?")

Everything that qa raises on purpose is a `QAError`, and its message says what to do. Threads may
share a library. One process writes to it at a time; others can ask it meanwhile.
"""

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

from .errors import (
    LibraryBusyError,
    LibraryDamagedError,
    LibraryError,
    LibraryReadOnlyError,
    LibraryVersionError,
    ModelError,
    ModelMismatchError,
    QAError,
    UsageError,
)

# onnxruntime sends usage data to its maker unless this is set before it is imported.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

if TYPE_CHECKING:
    from .answering.mentions import Mention
    from .answering.retriever import Retrieved
    from .answering.timeline import Event
    from .articles.found import Problem
    from .conversation.dialogue import Dialogue
    from .conversation.past import Past
    from .datatypes import (
        Alternative,
        Answer,
        AnswerKind,
        Article,
        Citation,
        Conversation,
        Hit,
        Passage,
        Scope,
        Status,
        Turn,
        Why,
    )
    from .indexing.report import Progress, Report
    from .library import Library
    from .models.encoder import Encoder
    from .models.reader import Reader
    from .opened import LibraryStatus
    from .questions.choose import SuggestedQuestion
    from .references import CheckedReference, Reference, Standing
    from .settings import Settings
    from .storage.article_store import ArticleRow
    from .storage.doubts import Doubts
    from .storage.vector_files import SketchFacts

__all__ = [
    "Alternative",
    "Answer",
    "AnswerKind",
    "Article",
    "ArticleRow",
    "CheckedReference",
    "Citation",
    "Conversation",
    "Dialogue",
    "Doubts",
    "Encoder",
    "Event",
    "Hit",
    "Library",
    "LibraryBusyError",
    "LibraryDamagedError",
    "LibraryError",
    "LibraryReadOnlyError",
    "LibraryStatus",
    "LibraryVersionError",
    "Mention",
    "ModelError",
    "ModelMismatchError",
    "Passage",
    "Past",
    "Problem",
    "Progress",
    "QAError",
    "Reader",
    "Reference",
    "Report",
    "Retrieved",
    "Scope",
    "Settings",
    "SketchFacts",
    "Standing",
    "Status",
    "SuggestedQuestion",
    "Turn",
    "UsageError",
    "Why",
]

_MODULES = {
    "ArticleRow": "storage.article_store",
    "CheckedReference": "references",
    "Dialogue": "conversation.dialogue",
    "Doubts": "storage.doubts",
    "Encoder": "models.encoder",
    "Event": "answering.timeline",
    "Library": "library",
    "LibraryStatus": "opened",
    "Mention": "answering.mentions",
    "Past": "conversation.past",
    "Problem": "articles.found",
    "Progress": "indexing.report",
    "Reader": "models.reader",
    "Reference": "references",
    "Report": "indexing.report",
    "Retrieved": "answering.retriever",
    "Settings": "settings",
    "SketchFacts": "storage.vector_files",
    "Standing": "references",
    "SuggestedQuestion": "questions.choose",
}
"""Where the public names are that are not in ``datatypes``."""


def __getattr__(name: str) -> Any:
    """Import a public name on first use, so that ``import qa`` and ``qa --help`` stay fast."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_MODULES.get(name, 'datatypes')}", __name__), name)


def __dir__() -> list[str]:
    """List the public names, also before their first use."""
    return sorted({*globals(), *__all__})
