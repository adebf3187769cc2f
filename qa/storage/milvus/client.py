"""The calls of a Milvus server, with time limits, and errors that a person can read."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar

from ...addresses import Address
from ...errors import LibraryBusyError, LibraryError, UsageError

if TYPE_CHECKING:
    from pymilvus import MilvusClient

T = TypeVar("T")

CONNECT_SECONDS = 10.0
"""Time to connect to a server."""

CALL_SECONDS = 30.0
"""Time for one call, its repetitions included."""

ROWS_AT_ONCE = 1_000
"""Rows that are sent, or named by their ids, in one call."""

MOST_ROWS = 16_384
"""Most rows that a server gives in one call."""

Row = dict[str, Any]


class Client:
    """A connection, made on first use. Threads may share it."""

    def __init__(self, address: Address) -> None:
        self.address = address
        """Where the server, or the file, is."""
        self._client: MilvusClient | None = None
        self._lock = Lock()

    def call(self, act: Callable[["MilvusClient"], T]) -> T:
        """Return what a function does with the client.

        Raises LibraryError if the server cannot be reached, does not answer in time, or refuses,
        and UsageError if the extra is not installed.
        """
        try:
            import grpc
            from pymilvus.exceptions import MilvusException
        except ImportError:
            raise UsageError(
                "A library on Milvus needs: pip install 'article-qa[milvus]'"
            ) from None
        try:
            return act(self._connected())
        except (MilvusException, grpc.RpcError, grpc.FutureTimeoutError) as error:
            raise self.failed(error) from None

    def failed(self, error: BaseException) -> LibraryError:
        """Return the error to show for one of `pymilvus`."""
        reason = getattr(error, "message", "") or str(error) or type(error).__name__
        reason = " ".join(reason.split())
        if "open by another" in reason or "locked" in reason.lower():
            return LibraryBusyError(
                f"Another process has {self.address.uri} open; Milvus Lite allows one at a time."
            )
        return LibraryError(
            f"Milvus at {self.address.text} does not answer as it should ({reason[:200]}). "
            "What was stored before is kept; the same command goes on from there."
        )

    def has(self, collection: str) -> bool:
        """Whether there is a collection."""
        found: bool = self.call(lambda c: c.has_collection(collection, timeout=CALL_SECONDS))
        return found

    def query(
        self, collection: str, where: str, fields: Sequence[str], limit: int | None = None
    ) -> list[Row]:
        """Return these fields of all rows that fit, or of at most ``limit``, in no order."""
        asked = MOST_ROWS if limit is None else limit
        rows = self.call(
            lambda c: list(
                c.query(
                    collection,
                    filter=where,
                    output_fields=list(fields),
                    limit=asked,
                    timeout=CALL_SECONDS,
                )
            )
        )
        if limit is None and len(rows) == MOST_ROWS:
            return self.call(lambda c: list(_all_rows(c, collection, where, fields)))
        return rows

    def load(self, collection: str) -> None:
        """Have a collection searched from memory."""
        self.call(lambda c: c.load_collection(collection, timeout=CALL_SECONDS))

    def count(self, collection: str, where: str) -> int:
        """Return how many rows fit."""
        (row,) = self.call(
            lambda c: c.query(
                collection, filter=where, output_fields=["count(*)"], timeout=CALL_SECONDS
            )
        )
        return int(row["count(*)"])

    def by_ids(
        self, collection: str, field: str, ids: Sequence[int], fields: Sequence[str], more: str = ""
    ) -> list[Row]:
        """Return the rows whose field is one of these numbers, and that fit ``more``."""
        rows: list[Row] = []
        for first in range(0, len(ids), ROWS_AT_ONCE):
            part = list(ids[first : first + ROWS_AT_ONCE])
            rows += self.query(collection, f"{field} in {part}{more}", fields)
        return rows

    def search(
        self, collection: str, field: str, query: object, where: str, limit: int
    ) -> list[tuple[int, float]]:
        """Return ids and scores of the best rows by a vector or by words, best first."""
        metric = "BM25" if isinstance(query, str) else "IP"
        (hits,) = self.call(
            lambda c: c.search(
                collection,
                data=[query],
                anns_field=field,
                limit=limit,
                filter=where,
                output_fields=["id"],
                search_params={"metric_type": metric},
                timeout=CALL_SECONDS,
            )
        )
        # Milvus Lite gives a BM25 score as a distance, which is negative.
        sign = -1.0 if metric == "BM25" and any(hit["distance"] < 0 for hit in hits) else 1.0
        found = [(int(hit["id"]), sign * float(hit["distance"])) for hit in hits]
        return sorted(found, key=lambda pair: (-pair[1], pair[0]))

    def upsert(self, collection: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Put rows in place of those with the same id."""
        for first in range(0, len(rows), ROWS_AT_ONCE):
            part = [dict(row) for row in rows[first : first + ROWS_AT_ONCE]]
            self.call(partial(_upsert, collection, part))

    def delete(self, collection: str, where: str) -> None:
        """Delete the rows that fit."""
        self.call(lambda c: c.delete(collection, filter=where, timeout=CALL_SECONDS))

    def close(self) -> None:
        """Close the connection, if there is one."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def _connected(self) -> "MilvusClient":
        with self._lock:
            if self._client is None:
                from pymilvus import MilvusClient

                # It prints tracebacks of errors that are handled here.
                logging.getLogger("pymilvus").setLevel(logging.CRITICAL)
                self._client = MilvusClient(self.address.uri, timeout=CONNECT_SECONDS)
            return self._client


def _upsert(collection: str, rows: list[Row], client: "MilvusClient") -> None:
    client.upsert(collection, rows, timeout=CALL_SECONDS)


def _all_rows(
    client: "MilvusClient", collection: str, where: str, fields: Sequence[str]
) -> Iterator[Row]:
    """Yield these fields of all rows that fit."""
    rows = client.query_iterator(
        collection,
        batch_size=ROWS_AT_ONCE,
        filter=where,
        output_fields=list(fields),
        timeout=CALL_SECONDS,
    )
    try:
        while part := rows.next():
            yield from part
    finally:
        rows.close()


def quoted(text: str) -> str:
    """Return a text as it stands in a filter."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
