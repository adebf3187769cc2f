"""Nothing is sent: what qa does for half a minute, traced where no network can be reached.

onnxruntime's telemetry waits some ten seconds before it looks up its collector, so each process
here lives longer than that.
"""

import os
import pty
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ALIVE_SECONDS = 25
ARTICLE = "Captain Ingrid Solheim commands the harbour of Westport. Nobody was hurt.\n"

USE_LIBRARY = f"""
import sys, time
from pathlib import Path
from qa import Library
with Library.open(sys.argv[1]) as library:
    library.add(sys.argv[2])
    print(library.ask("Who commands the harbour of Westport?").text)
    time.sleep({ALIVE_SECONDS})
"""
HELLO = (
    '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18",'
    '"capabilities":{},"clientInfo":{"name":"test","version":"1"}}}'
)
ASK = (
    '{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"ask",'
    '"arguments":{"question":"Who commands the harbour of Westport?"}}}'
)
USE_MCP = (
    f"(echo '{HELLO}'; echo '{ASK}'; sleep {ALIVE_SECONDS}) | qa mcp \"$0\" | grep -q answered"
)
"""An agent's question; ``$0`` is the folder of articles."""
LOOK_UP = "import socket\ntry: socket.create_connection(('192.0.2.1', 80), 1)\nexcept OSError: pass"
"""What the trace must notice; the address is one that RFC 5737 sets aside for examples."""
WRITES = re.compile(r'(?:openat|open|creat|mkdir|mkdirat|rename\w*)\((?:[^"]*)"([^"]+)".*')
OPENED = re.compile(r"\bopen(?:at)?\(")


@pytest.fixture(scope="module")
def isolate() -> list[str]:
    """The command that runs another one in a namespace without network interfaces."""
    if shutil.which("strace") is None or shutil.which("unshare") is None:
        pytest.skip("needs strace and unshare")
    words = ["unshare", "--map-root-user", "--net"]
    if subprocess.run([*words, "strace", "true"], capture_output=True, check=False).returncode:
        pytest.skip("this machine allows no namespaces, or no tracing")
    return words


class Traced:
    """Runs commands under strace with a home of their own, and tells what they tried."""

    def __init__(self, isolate: list[str], folder: Path, cache: Path) -> None:
        self._isolate = isolate
        self._folder = folder
        self.home = folder / "qa-home"
        (self.home / "temporary").mkdir(parents=True)
        shutil.copytree(cache, self.home / "cache")
        self.articles = folder / "articles"
        self.articles.mkdir()
        (self.articles / "storm.txt").write_text(ARTICLE)
        self.user_home = folder / "user-home"
        self.user_home.mkdir()

    def words(self, name: str, command: list[str]) -> list[str]:
        """The command under strace; its trace goes into the folder."""
        calls = "trace=%network,openat,open,creat,mkdir,mkdirat,rename,renameat,renameat2"
        trace = str(self._folder / f"{name}.trace")
        return [*self._isolate, "strace", "-f", "-qq", "-e", calls, "-o", trace, *command]

    @property
    def environment(self) -> dict[str, str]:
        """A person's own home, which is not to be touched, beside QA_HOME."""
        dropped = ("QA_", "COVERAGE_")  # coverage would write its data outside the home
        kept = {n: value for n, value in os.environ.items() if not n.startswith(dropped)}
        kept.pop("ORT_DISABLE_TELEMETRY", None)
        return kept | {
            "QA_HOME": str(self.home),
            "HOME": str(self.user_home),
            "XDG_CACHE_HOME": str(self.user_home / ".cache"),
            "TMPDIR": str(self.home / "temporary"),
            "PYTHONDONTWRITEBYTECODE": "1",
            "TERM": "xterm-256color",
        }

    def run(self, name: str, command: list[str], code: int = 0) -> None:
        """Run a command to its end; ``code`` is what it is to exit with."""
        done = subprocess.run(
            self.words(name, command),
            env=self.environment,
            cwd=self._folder,
            capture_output=True,
            text=True,
            timeout=200,
            check=False,
        )
        assert done.returncode == code, done.stderr

    def chat(self) -> None:
        """Open the chat in a terminal, ask, wait, and leave."""
        child, terminal = pty.fork()
        if child == 0:
            command = self.words("chat", ["qa", "chat", str(self.articles)])
            os.chdir(self._folder)
            os.execvpe(command[0], command, self.environment)  # noqa: S606
        os.set_blocking(terminal, False)
        started = time.monotonic()
        keys = [(10.0, b"Who commands the harbour?\r"), (10.0 + ALIVE_SECONDS, b"\x11")]
        while os.waitpid(child, os.WNOHANG) == (0, 0):
            try:
                os.read(terminal, 1 << 16)
            except BlockingIOError:
                time.sleep(0.1)
            except OSError:
                continue
            if keys and time.monotonic() - started > keys[0][0]:
                os.write(terminal, keys.pop(0)[1])
        os.close(terminal)

    def sent(self, name: str) -> list[str]:
        """The traced calls that name an address beyond this machine, or look for a name."""
        lines = (self._folder / f"{name}.trace").read_text(errors="replace").splitlines()
        return [line for line in lines if "AF_INET" in line]

    def written_elsewhere(self, name: str) -> list[str]:
        """The traced calls that write outside QA_HOME, but for devices."""
        found = []
        for line in (self._folder / f"{name}.trace").read_text(errors="replace").splitlines():
            match = WRITES.search(line)
            if match is None or " = -1 " in line:
                continue
            if OPENED.search(line) and not re.search(r"O_CREAT|O_WRONLY|O_RDWR", line):
                continue
            path = match[1]
            if path.startswith("/") and not path.startswith((str(self.home), "/dev/", "/proc/")):
                found.append(line)
        return found


@pytest.fixture(scope="module")
def traced(
    isolate: list[str],
    session_home: Path,
    real_encoder: object,
    real_reader: object,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Traced]:
    """Commands, the library and the chat, all run at once."""
    traced = Traced(isolate, tmp_path_factory.mktemp("private"), session_home / "cache")
    library, articles = str(traced.home / "mine"), str(traced.articles)
    with ThreadPoolExecutor(4) as pool:
        jobs = [
            pool.submit(
                traced.run, "library", [sys.executable, "-c", USE_LIBRARY, library, articles]
            ),
            pool.submit(traced.chat),
            pool.submit(traced.run, "mcp", ["sh", "-c", USE_MCP, articles]),
        ]
        traced.run("ask", ["qa", "ask", "Who commands the harbour of Westport?", articles])
        asked = ["qa", "ask", "Who commands the harbour of Westport?", "--write"]
        traced.run("unnamed", asked, 2)
        traced.run("named", [*asked, "--llm", "http://192.0.2.1:80/v1"], 2)
        traced.run("status", ["qa", "status"])
        traced.run("doctor", ["qa", "doctor"])
        traced.run("control", [sys.executable, "-c", LOOK_UP])
        for job in jobs:
            job.result()
    yield traced


@pytest.mark.parametrize("name", ["library", "ask", "unnamed", "status", "doctor", "chat", "mcp"])
def test_nothing_is_sent_and_nothing_written_outside_the_home(traced: Traced, name: str) -> None:
    assert traced.sent(name) == []
    assert traced.written_elsewhere(name) == []
    assert list(traced.user_home.glob("**/*qa*")) == []


def test_only_the_server_that_the_person_named_is_contacted(traced: Traced) -> None:
    connects = [line for line in traced.sent("named") if "connect(" in line]
    assert connects
    assert all('inet_addr("192.0.2.1")' in line for line in connects)


def test_the_trace_would_notice(traced: Traced) -> None:
    assert traced.sent("control") != []


def test_importing_qa_turns_the_telemetry_off() -> None:
    program = "import os, qa; print(os.environ['ORT_DISABLE_TELEMETRY'])"
    environment = {n: v for n, v in os.environ.items() if n != "ORT_DISABLE_TELEMETRY"}
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "1"
