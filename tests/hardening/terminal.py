"""Checks that no control sequence of an article, name, library or argument reaches a terminal.

Each command, and the chat, runs on a pseudo-terminal that passes its output on unchanged. The
output may only contain qa's own control sequences. Any other escape sequence, control character or
character that changes the reading direction must come from the input. With ``--json``, stdout must
be a single strict JSON object or empty.

There are two libraries: the user's own, and one made by an attacker. The second has correct
checksums, but hostile titles, texts, paths, dates, model name and conversations.
"""

import hashlib
import json
import os
import pty
import random
import re
import shutil
import sqlite3
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from fcntl import ioctl
from pathlib import Path
from typing import Any

from tests.hardening.tally import Tally, timed

SHORT = 20
"""Commands in the short run, in addition to the chats."""
LONG = 500
"""Commands in the long run."""

COMMAND_SECONDS = 120.0
"""How long a command may take."""
CHAT_SECONDS = 60.0
"""How long the chat may take for something that is waited for."""
PAUSE_SECONDS = 0.6
"""How long to wait after keys without an expected result."""

WHO = "Who commands the harbour of Westport?"

PIECES = {
    "colour": "\x1b[5;31;8mred\x1b[0m",
    "clipboard": "\x1b]52;c;T1dORUQ=\x07",
    "clipboard, 8 bits": "\x9d52;c;T1dORUQ=\x9c",
    "link": "\x1b]8;;https://x.example/\x1b\\here\x1b]8;;\x1b\\",
    "title": "\x1b]0;owned\x07",
    "report": "\x1b[6n\x1b[c\x1b[777z",
    "reset": "\x1bc\x1b#8",
    "strings": "\x1bPq#0\x1b\\\x1b_G\x1b\\\x1b^x\x1b\\\x1bXx\x1b\\",
    "unfinished": "\x1b]52;c;",
    "nested": "\x1b\x1b[31m[31m\x1b[\x1b]0;x\x07[31m",
    "C1": "\x9b31m\x90q\x9c\x84\x85\x8d",
    "bidi": "\u202eright\u202c\u2066alone\u2069\u200f\u061c",
    "overwritten": "good\rbad \x08\x08\x08\x7f\x07\x0e\x0b\x0c",
    "lines": "one\u2028two\u2029three",
}
"""Text that a terminal would obey, by name."""
ALL = "".join(PIECES.values())
ODD_NAME = "./odd " + PIECES["clipboard"] + PIECES["C1"] + PIECES["bidi"] + PIECES["colour"]
"""A folder name that a terminal would obey."""
NOT_UTF8 = (b"\xff\xfe", b"\x9b31m", b"caf\xe9 \x1b]52;c;QQ==\x07", b"\xed\xa0\x80", b"\xc2")
"""Arguments that are not UTF-8."""

_OWN = re.compile(rb"\x1b\[(?:0|1|2|7|36)?m")
"""The styles of the commands' output."""
_OF_PROGRESS = re.compile(rb"\x1b\[(?:\?25[lh]|2K|1A|[0-9;]*m)|\r")
"""The control sequences of the progress bar."""
_OF_CHAT = re.compile(rb"\x1b\[[<=>?]?[0-9;:]*[$]?[A-Zhlmpqu]|\x1b\]22;[a-z-]*\x07")
"""The control sequences of the chat: movements, modes, colours, and the pointer's shape."""
_OBEYED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\udc80-\udcff]"
)
"""What a terminal obeys; last, bytes that are not UTF-8. Tabs and line feeds are harmless."""
_SEQUENCE = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]?")

Argument = str | bytes


def obeyed(raw: bytes, own: re.Pattern[bytes] = _OWN) -> str:
    """Return the first text in the output that a terminal would obey and that is not qa's own."""
    text = own.sub(b"", raw).decode("utf-8", "surrogateescape")
    found = _OBEYED.search(text)
    return "" if found is None else repr(text[max(0, found.start() - 30) : found.end() + 30])


def strict_json(out: bytes) -> str:
    """Return what is wrong with output that should be a JSON object on a line; empty if nothing."""
    try:
        text = out.decode("utf-8")
        found = json.loads(text, parse_constant=_refuse, object_pairs_hook=_each_once)
        json.dumps(found, ensure_ascii=False).encode("utf-8")
    except ValueError as error:  # includes UnicodeError
        return f"no strict JSON ({error}): {out[:200]!r}"
    if not isinstance(found, dict) or text.count("\n") != 1 or not text.endswith("\n"):
        return f"not one object on one line: {out[:200]!r}"
    if there := _OBEYED.search(text):
        return f"{there[0]!r} stands in JSON"
    return ""


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a key stands twice")
    return dict(pairs)


class Screen:
    """A process on a pseudo-terminal that passes on every byte unchanged."""

    def __init__(
        self,
        command: Sequence[Argument],
        folder: Path,
        environment: Mapping[str, str],
        *,
        is_piped: bool = False,
        stdin: bytes | None = None,
    ) -> None:
        """``is_piped`` takes stdout off the terminal; ``stdin`` replaces the keys."""
        self._master, terminal = pty.openpty()
        os.set_blocking(self._master, False)
        ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 36, 120, 0, 0))
        mode = termios.tcgetattr(terminal)
        mode[
            1
        ] &= ~termios.OPOST  # otherwise each line feed becomes a carriage return and a line feed
        mode[3] &= ~termios.ECHO
        termios.tcsetattr(terminal, termios.TCSANOW, mode)
        self.raw = b""
        """The terminal output so far."""
        self._out = tempfile.TemporaryFile() if is_piped else None  # noqa: SIM115 - closed at the end
        with tempfile.TemporaryFile() as given:
            given.write(stdin or b"")
            given.seek(0)
            self._process = subprocess.Popen(
                command,
                stdin=terminal if stdin is None else given,
                stdout=self._out or terminal,
                stderr=terminal,
                cwd=folder,
                env=environment,
                start_new_session=True,
            )
        os.close(terminal)

    @property
    def pid(self) -> int:
        """Id of the process."""
        return self._process.pid

    def wait(self, seconds: float, until: Callable[[bytes], bool] | None = None) -> bool:
        """Read until a condition on all output is true, or the process has closed the terminal.

        Returns whether it is true; without ``until``, whether the process still runs.
        """
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                piece = os.read(self._master, 1 << 16)
            except BlockingIOError:
                time.sleep(0.02)
                continue
            except OSError:  # no process has it open
                return False
            if not piece:  # the same on other systems than Linux
                return False
            self.raw += piece
            if until is not None and until(self.raw):
                return True
        return until is None

    def type(self, keys: bytes) -> None:
        """Press keys; has no effect if the process has ended."""
        with suppress(OSError):
            os.write(self._master, keys)

    def end(self, seconds: float) -> tuple[int | None, bytes]:
        """Wait for the end; return the exit code, None if it had to be killed, and stdout."""
        self.wait(seconds)
        code: int | None = None
        try:
            code = self._process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._master)
        out = b""
        if self._out is not None:
            self._out.seek(0)
            out = self._out.read()
            self._out.close()
        return code, out


@dataclass(frozen=True)
class Case:
    """A command to run."""

    words: tuple[Argument, ...]
    """The arguments of ``qa``."""
    variables: Mapping[str, str] = field(default_factory=dict)
    """Variables that are added to the environment."""
    stdin: bytes | None = None
    """The input; None for the terminal."""
    config: str = ""
    """The content of the config file."""

    @property
    def kind(self) -> str:
        """The command's name, for the tally."""
        word = self.words[0]
        known = word if isinstance(word, str) and word.isalpha() else "errors"
        return f"{known} --json" if self.is_json else known

    @property
    def is_json(self) -> bool:
        """Whether the output is JSON."""
        return "--json" in self.words

    def __str__(self) -> str:
        shown = [word if isinstance(word, str) else repr(word) for word in self.words]
        return " ".join(["qa", *(ascii(word) if _OBEYED.search(word) else word for word in shown)])


class Stage:
    """A QA_HOME with the user's library and an attacker's, and a working folder."""

    def __init__(self, work: Path) -> None:
        from qa.settings import folders

        self.home = work / "home"
        self.folder = work / "folder"
        for folder in (self.home / "config", self.folder):
            folder.mkdir(parents=True)
        cache = folders().cache
        cache.mkdir(parents=True, exist_ok=True)
        (self.home / "cache").symlink_to(cache)
        self.libraries = self.home / "data" / "libraries"

    @property
    def environment(self) -> dict[str, str]:
        """This process's environment, without variables that affect qa or colours."""
        taken = {"NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "PYTHONIOENCODING", "COLORTERM"}
        kept = {
            name: value
            for name, value in os.environ.items()
            if name not in taken and not name.startswith("QA_")
        }
        return {**kept, "QA_HOME": str(self.home), "TERM": "xterm-256color"}

    def start(self, case: Case) -> Screen:
        """Run a command."""
        config = self.home / "config" / "config.toml"
        config.write_text(case.config, encoding="utf-8")
        return Screen(
            [sys.executable, "-m", "qa", *case.words],
            self.folder,
            {**self.environment, **case.variables},
            is_piped=case.is_json,
            stdin=case.stdin,
        )

    def fault(self, case: Case) -> str:
        """Run a command; return what is wrong with its output; empty if nothing is."""
        screen = self.start(case)
        screen.type(b"n\n")  # for a question whether to go on
        is_open = case.words[0] == "chat" and screen.wait(CHAT_SECONDS, _has_prompt)
        if is_open:  # the argument must name an existing file
            screen.type(b"\x11")
        code, out = screen.end(COMMAND_SECONDS)
        if code not in (0, 1, 2, 130):
            return f"{case}: it ended with {code}: {screen.raw[-300:]!r}"
        if b"Traceback" in screen.raw:
            return f"{case}: a traceback: {screen.raw[-300:]!r}"
        is_indexing = "index" in case.words or "articles" in case.words
        own = _either(_OWN, _OF_PROGRESS) if is_indexing else _OWN
        own = _OF_CHAT if is_open else own
        if found := obeyed(screen.raw, own):
            return f"{case}: the terminal was sent {found}"
        if case.is_json and (out or code != 2) and (wrong := strict_json(out)):
            return f"{case}: {wrong}"
        return ""


def _has_prompt(raw: bytes) -> bool:
    """Return whether the chat is open and accepts keys."""
    text = _SEQUENCE.sub("", raw.decode(errors="replace"))
    return any(prompt in text for prompt in PROMPT)


def _either(*patterns: re.Pattern[bytes]) -> re.Pattern[bytes]:
    return re.compile(b"|".join(pattern.pattern for pattern in patterns))


# Articles and libraries


def write_articles(folder: Path) -> None:
    """Write articles, some with hostile names, titles and texts."""
    folder.mkdir()
    story = f"Captain Ingrid Solheim commands the harbour of Westport. {ALL} She said: {ALL}.\n"
    story += (
        "Eleven ships wait outside the breakwater for the wind to fall.\n" * 100
    )  # still a text
    (folder / "plain.txt").write_text(f"{ALL} A heading\n\n{story}", encoding="utf-8")
    front = f"---\ntitle: {PIECES['link']} {PIECES['bidi']} The ferry\n---\n"
    (folder / "raw.md").write_text(f"{front}\n{story}", encoding="utf-8")
    escaped = json.dumps(f"{ALL} The mill")  # YAML reads the escapes of JSON
    (folder / "escaped.md").write_text(f"---\ntitle: {escaped}\ndate: 2012-03-05\n---\n{story}")
    records = [
        {"title": ALL, "text": story, "url": "https://example.org/" + PIECES["clipboard"]},
        {"title": "The bridge", "text": ALL + story, "date": "2013-06-01" + ALL, "source": "a/b.c"},
        {"headline": "\ud800" + ALL, "body": "\udfff" + story, "source": ALL},
    ]
    (folder / "wire.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))
    (folder / "latin.txt").write_bytes(
        "Der Förster von Köln trägt Stiefel.\x85\x9b".encode("latin-1")
    )
    odd = os.fsencode(folder)
    for name in (PIECES["clipboard"].encode(), "a\u202etxt.md".encode(), b"caf\xe9.txt"):
        with open(os.path.join(odd, name), "wb") as file:
            file.write(b"An article under a name that is not one.\n")
    (folder / "broken.json").write_text('{"title": ' + ALL, encoding="utf-8")
    (folder / "records.jsonl").write_text(f'{{"text": 1}}\n{ALL}\n[]\n', encoding="utf-8")
    (folder / "bad.md").write_text(f'---\ntitle: "{ALL}\n---\n{story}', encoding="utf-8")


def make_foreign(library: Path) -> None:
    """Change a library as an attacker would: hostile, but with correct checksums."""
    from qa.storage.database import DATABASE
    from qa.storage.schema import ARTICLE_CHECKSUM, checksum

    connection = sqlite3.connect(library / DATABASE, isolation_level=None)
    connection.create_function("checksum", -1, checksum, deterministic=True)
    connection.create_function("spoiled", 1, _spoiled)
    connection.create_function("digest", 1, lambda text: hashlib.sha256(text.encode()).hexdigest())
    connection.execute("BEGIN")
    connection.execute("UPDATE articles SET title = ? || title, text = spoiled(text)", (ALL,))
    connection.execute("UPDATE articles SET url = url || ? WHERE url IS NOT NULL", (ALL,))
    connection.execute("UPDATE articles SET digest = digest(text)")
    connection.execute("UPDATE files SET path = path || ?1, name = name || ?1", (ALL,))
    connection.execute(
        f"UPDATE article_checksums SET value = (SELECT {ARTICLE_CHECKSUM} "
        "FROM articles WHERE id = article)"
    )
    moment = "2024-01-01T00:00:00+00:00"
    connection.execute("INSERT INTO conversations VALUES (7, ?, ?, ?)", (ALL, moment, moment))
    connection.execute(
        "INSERT INTO turns (id, conversation, question, searched, answer, status, confidence, "
        "sentence, asked_at) VALUES (7, 7, ?, ?, ?, 'answered', 0.9, ?, ?)",
        (f"Who {ALL}?", f"Who is {ALL}?", f"He {ALL}", f"He {ALL} is.", moment),
    )
    connection.execute(
        "INSERT INTO turn_citations VALUES (7, 1, ?, ?, 3, '1', 0, 4, 'other', NULL)", (ALL, ALL)
    )
    connection.execute("COMMIT")
    connection.close()


def _spoiled(text: str) -> str:
    """Return a text of the same length in which hostile strings replace others."""
    start = min(60, len(text) // 2)
    return (text[:start] + ALL + text[start + len(ALL) :])[: len(text)]


def change(library: Path, sql: str, value: str) -> None:
    """Change a library without qa."""
    from qa.storage.database import DATABASE

    connection = sqlite3.connect(library / DATABASE)
    connection.execute(sql, (value,))
    connection.commit()
    connection.close()


def damage_full_text(library: Path) -> None:
    """Damage the files of a library's full text."""
    from qa.storage.live_text import FOLDER

    for path in (library / FOLDER).iterdir():
        path.write_bytes(b"nothing" * 9)


# Commands


def first_cases() -> list[Case]:
    """Return each command once, with the riskiest arguments; every run starts with these."""
    foreign = ("--library", "foreign")
    return [
        Case(("index", "articles")),
        Case(("search", "harbour", *foreign)),
        Case(("ask", f"{WHO} {ALL}", "articles", "--explain")),
        Case(("ls", *foreign)),
        Case(("show", "1", *foreign)),
        Case(("status", "--library", "foreign-model")),
        Case(("doctor", *foreign)),
        Case(("rm", "--yes", "1", "2", "--library", "foreign-to-shrink")),
        Case(("ask", "--json", WHO, *foreign)),
        Case(("models", "fetch", ALL)),
        Case((ALL,)),
        Case(("search", "--json", ALL)),
        Case(("ask", WHO, "--library", "foreign-model")),
        Case(("index", "--library", "foreign-to-shrink")),
        Case(("eval", ALL)),
        Case(("search", "--json", b"caf\xe9", "-q")),
        Case(("search", "--json", "-"), {"LC_ALL": "C"}, b"harbour \xff\x9b of Westport"),
        Case(("export", f"/no/such/{ALL}")),
        Case(("import", "articles/wire.jsonl", "--library", ODD_NAME)),
        Case(("status", "--json"), {"QA_LIBRARY": os.fsdecode(b"./caf\xe9")}),
    ]


def more_cases(chance: random.Random) -> Iterator[Case]:
    """Yield random commands without end."""
    pieces: list[Argument] = [*PIECES.values(), ALL, *NOT_UTF8]
    libraries = ("default", "foreign", "foreign-model", "damaged", ODD_NAME)
    shapes: list[Callable[[Argument], tuple[Argument, ...]]] = [
        lambda odd: ("ask", odd),
        lambda odd: ("ask", WHO, odd),
        lambda odd: ("ask", "--", odd),
        lambda odd: ("search", odd, "--explain"),
        lambda odd: ("show", odd),
        lambda odd: ("rm", odd),
        lambda odd: ("rm", "--yes", odd),
        lambda odd: ("index", odd),
        lambda odd: ("index", "--reembed", "--model", odd),
        lambda odd: ("eval", odd),
        lambda odd: ("export", odd),
        lambda odd: ("export", "--library", odd, "exported"),
        lambda odd: ("import", odd),
        lambda odd: ("import", "articles/wire.jsonl", "--library", odd),
        lambda odd: ("models", odd),
        lambda odd: ("models", "fetch", odd),
        lambda odd: ("models", "fetch", "--yes", odd),
        lambda odd: ("chat", odd),
        lambda odd: ("chat", "--port", odd),
        lambda odd: ("status", odd),
        lambda odd: (odd,),
        lambda odd: (odd, "--help"),
        *(
            lambda odd, option=option, command=command: (command, WHO, option, odd)
            for command in ("ask", "search")
            for option in ("--source", "--since", "--until", "--model", "-k", "--library")
        ),
        lambda odd: ("ask", WHO, "--reader", odd),
        *(
            lambda odd, option=option: ("ls", option, odd)
            for option in ("--source", "--since", "--until", "--library")
        ),
        *(
            lambda odd, command=command: (command, "--library", odd)
            for command in ("status", "doctor", "index")
        ),
        lambda odd: ("index", "articles", "--library", _beside(odd)),
        lambda odd: ("ask", WHO, "articles", "--library", _beside(odd)),
    ]
    plain: list[tuple[Argument, ...]] = [
        *(("ask", WHO), ("ask", "zxqvv qwlrt"), ("ask", WHO, "--explain"), ("search", "harbour")),
        *(("ls",), ("show", "2"), ("show", "articles"), ("status",), ("doctor",), ("index",)),
        *(("index", "--reread"), ("index", "--prune", "articles"), ("models",), ("rm", "articles")),
    ]
    variables = ("QA_LIBRARY", "QA_MODEL", "QA_READER", "QA_HITS", "QA_LINKS", "QA_THREADS")
    while True:
        words = chance.choice(shapes)(chance.choice(pieces))
        case = Case(words)
        if chance.random() < 0.4:
            words = (*chance.choice(plain), "--library", chance.choice(libraries))
            case = Case(words if words[0] != "models" else words[:1])
        kind = chance.random()
        odd = chance.choice(pieces)
        text = odd if isinstance(odd, str) else os.fsdecode(odd)
        if kind < 0.1:
            case = Case(words, {chance.choice(variables): text})
        elif kind < 0.2 and isinstance(odd, str):
            config = f"{chance.choice(('library', 'hits', ALL))} = {json.dumps(odd)}\n"
            case = Case(words, config=config)
        elif kind < 0.3:
            command = chance.choice(("ask", "search"))
            given = odd.encode() if isinstance(odd, str) else odd
            locale = chance.choice(({}, {"LC_ALL": "C"}))
            case = Case((command, "-"), locale, b"Who commands " + given)
        answers = case.words[0] in {"ask", "search", "ls", "show", "status", "doctor", "index"}
        if answers and chance.random() < 0.5:
            as_json = (case.words[0], "--json", *case.words[1:])
            case = Case(as_json, case.variables, case.stdin, case.config)
        yield case


def _beside(odd: Argument) -> Argument:
    """Return the path of a folder of this name."""
    name = odd.replace("/", "_") if isinstance(odd, str) else odd
    return f"./{name}" if isinstance(name, str) else b"./" + name


# The chat


class Chat:
    """The chat on a screen: presses keys and waits for output."""

    def __init__(self, stage: Stage, *words: Argument) -> None:
        self._screen = stage.start(Case(("chat", *words)))
        self._case = str(Case(("chat", *words)))
        self._since = 0
        self.missed: list[str] = []
        """Expected output that did not come."""

    def wait(self, *words: str) -> None:
        """Wait until one of these texts is written after the last keys."""

        def is_there(raw: bytes) -> bool:
            text = _SEQUENCE.sub("", raw[self._since :].decode(errors="replace"))
            return any(word in text for word in words)

        if not (is_there(self._screen.raw) or self._screen.wait(CHAT_SECONDS, is_there)):
            self.missed.append(words[0])

    def press(self, *keys: bytes) -> None:
        """Press keys, each followed by a pause."""
        for key in keys:
            self._since = len(self._screen.raw)
            self._screen.type(key)
            self._screen.wait(PAUSE_SECONDS)

    def paste(self, text: str) -> None:
        """Paste a text, as a terminal does."""
        self.press(b"\x1b[200~" + text.encode() + b"\x1b[201~")

    def fault(self) -> str:
        """Quit; return what is wrong with all output; empty if nothing is."""
        self._screen.type(b"\x11")
        code, _ = self._screen.end(CHAT_SECONDS)
        raw = self._screen.raw
        if code != 0 or b"Traceback" in raw:
            return f"{self._case}: it ended with {code}: {raw[-300:]!r}"
        if found := obeyed(raw, _OF_CHAT):
            return f"{self._case}: the terminal was sent {found}"
        if self.missed:
            return f"{self._case}: {self.missed[0]!r} never came"
        return ""


PROMPT = ("ask about your", "a file or folder")
"""The text of the empty question line."""
ANSWERED = ("read ·", "Not in your", "cannot be used")
"""Texts that show that a question is finished."""
ESCAPE, UP, F2, F3, F5 = b"\x1b", b"\x1b[A", b"\x1bOQ", b"\x1bOR", b"\x1b[15~"
FILTER, FIND, EDIT, EXPORT = b"\x0c", b"\x06", b"\x12", b"\x13"
ENTER = b"\r"


def ask_in_chat(stage: Stage) -> str:
    """Ask about hostile articles, open every view, paste hostile text."""
    chat = Chat(stage, "--ask", f"{WHO} {ALL}")
    chat.wait(*ANSWERED)
    chat.press(F2, F2, b"\x1ba", b"\x1bn", b"\x0f", ESCAPE, UP, b"\x15")
    chat.paste(f"{WHO} {ALL}")
    chat.press(ENTER)
    chat.wait(*ANSWERED)
    return chat.fault()


def paste_in_dialogs(stage: Stage) -> str:
    """Paste hostile text into every input, where it is refused."""
    chat = Chat(stage)
    chat.wait(*PROMPT)
    chat.press(WHO.encode() + ENTER)
    chat.wait(*ANSWERED)
    chat.press(FIND)
    chat.paste(ALL)
    chat.press(ESCAPE, ESCAPE, FILTER)
    for _ in range(3):
        chat.paste(ALL)
        chat.press(b"\t")
    chat.press(ENTER, ESCAPE, F5)
    chat.paste(f"/no/such/{ALL}")
    chat.press(ENTER, EXPORT)
    chat.paste(f"/no/such/{ALL}")
    chat.press(ENTER, ESCAPE)
    return chat.fault()


def filter_in_chat(stage: Stage) -> str:
    """Show a hostile filter."""
    chat = Chat(stage, "--source", f"*{ALL}*", "--library", ODD_NAME)
    chat.wait(*PROMPT)
    chat.press(FILTER, ESCAPE, F5)
    chat.press(b"/no/such" + ENTER)
    return chat.fault()


def resume_in_chat(stage: Stage) -> str:
    """Resume a conversation of the attacker's library."""
    chat = Chat(stage, "--library", "foreign", "--continue")
    chat.wait("has changed since", "is gone")
    chat.press(F2, F2, UP, EDIT, FIND, ESCAPE, F3, b"r", ESCAPE, b"d", ESCAPE, ESCAPE)
    return chat.fault()


def foreign_model_in_chat(stage: Stage) -> str:
    """Open a library whose model has a hostile name."""
    chat = Chat(stage, "--library", "foreign-model", "--ask", WHO)
    chat.wait("No model", "cannot be used", "made by")
    return chat.fault()


def odd_turn_in_chat(stage: Stage) -> str:
    """Resume a conversation that has a word instead of a probability."""
    chat = Chat(stage, "--library", "foreign-turn", "--continue")
    chat.wait("has changed since", "is gone", "cannot be", "Failed", "is damaged")
    return chat.fault()


def notice_in_chat(stage: Stage) -> str:
    """Get the message that another process writes to a library in a folder with a hostile name."""
    from filelock import FileLock

    from qa.storage.database import LOCK

    with FileLock(stage.folder / ODD_NAME / LOCK):
        chat = Chat(stage, "articles", "--library", ODD_NAME)
        chat.wait("questions can be asked", "Another qa is")
        return chat.fault()


CHATS: Mapping[str, Callable[[Stage], str]] = {
    "answers": ask_in_chat,
    "pasting": paste_in_dialogs,
    "filter": filter_in_chat,
    "conversations": resume_in_chat,
    "an odd turn": odd_turn_in_chat,
    "model": foreign_model_in_chat,
    "a notice": notice_in_chat,
}


def run(work: Path, count: int, seed: int) -> Tally:
    """Run ``count`` commands and the chats; exports the models if needed."""
    return timed(lambda: _run(work / f"seed-{seed}", count, seed))


def _run(work: Path, count: int, seed: int) -> Tally:
    shutil.rmtree(work, ignore_errors=True)
    stage, tally = Stage(work), Tally("terminal")
    write_articles(stage.folder / "articles")
    first = first_cases()
    tally.count(first[0].kind, stage.fault(first[0]))
    for name in ("foreign", "foreign-model", "foreign-turn", "foreign-to-shrink", "damaged"):
        shutil.copytree(stage.libraries / "default", stage.libraries / name)
    odd = stage.folder / ODD_NAME
    shutil.copytree(stage.libraries / "default", odd)
    shutil.copytree(stage.libraries / "default", stage.folder / os.fsdecode(b"caf\xe9"))
    make_foreign(stage.libraries / "foreign")
    make_foreign(stage.libraries / "foreign-to-shrink")
    make_foreign(stage.libraries / "foreign-turn")
    change(stage.libraries / "foreign-turn", "UPDATE turns SET confidence = ?", "likely")
    model = "UPDATE facts SET value = ? WHERE name = 'model'"
    change(stage.libraries / "foreign-model", model, f"a model {ALL}")
    damage_full_text(stage.libraries / "damaged")
    damage_full_text(odd)
    more = more_cases(random.Random(seed))
    while len(first) < count:
        first.append(next(more))
    for case in first[1:count]:
        fault = stage.fault(case)
        tally.count(case.kind, f"{fault} (seed {seed})" if fault else "")
    with ThreadPoolExecutor(len(CHATS)) as pool:  # processes mostly wait
        for name, fault in zip(
            CHATS, pool.map(lambda act: act(stage), CHATS.values()), strict=True
        ):
            tally.count(f"chat: {name}", fault)
    return tally
