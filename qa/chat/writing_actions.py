"""What the main screen does with written answers: asks for them, stops them, stores them."""

from textual import on

from ..turns import Ending
from ..writing.checked import CheckedSentence
from ..writing.write import Piece, Written
from . import messages
from .backend import Backend
from .entries import Entry
from .source_actions import SourceActions
from .talk import Talk
from .wording import counted
from .writer import Writer


class WritingActions(SourceActions):
    """The actions on written answers; ``ChatScreen`` adds all others."""

    def __init__(self, talk: Talk, backend: Backend, writer: Writer, *, writes: bool) -> None:
        """``writes`` says whether every answer is written out, without being asked to."""
        super().__init__(talk, backend)
        self._writer = writer
        self._writes = writes

    def stop(self) -> bool:
        """Stop the question being answered, or written out; return whether there was one."""
        entry = self.talk.stop()
        if entry is not None:
            self.view.show_entry(entry)
            self.keep_written(entry)
        return entry is not None

    def action_write(self) -> None:
        """Let a language model write the chosen answer out, instead of what it wrote before."""
        if self.talk.chosen is not None:
            self.write(self.talk.chosen)

    def write(self, entry: Entry) -> None:
        """Let a language model write an answer out."""
        self.stop()
        request = self.talk.write(entry)
        if request is not None:
            self.view.read(False)
            self.close_timeline()
            self.view.show_entry(entry)
            self.view.conversation.show_written(entry)
            self.run_in_thread(self._writer.write, request)

    def write_at_once(self, entry: Entry) -> None:
        """Let a language model write a new answer out, if every one is to be."""
        if self._writes and entry.can_be_written:
            self.write(entry)

    def keep_written(self, entry: Entry) -> None:
        """Store what was written, once it has ended and its turn is stored."""
        kept = entry.written.kept if entry.written is not None else None
        if kept is not None and entry.turn is not None and entry.written is not None:
            self.run_in_thread(self._writer.keep, entry.turn.id, kept)

    @on(messages.Wrote)
    def _wrote(self, message: messages.Wrote) -> None:
        entry = message.apply(self.talk)
        if entry is None:
            return
        match message.step:
            case Piece():  # nothing else has changed
                self.view.conversation.show(entry)
                return
            case Written() as written if written.ending is not Ending.FAILED:
                many = counted(len(written.sentences), "sentence")
                self.view.bottom.say(f"{many} written · {written.seconds:.1f} s")
        self.view.show_entry(entry)
        if not isinstance(message.step, CheckedSentence):
            self.keep_written(entry)
