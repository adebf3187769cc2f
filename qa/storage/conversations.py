"""Conversations: questions, their answers, and the user's judgements of them.

Every change is a short transaction that is on disk when the call returns. It takes SQLite's lock
but not the writer lock, so it waits for at most one batch of an indexing run. A library of an older
layout has no conversations; its first change creates the tables.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, get_args

from ..articles.clean import clean, one_line
from ..datatypes import Answer, Scope
from ..errors import LibraryBusyError, LibraryDamagedError, LibraryError, UsageError
from ..shorten import shorten
from ..turns import Conversation, Turn, TurnWriting, Verdict
from .database import Database
from .schema import WITH_DETAILS
from .turns import PLACE_COLUMNS, TURN_COLUMNS, place_rows, read_turn, turn_details, with_writing

TITLE_LENGTH = 80
"""Longest title made from a question, in code points."""

_DAMAGED = (TypeError, ValueError, KeyError, AttributeError)
"""What reading a damaged row may raise."""

_LISTED = (
    "SELECT id, title, started, updated, "
    "(SELECT count(*) FROM turns WHERE conversation = conversations.id) FROM conversations"
)


class Conversations:
    """The conversations of one library. Threads may share it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[Conversation]:
        """Return all conversations, the most recently used first. Raises LibraryDamagedError."""
        if not self._has_tables():
            return []
        with self._database.translate_errors():
            rows = (
                self._database.connection()
                .execute(f"{_LISTED} ORDER BY updated DESC, id DESC")
                .fetchall()
            )
        try:
            return [_conversation(row) for row in rows]
        except (TypeError, ValueError) as error:
            raise self._database.damaged(f"a conversation: {error}") from error

    def check(self) -> list[int]:
        """Return the ids of conversations that are damaged, or have a damaged turn."""
        if not self._has_tables():
            return []
        damaged: list[int] = []
        connection = self._database.connection()
        with self._database.snapshot():
            for (number,) in connection.execute("SELECT id FROM conversations ORDER BY id"):
                try:
                    with self._database.translate_errors():
                        _conversation(
                            connection.execute(f"{_LISTED} WHERE id = ?", (number,)).fetchone()
                        )
                        self._turns("WHERE conversation = ? ORDER BY id", number)
                except (LibraryDamagedError, sqlite3.Error, *_DAMAGED):
                    damaged.append(number)
        return damaged

    def turns(self, conversation: int) -> list[Turn]:
        """Return a conversation's turns, oldest first. Raises UsageError if it does not exist."""
        with self._database.snapshot(), self._database.translate_errors():
            if not self._exists(conversation):
                raise _not_found("conversation", conversation)
            return self._turns("WHERE conversation = ? ORDER BY id", conversation)

    def cases(self) -> list[dict[str, Any]]:
        """Return the judged turns as labelled questions; see the function ``cases``."""
        if not self._has_tables():
            return []
        with self._database.snapshot(), self._database.translate_errors():
            return cases(self._turns("WHERE verdict IS NOT NULL ORDER BY id"))

    def start(self, title: str) -> int:
        """Start a conversation; return its id."""
        with self._transaction() as connection:
            now = datetime.now(UTC).isoformat()
            added = connection.execute(
                "INSERT INTO conversations (title, started, updated) VALUES (?, ?, ?)",
                (one_line(title), now, now),
            )
            return int(added.lastrowid or 0)

    def add(
        self, conversation: int, question: str, answer: Answer, scope: Scope | None = None
    ) -> Turn:
        """Add a turn with the filter in force; return it.

        Raises UsageError if the conversation does not exist.
        """
        typed = clean(question).strip()
        if not typed:
            raise UsageError("The question is empty.")
        title = shorten(one_line(typed), TITLE_LENGTH) if answer.is_answer else ""
        with self._transaction() as connection:
            now = datetime.now(UTC).isoformat()
            changed = connection.execute(
                "UPDATE conversations SET updated = ?, "
                "title = CASE title WHEN '' THEN ? ELSE title END WHERE id = ?",
                (now, title, _row_id(conversation)),
            )
            if not changed.rowcount:
                raise _not_found("conversation", conversation)
            added = connection.execute(
                "INSERT INTO turns (conversation, question, searched, answer, status, confidence, "
                "sentence, asked_at, details) VALUES (?, ?, ?, ?, ?, ?, '', ?, ?)",
                (
                    conversation,
                    typed,
                    one_line(answer.question),
                    answer.text,
                    answer.status.value,
                    answer.confidence,
                    now,
                    turn_details(answer, scope or Scope()),
                ),
            )
            connection.executemany(
                f"INSERT INTO turn_citations (turn, {PLACE_COLUMNS}, details) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [(added.lastrowid, *row) for row in place_rows(answer)],
            )
            return self._turns("WHERE id = ?", added.lastrowid)[0]

    def keep_writing(self, turn: int, writing: TurnWriting) -> None:
        """Set what a language model wrote for a turn. Raises UsageError if it does not exist."""
        with self._transaction() as connection:
            where = "WHERE id = ?"
            found = connection.execute(f"SELECT details FROM turns {where}", (_row_id(turn),))
            row = found.fetchone()
            if row is None:
                raise _not_found("turn", turn)
            try:
                details = with_writing(row[0], writing)
            except _DAMAGED as error:
                raise self._database.damaged(f"a turn of a conversation: {error}") from error
            connection.execute(f"UPDATE turns SET details = ? {where}", (details, turn))

    def judge(self, turn: int, verdict: Verdict | None) -> None:
        """Set a turn's verdict; None removes it.

        Raises UsageError if the turn does not exist, or is a remark or a summary.
        """
        if verdict is not None and verdict not in get_args(Verdict):
            raise UsageError(f"An answer is right or wrong, not {verdict}.")
        if self._has_tables() and any(
            not found.is_answer for found in self._turns("WHERE id = ?", _row_id(turn))
        ):
            raise UsageError("Only an answer is right or wrong; this is none.")
        self._change("UPDATE turns SET verdict = ? WHERE id = ?", "turn", turn, verdict)

    def rename(self, conversation: int, title: str) -> None:
        """Set a conversation's title.

        Raises UsageError if the title is empty or the conversation does not exist.
        """
        new_title = one_line(title)
        if not new_title:
            raise UsageError("The title is empty.")
        self._change(
            "UPDATE conversations SET title = ? WHERE id = ?",
            "conversation",
            conversation,
            new_title,
        )

    def delete(self, conversation: int) -> None:
        """Delete a conversation and its turns. Raises UsageError if it does not exist."""
        self._change("DELETE FROM conversations WHERE id = ?", "conversation", conversation)

    def _change(self, sql: str, what: str, number: int, *values: object) -> None:
        """Change the row with this id. Raises UsageError if it does not exist."""
        with self._transaction() as connection:
            if not connection.execute(sql, (*values, _row_id(number))).rowcount:
                raise _not_found(what, number)

    def _turns(self, where: str, *values: object) -> list[Turn]:
        connection = self._database.connection()
        details = "details" if self._database.layout() >= WITH_DETAILS else "NULL"
        select = f"SELECT {TURN_COLUMNS}, {details} FROM turns {where}"
        turns = []
        for row in connection.execute(select, values).fetchall():
            places = connection.execute(
                f"SELECT {PLACE_COLUMNS}, {details} FROM turn_citations "
                "WHERE turn = ? ORDER BY number",
                (row[0],),
            ).fetchall()
            try:
                turns.append(read_turn(row, places))
            except _DAMAGED as error:
                raise self._database.damaged(f"a turn of a conversation: {error}") from error
        return turns

    def _exists(self, conversation: int) -> bool:
        if not self._has_tables():
            return False
        found = self._database.connection().execute(
            "SELECT 1 FROM conversations WHERE id = ?", (_row_id(conversation),)
        )
        return found.fetchone() is not None

    def _has_tables(self) -> bool:
        found = self._database.connection().execute(
            "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'conversations'"
        )
        return found.fetchone() is not None

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """Run the block in a transaction. Raises LibraryBusyError, LibraryError."""
        try:
            with self._database.transaction() as connection:
                yield connection
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
                raise LibraryBusyError(
                    f"Another qa is writing to {self._database.folder}; try again when it is done."
                ) from error
            raise LibraryError(
                f"The conversation could not be stored in {self._database.folder}: {error}. "
                "You can still ask questions."
            ) from error


def _conversation(row: Sequence[Any]) -> Conversation:
    """Return a conversation from its row. Raises TypeError or ValueError if it is damaged."""
    return Conversation(row[0], str(row[1]), _time(row[2]), _time(row[3]), row[4])


def cases(turns: Sequence[Turn]) -> list[dict[str, Any]]:
    """Return one labelled question for each question in the judged turns, oldest first.

    What follows from a verdict:

    - A *right* answer is the gold answer of its question, and the articles it cites are gold.
    - A *right* ``not_found`` labels its question as one that the articles do not answer.
    - A *wrong* answer alone labels nothing: the right answer is unknown, and the articles may or
      may not have one. If another turn with the same question was judged right, its case lists the
      wrong answers under ``wrong``.
    - A *wrong* ``not_found`` labels nothing: the articles have an answer, but it is unknown.

    If verdicts contradict each other, the later one counts: articles may have been added or removed
    in between.
    """
    found: dict[str, dict[str, Any]] = {}
    wrong: dict[str, list[str]] = {}
    for turn in turns:
        key = turn.searched.casefold()
        if turn.verdict == "wrong" and turn.answer:
            wrong.setdefault(key, []).append(turn.answer)
        if turn.verdict != "right":
            continue
        case = found.get(key)
        if case is None or bool(case["answers"]) != bool(turn.answer):
            case = {"question": turn.searched, "answers": [], "articles": []}
            found[key] = case
        if turn.answer:
            case["answers"] = _without_repeats([*case["answers"], turn.answer])
            sources = [place.source for place in turn.citations]
            case["articles"] = _without_repeats([*case["articles"], *sources])
    for key, case in found.items():
        if others := [text for text in wrong.get(key, ()) if text not in case["answers"]]:
            case["wrong"] = _without_repeats(others)
    return list(found.values())


def _without_repeats(texts: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(texts))


def _row_id(number: int) -> int:
    """Return a number that SQLite accepts as a row id; 0, which no row has, for all others."""
    return number if 0 < number < 2**63 else 0


def _not_found(what: str, number: int) -> UsageError:
    return UsageError(f"There is no {what} {number} in this library; it may have been deleted.")


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
