"""Readers beside a writer: every hit and citation is of one version, and of a current one.

Eight readers, four threads that share a library and four processes, search, ask and list while one
process changes, removes and adds articles. An article's title, and each of its sentences, name the
version that they are of, so that what a reader is given can be held against what was written, and
against when: a version that was replaced before the question began must not come up.

Run as a program it is one of these processes: ``read FOLDER NAME THREADS SEED`` or ``write FOLDER
CHANGES SEED``.
"""

import hashlib
import json
import os
import random
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.conftest import ROOT
from tests.doubles import WordEncoder, WordReader
from tests.hardening.tally import Tally, timed

if TYPE_CHECKING:
    from qa.datatypes import Article, Citation, Hit
    from qa.library import Library

SHORT = 60
"""Changes in the short run."""
LONG = 2_000
"""Changes in the long run."""

THREADS = 4
"""Reading threads that share one library in one process."""
PROCESSES = 4
"""Readers that have their own process."""

PLAIN = range(24)
"""Articles that are plain-text files."""
MARKDOWN = range(24, 32)
"""Articles that are Markdown files."""
RECORDS = range(32, 40)
"""Articles that are records of one file."""

MOST_AT_ONCE = 4
"""Most articles that one indexing run changes."""
REST_SECONDS = 0.02
"""How long a reader pauses between questions; otherwise the writer would hardly get a turn."""
PATIENCE_SECONDS = 120.0
"""How long a process may take to end when it should."""
NAMED_FAILURES = 20
"""Most failures that are described."""

KINDS = ("searches", "answers", "listings")
"""What a reader can do."""

_FIRST_DAY = date(2001, 1, 1)
_NAMED = re.compile(r"Harbour (\d+) in version (\d+)")
_FILLING = (
    *("ships", "pilots", "Ærøskøbing", "a 🚢 at anchor", "ropes", "the customs house", "storms"),
    *("cranes", "the breakwater", "«grain»", "fishermen", "tides", "the lighthouse", "漁港"),
)

Version = tuple[int, int]
"""Number of an article, and number of its version."""
State = Mapping[int, int]
"""The current version of each article."""


class Inconsistent(Exception):  # noqa: N818 - what is found, not an error of ours
    """A reader got something that is not from one version."""


# Writing


def title_of(version: Version) -> str:
    """Return the title of a version."""
    return f"Harbour {version[0]} in version {version[1]}"


@cache
def text_of(version: Version) -> str:
    """Return the text of a version, as it must be stored."""
    index, number = version
    chance = random.Random(f"{index} {number}")
    sentences = []
    for part in range(chance.randrange(3, 12)):
        words = ", ".join(chance.choices(_FILLING, k=chance.randrange(1, 5)))
        sentences.append(f"Part {part} of harbour {index} in version {number} tells of {words}.")
        if chance.random() < 0.2:
            sentences[-1] += "\n\n"
    body = " ".join(sentences).replace("\n\n ", "\n\n").rstrip()
    return f"{title_of(version)}\n\n{body}" if index in PLAIN else body


def day_of(version: Version) -> date | None:
    """Return the publication date of a version."""
    return None if version[0] in PLAIN else _FIRST_DAY + timedelta(days=version[1])


@cache
def places_of(version: Version) -> frozenset[tuple[int, int]]:
    """Return the offsets of a version's passages."""
    from qa.articles.heading import split_under_heading
    from qa.datatypes import Article

    text = text_of(version)
    encoder = WordEncoder()
    article = Article("", title_of(version), "", day_of(version), text, "")
    places, _ = split_under_heading(article, encoder.count_tokens, encoder.room_tokens)
    return frozenset(places)


def write_files(folder: Path, state: State, changed: Sequence[int]) -> None:
    """Write the files of changed articles as a state says."""
    for index in changed:
        if index in RECORDS:
            continue
        version = (index, state.get(index, -1))
        path = path_of(folder, index)
        if index not in state:
            path.unlink(missing_ok=True)
        elif index in PLAIN:
            path.write_text(text_of(version), encoding="utf-8")
        else:
            front = f"---\ntitle: {title_of(version)}\ndate: {day_of(version)}\n---\n"
            path.write_text(front + text_of(version), encoding="utf-8")
    if any(index in RECORDS for index in changed):
        lines = [
            json.dumps(
                {
                    "title": title_of((index, state[index])),
                    "date": str(day_of((index, state[index]))),
                    "url": f"https://example.org/harbour/{index}",
                    "text": text_of((index, state[index])),
                }
            )
            for index in RECORDS
            if index in state
        ]
        path_of(folder, RECORDS[0]).write_text("".join(f"{line}\n" for line in lines))


def path_of(folder: Path, index: int) -> Path:
    """Return the file of an article."""
    if index in RECORDS:
        return folder / "wire.jsonl"
    return folder / f"{index:02}{'.txt' if index in PLAIN else '.md'}"


# Reading


def version_of(article: "Article") -> Version:
    """Return the version of an article. Raises Inconsistent if it is not exactly one version."""
    named = _NAMED.fullmatch(article.title)
    if named is None:
        raise Inconsistent(f"no version has the title {article.title!r}")
    version = (int(named[1]), int(named[2]))
    wanted = text_of(version)
    if article.text != wanted:
        raise Inconsistent(f"the text under {article.title!r} is not that version's")
    if article.digest != hashlib.sha256(wanted.encode()).hexdigest():
        raise Inconsistent(f"the digest of {article.title!r} is not that of its text")
    if article.published != day_of(version):
        raise Inconsistent(f"{article.title!r} is dated {article.published}")
    return version


def version_of_hit(hit: "Hit") -> Version:
    """Return the version of a hit. Raises Inconsistent."""
    passage = hit.passage
    version = version_of(passage.article)
    if (passage.start, passage.end) not in places_of(version):
        raise Inconsistent(
            f"{title_of(version)!r} has no passage from {passage.start} to {passage.end}"
        )
    return version


def version_of_citation(citation: "Citation") -> Version:
    """Return the version of a citation. Raises Inconsistent."""
    version = version_of(citation.article)
    text, start, end = text_of(version), citation.start, citation.end
    if text[start:end] != citation.quote or f"version {version[1]}" not in citation.quote:
        raise Inconsistent(f"{title_of(version)!r} does not say {citation.quote!r} there")
    if not any(first <= start and end <= last for first, last in places_of(version)):
        raise Inconsistent(f"no passage of {title_of(version)!r} holds {start} to {end}")
    if citation.quote not in citation.sentence or citation.sentence not in text:
        raise Inconsistent(f"{citation.sentence!r} is no sentence of {title_of(version)!r}")
    return version


@dataclass(frozen=True, slots=True)
class Read:
    """The result of one question, search or listing."""

    began: float
    """When it began, in seconds of the clock that all processes share."""
    ended: float
    """When it ended, by the same clock."""
    seen: list[Version]
    """The versions in the result."""
    kind: str
    """One of KINDS."""
    fault: str
    """What was wrong; empty if nothing was."""


def questions(library: "Library", seed: str, stop: Path) -> Iterator[Read]:
    """Ask, search and list until the file exists; each at least once."""
    chance = random.Random(seed)
    turn = 0
    while turn < 3 or not stop.exists():
        began = time.monotonic()
        kind = KINDS[turn] if turn < 3 else chance.choices(KINDS, (6, 5, 1))[0]
        seen: list[Version] = []
        fault = ""
        try:
            seen = _once(library, kind, chance)
        except Inconsistent as error:
            fault = str(error)
        except Exception as error:  # any error of a reader is a failure
            fault = f"{type(error).__name__}: {error}"
        yield Read(began, time.monotonic(), seen, kind, fault)
        turn += 1
        time.sleep(REST_SECONDS * chance.random())


def _once(library: "Library", kind: str, chance: random.Random) -> list[Version]:
    """Search, ask or list; return the versions in the result. Raises Inconsistent."""
    from qa.datatypes import Scope

    index = chance.randrange(RECORDS[-1] + 1)
    question = f"What does part {chance.randrange(9)} of harbour {index} tell of?"
    scope = chance.choice((None, None, Scope(source="*.txt"), Scope(since=_FIRST_DAY)))
    if kind == "listings":
        return _listed(library)
    if kind == "searches":
        return [version_of_hit(hit) for hit in library.search(question, scope=scope)]
    answer = library.ask(question, scope=scope)
    citations = [*answer.citations, *(other.citation for other in answer.alternatives)]
    if answer.citations and answer.text != answer.citations[0].quote:
        raise Inconsistent(f"the answer {answer.text!r} is not its first quote")
    return [
        *(version_of_hit(hit) for hit in answer.hits),
        *(version_of_citation(citation) for citation in citations),
    ]


def _listed(library: "Library") -> list[Version]:
    """List all articles; return their versions. Raises Inconsistent."""
    seen = []
    for row in library.articles():
        named = _NAMED.fullmatch(row.title)
        if named is None:
            raise Inconsistent(f"no version has the title {row.title!r}")
        version = (int(named[1]), int(named[2]))
        if row.digest != hashlib.sha256(text_of(version).encode()).hexdigest():
            raise Inconsistent(f"the listed digest of {row.title!r} is not that of its text")
        seen.append(version)
    return seen


# Processes


def use_doubles() -> None:
    """Replace the models in this process with fakes that compare words."""
    import qa.models.opening

    setattr(qa.models.opening, "open_encoder", lambda name=None, device=None: WordEncoder())  # noqa: B010
    setattr(qa.models.opening, "open_reader", lambda name=None: WordReader())  # noqa: B010


def read(folder: Path, name: str, threads: int, seed: str) -> None:
    """Run one or several readers of the library in a folder; write their results to a file."""
    from qa.library import Library

    reads: list[Read] = []
    kept = threading.Lock()
    waiting = threading.Barrier(threads, lambda: print("ready", flush=True))

    def go(number: int) -> None:
        for turn, one in enumerate(questions(library, f"{seed} {number}", folder / "stop")):
            with kept:
                reads.append(one)
            if turn == 2:
                waiting.wait()

    with Library.open(folder / "library", create=False) as library:
        running = [threading.Thread(target=go, args=(number,)) for number in range(threads)]
        for thread in running:
            thread.start()
        for thread in running:
            thread.join()
    rows = [[one.began, one.ended, one.seen, one.kind, one.fault] for one in reads]
    (folder / f"{name}.json").write_text(json.dumps(rows))


def write(folder: Path, changes: int, seed: str) -> None:
    """Change articles of the library in a folder; write its states with their times to a file."""
    from qa.library import Library

    chance = random.Random(seed)
    articles = folder / "articles"
    begun = json.loads((folder / "begun.json").read_text())
    state = {int(index): int(number) for index, number in begun.items()}
    states: list[tuple[float, float, dict[int, int]]] = []
    done, newest = 0, 0
    with Library.open(folder / "library", create=False) as library:
        while done < changes:
            most = min(MOST_AT_ONCE, changes - done)
            chosen = chance.sample(range(RECORDS[-1] + 1), chance.randint(1, most))
            newest += 1
            for index in chosen:
                if index in state and len(state) > RECORDS[-1] // 2 and chance.random() < 0.25:
                    del state[index]
                else:
                    state[index] = newest
            write_files(articles, state, chosen)
            began = time.monotonic()
            gone = [index for index in chosen if index not in state and index not in RECORDS]
            known = {row.source for row in library.articles()}
            path = str(path_of(articles, chosen[0]))
            if len(chosen) == 1 and gone and path in known:
                _patiently(library, "remove", path)
            else:
                _patiently(library, "add", str(articles), prune=True)
            states.append((began, time.monotonic(), dict(state)))
            done += len(chosen)
        faults = [*library.check(), *map(str, library.changed_articles())]
        if library.differing_vectors() or library.differing_words():
            faults.append("vectors or words differ from the articles at the end")
    (folder / "written.json").write_text(json.dumps({"states": states, "faults": faults}))


def _patiently(library: "Library", what: str, *given: str, **options: Any) -> None:
    """Call a method of the library, again while a reader updates the full text."""
    from qa.errors import LibraryBusyError

    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            getattr(library, what)(*given, **options)
            return
        except LibraryBusyError:
            if time.monotonic() > until:
                raise


def _start(folder: Path, *words: object) -> "subprocess.Popen[str]":
    """Start one of the processes; its stderr goes to a file."""
    with (folder / f"{words[0]}-{words[2]}.log").open("w") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.hardening.concurrency", *map(str, words)],
            cwd=ROOT,
            env=_environment(folder),
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )


def _environment(folder: Path) -> dict[str, str]:
    """Return a process's environment: its own QA_HOME, one thread for vectors."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("QA_")}
    return kept | {"QA_HOME": str(folder / "home"), "OMP_NUM_THREADS": "1"}


def run(work: Path, count: int, seed: int) -> Tally:
    """Make changes while readers run, and compare the readers' results with the changes."""
    return timed(lambda: _run(work / f"seed-{seed}", count, seed))


def _run(folder: Path, count: int, seed: int) -> Tally:
    shutil.rmtree(folder, ignore_errors=True)
    _begin(folder)
    tally = Tally("concurrency")
    readers = {
        "threads": _start(folder, "read", folder, "threads", THREADS, f"{seed} threads"),
        **{
            f"process-{number}": _start(
                folder, "read", folder, f"process-{number}", 1, f"{seed} {number}"
            )
            for number in range(PROCESSES)
        },
    }
    running = list(readers.values())
    try:
        for name, reader in readers.items():
            assert reader.stdout is not None
            if reader.stdout.readline() != "ready\n":
                tally.count("processes", f"the reader {name} never began: {_said(folder, name)}")
        writer = _start(folder, "write", folder, count, seed)
        running.append(writer)
        failed = writer.wait(timeout=PATIENCE_SECONDS + 3 * count) != 0
        tally.count("processes", f"the writer failed: {_said(folder, str(count))}" * failed)
        (folder / "stop").touch()
        for name, reader in readers.items():
            failed = reader.wait(timeout=PATIENCE_SECONDS) != 0
            tally.count("processes", f"the reader {name} failed: {_said(folder, name)}" * failed)
    except subprocess.TimeoutExpired as error:
        tally.count("processes", f"{' '.join(map(str, error.cmd[3:]))} never ended")
    finally:
        for process in running:
            process.kill()
            process.wait()
            if process.stdout is not None:
                process.stdout.close()
    if (folder / "written.json").exists():
        _judge(folder, list(readers), tally)
    tally.notes.append(f"{THREADS} threads and {PROCESSES} processes beside {count:,} changes")
    return tally


def _judge(folder: Path, readers: Sequence[str], tally: Tally) -> None:
    """Compare all results with what the library held at that time."""
    written = json.loads((folder / "written.json").read_text())
    tally.count("the library at the end", "; ".join(written["faults"]))
    history = History(folder, written["states"])
    for name in readers:
        path = folder / f"{name}.json"
        for row in json.loads(path.read_text()) if path.exists() else ():
            one = Read(*row)
            fault = history.fault(one)
            tally.count(one.kind, f"{name}: {fault}" if fault else "")
    if more := len(tally.failures) - NAMED_FAILURES:
        tally.failures[NAMED_FAILURES:] = [f"and {more} more"] * (more > 0)


def _begin(folder: Path) -> None:
    """Create the library that the readers open."""
    articles = folder / "articles"
    articles.mkdir(parents=True)
    state = dict.fromkeys(range(RECORDS[-1] + 1), 0)
    write_files(articles, state, list(state))
    (folder / "begun.json").write_text(json.dumps(state))
    make = (
        "from tests.hardening.concurrency import use_doubles; use_doubles()\n"
        "import sys; from qa.library import Library\n"
        "with Library.open(sys.argv[1]) as library: library.add(sys.argv[2])"
    )
    command = [sys.executable, "-c", make, str(folder / "library"), str(articles)]
    subprocess.run(command, cwd=ROOT, env=_environment(folder), check=True)


def _said(folder: Path, name: str) -> str:
    """Return the last line in a process's log."""
    lines = [
        line for log in folder.glob(f"*-{name}.log") for line in log.read_text().splitlines()[-1:]
    ]
    return lines[0] if lines else "it said nothing"


class History:
    """The states of the library with their times, as the writer recorded them."""

    def __init__(self, folder: Path, states: Sequence[tuple[float, float, dict[str, int]]]) -> None:
        begun = json.loads((folder / "begun.json").read_text())
        self._states = [
            (began, ended, frozenset((int(index), number) for index, number in state.items()))
            for began, ended, state in [(0.0, 0.0, begun), *states]
        ]
        self._replaced: dict[Version, float] = {}
        self._written: dict[Version, float] = {}
        before: frozenset[Version] = frozenset()
        for began, ended, state in self._states:
            self._written.update(dict.fromkeys(state - before, began))
            self._replaced.update(dict.fromkeys(before - state, ended))
            before = state

    def fault(self, read: Read) -> str:
        """Return what is wrong with a reader's result; empty if nothing is."""
        if read.fault:
            return read.fault
        seen = {(index, number) for index, number in read.seen}
        for version in seen:
            if self._written.get(version, float("inf")) > read.ended:
                return f"{title_of(version)!r} came up before it was written"
            if self._replaced.get(version, float("inf")) < read.began:
                late = read.began - self._replaced[version]
                return f"{title_of(version)!r} came up {late:.2f} s after it was replaced"
        if read.kind == "listings" and (
            len(seen) != len(read.seen) or not self._was_there(seen, read)
        ):
            return "a listing shows no state that the library was in"
        return ""

    def _was_there(self, seen: set[Version], read: Read) -> bool:
        """Return whether the library may have been in this state during the reading."""
        ends = [ended for _, ended, _ in self._states[1:]] + [float("inf")]
        return any(
            state == seen and began <= read.ended and until >= read.began
            for (began, _, state), until in zip(self._states, ends, strict=True)
        )


if __name__ == "__main__":
    use_doubles()
    if sys.argv[1] == "read":
        read(Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]), sys.argv[5])
    else:
        write(Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
