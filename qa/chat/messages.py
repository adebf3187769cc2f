"""Messages from the threads that use the library. Each one updates the state of the chat."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

from textual.message import Message

from ..answering.timeline import Event
from ..datatypes import Answer, Article, Hit, Scope
from ..indexing import Report
from ..storage.article_store import ArticleRow
from ..turns import Conversation, Turn
from .browsing import Story
from .entries import Entry
from .talk import Talk
from .written import WritingStep


@dataclass
class QuestionMessage(Message):
    """Something happened to one question."""

    number: int
    """The question's number in this run of the chat."""

    @abstractmethod
    def apply(self, talk: Talk) -> Entry | None:
        """Update the state; return the entry to show again, or None if nothing to see changed."""


@dataclass
class Found(QuestionMessage):
    """Passages were found and are being read."""

    hits: Sequence[Hit]
    """The passages, best first."""

    def apply(self, talk: Talk) -> Entry | None:
        """Store the passages."""
        return talk.found(self.number, self.hits)


@dataclass
class Answered(QuestionMessage):
    """The question was answered."""

    answer: Answer
    """The answer."""

    def apply(self, talk: Talk) -> Entry | None:
        """Store the answer."""
        return talk.answered(self.number, self.answer)


@dataclass
class NotAnswered(QuestionMessage):
    """Answering failed."""

    error: str
    """What went wrong, and what to do."""

    def apply(self, talk: Talk) -> Entry | None:
        """Store the error."""
        return talk.failed(self.number, self.error)


@dataclass
class Stored(QuestionMessage):
    """The library stored the question with its answer."""

    turn: Turn
    """The stored turn."""

    def apply(self, talk: Talk) -> Entry | None:
        """Store the turn."""
        return talk.stored(self.number, self.turn)


@dataclass
class Wrote(Message):
    """Something happened to a written answer."""

    number: int
    """The question's number in this run of the chat."""
    run: int
    """Number of the wish for the written answer."""
    step: WritingStep
    """What happened."""

    def apply(self, talk: Talk) -> Entry | None:
        """Store it; return the entry to show again, or None if nobody waits for it."""
        return talk.wrote(self.number, self.run, self.step)


class AppMessage(Message):
    """A message that the app handles, not the main screen."""


@dataclass
class LibraryMessage(AppMessage):
    """Something about the library or its models changed."""

    @abstractmethod
    def apply(self, talk: Talk) -> None:
        """Update the state."""


@dataclass
class Counted(LibraryMessage):
    """The library is open and the articles in the scope are counted."""

    name: str
    """Name of the library."""
    articles: int
    """Number of articles in the scope."""
    titles: Sequence[str]
    """Titles of the newest of them."""
    has_writer: bool = False
    """Whether the person has named a language model's server."""

    def apply(self, talk: Talk) -> None:
        """Store name, count, titles, and whether there is a server."""
        talk.library, talk.articles, talk.titles = self.name, self.articles, tuple(self.titles)
        talk.has_writer = self.has_writer


@dataclass
class Suggested(LibraryMessage):
    """The articles suggest these questions."""

    questions: Sequence[str]
    """The questions; the library was sure of the answers."""
    scope: Scope
    """The filter that was in force."""

    def apply(self, talk: Talk) -> None:
        """Store the questions."""
        talk.suggest(self.questions, self.scope)


@dataclass
class NotOpened(LibraryMessage):
    """The library cannot be opened."""

    error: str
    """What went wrong, and what to do."""

    def apply(self, talk: Talk) -> None:
        """Store the error."""
        talk.prepared(self.error)


@dataclass
class Prepared(LibraryMessage):
    """The models are loaded, or cannot be."""

    error: str = ""
    """What went wrong, and what to do; empty on success."""

    def apply(self, talk: Talk) -> None:
        """Note that nothing is loading any more."""
        talk.prepared(self.error)


@dataclass
class Logged(LibraryMessage):
    """The library logged what it is doing."""

    text: str
    """The log message."""

    def apply(self, talk: Talk) -> None:
        """Store the log message, for the status while the models load."""
        talk.logged = self.text


@dataclass
class Indexing(LibraryMessage):
    """Indexing made progress."""

    share: float
    """Share of the bytes that is indexed, in [0, 1]."""
    articles: int
    """Number of articles that are new or changed so far."""

    def apply(self, talk: Talk) -> None:
        """Store the progress."""
        talk.indexing_went_on(self.share, self.articles)


@dataclass
class Indexed(LibraryMessage):
    """Indexing ended."""

    report: Report | None
    """The outcome; None if it failed or was stopped."""
    error: str = ""
    """What went wrong, and what to do; empty if it was stopped."""

    def apply(self, talk: Talk) -> None:
        """Note that this run of indexing ended."""
        talk.indexing_ended()


@dataclass
class WatchBegan(LibraryMessage):
    """From now on files are indexed as they change."""

    def apply(self, talk: Talk) -> None:
        """Note that files are watched."""
        talk.is_watching = True


@dataclass
class WatchEnded(LibraryMessage):
    """Files are no longer indexed as they change."""

    reason: str = ""
    """What went wrong, and what to do; empty if it was stopped."""

    def apply(self, talk: Talk) -> None:
        """Note that files are not watched."""
        talk.is_watching = False


@dataclass
class Updating(LibraryMessage):
    """Files have changed and are being indexed."""

    def apply(self, talk: Talk) -> None:
        """Note that a run of indexing began."""
        talk.indexing_began()


@dataclass
class Updated(Indexed):
    """Files that had changed were indexed, or could not be."""

    remark: str = ""
    """What is to be said of it; empty if nothing is."""


@dataclass
class Resumed(Message):
    """A stored conversation was loaded, or the shown one was deleted."""

    entries: Sequence[Entry]
    """Its questions, oldest first; none if there is no conversation to show."""


@dataclass
class NotResumed(Message):
    """A stored conversation could not be loaded. The shown one stays."""


@dataclass
class Listed(AppMessage):
    """The stored conversations, in answer to a request for them."""

    conversations: Sequence[Conversation]
    """The most recently used first."""


@dataclass
class ArticlesListed(AppMessage):
    """The articles in a scope, in answer to a request for them."""

    rows: Sequence[ArticleRow]
    """The articles, newest first."""
    stories: Sequence[Story]
    """The newest of them by story, the largest story first."""
    scope: Scope
    """The scope."""


@dataclass
class TimelineFound(Message):
    """The dated sentences of a timeline were looked for."""

    number: int
    """The timeline's number."""
    searched: str
    """The question as it was searched."""
    events: Sequence[Event]
    """The sentences in the order of what they tell."""
    note: str = ""
    """Why there are none; empty if there are some."""

    def apply(self, talk: Talk) -> bool:
        """Store the sentences; return whether the timeline is still open."""
        timeline = talk.timeline
        if timeline is None or timeline.subject.number != self.number:
            return False
        timeline.searched, timeline.events = self.searched, self.events
        timeline.note = self.note
        return True


@dataclass
class ArticleRead(Message):
    """An article of the list was read, to be shown."""

    article: Article
    """The article."""


@dataclass
class Failed(AppMessage):
    """Something other than answering failed: storing, judging, listing, resuming."""

    error: str
    """What went wrong, and what to do."""
