"""The rows above and below: what is asked, what can be done, what is going on."""

from collections.abc import Callable, Sequence

from rich.cells import cell_len
from textual.content import Content
from textual.style import Style

from ..datatypes import Scope
from ..render import written_date
from .actions import Action
from .layout import shortened
from .words import Words


class Rule(Words):
    """A line across the screen, joined to the one between the panes."""

    def __init__(self, join: str, split: Callable[[], int | None]) -> None:
        super().__init__(classes="rule")
        self._join = join
        self._split = split

    def render(self) -> Content:
        """Draw it; the pane's edge moves with the width."""
        split, width = self._split(), self.size.width
        if split is None or not 0 < split < width:
            return Content("─" * width)
        return Content("─" * split + self._join + "─" * (width - split - 1))


class TopRow(Words):
    """What is asked: the library, how many articles, which of them."""

    def __init__(self) -> None:
        super().__init__(id="top")
        self._left = "qa"
        self._scope = Scope()

    def show(self, name: str, articles: int | None, scope: Scope) -> None:
        """Say what is asked."""
        count = "" if articles is None else f" · {counted(articles, 'article')}"
        self._left, self._scope = f"qa · {name}{count}", scope
        self.refresh()

    def render(self) -> Content:
        """Lay both ends out on the width there is."""
        width = self.size.width
        right = shortened(scope_words(self._scope), max(10, width // 2))
        room = max(0, width - cell_len(right) - 4)
        left = shortened(self._left, room)
        gap = max(1, width - cell_len(left) - cell_len(right) - 2)
        click = Style.from_meta({"@click": "screen.filter"})
        tone = ".scope" if self._scope.is_all else ".scope-narrow"
        scope = Content.styled(right, tone).stylize(click)
        return Content.assemble(" ", (left, ".library"), " " * gap, scope, " ")


class BottomRow(Words):
    """The keys that make sense now, and what is going on."""

    def __init__(self) -> None:
        super().__init__(id="bottom")
        self._actions: Sequence[Action] = ()
        self._status = ""
        self._numbers = False

    @property
    def status(self) -> str:
        """What is going on."""
        return self._status

    def show_actions(self, actions: Sequence[Action], *, numbers: bool) -> None:
        """Offer these; ``numbers`` says that there are sources to open."""
        self._actions, self._numbers = actions, numbers
        self.refresh()

    def show_status(self, status: str) -> None:
        """Say what is going on."""
        if status != self._status:
            self._status = status
            self.refresh()

    def render(self) -> Content:
        """Lay both ends out on the width there is: the status first, then what keys fit."""
        width = self.size.width
        status = shortened(self._status, max(10, width - 12)) if self._status else ""
        room = width - cell_len(status) - 4
        hints: list[tuple[str, str, str]] = [
            (action.shown_key, action.hint, f"screen.{action.name}") for action in self._actions
        ]
        if self._numbers:
            hints.insert(1, ("1-9", "source", "screen.next_source"))
        parts: list[Content | str | tuple[str, str]] = [" "]
        used = 1
        for key, word, action in hints:
            needed = len(key) + len(word) + 4
            if used + needed > room + 3:
                break
            hint = Content.assemble((key, ".key"), (f" {word}", ".hint"))
            parts += [hint.stylize(Style.from_meta({"@click": action})), "   "]
            used += needed
        gap = max(1, width - used - cell_len(status) - 1)
        return Content.assemble(*parts, " " * gap, (status, ".status"), " ")


def scope_words(scope: Scope) -> str:
    """Return in words which articles are asked."""
    since, until = written_date(scope.since), written_date(scope.until)
    if since and until:
        dates = f"{since} to {until}"
    elif since:
        dates = f"from {since}"
    else:
        dates = f"until {until}" if until else "all dates"
    sources = scope.source or ("these paths" if scope.paths else "all sources")
    return f"{dates} · {sources}"


def counted(number: int, word: str) -> str:
    """Return a number with its word, as in 1 article, 24 articles."""
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"
