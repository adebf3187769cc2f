"""The app: the main screen, the dialogs over it, notifications, themes, and leaving."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual.app import App, SystemCommand
from textual.message import Message
from textual.screen import Screen

from ..datatypes import Scope
from ..settings import HITS
from . import messages
from .backend import Backend
from .bindings import DIGITS
from .dialogs.articles import ArticleList
from .dialogs.conversations import ConversationList
from .dialogs.filter import FilterDialog
from .dialogs.help import HelpScreen
from .dialogs.line import AddDialog, ExportDialog
from .dialogs.theme import ThemeList
from .export import export_name, written
from .layout import inert
from .palette import Commands
from .preferences import remember_theme, remembered_theme
from .screen import ChatScreen
from .talk import Talk
from .themes import THEMES, first_theme, own_variables
from .watching import Watching
from .writer import Writer

if TYPE_CHECKING:
    from ..indexing import Report
    from ..library import Library


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
        expand_paths: Callable[[Sequence[str]], list[str]] = list,
        scope: Scope | None = None,
        question: str = "",
        index: Sequence[str] = (),
        resume: bool = False,
        watch: bool = False,
        write: bool = False,
        hits: int = HITS,
        links: bool = False,
    ) -> None:
        """``open_library`` runs in a worker thread; ``expand_paths`` turns names into paths.

        On start the paths in ``index`` are indexed, ``resume`` continues the last conversation,
        and ``question`` is asked. With ``watch``, files are indexed as they change: in ``index``,
        or in the folders of the library. With ``write``, the language model that the settings name
        writes every answer out. A question finds ``hits`` passages. ``links`` says whether
        the terminal opens links.
        """
        super().__init__()
        for digit in DIGITS:
            # Textual reads Alt with a digit as the character a Mac would type, such as ™ for 2.
            cast("dict[str, object]", ANSI_SEQUENCES_KEYS).pop(f"\x1b{digit}", None)
        self.talk = Talk(scope, takes_links=links)
        """The state of the chat."""
        self.backend = Backend(open_library, expand_paths, self._post, hits)
        """The calls of the library."""
        self.watching = Watching(self.backend, self._post)
        """Indexes files as they change."""
        self.writer = Writer(self.backend, self._post)
        """Lets a language model write."""
        self._watched = tuple(index)
        self._watch_at_once = watch
        self.main = ChatScreen(
            self.talk,
            self.backend,
            self.writer,
            question=question,
            index=index,
            resume=resume,
            writes=write,
        )
        """The main screen."""
        for theme in THEMES:
            self.register_theme(theme)
        chosen = remembered_theme() or ""
        if chosen not in self.available_themes:
            chosen = first_theme(colors=self.console.color_system)
        self.theme = chosen

    def get_default_screen(self) -> Screen[None]:
        """Return the main screen."""
        return self.main

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Return the chat's own colours, for themes that do not define them."""
        return own_variables(self.current_theme)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Leave out Textual's own commands: the table of actions has what is needed."""
        return ()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return whether an action makes sense now."""
        return self.talk.allows(action)

    def on_mount(self) -> None:
        """Begin to watch, if the command line asks for it."""
        if self._watch_at_once:
            self.action_watch()

    def action_watch(self) -> None:
        """Index files as they change, or stop that."""
        if self.watching.is_on:
            self.watching.stop()
        else:
            self.watching.begin()
            self.main.run_in_thread(self.watching.run, self._watched)

    # Dialogs

    def action_filter(self) -> None:
        """Ask for the filter."""
        self.push_screen(FilterDialog(self.talk.scope), self._set_scope)

    def action_add_articles(self) -> None:
        """Ask which articles to add."""
        self.push_screen(AddDialog(), self._add)

    def action_export(self) -> None:
        """Ask where to export the conversation."""
        title = self.talk.entries[0].question if self.talk.entries else ""
        self.push_screen(ExportDialog(export_name(title), self._write))

    def action_conversations(self) -> None:
        """Request the stored conversations; ``_listed`` shows them."""
        self.main.run_in_thread(self.backend.list_conversations)

    def action_articles(self) -> None:
        """Request the articles; ``_articles_listed`` shows them."""
        self.main.run_in_thread(self.backend.list_articles, self.talk.scope)

    def action_change_theme(self) -> None:
        """Choose the theme, and remember it."""
        self.push_screen(ThemeList(), self._remember_theme)

    def action_help(self) -> None:
        """Show the help."""
        self.push_screen(HelpScreen())

    def _set_scope(self, scope: Scope | None) -> None:
        if scope is not None:
            self.main.set_scope(scope)

    def _add(self, path: str | None) -> None:
        if path:
            self.main.add_articles(path)

    def _write(self, path: str, *, replace: bool) -> str:
        """Write the conversation to a file; return what went wrong, empty on success."""
        error, where = written(path, self.talk.entries, replace=replace)
        if not error:
            self.main.view.bottom.say(f"written to {where}")
        return error

    def _rename(self, conversation: int, title: str) -> None:
        self.main.run_in_thread(self.backend.rename, conversation, title)

    def _delete(self, conversation: int) -> None:
        self.main.run_in_thread(self.backend.delete, conversation)

    def _resume(self, conversation: int | None) -> None:
        if conversation is not None:
            self.main.resume(conversation)

    # Messages from the backend

    def _post(self, message: Message) -> None:
        """Post a message to whoever handles it; while leaving, only the end of indexing matters."""
        if not self.backend.leaving.is_set() or isinstance(message, messages.Indexed):
            is_for_app = isinstance(message, messages.AppMessage)
            (self if is_for_app else self.main).post_message(message)

    @on(messages.LibraryMessage)
    def _library_changed(self, message: messages.LibraryMessage) -> None:
        message.apply(self.talk)
        if self.backend.leaving.is_set():
            self._exit_when_idle()
            return
        self.main.view.show_library()
        match message:
            case messages.Prepared(error) if error:
                self.main.view.bottom.say("the models cannot be used")
            case messages.Logged(text) if self.talk.is_prepared:
                self.main.view.bottom.say(text)
            case messages.WatchBegan():
                self.main.view.bottom.say("watching for new and changed files")
            case messages.WatchEnded(reason):
                self.watching.is_on = False
                self.main.view.bottom.say(reason or "no longer watching")
            case messages.Updated(report, remark=remark):
                if remark:
                    self.main.view.bottom.say(remark)
                if report is not None and (report.new or report.changed or report.moved):
                    self.main.run_in_thread(self.backend.count, self.talk.scope)
            case messages.Indexed(None, error):
                self.notify(inert(error), severity="error", markup=False, timeout=10)
            case messages.Indexed(report) if report is not None:
                self.notify(inert(_summary(report)), title="Indexed", markup=False, timeout=8)

    @on(messages.Listed)
    def _listed(self, message: messages.Listed) -> None:
        if isinstance(self.screen, ConversationList):
            self.screen.show(message.conversations)
        else:
            listed = ConversationList(message.conversations, self._rename, self._delete)
            self.push_screen(listed, self._resume)

    @on(messages.ArticlesListed)
    def _articles_listed(self, message: messages.ArticlesListed) -> None:
        if self.main.is_current:
            listed = ArticleList(message.rows, message.stories, message.scope)
            self.push_screen(listed, self._read)

    def _read(self, article: str | None) -> None:
        if article is not None:
            self.main.run_in_thread(self.backend.read, article)

    @on(messages.Failed)
    def _failed(self, message: messages.Failed) -> None:
        self.notify(inert(message.error), severity="warning", markup=False, timeout=8)

    # Leaving

    async def action_quit(self) -> None:
        """Leave the chat, once indexing has stopped."""
        self.backend.leave()
        self._exit_when_idle()

    def _exit_when_idle(self) -> None:
        if self.talk.leave():
            self.exit()
        else:
            self.main.view.bottom.update_status()

    def _remember_theme(self, theme: str | None) -> None:
        if theme is not None:
            remember_theme(theme)


def _summary(report: "Report") -> str:
    """Return the outcome of indexing in words."""
    words = f"{report.new} new · {report.changed} changed · {report.unchanged} unchanged"
    if report.failed:
        first = report.failed[0]
        words += f" · {len(report.failed)} not read, the first {first.source}: {first.reason}"
    return words
