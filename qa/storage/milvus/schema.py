"""The two collections of a library, and the numbers of what is in them.

An article is one row, or several if it is long: `body` holds its values as JSON, in parts. A file
is a row as well, and so are the facts about the model. Numbers are digests of what they stand for,
so that a batch that is written again writes the same rows.
"""

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any

from .client import CALL_SECONDS, Client

if TYPE_CHECKING:
    from pymilvus import CollectionSchema

ARTICLE, FILE, FACTS = "a", "f", "m"
"""Kinds of rows; the last holds the facts about the model."""

MOST_BYTES = 65_535
"""Longest text of a field."""

PART_CHARACTERS = 16_000
"""Characters of a part of `body`; each takes at most four bytes."""

_SURROGATES = re.compile("[\ud800-\udfff]")


def passages_name(client: Client) -> str:
    """Return the name of the collection of passages."""
    return client.address.collection


def rows_name(client: Client) -> str:
    """Return the name of the collection of articles and files."""
    return f"{client.address.collection}_rows"


def create_collections(client: Client, dimension: int) -> None:
    """Make the collections of a new library, whose vectors have this length."""
    from pymilvus import DataType, Function, FunctionType, MilvusClient

    def schema(*texts: str) -> "CollectionSchema":
        made = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
        made.add_field("id", DataType.INT64, is_primary=True)
        for name in ("article", "file", "published"):
            made.add_field(name, DataType.INT64)
        for name in ("source", "path", "digest", *texts):
            made.add_field(name, DataType.VARCHAR, max_length=MOST_BYTES)
        return made

    rows = schema("kind", "title", "url", "name", "digits", "body")
    rows.add_field("part", DataType.INT64)
    rows.add_field("record", DataType.INT64)
    rows.add_field("unused", DataType.FLOAT_VECTOR, dim=2)  # a collection must have a vector
    passages = schema()
    passages.add_field("start", DataType.INT64)
    passages.add_field("end", DataType.INT64)
    passages.add_field("vector", DataType.FLOAT_VECTOR, dim=dimension)
    passages.add_field("sparse", DataType.SPARSE_FLOAT_VECTOR)
    passages.add_field(
        "terms",
        DataType.VARCHAR,
        max_length=MOST_BYTES,
        enable_analyzer=True,
        enable_match=True,
        analyzer_params={"type": "standard"},
    )
    passages.add_function(
        Function(
            name="bm25",
            function_type=FunctionType.BM25,
            input_field_names=["terms"],
            output_field_names=["sparse"],
        )
    )
    # The graphs of Milvus Lite return too few rows under a filter.
    dense = "FLAT" if client.address.is_file else "AUTOINDEX"

    def create(c: MilvusClient) -> None:
        index = c.prepare_index_params()
        index.add_index("unused", index_type="FLAT", metric_type="IP")
        _create(c, rows_name(client), rows, index)
        index = c.prepare_index_params()
        index.add_index("vector", index_type=dense, metric_type="IP")
        index.add_index(
            "sparse",
            index_type="SPARSE_INVERTED_INDEX",
            metric_type="BM25",
            params={"bm25_k1": 1.2, "bm25_b": 0.75},
        )
        _create(c, passages_name(client), passages, index)

    client.call(create)


def _create(client: Any, name: str, schema: "CollectionSchema", index: Any) -> None:
    if not client.has_collection(name, timeout=CALL_SECONDS):  # an interrupted run has made it
        client.create_collection(
            name,
            schema=schema,
            index_params=index,
            consistency_level="Strong",
            timeout=CALL_SECONDS,
        )


def number_of(*names: object) -> int:
    """Return the number, of 56 bits, that stands for these names."""
    text = "\x1f".join(map(str, names))
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=7).digest()
    return int.from_bytes(digest, "big") or 1


def file_number(path: str) -> int:
    """Return the number of the file with this path."""
    return number_of(FILE, path)


def in_body(values: dict[str, Any]) -> list[str]:
    """Return values as JSON, in parts."""
    text = json.dumps(values, ensure_ascii=False)
    text = _SURROGATES.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    return [text[first : first + PART_CHARACTERS] for first in range(0, len(text), PART_CHARACTERS)]


def storable(text: str) -> str:
    """Return a text as a field can hold it; what filters look at has no lone surrogates."""
    return text.encode("utf-8", "replace")[:MOST_BYTES].decode("utf-8", "ignore")
