"""The main screen: composes the widgets, and turns keys and messages into calls of ``Talk``."""

from collections.abc import Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult

from ..answering.answer import READ_PASSAGES
from ..articles.clean import one_line
from ..datatypes import Scope
from ..turns import Verdict
from . import messages
from .backend import Backend
from .bindings import screen_bindings
from .clipboard import copy
from .talk import Talk
from .widgets.conversation import Welcome
from .widgets.prompt import LONGEST_QUESTION, Prompt
from .widgets.turn import TurnView
from .widgets.view import WIDE, ChatView
from .wording import counted
from .writer import Writer
from .writing_actions import WritingActions

PROMPT_SECONDS = 0.2
"""Delay before the models load: importing them blocks all threads, and with them the first keys."""


class ChatScreen(WritingActions):
    """Conversation on the left, source on the right, the question line below."""

    BINDINGS = screen_bindings()  # type: ignore[assignment]
    AUTO_FOCUS = "#prompt"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]  # noqa: RUF012 - as Textual has it
    COMPONENT_CLASSES: ClassVar[set[str]] = set(
        "bar bar-rest confidence date focused hint key library note note-strong number path rail "
        "right scope scope-narrow status strong struck title wrong".split()
    )

    def __init__(
        self,
        talk: Talk,
        backend: Backend,
        writer: Writer,
        *,
        question: str = "",
        index: Sequence[str] = (),
        resume: bool = False,
        writes: bool = False,
    ) -> None:
        """On start: index these paths, continue the last conversation, ask this question.

        ``writes`` says whether a language model writes every answer out.
        """
        super().__init__(talk, backend, writer, writes=writes)
        self._first_question = one_line(question)
        self._first_paths = index
        self._resume_last = resume

    def compose(self) -> ComposeResult:
        """Create the widgets."""
        yield ChatView(self.talk)

    def on_mount(self) -> None:
        """Start loading, and do what the command line asks for."""
        self.view.show_library()
        self.view.show_source()
        self.set_timer(PROMPT_SECONDS, self._prepare)
        if self._first_paths:
            self.add_articles(*self._first_paths)
        if self._resume_last:
            self.resume(None)
        if self._first_question:
            self.ask(self._first_question)

    def on_key(self, event: events.Key) -> None:
        """Type into the question line, unless the key is for the article view."""
        character = event.character if event.is_printable else None
        if character and not self.view.is_reading and not self.view.source.has_focus_within:
            self.view.focus_prompt()
            self.view.prompt.insert_text_at_cursor(character)
            event.stop()

    def on_paste(self, event: events.Paste) -> None:
        """Paste into the question line, whatever has the focus outside the article view."""
        if not self.view.is_reading and not self.view.source.has_focus_within:
            self.view.focus_prompt()
            self.view.prompt.paste(event.text)
            event.stop()

    @on(events.DescendantFocus)
    @on(events.DescendantBlur)
    def _focus_moved(self) -> None:
        self.view.show_focus()

    # Calls of the backend

    def ask(self, question: str, *, verbatim: bool = False) -> None:
        """Ask a question, stopping the one before if it is still being answered."""
        self.stop()
        self.close_timeline()
        request = self.talk.ask(question, verbatim=verbatim)
        if request is not None:
            self.view.conversation.add(self.talk.entries[-1])
            self.view.show_chosen()
            self.view.read(False)
            self.view.bottom.update_status()
            self.run_in_thread(self._backend.ask, request)

    def add_articles(self, *paths: str) -> None:
        """Index files and folders."""
        self.talk.indexing_began()
        self.view.show_library()
        self.run_in_thread(self._backend.add, paths, self.talk.scope)

    def resume(self, conversation: int | None) -> None:
        """Continue a stored conversation; None means the last one."""
        self.stop()
        self.talk.resume()
        self.run_in_thread(self._backend.resume, conversation)

    def set_scope(self, scope: Scope) -> None:
        """Change the filter."""
        if scope != self.talk.scope:
            self.talk.scope = scope
            self.view.show_library()
            self.run_in_thread(self._backend.count, scope)
            if self.talk.timeline is not None:
                self.look_for(self.talk.renew_timeline(self.talk.timeline))

    def _prepare(self) -> None:
        self.run_in_thread(self._backend.prepare, self.talk.scope)

    # Messages

    @on(Prompt.Entered)
    def _entered(self, message: Prompt.Entered) -> None:
        if self.talk.is_empty and self.talk.indexing:
            self.view.prompt.value = message.text
            self.view.prompt.action_end()
            self.view.bottom.say("the first articles are not there yet")
        elif self.talk.is_empty:
            self.add_articles(message.text)
        else:
            self.ask(message.text, verbatim=message.verbatim)

    @on(Welcome.Chosen)
    def _suggestion_chosen(self, message: Welcome.Chosen) -> None:
        self.view.prompt.remember([message.question])
        self.ask(message.question)

    @on(Prompt.Cut)
    def _cut(self, message: Prompt.Cut) -> None:
        left_out = counted(message.characters, "character")
        words = f"the last {left_out} left out: " if message.characters else ""
        self.view.bottom.say(f"{words}a question has at most {LONGEST_QUESTION:,}")

    @on(TurnView.Chosen)
    def _turn_clicked(self, message: TurnView.Chosen) -> None:
        self.choose(self.talk.entry(message.number))

    @on(messages.QuestionMessage)
    def _question_changed(self, message: messages.QuestionMessage) -> None:
        entry = message.apply(self.talk)
        if entry is None:
            return
        if isinstance(message, messages.Stored):
            self.keep_written(entry)
            return
        self.view.show_entry(entry)
        if isinstance(message, messages.Answered):
            read = min(len(entry.hits), READ_PASSAGES)
            seconds = message.answer.timings.get("total", 0.0) / 1000
            reading = f"{counted(read, 'passage')} read · " if read else ""
            self.view.bottom.say(f"{reading}{seconds:.1f} s")
            self.write_at_once(entry)

    @on(messages.Resumed)
    def _resumed(self, message: messages.Resumed) -> None:
        self.close_timeline()
        postponed = self.talk.resumed(message.entries)
        self.view.show_conversation()
        self.view.prompt.remember(entry.question for entry in message.entries)
        self._ask_all(postponed)

    @on(messages.NotResumed)
    def _not_resumed(self) -> None:
        self._ask_all(self.talk.resumed(None))

    @on(messages.ArticleRead)
    def _article_read(self, message: messages.ArticleRead) -> None:
        self.talk.browse(message.article)
        self.view.source.show_article()
        self.view.show_source()
        self.view.read(True)

    def _ask_all(self, questions: Sequence[tuple[str, bool]]) -> None:
        for question, verbatim in questions:
            self.ask(question, verbatim=verbatim)

    # Actions: asking

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return whether an action makes sense now."""
        return self.talk.allows(action)

    def action_back(self) -> None:
        """Close the innermost thing that is open, or stop the question being answered."""
        if self.view.source.is_finding:
            self.view.source.close_find()
            self.set_focus(self.view.source.article if self.view.is_reading else self.view.prompt)
        elif self.stop():
            self.view.focus_prompt()
        elif self.view.source.is_explaining:
            self.view.source.show_article()
            if not self.view.is_wide:
                self.view.read(False)
        elif self.view.is_reading:
            self.view.read(False)
        elif self.talk.timeline is not None and self.view.source.has_focus_within:
            self.view.focus_left()
        elif self.close_timeline():
            self.view.focus_prompt()
        else:
            self.view.focus_prompt()

    def action_edit_search(self) -> None:
        """Put the question as it was searched into the line, to be edited."""
        if self.talk.chosen is not None:
            self.view.read(False)
            self.view.prompt.edit(self.talk.chosen.searched or self.talk.chosen.question)
            self.view.focus_prompt()
            self.view.bottom.say("Enter searches exactly this")

    def action_others(self) -> None:
        """Show or hide the other answers."""
        if self.talk.chosen is not None:
            self.action_unfold(self.talk.chosen.number)

    def action_right(self) -> None:
        """Judge the answer to be right, or take that back."""
        self._judge("right")

    def action_wrong(self) -> None:
        """Judge the answer to be wrong, or take that back."""
        self._judge("wrong")

    def _judge(self, verdict: Verdict) -> None:
        entry = self.talk.judge(verdict)
        if entry is None or entry.turn is None:
            self.view.bottom.say("this answer is not stored yet")
            return
        given = entry.turn.verdict
        self.view.show_entry(entry)
        self.run_in_thread(self._backend.judge, entry.turn.id, given)
        self.view.bottom.say(f"noted: {given}" if given else "taken back")

    # Actions: the conversation

    def action_copy_answer(self) -> None:
        """Copy the answer with its first source."""
        if self.talk.chosen is not None and self.talk.chosen.reference:
            self.run_worker(self._copy(self.talk.chosen.reference))

    async def _copy(self, text: str) -> None:
        self.view.bottom.say(await copy(self.app, text))

    def action_earlier_turn(self) -> None:
        """Choose the question before."""
        self.choose(self.talk.neighbour(-1), scroll=True)

    def action_later_turn(self) -> None:
        """Choose the question after."""
        self.choose(self.talk.neighbour(1), scroll=True)

    def action_unfold(self, number: int) -> None:
        """Show or hide the other answers to any question."""
        entry = self.talk.entry(number)
        if entry is not None and (view := self.view.conversation.view(entry)) is not None:
            view.unfold()

    def action_new_conversation(self) -> None:
        """Begin a new conversation; this one is kept."""
        self.stop()
        self.close_timeline()
        self.talk.begin()
        self._backend.begin()
        self.view.show_conversation()
        self.view.bottom.say("a new conversation")
