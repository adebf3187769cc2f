"""The command ``qa`` as a person and a script meet it: every test runs it as a process."""

import json
import os
import pty
import re
import shlex
import shutil
import signal
import sqlite3
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fcntl import ioctl
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from jsonschema import Draft202012Validator, FormatChecker

from qa import Library

pytestmark = pytest.mark.slow

COMMANDS = (
    *("ask", "chat", "search", "index", "ls", "show", "rm", "status", "doctor", "export", "import"),
    *("models", "eval"),
)
HEAVY = {"numpy", "faiss", "onnxruntime", "torch", "transformers", "sentence_transformers"}
HEAVY |= {"textual", "rich"}

TIMEOUT_SECONDS = 120
NO_VARIABLES: Mapping[str, str] = {}
ESCAPE = "\x1b"

# What is asked of the articles below.
WHO = "Who commands the harbour of Westport?"
NOBODY = "zxqvv qwlrt"  # words that stand in no article

NEWS = {
    "harbour/storm.txt": (
        "date 2011-10-24 WESTPORT A storm closed the harbour of Westport on Monday, and eleven "
        "ships wait outside the breakwater for the wind to fall.\n\n"
        "Captain Ingrid Solheim commands the harbour of Westport. She expects the pilots to go "
        "out again on Wednesday. Nobody was hurt.\n"
    ),
    "harbour/ferry.md": (
        "---\ntitle: New ferry reaches Westport\ndate: 2012-03-05\n---\n\n"
        "The ferry Albatross carries 240 passengers and was built in Gdansk.\n"
    ),
    "wire.jsonl": (
        '{"title": "Bridge opens", "date": "2013-06-01", "url": "https://example.org/bridge", '
        '"text": "The bridge over the Lonn is 412 metres long."}\n'
        '{"title": "Bridge closes", "date": "2013-07-01", '
        '"text": "The bridge over the Lonn was shut after cracks were found."}\n'
    ),
    "undated.txt": "The lighthouse keeper of Skarvoy keeps nine goats.\n",
}
DATES = ["2013-07-01", "2013-06-01", "2012-03-05", "2011-10-24", None]

HOSTILE = {
    "quotes.txt": 'The mayor of Grauburg is "Anna [b]Holm[/b]". \\"No\\", she {said} at [/foo].\n',
    "escape.txt": (
        "\x1b[31mThe\x1b[0m granary of Rotmoor \x1b]0;owned\x07burned \u202edown\u202c in \u2066May"
        "\u2069.\r\nThe \u200fmiller fled.\r\n"
    ),
    "emoji.md": (
        "# 🚀 Falkenberg 👩‍👩‍👧‍👦\n\nThe rocket 🚀 of Falkenberg 🇸🇪 cost 12\u00a0million kronor.\n"
    ),
    "surrogate.jsonl": (
        r'{"title": "Lone \ud800 \u001b[1mpoet\u0000", "date": "2014-05-06", '
        r'"url": "https://example.org/a?b=\"c\"", "text": '
        r'"The \udfff poet Quentin\u0000 Marlow \u001b[31mdied\u001b[0m in Oslo.\u2028He was 80."}'
        "\n"
    ),
    "latin.txt": "Der Förster von Köln heißt Jürgen Müller und trägt große Stiefel.\n",
}
HOSTILE_QUESTIONS = {
    "quotes.txt": "Who is the mayor of Grauburg?",
    "escape.txt": "When did the granary of Rotmoor burn down?",
    "emoji.md": "What did the rocket of Falkenberg cost?",
    "surrogate.jsonl": "Where died the poet Quentin Marlow?",
    "latin.txt": "Wie heißt der Förster von Köln?",
}
UNREADABLE = {
    "nul.txt": (b"The lake \0 is deep.\n", "zero bytes"),
    "picture.txt": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "image"),
    "broken.json": (b'{"title": ', "not valid JSON"),
    "records.jsonl": (b'{"title": oops}\n', "line 1: not valid JSON"),
    "textless.jsonl": (b'{"title": "x"}\n', "no text"),
}

# What design.md says that --json prints.


def values(**properties: Any) -> dict[str, Any]:
    """The schema of an object that has these keys, all of them and no others."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def listed(item: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of a list."""
    return {"type": "array", "items": item}


TEXT = {"type": "string"}
FLAG = {"type": "boolean"}
COUNT = {"type": "integer", "minimum": 0}
RANK = {"type": "integer", "minimum": 1}
SHARE = {"type": "number", "minimum": 0, "maximum": 1}
DAY = {"type": ["string", "null"], "format": "date", "pattern": r"^\d{4}-\d\d-\d\d$"}
DIGEST = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
NAME = {"type": "string", "minLength": 1}
VERSION = {"const": 1}

ARTICLE = values(id=NAME, title=TEXT, published=DAY, source=NAME, digest=DIGEST)
CITATION = values(
    number=RANK,
    quote=NAME,
    sentence=NAME,
    start=COUNT,
    end=RANK,
    lit=values(start=COUNT, end=RANK),
    line=RANK,
    page={"type": ["integer", "null"]},
    article=ARTICLE,
)
HIT = values(rank=RANK, score={"type": "number"}, start=COUNT, end=RANK, text=NAME, article=ARTICLE)
HIT["properties"]["why"] = values(  # beside what design.md lists: the scores, always
    bm25={"type": ["number", "null"]},
    bm25_rank={"type": ["integer", "null"]},
    cosine={"type": "number"},
    dense_rank={"type": ["integer", "null"]},
    retrieval_rank=RANK,
    reader={"type": ["number", "null"]},
)
ANSWER = values(
    version=VERSION,
    question=NAME,
    status={"enum": ["answered", "weak", "not_found"]},
    answer=TEXT,
    confidence=SHARE,
    kind={"enum": ["span", "sentence"]},
    citations=listed(CITATION),
    alternatives=listed(values(answer=NAME, confidence=SHARE, citation=CITATION)),
    hits=listed(HIT),
    unread=COUNT,
    timings_ms={
        "type": "object",
        "required": ["total"],
        "additionalProperties": {"type": "number", "minimum": 0},
    },
) | {
    "if": {"properties": {"status": {"const": "not_found"}}},
    "then": {
        "properties": {
            "answer": {"const": ""},
            "citations": {"maxItems": 0},
            "alternatives": {"maxItems": 0},
        }
    },
    "else": {"properties": {"answer": {"minLength": 1}, "citations": {"minItems": 1}}},
}
SCHEMAS: dict[str, dict[str, Any]] = {
    "ask": ANSWER,
    "search": values(version=VERSION, query=NAME, hits=listed(HIT)),
    "index": values(
        version=VERSION,
        **dict.fromkeys(("new", "changed", "unchanged", "moved", "removed"), COUNT),
        vanished=listed(NAME),
        failed=listed(values(source=NAME, reason=NAME)),
        skipped=COUNT,
        passages=COUNT,
        seconds={"type": "number", "minimum": 0},
    ),
    "ls": values(
        version=VERSION,
        articles=listed(values(**ARTICLE["properties"], passages=RANK)),
    ),
    "show": values(version=VERSION, **ARTICLE["properties"], text=NAME),
    "status": values(
        version=VERSION,
        **dict.fromkeys(("articles", "files", "passages", "disk_bytes"), COUNT),
        **dict.fromkeys(("changed_files", "vanished_files"), COUNT),
        **dict.fromkeys(("library", "config", "cache", "model"), TEXT),
        **dict.fromkeys(("since", "until"), DAY),
        vector_search={"enum": ["exact", "approximate"]},
        recall={"type": ["number", "null"], "minimum": 0, "maximum": 1},
        recall_passages={"type": ["integer", "null"], "minimum": 1},
        recall_sample={"type": ["integer", "null"], "minimum": 1},
    ),
    "doctor": values(
        version=VERSION,
        findings=listed(values(what=NAME, is_well=FLAG, says=NAME, mend=TEXT)),
    ),
    "models": values(
        version=VERSION,
        models=listed(
            values(
                **dict.fromkeys(("name", "role", "licence", "about"), TEXT),
                **dict.fromkeys(("default", "installed"), FLAG),
            )
        ),
    ),
}


@dataclass(frozen=True)
class Done:
    """What came of one run of the command."""

    code: int
    out: str
    err: str

    def json(self, command: str) -> Any:
        """The one object on stdout, once it fits the command's schema."""
        assert self.out.count("\n") == 1, self
        found = json.loads(self.out)
        json.dumps(found, ensure_ascii=False).encode()  # no lone surrogates
        Draft202012Validator(SCHEMAS[command], format_checker=FormatChecker()).validate(found)
        return found

    def is_refusal(self) -> bool:
        """Whether it is what a usage error should be: exit 2, one line, nothing on stdout."""
        return (self.code, self.out, self.err.count("\n")) == (2, "", 1)


@dataclass(frozen=True)
class Shelf:
    """A home of qa's, and the folder that commands are run in."""

    home: Path
    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """The process's own, without what could colour or steer qa."""
        taken = {"NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "TERM", "PYTHONIOENCODING"}
        kept = {
            name: value
            for name, value in os.environ.items()
            if name not in taken and not name.startswith("QA_")
        }
        return {**kept, "QA_HOME": str(self.home), "TERM": "xterm"}

    def start(
        self,
        *arguments: str | bytes,
        python: Sequence[str] = (),
        variables: Mapping[str, str] = NO_VARIABLES,
    ) -> "subprocess.Popen[bytes]":
        """The command, running."""
        return subprocess.Popen(
            [sys.executable, *python, "-m", "qa", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=self.folder,
            env={**self.environment, **variables},
        )

    def __call__(
        self,
        *arguments: str | bytes,
        stdin: bytes = b"",
        python: Sequence[str] = (),
        variables: Mapping[str, str] = NO_VARIABLES,
    ) -> Done:
        """The command, run to its end on pipes. None may ever show a traceback."""
        running = self.start(*arguments, python=python, variables=variables)
        out, err = running.communicate(stdin, timeout=TIMEOUT_SECONDS)
        assert b"Traceback" not in err, err.decode(errors="replace")
        return Done(running.returncode, out.decode(), err.decode())

    def on_terminal(
        self,
        *arguments: str,
        columns: int = 80,
        typed: str = "",
        variables: Mapping[str, str] = NO_VARIABLES,
    ) -> Done:
        """The command, run to its end on a terminal; what it shows there is ``out``."""
        master, terminal = pty.openpty()
        ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        running = subprocess.Popen(
            [sys.executable, "-m", "qa", *arguments],
            stdin=terminal,
            stdout=terminal,
            stderr=terminal,
            cwd=self.folder,
            env={**self.environment, **variables},
            start_new_session=True,
        )
        os.close(terminal)
        os.write(master, typed.encode())
        shown = b""
        while True:
            try:
                piece = os.read(master, 65_536)
            except OSError:  # the other end is closed
                break
            if not piece:
                break
            shown += piece
        os.close(master)
        code = running.wait(timeout=TIMEOUT_SECONDS)
        assert b"Traceback" not in shown, shown.decode(errors="replace")
        return Done(code, shown.decode().replace("\r\n", "\n"), "")

    def copy(self, name: str) -> str:
        """A copy of the default library under another name, to be spoiled."""
        libraries = self.home / "data" / "libraries"
        shutil.copytree(libraries / "default", libraries / name)
        return name


def write(folder: Path, files: Mapping[str, str]) -> Path:
    """Write files into a folder, each in UTF-8 and exactly as given."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text.encode("latin-1" if "latin" in name else "utf-8"))
    return folder


@pytest.fixture(scope="module")
def empty_shelf(session_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """A home without a library; the exported model is the session's."""
    home = tmp_path_factory.mktemp("command-line-home")
    (session_home / "cache").mkdir(exist_ok=True)
    (home / "cache").symlink_to(session_home / "cache")
    return Shelf(home, tmp_path_factory.mktemp("command-line"))


@pytest.fixture(scope="module")
def first_run(empty_shelf: Shelf) -> Done:
    """What ``qa index news hostile`` says the first time."""
    write(empty_shelf.folder / "news", NEWS)
    write(empty_shelf.folder / "hostile", HOSTILE)
    for name, (content, _) in UNREADABLE.items():
        (empty_shelf.folder / "hostile" / name).write_bytes(content)
    return empty_shelf("index", "news", "hostile")


@pytest.fixture(scope="module")
def qa(empty_shelf: Shelf, first_run: Done) -> Shelf:
    """A home whose default library holds the news and the hostile articles; nobody changes it."""
    assert first_run.code == 0, first_run
    assert empty_shelf("ask", WHO).code == 0  # prepares the reader, which is told once
    return empty_shelf


@pytest.fixture
def fresh(qa: Shelf, tmp_path: Path) -> Shelf:
    """A home of the test's own, empty but for the exported model."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "cache").symlink_to((qa.home / "cache").resolve())
    (tmp_path / "folder").mkdir()
    return Shelf(home, tmp_path / "folder")


@pytest.fixture
def without_network(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Variables under which a process dies when it so much as looks up a host."""
    folder = tmp_path / "site"
    folder.mkdir()
    modules = tmp_path / "modules.txt"
    (folder / "sitecustomize.py").write_text(
        "import atexit, os, socket, sys\n"
        "def refuse(*_, **__):\n"
        "    os.write(2, b'the network was touched\\n')\n"
        "    os._exit(99)\n"
        "socket.socket.connect = socket.socket.connect_ex = refuse\n"
        "socket.getaddrinfo = socket.gethostbyname = socket.create_connection = refuse\n"
        f"atexit.register(lambda: open({str(modules)!r}, 'w').write(' '.join(sys.modules)))\n"
    )
    yield {"PYTHONPATH": str(folder)}
    if modules.exists():
        loaded = set(modules.read_text().split())
        assert not loaded & {"torch", "transformers", "sentence_transformers", "textual"}


# Help


@pytest.mark.parametrize(
    "arguments",
    [
        ("--help",),
        ("--version",),
        ("models", "fetch", "--help"),
        *((name, "--help") for name in COMMANDS),
    ],
    ids=" ".join,
)
def test_help_is_shown_without_a_heavy_import(
    empty_shelf: Shelf, arguments: tuple[str, ...]
) -> None:
    done = empty_shelf(*arguments, python=["-X", "importtime"])
    assert done.code == 0
    assert done.out.startswith("qa" if "--version" in arguments else "Usage: ")
    lines = done.err.splitlines()
    assert all(line.startswith("import time:") for line in lines)
    loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in lines}
    assert "click" in loaded  # the check can see
    assert not loaded & HEAVY


def test_help_lists_every_command(empty_shelf: Shelf) -> None:
    out = empty_shelf("--help").out
    listed_there = re.findall(r"^  (\w+)  ", out.partition("Commands:")[2], re.MULTILINE)
    assert set(COMMANDS) <= set(listed_there)
    assert "..." not in out.partition("Commands:")[2]  # each line is whole


# ask


def test_an_answer_on_a_pipe_is_plain_text(qa: Shelf) -> None:
    done = qa("ask", WHO)
    assert (done.code, done.err) == (0, "")
    assert "Ingrid Solheim" in done.out.splitlines()[0] in "Captain Ingrid Solheim"
    assert "news/harbour/storm.txt:3" in done.out
    assert "24 October 2011" in done.out
    assert "«" in done.out
    assert ESCAPE not in done.out


def test_an_answer_is_shown_among_its_neighbours(qa: Shelf) -> None:
    """A quote is shown in its sentence, and lit there."""
    place = qa("ask", WHO).out.partition("storm.txt:3\n")[2].partition("\n\n")[0]
    shown = " ".join(place.split())
    assert "Ingrid Solheim» commands the harbour of Westport." in shown


def test_an_answer_does_not_begin_with_the_date_line(qa: Shelf) -> None:
    found = qa("ask", "--json", "How many ships wait outside the breakwater?").json("ask")
    assert "eleven" in found["answer"].casefold()
    assert not found["answer"].startswith("date ")


def test_nothing_found_has_an_exit_code_of_its_own(qa: Shelf) -> None:
    done = qa("ask", NOBODY)
    assert (done.code, done.err) == (1, "")
    assert done.out.startswith("Not in your articles.\n")
    as_json = qa("ask", "--json", NOBODY)
    found = as_json.json("ask")
    assert (as_json.code, as_json.err, found["status"]) == (1, "", "not_found")
    assert found["hits"]


def test_json_has_the_exit_code_of_plain_text(qa: Shelf) -> None:
    done = qa("ask", "--json", WHO)
    found = done.json("ask")
    assert (done.code, done.err) == (0, "")
    assert found["question"] == WHO
    assert found["answer"] == found["citations"][0]["quote"]
    assert found["citations"][0]["line"] == 3
    assert found["citations"][0]["article"]["published"] == "2011-10-24"


@pytest.mark.parametrize("name", HOSTILE)
def test_offsets_hold_in_hostile_articles(qa: Shelf, name: str) -> None:
    source = "https://*c*" if name == "surrogate.jsonl" else f"*{name}"
    done = qa("ask", "--json", HOSTILE_QUESTIONS[name], "--source", source)
    found = done.json("ask")
    assert done.code == 0
    cited = [*found["citations"], *(other["citation"] for other in found["alternatives"])]
    shown = qa("show", "--json", cited[0]["article"]["id"]).json("show")
    text = shown.pop("text")
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)
    places = [(place["start"], place["end"], place["quote"]) for place in cited]
    places += [(hit["start"], hit["end"], hit["text"]) for hit in found["hits"]]
    for place in chain(cited, found["hits"]):
        assert place["article"].items() <= shown.items()
    assert all(text[start:end] == quote for start, end, quote in places)
    assert all(place["quote"] in place["sentence"] for place in cited)


@pytest.mark.parametrize(
    "question",
    [
        "[b]Who[/b] commands [the harbour",
        "harbour",
        'the "of" and',
        "'); DROP TABLE articles; --",
        'NEAR(harbour*, 2) AND NOT ^title: {a b} "',
        "🚀👩‍👩‍👧‍👦",
        "Who\n commands\t the  harbour?",
        "harbour " + " ".join(f"word{number}" for number in range(2_000)),
    ],
    ids=range(8),
)
def test_any_question_gets_a_proper_answer(qa: Shelf, question: str) -> None:
    done = qa("ask", "--json", question)
    found = done.json("ask")
    assert done.err == ""
    assert found["question"] == " ".join(question.split())
    assert done.code == (1 if found["status"] == "not_found" else 0)


@pytest.mark.parametrize("arguments", [("",), (" \n",), ("-",)])
@pytest.mark.parametrize("command", ["ask", "search"])
def test_an_empty_question_is_refused(qa: Shelf, command: str, arguments: tuple[str]) -> None:
    done = qa(command, *arguments)
    assert done.is_refusal()
    assert "empty" in done.err


def test_a_question_comes_from_standard_input(qa: Shelf) -> None:
    done = qa("ask", "--json", "-", stdin=f"{WHO}\n".encode())
    found = done.json("ask")
    assert (done.code, found["question"]) == (0, WHO)
    found = qa("search", "--json", "-", "-k", "1", stdin=b"lighthouse\0 keeper\x1b[0m").json(
        "search"
    )
    assert found["hits"][0]["article"]["source"] == "news/undated.txt"


@pytest.mark.parametrize("way", ["argument", "standard input"])
def test_a_question_that_is_not_utf8_is_answered_or_refused(qa: Shelf, way: str) -> None:
    question = "Wie heißt der Förster von Köln?".encode("latin-1")
    if way == "argument":
        done = qa("ask", "--json", question)
    else:
        done = qa("ask", "--json", "-", stdin=question)
    assert done.is_refusal() or done.json("ask")["question"]


def test_no_network_and_no_torch_to_index_and_ask(
    fresh: Shelf, without_network: dict[str, str]
) -> None:
    write(fresh.folder, NEWS)
    done = fresh("ask", "--json", WHO, "harbour", variables=without_network)
    assert (done.code, done.err) == (0, "")
    assert done.json("ask")["citations"][0]["article"]["source"] == "harbour/storm.txt"


def test_a_path_limits_the_answer_and_removes_nothing(qa: Shelf) -> None:
    name = qa.copy("scoped")
    before = qa("ls", "--json", "--library", name).json("ls")
    done = qa("ask", "--json", WHO, "hostile", "--library", name, "--quiet")
    found = done.json("ask")
    named = {hit["article"]["source"] for hit in found["hits"]}
    assert named
    assert all(source.startswith(("hostile/", "https://example.org/a")) for source in named)
    assert "Solheim" not in found["answer"]
    found = qa("ask", "--json", WHO, "news/harbour/storm.txt", "--library", name).json("ask")
    assert {hit["article"]["source"] for hit in found["hits"]} == {"news/harbour/storm.txt"}
    assert qa("ls", "--json", "--library", name).json("ls") == before


def test_a_missing_path_is_named_and_leaves_no_library(fresh: Shelf) -> None:
    for command in (["ask", "Who?", "nowhere"], ["index", "nowhere"]):
        done = fresh(*command)
        assert done.is_refusal()
        assert "nowhere" in done.err
    assert not (fresh.home / "data" / "libraries" / "default").exists()


def test_without_articles_the_next_step_is_named(fresh: Shelf) -> None:
    for command in (["ask", "Who?"], ["search", "Who?"], ["ls"], ["show", "1"], ["rm", "1"]):
        done = fresh(*command)
        assert done.is_refusal()
        assert "qa index" in done.err


def test_explain_adds_scores_and_times(qa: Shelf) -> None:
    out = qa("ask", WHO, "--explain").out
    assert "BM25" in out
    assert "cosine" in out
    assert re.search(r"total \d+ ms", out)


def test_k_is_the_number_of_passages(qa: Shelf) -> None:
    assert len(qa("ask", "--json", "-k", "2", WHO).json("ask")["hits"]) == 2
    for k in ("0", "-1", "many"):
        done = qa("ask", "-k", k, WHO)
        assert (done.code, done.out) == (2, "")


# search


def test_search_shows_passages_and_no_answer(qa: Shelf) -> None:
    done = qa("search", "harbour of Westport", "-k", "2")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("[1] ")
    assert "news/harbour/storm.txt:1" in done.out
    found = qa("search", "--json", "harbour of Westport", "-k", "2").json("search")
    assert [hit["rank"] for hit in found["hits"]] == [1, 2]


def test_search_in_an_empty_scope_finds_nothing(qa: Shelf) -> None:
    done = qa("search", "--json", "harbour", "--source", "no/such/*")
    assert (done.code, done.json("search")["hits"]) == (1, [])
    done = qa("search", "harbour", "--source", "no/such/*")
    assert (done.code, done.out) == (1, "")


# Scope


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        (["--since", "2012"], DATES[:3]),
        (["--since", "2012-03"], DATES[:3]),
        (["--since", "2012-03-06"], DATES[:2]),
        (["--until", "2012"], DATES[2:4]),
        (["--until", "2012-03"], DATES[2:4]),
        (["--until", "2012-03-04"], DATES[3:4]),
        (["--since", "2011-10-24", "--until", "2011-10-24"], DATES[3:4]),
        (["--since", "2013-6", "--source", "https://*"], DATES[1:2]),
        ([], DATES),
    ],
    ids=str,
)
def test_a_scope_is_a_span_of_dates_and_a_glob(
    qa: Shelf, options: list[str], wanted: list[str | None]
) -> None:
    name = "news"
    if not (qa.home / "data" / "libraries" / name).exists():
        qa.copy(name)
        assert qa("rm", "--yes", "hostile", "--library", name).code == 0
    found = qa("ls", "--json", "--library", name, *options).json("ls")
    assert [row["published"] for row in found["articles"]] == wanted


def test_a_scope_holds_for_questions_and_searches(qa: Shelf) -> None:
    options = ["--json", "--until", "2011", WHO]
    for command in ("ask", "search"):
        found = qa(command, *options).json(command)
        assert {hit["article"]["published"] for hit in found["hits"]} == {"2011-10-24"}


@pytest.mark.parametrize("given", ["yesterday", "2011-13", "2011-02-30", "24.10.2011", "11", ""])
def test_a_bad_date_is_refused_with_the_form(qa: Shelf, given: str) -> None:
    done = qa("ls", "--since", given)
    assert done.is_refusal()
    assert "2011-10-24" in done.err


def test_dates_the_wrong_way_round_are_refused(qa: Shelf) -> None:
    assert qa("ls", "--since", "2012", "--until", "2011").is_refusal()


# index


def test_the_first_run_counts_and_names_every_file(first_run: Done) -> None:
    assert first_run.code == 0
    counts = first_run.out
    assert counts.count("\n") == 1
    for part in ("10 new", "0 changed", "0 unchanged", "0 vanished", "5 failed"):
        assert part in counts
    for name, (_, reason) in UNREADABLE.items():
        lines = [line for line in first_run.err.splitlines() if f"hostile/{name}" in line]
        assert len(lines) == 1
        assert reason in lines[0]


def test_a_run_says_what_became_of_each_article(fresh: Shelf) -> None:
    folder = write(fresh.folder / "news", NEWS)
    first = fresh("index", "news", "--json").json("index")
    assert (first["new"], first["unchanged"], first["failed"]) == (5, 0, [])
    (folder / "undated.txt").write_text("The lighthouse keeper of Skarvoy keeps ten goats.\n")
    (folder / "harbour" / "ferry.md").unlink()
    (folder / "new.txt").write_text("A new article about the chapel of Holt.\n")
    second = fresh("index", "news", "--json").json("index")
    assert (second["new"], second["changed"], second["unchanged"]) == (1, 1, 3)
    assert second["vanished"] == ["news/harbour/ferry.md"]
    third = fresh("index", "news")
    assert third.code == 0
    assert "0 new · 0 changed · 5 unchanged · 1 vanished · 0 failed" in third.out
    assert "news/harbour/ferry.md" in third.err
    assert "--prune" in third.err
    assert len(fresh("ls", "--json").json("ls")["articles"]) == 6
    pruned = fresh("index", "news", "--prune", "--json").json("index")
    assert (pruned["removed"], pruned["unchanged"]) == (1, 5)
    assert len(fresh("ls", "--json").json("ls")["articles"]) == 5
    shutil.rmtree(folder)
    gone = fresh("index", "news", "--prune")
    assert gone.is_refusal()
    assert len(fresh("ls", "--json").json("ls")["articles"]) == 5


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_named(fresh: Shelf) -> None:
    write(fresh.folder, NEWS)
    (fresh.folder / "undated.txt").chmod(0)
    done = fresh("index", ".")
    assert done.code == 0
    assert "4 new" in done.out
    assert "undated.txt: permission denied" in done.err


def test_nothing_readable_is_not_called_well(fresh: Shelf) -> None:
    (fresh.folder / "nul.txt").write_bytes(b"The lake \0 is deep.\n")
    done = fresh("index", ".")
    assert done.code != 0
    assert "nul.txt" in done.err


def test_index_without_a_path_is_refused(fresh: Shelf) -> None:
    assert fresh("index").is_refusal()
    assert fresh("index", "--reembed", ".").is_refusal()


def test_ctrl_c_keeps_what_is_finished_and_the_next_run_goes_on(fresh: Shelf) -> None:
    total = 1_500
    for number in range(total):
        (fresh.folder / f"{number:04}.txt").write_text(
            f"Village {number} lies {number} miles from the coast. Its mill has {number} sacks.\n"
        )
    running = fresh.start("index", ".", "--json")
    database = fresh.home / "data" / "libraries" / "default" / "library.sqlite"
    wait_for_articles(database)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=TIMEOUT_SECONDS)
    assert (running.returncode, out, err.strip()) == (130, b"", b"Interrupted.")
    kept = fresh("status", "--json").json("status")["articles"]
    assert 0 < kept < total
    assert fresh("doctor").code == 0
    rest = fresh("index", ".", "--json").json("index")
    assert (rest["unchanged"], rest["new"]) == (kept, total - kept)


def wait_for_articles(database: Path) -> None:
    """Return once the first batch is in."""
    until = time.monotonic() + TIMEOUT_SECONDS
    while time.monotonic() < until:
        if database.exists():
            connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
            try:
                if connection.execute("SELECT count(*) FROM articles").fetchone()[0]:
                    return
            except sqlite3.OperationalError:  # the tables are being made
                pass
            finally:
                connection.close()
        time.sleep(0.01)
    pytest.fail("no batch was committed")


def test_asking_goes_on_while_another_writes(qa: Shelf) -> None:
    folder = qa.home / "data" / "libraries" / qa.copy("busy")
    with FileLock(folder / "writer.lock"):
        for command in (["ask", WHO], ["ask", WHO, "news/harbour"], ["search", WHO], ["ls"]):
            assert qa(*command, "--library", "busy").code == 0
        refused = qa("index", "news", "--library", "busy")
    assert refused.is_refusal()
    assert "busy" in refused.err


# What has changed on disk


@pytest.mark.parametrize(
    ("change", "folder", "library"),
    [
        ("changed", "plain", []),
        ("gone", "two words", []),
        ("changed", "plain", ["--library", "other"]),
    ],
    ids=["changed", "gone", "in another library"],
)
def test_the_warning_names_a_command_that_mends(
    fresh: Shelf, change: str, folder: str, library: list[str]
) -> None:
    write(fresh.folder / folder, NEWS)
    assert fresh("index", folder, *library).code == 0
    storm = fresh.folder / folder / "harbour" / "storm.txt"
    if change == "changed":
        storm.write_text("The harbour of Westport is commanded by Captain Olaf Ruud.\n")
    else:
        storm.unlink()
    warned = fresh("ask", "--json", WHO, *library)
    warned.json("ask")
    assert "storm.txt" in warned.err
    command = re.search(r"(?<=\bqa )index.*", warned.err)
    assert command, warned
    assert fresh(*shlex.split(command.group())).code == 0
    again = fresh("search", WHO, *library)
    assert (again.code, again.err) == (0, "")


def test_the_warning_names_no_folder_that_was_never_indexed(fresh: Shelf) -> None:
    write(fresh.folder / "mine", {"a/one.txt": "One tower.\n", "b/two.txt": "Two towers.\n"})
    write(fresh.folder / "mine", {"b/secret.txt": "The password is swordfish.\n"})
    assert fresh("index", "mine/a", "mine/b/two.txt").code == 0
    write(fresh.folder / "mine", {"a/one.txt": "A tower.\n", "b/two.txt": "Two big towers.\n"})
    warned = fresh("search", "tower")
    command = re.search(r"(?<=\bqa )index.*", warned.err)
    assert command, warned
    assert fresh(*shlex.split(command.group())).code == 0
    titles = [row["title"] for row in fresh("ls", "--json").json("ls")["articles"]]
    assert sorted(titles) == ["A tower.", "Two big towers."]


def test_a_folder_that_is_gone_can_be_dropped_as_the_warning_says(fresh: Shelf) -> None:
    write(fresh.folder, {"kept/one.txt": "One tower.\n", "gone/two.txt": "Two towers.\n"})
    assert fresh("index", "kept", "gone").code == 0
    shutil.rmtree(fresh.folder / "gone")
    assert fresh("search", "tower", "--quiet").err == ""
    warned = fresh("search", "tower")
    command = re.search(r"(?<=\bqa )(?:index|rm) .*", warned.err)
    assert command, warned
    assert fresh(*shlex.split(command.group())).code == 0
    assert fresh("search", "tower").err == ""


# ls, show, rm


def test_ls_prints_columns_with_tabs_newest_first(qa: Shelf) -> None:
    done = qa("ls")
    assert (done.code, done.err) == (0, "")
    rows = [line.split("\t") for line in done.out.splitlines()]
    assert {len(row) for row in rows} == {4}
    dated = [row[1] for row in rows if row[1]]
    assert dated == sorted(dated, reverse=True)
    listed_there = qa("ls", "--json").json("ls")["articles"]
    assert [row[0] for row in rows] == [article["id"] for article in listed_there]


def test_show_finds_by_number_source_and_path(qa: Shelf) -> None:
    source = "news/harbour/storm.txt"
    rows = qa("ls", "--json").json("ls")["articles"]
    number = next(row["id"] for row in rows if row["source"] == source)
    absolute = str(qa.folder / source)
    shown = [qa("show", "--json", name).json("show") for name in (number, source, absolute)]
    assert shown[0]["text"] == NEWS["harbour/storm.txt"]
    assert shown[0] == shown[1] == shown[2]
    plain = qa("show", "https://example.org/bridge")
    assert plain.code == 0
    assert "The bridge over the Lonn is 412 metres long." in plain.out
    assert qa("show", "--json", "news/wire.jsonl#2").json("show")["title"] == "Bridge closes"


@pytest.mark.parametrize("name", ["9" * 30, "²", "x#" + "9" * 30, "no/such", "", "%"])
def test_a_name_that_fits_no_article_is_refused(qa: Shelf, name: str) -> None:
    done = qa("show", name)
    assert done.is_refusal()
    assert "qa ls" in done.err


def test_show_of_several_names_their_numbers(qa: Shelf) -> None:
    done = qa("show", "news/harbour")
    assert done.is_refusal()
    assert re.search(r"2 articles: \d+, \d+", done.err)


def test_rm_of_several_needs_a_yes(qa: Shelf) -> None:
    library = ["--library", qa.copy("removing")]
    count = len(qa("ls", "--json", *library).json("ls")["articles"])
    refused = qa("rm", "news/harbour", *library)
    assert refused.is_refusal()
    assert "--yes" in refused.err
    assert qa.on_terminal("rm", "news/harbour", *library, typed="n\n").code != 0
    assert len(qa("ls", "--json", *library).json("ls")["articles"]) == count
    assert qa.on_terminal("rm", "news/harbour", *library, typed="y\n").code == 0
    one = qa("rm", "https://example.org/bridge", *library)
    assert one.code == 0
    assert "Bridge opens" in one.out
    assert qa("rm", "--yes", "--quiet", "hostile", *library) == Done(0, "", "")
    rows = qa("ls", "--json", *library).json("ls")["articles"]
    assert {row["title"] for row in rows} == {
        "Bridge closes",
        "The lighthouse keeper of Skarvoy keeps nine goats.",
    }
    assert (qa.folder / "news/harbour/storm.txt").exists()


def test_an_empty_name_removes_nothing(fresh: Shelf) -> None:
    """As in ``qa rm "$UNSET"``, run in the folder of the articles."""
    write(fresh.folder, {"only.txt": "The only article.\n"})
    assert fresh("index", ".").code == 0
    assert fresh("rm", "").code == 2
    assert fresh("rm", "", "--yes").code == 2
    assert len(fresh("ls", "--json").json("ls")["articles"]) == 1


# status, doctor, models


def test_status_says_what_there_is(qa: Shelf) -> None:
    done = qa("status")
    assert (done.code, done.err) == (0, "")
    for part in ("10 in ", "2011-10-24 to 2014-05-06", "MiniLM", "exactly", str(qa.home)):
        assert part in done.out
    found = qa("status", "--json").json("status")
    assert (found["articles"], found["changed_files"], found["since"]) == (10, 0, "2011-10-24")


def test_doctor_finds_all_well(qa: Shelf) -> None:
    done = qa("doctor")
    assert (done.code, done.err) == (0, "")
    assert "BAD" not in done.out
    assert all(finding["is_well"] for finding in qa("doctor", "--json").json("doctor")["findings"])


@pytest.fixture
def spoiled(qa: Shelf, tmp_path: Path) -> tuple[Shelf, Path]:
    """A copy of the home, with an export and a library of its own; and the exported graph."""
    home = tmp_path / "two words"
    shutil.copytree(qa.home / "data" / "libraries" / "default", home / "data/libraries/default")
    shutil.copytree((qa.home / "cache").resolve(), home / "cache")
    (graph,) = (home / "cache").glob("models/*all-MiniLM*/model.onnx")
    return Shelf(home, qa.folder), graph


def test_doctor_finds_a_flipped_byte_and_names_the_mend(spoiled: tuple[Shelf, Path]) -> None:
    shelf, graph = spoiled
    content = bytearray(graph.read_bytes())
    content[len(content) // 2] ^= 1
    graph.write_bytes(content)
    done = shelf("doctor")
    assert done.code == 1
    (line,) = [line for line in done.out.splitlines() if line.startswith("BAD")]
    assert str(graph.parent) in line
    mend = re.search(r"mend it: (rm -r .*)", done.out)
    assert mend
    assert shlex.split(mend.group(1))[2:] == [str(graph.parent)]
    assert graph.read_bytes() == content  # it looks; to mend is the person's to say


def test_doctor_finds_a_damaged_library(spoiled: tuple[Shelf, Path]) -> None:
    shelf, _ = spoiled
    (shelf.home / "data/libraries/default/library.sqlite").write_bytes(b"nothing" * 1_000)
    done = shelf("doctor")
    assert (done.code, done.err) == (1, "")
    assert "mend it: " in done.out
    assert shelf("ask", WHO).is_refusal()


@pytest.mark.parametrize("place", ["a file", "in a file"])
def test_a_library_that_cannot_be_made_is_refused_in_one_line(fresh: Shelf, place: str) -> None:
    write(fresh.folder, NEWS)
    library = "./undated.txt" if place == "a file" else "./undated.txt/library"
    done = fresh("index", "harbour", "--library", library)
    assert done.is_refusal()
    assert "undated.txt" in done.err


def test_models_lists_the_default_as_installed(fresh: Shelf) -> None:
    found = fresh("models", "--json").json("models")["models"]
    defaults = ("sentence-transformers/all-MiniLM-L6-v2", "qa/MiniLM-L6-reader")
    assert [(row["name"], row["installed"]) for row in found if row["default"]] == [
        (default, True) for default in defaults
    ]
    for default in defaults:
        assert re.search(f"^{default} .* installed default", fresh("models").out, re.MULTILINE)


def test_fetching_asks_first_and_touches_no_network(
    fresh: Shelf, without_network: dict[str, str]
) -> None:
    refused = fresh("models", "fetch", "BAAI/bge-small-en-v1.5", variables=without_network)
    assert (refused.code, refused.out) == (2, "")
    assert "--yes" in refused.err
    assert fresh("models", "fetch", "no/such", variables=without_network).is_refusal()
    there = fresh(
        "models", "fetch", "sentence-transformers/all-MiniLM-L6-v2", variables=without_network
    )
    assert (there.code, there.out) == (0, "")


def test_a_model_that_is_not_there_is_refused(qa: Shelf) -> None:
    for model, part in (("no-such", "models.txt"), ("BAAI/bge-small-en-v1.5", "--reembed")):
        done = qa("ask", WHO, "--model", model)
        assert done.is_refusal()
        assert part in done.err


# Settings


def test_a_flag_beats_a_variable_beats_the_config_file(fresh: Shelf) -> None:
    config = fresh.home / "config" / "config.toml"
    config.parent.mkdir()
    libraries = fresh.home / "data" / "libraries"
    here = ["ls"]
    assert f"{libraries / 'default'} " in fresh(*here).err
    config.write_text('library = "from-file"\n')
    assert f"{libraries / 'from-file'} " in fresh(*here).err
    assert f"{libraries / 'variable'} " in fresh(*here, variables={"QA_LIBRARY": "variable"}).err
    flag = fresh(*here, "--library", "flag", variables={"QA_LIBRARY": "variable"}).err
    assert f"{libraries / 'flag'} " in flag
    assert f"{fresh.folder / 'path'} " in fresh(*here, "--library", "./path").err


def test_a_library_is_a_name_or_a_path(fresh: Shelf) -> None:
    write(fresh.folder, {"one.txt": "One tower.\n"})
    assert fresh("index", "one.txt", "--library", "named").code == 0
    assert (fresh.home / "data/libraries/named/library.sqlite").exists()
    assert fresh("index", "one.txt", "--library", "./here").code == 0
    assert (fresh.folder / "here/library.sqlite").exists()
    assert fresh("search", "tower", variables={"QA_LIBRARY": "named"}).code == 0
    assert fresh("search", "tower", variables={"QA_LIBRARY": str(fresh.folder / "here")}).code == 0
    assert fresh("search", "tower", "--library", "here").code == 0, "a library in this folder"
    assert fresh("index", "one.txt", "--library", "new").code == 0
    assert not (fresh.folder / "new").exists()


def test_hits_come_from_flag_variable_and_file(qa: Shelf) -> None:
    config = qa.home / "config" / "config.toml"
    config.parent.mkdir()
    try:
        config.write_text("hits = 3\n")
        assert len(qa("search", "--json", "the").json("search")["hits"]) == 3
        assert (
            len(qa("search", "--json", "the", variables={"QA_HITS": "2"}).json("search")["hits"])
            == 2
        )
        assert (
            len(
                qa("search", "--json", "the", "-k1", variables={"QA_HITS": "2"}).json("search")[
                    "hits"
                ]
            )
            == 1
        )
    finally:
        shutil.rmtree(config.parent)
    done = qa("search", "the", variables={"QA_HITS": "many"})
    assert done.is_refusal()
    assert "QA_HITS" in done.err


@pytest.mark.parametrize(
    ("content", "part"),
    [
        ('colour = "red"\n', "colour"),
        ('hits = "many"\n', "hits"),
        ("hits = 0\n", "hits"),
        ("hits = true\n", "hits"),
        ("library = [1]\n", "library"),
        ("hits\n", "line 1"),
        ("\xff", "config.toml"),
    ],
)
def test_a_config_file_that_cannot_be_meant_is_refused(
    fresh: Shelf, content: str, part: str
) -> None:
    config = fresh.home / "config" / "config.toml"
    config.parent.mkdir()
    config.write_bytes(content.encode("latin-1"))
    done = fresh("ls")
    assert done.is_refusal()
    assert str(config) in done.err
    assert part in done.err


def test_a_config_file_among_articles_changes_nothing(fresh: Shelf) -> None:
    (fresh.folder / "config.toml").write_text('library = "stolen"\ncolour = 1\n')
    assert "default" in fresh("ls").err


@pytest.mark.parametrize(
    "arguments",
    [["aks", "x"], ["ask"], ["ask", "x", "--nope"], ["show"], ["rm"], ["show", "1", "2"]],
)
def test_wrong_usage_is_exit_code_2_and_keeps_stdout_clean(
    fresh: Shelf, arguments: list[str]
) -> None:
    done = fresh(*arguments)
    assert done.is_refusal()
    assert "See: qa" in done.err


# Terminals and pipes


@pytest.mark.parametrize(
    "arguments",
    [
        ["ask", WHO],
        ["ask", NOBODY],
        ["ask", WHO, "--explain"],
        ["search", "harbour of Westport", "-k", "3", "--explain"],
        ["ls", "--source", "news/*"],
        ["show", "news/harbour/storm.txt"],
    ],
    ids=" ".join,
)
def test_a_terminal_gets_colour_and_lines_that_fit(qa: Shelf, arguments: list[str]) -> None:
    done = qa.on_terminal(*arguments)
    assert done.code == (1 if NOBODY in arguments else 0)
    assert f"{ESCAPE}[" in done.out
    plain = re.sub(r"\x1b\[[0-9;]*m", "", done.out)
    assert ESCAPE not in plain
    assert [line for line in plain.splitlines() if len(line) > 80] == []


def test_the_span_is_marked_in_its_place(qa: Shelf) -> None:
    out = qa.on_terminal("ask", WHO, columns=100).out
    assert re.search(rf"{ESCAPE}\[7m(?:Captain )?Ingrid Solheim{ESCAPE}\[0m commands", out)


@pytest.mark.parametrize("variable", [{"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=str)
def test_colour_can_be_refused(qa: Shelf, variable: dict[str, str]) -> None:
    done = qa.on_terminal("ask", WHO, variables=variable)
    assert done.code == 0
    assert ESCAPE not in done.out
    words = " ".join(done.out.split())
    assert "Ingrid Solheim» commands the harbour of Westport." in words


def test_articles_cannot_write_escape_codes_to_a_terminal(qa: Shelf) -> None:
    done = qa.on_terminal("search", "granary burned poet Marlow", variables={"NO_COLOR": "1"})
    assert "granary" in done.out
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", done.out)


def test_progress_is_shown_on_a_terminal_alone(fresh: Shelf) -> None:
    write(fresh.folder, NEWS)
    shown = fresh.on_terminal("index", ".").out
    assert "indexing" in shown
    assert shown.endswith("\n")
    assert "5 new" in shown
    assert "indexing" not in fresh.on_terminal("index", ".", "--quiet", "--library", "two").out
    assert fresh("index", ".", "--library", "three").err == ""


@pytest.mark.parametrize("arguments", [["ls"], ["ask", WHO]], ids=" ".join)
def test_a_reader_that_leaves_is_no_error(qa: Shelf, arguments: list[str]) -> None:
    running = qa.start(*arguments)
    assert running.stdin and running.stdout and running.stderr
    running.stdin.close()
    running.stdout.close()
    error = running.stderr.read().decode()
    running.stderr.close()
    code = running.wait(timeout=TIMEOUT_SECONDS)
    assert error == ""
    assert code in (0, 128 + signal.SIGPIPE, -signal.SIGPIPE)  # 1 would say: not found


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_a_pipe_of_another_encoding_breaks_nothing(qa: Shelf, encoding: str) -> None:
    arguments = ["ask", "--json", HOSTILE_QUESTIONS["emoji.md"], "--source", "*emoji*"]
    running = qa.start(*arguments, variables={"PYTHONIOENCODING": encoding})
    out, err = running.communicate(timeout=TIMEOUT_SECONDS)
    assert (running.returncode, err) == (0, b"")
    assert json.loads(out)["status"] != "not_found"


# What a terminal must not be told


def test_arguments_do_not_reach_the_terminal_raw(qa: Shelf) -> None:
    hostile = "\x1b]52;c;aGVsbG8=\x07\x1b[31mnowhere\u202e"
    for command in (
        ("show", hostile),
        ("ask", "Who?", hostile),
        ("ask", WHO, "--since", hostile),
        ("index", hostile),
        ("eval", hostile),
        (hostile,),
    ):
        done = qa(*command)
        assert done.code == 2
        assert not set("\x1b\x07\u202e") & set(done.out + done.err), command
        assert "nowhere" in done.err


def test_an_argument_that_is_not_utf8_is_named(qa: Shelf) -> None:
    done = qa("ask", b"Wer ist F\xf6rster?")
    assert (done.code, done.out) == (2, "")
    assert "is not UTF-8" in done.err


@pytest.mark.skipif(os.name != "posix", reason="closes a descriptor as a shell does")
def test_a_closed_stdout_breaks_nothing(qa: Shelf) -> None:
    for command in (["ask", WHO], ["ls"]):
        words = shlex.join([sys.executable, "-m", "qa", *command])
        done = subprocess.run(
            ["/bin/sh", "-c", f"{words} >&-"],
            cwd=qa.folder,
            env=qa.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert "Error" not in done.stderr
        assert done.returncode == 0


def test_a_library_is_not_made_among_articles(fresh: Shelf) -> None:
    folder = write(fresh.folder / "news", NEWS)
    before = sorted(path.name for path in folder.iterdir())
    done = fresh("index", "news", "--library", "./news")
    assert done.code == 2
    assert "holds other things" in done.err
    assert sorted(path.name for path in folder.iterdir()) == before


def test_the_doctors_advice_for_a_damaged_text_works(fresh: Shelf) -> None:
    write(fresh.folder / "news", NEWS)
    assert fresh("index", "news").code == 0
    path = fresh.home / "data" / "libraries" / "default" / "library.sqlite"
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("UPDATE articles SET text = replace(text, 'Solheim', 'Solhein')")
    connection.close()
    asked = fresh("ask", WHO)
    assert (asked.code, asked.out) == (2, "")
    assert "qa doctor" in asked.err
    found = fresh("doctor", "--json").json("doctor")
    (bad,) = [finding for finding in found["findings"] if not finding["is_well"]]
    assert "storm.txt" in bad["says"]
    program, *words = shlex.split(bad["mend"])
    assert program == "qa"
    assert fresh(*words).code == 0
    assert fresh("ask", WHO).out.startswith("Ingrid Solheim")
    assert fresh("doctor").code == 0


def test_the_doctor_deletes_a_conversation_that_cannot_be_read(fresh: Shelf) -> None:
    write(fresh.folder / "news", NEWS)
    assert fresh("index", "news").code == 0
    folder = fresh.home / "data" / "libraries" / "default"
    with Library.open(folder) as library:
        kept, damaged = library.start_conversation("kept"), library.start_conversation("damaged")
    connection = sqlite3.connect(folder / "library.sqlite")
    with connection:
        connection.execute(
            "UPDATE conversations SET updated = 'yesterday' WHERE id = ?", (damaged,)
        )
    connection.close()
    found = fresh("doctor", "--json").json("doctor")
    (bad,) = [finding for finding in found["findings"] if not finding["is_well"]]
    assert (bad["what"], bad["mend"]) == ("chat", "qa doctor --repair")
    assert f"conversation {damaged}" in bad["says"]
    assert fresh("doctor", "--repair").code == 0
    assert fresh("doctor").code == 0
    with Library.open(folder) as library:
        assert [each.id for each in library.conversations()] == [kept]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
@pytest.mark.parametrize("both", [False, True])
def test_output_to_a_full_disk_is_an_error_without_a_traceback(home: Path, both: bool) -> None:
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = subprocess.run(
            [sys.executable, "-m", "qa", "--help"],
            stdout=full,
            stderr=full if both else subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 2
    assert both or done.stderr.startswith("qa: the disk is full")
