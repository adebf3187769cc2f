"""The language model that a person named: the ``llm`` section of the settings.

An option beats a variable, which beats the config file. A key is bound to its address: what the
config file names as the key is sent to the address in the config file, and to no other.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from .errors import UsageError

BUDGET_TOKENS = 3_000
"""Most tokens of a prompt. Ollama cuts what exceeds 4,096 with the answer, and says nothing."""

TIMEOUT_SECONDS = 120.0
"""Longest wait for the first word: a large model on a CPU reads some 30 tokens a second."""

EXAMPLES = (
    "http://127.0.0.1:11434/v1 (Ollama), http://127.0.0.1:8080/v1 (llama.cpp) or "
    "http://127.0.0.1:8000/v1 (vLLM)"
)
"""Where the usual servers listen."""

_FIELDS = ("address", "model", "key", "tokens", "timeout")
_LEAST = {"tokens": 1_000, "timeout": 1}
_MOST = {"tokens": 1_000_000, "timeout": 3_600}
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class LanguageModel:
    """A server that speaks the OpenAI protocol, and how to ask it."""

    address: str
    """Its base address without a slash at the end, such as ``http://127.0.0.1:11434/v1``."""
    model: str
    """The model's name there; empty for the server's own."""
    key: str
    """Name of the environment variable that holds the key; empty for none."""
    budget_tokens: int
    """Most tokens of a prompt."""
    timeout_seconds: float
    """Longest wait for the first word of an answer."""


def read_language_model(
    section: Mapping[str, object],
    environment: Mapping[str, str],
    *,
    address: str | None = None,
    model: str | None = None,
    where: str,
) -> LanguageModel | None:
    """Return the language model in force; None if no address is named.

    ``section`` is ``llm`` in the config file, which ``where`` names in messages; ``address`` and
    ``model`` are options. Raises UsageError for a value that is not valid.
    """
    if unknown := sorted(set(section) - set(_FIELDS)):
        raise UsageError(f"{where} has {unknown[0]!r}; it may set {', '.join(_FIELDS)}.")
    for name in ("address", "model", "key"):
        if not isinstance(section.get(name, ""), str):
            raise UsageError(f"{name} in {where} must be text, not {section[name]!r}.")
    from_file = str(section.get("address") or "")
    from_variable = environment.get("QA_LLM") or ""
    chosen = _checked_address(address or from_variable or from_file)
    if not chosen:
        return None
    keys = ((environment.get("QA_LLM_KEY"), from_variable), (section.get("key"), from_file))
    key = next(
        (str(key) for key, of in keys if key and (not of or _checked_address(of) == chosen)), ""
    )
    if key and not _VARIABLE.fullmatch(key):
        # The message must not repeat it: whoever confuses the two has written the key itself.
        raise UsageError(f"key in {where}, or QA_LLM_KEY, must be the name of a variable.")
    named = model or environment.get("QA_LLM_MODEL") or str(section.get("model") or "")
    tokens = _number("tokens", section, environment, BUDGET_TOKENS, where)
    timeout = _number("timeout", section, environment, TIMEOUT_SECONDS, where)
    return LanguageModel(chosen, named, key, int(tokens), timeout)


def no_language_model(config: str) -> UsageError:
    """Return the error for a written answer without a server; ``config`` is the config file."""
    return UsageError(
        f"No server is named for written answers. Name one with --llm, such as {EXAMPLES}; "
        f'or with QA_LLM, or as address = "…" under [llm] in {config}.'
    )


def is_loopback(host: str) -> bool:
    """Whether a host is this machine by its name alone: ``localhost``, ``127.0.0.1``, ``::1``."""
    from ipaddress import ip_address

    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _checked_address(address: str) -> str:
    """Return a base address in one form; ``/v1`` is added to a bare host. Raises UsageError."""
    if not address:
        return ""
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(address.strip())
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port, parts = "", None, urlsplit("")
    if parts.scheme not in ("http", "https") or not host or len(address.split()) != 1:
        raise UsageError(f"{address!r} is no address of a server; write one such as {EXAMPLES}.")
    if parts.username is not None or parts.query or parts.fragment:
        raise UsageError(
            f"The address of {host} must hold no user, key or query. "
            "Name the variable that holds the key: QA_LLM_KEY=NAME."
        )
    path = parts.path.rstrip("/").removesuffix("/chat/completions") or "/v1"
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}{f':{port}' if port else ''}{path}"


def _number(
    name: str,
    section: Mapping[str, object],
    environment: Mapping[str, str],
    default: float,
    where: str,
) -> float:
    variable = f"QA_LLM_{name.upper()}"
    value: object = section.get(name, default)
    given, of = environment.get(variable), f"{name} in {where}"
    if given:
        value, of = int(given) if given.isdecimal() else given, variable
    low, high = _LEAST[name], _MOST[name]
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise UsageError(f"{of} must be a number from {low} to {high}, not {value!r}.")
    return value
