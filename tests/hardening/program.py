"""Runs qa with doubles in place of its models, each time in a process forked for it.

Run as a program, by `processes.py`. Each line of its input is a job, in JSON: its name, where what
it prints is to go, and its values. The process says its number, then what it found, a line of JSON
each; the end is its exit status. Forked, for qa's libraries take a second to import.
"""

import ctypes
import functools
import hashlib
import json
import os
import shutil
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

# What the commands import is imported once, before the forks.
import filelock  # noqa: F401

import qa.answering.answer
import qa.answering.retriever
import qa.cli
import qa.cli.articles
import qa.cli.ask
import qa.cli.doctor
import qa.cli.index
import qa.cli.log
import qa.cli.status
import qa.indexing.pipeline
import qa.models.export
import qa.models.manifest
import qa.models.opening
import qa.render
import qa.storage.conversations
import qa.storage.live_text
import qa.storage.live_vectors
import qa.storage.store
from qa.errors import ModelError
from qa.library import Library
from qa.models import catalog
from qa.models.manifest import Manifest
from qa.storage.database import DATABASE
from qa.storage.full_text import FullText
from qa.storage.store import Store
from tests.doubles import WordEncoder, WordReader

from .processes import OTHER_MODEL

THREAD_SECONDS = 5
"""How long the threads that a command leaves behind are waited for, as Python does at its end."""

LONGEST_WAIT_SECONDS = 60
"""How long a process waits for whoever wants to trace it."""

_ALLOW_TRACING = 0x59616D61  # PR_SET_PTRACER

Say = Callable[[object], None]


def put_doubles_in() -> None:
    """Let words stand in for the models."""
    default = catalog.find(None).name
    known = {
        None: WordEncoder(default),
        default: WordEncoder(default),
        OTHER_MODEL: WordEncoder(OTHER_MODEL, 32),
    }

    def open_encoder(name: str | None = None, device: str | None = None) -> WordEncoder:
        if name not in known:
            raise ModelError(f"No model or folder is called {name}.")
        return known[name]

    def load_manifest(entry: catalog.ModelEntry, source: Path) -> Manifest | None:
        double = known.get(entry.name)
        return Manifest(0, entry.name, double.fingerprint, {}, True) if double else None

    setattr(qa.models.opening, "open_encoder", open_encoder)  # noqa: B010
    setattr(qa.models.opening, "open_reader", lambda name=None: WordReader())  # noqa: B010
    setattr(qa.models.manifest, "load_manifest", load_manifest)  # noqa: B010


def read_weights_once() -> None:
    """Let the doctor take the digests of the models' weights from memory: here they do not change.

    They are read in this process, for those that will be forked.
    """
    setattr(catalog, "file_sha256", functools.cache(catalog.file_sha256))  # noqa: B010
    for role in ("encoder", "reader"):
        entry = catalog.find(None, role)
        folder = entry.locate()
        for name in entry.digests if folder else ():
            if folder and (folder / name).is_file():
                catalog.file_sha256(folder / name)


def command(say: Say, words: Sequence[str]) -> int:
    """Run one command; its exit code is this process's."""
    return _run(words)


def commands(say: Say, all_words: Sequence[Sequence[str]], output: str) -> int:
    """Run commands one after the other, and say each one's exit code, output and errors."""
    for number, words in enumerate(all_words):
        path = Path(f"{output}-{number}")
        _print_into(path)
        say({"begun": list(words)})
        code = _run(words)
        out, err = (path.with_suffix(suffix) for suffix in (".out", ".err"))
        say(
            {
                "code": code,
                "out": out.read_text(encoding="utf-8", errors="replace"),
                "err": err.read_text(encoding="utf-8", errors="replace"),
            }
        )
    return 0


def look(say: Say, library: str) -> int:
    """Say what a library holds, in a form that does not depend on row numbers, and what is wrong.

    The articles come with their texts' digests, the passages with those of their vectors and of
    their words in the full text.
    """
    folder = Path(library)
    if not (folder / DATABASE).exists():
        say({"is_there": False, "wrong": [], "articles": [], "passages": [], "files": []})
        return 0
    with Library.open(folder, create=False) as opened:
        wrong = list(opened.check())
        changed = opened.changed_articles()
        wrong += [f"article {number} is not what was written" for number in changed]
        if count := opened.differing_vectors():
            wrong.append(f"{count} vectors differ")
        if count := opened.differing_words():
            wrong.append(f"the words of {count} passages differ")
        turns = [
            [turn.id, turn.question, turn.answer, len(turn.citations)]
            for conversation in opened.conversations()
            for turn in opened.turns(conversation.id)
        ]
        state = _state(opened._store)
        say({"is_there": True, "wrong": wrong, "turns": sorted(turns), **state})
    return 0


def _state(store: Store) -> dict[str, object]:
    """All that a library holds, but for its row numbers."""
    connection = store.connection()
    folder = store.folder / qa.storage.live_text.FOLDER
    words = FullText(folder).digests() if folder.exists() else {}
    articles = connection.execute(
        "SELECT path, record, title, url, published, first_line, articles.digest, text "
        "FROM articles JOIN files ON files.id = file"
    )
    passages = connection.execute(
        'SELECT path, record, start, "end", vector, passages.id FROM passages '
        "JOIN articles ON articles.id = passages.article JOIN files ON files.id = file "
        "LEFT JOIN embeddings ON passage = passages.id"
    )
    files = connection.execute("SELECT path, size_bytes, modified_ns, digest, is_whole FROM files")
    return {
        "facts": store.facts(),
        "articles": _sorted([[*row[:-1], _digest(row[-1].encode())] for row in articles]),
        "passages": _sorted(
            [[*row[:4], _digest(row[4] or b""), words.get(row[5])] for row in passages]
        ),
        "files": _sorted([list(row) for row in files]),
    }


def talk(say: Say, library: str, question: str, turns: int) -> int:
    """Begin a conversation and say each turn's number once it is in."""
    with Library.open(library, create=False) as opened:
        answer = opened.ask(question)
        number = opened.start_conversation()
        say({"conversation": number})
        for _ in range(turns):
            say({"turn": opened.add_turn(number, question, answer).id})
    return 0


def leave_log(say: Say, library: str, folder: str) -> int:
    """Bring a library up and end as if killed: what was committed stands in SQLite's log alone."""
    setattr(Store, "optimise", lambda self: None)  # noqa: B010 - it would empty the log
    opened = Library.open(library, create=False)
    opened.add(folder)
    return 0


def embed(say: Say, good: str, cache: str, text: str) -> int:
    """Embed a text with the real encoder, and say the embedding's digest.

    An export that must be made anew is copied from a good one; says how often.
    """
    made = []

    def copy(entry: catalog.ModelEntry, source: Path) -> Manifest:
        made.append(entry.name)
        shutil.rmtree(cache, ignore_errors=True)
        shutil.copytree(good, cache)
        found = qa.models.manifest.load_manifest(entry, source)
        if found is None:
            raise RuntimeError("the good copy is not good")
        return found

    setattr(qa.models.export, "export", copy)  # noqa: B010
    vectors = qa.models.opening.open_encoder().encode([text], "passage")
    say({"digest": _digest(vectors.tobytes()), "made": len(made)})
    return 0


def prepare(say: Say) -> int:
    """Export the real encoder, if there is no export yet."""
    qa.models.opening.open_encoder()
    return 0


JOBS: Mapping[str, Callable[..., int]] = {
    "command": command,
    "commands": commands,
    "look": look,
    "talk": talk,
    "leave_log": leave_log,
    "embed": embed,
    "prepare": prepare,
}


def _run(words: Sequence[str]) -> int:
    """Run one command as the process of its own that it would be; return its exit code."""
    sys.argv = ["qa", *words]
    try:
        qa.cli.main()
        code = 0
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else 0
    except BaseException:  # as Python does, a Rust panic included
        traceback.print_exc()
        code = 1
    _await_threads()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:  # the exit code that Python has for it
        return code or 120
    return code


def _await_threads() -> None:
    until = time.monotonic() + THREAD_SECONDS
    for thread in threading.enumerate():
        if thread is not threading.main_thread() and not thread.daemon:
            thread.join(max(0.0, until - time.monotonic()))


def _print_into(path: Path) -> None:
    """Let what is printed from here on go to files of that name."""
    for number, suffix in ((1, ".out"), (2, ".err")):
        handle = os.open(path.with_suffix(suffix), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(handle, number)
        os.close(handle)


def _await_tracer(go: Path) -> None:
    """Let another process trace this one, and wait until it says that it does."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_ALLOW_TRACING, ctypes.c_ulong(-1), 0, 0, 0)
    until = time.monotonic() + LONGEST_WAIT_SECONDS
    while not go.exists() and time.monotonic() < until:
        time.sleep(0.002)


def _child(job: dict[str, Any], say: Say) -> int:
    """Do a job in the process that was forked for it; return its exit status."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    _print_into(Path(job["output"]))
    qa.storage.live_vectors.APPROXIMATE_ROWS = job["rows"]
    # Small enough that a run has several batches and saves the index after each.
    qa.indexing.pipeline.BATCH_PASSAGES, qa.storage.live_vectors.STALE_ROWS = 20, 1
    if job["with_doubles"]:
        put_doubles_in()
    say({"pid": os.getpid()})
    if job["go"]:
        _await_tracer(Path(job["go"]))
    values = job["values"]
    if job["name"] == "commands":
        values["output"] = job["output"]
    try:
        return JOBS[job["name"]](say, **values)
    except qa.QAError as error:
        print(f"qa: {error}", file=sys.stderr, flush=True)
        return qa.cli.FAILED
    except BaseException:
        traceback.print_exc()
        return 1


def _sorted(rows: list[list[Any]]) -> list[list[Any]]:
    return sorted(rows, key=json.dumps)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def main() -> None:
    """Fork a process for each job, one after the other."""
    spoken = os.dup(1)
    os.dup2(2, 1)

    def say(value: object) -> None:
        line = (json.dumps(value) + "\n").encode()
        try:
            os.write(spoken, line)
        except OSError:  # the one call in which a fault was injected: it is not qa's
            os.write(spoken, line)

    read_weights_once()
    say({"ready": True})
    for line in sys.stdin:
        job = json.loads(line)
        sys.stdout.flush()
        child = os.fork()
        if child == 0:
            status = 1
            try:
                status = _child(job, say)
            finally:
                os._exit(status)
        ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        os.write(spoken, b"\n")  # it may have been killed in the middle of a line
        say({"ended": ended})


if __name__ == "__main__":
    main()
