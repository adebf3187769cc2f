"""The command palette: the actions of the table that make sense now."""

from collections.abc import Callable

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from .actions import Action
from .bindings import PALETTE
from .screen import ChatScreen

IN_HELP = 0.5
"""Weight of a match in the explanation: one in the title counts more."""


class Commands(Provider):
    """Offers the actions by title."""

    async def discover(self) -> Hits:
        """Offer all actions, in the palette's order."""
        for action in self._possible():
            yield DiscoveryHit(
                _title(action), self._runner(action), text=action.title, help=action.help
            )

    async def search(self, query: str) -> Hits:
        """Offer the actions that match what is typed."""
        matcher = self.matcher(query)
        for action in self._possible():
            in_help = IN_HELP * matcher.match(action.help)
            score = max(matcher.match(action.title), in_help)
            if score > 0:
                yield Hit(
                    score,
                    _title(action),
                    self._runner(action),
                    text=action.title,
                    help=action.help,
                )

    def _possible(self) -> list[Action]:
        if not isinstance(self.screen, ChatScreen):
            return []
        allows = self.screen.talk.allows
        return [action for action in PALETTE if allows(action.name)]

    def _runner(self, action: Action) -> Callable[[], None]:
        def run() -> None:
            self.screen.call_next(self.screen.run_action, action.call)

        return run


def _title(action: Action) -> Content:
    """Return an action's title and key."""
    return Content.assemble(action.title, (f"   {action.shown_key}", "dim"))
