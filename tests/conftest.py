"""Fixtures that all tests share: a home of their own, the models, small libraries."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings as hypothesis_settings

if TYPE_CHECKING:
    from qa.library import Library
    from qa.models.encoder import OnnxEncoder
    from qa.models.reader import OnnxReader
    from qa.models.verifier import Verifier
    from qa.storage.local import LocalStorage

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT))  # so that `tests` can be imported; last, so that qa is the installed one

from tests.doubles import (  # noqa: E402
    DoubtingVerifier,
    RememberingEncoder,
    WordEncoder,
    WordReader,
)

# A busy machine is no fault, and a test must not fail on one run and pass on the next.
hypothesis_settings.register_profile("qa", deadline=None, derandomize=True, database=None)
hypothesis_settings.load_profile("qa")


SLOW_FIXTURES = frozenset(
    ("real_encoder", "real_reader", "real_verifier", "remembering_encoder", "scripted")
)
"""Real models, and the library of tests that drive the whole screen of the chat."""
SLOW_FOLDERS = frozenset(("command_line", "training"))
"""Folders whose tests run processes, or PyTorch."""


@pytest.hookimpl(tryfirst=True)  # before pytest looks at -m
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as slow what has a slow fixture or folder; other tests say so themselves."""
    for item in items:
        is_slow = not SLOW_FIXTURES.isdisjoint(getattr(item, "fixturenames", ()))
        if is_slow or not SLOW_FOLDERS.isdisjoint(item.path.relative_to(ROOT).parts):
            item.add_marker(pytest.mark.slow)


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Leave gzip data out of the names of tests: it holds the time at which it was made."""
    return argname if isinstance(val, bytes) and val.startswith(b"\x1f\x8b") else None


@pytest.fixture(scope="session", autouse=True)
def heard_interrupts() -> None:
    """Ctrl-C reaches the processes that tests start, even where the shell had it ignored."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def session_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A QA_HOME for the whole session: nobody's own is touched, a model is exported once.

    The processes of pytest-xdist share the exported models and nothing else.
    """
    home = tmp_path_factory.mktemp("home")
    if "PYTEST_XDIST_WORKER" in os.environ:
        exported = tmp_path_factory.getbasetemp().parent / "exported"
        exported.mkdir(exist_ok=True)
        (home / "cache").symlink_to(exported)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QA_HOME", str(home))
        for name in [name for name in os.environ if name.startswith("QA_")]:
            if name not in ("QA_HOME", "QA_DATA", "QA_SNAPSHOTS"):
                patch.delenv(name)
        yield home


@pytest.fixture
def home(session_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A QA_HOME for one test; exported models are shared with the session."""
    folder = tmp_path / "home"
    folder.mkdir()
    (session_home / "cache").mkdir(exist_ok=True)
    (folder / "cache").symlink_to(session_home / "cache")
    monkeypatch.setenv("QA_HOME", str(folder))
    return folder


@pytest.fixture(scope="session")
def real_encoder(session_home: Path) -> "OnnxEncoder":
    """The default model; its export takes about 15 seconds, once a session."""
    from qa.models.encoder import OnnxEncoder
    from qa.models.opening import open_encoder

    encoder = open_encoder()
    assert isinstance(encoder, OnnxEncoder)
    return encoder


@pytest.fixture(scope="session")
def real_reader(session_home: Path) -> "OnnxReader":
    """The default reader; its export takes about 15 seconds, once a session."""
    from qa.models.opening import open_reader
    from qa.models.reader import OnnxReader

    reader = open_reader()
    assert isinstance(reader, OnnxReader)
    return reader


@pytest.fixture(scope="session")
def real_verifier(session_home: Path) -> "Verifier":
    """The default verifier; its export takes about 15 seconds, once a session."""
    from qa.models.opening import open_verifier

    return open_verifier()


@pytest.fixture(scope="session")
def remembering_encoder(real_encoder: "OnnxEncoder") -> RememberingEncoder:
    """The default model, for tests that ask much about the same text."""
    return RememberingEncoder(real_encoder)


@pytest.fixture
def make_encoder() -> type[WordEncoder]:
    """The double's class, for tests that need more than one."""
    return WordEncoder


@pytest.fixture
def word_encoder() -> WordEncoder:
    """The double."""
    return WordEncoder()


@pytest.fixture
def store(tmp_path: Path) -> Iterator["LocalStorage"]:
    """An empty store."""
    from qa.storage.local import LocalStorage

    opened = LocalStorage(tmp_path / "library", create=True)
    yield opened
    opened.close()


@pytest.fixture
def encoders(word_encoder: WordEncoder, monkeypatch: pytest.MonkeyPatch) -> dict[Any, WordEncoder]:
    """What ``open_encoder`` returns in a library, by name; None is the default, the double.

    Its reader is a double, too.
    """
    known = {None: word_encoder, "words": word_encoder, "other": WordEncoder("other", 32)}
    monkeypatch.setattr(
        "qa.models.opening.open_encoder", lambda name=None, device=None: known[name]
    )
    monkeypatch.setattr("qa.models.opening.open_reader", lambda name=None: WordReader())
    monkeypatch.setattr("qa.models.opening.open_verifier", DoubtingVerifier)
    return known


@pytest.fixture
def open_library(
    encoders: dict[Any, WordEncoder], tmp_path: Path
) -> Iterator[Callable[[], "Library"]]:
    """Opens the test's library, embedded by the double; each call gives another Library of it."""
    from qa.library import Library

    opened: list[Library] = []

    def open_it() -> Library:
        opened.append(Library.open(tmp_path / "library"))
        return opened[-1]

    yield open_it
    for library in opened:
        library.close()


@pytest.fixture
def library(open_library: Callable[[], "Library"]) -> "Library":
    """The test's library, empty, embedded by the double."""
    return open_library()


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    """A folder with two articles."""
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "volcano.txt").write_text(
        "A volcano erupted in Iceland on Monday. Ash closed the airports of Europe.\n"
    )
    (folder / "election.txt").write_text(
        "date 2012-05-06\n\nVoters in France chose a president. Turnout was high.\n"
    )
    return folder
