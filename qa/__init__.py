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

`Libraries.open` opens several libraries, which answer as one; ``citation.article.library`` says
which one an article is of.

`Library.write` lets a language model write an answer out, if the settings name its server, and
checks each sentence. It yields each `Piece` of text and each `CheckedSentence` as they come, and at
last all of it as `Written`.

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
    ServerError,
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
        Hit,
        Passage,
        Scope,
        Status,
        Why,
    )
    from .indexing.report import Progress, Report
    from .language_model import LanguageModel
    from .libraries import Libraries
    from .library import Library
    from .models.encoder import Encoder
    from .models.reader import Reader
    from .opened import LibraryStatus
    from .questions.choose import SuggestedQuestion
    from .references import CheckedReference, Reference, Standing
    from .remote import MilvusLibrary
    from .settings import Settings
    from .storage.article_store import ArticleRow
    from .storage.doubts import Doubts
    from .storage.vector_files import SketchFacts
    from .turns import Conversation, Turn, TurnSentence, TurnWriting
    from .writing.checked import CheckedSentence, SentenceChecker, Support
    from .writing.exchange import Limits
    from .writing.server import ChatServer, Ended, HttpChatServer, Message
    from .writing.write import Ending, Piece, Written

__all__ = [
    "Alternative",
    "Answer",
    "AnswerKind",
    "Article",
    "ArticleRow",
    "ChatServer",
    "CheckedReference",
    "CheckedSentence",
    "Citation",
    "Conversation",
    "Dialogue",
    "Doubts",
    "Encoder",
    "Ended",
    "Ending",
    "Event",
    "Hit",
    "HttpChatServer",
    "LanguageModel",
    "Libraries",
    "Library",
    "LibraryBusyError",
    "LibraryDamagedError",
    "LibraryError",
    "LibraryReadOnlyError",
    "LibraryStatus",
    "LibraryVersionError",
    "Limits",
    "Mention",
    "Message",
    "MilvusLibrary",
    "ModelError",
    "ModelMismatchError",
    "Passage",
    "Past",
    "Piece",
    "Problem",
    "Progress",
    "QAError",
    "Reader",
    "Reference",
    "Report",
    "Retrieved",
    "Scope",
    "SentenceChecker",
    "ServerError",
    "Settings",
    "SketchFacts",
    "Standing",
    "Status",
    "SuggestedQuestion",
    "Support",
    "Turn",
    "TurnSentence",
    "TurnWriting",
    "UsageError",
    "Why",
    "Written",
]

_MODULES = {
    "ArticleRow": "storage.article_store",
    "ChatServer": "writing.server",
    "CheckedReference": "references",
    "CheckedSentence": "writing.checked",
    "Conversation": "turns",
    "Dialogue": "conversation.dialogue",
    "Doubts": "storage.doubts",
    "Encoder": "models.encoder",
    "Ended": "writing.server",
    "Ending": "turns",
    "Event": "answering.timeline",
    "HttpChatServer": "writing.server",
    "LanguageModel": "language_model",
    "Libraries": "libraries",
    "Library": "library",
    "LibraryStatus": "opened",
    "Limits": "writing.exchange",
    "Mention": "answering.mentions",
    "Message": "writing.server",
    "MilvusLibrary": "remote",
    "Past": "conversation.past",
    "Piece": "writing.write",
    "Problem": "articles.found",
    "Progress": "indexing.report",
    "Reader": "models.reader",
    "Reference": "references",
    "Report": "indexing.report",
    "Retrieved": "answering.retriever",
    "SentenceChecker": "writing.checked",
    "Settings": "settings",
    "SketchFacts": "storage.vector_files",
    "Standing": "references",
    "SuggestedQuestion": "questions.choose",
    "Support": "turns",
    "Turn": "turns",
    "TurnSentence": "turns",
    "TurnWriting": "turns",
    "Written": "writing.write",
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
