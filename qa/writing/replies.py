"""The bytes of a reply → its text, as it comes."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from .events import event_data
from .exchange import Head
from .failures import Failures, detail_of, looks_like_page

_THOUGHTS = "<think>"
_AFTER_THOUGHTS = re.compile("</think>")
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")


@dataclass(frozen=True, slots=True)
class Chunk:
    """A part of a reply."""

    text: str = ""
    """Text of the answer."""
    is_word: bool = False
    """Whether the model said something, be it aloud or as a thought."""
    finish: str = ""
    """Why the reply ended, such as ``stop`` or ``length``; empty while it goes on."""
    prompt_tokens: int | None = None
    """Tokens of the prompt, if this part says so."""
    tokens: int | None = None
    """Tokens of the reply, if this part says so."""

    def then(self, later: "Chunk") -> "Chunk":
        """Return what is known after a later part: the text is not kept."""
        return replace(
            later,
            text="",
            finish=later.finish or self.finish,
            prompt_tokens=self.prompt_tokens
            if later.prompt_tokens is None
            else later.prompt_tokens,
            tokens=self.tokens if later.tokens is None else later.tokens,
        )


def chunks_of(body: Iterable[bytes], head: Head, failures: Failures) -> Iterator[Chunk]:
    """Yield the parts of a reply with status 200: a stream of events, or one JSON object.

    Raises ServerError for a reply that is neither, and for an error that it reports.
    """
    kind = head.headers.get("content-type", "").lower()
    if "json" in kind or "html" in kind:
        whole = b"".join(body)
        if looks_like_page(whole, kind):
            raise failures.page(head.status)
        yield _chunk(whole.decode(errors="replace"), failures)
        return
    is_answer = is_finished = False
    for data in event_data(body):
        if data.strip() == "[DONE]":  # what follows is not waited for
            if is_answer and not is_finished:
                yield Chunk(finish="stop")
            break
        chunk = _chunk(data, failures)
        is_answer, is_finished = True, is_finished or bool(chunk.finish)
        yield chunk
    if not is_answer:
        raise failures.says("The reply is no answer of a language model; most addresses end in /v1")


def joined_surrogates(texts: Iterable[str]) -> Iterator[str]:
    """Yield the texts with the halves of a character joined that JSON cut into two texts."""
    half = ""
    for text in texts:
        whole = half + text
        half = whole[-1] if whole and "\ud800" <= whole[-1] <= "\udbff" else ""
        whole = whole[: len(whole) - len(half)]
        yield _PAIR.sub(lambda pair: _joined(pair[0]), whole) if not whole.isascii() else whole


def without_thoughts(texts: Iterable[str]) -> Iterator[str]:
    """Yield the texts without the ``<think>…</think>`` with which some models begin."""
    begin = ""
    parts = iter(texts)
    for text in parts:
        begin += text
        said = begin.lstrip()
        if said.startswith(_THOUGHTS):
            found = _AFTER_THOUGHTS.search(begin)
            if found is None:
                continue
            yield begin[found.end() :]
            break
        if not _THOUGHTS.startswith(said):
            yield begin
            break
    else:
        if not begin.lstrip().startswith(_THOUGHTS):
            yield begin
        return
    yield from parts


def _chunk(data: str, failures: Failures) -> Chunk:
    """Return one event, or a reply that was not streamed. Raises ServerError."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        raise failures.says("The reply is not JSON, or was cut off", data) from None
    if not isinstance(value, dict) or value.get("error") or value.get("object") == "error":
        raise failures.of_detail(detail_of(value))
    choices, usage = value.get("choices"), value.get("usage")
    if not isinstance(choices, list):
        raise failures.says("The reply is JSON, but no answer of a language model")
    first = choices[0] if choices and isinstance(choices[0], dict) else {}
    said = first.get("delta") or first.get("message") or {}
    said = said if isinstance(said, dict) else {}
    text = _text(said.get("content"))
    thought = said.get("reasoning_content") or said.get("reasoning")
    counts = usage if isinstance(usage, dict) else {}
    return Chunk(
        text,
        bool(text or thought),
        str(first.get("finish_reason") or ""),
        _count(counts.get("prompt_tokens")),
        _count(counts.get("completion_tokens")),
    )


def _text(content: Any) -> str:
    """Return the text of a message, which is text or a list of parts."""
    if isinstance(content, list):
        return "".join(_text(part.get("text")) for part in content if isinstance(part, dict))
    return content if isinstance(content, str) else ""


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _joined(pair: str) -> str:
    return pair.encode("utf-16", "surrogatepass").decode("utf-16")
