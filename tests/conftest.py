"""What the tests share: a home of their own, an encoder without weights, small libraries."""

import re
import signal
import sys
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import settings as hypothesis_settings
from numpy.typing import NDArray

if TYPE_CHECKING:
    from qa.datatypes import Passage, Span
    from qa.library import Library
    from qa.models.encoder import Encoder, OnnxEncoder
    from qa.models.reader import OnnxReader
    from qa.storage.store import Store

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT))  # for tests.benchmarks; last, so that qa is the installed one

# A busy machine is no fault, and a test must not fail on one run and pass on the next.
hypothesis_settings.register_profile("qa", deadline=None, derandomize=True, database=None)
hypothesis_settings.load_profile("qa")


class WordEncoder:
    """A bag of hashed words as a unit vector: what shares words is near, exactly and always."""

    def __init__(self, name: str = "words", dimension: int = 64) -> None:
        self.name = name
        self.fingerprint = f"{name}-{dimension}"
        self.dimension = dimension
        self.room_tokens = 40
        self.encoded: list[str] = []
        """Every passage that was embedded, in order."""

    def encode(self, texts: Sequence[str], role: str) -> NDArray[np.float32]:
        """Return float32 ``(len(texts), dimension)``; a text without a word is the first axis.

        Raises UnicodeEncodeError for a lone surrogate, which a tokenizer takes no more than this.
        """
        "".join(texts).encode()
        if role == "passage":
            self.encoded += texts
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in enumerate(texts):
            for word in re.findall(r"\w+", text.lower()):
                vectors[row, zlib.crc32(f"{self.name} {word}".encode()) % self.dimension] += 1
            if not vectors[row].any():
                vectors[row, 0] = 1
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return the words of each text, by white space."""
        return [len(text.split()) for text in texts]


class WordReader:
    """Offers every sentence that shares a content word with the question: the more, the better."""

    name = "words"

    def read(
        self,
        question: str,
        passages: Sequence["Passage"],
        seconds: float | None = None,
        late: list["Passage"] | None = None,
    ) -> list["Span"]:
        """Return spans with scores from -2 to 8, best first."""
        from qa.datatypes import Span
        from qa.sentences import sentence_bounds
        from qa.terms import question_terms

        asked = set(question_terms(question))
        spans = []
        for passage in passages:
            for start, end in sentence_bounds(passage.text):
                shared = asked & set(question_terms(passage.text[start:end]))
                if shared:
                    score = 10 * len(shared) / len(asked) - 2
                    start_at, end_at = passage.start + start, passage.start + end
                    spans.append(Span(passage, start_at, end_at, score))
        return sorted(spans, key=lambda span: -span.score)


class RememberingEncoder:
    """A real encoder that embeds each text once: embeddings do not depend on companions."""

    def __init__(self, encoder: "Encoder") -> None:
        self._encoder = encoder
        self._known: dict[tuple[str, str], NDArray[np.float32]] = {}
        self.name, self.fingerprint = encoder.name, encoder.fingerprint
        self.dimension, self.room_tokens = encoder.dimension, encoder.room_tokens
        self.count_tokens = encoder.count_tokens

    def encode(self, texts: Sequence[str], role: Any) -> NDArray[np.float32]:
        """Return float32 ``(len(texts), dimension)``."""
        new = list(dict.fromkeys(text for text in texts if (role, text) not in self._known))
        for text, vector in zip(new, self._encoder.encode(new, role), strict=True):
            self._known[role, text] = vector
        rows = [self._known[role, text] for text in texts]
        return np.array(rows, np.float32).reshape(len(texts), self.dimension)


@pytest.fixture(scope="session", autouse=True)
def heard_interrupts() -> None:
    """Ctrl-C reaches the processes that tests start, even where the shell had it ignored."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def session_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A QA_HOME for the whole session: nobody's own is touched, a model is exported once."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QA_HOME", str(home))
        for name in ("QA_LIBRARY", "QA_MODEL", "QA_READER", "QA_HITS", "QA_THREADS"):
            patch.delenv(name, raising=False)
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
def store(tmp_path: Path) -> Iterator["Store"]:
    """An empty store."""
    from qa.storage.store import Store

    opened = Store(tmp_path / "library", create=True)
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
