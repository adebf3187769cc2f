"""The rows at the top and bottom of the screen."""

from collections.abc import Callable, Sequence

from rich.cells import cell_len
from textual.content import Content
from textual.style import Style
from textual.timer import Timer

from ..actions import Action
from ..layout import shortened
from ..talk import Talk
from ..wording import counted, scope_words
from .text import PlainText

REMARK_SECONDS = 4.0
"""How long a remark stays in the bottom row."""

CLOCK_SECONDS = 0.1
"""How often the waiting time in the bottom row is updated."""


class Rule(PlainText):
    """A horizontal line that joins the vertical line between the panes.

    It is highlighted along the pane that has the focus.
    """

    def __init__(
        self,
        join: str,
        split: Callable[[], int | None],
        focused: Callable[[], tuple[int, int] | None],
    ) -> None:
        """``join`` is drawn at the column that ``split`` returns, if it returns one.

        ``focused`` returns the columns of the pane that has the focus, if one has it.
        """
        super().__init__(classes="rule")
        self._join = join
        self._split = split
        self._focused = focused

    def render(self) -> Content:
        """Draw the line."""
        split, width = self._split(), self.size.width
        first, last = self._focused() or (0, 0)
        line = "─" * first + "━" * (last - first) + "─" * (width - last)
        if split is not None and 0 < split < width:
            line = line[:split] + self._join + line[split + 1 :]
        return Content(line).stylize(".focused", first, last)


class TopRow(PlainText):
    """The library, how many articles are searched, and the filter."""

    def __init__(self, talk: Talk) -> None:
        super().__init__(id="top")
        self._talk = talk

    def render(self) -> Content:
        """Draw the library on the left and the filter on the right."""
        talk, width = self._talk, self.size.width
        title = f"qa · {talk.library}" if talk.library else "qa"
        if talk.articles is not None:
            title += f" · {counted(talk.articles, 'article')}"
        if talk.is_watching:
            title += " · watching"
        right = shortened(scope_words(talk.scope), max(10, width // 2))
        left = shortened(title, max(0, width - cell_len(right) - 4))
        gap = max(1, width - cell_len(left) - cell_len(right) - 2)
        click = Style.from_meta({"@click": "app.filter"})
        tone = ".scope" if talk.scope.is_all else ".scope-narrow"
        scope = Content.styled(right, tone).stylize(click)
        return Content.assemble(" ", (left, ".library"), " " * gap, scope, " ")


class BottomRow(PlainText):
    """The keys that work now, and the status."""

    def __init__(self, talk: Talk) -> None:
        super().__init__(id="bottom")
        self.status = ""
        """The status in words."""
        self._talk = talk
        self._remark = ""
        self._clock: Timer | None = None
        self._actions: Sequence[Action] = ()
        self._digits = ""

    def show_actions(self, actions: Sequence[Action], *, digits: str) -> None:
        """Show these actions; ``digits`` are the keys that open sources, empty if none can."""
        if (actions, digits) != (self._actions, self._digits):
            self._actions, self._digits = actions, digits
            self.refresh()

    def say(self, remark: str) -> None:
        """Show a remark for a while."""
        self._remark = remark
        self.update_status()
        self.set_timer(REMARK_SECONDS, lambda: self._forget(remark))

    def update_status(self) -> None:
        """Show what is going on, and go on updating it while a question is being answered."""
        is_waiting = self._talk.pending is not None or self._talk.writing is not None
        if is_waiting and self._clock is None:
            self._clock = self.set_interval(CLOCK_SECONDS, self.update_status)
        elif not is_waiting and self._clock is not None:
            self._clock.stop()
            self._clock = None
        status = self._talk.activity(self._remark)
        if status != self.status:
            self.status = status
            self.refresh()

    def render(self) -> Content:
        """Draw the status on the right and as many keys as fit on the left."""
        width = self.size.width
        status = shortened(self.status, max(10, width - 12)) if self.status else ""
        room = width - cell_len(status) - 4
        hints = [(action.shown_key, action.hint, action.call) for action in self._actions]
        if self._digits:
            hints.insert(1, (self._digits, "source", "screen.next_source"))
        parts: list[Content | str | tuple[str, str]] = [" "]
        used = 1
        for key, word, call in hints:
            needed = len(key) + len(word) + 4
            if used + needed > room + 3:
                break
            hint = Content.assemble((key, ".key"), (f" {word}", ".hint"))
            parts += [hint.stylize(Style.from_meta({"@click": call})), "   "]
            used += needed
        gap = max(1, width - used - cell_len(status) - 1)
        return Content.assemble(*parts, " " * gap, (status, ".status"), " ")

    def _forget(self, remark: str) -> None:
        if self._remark == remark:
            self._remark = ""
            self.update_status()
