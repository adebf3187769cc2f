"""Server-sent events: the bytes of a reply → the data of each event.

As the HTML standard says: lines end with LF, CR or CRLF; a line that starts with a colon is a
comment; several ``data`` lines make one event, joined by newlines; an empty line ends an event.
Other fields are ignored. An event that the end of the reply cuts off is yielded all the same: some
servers leave out the last empty line, and a half object is noticed as such when it is parsed.
"""

import re
from collections.abc import Iterable, Iterator

_LINE_END = re.compile(rb"\r\n|\n|\r(?=[^\n])")  # a CR at the end waits: LF may follow
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def event_data(chunks: Iterable[bytes]) -> Iterator[str]:
    """Yield the data of each event, wherever the chunks are cut. Bad UTF-8 becomes U+FFFD."""
    data: list[str] = []
    for line in _lines(chunks):
        if not line:
            if data:
                yield "\n".join(data)
            data = []
            continue
        field, _, value = line.partition(b":")
        if field == b"data":
            data.append(value.removeprefix(b" ").decode(errors="replace"))
    if data:
        yield "\n".join(data)


def _lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the lines without their ends. Only whole lines are decoded, so no character is cut."""
    rest: list[bytes] = []
    is_first = True
    for chunk in filter(None, chunks):
        rest.append(chunk)
        if b"\n" not in chunk and b"\r" not in b"".join(rest[-2:]):
            continue  # a long line in many chunks is joined once
        *lines, last = _LINE_END.split(b"".join(rest))
        rest = [last]
        for line in lines:
            yield line.removeprefix(_BYTE_ORDER_MARK) if is_first else line
            is_first = False
    last = b"".join(rest).removesuffix(b"\r")
    if last:
        yield last.removeprefix(_BYTE_ORDER_MARK) if is_first else last
