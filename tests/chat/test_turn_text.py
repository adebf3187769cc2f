"""The text of a turn without a screen."""

from datetime import UTC, datetime

from qa.chat.entries import Entry
from qa.chat.widgets.turn_text import answer_text
from qa.datatypes import Answer, Status


def test_notes_stand_under_the_answer() -> None:
    entry = Entry("Who left?", datetime(2024, 3, 4, tzinfo=UTC))
    notes = ("no article has “Hollm”; looked for “Holm”", "a [b] c")
    entry.answered(Answer("Who left?", "", Status.NOT_FOUND, 0.0, (), (), (), notes=notes))
    lines = answer_text(entry, 60).plain.splitlines()
    assert lines[0] == "Not in your articles."
    assert lines[-2:] == list(notes)
