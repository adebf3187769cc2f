"""Damages every kind of file in a library, and uses the library.

Each try copies a small library and damages one of its files: it flips a bit, zeroes a page, cuts
off the end, swaps two bytes, or flips a bit in one value of a table. Then it asks, searches, lists
and shows articles, and runs qa doctor. No command may crash, show a traceback, or end with exit
code 1, which means that the articles have no answer. Quotes must be what the articles say. Then the
harness follows the doctor's advice until there is none; after that the library must hold what the
articles say. The long run damages the exported model too.

Some things are only noted: errors with Python's own message, wrong sources, and changed turns of
conversations.
"""

import json
import os
import random
import shlex
import shutil
import sqlite3
import subprocess
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

from qa import settings
from qa.models.manifest import GRAPH, MANIFEST, TOKENIZER
from qa.storage.database import DATABASE
from qa.storage.live_text import FOLDER

from .ground import (
    KEPT_NUMBERS,
    Ground,
    captain,
    differing,
    number_of,
    question_about,
    write,
    write_records,
    wrong_answer,
)
from .processes import EXACT, SKETCHED, Ended, Processes, last_line
from .tally import Tally, timed

SHORT = 40
LONG = 2000

PAGE_BYTES = 4096
"""Size of a page on disk and in the database."""

WAYS = ("flip", "zero", "cut", "swap")
"""Kinds of damage to a file: to a bit, a page, the end, two bytes."""

MOST_ROUNDS = 4
"""Most rounds of running the doctor and following its advice."""

MOST_WORKERS = 4
"""Most libraries that are damaged in parallel."""

WITH_MODELS = 500
"""Least tries to also damage the exported model, as exporting it takes half a minute."""

MODEL_SHARE = 50
"""Then one in this many tries damages the model."""

TEXT = "Captain Solheim commands the harbour of Westport."

VALUES = 0.5
"""Share of damage to a database that changes one value, as most of its bytes are unused."""

Version = tuple[str, str | None, str]
"""Title, date and text of an article."""

Versions = Mapping[str, Sequence[Version]]
"""The earlier and current versions of each article, by source."""


def run(work: Path, count: int, seed: int) -> Tally:
    """Damage ``count`` files; each try has its own seed, starting with ``seed``."""
    return timed(lambda: _run(work, count, seed))


def _run(work: Path, count: int, seed: int) -> Tally:
    numbers = range(seed, seed + count)
    workers = min(MOST_WORKERS, settings.threads(), 1 + count // 100)
    tally = Tally("corruption")
    with ThreadPoolExecutor(workers) as pool:
        parts = [
            pool.submit(_libraries, work / f"part-{part}", numbers[part::workers])
            for part in range(workers)
        ]
        for part in parts:
            tally.add(part.result())
    if count >= WITH_MODELS:
        tally.add(_models(work / "model", numbers[::MODEL_SHARE]))
    return tally


class Damaged:
    """A small library in three states, and the versions of its articles."""

    def __init__(self, work: Path, processes: Processes) -> None:
        self.ground = Ground(work, processes)
        """The articles and the library."""
        self.noted: dict[str, list[str]] = {}
        """What is noted without being a failure, by kind."""
        self.versions: dict[str, list[Version]] = {}
        """The current and the previous version of each article."""
        self.wanted = self._with_log()
        """The content of an undamaged library."""

    def note(self, kind: str, what: str) -> None:
        """Note something that is not a failure."""
        self.noted.setdefault(kind, []).append(what)

    def _with_log(self) -> dict[str, Any]:
        """Also keep the library as a killed process leaves it, with commits in SQLite's log."""
        ground = self.ground
        ground.restore()
        self.versions = _said(ground)
        for path in sorted(ground.articles.glob("*/*.txt"))[:6]:
            if number_of(path) not in KEPT_NUMBERS:
                write(path, 3)
        write_records(ground.articles / "wire.jsonl", 3, random.Random(3))
        ground.keep_articles()
        place = {"library": str(ground.library), "folder": str(ground.articles)}
        done = ground.processes.run("leave_log", place)
        log = ground.library / f"{DATABASE}-wal"
        if done.status or not log.exists() or not log.stat().st_size:
            raise RuntimeError(f"there is no log: {last_line(done.err)}")
        log.with_name(f"{DATABASE}-shm").unlink(missing_ok=True)
        ground.keep("log")
        for rows in (EXACT, SKETCHED):
            ground.restore(library="log")
            words = ground.words("index", str(ground.articles), "--reread", "--quiet")
            ground.processes.command(*words, rows=rows)
            ground.keep(_kept(rows))
        for source, said in _said(ground).items():
            self.versions[source] = [*self.versions.get(source, ()), *said]
        wanted, wrong = ground.look()
        if wrong:
            raise RuntimeError(f"without any damage: {wrong}")
        return wanted


def _libraries(work: Path, numbers: Sequence[int]) -> Tally:
    """Damage libraries one by one."""
    tally = Tally("corruption")
    with Processes(work) as processes:
        damaged = Damaged(work, processes)
        for number in numbers:
            chance = random.Random(number)
            rows = chance.choice((EXACT, EXACT, SKETCHED))
            has_log = rows == EXACT and chance.random() < 0.3
            damaged.ground.restore(library="log" if has_log else _kept(rows))
            path = _chosen(damaged.ground.library, chance)
            kind = _kind(path)
            if kind == DATABASE and not has_log and chance.random() < VALUES:
                kind += ", a value"
                what = damage_value(path, chance)
            else:
                what = damage(path, chance)
            wrong = _try(damaged, chance, rows)
            repeat = f"({what}; --only corruption --seed {number} --count 1)"
            tally.count(kind, f"{wrong} {repeat}" if wrong else "")
        for kind, seen in sorted(damaged.noted.items()):
            tally.notes.append(f"{len(seen)} × {kind}, as: {seen[0]}")
    return tally


def _try(damaged: Damaged, chance: random.Random, rows: int) -> str:
    """Use a damaged library and follow the doctor's advice; return what went wrong."""
    return _used(damaged, chance, rows) or _repaired(damaged, rows)


def _used(damaged: Damaged, chance: random.Random, rows: int) -> str:
    """Use the library in every way; return what went wrong."""
    ground = damaged.ground
    number = KEPT_NUMBERS[1]
    all_words = [
        ground.words("ask", question_about(number), "--json"),
        ground.words("search", f"harbour of Westport{number}", "--json"),
        ground.words("ls", "--json"),
        ground.words("show", str(chance.randrange(1, 30)), "--json"),
        ground.words("status"),
        ground.words("doctor", "--json"),
    ]
    chance.shuffle(all_words)
    for words, done in zip(
        all_words, ground.processes.commands(all_words, rows=rows), strict=False
    ):
        if wrong := _wrong(words, done, damaged):
            return f"qa {words[0]}: {wrong}"
    done = ground.processes.run("look", {"library": str(ground.library)}, rows=rows)
    if done.status < 0 or done.is_late:
        return f"the library in Python: {done.fault}"
    if done.status == 1:  # a program may raise it, but qa has its own errors for that
        damaged.note("an error with Python's own message in the library", last_line(done.err))
    return ""


def _wrong(words: Sequence[str], done: Ended, damaged: Damaged) -> str:
    """Return what is wrong with the end of a command on a library that may be damaged."""
    said, wrong = last_line(done.err), ""
    if done.fault:
        wrong = done.fault
    elif done.status == 2 and not said:
        wrong = "exit 2 without a message"
    elif done.status == 2 and "QA_DEBUG=1" in done.err:
        damaged.note("an error with Python's own message in a command", f"qa {words[0]}: {said}")
    elif done.status not in (0, 2) and (words[0], done.status) != ("doctor", 1):
        wrong = f"exit {done.status}, {said or 'without a message'}"
    elif done.status == 0:
        wrong = _wrong_output(words[0], done.out, damaged)
    return wrong


def _wrong_output(command: str, out: str, damaged: Damaged) -> str:
    """Return what is wrong with a command's output, compared with the articles."""
    if command not in {"ask", "search", "show"}:
        return ""
    found = json.loads(out)
    places = [{"article": found, "text": found["text"]}] if command == "show" else _places(found)
    for place in places:
        if wrong := _wrong_place(place, damaged):
            return wrong
    if command == "ask" and captain(KEPT_NUMBERS[1]) not in found["answer"]:
        return f"another answer: {found['answer'][:100]!r}"
    return ""


def _places(found: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return all places in articles that the output of ask or search shows."""
    others = [other["citation"] for other in found.get("alternatives", ())]
    return [*found.get("citations", ()), *others, *found["hits"]]


def _wrong_place(place: Mapping[str, Any], damaged: Damaged) -> str:
    """Return what is wrong with a quote or a whole text, compared with its article."""
    article, source = place["article"], place["article"]["source"]
    known = damaged.versions.get(source)
    if known is None:
        damaged.note("a source that never existed", repr(source))
        known = [version for versions in damaged.versions.values() for version in versions]
    quote = place.get("quote", place.get("text"))
    for title, published, text in known:
        shown = text[place.get("start", 0) : place.get("end", len(text))]
        if (title, published, shown) == (article["title"], article["published"], quote):
            return ""
    return f"text that is in no article: {quote[:100]!r}, of {article['title']!r} in {source!r}"


def _repaired(damaged: Damaged, rows: int) -> str:
    """Follow the doctor's advice until it has none; return what went wrong."""
    ground = damaged.ground
    advised: list[str] = []
    for _ in range(MOST_ROUNDS):
        findings, wrong = ground.findings(rows)
        if wrong:
            return wrong
        if not findings:
            return _check_repaired(damaged, advised, rows)
        for finding in findings:
            advised.append(finding["fix"])
            if wrong := _follow(finding["fix"], ground, rows):
                return f"the doctor's {finding['fix']!r} for {finding['says']!r}: {wrong}"
    return f"the doctor's advice does not help: {'; '.join(advised)[:300]}"


def _check_repaired(damaged: Damaged, advised: Sequence[str], rows: int) -> str:
    """Return what is wrong with a library in which the doctor finds nothing."""
    ground = damaged.ground
    if not advised:
        state, wrong = ground.look(rows)
        wrong = wrong or _differing(state, damaged.wanted)
        if not wrong and state["turns"] != damaged.wanted["turns"]:
            damaged.note("a changed turn that was not noticed", str(state["turns"])[:200])
        return f"the doctor finds nothing, but {wrong}" if wrong else ""
    index = ground.words("index", str(ground.articles))
    number = KEPT_NUMBERS[1]
    ask = ground.words("ask", question_about(number), "--json")
    indexed, asked = ground.processes.commands([index, ask], rows=rows)
    if indexed.status or indexed.fault:
        return f"indexing after the advice: {indexed.fault or last_line(indexed.err)}"
    digests = {row[6] for row in damaged.wanted["articles"]}
    state, wrong = ground.look(rows)
    wrong = wrong or _differing(state, damaged.wanted) or wrong_answer(asked, number, digests)
    if not wrong:
        findings, wrong = ground.findings(rows)
        wrong = wrong or "; ".join(finding["says"] for finding in findings)
    return f"after the advice {'; '.join(advised)[:200]!r}: {wrong}" if wrong else ""


def _differing(state: Mapping[str, Any], wanted: Mapping[str, Any]) -> str:
    return differing({**state, "files": wanted["files"]}, dict(wanted))


def _follow(advice: str, ground: Ground, rows: int) -> str:
    """Run the commands that the doctor advises, as in a shell; return what went wrong."""
    if not advice:
        return "there is no advice"
    for part in advice.split("; "):
        words = shlex.split(part)
        if words[0] == "qa":
            words = [str(ground.articles) if word == "FOLDER" else word for word in words[1:]]
            done = ground.processes.command(*words, rows=rows)
            if done.fault or done.status not in (0, 2):
                return f"qa {words[0]}: {done.fault or last_line(done.err)}"
            continue
        paths = [word for word in words[1:] if not word.startswith("-")]
        within = all(Path(path).is_relative_to(ground.library) for path in paths)
        if words[0] not in {"rm", "chmod"} or not within:
            return "it is not a command that this harness runs"
        shell = subprocess.run(["/bin/sh", "-c", part], capture_output=True, text=True, check=False)
        if shell.returncode:
            return last_line(shell.stderr)
    return ""


def damage(path: Path, chance: random.Random, *, in_silence: bool = False) -> str:
    """Damage a file; return what was done. ``in_silence`` keeps its size and times."""
    before, facts = path.read_bytes(), path.stat()
    after = bytearray(before)
    while bytes(after) == before:
        way = chance.choice([way for way in WAYS if way != "cut" or not in_silence])
        place = chance.randrange(len(before))
        if way == "flip":
            after[place] ^= 1 << chance.randrange(8)
        elif way == "zero":
            place -= place % PAGE_BYTES
            end = min(place + PAGE_BYTES, len(before))
            after[place:end] = bytes(end - place)
        elif way == "cut":
            del after[place:]
        else:
            other = chance.randrange(len(before))
            after[place], after[other] = after[other], after[place]
    path.write_bytes(after)
    if in_silence:
        os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    return f"{way} at {place} of {len(before)} in {path.name}"


def damage_value(path: Path, chance: random.Random) -> str:
    """Change one value in the tables of a database; return what was done."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.text_factory = bytes
        connection.execute("PRAGMA ignore_check_constraints = ON")
        listed = "SELECT CAST(name AS BLOB) FROM sqlite_master WHERE type = 'table' ORDER BY name"
        tables = [name.decode() for (name,) in connection.execute(listed)]
        while True:
            table = chance.choice([name for name in tables if name != "sqlite_stat1"])
            columns = [row[1].decode() for row in connection.execute(f"PRAGMA table_info({table})")]
            (rows,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
            column = chance.choice(columns)
            if not rows:
                continue
            place = chance.randrange(rows)
            selected = ", ".join(f'"{name}"' for name in columns)
            kinds = ", ".join(f'typeof("{name}")' for name in columns)
            row, kind_of = (
                dict(zip(columns, found, strict=True))
                for found in (
                    connection.execute(
                        f"SELECT {what} FROM {table} LIMIT 1 OFFSET {place}"
                    ).fetchone()
                    for what in (selected, kinds)
                )
            )
            changed = _changed(row[column], chance)
            if changed is None:
                continue
            value, kind = changed, kind_of[column].decode()
            cast = "CAST(? AS TEXT)" if kind == "text" and chance.random() < 0.8 else "?"
            same = " AND ".join(
                f'"{name}" IS CAST(? AS TEXT)' if kind_of[name] == b"text" else f'"{name}" IS ?'
                for name in columns
            )
            try:
                connection.execute(
                    f'UPDATE {table} SET "{column}" = {cast} WHERE {same}', (value, *row.values())
                )
            except sqlite3.IntegrityError:  # another row already has that value
                continue
            return f"{table}.{column} of row {place}: {row[column]!r:.60} to {value!r:.60}"


def _changed(value: object, chance: random.Random) -> bytes | int | float | None:
    """Return a value with one bit flipped; None for NULL."""
    if isinstance(value, bytes) and value:
        place, data = chance.randrange(len(value)), bytearray(value)
        data[place] ^= 1 << chance.randrange(8)
        return bytes(data)
    if isinstance(value, int):
        return value ^ 1 << chance.choice((0, 1, 2, 5, 12, 40))
    if isinstance(value, float):
        return -value
    return None


def _chosen(library: Path, chance: random.Random) -> Path:
    """Return a random file of the library that is not empty; all kinds are equally likely."""
    kinds: dict[str, list[Path]] = {}
    for path in sorted(library.rglob("*")):
        if path.is_file() and path.stat().st_size:
            kinds.setdefault(_kind(path), []).append(path)
    return chance.choice(kinds[chance.choice(sorted(kinds))])


def _kind(path: Path) -> str:
    """Return the kind of a library's file."""
    if path.name == DATABASE or path.parent.name != FOLDER:
        return "vectors" if path.suffix == ".faiss" else path.name
    return "full text" if path.suffix != ".json" else "full text, its list"


def _kept(rows: int) -> str:
    return "sketched" if rows == SKETCHED else "exact"


def _said(ground: Ground) -> dict[str, list[Version]]:
    """Return the versions of an undamaged library's articles, by source."""
    listed = ground.processes.command(*ground.words("ls", "--json"))
    identifiers = [article["id"] for article in json.loads(listed.out)["articles"]]
    shown = ground.processes.commands(
        [ground.words("show", identifier, "--json") for identifier in identifiers]
    )
    found: dict[str, list[Version]] = {}
    for done in shown:
        value = json.loads(done.out)
        said = (value["title"], value["published"], value["text"])
        found.setdefault(value["source"], []).append(said)
    return found


def _models(work: Path, numbers: Sequence[int]) -> Tally:
    """Damage the exported encoder. It must be exported again, or an error must say what to do."""
    tally = Tally("corruption")
    with Processes(work, with_doubles=False) as processes:
        home = work / "home"
        cache, good = home / "cache" / "models", work / "good"
        made = processes.run("prepare", {})
        if made.status:
            tally.notes.append(f"the exported model was skipped: {last_line(made.err)}")
            return tally
        (folder,) = [path for path in cache.iterdir() if (path / MANIFEST).exists()]
        shutil.rmtree(good, ignore_errors=True)
        shutil.copytree(folder, good)
        values = {"good": str(good), "cache": str(folder), "text": TEXT}
        wanted = processes.run("embed", values).said[0]["digest"]
        for number in numbers:
            chance = random.Random(number)
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(good, folder)
            path = folder / chance.choice((GRAPH, TOKENIZER, MANIFEST))
            what = damage(path, chance, in_silence=chance.random() < 0.5)
            done = processes.run("embed", values)
            wrong = done.fault
            if not wrong and done.status not in (0, 2):
                wrong = f"exit {done.status}: {last_line(done.err)}"
            if not wrong and (done.status or done.said[0]["digest"] != wanted):
                wrong = _model_repaired(processes, values, wanted)
            tally.count(f"export: {path.name}", f"{wrong} ({what}; seed {number})" if wrong else "")
    return tally


def _model_repaired(processes: Processes, values: dict[str, Any], wanted: str) -> str:
    """Follow the doctor's advice on an export; return what went wrong."""
    looked = processes.command("doctor", "--json", "--library", "none")
    findings = json.loads(looked.out)["findings"]
    bad = [one for one in findings if not one["is_well"] and one["what"] == "export"]
    if not bad:
        return "the doctor does not see it"
    words = shlex.split(bad[0]["fix"])
    if words[:2] != ["rm", "-r"] or words[2:] != [values["cache"]]:
        return f"the advice {bad[0]['fix']!r} is not a command that this harness runs"
    shutil.rmtree(words[2])
    done = processes.run("embed", values)
    if done.fault or done.status or done.said[0]["digest"] != wanted:
        return f"the advice {bad[0]['fix']!r} does not help: {done.fault or last_line(done.err)}"
    return ""
