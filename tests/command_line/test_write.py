"""``qa ask --write`` against a scripted server."""

import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from qa.models.verifier import Verifier
from tests.command_line.articles import WHO
from tests.command_line.shell import Shell
from tests.writing.scripted import Scripted, answer, head, refusal, said

SAID = "Solheim commands the harbour [1]. ", "She was born in 1899 [1]."


@contextmanager
def serving(*texts: str) -> Iterator[tuple[Scripted, list[str]]]:
    """A server that says this, and the options that name it."""
    with Scripted(answer(*texts)) as server:
        yield server, ["--write", "--llm", server.address, "--llm-model", "small"]


@pytest.fixture(autouse=True, scope="module")
def prepared(real_verifier: Verifier) -> None:
    """Prepare the verifier, so that no line about that comes between."""


def test_the_exact_answer_stands_first_and_the_written_one_below(qa: Shell) -> None:
    exact = qa("ask", WHO).out
    with serving(*SAID) as (server, options):
        done = qa("ask", WHO, *options)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(exact)
    written = done.out.removeprefix(exact)
    host = server.address.removeprefix("http://").removesuffix("/v1")
    assert f"Written by small at {host}; each sentence is checked" in written
    assert re.search(r"^. Solheim commands the harbour\. \[1\]$", written, re.MULTILINE)
    assert re.search(r"^. She was born in 1899\. \[1\]$", written, re.MULTILINE)
    assert "The passages that were sent, with the question:\n[1] " in written
    [(_, body)] = server.requests
    assert WHO in body["messages"][1]["content"]


def test_json_holds_both(qa: Shell) -> None:
    with serving(*SAID) as (_, options):
        found = qa("ask", WHO, "--json", *options).json("ask")
    written = found["written"]
    assert [each["text"] for each in written["sentences"]] == [
        "Solheim commands the harbour.",
        "She was born in 1899.",
    ]
    assert (written["ending"], written["prompt_tokens"], written["error"]) == ("done", 70, "")
    assert qa("ask", WHO, "--json").json("ask")["written"] is None


def test_without_a_server_nothing_is_asked(qa: Shell, without_network: dict[str, str]) -> None:
    done = qa("ask", WHO, "--write", variables=without_network)
    assert done.is_refusal()
    assert "No server is named" in done.err
    for example in ("11434/v1 (Ollama)", "(llama.cpp)", "(vLLM)", "QA_LLM", "[llm]"):
        assert example in done.err


def test_the_chat_says_what_is_missing_before_its_screen_opens(qa: Shell) -> None:
    without = qa("chat", "--write")
    assert without.is_refusal()
    assert "No server is named" in without.err
    wrong = qa("chat", "--llm", "localhost")
    assert wrong.is_refusal()
    assert "is no address of a server" in wrong.err
    assert "needs a terminal" in qa("chat", "--write", "--llm", "http://127.0.0.1:9/v1").err


def test_a_plain_question_loads_no_client(qa: Shell, without_network: dict[str, str]) -> None:
    variables = {**without_network, "QA_LLM": "http://127.0.0.1:9/v1"}
    assert qa("ask", WHO, variables=variables).code == 0


def test_the_options_of_a_server_need_write(qa: Shell) -> None:
    done = qa("ask", WHO, "--llm", "http://127.0.0.1:9")
    assert done.is_refusal()
    assert "add --write" in done.err


def test_the_server_can_be_named_by_variables(qa: Shell) -> None:
    with serving(*SAID) as (server, _):
        variables = {"QA_LLM": server.address, "QA_LLM_KEY": "MY_KEY", "MY_KEY": "sk-1"}
        assert qa("ask", WHO, "--write", variables=variables).code == 0
    assert server.requests[0][0]["authorization"] == "Bearer sk-1"
    done = qa("ask", WHO, "--write", variables=variables | {"MY_KEY": ""})
    assert done.is_refusal()
    assert "MY_KEY must hold the key" in done.err


@pytest.mark.parametrize("as_json", [False, True])
def test_a_failure_is_one_line_after_the_exact_answer(qa: Shell, as_json: bool) -> None:
    with Scripted(refusal("429 Too Many Requests", "Slow down", Retry_After="9")) as server:
        done = qa("ask", WHO, "--write", "--llm", server.address, *["--json"] * as_json)
    line = f"{server.address} has had too many requests (429); it asks to wait 9 s: Slow down"
    assert (done.code, done.err) == (2, f"qa: {line}\n")
    if as_json:
        assert done.json("ask")["written"]["error"] == line
    else:
        assert "Written by" not in done.out
        assert done.out == qa("ask", WHO).out


def test_what_came_before_a_failure_is_shown(qa: Shell) -> None:
    with Scripted([head(), said("Solheim commands it [1]. She then")]) as server:
        done = qa("ask", WHO, "--write", "--llm", server.address)
    assert done.code == 2
    assert "Solheim commands it. [1]" in done.out
    assert "It broke off here." in done.out
    assert "She then" not in done.out
    assert done.err == f"qa: {server.address} broke off in the middle.\n"


def test_on_a_terminal_the_sentence_in_the_making_is_shown(qa: Shell) -> None:
    with serving(*SAID, " Done.") as (_, options):
        done = qa.on_terminal("ask", WHO, *options)
    assert done.code == 0
    plain = re.sub(r"\x1b\[[0-9;]*m", "", done.out)
    shown = [line.rpartition("\r\x1b[2K")[2] for line in plain.split("\n")]
    assert any(line.endswith(" Solheim commands the harbour. [1]") for line in shown)
    assert "waiting for small at" in plain
    assert not any("waiting for" in line for line in shown)


def test_ctrl_c_ends_the_connection(qa: Shell) -> None:
    with Scripted([]) as server:
        server._plays = ([head(), said("It is"), server.until_left],)
        running = qa.start("ask", WHO, "--write", "--llm", server.address)
        assert server.asked.wait(60)
        running.send_signal(signal.SIGINT)
        _, err = running.communicate(timeout=60)
        assert (running.returncode, err.strip()) == (130, b"Interrupted.")
        assert server.left.wait(10)


def test_hostile_text_of_a_server_is_harmless(qa: Shell) -> None:
    with serving("\x1b[2J\u202eSolheim \x07[1].\r\n\x9b31m Next.") as (_, options):
        done = qa("ask", WHO, *options)
    assert not set("\x1b\u202e\x07\x9b") & set(done.out)
    with serving("\x1b[2J\u202eSolheim \x07[1].") as (_, options):
        done = qa.on_terminal("ask", WHO, *options)
    assert "\x1b[2J" not in done.out


def test_config_shows_the_server_but_not_its_key(fresh: Shell) -> None:
    config = fresh.home / "config" / "config.toml"
    config.parent.mkdir()
    config.write_text('[llm]\naddress = "https://m.example"\nmodel = "a"\nkey = "MY_KEY"\n')
    found = fresh("config", "--json", variables={"MY_KEY": "sk-1"}).json("config")["llm"]
    assert found == {
        "address": "https://m.example/v1",
        "model": "a",
        "key": "MY_KEY",
        "tokens": 3000,
        "timeout": 120.0,
    }
    out = fresh("config", variables={"MY_KEY": "sk-1"}).out
    assert "https://m.example/v1" in out
    assert "sk-1" not in out
    config.write_text("llm = 3\n")
    assert "llm in" in fresh("config").err
