"""What the bottom row says of what is going on."""

import time

from textual.css.query import NoMatches
from textual.timer import Timer

from ..answering.answer import READ_PASSAGES
from .bars import counted
from .view import ChatView

SAID_SECONDS = 4.0
"""How long a remark stays in the bottom row."""


class BusyView(ChatView):
    """Loading, looking, reading, indexing: says which, and for how long."""

    def __init__(self) -> None:
        super().__init__()
        self.is_prepared = False
        """Whether the models are loaded, or known not to load."""
        self.indexing = ""
        """How far indexing has got, in words; empty when none is going on."""
        self.said = ""
        """A remark that stays for a while."""
        self._asked_at = 0.0
        self._timer: Timer | None = None

    def say(self, words: str) -> None:
        """Put a remark into the bottom row for a while."""
        self.said = words
        self.say_what_goes_on()
        self.set_timer(SAID_SECONDS, lambda: self._unsay(words))

    def watch_the_clock(self) -> None:
        """Begin to say how long the person has been waiting."""
        self._asked_at = time.perf_counter()
        if self._timer is None:
            self._timer = self.set_interval(0.1, self.say_what_goes_on)

    def rest(self) -> None:
        """End it."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        self.say_what_goes_on()

    def say_what_goes_on(self) -> None:
        """Bring the bottom row up to date."""
        pending = next((entry for entry in self.entries if entry.is_pending), None)
        if pending is not None and self.is_prepared:
            took = time.perf_counter() - self._asked_at
            read = min(len(pending.hits), READ_PASSAGES)
            doing = f"reading {counted(read, 'passage')}" if read else "looking"
            words = f"{doing} · {took:.1f} s"
        elif not self.is_prepared:
            words = self.said or "loading the models …"
        else:
            words = self.indexing or self.said
        try:
            self.bottom.show_status(words)
        except NoMatches:
            return  # a timer's last call, while the screen is being taken down

    def _unsay(self, words: str) -> None:
        if self.said == words:
            self.said = ""
            self.say_what_goes_on()
