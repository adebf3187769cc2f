"""The main screen: every action of the table, and what follows from a click."""

from textual import on, work

from ..datatypes import Scope, Verdict
from . import news
from .actions import BY_NAME, bindings
from .asking import AskingScreen
from .clipboard import copy
from .conversations import ConversationList
from .dialogs import AddDialog, ExportDialog, FilterDialog
from .entries import Stage, judged
from .export import export_name, written
from .help import HelpScreen
from .turns import TurnView


class ChatScreen(AskingScreen):
    """Where a person lives with their articles."""

    BINDINGS = bindings()  # type: ignore[assignment]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Whether an action of the table is possible now."""
        chosen = self.chosen
        possible = True
        match action:
            case "copy_answer":
                possible = chosen is not None and bool(chosen.reference)
            case "others":
                possible = self._has_others
            case "right" | "wrong":
                possible = chosen is not None and chosen.stage is Stage.ANSWERED
            case "edit_search":
                possible = chosen is not None
            case "next_source" | "previous_source" | "find" | "open_article" | "open_place":
                possible = chosen is not None and bool(chosen.places)
            case "explain":
                possible = chosen is not None and not chosen.is_pending
            case "earlier_turn" | "later_turn":
                possible = len(self.entries) > 1
            case "export" | "new_conversation":
                possible = bool(self.entries)
        return possible

    # Asking

    def action_back(self) -> None:
        """Leave what is open, from the innermost outwards."""
        if self.source.is_finding:
            self.source.close_find()
            (self.source.article if self.is_reading else self.prompt).focus()
        elif self.stop():
            self.prompt.focus()
        elif self.source.has_class("-why"):
            self.source.remove_class("-why")
            if not self.is_wide:
                self.read(False)
        elif self.is_reading:
            self.read(False)
        elif self.focused is not self.prompt:
            self.prompt.focus()

    def action_edit_search(self) -> None:
        """Put what was searched into the line, to be changed and asked as it then stands."""
        if self.chosen is not None:
            self.read(False)
            self.prompt.edit(self.chosen.searched or self.chosen.question)
            self.say("Enter asks it word for word")

    def action_filter(self) -> None:
        """Ask which articles."""
        self.app.push_screen(FilterDialog(self.scope), self._filter)

    def _filter(self, scope: Scope | None) -> None:
        if scope is not None and scope != self.scope:
            self.scope = scope
            self.show_top()
            self.count()

    def action_others(self) -> None:
        """Show or hide the other answers."""
        if self.chosen is not None:
            self.action_unfold(self.chosen.number)

    @property
    def _has_others(self) -> bool:
        answer = self.chosen.answer if self.chosen else None
        return bool(answer and answer.alternatives)

    def action_right(self) -> None:
        """The answer is right."""
        self._judge("right")

    def action_wrong(self) -> None:
        """The answer is wrong."""
        self._judge("wrong")

    def _judge(self, verdict: Verdict) -> None:
        entry = self.chosen
        if entry is None or entry.turn is None:
            self.say("this answer is not remembered yet")
            return
        said = None if entry.turn.verdict == verdict else verdict
        judged(entry, said)
        self.show_entry(entry)
        self.judge(entry.turn.id, said)
        self.say(f"noted: {verdict}" if said else "taken back")

    # Sources

    def action_open_place(self, number: int) -> None:
        """Open a source by its number."""
        if self.chosen is not None and self.chosen.place(number) is not None:
            self.chosen.shown = number
            self.source.remove_class("-why")
            self.show_source()
            if not self.is_wide:
                self.read(True)
        else:
            self.say(f"there is no source {number}")

    def action_next_source(self) -> None:
        """Open the next source."""
        self._turn_page(1)

    def action_previous_source(self) -> None:
        """Open the source before."""
        self._turn_page(-1)

    def _turn_page(self, step: int) -> None:
        place, chosen = self.place, self.chosen
        if place is None or chosen is None:
            return
        # What is opened for the first time is the first, not the second.
        is_new = not chosen.shown and not self.is_wide
        at = chosen.places.index(place)
        new = place if is_new else chosen.places[(at + step) % len(chosen.places)]
        self.action_open_place(new.number)

    def action_open_article(self) -> None:
        """Give the article the whole screen, or take it back."""
        if self.chosen is not None and self.place is not None:
            self.chosen.shown = self.place.number
            self.source.remove_class("-why")
            self.read(not self.is_reading)

    def action_find(self) -> None:
        """Search in the article."""
        if not self.is_wide:
            self.read(True)
        self.source.open_find()

    def action_explain(self) -> None:
        """Show how the answer came about, or the source again."""
        self.source.toggle_why()
        if not self.is_wide:
            self.read(self.source.has_class("-why"))

    def action_scroll_source(self, rows: int) -> None:
        """Scroll the source from wherever one is."""
        self.source.article.scroll_relative(y=rows, animate=False)

    def action_page(self, step: int) -> None:
        """Scroll the conversation from the question line."""
        if step < 0:
            self.conversation.scroll_page_up(animate=False)
        else:
            self.conversation.scroll_page_down(animate=False)

    # The conversation

    def action_copy_answer(self) -> None:
        """Copy the answer with its first source."""
        if self.chosen is not None and self.chosen.reference:
            self._copy(self.chosen.reference)

    @work(group="copy")
    async def _copy(self, text: str) -> None:
        self.say(await copy(self.app, text))

    def action_earlier_turn(self) -> None:
        """Go to the question before."""
        self._go(-1)

    def action_later_turn(self) -> None:
        """Go to the question after."""
        self._go(1)

    def _go(self, step: int) -> None:
        if self.chosen in self.entries:
            at = self.entries.index(self.chosen) + step
            if 0 <= at < len(self.entries):
                self.choose(self.entries[at], scroll=True)

    @on(TurnView.Chosen)
    def _chosen(self, event: TurnView.Chosen) -> None:
        entry = self.entry_of(event.number)
        if entry is not None and entry is not self.chosen:
            self.choose(entry)

    def action_open_source(self, number: int, place: int) -> None:
        """Open a source of any question: what a click on its number does."""
        entry = self.entry_of(number)
        if entry is not None:
            if entry is not self.chosen:
                self.choose(entry)
            self.action_open_place(place)

    def action_unfold(self, number: int) -> None:
        """Show or hide the other answers of any question."""
        entry = self.entry_of(number)
        if entry is not None and (view := self.view_of(entry)) is not None:
            view.unfold()

    def action_export(self) -> None:
        """Ask where to write the conversation."""
        title = self.entries[0].question if self.entries else ""
        self.app.push_screen(ExportDialog(export_name(title), self._write))

    def _write(self, path: str, *, replace: bool) -> str:
        """Write the conversation to a file; return what went wrong, or nothing."""
        error, where = written(path, self.entries, replace=replace)
        if not error:
            self.say(f"written to {where}")
        return error

    def action_conversations(self) -> None:
        """List the conversations there are."""
        self.list_conversations()

    @on(news.Listed)
    def _listed(self, report: news.Listed) -> None:
        there = self.app.screen
        if isinstance(there, ConversationList):
            there.show(report.conversations)
        else:
            chosen = ConversationList(report.conversations, self.rename, self.delete)
            self.app.push_screen(chosen, self._take_chosen)

    def _take_chosen(self, conversation: int | None) -> None:
        if conversation is not None:
            self.resume(conversation)

    def action_new_conversation(self) -> None:
        """Begin a new conversation; this one is kept."""
        self.begin()
        self.say("a new conversation")

    # The chat

    def action_add_articles(self) -> None:
        """Ask which articles to add."""

        def add(path: str | None) -> None:
            if path:
                self.index(path)

        self.app.push_screen(AddDialog(), add)

    def action_theme(self) -> None:
        """Let the person choose the colours."""
        self.app.search_themes()

    def action_palette(self) -> None:
        """Offer every command by name."""
        self.app.action_command_palette()

    def action_help(self) -> None:
        """Show all keys."""
        self.app.push_screen(HelpScreen())

    def action_quit(self) -> None:
        """Leave."""
        self.desk.leave()
        self.app.exit()

    def possible(self, name: str) -> bool:
        """Whether an action of the table can be offered."""
        return name in BY_NAME and self.check_action(name, ()) is True
