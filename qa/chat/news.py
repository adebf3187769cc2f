"""What the worker threads report. Each report names the question it is about."""

from collections.abc import Sequence

from textual.message import Message

from ..datatypes import Answer, Conversation, Hit, Turn
from ..indexing import Report
from .entries import Entry


class Opened(Message):
    """The library is open."""

    def __init__(self, name: str, articles: int, titles: Sequence[str]) -> None:
        super().__init__()
        self.name = name
        """What the library is called."""
        self.articles = articles
        """How many articles are asked."""
        self.titles = titles
        """Titles of the newest."""


class NotOpened(Message):
    """The library cannot be opened."""

    def __init__(self, error: str) -> None:
        super().__init__()
        self.error = error
        """Why, and what to do."""


class Prepared(Message):
    """The models are loaded, or cannot be."""

    def __init__(self, seconds: float, error: str = "") -> None:
        super().__init__()
        self.seconds = seconds
        """How long it took."""
        self.error = error
        """Why not, and what to do; empty when they are."""


class Narrated(Message):
    """The library says what it is doing."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text
        """In words."""


class OfQuestion(Message):
    """A report about one question."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number
        """The question's number in this run of the chat."""


class Resolved(OfQuestion):
    """It is known what will be searched."""

    def __init__(self, number: int, searched: str) -> None:
        super().__init__(number)
        self.searched = searched
        """The question in a form that stands alone."""


class Found(OfQuestion):
    """The passages are there; they are being read."""

    def __init__(self, number: int, hits: Sequence[Hit]) -> None:
        super().__init__(number)
        self.hits = hits
        """Best first."""


class Answered(OfQuestion):
    """The answer is there."""

    def __init__(self, number: int, answer: Answer) -> None:
        super().__init__(number)
        self.answer = answer
        """What the articles say."""


class NotAnswered(OfQuestion):
    """Something went wrong."""

    def __init__(self, number: int, error: str) -> None:
        super().__init__(number)
        self.error = error
        """What, and what to do."""


class Kept(OfQuestion):
    """The library remembers the question with its answer."""

    def __init__(self, number: int, conversation: int, turn: Turn) -> None:
        super().__init__(number)
        self.conversation = conversation
        """The conversation it became part of."""
        self.turn = turn
        """As it is remembered."""


class Failed(Message):
    """Something beside the questions went wrong: remembering, judging, listing."""

    def __init__(self, error: str) -> None:
        super().__init__()
        self.error = error
        """What, and what to do."""


class Indexing(Message):
    """How far indexing has got."""

    def __init__(self, share: float, articles: int) -> None:
        super().__init__()
        self.share = share
        """Of what there is to read, in [0, 1]."""
        self.articles = articles
        """How many are in."""


class Indexed(Message):
    """Indexing is over."""

    def __init__(self, report: Report | None, error: str = "") -> None:
        super().__init__()
        self.report = report
        """What was found; None when it failed."""
        self.error = error
        """Why it failed, and what to do."""


class Listed(Message):
    """The conversations there are."""

    def __init__(self, conversations: Sequence[Conversation]) -> None:
        super().__init__()
        self.conversations = conversations
        """The one last spoken in first."""


class Resumed(Message):
    """An earlier conversation, to be taken up again."""

    def __init__(self, conversation: int, entries: Sequence[Entry]) -> None:
        super().__init__()
        self.conversation = conversation
        """Its number."""
        self.entries = entries
        """Its questions, oldest first."""
