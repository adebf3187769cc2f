"""What the harnesses break: a folder of articles and a library of them; and how they check it.

All changes follow from one seed, so that a try can be repeated alone.
"""

import json
import random
import shutil
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from qa.storage.database import DATABASE, LOCK
from qa.storage.live_text import FOLDER
from qa.storage.schema import (
    SCHEMA_VERSION,
    STEPS,
    WITH_CHECKSUMS,
    WITH_DETAILS,
    article_checksum_sql,
    checksum,
)
from qa.turns import PlaceKind

from .processes import EXACT, OTHER_MODEL, Ended, Processes, last_line

OPERATIONS = ("index", "prune", "reembed", "rm", "talk", "first", "migrate")
"""What is interrupted: each is one command or a conversation."""

TURNS = 30
"""Turns of a conversation that is not interrupted."""

ABOUT_LIBRARY = frozenset({"library", "chat", "vectors", "full text", "files"})
"""The doctor's findings about the library."""

FILLING = "so it was said and so it was written down by all who had been there to see it"

KEPT_NUMBERS = range(8, 12)
"""Articles that are never changed, so that questions about them always have an answer."""

State = dict[str, Any]
"""A library's content, as the job ``look`` of `program.py` prints it."""


@dataclass(slots=True)
class Plan:
    """A change to a library, and what the library may contain when it is interrupted."""

    name: str
    """One of OPERATIONS."""
    job: str
    """The job of `program.py`."""
    values: dict[str, Any]
    """The job's values."""
    before: State
    """The content of the library before."""
    after: State
    """The content of the library after."""
    is_at_once: bool
    """Whether the change is atomic, so that there is nothing between the two."""
    next_words: list[list[str]]
    """Commands that complete an interrupted change."""
    wanted: State
    """The content of an uninterrupted library of the same files after those commands."""
    turns: list[list[Any]] = field(default_factory=list)
    """Turns in the library before."""


class Ground:
    """The articles and the library; both are restored for each try."""

    def __init__(self, work: Path, processes: Processes) -> None:
        self.processes = processes
        """Runs the commands."""
        self.articles = work / "articles"
        """The folder of articles."""
        self.library = work / "library"
        """The library."""
        self._fresh = work / "fresh"
        self._kept = work / "kept"
        self._work = work
        self._states: dict[str, State] = {}
        shutil.rmtree(self._kept, ignore_errors=True)
        self._make()

    def restore(self, *, library: str = "library") -> None:
        """Restore the articles and a kept library; with an empty name there is no library."""
        for folder in (self.articles, self.library):
            shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self._kept / "articles", self.articles)
        if library:
            shutil.copytree(self._kept / library, self.library)

    def keep(self, name: str) -> None:
        """Keep the current library under a name, for `restore`."""
        shutil.copytree(self.library, self._kept / name)

    def keep_articles(self) -> None:
        """Keep the current articles, for `restore`."""
        shutil.rmtree(self._kept / "articles")
        shutil.copytree(self.articles, self._kept / "articles")

    def forget_full_text(self) -> None:
        """Delete the full text, so that a question must rebuild it."""
        shutil.rmtree(self.library / FOLDER)

    def words(self, *words: str) -> list[str]:
        """Return a command with the option for this library."""
        return [*words, "--library", str(self.library)]

    def plan(self, name: str, chance: random.Random) -> Plan:
        """Restore everything, change files as the operation needs, and return its plan."""
        kept, folder = "library", str(self.articles)
        if name == "first":
            kept = ""
        elif name == "migrate":
            kept = self._older(chance.randrange(1, SCHEMA_VERSION))
        self.restore(library=kept)
        nothing = {**self._base, "articles": [], "passages": [], "files": [], "turns": []}
        before = self._base if kept else nothing
        after = wanted = self._base
        next_words = [self.words("index", folder, "--prune", "--quiet")]
        words = self.words("index", folder, "--quiet")
        if name in {"index", "prune", "migrate"}:
            self.edit(chance)
            after = wanted = self.undisturbed()
        if name == "prune":
            words.append("--prune")
        elif name == "reembed":
            words = self.words("index", "--reembed", "--model", OTHER_MODEL, "--quiet")
            after = wanted = self._other()
            next_words.insert(0, words)
        elif name == "rm":
            removed = str(self.articles / "a")
            words = self.words("rm", "--yes", removed, "--quiet")
            rows = [row for row in before["articles"] if not row[0].startswith(f"{removed}/")]
            after = {**before, "articles": rows}
        job: tuple[str, dict[str, Any]] = "command", {"words": words}
        is_at_once = name in {"reembed", "rm", "talk"}
        if name == "talk" or (name == "migrate" and chance.random() < 0.3):
            question = question_about(KEPT_NUMBERS[0])
            values = {"library": str(self.library), "question": question, "turns": TURNS}
            job, is_at_once, after = ("talk", values), True, before
        # The first layout has no conversations.
        turns = before["turns"] if kept and kept != "layout-1" else []
        return Plan(name, *job, before, after, is_at_once, next_words, wanted, turns)

    def edit(self, chance: random.Random) -> None:
        """Change, add, delete and move articles, except KEPT_NUMBERS."""
        paths = [path for path in self._files() if number_of(path) not in KEPT_NUMBERS]
        chosen = chance.sample(paths, 8)
        version = chance.randrange(2, 1000)
        for path in chosen[:5]:
            write(path, version)
        chosen[5].unlink()
        chosen[6].unlink()
        moved = chosen[7]
        moved.rename(moved.with_name(f"moved-{moved.name}"))
        for number in chance.sample(range(40, 90), 2):
            write(self.articles / chance.choice("ab") / f"{number}.txt", version)
        write_records(self.articles / "wire.jsonl", version, chance)

    def undisturbed(self) -> State:
        """Return the content of a new library of the articles, made without interruption."""
        return self._made_of_articles([])

    def look(self, rows: int = EXACT) -> tuple[State, str]:
        """Return the content of the library, and what is wrong with it."""
        done = self.processes.run("look", {"library": str(self.library)}, rows=rows)
        if done.fault or done.status:
            fault = done.fault or last_line(done.err)
            return {}, f"looking at the library: exit {done.status}, {fault}"
        state: State = done.said[0]
        return state, "; ".join(state["wrong"][:3])

    def check(self, plan: Plan, done: Ended, rows: int = EXACT) -> str:
        """Return what is wrong with a library after an interrupted plan; empty if nothing is.

        It must be undamaged and answer from its content before or after the plan. The next run must
        give it the content of an uninterrupted library.
        """
        state, wrong = self.look(rows)
        return (
            wrong
            or self._contents(plan, state)
            or _turns(plan, state, done)
            or self._layout_copy()
            or self._doctor(plan, rows)
            or self._question(plan, state, rows)
            or self._next_run(plan, rows)
        )

    def _contents(self, plan: Plan, state: State) -> str:
        """Return which articles belong neither to the content before nor after, or are lost."""
        found, before, after = (contents(each) for each in (state, plan.before, plan.after))
        if plan.is_at_once:
            if found in (before, after):
                return ""
            return f"an atomic change is only partly there: {len(found)} articles"
        if strange := found - before - after:
            return f"an article that should not exist: {min(strange)}"
        if lost := (before & after) - found:
            return f"an article is lost: {min(lost)}"
        return ""

    def _layout_copy(self) -> str:
        """Return what is wrong with the copies of older layouts."""
        for path in self.library.glob("library-layout-*.sqlite"):
            with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
                try:
                    (found,) = connection.execute("PRAGMA integrity_check").fetchone()
                    (version,) = connection.execute("PRAGMA user_version").fetchone()
                except sqlite3.Error as error:
                    return f"{path.name} is damaged: {error}"
            if found != "ok" or path.name != f"library-layout-{version}.sqlite":
                return f"{path.name} is damaged, or of layout {version}"
        return ""

    def findings(self, rows: int = EXACT) -> tuple[list[dict[str, Any]], str]:
        """Return the doctor's findings about the library, and what is wrong with the doctor."""
        done = self.processes.command(*self.words("doctor", "--json"), rows=rows)
        if done.fault or done.status not in (0, 1):
            return [], f"qa doctor: exit {done.status}, {done.fault or last_line(done.err)}"
        findings = json.loads(done.out)["findings"]
        return [one for one in findings if not one["is_well"] and one["what"] in ABOUT_LIBRARY], ""

    def _doctor(self, plan: Plan, rows: int) -> str:
        """Return what the doctor wrongly finds; it may find that files have changed."""
        if plan.name == "reembed":
            return ""  # the doctor does not find the second model, which is a fake
        findings, wrong = self.findings(rows)
        false = [one["says"] for one in findings if one["what"] != "files"]
        return wrong or (
            f"the doctor finds in an undamaged library: {'; '.join(false)}" if false else ""
        )

    def _question(self, plan: Plan, state: State, rows: int) -> str:
        """Return what is wrong with the answer to a question about an unchanged article."""
        number = KEPT_NUMBERS[1]
        held = any(number_of(Path(row[0])) == number for row in state["articles"])
        done = self.processes.command(
            *self.words("ask", question_about(number), "--json", "--quiet"), rows=rows
        )
        if done.fault:
            return f"asking: {done.fault}"
        if not held and (plan.name == "first" or not state["is_there"]):
            if state["articles"] or done.status == 2:
                return ""
            return f"asking a library that does not exist yet: exit {done.status}"
        digests = {row[6] for each in (plan.before, plan.after) for row in each["articles"]}
        return wrong_answer(done, number, digests)

    def _next_run(self, plan: Plan, rows: int) -> str:
        """Return what is wrong after the next run: differences and leftover files."""
        for words in plan.next_words:
            done = self.processes.command(*words, rows=rows)
            if done.fault or done.status:
                return f"the next run: {done.fault or last_line(done.err)} (exit {done.status})"
        state, wrong = self.look(rows)
        if wrong:
            return f"after the next run: {wrong}"
        if difference := differing(state, plan.wanted):
            return f"after the next run: {difference}"
        if strange := self._leftovers():
            return f"left after the next run: {', '.join(strange)}"
        return ""

    def _leftovers(self) -> list[str]:
        """Return files in the library that are not needed."""
        known = (DATABASE, LOCK, FOLDER, "vectors-", "library-layout-")
        return [path.name for path in self.library.iterdir() if not path.name.startswith(known)]

    def _make(self) -> None:
        """Make articles, and a library with a history of changes, deletions and a conversation."""
        for folder in (self.articles, self.library):
            shutil.rmtree(folder, ignore_errors=True)
        chance = random.Random(7)
        for number in range(20):
            suffix = ".md" if number % 7 == 3 else ".txt"
            write(self.articles / "ab"[number % 2] / f"{number:02}{suffix}", 1)
        write(self.articles / "b" / "90.txt", 1)
        write_records(self.articles / "wire.jsonl", 0, chance)
        index = self.words("index", str(self.articles), "--prune", "--quiet")
        self._run(*index)
        for number in (2, 3, 4):
            write(self._path(number), 2)
        (self.articles / "b" / "90.txt").unlink()
        write_records(self.articles / "wire.jsonl", 1, chance)
        self._run(*index)
        question = question_about(KEPT_NUMBERS[0])
        values = {"library": str(self.library), "question": question, "turns": 2}
        self.processes.run("talk", values)
        shutil.copytree(self.articles, self._kept / "articles")
        self.keep("library")
        self._base, wrong = self.look()
        fresh = self.undisturbed()
        if wrong := wrong or differing(self._base, fresh):
            raise RuntimeError(f"without interruption: {wrong}")

    def _other(self) -> State:
        """Return the content of the library embedded with the other model."""
        if "other" not in self._states:
            self._states["other"] = self._made_of_articles(["--model", OTHER_MODEL])
        return self._states["other"]

    def _made_of_articles(self, options: Iterable[str]) -> State:
        shutil.rmtree(self._fresh, ignore_errors=True)
        library = ["--library", str(self._fresh)]
        self._run("index", str(self.articles), "--quiet", *library, *options)
        done = self.processes.run("look", {"library": str(self._fresh)})
        state: State = done.said[0]
        if done.fault or state["wrong"]:
            raise RuntimeError(f"without interruption: {done.fault or state['wrong']}")
        return state

    def _older(self, version: int) -> str:
        """Keep a copy of the library in an older layout; return its name."""
        name = f"layout-{version}"
        if not (self._kept / name).exists():
            shutil.copytree(self._kept / "library", self._kept / name)
            take_back(self._kept / name / DATABASE, version)
        return name

    def _run(self, *words: str) -> None:
        done = self.processes.command(*words)
        if done.fault or done.status:
            raise RuntimeError(f"without interruption: {done.fault or done.err}")

    def _files(self) -> list[Path]:
        return sorted(path for path in self.articles.glob("*/*") if path.is_file())

    def _path(self, number: int) -> Path:
        return next(path for path in self._files() if number_of(path) == number)


def write(path: Path, version: int) -> None:
    """Write a version of an article."""
    path.parent.mkdir(parents=True, exist_ok=True)
    number = number_of(path)
    sentences = [f"{captain(number)} commands the harbour of {harbour(number)}."]
    sentences += [
        f"Part {part} of {number} in version {version}, {FILLING}."
        for part in range(3 + number % 4)
    ]
    text = " ".join(sentences) + "\n"
    if path.suffix == ".md":
        day = f"2012-03-0{1 + number % 7}"
        text = f"---\ntitle: News {number} of {version}\ndate: {day}\n---\n\n{text}"
    path.write_text(text, encoding="utf-8")


def write_records(path: Path, version: int, chance: random.Random) -> None:
    """Write a file with several articles, some of which have their own URL."""
    records = []
    for number in range(100, 106):
        changed = version if number % 3 == 0 else 0
        text = f"{captain(number)} commands the harbour of {harbour(number)}. "
        text += " ".join(f"Version {changed} of part {part}, {FILLING}." for part in range(3))
        record = {"title": f"Wire {number}", "date": "2011-10-24", "text": text}
        if number % 2:
            record["url"] = f"https://example.org/{number}"
        records.append(record)
    chance.shuffle(records)
    lines = [json.dumps(record) + "\n" for record in records]
    path.write_text("".join(lines), encoding="utf-8")


def captain(number: int) -> str:
    """Return who commands the harbour that an article is about."""
    return f"Captain Solheim{number}"


def harbour(number: int) -> str:
    """Return the name of that harbour."""
    return f"Westport{number}"


def question_about(number: int) -> str:
    """Return a question that only this article answers."""
    return f"Who commands the harbour of {harbour(number)}?"


def number_of(path: Path) -> int:
    """Return the number of the article in a file; -1 for a file with several."""
    digits = path.stem.removeprefix("moved-")
    return int(digits) if digits.isdecimal() else -1


def contents(state: State) -> frozenset[str]:
    """Return path, title, date and text of every article in a library."""
    return frozenset(json.dumps([row[0], row[2], row[4], row[7]]) for row in state["articles"])


def differing(found: State, wanted: State) -> str:
    """Return how a library differs from what it should contain; empty if it does not."""
    for what in ("facts", "files", "articles", "passages"):
        if found[what] == wanted[what]:
            continue
        if what == "facts":
            return f"{found[what]} in place of {wanted[what]}"
        ours = {json.dumps(row) for row in found[what]}
        theirs = {json.dumps(row) for row in wanted[what]}
        more, less = sorted(ours - theirs), sorted(theirs - ours)
        example = (more or less or ["the same twice"])[0]
        return f"{what} differ, {len(more)} too many and {len(less)} too few: {example[:200]}"
    return ""


def wrong_answer(done: Ended, number: int, digests: Iterable[str]) -> str:
    """Return what is wrong with the answer about an article's captain; empty if nothing is."""
    if done.fault or done.status:
        return f"asking: exit {done.status}, {done.fault or last_line(done.err)}"
    found = json.loads(done.out)
    if captain(number) not in found["answer"]:
        return f"a wrong answer: {found['answer'][:100]}"
    if any(one["article"]["digest"] not in set(digests) for one in found["citations"]):
        return "an answer from an article that never was"
    return ""


def take_back(path: Path, version: int) -> None:
    """Change a library's SQLite file to an older layout with the same rows."""
    older = path.with_suffix(".older")
    with closing(sqlite3.connect(older, isolation_level=None)) as connection:
        connection.create_function("checksum", -1, checksum, deterministic=True)
        connection.execute("PRAGMA journal_mode = WAL")
        for step in range(1, version + 1):
            for statement in STEPS[step].split(";\n"):
                connection.execute(statement)
        connection.execute("ATTACH ? AS newer", (str(path),))
        (mark,) = connection.execute("PRAGMA newer.application_id").fetchone()
        connection.execute(f"PRAGMA application_id = {mark}")
        connection.execute(f"PRAGMA user_version = {version}")
        tables = "SELECT name FROM {}.sqlite_master WHERE type = 'table'"
        names = [row[0] for row in connection.execute(tables.format("newer"))]
        connection.execute("BEGIN")
        for (name,) in connection.execute(tables.format("main")).fetchall():
            if name not in names or name == "sqlite_stat1":
                continue
            columns = [row[1] for row in connection.execute(f"PRAGMA main.table_info({name})")]
            listed = ", ".join(f'"{column}"' for column in columns)
            connection.execute(f"DELETE FROM main.{name}")
            connection.execute(
                f"INSERT INTO main.{name} ({listed}) SELECT {listed} FROM newer.{name}"
            )
        if version < WITH_DETAILS and "turn_citations" in names:  # it had citations alone
            connection.execute(
                "DELETE FROM main.turn_citations WHERE (turn, number) IN (SELECT turn, number "
                "FROM newer.turn_citations WHERE json_extract(details, '$.kind') <> ?)",
                (PlaceKind.CITATION.value,),
            )
        if version >= WITH_CHECKSUMS:
            connection.execute(
                "UPDATE article_checksums SET value = (SELECT "
                f"{article_checksum_sql(version)} FROM articles WHERE id = article)"
            )
        connection.execute("COMMIT")
        connection.execute("DETACH newer")
    older.replace(path)


def _turns(plan: Plan, state: State, done: Ended) -> str:
    """Return what is wrong with the turns.

    All that were reported as stored must be there, complete, and at most one more.
    """
    found = state.get("turns", [])
    if lost := [row for row in plan.turns if row not in found]:
        return f"a turn is lost: {lost[0]}"
    held = [row for row in found if row not in plan.turns]
    said = [value["turn"] for value in done.said if "turn" in value]
    if plan.job != "talk":
        return f"{len(held)} turns came from nowhere" if held else ""
    numbers = [row[0] for row in held]
    if numbers[: len(said)] != said or len(numbers) > len(said) + 1:
        return f"{len(said)} turns were said to be in, and {len(numbers)} are"
    if any(row[3] == 0 or not row[2] for row in held):
        return "a turn without its answer"
    return ""
