"""Files of any content: each gives articles or a reason, in bounded time and memory.

Half of the inputs come from hypothesis, for every format and text path; the other half are real
files with some of their bytes changed. Each is read in a process forked for it, which measures what
reading takes and holds what came of it against what must always be so. What fails is made smaller
and kept.

Run as a program with the word ``serve`` it is what forks those processes: each line of its input is
a job, in JSON.
"""

import gc
import gzip
import json
import os
import random
import re
import resource
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, Phase, given
from hypothesis import seed as hypothesis_seed
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.conftest import ROOT
from tests.doubles import WordEncoder
from tests.hardening.tally import Tally, timed

if TYPE_CHECKING:
    from qa.articles.load import FoundFile, Problem, ReadArticle
    from qa.datatypes import Article

SHORT = 200
"""Inputs in the short run."""
LONG = 20_000
"""Inputs in the long run."""

MOST_SECONDS = 60.0
"""Processor seconds that reading or splitting one file may take."""
MOST_BYTES = 1_500_000_000
"""Memory that reading one file may take; 32 MB of JSON may take thirty times that size."""
MOST_SPACE_BYTES = 8_000_000_000
"""Address space of a reading process, so that no file can exhaust the machine's memory."""
SILENCE_SECONDS = 600.0
"""Seconds without output after which a process counts as hanging."""
SEED_BYTES = 200_000
"""How much of a real file is used for mutations."""
SMALLER_TRIES = 200
"""Most tries to shrink a failing input."""
SHRUNK = 5
"""Most failing inputs that are shrunk; the others are only kept."""
BOMBS_FROM = 1_000
"""Least inputs to include those made to take much time or memory."""

_SUFFIXES = ("", ".txt", ".text", ".md", ".markdown", ".json", ".jsonl", ".ndjson")
_ENCODINGS = (
    *("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "latin-1", "cp1252", "cp1251"),
    *("koi8_r", "shift_jis", "gb18030", "utf-7", "cp037"),
)
_UNFORESEEN = "reading it failed"
"""Start of a reason that names an unexpected error."""


@dataclass(frozen=True, slots=True)
class Case:
    """One input."""

    kind: str
    """Its origin."""
    name: str
    """Name of the file."""
    data: bytes
    """The content of the file."""
    is_named: bool
    """Whether the command names the file itself instead of its folder."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of reading an input."""

    fault: str
    """What was wrong; empty if nothing was."""
    seconds: float
    """Processor seconds of reading or of splitting, whichever is longer."""
    peak_bytes: int
    """Memory that reading and splitting took in addition to what the process had."""
    articles: int
    """Number of articles in it."""


# In the forked process


def serve() -> None:
    """Fork a process for each line of the input, one at a time."""
    import chardet  # noqa: F401 - what is imported later would count as a file's memory
    import dateutil.parser
    import yaml  # noqa: F401

    from qa.articles import heading, load  # noqa: F401
    from qa.sentences import sentence_bounds

    sentence_bounds("One. Two.")
    dateutil.parser.parse("24 October 2011")
    gc.freeze()
    for line in sys.stdin:
        job = json.loads(line)
        child = os.fork()
        if child == 0:
            status = 1
            try:
                found = examine(job["folder"], job["name"], is_named=job["is_named"])
                os.write(1, (json.dumps(found) + "\n").encode())
                status = 0
            finally:
                os._exit(status)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if status:
            ended = f"ended with {status}"
            died = {"fault": f"the process that read it {ended}", "seconds": 0.0}
            os.write(1, (json.dumps({**died, "peak_bytes": 0, "articles": 0}) + "\n").encode())


def examine(folder: str, name: str, *, is_named: bool) -> dict[str, Any]:
    """Read a file and split its articles; return time, memory and what was wrong."""
    from qa.articles.load import FoundFile, read_articles, refusal, walk

    seconds = int(MOST_SECONDS)
    resource.setrlimit(resource.RLIMIT_CPU, (3 * seconds, 3 * seconds + 5))
    if sys.platform != "darwin":
        resource.setrlimit(resource.RLIMIT_AS, (MOST_SPACE_BYTES, MOST_SPACE_BYTES))
    before = peak_bytes()
    times = [time.process_time()]
    articles: list[Article] = []
    try:
        found = list(walk([os.path.join(folder, name) if is_named else folder]))
        read: list[ReadArticle | Problem] = []
        for file in found:
            if isinstance(file, FoundFile):
                refused = refusal(file)
                read = list(read_articles(file))
                if refused is not None and refused not in read:
                    raise ValueError(f"refused ({refused.reason}) but read")
                times.append(time.process_time())
                fault = fault_of_reads(file, read)
                articles = [one.article for one in read if hasattr(one, "article")]
            else:
                fault = fault_of_problem(file)
        fault = fault or next(filter(None, map(fault_of_splitting, articles)), "")
    except BaseException as error:  # any error is a failure
        fault = f"{type(error).__name__}: {str(error)[:200]}"
    times.append(time.process_time())
    took = max(last - first for first, last in pairwise(times))
    used = peak_bytes() - before
    if not fault and took > MOST_SECONDS:
        fault = f"it took {took:.0f} s"
    if not fault and used > MOST_BYTES:
        fault = f"it took {used / 1e6:,.0f} MB"
    return {"fault": fault, "seconds": took, "peak_bytes": used, "articles": len(articles)}


def peak_bytes() -> int:
    """Return the most memory that this process has used."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def fault_of_reads(file: "FoundFile", read: "list[ReadArticle | Problem]") -> str:
    """Return what is wrong with the articles and problems of a file; empty if nothing is."""
    from qa.articles.load import Problem

    if not read:
        return "neither an article nor a reason"
    records = [one.record for one in read if not isinstance(one, Problem)]
    if len(read) > 1 and (None in records or records != sorted(set(map(int, records)))):  # type: ignore[arg-type]
        return f"records come as {records[:20]}"
    for place, one in enumerate(read, 1):
        if isinstance(one, Problem):
            fault = fault_of_problem(one)
            if one.cut_short and place < len(read):
                fault = "read on after it was cut short"
        else:
            fault = fault_of_article(one.article)
        if fault:
            return fault
    return ""


def fault_of_problem(problem: "Problem") -> str:
    """Return what is wrong with a problem's reason; empty if nothing is."""
    from qa.articles.clean import harmless

    for text in (problem.source, problem.reason):
        if not text.strip() or harmless(text) != text or "\n" in text:
            return f"a reason that cannot be shown: {text[:100]!r}"
    return problem.reason if problem.reason.startswith(_UNFORESEEN) else ""


def fault_of_article(article: "Article") -> str:
    """Return what is wrong with an article; empty if nothing is."""
    import hashlib

    from qa.articles.build import TITLE_CHARACTERS
    from qa.articles.clean import clean, one_line

    text, title, source, day = article.text, article.title, article.source, article.published
    whole = {
        "a text that is empty, or not clean": bool(text.strip()) and clean(text) == text,
        "a digest of another text": hashlib.sha256(text.encode()).hexdigest() == article.digest,
        f"the title {title[:100]!r}": bool(title) and one_line(title) == title,
        f"a title of {len(title)} characters": len(title) <= TITLE_CHARACTERS,
        f"the source {source[:100]!r}": bool(source) and one_line(source) == source,
        f"the date {day}": day is None or 1000 <= day.year <= 9999,
        f"the first line {article.first_line}": article.first_line >= 1,
    }
    return next((fault for fault, holds in whole.items() if not holds), "")


def fault_of_splitting(article: "Article") -> str:
    """Return what is wrong with an article's passages; empty if nothing is."""
    from qa.articles.heading import split_under_heading

    encoder = WordEncoder()
    text = article.text
    places, embedded = split_under_heading(article, encoder.count_tokens, encoder.room_tokens)
    covered = begun = 0
    for (start, end), words in zip(places, embedded, strict=True):
        passage = text[start:end]
        if not 0 <= start < end <= len(text) or passage != passage.strip():
            return f"a passage from {start} to {end} of {len(text)}"
        if start < begun or (begun and start == begun) or text[covered:start].strip():
            return f"a passage that begins at {start}, after {covered}"
        if not words.endswith(f"\n{passage}"):
            return f"other words are embedded than those from {start} to {end}"
        if encoder.count_tokens([words])[0] > encoder.room_tokens:
            return f"too many words are embedded from {start} to {end}"
        begun, covered = start, max(covered, end)
    return "" if not text[covered:].strip() else f"no passage holds what comes after {covered}"


# In the process that makes the inputs


class Readers:
    """The program that forks, and its result for each input."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._number = 0
        self._program = self._start()

    def _start(self) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [sys.executable, "-m", "tests.hardening.fuzz", "serve"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def outcome(self, case: Case) -> Outcome:
        """Read an input in a process."""
        self._number += 1
        folder = self._folder / str(self._number)
        folder.mkdir()
        (folder / case.name).write_bytes(case.data)
        job = {"folder": str(folder), "name": case.name, "is_named": case.is_named}
        try:
            return Outcome(**self._told(json.dumps(job).encode() + b"\n"))
        finally:
            shutil.rmtree(folder)

    def _told(self, job: bytes) -> dict[str, Any]:
        program = self._program
        assert program.stdin is not None
        assert program.stdout is not None
        program.stdin.write(job)
        program.stdin.flush()
        heard, _, _ = select.select([program.stdout], [], [], SILENCE_SECONDS)
        line = program.stdout.readline() if heard else b""
        if line:
            told: dict[str, Any] = json.loads(line)
            return told
        self.close()
        self._program = self._start()
        return {"fault": "it hung", "seconds": SILENCE_SECONDS, "peak_bytes": 0, "articles": 0}

    def close(self) -> None:
        """End the program."""
        self._program.kill()
        self._program.wait()
        for stream in (self._program.stdin, self._program.stdout):
            if stream is not None:
                stream.close()


@contextmanager
def reading(folder: Path) -> Iterator[Readers]:
    """Run the program during the block."""
    readers = Readers(folder)
    try:
        yield readers
    finally:
        readers.close()


class Record:
    """The results of all inputs: counts, the slowest and the largest, and failures."""

    def __init__(self, kept: Path, readers: Readers, tally: Tally, seed: int) -> None:
        self._kept = kept
        self._readers = readers
        self._tally = tally
        self._seed = seed
        self._most: dict[str, tuple[float, str]] = {}
        self._faults: dict[str, str] = {}

    def take(self, case: Case) -> None:
        """Read an input and record the result."""
        outcome = self._readers.outcome(case)
        self._tally.count(case.kind)
        self._note("slowest", outcome.seconds, f"{outcome.seconds:.2f} s", case)
        self._note("largest", outcome.peak_bytes, f"{outcome.peak_bytes / 1e6:,.0f} MB", case)
        if not outcome.fault:
            return
        self._uncount(case.kind)
        sort = re.sub(r"\d+", "#", outcome.fault)[:60]
        if sort in self._faults:
            return
        if len(self._faults) < SHRUNK:
            case = smaller(case, sort, self._readers)
        path = self._keep(f"failed-{len(self._faults) + 1}", case)
        self._faults[sort] = str(path)
        self._tally.failures.append(
            f"{case.kind}: {case.name}, {len(case.data):,} bytes: {outcome.fault} "
            f"(kept as {path}, seed {self._seed}): {case.data[:120]!r}"
        )

    def tell(self) -> None:
        """Add the slowest and the largest input to the notes."""
        for what, (_, words) in self._most.items():
            self._tally.notes.append(f"{what}: {words}")

    def _uncount(self, kind: str) -> None:
        """Change the input that was counted last into a failure."""
        tried, held = self._tally.kinds[kind]
        self._tally.kinds[kind] = tried, held - 1
        self._tally.held -= 1

    def _note(self, what: str, value: float, words: str, case: Case) -> None:
        if value > self._most.get(what, (0.0, ""))[0]:
            path = self._keep(what, case)
            self._most[what] = value, f"{words}, {len(case.data):,} bytes of {case.kind}: {path}"

    def _keep(self, what: str, case: Case) -> Path:
        for old in self._kept.glob(f"{what}-*"):
            old.unlink()
        path = self._kept / f"{what}-{case.name}"
        path.write_bytes(case.data)
        return path


def smaller(case: Case, sort: str, readers: Readers) -> Case:
    """Return a shorter input with the same kind of failure, found in a limited number of tries."""
    tries, size = 0, len(case.data) // 2
    while size and tries < SMALLER_TRIES:
        start = 0
        while start < len(case.data) and tries < SMALLER_TRIES:
            shorter = case.data[:start] + case.data[start + size :]
            shorter_case = Case(case.kind, case.name, shorter, case.is_named)
            tries += 1
            fault = readers.outcome(shorter_case).fault
            if re.sub(r"\d+", "#", fault)[:60] == sort:
                case = shorter_case
            else:
                start += size
        size //= 2
    return case


# Inputs from hypothesis

_ODD = (
    *("\x1b[31m", "\x1b]52;c;QQ==\x07", "\x1b]8;;https://x.example\x1b\\", "\x9b2J", "\x9d0;x\x9c"),
    *("\u202e", "\u2066", "\u200f", "\ufeff", "\u2028", "\x85", "\r", "\r\n", "\n\n", "\v", "\f"),
    *(
        "a" + "\u0301" * 40,
        "👩‍👩‍👧‍👦",
        "\U000e0067",
        "漢字。",
        "\u0340",
        "\U0001d15e",
        "\u1e9b\u0323",
    ),
    *("date 2011-10-24 ", "date 9999-99-99 ", "DATE 2011-02-30, ", "CAIRO, Oct. 24 (Reuters) - "),
    *("# ", "###### ", "- ", "1. ", "```\n", "~~~\n", "---\n", "...\n", "> ", "| a | b |\n"),
    *("x" * 3_000, "“" * 300, "?! " * 200, ". " * 300, "Mr. ", "e.g. ", " " * 500, "\u00a0" * 50),
    *("{", "}", "[", "]", '"', "\\", "\\ud800", "\ufffe", "\U0010ffff"),
)
_YAML = (
    *('"\\UFFFFFFFF"', '"\\x00"', '"\\ud800"', "!!python/object/apply:os.system [id]", "!!int x"),
    *("&a [*a, *a]", "*a", "<<: *a", "? [a]\n: b", "{a: b", "[" * 300, "{" * 300, "- " * 100),
    *("|\n  a\n b", ">-\n", "'it''s", '"a\n\n b"', "%YAML 9.9", "--- a", "...", "2012", "Yes"),
    *("0x_", "1e999", "!<tag:yaml.org,2002:str> a", "@a", "`a`", "\t", "a: b: c", "# only", "~"),
    *("2011-10-24", "2011-10-24T10:00:00+25:00", "0000-00-00", "99999-01-01", "12:30:45"),
)
_DATES = (
    *("24", "October", "Oct.", "2011", "2011-10-24", "10/24/11", "12:30", "AM", "pm", "+0100"),
    *("GMT+3", "UTC", "(", ")", "of", "the", "24th", "T", "Z", "W43", "1e5", "-", "/", ".", ","),
    *("99999999999999999999", "1319414400", "1319414400000", "０１２", "٢٠١١", "0", "²", "mon"),
)
_KEYS = (
    *("text", "content", "body", "title", "headline", "date", "published", "publish_date", "url"),
    *("source", "question", "answers", "id", "Text", ""),
)


def texts(most: int = 12) -> st.SearchStrategy[str]:
    """Texts of any characters, and of strings with a special meaning somewhere."""
    pieces = st.one_of(
        st.sampled_from(_ODD),
        st.text(max_size=40),
        st.sampled_from(("A storm closed the harbour. ", "Nobody was hurt.\n", "Who? ", "No! ")),
    )
    return st.lists(pieces, max_size=most).map("".join)


def dates() -> st.SearchStrategy[object]:
    """Values in the place of a date."""
    written = st.lists(st.sampled_from(_DATES), min_size=1, max_size=7)
    return st.one_of(
        st.tuples(st.sampled_from((" ", "", "-", ", ")), written).map(lambda it: it[0].join(it[1])),
        st.dates().map(str),
        st.datetimes().map(str),
        st.integers(),
        st.floats(),
    )


def records() -> st.SearchStrategy[object]:
    """JSON values, mostly objects with keys that are used."""
    any_value = st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), texts(3)),
        lambda inner: st.one_of(
            st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=5), inner, max_size=4)
        ),
        max_leaves=8,
    )
    meant = st.fixed_dictionaries(
        {"text": texts()},
        optional={
            **dict.fromkeys(("body", "title"), texts()),
            **dict.fromkeys(("date", "published"), dates()),
            "url": st.one_of(texts(2), st.just("https://example.org/a")),
            "question": texts(2),
        },
    )
    odd = st.dictionaries(st.sampled_from(_KEYS), any_value, max_size=6)
    return st.one_of(meant, meant, odd, any_value)


def json_files() -> st.SearchStrategy[tuple[str, str]]:
    """Name and text of a JSON file, with a record on each line or a single value."""

    def in_lines(values: list[object]) -> str:
        return "".join(json.dumps(value) + "\n" for value in values)

    lines = st.lists(records(), max_size=6).map(in_lines)
    broken = st.tuples(lines, st.sampled_from(('{"text": ', "]\n", "nul\n", "9" * 5_000, "\\\n")))
    value = st.one_of(records(), st.lists(records(), max_size=6))
    whole = st.tuples(value, st.sampled_from((None, 1)), st.booleans()).map(
        lambda it: json.dumps(it[0], indent=it[1], ensure_ascii=it[2])
    )
    deep = st.integers(1, 5_000).map(lambda depth: '{"text":' * depth + "[" * depth)
    content = st.one_of(lines, broken.map("".join), whole, deep)
    return st.tuples(st.sampled_from((".jsonl", ".ndjson", ".json", ".txt", "")), content)


def markdown_files() -> st.SearchStrategy[tuple[str, str]]:
    """Name and text of a file with front matter that is YAML, or almost."""
    keys = st.sampled_from(("title", "date", "Published", "tags", "a b", "?", "<<", "'q'"))
    values = st.one_of(st.sampled_from(_YAML), texts(2), dates().map(str))
    line = st.tuples(keys, st.sampled_from((": ", ":", ":\t")), values).map("".join)
    front = st.lists(line, max_size=6).map("\n".join)
    end = st.sampled_from(("\n---\n", "\n...\n", "\n--- \n", "\n", "\n---"))
    content = st.tuples(st.just("---\n"), front, end, texts()).map("".join)
    return st.tuples(st.sampled_from((".md", ".markdown", ".txt", "")), content)


def plain_files() -> st.SearchStrategy[tuple[str, str]]:
    """Name and text of a plain-text file."""
    return st.tuples(st.sampled_from((".txt", ".text", "", ".md")), texts(30))


def cases() -> st.SearchStrategy[Case]:
    """Files of every format in many encodings; some are compressed."""
    written = st.one_of(
        st.tuples(st.just("plain text"), plain_files()),
        st.tuples(st.just("Markdown"), markdown_files()),
        st.tuples(st.just("JSON"), json_files()),
        st.tuples(st.just("JSON"), json_files()),
    )
    packed = st.sampled_from(("no", "no", "no", "yes", "cut", "trailed"))
    encoding = st.one_of(st.just("utf-8"), st.sampled_from(_ENCODINGS))
    return st.builds(_case, written, encoding, packed, st.booleans())


def _case(written: tuple[str, tuple[str, str]], encoding: str, packed: str, is_named: bool) -> Case:
    kind, (suffix, text) = written
    errors = "surrogatepass" if encoding.startswith("utf-8") else "replace"
    try:
        data = text.encode(encoding, errors)
    except (UnicodeError, LookupError):
        data = text.encode("utf-8", "surrogatepass")
    if packed == "no":
        return Case(f"made: {kind}", f"a{suffix}", data, is_named)
    squeezed = gzip.compress(data, 1, mtime=0)
    if packed == "cut":
        squeezed = squeezed[: len(squeezed) * 2 // 3]
    elif packed == "trailed":
        squeezed += b"\0" * 7 + data[:50]
    return Case(f"made: {kind}, compressed", f"a{suffix}.gz", squeezed, is_named)


# Inputs from real files


def real_files() -> list[tuple[str, bytes]]:
    """Return suffix and content of realistic files."""
    seeds = sorted((ROOT / "seeds").rglob("*"))
    found = [
        (path.suffix, path.read_bytes()[:SEED_BYTES])
        for path in seeds
        if path.is_file() and path.suffix in _SUFFIXES
    ]
    story = (
        "date 2011-10-24 WESTPORT A storm closed the harbour of Westport on Monday.\n\n"
        "Captain Ingrid Solheim commands the harbour. “No,” she said, “not yet.”\n\n"
        "# What now?\n\n- Eleven ships wait.\n- The café «Förster» is shut: 12 € a night.\n"
    )
    front = '---\ntitle: "Ferry: reaches Westport"\ndate: 2012-03-05\ntags: [a, b]\n---\n\n'
    record = {"title": "Bridge", "date": "2013-06-01", "url": "https://x.org/b", "text": story}
    line = json.dumps(record, ensure_ascii=False)
    found += [
        (".txt", story.encode()),
        (".txt", story.encode("utf-16")),
        (".txt", story.encode("cp1252", "replace")),
        (".md", (front + story).encode()),
        (".jsonl", f"{line}\n{json.dumps(record)}\n\n{line}\n".encode()),
        (".jsonl", f"{line}\n{line}\n".encode("utf-16")),
        (".json", json.dumps([record, record], indent=1).encode()),
        (".json", line.encode()),
    ]
    if data := os.environ.get("QA_DATA"):
        formats = Path(data).resolve().parent / "formats"
        found += [
            (path.suffix.lower(), path.read_bytes()[:SEED_BYTES])
            for path in sorted(formats.rglob("*"))
            if path.is_file()
        ]
    return found


def mutated(real: list[tuple[str, bytes]], chance: random.Random) -> Case:
    """Return a real file with some bytes changed, perhaps with another suffix or compressed."""
    readable = [one for one in real if one[0] in _SUFFIXES]
    suffix, content = chance.choice(readable if chance.random() < 0.8 else real)
    if suffix not in _SUFFIXES or chance.random() < 0.2:
        suffix = chance.choice(_SUFFIXES)
    is_packed = chance.random() < 0.25
    data = bytearray(content)
    if not is_packed or chance.random() < 0.5:
        data = _changed(data, real, chance)
    if is_packed:
        data = bytearray(gzip.compress(bytes(data), 1, mtime=0))
        if chance.random() < 0.5:
            data = _changed(data, real, chance)
    kind = "mutated, compressed" if is_packed else "mutated"
    name = f"a{suffix}{'.gz' * is_packed}"
    return Case(kind, name, bytes(data), chance.random() < 0.5)


def _changed(data: bytearray, real: list[tuple[str, bytes]], chance: random.Random) -> bytearray:
    """Return the bytes after a few changes: flips, cuts, copies, moves, parts of other files."""
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        at = chance.randrange(len(data) + 1)
        length = min(chance.choice((1, 1, 4, 32, 400)), len(data) - at)
        change = chance.randrange(8)
        if change == 0 and at < len(data):
            data[at] ^= 1 << chance.randrange(8)
        elif change == 1:
            data[at : at + length] = chance.randbytes(length)
        elif change == 2:
            del data[at : at + length]
        elif change == 3:
            data[at:at] = data[at : at + length] * chance.choice((1, 2, 50))
        elif change == 4:
            odd = chance.choice((*_ODD, *_YAML, *_DATES))
            data[at:at] = odd.encode("utf-8", "surrogatepass")
        elif change == 5:
            other = chance.choice(real)[1]
            start = chance.randrange(len(other) + 1)
            data[at : at + length] = other[start : start + chance.choice((8, 64, 2_000))]
        elif change == 6 and chance.random() < 0.3:
            del data[at:]
        elif change == 7:
            data[at : at + length] = bytes(chance.choice((0, 255, 10, 34, 92, 123)) for _ in "four")
    return data


def bombs() -> Iterator[Case]:
    """Return small files made to take much time or memory."""
    size = 31_000_000
    for what, head, unit, tail in (
        ("records without a text", b'[{"text":"a"},', b"{},", b"{}]"),
        ("records of one key", b'[{"text":"a"},', b'{"":0},', b"{}]"),
        ("records that are lists", b'[{"text":"a"},', b"[],", b"{}]"),
        ("lines that are no records", b"", b"[]\n", b""),
        ("blank lines", b'{"text":"a"}\n', b"\n", b""),
        ("one word", b"", b"a", b""),
        ("combining marks", b"a", "\u0301\u0323".encode(), b""),
        ("escapes without an end", b"", b"\x1b[", b""),
        ("quotation marks", b"", "“".encode(), b""),
        ("headings", b"", b"# a\n", b""),
        ("code that never ends", b"", b"```\n", b""),
        ("line feeds", b"a", b"\n", b"a"),
        ("list items", b"", b"- a\n", b""),
        ("paragraphs", b"", b"a\n\n", b""),
        ("sentences of a mark", b"", b"?! ", b""),
    ):
        for suffix, most in ((".json", size), (".jsonl", size), (".txt", 12_000_000)):
            if (suffix == ".txt") == (unit[:1] in b"{["):
                continue
            data = head + unit * (most // len(unit)) + tail
            name = f"{what.replace(' ', '-')}{suffix}.gz"
            yield Case("bombs", name, gzip.compress(data, 6, mtime=0), True)
    heavy = b'{"text":"One. ","x":[' + b'{"":0},' * 2_200_000 + b'0]}\n{"text":"Two."}\n'
    yield Case("bombs", "heavy.jsonl.gz", gzip.compress(heavy, 6, mtime=0), True)
    front = b"---\n" + b"a: " + b"[" * 60_000 + b"\n---\ntext"
    yield Case("bombs", "front-matter.md", front, True)
    yield Case("bombs", "keys.md", b"---\n" + b"? a\n" * 15_000 + b"---\ntext", True)


def run(work: Path, count: int, seed: int) -> Tally:
    """Read ``count`` inputs, half from hypothesis and half from real files."""
    return timed(lambda: _run(work, count, seed))


def _run(work: Path, count: int, seed: int) -> Tally:
    tally = Tally("fuzz")
    inputs, kept = work / "inputs", work / "kept"
    shutil.rmtree(inputs, ignore_errors=True)
    for folder in (inputs, kept):
        folder.mkdir(parents=True, exist_ok=True)
    with reading(inputs) as readers:
        record = Record(kept, readers, tally, seed)
        _from_hypothesis(count - count // 2, seed, record.take)
        real, chance = real_files(), random.Random(seed)
        for _ in range(count // 2):
            record.take(mutated(real, chance))
        if count >= BOMBS_FROM:
            for case in bombs():
                record.take(case)
        record.tell()
    if "QA_DATA" not in os.environ:
        tally.notes.append("only files of the project were mutated, as QA_DATA is not set")
    return tally


def _from_hypothesis(count: int, seed: int, take: Callable[[Case], None]) -> None:
    """Read ``count`` inputs that hypothesis generates."""

    @hypothesis_seed(seed)
    @hypothesis_settings(
        max_examples=count,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(cases())
    def each(case: Case) -> None:
        take(case)

    each()


if __name__ == "__main__":
    serve()
