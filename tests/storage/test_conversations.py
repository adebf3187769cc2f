"""Conversations are on disk at once, also during an indexing run and in older libraries."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from filelock import FileLock

from qa.conversation.past import Past
from qa.datatypes import (
    Alternative,
    Answer,
    AnswerKind,
    Article,
    ArticleRowId,
    Citation,
    Hit,
    Passage,
    Scope,
    Status,
    Why,
)
from qa.errors import LibraryBusyError, LibraryDamagedError, LibraryError, UsageError
from qa.places import NumberedPlace
from qa.storage.database import DATABASE, LOCK
from qa.storage.schema import APPLICATION_ID, SCHEMA_VERSION, STEPS, checksum
from qa.storage.store import Store
from qa.storage.turns import turn_place
from qa.turns import Ending, PlaceKind, Support, TurnSentence, TurnWriting
from tests.older_layouts import NEW_IN_LAYOUT_6

if TYPE_CHECKING:
    from qa.library import Library

Put = Callable[..., ArticleRowId]
HERE = Path(__file__).parent

HOSTILE = [
    "[/bold] [b who?",
    "\x1b[31mred\x1b]0;title\x07 who?",
    "who\x00 fell?\x9b2J",
    "\u202ewho\u202c \ud800fell?",
    "'); DROP TABLE turns; --",
    "Qui a démissionné ? 誰が 🏴󠁧󠁢󠁥󠁮󠁧󠁿 👩‍👩‍👧",
    "who\r\nfell\u2028and where?",
    "who " * 50_000,
]

ASH = Article(
    "7",
    "Ash over [Europe]",
    "news/ash.txt",
    date(2010, 4, 21),
    "First line.\nAsh closed the airports. Snow fell in Oslo.",
    "d1",
)


def found(question: str, text: str = "Ash", *more: Article) -> Answer:
    """An answer with this text, cited from ASH and other articles that contain it."""
    citations = []
    for number, article in enumerate((ASH, *more), start=1):
        start = article.text.index(text)
        citations.append(Citation(number, article, start, start + len(text)))
    guess = Alternative(text, 0.8, citations[0])
    return Answer(question, text, Status.ANSWERED, 0.8, tuple(citations), (), (), guess)


def missing(question: str) -> Answer:
    return Answer(question, "", Status.NOT_FOUND, 0.1, (), (), ())


# Stored conversations


def test_a_turn_is_read_as_it_was_stored(library: "Library", open_library: Any) -> None:
    before = datetime.now(UTC)
    number = library.start_conversation()
    other = Article("9", "Oslo", "oslo.md", None, "Snow fell.", "d2", first_line=5)
    first = library.add_turn(number, "What fell there?", found("What fell in Oslo?", "Snow", other))
    second = library.add_turn(number, "  And why? ", missing("Why did snow fall?"))
    assert (first.question, first.searched) == ("What fell there?", "What fell in Oslo?")
    assert (first.answer, first.status, first.confidence) == ("Snow", Status.ANSWERED, 0.8)
    ash, oslo = first.citations
    assert (ash.title, ash.source, ash.line) == ("Ash over [Europe]", "news/ash.txt", 2)
    assert (ash.article, ash.start, ash.end, ash.digest) == ("7", 37, 41, "d1")
    assert (ash.said, ash.words, ash.sentence) == ("Snow fell in Oslo.", "Snow", (37, 55))
    assert (oslo.number, oslo.title, oslo.source, oslo.line) == (2, "Oslo", "oslo.md", 5)
    assert (oslo.said, oslo.sentence) == ("Snow fell.", (0, 10))
    assert ASH.text[37:41] == "Snow"
    assert first.verdict is None
    assert before <= first.asked_at <= second.asked_at <= datetime.now(UTC)
    assert first.asked_at.utcoffset() == timedelta(0)
    assert (second.question, second.answer) == ("And why?", "")
    assert second.status is Status.NOT_FOUND
    assert second.places == ()
    assert open_library().turns(number) == library.turns(number) == [first, second]


def sentence_answer() -> Answer:
    """A weak answer: a sentence with its likeliest words, another answer and a near passage."""
    wire = Article("9", "Oslo", "oslo.md", None, "Snow fell on Oslo. Rain followed.", "d2")
    near = Article("4", "Rain", "rain.md", None, "It rained all day.", "d3")
    cited = Citation(1, replace(ASH, pages=(0, 12)), 37, 55, lit=(37, 41), copies=3)
    why = Why(1.0, 1, 0.5, 1)
    return Answer(
        "What fell in Oslo?",
        "Snow fell in Oslo.",
        Status.WEAK,
        0.4,
        (cited,),
        (Alternative("Rain", 0.2, Citation(1, wire, 19, 23)),),
        (Hit(Passage(ASH, 12, 55), 0.9, 1, why), Hit(Passage(near, 0, 18), 0.5, 2, why)),
        kind=AnswerKind.SENTENCE,
        unread=2,
        asked="What fell there?",
        in_story=True,
        notes=("no article has “Osslo”; looked for “Oslo”",),
    )


def test_everything_that_an_answer_shows_is_kept(library: "Library") -> None:
    scope = Scope(since=date(2010, 4, 1), source="*.txt", paths=("/news",), only=("4", "7", "9"))
    number = library.start_conversation()
    answer = sentence_answer()
    kept = library.add_turn(number, "What fell there?", answer, scope)
    assert (kept.kind, kept.unread, kept.in_story) == (AnswerKind.SENTENCE, 2, True)
    assert (kept.notes, kept.scope) == (answer.notes, scope)
    assert [(place.number, place.kind, place.article) for place in kept.places] == [
        (1, PlaceKind.CITATION, "7"),
        (2, PlaceKind.OTHER, "9"),
        (3, PlaceKind.PASSAGE, "4"),
    ]
    cited, other, near = kept.places
    assert (cited.lit, cited.words, cited.confidence) == ((37, 41), "Snow", None)
    assert (cited.page, cited.copies) == (2, 3)
    assert (other.said, other.words, other.confidence) == ("Rain followed.", "Rain", 0.2)
    assert (near.start, near.end, near.said) == (0, 18, "")
    assert library.turns(number) == [kept]


def test_what_a_language_model_wrote_is_kept_with_its_turn(library: "Library") -> None:
    number = library.start_conversation()
    first = library.add_turn(number, "What fell?", found("What fell?"), Scope(source="*.txt"))
    other = library.add_turn(number, "Who sang?", missing("Who sang?"))
    rests = NumberedPlace(4, PlaceKind.WRITTEN, Citation(4, replace(ASH, pages=(0, 12)), 37, 55))
    said = (
        TurnSentence("Snow fell \x1b in Oslo \ud800.", Support.SUPPORTED, (turn_place(rests),)),
        TurnSentence("It cost 5.", Support.UNSUPPORTED, (), "no passage has “5”"),
    )
    for writing in (
        TurnWriting("small at 127.0.0.1:80", said, Ending.CANCELLED),
        TurnWriting("large at 127.0.0.1:80", said[1:], Ending.FAILED, "It broke off."),
    ):
        library.keep_writing(first.id, writing)
        assert library.turns(number) == [replace(first, writing=writing), other]
    library.keep_writing(first.id, TurnWriting("small", said, Ending.DONE))
    kept = library.turns(number)[0].writing
    assert kept is not None
    (place,) = kept.sentences[0].places
    assert (place.said, place.words, place.page) == (ASH.text[37:55], ASH.text[37:55], 2)
    library.judge(first.id, "right")
    assert library.turns(number)[0].writing == kept
    with pytest.raises(UsageError, match="no turn 99"):
        library.keep_writing(99, kept)


def test_a_refusal_keeps_the_nearest_passages(library: "Library") -> None:
    why = Why(1.0, 1, 0.5, 1)
    hits = (Hit(Passage(ASH, 12, 36), 0.9, 1, why), Hit(Passage(ASH, 37, 55), 0.5, 2, why))
    refusal = replace(missing("Who sang?"), hits=hits)
    kept = library.add_turn(library.start_conversation(), "Who sang?", refusal)
    (near,) = kept.places  # the best passage of each article
    assert (near.kind, near.start, near.end) == (PlaceKind.PASSAGE, 12, 36)
    assert kept.citations == ()


def test_remarks_and_summaries_are_kept_but_are_no_answers(library: "Library") -> None:
    number = library.start_conversation()
    hello = replace(missing("hello"), kind=AnswerKind.REMARK, remark="Hello.")
    told = replace(found("sum up"), kind=AnswerKind.SUMMARY, remark="In its own sentences")
    turns = [library.add_turn(number, each.question, each) for each in (hello, told)]
    assert [(turn.kind, turn.remark, turn.is_answer) for turn in turns] == [
        (AnswerKind.REMARK, "Hello.", False),
        (AnswerKind.SUMMARY, "In its own sentences", False),
    ]
    for turn in turns:
        with pytest.raises(UsageError, match="Only an answer"):
            library.judge(turn.id, "right")
    assert library.cases() == []
    assert library.conversations()[0].title == ""
    library.add_turn(number, "What fell?", missing("What fell?"))
    assert library.conversations()[0].title == "What fell?"


@pytest.mark.parametrize("in_story", [True, False])
@pytest.mark.parametrize("kind", list(AnswerKind))
def test_a_follow_up_makes_the_same_of_a_stored_answer(
    library: "Library", kind: AnswerKind, in_story: bool
) -> None:
    number = library.start_conversation()
    whole = replace(sentence_answer(), kind=kind, in_story=in_story)
    refused = replace(whole, status=Status.NOT_FOUND, text="", citations=(), alternatives=())
    listed = replace(found("overview", "Snow", replace(ASH, id="8")), kind=kind)
    for answer in (whole, refused, listed):
        kept = library.add_turn(number, "What fell there?", answer)
        assert Past.of_turn(kept) == Past.of_answer(answer)


def of_version_5(folder: Path) -> None:
    """Make a library of layout 5, which stored less of a turn: one answer and one refusal."""
    for file in folder.iterdir():
        file.unlink()
    connection = sqlite3.connect(folder / DATABASE)
    connection.create_function("checksum", -1, checksum, deterministic=True)
    for step in range(1, 6):
        connection.executescript(STEPS[step])
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute("PRAGMA user_version = 5")
    moment = "2026-01-01T00:00:00+00:00"
    connection.execute("INSERT INTO conversations VALUES (1, 'What fell?', ?, ?)", (moment, moment))
    connection.executemany(
        "INSERT INTO turns VALUES (?, 1, 'What fell?', 'What fell?', ?, ?, 0.8, ?, ?, NULL)",
        [
            (1, "Snow", "answered", "Snow fell in Oslo.", moment),
            (2, "", "not_found", "", moment),
        ],
    )
    connection.execute(
        "INSERT INTO turn_citations VALUES (1, 1, 'Ash', 'ash.txt', 2, '7', 37, 41, 'd1')"
    )
    connection.commit()
    connection.close()


def test_turns_of_an_older_library_are_read_and_migrated(
    library: "Library", open_library: Any
) -> None:
    library.close()
    of_version_5(library.folder)
    again = open_library()
    first, second = again.turns(1)
    assert version_and_tables(again.folder)[0] == 5, "reading does not migrate"
    (cited,) = first.citations
    assert (cited.said, cited.words, cited.sentence) == ("Snow fell in Oslo.", "Snow", (37, 55))
    assert (first.kind, first.scope, first.in_story) == (AnswerKind.SPAN, Scope(), True)
    assert (second.status, second.places) == (Status.NOT_FOUND, ())
    again.judge(first.id, "right")
    assert version_and_tables(again.folder)[0] == SCHEMA_VERSION
    assert again.turns(1) == [replace(first, verdict="right"), second]
    third = again.add_turn(1, "What fell there?", sentence_answer())
    assert again.turns(1)[-1] == third


@pytest.mark.parametrize(
    ("table", "details"),
    [
        ("turns", "no JSON"),
        ("turns", "[]"),
        ("turns", '{"kind": "song"}'),
        ("turns", '{"scope": {"since": "soon"}}'),
        ("turns", '{"writing": {"server": "small"}}'),
        ("turns", '{"writing": {"server": "", "sentences": [], "error": "", "ending": "odd"}}'),
        ("turn_citations", "{}"),
        ("turn_citations", "3"),
        (
            "turn_citations",
            '{"kind": "source", "sentence": [9, 1], "said": "", "lit": null, "confidence": null, '
            '"page": null, "copies": 0}',
        ),
    ],
)
def test_damaged_details_are_noticed(library: "Library", table: str, details: str) -> None:
    number = library.start_conversation()
    library.add_turn(number, "What fell?", found("What fell?"))
    connection = sqlite3.connect(library.folder / DATABASE)
    connection.execute(f"UPDATE {table} SET details = ?", (details,))
    connection.commit()
    connection.close()
    with pytest.raises(LibraryDamagedError):
        library.turns(number)
    assert library.damaged_conversations() == [number]


def test_the_most_recent_conversation_is_listed_first(library: "Library") -> None:
    assert library.conversations() == []
    one, two = library.start_conversation("Ash"), library.start_conversation()
    assert [talk.id for talk in library.conversations()] == [two, one]
    library.add_turn(one, "What fell?", found("What fell?"))
    first, second = library.conversations()
    assert (first.id, first.title, first.turns) == (one, "Ash", 1)
    assert (second.id, second.title, second.turns) == (two, "", 0)
    assert first.started < first.updated
    assert second.started == second.updated
    assert first.updated == library.turns(one)[0].asked_at


def test_an_empty_title_becomes_the_first_question(library: "Library") -> None:
    number = library.start_conversation(" \n")
    library.add_turn(number, "Who\nfell, and " + "where " * 30 + "?", missing("Who fell?"))
    library.add_turn(number, "Why?", missing("Why?"))
    (talk,) = library.conversations()
    assert talk.title.startswith("Who fell, and where")
    assert talk.title.endswith("where…")
    assert len(talk.title) <= 80


def test_conversations_can_be_renamed_and_deleted(library: "Library") -> None:
    one, two = library.start_conversation("One"), library.start_conversation("Two")
    turn = library.add_turn(one, "What fell?", found("What fell?"))
    kept = library.add_turn(two, "What fell?", found("What fell?"))
    library.rename_conversation(two, " The\nsecond ")
    library.delete_conversation(one)
    assert [(talk.id, talk.title) for talk in library.conversations()] == [(two, "The second")]
    assert library.turns(two) == [kept]
    with pytest.raises(UsageError):
        library.judge(turn.id, "right")
    assert library.start_conversation() > two, "ids are not reused"
    connection = sqlite3.connect(library.folder / DATABASE)
    assert connection.execute("SELECT DISTINCT turn FROM turn_citations").fetchall() == [(kept.id,)]
    connection.close()


@pytest.mark.parametrize("number", [0, -1, 2, 2**63, 2**200])
def test_unknown_ids_are_refused(library: "Library", number: int) -> None:
    known = library.start_conversation()
    uses: list[Callable[[], object]] = [
        lambda: library.turns(number),
        lambda: library.add_turn(number, "What fell?", missing("What fell?")),
        lambda: library.judge(number, "right"),
        lambda: library.rename_conversation(number, "Ash"),
        lambda: library.delete_conversation(number),
    ]
    for use in uses:
        with pytest.raises(UsageError, match=str(number)):
            use()
    assert [talk.id for talk in library.conversations()] == [known]


def test_empty_texts_and_unknown_verdicts_are_refused(library: "Library") -> None:
    number = library.start_conversation("Ash")
    turn = library.add_turn(number, "What fell?", missing("What fell?"))
    with pytest.raises(UsageError, match="empty"):
        library.add_turn(number, " \x00\n", missing("What fell?"))
    with pytest.raises(UsageError, match="empty"):
        library.rename_conversation(number, "\u202e ")
    with pytest.raises(UsageError, match="right or wrong"):
        library.judge(turn.id, "perhaps")  # type: ignore[arg-type]
    assert library.turns(number) == [turn]
    assert library.conversations()[0].title == "Ash"


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_cleaned_before_it_is_stored(library: "Library", text: str) -> None:
    number = library.start_conversation(text)
    turn = library.add_turn(number, text, missing(text))
    library.rename_conversation(number, text)
    for kept in (turn.question, turn.searched, library.conversations()[0].title):
        assert kept
        assert not set("\x00\x07\x1b\x9b\r\u2028\u202e\ud800") & set(kept)
    assert library.turns(number) == [turn]


def test_a_verdict_can_be_set_changed_and_removed(library: "Library") -> None:
    number = library.start_conversation()
    turn = library.add_turn(number, "What fell?", found("What fell?"))
    for verdict in ("right", "wrong", None):
        library.judge(turn.id, verdict)
        assert library.turns(number)[0].verdict == verdict


# Judged turns as labelled questions


def judged(library: "Library", *answers: tuple[Answer, str | None]) -> list[dict[str, Any]]:
    number = library.start_conversation()
    for answer, verdict in answers:
        turn = library.add_turn(number, "As it was typed?", answer)
        library.judge(turn.id, verdict)  # type: ignore[arg-type]
    return library.cases()


def test_a_right_answer_makes_a_case_and_a_wrong_one_alone_does_not(library: "Library") -> None:
    assert judged(
        library,
        (found("What fell?", "Snow"), "right"),
        (found("What closed the airports?", "Snow"), "wrong"),
        (missing("Who sang?"), "right"),
        (missing("What fell in Oslo?"), "wrong"),
        (found("Where?", "Oslo"), None),
    ) == [
        {"question": "What fell?", "answers": ["Snow"], "articles": ["news/ash.txt"]},
        {"question": "Who sang?", "answers": [], "articles": []},
    ]


def test_verdicts_on_the_same_question_make_one_case(library: "Library") -> None:
    second = Article("8", "Oslo", "oslo.txt", None, "The snow. Snow fell in Oslo.", "d3")
    assert judged(
        library,
        (found("What fell?", "airports"), "wrong"),
        (found("What fell?", "Snow", second), "right"),
        (found("what FELL?", "Snow fell"), "right"),
        (found("What fell?", "airports"), "wrong"),
    ) == [
        {
            "question": "What fell?",
            "answers": ["Snow", "Snow fell"],
            "articles": ["news/ash.txt", "oslo.txt"],
            "wrong": ["airports"],
        }
    ]


def test_of_contradicting_verdicts_the_later_counts(library: "Library") -> None:
    assert judged(
        library, (found("What fell?", "Snow"), "right"), (missing("What fell?"), "right")
    ) == [{"question": "What fell?", "answers": [], "articles": []}]
    assert judged(library, (found("What fell?", "Ash"), "right")) == [
        {"question": "What fell?", "answers": ["Ash"], "articles": ["news/ash.txt"]}
    ]


# While others write


def test_turns_are_written_while_an_indexing_run_holds_the_writer_lock(
    library: "Library", articles: Path
) -> None:
    number = library.start_conversation()
    with FileLock(library.folder / LOCK):
        library.add_turn(number, "What fell?", missing("What fell?"))
        with pytest.raises(LibraryBusyError):
            library.add(articles)
    assert len(library.turns(number)) == 1


def test_a_turn_waits_only_for_the_open_batch(library: "Library", put_in: Put) -> None:
    number = library.start_conversation()
    other = Store(library.folder, create=False)
    writer = threading.Thread(
        target=lambda: library.add_turn(number, "What fell?", missing("What fell?"))
    )
    with other.batch() as batch:
        put_in(batch, "Ash fell.")
        writer.start()
        writer.join(timeout=0.3)
        assert writer.is_alive()
        assert library.turns(number) == [], "reading does not wait"
    writer.join(timeout=30)
    assert len(library.turns(number)) == 1
    assert other.count() == (1, 1, 1)
    assert other.check() == []
    other.close()


def test_a_batch_that_takes_too_long_raises_busy(store: Store, put_in: Put) -> None:
    from qa.storage.conversations import Conversations

    other = Store(store.folder, create=False)
    other.connection().execute("PRAGMA busy_timeout = 50")
    with store.batch() as batch:
        put_in(batch, "Ash fell.")
        with pytest.raises(LibraryBusyError, match="try again"):
            Conversations(other).start("Ash")
    assert Conversations(other).start("Ash") == 1
    other.close()


def test_threads_can_share_a_library(library: "Library") -> None:
    number = library.start_conversation()

    def talk(name: int) -> None:
        for count in range(10):
            turn = library.add_turn(number, f"{name} {count}", missing("What fell?"))
            library.judge(turn.id, "right")
            library.conversations()

    threads = [threading.Thread(target=talk, args=(name,)) for name in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    turns = library.turns(number)
    assert {turn.question for turn in turns} == {f"{n} {c}" for n in range(6) for c in range(10)}
    assert {turn.verdict for turn in turns} == {"right"}


def test_stored_turns_survive_a_kill(library: "Library") -> None:
    number = library.start_conversation()
    said: list[int] = []
    for count in (1, 3, 8):
        with subprocess.Popen(
            [
                sys.executable,
                str(HERE / "talk_until_killed.py"),
                str(library.folder),
                str(number),
            ],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(HERE.parent.parent)},
        ) as program:
            assert program.stdout is not None
            said += [int(program.stdout.readline()) for _ in range(count)]
            program.send_signal(signal.SIGKILL)
            said += [int(line) for line in program.stdout if line.endswith("\n")]
        kept = [turn.id for turn in library.turns(number)]
        # The last one may have been stored but not yet printed.
        assert set(said) <= set(kept)
        said = kept
    assert library.check() == []


# Older layouts and read-only libraries


def of_version_1(folder: Path) -> None:
    """Change a library to layout 1, which has no conversations."""
    connection = sqlite3.connect(folder / DATABASE)
    connection.execute("DROP TABLE turn_citations")
    connection.execute("DROP TABLE turns")
    connection.execute("DROP TABLE conversations")
    connection.execute("DROP INDEX articles_listed")
    connection.execute("CREATE INDEX articles_by_date ON articles (published)")
    for statement in NEW_IN_LAYOUT_6:
        connection.execute(statement)
    connection.execute("DROP TABLE article_checksums")
    connection.execute("DROP TABLE passage_checksums")
    connection.execute("PRAGMA user_version = 1")
    connection.close()


def version_and_tables(folder: Path) -> tuple[int, list[tuple[str]]]:
    connection = sqlite3.connect(folder / DATABASE)
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    tables = connection.execute(
        "SELECT sql FROM sqlite_master WHERE name NOT LIKE 'sqlite%' ORDER BY name"
    ).fetchall()
    connection.close()
    return version, tables


@pytest.fixture
def old(open_library: Callable[[], "Library"], articles: Path) -> "Library":
    """A library with articles in layout 1."""
    made = open_library()
    made.add(articles)
    made.close()
    of_version_1(made.folder)
    return open_library()


def test_reading_an_older_library_does_not_change_it(old: "Library") -> None:
    before = version_and_tables(old.folder)
    assert before[0] == 1
    assert old.ask("What closed the airports?").citations
    assert old.conversations() == []
    assert old.cases() == []
    with pytest.raises(UsageError):
        old.turns(1)
    assert version_and_tables(old.folder) == before


@pytest.mark.parametrize("use", ["start", "add", "judge"])
def test_the_first_change_migrates_an_older_library(
    old: "Library", articles: Path, tmp_path: Path, use: str
) -> None:
    Store(tmp_path / "new", create=True).close()
    rows = old.articles()
    if use == "start":
        assert old.start_conversation("Ash") == 1
    elif use == "add":
        (articles / "snow.txt").write_text("Snow fell in Oslo.")
        old.add(articles)
    else:
        with pytest.raises(UsageError):
            old.judge(1, "right")
        assert version_and_tables(old.folder)[0] == 1, "nothing was changed"
        old.start_conversation()
    assert version_and_tables(old.folder) == version_and_tables(tmp_path / "new")
    assert version_and_tables(old.folder)[0] == SCHEMA_VERSION
    assert [row for row in old.articles() if "snow" not in row.source] == rows
    assert old.ask("What closed the airports?").citations
    assert old.check() == []


def test_a_failed_migration_changes_nothing(
    old: "Library", monkeypatch: pytest.MonkeyPatch
) -> None:
    before = version_and_tables(old.folder)
    whole = STEPS[2]
    monkeypatch.setitem(STEPS, 2, whole + ";\nCREATE TABLE articles (id)")
    with pytest.raises(LibraryError, match="could not be stored"):
        old.start_conversation()
    assert version_and_tables(old.folder) == before
    monkeypatch.setitem(STEPS, 2, whole)
    assert old.start_conversation() == 1


def test_two_processes_can_migrate_at_once(
    old: "Library", open_library: Callable[[], "Library"]
) -> None:
    others = [open_library() for _ in range(4)]
    threads = [threading.Thread(target=other.start_conversation) for other in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [talk.id for talk in old.conversations()] == [4, 3, 2, 1]


def test_a_read_only_database_can_be_searched(library: "Library", articles: Path) -> None:
    library.add(articles)
    number = library.start_conversation("Ash")
    library._store.connection().execute("PRAGMA query_only = ON")
    answer = library.ask("What closed the airports?")
    assert answer.citations
    with pytest.raises(LibraryError, match="still ask questions"):
        library.add_turn(number, "What closed the airports?", answer)
    assert [talk.title for talk in library.conversations()] == ["Ash"]


@pytest.mark.skipif(not hasattr(os, "fork") or os.name == "nt", reason="needs POSIX users")
def test_a_library_in_a_read_only_folder_can_be_searched(
    library: "Library", articles: Path, open_library: Callable[[], "Library"]
) -> None:
    library.add(articles)
    library.start_conversation("Ash")
    library.close()
    library.folder.chmod(0o555)
    try:
        if os.access(library.folder, os.W_OK):
            pytest.skip("this user may write everywhere")
        reader = open_library()
        assert reader.ask("What closed the airports?").citations
        assert [talk.title for talk in reader.conversations()] == ["Ash"]
        with pytest.raises(LibraryError, match="still ask questions"):
            reader.start_conversation()
    finally:
        library.folder.chmod(0o755)
