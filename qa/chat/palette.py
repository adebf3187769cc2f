"""The command palette: the actions of the table that make sense now."""

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from .actions import ACTIONS, Action

if TYPE_CHECKING:
    from .app import ChatApp

LEFT_OUT = {"palette", "back"}
"""Actions that make no sense in the palette."""


class Commands(Provider):
    """Offers the actions by title."""

    async def discover(self) -> Hits:
        """Offer all actions, in the table's order."""
        for action in self._possible():
            yield DiscoveryHit(
                _title(action), self._runner(action), text=action.title, help=action.help
            )

    async def search(self, query: str) -> Hits:
        """Offer the actions that match what is typed."""
        matcher = self.matcher(query)
        for action in self._possible():
            score = matcher.match(f"{action.title} {action.help}")
            if score > 0:
                yield Hit(
                    score,
                    _title(action),
                    self._runner(action),
                    text=action.title,
                    help=action.help,
                )

    def _possible(self) -> list[Action]:
        app = cast("ChatApp", self.app)
        if self.screen is not app.main:
            return []
        allows = app.talk.allows
        return [each for each in ACTIONS if each.name not in LEFT_OUT and allows(each.name)]

    def _runner(self, action: Action) -> Callable[[], None]:
        def run() -> None:
            self.screen.call_next(self.screen.run_action, action.call)

        return run


def _title(action: Action) -> Content:
    """Return an action's title and key."""
    return Content.assemble(action.title, (f"   {action.shown_key}", "dim"))
