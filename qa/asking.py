"""What can be asked of a library, or of several as one."""

import threading
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import islice, takewhile
from typing import TYPE_CHECKING

from .datatypes import Answer, Article, ArticleId, ArticleRowId, Hit, Passage, Scope, Span
from .errors import UsageError
from .language_model import no_language_model
from .settings import HITS, Settings, folders
from .storage.article_store import ArticleRow

# Imported on first use: each takes longer to import than `qa ls` takes to run.
if TYPE_CHECKING:
    from .answering.mentions import Mention
    from .answering.retriever import Retrieved, Retriever
    from .answering.session import Session
    from .answering.timeline import Event
    from .conversation.dialogue import Dialogue
    from .conversation.past import Past
    from .models.encoder import Encoder
    from .models.reader import Reader
    from .questions.choose import SuggestedQuestion
    from .storage.conversations import Conversations
    from .storage.protocol import Storage
    from .writing.checked import CheckedSentence, SentenceChecker
    from .writing.server import ChatServer
    from .writing.write import Piece, Written


SUGGESTED = 4
"""Questions that are suggested: as many as the first screen of the chat has room for."""

SUGGESTING = 600
"""Newest articles that questions are suggested from. Reading them takes half a second."""


class Asking:
    """The part of `Library` and `Libraries` that answers; it writes no articles."""

    settings: Settings
    """The settings that it was opened with; of several libraries, those of the first."""
    _store: "Storage"
    _models: tuple[str | None, str | None, str | None]
    """Encoder, reader and device that were asked for."""

    @property
    def encoder(self) -> "Encoder":
        """The model that embeds articles and questions, loaded on first use.

        Raises ModelError if it is not installed, ModelMismatchError if another model embedded the
        library.
        """
        return self._session.encoder

    @property
    def reader(self) -> "Reader":
        """The model that finds answers, loaded on first use.

        Raises ModelError if it is not installed.
        """
        return self._session.reader

    def search(self, question: str, *, k: int = HITS, scope: Scope | None = None) -> list[Hit]:
        """Return the k passages that fit a question best, best first.

        Raises UsageError for an empty question, LibraryError for a library without articles.
        """
        return list(self.retrieve(question, k=k, scope=scope).hits)

    def retrieve(self, question: str, *, k: int = HITS, scope: Scope | None = None) -> "Retrieved":
        """Return what `search` returns, with notes on how the question was searched.

        Raises what `search` raises.
        """
        from .answering.retriever import cleaned_question

        wording = self._retriever.reworded(cleaned_question(question))
        found = self._retriever.retrieve(wording.text, k, scope or Scope())
        return replace(found, notes=(*wording.notes, *found.notes))

    def ask(
        self,
        question: str,
        *,
        k: int = HITS,
        scope: Scope | None = None,
        on_hits: Callable[[list[Hit]], None] | None = None,
    ) -> Answer:
        """Answer a question from the articles, or say that they do not hold the answer.

        ``on_hits`` is called in this thread with the k best passages, before they are read. Raises
        UsageError for an empty question, LibraryError for a library without articles, ModelError
        if a model is not installed.
        """
        if k < 1:
            raise UsageError("The number of hits must be at least 1.")
        # The reader loads in a thread while this one imports the rest.
        self._session.load_reader_early()
        from .answering.answer import ask_once
        from .answering.copies import with_copies
        from .answering.retriever import cleaned_question

        started = time.perf_counter()
        found = ask_once(
            cleaned_question(question),
            self._session,
            self._retriever,
            k=k,
            scope=scope or Scope(),
            on_hits=on_hits,
            started=started,
        )
        return with_copies(found, self._store)

    def write(
        self,
        answer: Answer,
        *,
        server: "ChatServer | None" = None,
        checker: "SentenceChecker | None" = None,
        cancelled: threading.Event | None = None,
    ) -> "Generator[Piece | CheckedSentence | Written, None, None]":
        """Let a language model write an answer out, and check each of its sentences.

        Only the question and the passages of ``answer`` are sent, and only to ``server``, by
        default the one that the settings name. The iterator yields each piece of text as it
        comes, each checked sentence as soon as it is finished, and at last the whole. Setting
        ``cancelled`` from another thread, or closing the iterator, ends the connection at once. A
        failure of the server is named in the last event. Raises UsageError if no server is named,
        or if the variable with its key is empty.
        """
        from .models.opening import open_verifier
        from .writing.check import Checker
        from .writing.write import write

        chosen = server or self.chat_server()
        if checker is None:
            checker = Checker(self._session.encoder, self._session.reader, open_verifier())
        return write(answer, chosen, checker, cancelled=cancelled)

    def chat_server(self) -> "ChatServer":
        """Return the language model's server that the settings name; nothing is contacted.

        Raises UsageError as `write` does.
        """
        from .writing.server import HttpChatServer

        if self.settings.language_model is None:
            raise no_language_model(str(folders().config / "config.toml"))
        return HttpChatServer(self.settings.language_model)

    def mentions(self, term: str, *, scope: Scope | None = None) -> "list[Mention]":
        """Return every article that mentions a term, newest first, each with all its places.

        Several words must stand next to each other. Case, accents and English endings make no
        difference, as in search. Raises UsageError for a term without a word.
        """
        from .answering.mentions import mentions

        return mentions(self._session, term, scope or Scope())

    def timeline(self, question: str, *, scope: Scope | None = None) -> "list[Event]":
        """Return the dated sentences on a subject, the earliest first. Raises what `ask` raises."""
        from .answering.timeline import timeline

        return timeline(question, self._retriever, scope or Scope())

    def articles(self, scope: Scope | None = None) -> list[ArticleRow]:
        """Return the articles in a scope without their texts, newest first; by default all."""
        return self._store.article_rows(scope)

    def stories(self, scope: Scope | None = None) -> list[tuple[ArticleRow, ...]]:
        """Return the newest articles in a scope by story: those on the same events together.

        The story with most articles comes first; an article may be on a story of its own.
        """
        from .conversation.telling import stories

        return stories(self._session, self.articles(scope))

    def suggested_questions(
        self,
        limit: int = SUGGESTED,
        scope: Scope | None = None,
        *,
        is_wanted: Callable[[], bool] = lambda: True,
    ) -> "list[SuggestedQuestion]":
        """Return questions that the newest articles in a scope suggest, on different stories.

        Each was asked of the scope, and the answer was sure and from that article; there may be
        fewer than ``limit``, or none. ``is_wanted`` is called before each step; once it returns
        false, what was found so far is returned. Raises what `ask` raises.
        """
        from .questions.choose import suggested
        from .questions.words import collect_lexicon

        rows = self.articles(scope)[:SUGGESTING]
        found = self._store.articles([row.id for row in rows])
        articles = [found[row.id] for row in rows if row.id in found]
        lexicon = collect_lexicon(article.text for article in articles)

        def read(question: str, passage: Passage) -> list[Span]:
            return list(self.reader.read(question, [passage])) if is_wanted() else []

        def ask(question: str) -> Answer:
            return self.ask(question, scope=scope)

        questions = suggested(articles, lexicon, read, ask)
        return list(islice(takewhile(lambda _: is_wanted(), questions), limit))

    def passage_counts(self) -> dict[ArticleRowId, int]:
        """Return the number of passages of each article, by its row number."""
        return self._store.passage_counts()

    def find(self, *names: str) -> list[ArticleRow]:
        """Return the articles with these numbers, sources or paths, newest first.

        A path may name a file or a folder, and its first parts may be left out. Raises UsageError
        for a name that no article has.
        """
        wanted: set[ArticleRowId] = set()
        for name in names:
            found = self._store.find_articles(name)
            if not found:
                raise UsageError(f"No article is called {name}. See them all: qa ls")
            wanted.update(found)
        return self._store.article_rows(ids=sorted(wanted))

    def article(self, identifier: ArticleId | int) -> Article:
        """Return the article with that number, with its text. Raises UsageError if none has it."""
        text = str(identifier)
        number = ArticleRowId(int(text) if text.isascii() and text.isdecimal() else 0)
        found = self._store.articles([number] if number < 2**63 else [])
        if not found:
            raise UsageError(f"No article has the number {identifier}. See them all: qa ls")
        return found[number]

    def conversation(
        self, number: int | None = None, *, earlier: "Sequence[Past]" = ()
    ) -> "Dialogue":
        """Begin a conversation, or continue the stored one with a number.

        Its questions may leave out what was just spoken of. ``earlier`` are turns that are not
        stored, oldest first. Raises UsageError if no conversation has that number.
        """
        # The reader loads in a thread while this one imports the rest.
        self._session.load_reader_early()
        from .conversation.dialogue import Dialogue

        return Dialogue(
            self._session, self._retriever, lambda: self._conversations, number, earlier
        )

    @cached_property
    def _retriever(self) -> "Retriever":
        from .answering.retriever import Retriever

        return Retriever(self._session)

    @cached_property
    def _session(self) -> "Session":
        from .answering.session import Session

        return Session(self._store, *self._models)

    @cached_property
    def _conversations(self) -> "Conversations":
        raise UsageError("A conversation is kept in one library; name one with --library.")
