"""Conversations: what was asked, what was answered, what the person said of it.

Every change is one short transaction, on the disk when the call returns. It takes SQLite's own lock
and not the lock of whoever indexes, so that it waits for a batch at most. A library of an older
layout has no conversations until the first change makes the tables.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, get_args

from ..articles.clean import clean, one_line
from ..datatypes import Answer, Conversation, Status, Turn, Verdict
from ..errors import LibraryBusyError, LibraryDamagedError, LibraryError, UsageError
from .database import Database
from .schema import migrate

TITLE_LENGTH = 80
"""Code points of a title that is taken from a question."""

_TURN = "id, question, searched, answer, status, confidence, sentence, asked_at, verdict FROM turns"

_LISTED = (
    "SELECT id, title, started, updated, "
    "(SELECT count(*) FROM turns WHERE conversation = conversations.id) FROM conversations"
)


class Conversations:
    """The conversations of one library. Threads may share it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[Conversation]:
        """Return every conversation, the one last spoken in first."""
        if not self._has_tables():
            return []
        with self._database.damage_noticed():
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
        """Return the numbers of conversations that cannot be read, or whose turns cannot."""
        if not self._has_tables():
            return []
        damaged: list[int] = []
        connection = self._database.connection()
        with self._database.snapshot():
            for (number,) in connection.execute("SELECT id FROM conversations ORDER BY id"):
                try:
                    with self._database.damage_noticed():
                        _conversation(
                            connection.execute(f"{_LISTED} WHERE id = ?", (number,)).fetchone()
                        )
                        self._turns("WHERE conversation = ? ORDER BY id", number)
                except (LibraryDamagedError, sqlite3.Error, TypeError, ValueError):
                    damaged.append(number)
        return damaged

    def turns(self, conversation: int) -> list[Turn]:
        """Return a conversation's turns, oldest first. Raises UsageError when there is none."""
        with self._database.snapshot(), self._database.damage_noticed():
            if not self._knows(conversation):
                raise _no("conversation", conversation)
            return self._turns("WHERE conversation = ? ORDER BY id", conversation)

    def cases(self) -> list[dict[str, Any]]:
        """Return the judged turns as labelled questions; see ``cases``."""
        if not self._has_tables():
            return []
        with self._database.snapshot(), self._database.damage_noticed():
            return cases(self._turns("WHERE verdict IS NOT NULL ORDER BY id"))

    def start(self, title: str) -> int:
        """Begin a conversation; return its number."""
        with self._transaction() as connection:
            now = datetime.now(UTC).isoformat()
            added = connection.execute(
                "INSERT INTO conversations (title, started, updated) VALUES (?, ?, ?)",
                (one_line(title), now, now),
            )
            return int(added.lastrowid or 0)

    def add(self, conversation: int, question: str, answer: Answer) -> Turn:
        """Add a turn; return it. Raises UsageError when there is no such conversation."""
        typed = clean(question).strip()
        if not typed:
            raise UsageError("The question is empty.")
        first = answer.citations[0].sentence if answer.citations else ""
        with self._transaction() as connection:
            now = datetime.now(UTC).isoformat()
            changed = connection.execute(
                "UPDATE conversations SET updated = ?, "
                "title = CASE title WHEN '' THEN ? ELSE title END WHERE id = ?",
                (now, _shortened(one_line(typed)), _number(conversation)),
            )
            if not changed.rowcount:
                raise _no("conversation", conversation)
            added = connection.execute(
                "INSERT INTO turns (conversation, question, searched, answer, status, confidence, "
                "sentence, asked_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    conversation,
                    typed,
                    one_line(answer.question),
                    answer.text,
                    answer.status.value,
                    answer.confidence,
                    first,
                    now,
                ),
            )
            connection.executemany(
                "INSERT INTO turn_citations (turn, number, title, source, line, article, start, "
                '"end", digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
                [
                    (
                        added.lastrowid,
                        number,
                        citation.article.title,
                        citation.article.source,
                        citation.line,
                        citation.article.id,
                        citation.start,
                        citation.end,
                        citation.article.digest,
                    )
                    for number, citation in enumerate(answer.citations, start=1)
                ],
            )
            return self._turns("WHERE id = ?", added.lastrowid)[0]

    def judge(self, turn: int, verdict: Verdict | None) -> None:
        """Set a turn's verdict, or take it back. Raises UsageError when there is no such turn."""
        if verdict is not None and verdict not in get_args(Verdict):
            raise UsageError(f"An answer is right or wrong, not {verdict}.")
        self._change("UPDATE turns SET verdict = ? WHERE id = ?", "turn", turn, verdict)

    def rename(self, conversation: int, title: str) -> None:
        """Set a conversation's title. Raises UsageError when it is empty, or there is none."""
        named = one_line(title)
        if not named:
            raise UsageError("The title is empty.")
        self._change(
            "UPDATE conversations SET title = ? WHERE id = ?", "conversation", conversation, named
        )

    def delete(self, conversation: int) -> None:
        """Delete a conversation with its turns. Raises UsageError when there is none."""
        self._change("DELETE FROM conversations WHERE id = ?", "conversation", conversation)

    def _change(self, sql: str, what: str, number: int, *values: object) -> None:
        """Change the one row of that number. Raises UsageError when there is none."""
        with self._transaction() as connection:
            if not connection.execute(sql, (*values, _number(number))).rowcount:
                raise _no(what, number)

    def _turns(self, where: str, *values: object) -> list[Turn]:
        connection = self._database.connection()
        turns = []
        for row in connection.execute(f"SELECT {_TURN} {where}", values).fetchall():
            places = connection.execute(
                'SELECT title, source, line, article, start, "end", digest FROM turn_citations '
                "WHERE turn = ? ORDER BY number",
                (row[0],),
            ).fetchall()
            try:
                turns.append(_turn(row, places))
            except (TypeError, ValueError) as error:
                raise self._database.damaged(f"a turn of a conversation: {error}") from error
        return turns

    def _knows(self, conversation: int) -> bool:
        if not self._has_tables():
            return False
        found = self._database.connection().execute(
            "SELECT 1 FROM conversations WHERE id = ?", (_number(conversation),)
        )
        return found.fetchone() is not None

    def _has_tables(self) -> bool:
        found = self._database.connection().execute(
            "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'conversations'"
        )
        return found.fetchone() is not None

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """One change, wholly in or wholly out. Raises LibraryBusyError, LibraryError."""
        connection = self._database.connection()
        try:
            self._database.keep_copy()
            connection.execute("BEGIN IMMEDIATE")
            try:
                migrate(connection)
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:  # after a full disk SQLite has rolled back by itself
                    connection.execute("ROLLBACK")
                raise
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
                raise LibraryBusyError(
                    f"Another qa is writing to {self._database.folder}; try again when it is done."
                ) from error
            raise LibraryError(
                f"The conversation could not be kept in {self._database.folder}: {error}. "
                "Questions can be asked all the same."
            ) from error


def _conversation(row: Sequence[Any]) -> Conversation:
    """Return a stored conversation; raises TypeError or ValueError for damaged values."""
    return Conversation(row[0], str(row[1]), _time(row[2]), _time(row[3]), row[4])


def _turn(row: Sequence[Any], places: Sequence[Sequence[Any]]) -> Turn:
    """Return a stored turn; raises TypeError or ValueError for what none of ours can be."""
    return Turn(
        id=row[0],
        question=row[1],
        searched=row[2],
        answer=row[3],
        status=Status(row[4]),
        confidence=float(row[5]),
        sentence=row[6],
        sources=tuple((place[0], place[1], int(place[2])) for place in places),
        articles=tuple((place[3], int(place[4]), int(place[5]), place[6]) for place in places),
        asked_at=_time(row[7]),
        verdict=row[8],
    )


def cases(turns: Sequence[Turn]) -> list[dict[str, Any]]:
    """Return judged turns, oldest first, as labelled questions, one for each question.

    What a verdict says, and what it does not:

    - A *right* answer labels its question with itself and the articles it cites.
    - A *right* ``not_found`` labels its question as one that the articles do not answer.
    - A *wrong* answer alone labels nothing: the person has not said what would be right, nor that
      the articles do not hold it. Where another turn with the same question was judged right, the
      case also lists the wrong answers, under ``wrong``.
    - A *wrong* ``not_found`` labels nothing: the articles hold an answer, but which is not known.

    Later verdicts that contradict earlier ones win: articles may have come or gone in between.
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
            case["answers"] = _each_once([*case["answers"], turn.answer])
            sources = [source for _, source, _ in turn.sources]
            case["articles"] = _each_once([*case["articles"], *sources])
    for key, case in found.items():
        if others := [text for text in wrong.get(key, ()) if text not in case["answers"]]:
            case["wrong"] = _each_once(others)
    return list(found.values())


def _each_once(texts: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(texts))


def _shortened(title: str) -> str:
    if len(title) <= TITLE_LENGTH:
        return title
    cut = title[: TITLE_LENGTH - 1]
    return (cut.rpartition(" ")[0] or cut).rstrip(" ,.;:") + "…"


def _number(number: int) -> int:
    """A number that SQLite can look for; 0 is no row's."""
    return number if 0 < number < 2**63 else 0


def _no(what: str, number: int) -> UsageError:
    return UsageError(f"There is no {what} {number} in this library; it may have been deleted.")


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
