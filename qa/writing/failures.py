"""What can go wrong with a server, as one line that says what to do."""

import json
import socket
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from ..articles.clean import harmless
from ..errors import ServerError
from ..language_model import LanguageModel
from ..shorten import shorten

_MESSAGE_CHARACTERS = 200
_TOO_LONG = ("context_length_exceeded", "exceed_context_size_error")
_TOO_LONG_WORDS = ("context length", "context size", "context window", "maximum context")
_REASONS = {
    401: "wants a key; QA_LLM_KEY=NAME names the variable that holds it",
    403: "forbids this (403)",
    404: "is no OpenAI-compatible server; most end in /v1",
    429: "has had too many requests (429)",
}
"""What a status means, in a sentence about the server."""


@dataclass(frozen=True, slots=True)
class Detail:
    """What a server says about an error of its own."""

    message: str
    """Its message; empty if it gives none."""
    codes: tuple[str, ...] = ()
    """Its code and type, such as ``context_length_exceeded``."""
    parameter: str = ""
    """The parameter that it refuses; empty if it names none."""

    @property
    def is_too_long(self) -> bool:
        """Whether the prompt exceeds what the model takes at once."""
        said = self.message.lower()
        return any(code in _TOO_LONG for code in self.codes) or any(
            words in said for words in _TOO_LONG_WORDS
        )


def detail_of(value: object) -> Detail:
    """Return the detail in a JSON value; the servers write it in four ways."""
    if not isinstance(value, dict):
        return Detail("")
    error = value.get("error", value)
    if not isinstance(error, dict):
        return Detail(str(error))
    message = error.get("message") or error.get("detail") or ""
    codes = tuple(str(error[name]) for name in ("code", "type") if error.get(name))
    return Detail(str(message), codes, str(error.get("param") or ""))


def detail_of_body(body: bytes) -> Detail:
    """Return the detail in the body of a reply; empty if it is not JSON."""
    try:
        return detail_of(json.loads(body))
    except (ValueError, RecursionError):
        return Detail("")


def looks_like_page(body: bytes, kind: str) -> bool:
    """Whether a reply is a web page, by its media type or its first bytes."""
    return "html" in kind or body.lstrip()[:1] == b"<"


class Failures:
    """Makes the errors of one server. No message repeats the key, even if the server does."""

    def __init__(self, server: LanguageModel, key: str = "") -> None:
        self._server, self._key = server, key

    def says(self, text: str, detail: str = "") -> ServerError:
        """Return an error about the server; ``detail`` is what it said itself."""
        stop = "" if text.endswith("?") else "."
        said = self._quoted(detail)
        return ServerError(f"{text}: {said}" if said else f"{text}{stop}")

    def _quoted(self, text: str, characters: int = _MESSAGE_CHARACTERS) -> str:
        """Return what a server said, on one short line; the key is out before it is cut."""
        said = " ".join(harmless(text).split())
        return shorten(said.replace(self._key, "…") if self._key else said, characters)

    def of_connection(self, error: Exception) -> ServerError:
        """Return the error for a connection that failed or broke."""
        address = self._server.address
        causes = list(_causes(error))
        for reason in map(self._reason_of, causes):
            if reason:
                return self.says(reason)
        names = {type(cause).__name__ for cause in causes}
        if "ConnectTimeout" in names:
            return self.says(f"{address} does not answer: no connection in time")
        if names & {"ReadError", "RemoteProtocolError", "WriteError", "CloseError"}:
            return self.says(f"{address} broke the connection off", str(error))
        return self.says(f"{address} cannot be reached", str(error) or type(error).__name__)

    def of_status(self, status: int, headers: Mapping[str, str], body: bytes) -> ServerError:
        """Return the error for a reply that is no answer, by its status and body."""
        address = self._server.address
        detail = detail_of_body(body)
        said = detail.message
        if 300 <= status < 400:
            to = self._quoted(headers.get("location", "another address"), 100)
            return self.says(f"{address} redirects to {to}, which qa does not follow")
        if detail.is_too_long:
            return self.too_long(said)
        if status not in _REASONS and looks_like_page(body, headers.get("content-type", "")):
            return self.page(status)
        reason = _REASONS.get(status, "failed with status {status}")
        if status == 404 and "model" in said.lower():
            reason = "has no model {model} (--llm-model)"
        elif status == 401 and self._key:
            reason = "refuses the key in {key}; QA_LLM_KEY=NAME names another variable"
        elif status == 400 and not self._server.model:
            reason += "; --llm-model names a model"
        elif status == 429 and (after := headers.get("retry-after", "")).isdecimal():
            reason += f"; it asks to wait {after[:6]} s"
        named = {"status": status, "model": self._server.model or "by default"}
        return self.says(f"{address} {reason.format(key=self._server.key, **named)}", said)

    def of_detail(self, detail: Detail) -> ServerError:
        """Return the error for one that the server reports within its answer."""
        if detail.is_too_long:
            return self.too_long(detail.message)
        return self.says(f"{self._server.address} failed while it wrote", detail.message)

    def too_long(self, said: str) -> ServerError:
        """Return the error for a prompt that the model cannot take at once."""
        return self.says(
            f"The passages are too long for the model; QA_LLM_TOKENS, now "
            f"{self._server.budget_tokens}, sets how much is sent",
            said,
        )

    def page(self, status: int) -> ServerError:
        """Return the error for a web page in place of an answer."""
        return self.says(
            f"{self._server.address} answers with a web page (status {status}), not as a language "
            "model's server; most addresses end in /v1"
        )

    def _reason_of(self, cause: BaseException) -> str:
        """Return what a cause of a failed connection means; empty if that is not known."""
        address = self._server.address
        if isinstance(cause, ConnectionRefusedError):
            return f"Nothing listens at {address}: is the server running?"
        if isinstance(cause, socket.gaierror):
            return f"The host {urlsplit(address).hostname} is unknown, or there is no network"
        if isinstance(cause, ssl.SSLCertVerificationError):
            trusted = "SSL_CERT_FILE=FILE names another authority"
            return (
                f"The certificate of {address} is not trusted ({cause.verify_message}). {trusted}"
            )
        if isinstance(cause, ssl.SSLError):
            return f"{address} does not speak https ({cause.reason}); try http"
        return ""


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception and what caused it, the last first."""
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__
