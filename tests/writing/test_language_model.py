"""Which server is in force, and which key belongs to it."""

from collections.abc import Mapping

import pytest

from qa.errors import UsageError
from qa.language_model import LanguageModel, is_loopback, read_language_model

HERE = "http://127.0.0.1:11434/v1"
AWAY = "https://models.example/v1"


def read(
    section: Mapping[str, object] | None = None,
    variables: Mapping[str, str] | None = None,
    address: str | None = None,
    model: str | None = None,
) -> LanguageModel | None:
    """The language model of a config section, variables and options."""
    return read_language_model(
        section or {}, variables or {}, address=address, model=model, where="[llm]"
    )


def test_without_an_address_there_is_none() -> None:
    assert read() is None
    assert read({"model": "small"}, {"QA_LLM_KEY": "KEY"}, model="large") is None


def test_an_option_beats_a_variable_beats_the_file() -> None:
    section = {"address": HERE, "model": "a", "tokens": 1900, "timeout": 2.5}
    assert read(section) == LanguageModel(HERE, "a", "", 1_900, 2.5)
    variables = {
        "QA_LLM": AWAY,
        "QA_LLM_MODEL": "b",
        "QA_LLM_TOKENS": "1800",
        "QA_LLM_TIMEOUT": "9",
    }
    assert read(section, variables) == LanguageModel(AWAY, "b", "", 1_800, 9)
    assert read(section, variables, "http://localhost:8080", "c") == LanguageModel(
        "http://localhost:8080/v1", "c", "", 1_800, 9
    )


@pytest.mark.parametrize(
    ("section", "variables", "option", "key"),
    [
        ({"address": AWAY, "key": "FILE"}, {}, None, "FILE"),
        ({"address": AWAY, "key": "FILE"}, {}, AWAY + "/", "FILE"),
        ({"address": AWAY, "key": "FILE"}, {}, "https://other.example", ""),
        ({"address": AWAY, "key": "FILE"}, {"QA_LLM": HERE}, None, ""),
        ({"address": AWAY, "key": "FILE"}, {"QA_LLM_KEY": "VARIABLE"}, None, "VARIABLE"),
        ({"key": "FILE"}, {"QA_LLM": HERE}, None, "FILE"),
        ({}, {"QA_LLM": AWAY, "QA_LLM_KEY": "VARIABLE"}, HERE, ""),
        ({}, {"QA_LLM_KEY": "VARIABLE"}, HERE, "VARIABLE"),
        (
            {"address": HERE, "key": "FILE"},
            {"QA_LLM": AWAY, "QA_LLM_KEY": "VARIABLE"},
            HERE,
            "FILE",
        ),
    ],
)
def test_a_key_goes_to_its_own_address_alone(
    section: Mapping[str, object], variables: Mapping[str, str], option: str | None, key: str
) -> None:
    found = read(section, variables, option)
    assert found is not None
    assert found.key == key


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ("http://127.0.0.1:11434", HERE),
        ("http://127.0.0.1:11434/", HERE),
        ("http://127.0.0.1:11434/v1/", HERE),
        ("http://127.0.0.1:11434/v1/chat/completions", HERE),
        ("HTTPS://Models.Example/v1", AWAY),
        ("http://[::1]:8080/api/v3", "http://[::1]:8080/api/v3"),
    ],
)
def test_an_address_has_one_form(given: str, address: str) -> None:
    found = read(address=given)
    assert found is not None
    assert found.address == address


@pytest.mark.parametrize(
    "given", ["localhost:11434", "ftp://a/v1", "http://", "http://a:b/", "http://a b/", "///", "x"]
)
def test_what_is_no_address_is_refused_with_examples(given: str) -> None:
    with pytest.raises(UsageError, match=r"127\.0\.0\.1:11434/v1 \(Ollama\)"):
        read(address=given)


def test_an_address_holds_no_secret() -> None:
    for given in ("https://me:secret@a.example/v1", "https://a.example/v1?key=secret"):
        with pytest.raises(UsageError, match="QA_LLM_KEY=NAME") as raised:
            read(address=given)
        assert "secret" not in str(raised.value)


def test_a_key_in_place_of_its_variable_is_not_repeated() -> None:
    with pytest.raises(UsageError, match="must be the name of a variable") as raised:
        read({"address": AWAY, "key": "sk-proj-123"})
    assert "123" not in str(raised.value)


@pytest.mark.parametrize(
    ("section", "variables", "message"),
    [
        ({"colour": "red"}, {}, "'colour'; it may set address, model, key, tokens, timeout"),
        ({"address": 7}, {}, "address in [llm] must be text"),
        ({"tokens": 10}, {}, "tokens in [llm] must be a number from 1000"),
        ({"tokens": True}, {}, "tokens in [llm]"),
        ({"timeout": "long"}, {}, "timeout in [llm]"),
        ({}, {"QA_LLM_TOKENS": "many"}, "QA_LLM_TOKENS must be a number"),
        ({}, {"QA_LLM_TIMEOUT": "0"}, "QA_LLM_TIMEOUT must be a number from 1"),
    ],
)
def test_a_bad_value_is_named(
    section: Mapping[str, object], variables: Mapping[str, str], message: str
) -> None:
    with pytest.raises(UsageError) as raised:
        read(section, variables, HERE)
    assert message in str(raised.value)


def test_loopback_is_known_by_the_address_alone() -> None:
    assert all(map(is_loopback, ["localhost", "127.0.0.1", "127.9.9.9", "::1"]))
    assert not any(map(is_loopback, ["192.168.1.2", "localhost.example", "10.0.0.1", "box"]))
