"""The app around the main screen: colours, palette, the way in."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar, cast

from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual.app import App, SystemCommand
from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.screen import Screen
from textual.theme import Theme

from ..datatypes import Scope
from ..settings import HITS
from .actions import ACTIONS, DIGITS, Action
from .desk import Desk
from .preferences import remember_theme, remembered_theme
from .screen import ChatScreen
from .themes import THEMES, first_theme, own_variables

if TYPE_CHECKING:
    from ..library import Library


class Commands(Provider):
    """The actions of the table that are possible now, for the command palette."""

    async def discover(self) -> Hits:
        """Offer all of them, in the table's order."""
        for action in self._possible():
            yield DiscoveryHit(
                _line(action), self._run(action), text=action.title, help=action.help
            )

    async def search(self, query: str) -> Hits:
        """Offer those that fit what is typed."""
        matcher = self.matcher(query)
        for action in self._possible():
            score = matcher.match(f"{action.title} {action.help}")
            if score > 0:
                yield Hit(
                    score, _line(action), self._run(action), text=action.title, help=action.help
                )

    def _possible(self) -> list[Action]:
        screen = self.screen
        hidden = {"palette", "back"}
        return [
            action
            for action in ACTIONS
            if action.name not in hidden
            and isinstance(screen, ChatScreen)
            and screen.possible(action.name)
        ]

    def _run(self, action: Action) -> Callable[[], None]:
        def run() -> None:
            self.screen.call_next(self.screen.run_action, action.name)

        return run


class ChatApp(App[None]):
    """A chat with a library of articles."""

    TITLE = "qa"
    CSS_PATH = "chat.tcss"
    COMMANDS: ClassVar = {Commands}
    ENABLE_COMMAND_PALETTE = True
    COMMAND_PALETTE_BINDING = "ctrl+p"

    def __init__(
        self,
        open_library: "Callable[[], Library]",
        *,
        paths_meant: Callable[[Sequence[str]], list[str]] = list,
        scope: Scope | None = None,
        question: str = "",
        index: Sequence[str] = (),
        resume: bool = False,
        hits: int = HITS,
    ) -> None:
        """``open_library`` runs in a worker thread; ``paths_meant`` says which paths a name means.

        ``question`` is asked and ``index`` are paths indexed at once; ``resume`` takes up the last
        conversation.
        """
        super().__init__()
        for digit in DIGITS:
            # Textual takes Alt with a digit for the sign that a Mac would type, as ™ for 2.
            cast("dict[str, object]", ANSI_SEQUENCES_KEYS).pop(f"\x1b{digit}", None)
        self.desk = Desk(open_library, paths_meant, self._post, hits)
        """What the worker threads do."""
        self._first_scope = scope or Scope()
        self._first_question = question
        self._first_paths = list(index)
        self._resume = resume
        self._main: ChatScreen | None = None
        for theme in THEMES:
            self.register_theme(theme)
        chosen = remembered_theme() or ""
        if chosen not in self.available_themes:
            chosen = first_theme(colors=self.console.color_system)
        self.theme = chosen

    def get_default_screen(self) -> Screen[None]:
        """Return the main screen."""
        self._main = ChatScreen(
            self.desk,
            self._first_scope,
            question=self._first_question,
            index=self._first_paths,
            resume=self._resume,
        )
        return self._main

    @property
    def main(self) -> ChatScreen:
        """The main screen, whatever lies over it."""
        if self._main is None:
            raise RuntimeError("the app is not running")
        return self._main

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Return our own variables, for themes that do not bring them."""
        return own_variables(self.current_theme)

    def on_mount(self) -> None:
        """Remember the theme whenever it changes."""
        self.theme_changed_signal.subscribe(self, self._remember_theme)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Return none of Textual's own: the table has what is needed."""
        return ()

    async def action_quit(self) -> None:
        """Leave; what is at work gives up."""
        self.desk.leave()
        self.exit()

    def _remember_theme(self, theme: Theme) -> None:
        remember_theme(theme.name)

    def _post(self, message: object) -> None:
        if self._main is not None and not self.desk.leaving.is_set():
            self._main.post_message(message)  # type: ignore[arg-type]


def _line(action: Action) -> Content:
    """A command with its key."""
    return Content.assemble(action.title, (f"   {action.shown_key}", "dim"))
