"""Read → split → embed on the machines of a Ray cluster; this machine plans and writes.

Ray Data runs the stages of the pipeline as they are: a task reads a few files, an actor of a pool
splits and embeds, and what comes back is written here in the order of the plan. Ray holds back the
readers while the pool is busy, and does a lost task again. A file is recorded after its articles,
so a run that was ended is finished by the next one.
"""

import logging
import os
import pickle
import sys
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, fields
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..articles.workers import Workers
from ..errors import ModelMismatchError, QAError, UsageError
from ..models.encoder import Encoder
from ..models.opening import open_encoder
from ..settings import threads
from ..storage.article_store import ArticleRow
from ..storage.protocol import WritableStorage
from .changes import Change, PutArticle, Vector
from .pipeline import read
from .plan import FileToRead

LOCAL = "local"
"""Address of a cluster that is started on this machine, for one run, and ended with it."""

BLOCK_FILES = 16
"""Files that one task reads."""

MOST_BLOCKS = 2000
"""Most tasks that read; each then reads more files."""

BLOCK_BYTES = 1 << 20
"""Bytes of articles after which a task hands on what it has, so that all actors get work."""

BATCH_CHANGES = 32
"""Changes, most of them articles, that an actor takes at a time."""

Row = dict[str, Any]
"""A row of Ray Data: pickled values by column."""


@dataclass(frozen=True, slots=True)
class EmbeddedArticle(PutArticle):
    """An article that was split and embedded on another machine."""

    vectors: NDArray[np.float32] | None = None
    """Its embeddings, ``(passages, dimension)``."""

    def split(self, encoder: Encoder) -> Change:
        """Return the change: it has been split."""
        return self

    def known_vectors(self, store: WritableStorage) -> Mapping[str, Vector]:
        """Return the embeddings by text."""
        return {} if self.vectors is None else dict(zip(self.passages, self.vectors, strict=True))


@dataclass(frozen=True, slots=True)
class Cluster:
    """A Ray cluster, by its address."""

    address: str
    """``local``, or what ``ray.init`` takes: ``ray://host:10001``, ``host:6379``."""
    model: str
    """Name of the encoder, which every machine has."""
    fingerprint: str
    """Fingerprint of the encoder; a machine on which it is another one is refused."""
    device: str | None = None
    """Where actors embed; ``cuda`` gives each a GPU of its own."""

    def changes(
        self,
        files: Sequence[tuple[FileToRead, Sequence[ArticleRow]]],
        damaged: Collection[int] = frozenset(),
    ) -> Iterator[tuple[Change, int]]:
        """Yield what the files bring, in their order, and with the last of a file its bytes.

        Each file comes with the articles that the library has from it. Raises UsageError when Ray
        is not installed or cannot be reached, ModelError and ModelMismatchError.
        """
        rows = [{"file": pickle.dumps((*each, frozenset(damaged)))} for each in files]
        if not rows:
            return
        with _connected(self.address) as (ray, workers):
            try:
                yield from self._changes(ray, rows, workers)
            except ray.exceptions.RayError as error:
                cause = getattr(error, "cause", None)
                if isinstance(cause, QAError):
                    raise cause from error
                first = str(error).strip().splitlines()[-1:]
                raise QAError(f"The Ray cluster ended the run: {''.join(first)}") from error

    def _changes(self, ray: Any, rows: list[Row], workers: int) -> Iterator[tuple[Change, int]]:
        blocks = min(max(len(rows) // BLOCK_FILES, 1), MOST_BLOCKS)
        fewest = workers if self.address == LOCAL else 1
        resources = {"num_cpus": 1} if self.device in {None, "cpu"} else {"num_gpus": 1}
        embedded = (
            ray.data.from_items(rows, override_num_blocks=blocks)
            .flat_map(read_rows, num_cpus=0.5)
            .map_batches(
                EmbedRows,
                fn_constructor_args=(self.model, self.fingerprint, self.device),
                batch_size=BATCH_CHANGES,
                compute=ray.data.ActorPoolStrategy(min_size=fewest, max_size=workers),
                **resources,
            )
        )
        for row in embedded.iter_rows():
            yield pickle.loads(row["change"]), row["bytes"]  # noqa: S301  our own tasks made it


def read_rows(row: Row) -> Iterator[Row]:
    """Yield a row for each change that a file brings; the last has the file's bytes."""
    file, stored, damaged = pickle.loads(row["file"])  # noqa: S301  this program made it
    last: Change | None = None
    for change in read(file, stored, _workers(), damaged):
        if last is not None:
            yield {"change": pickle.dumps(last), "bytes": 0}
        last = change
    if last is not None:
        yield {"change": pickle.dumps(last), "bytes": file.found.size_bytes}


class EmbedRows:
    """Splits and embeds the articles of changes, in an actor of Ray."""

    def __init__(self, model: str, fingerprint: str, device: str | None) -> None:
        """Open the encoder. Raises ModelError, ModelMismatchError."""
        self._encoder = open_encoder(model, device)
        if self._encoder.fingerprint != fingerprint:
            raise ModelMismatchError(f"another version of {model}", model)

    def __call__(self, rows: dict[str, Any]) -> dict[str, Any]:
        """Return the rows with their changes embedded."""
        changes: list[Change] = [pickle.loads(each) for each in rows["change"]]  # noqa: S301
        rows["change"] = [pickle.dumps(self._embedded(change)) for change in changes]
        return rows

    def _embedded(self, change: Change) -> Change:
        change = change.split(self._encoder)
        if not isinstance(change, PutArticle):
            return change
        values = {field.name: getattr(change, field.name) for field in fields(change)}
        return EmbeddedArticle(**values, vectors=self._encoder.encode(change.passages, "passage"))


@cache
def _workers() -> Workers:
    """Return the processes that read this task's heavy files; later tasks use them again."""
    return Workers(count=1)


@contextmanager
def _connected(address: str) -> Iterator[tuple[Any, int]]:
    """Connect to a cluster, or start one; yield the library and how many actors embed at most."""
    # Ray reads these when it is imported: it reports nothing, and on loopback alone if it is local.
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    if address == LOCAL:
        os.environ["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = "0"
    try:
        import ray
        import ray.data
    except ImportError:
        raise UsageError(
            "Indexing on a cluster needs Ray: pip install 'article-qa[ray]'."
        ) from None
    # Ray prints what happened to a lost process where we print the report.
    with tempfile.TemporaryDirectory(prefix="qa-ray-") as folder, redirect_stdout(sys.stderr):
        options: dict[str, Any] = {"log_to_driver": False, "logging_level": "ERROR"}
        if address == LOCAL:
            # One processor more than embed, for the tasks that read.
            options |= {
                "address": "local",
                "num_cpus": threads() + 1,
                "include_dashboard": False,
                "_temp_dir": folder,
            }
        else:
            options["address"] = address
        try:
            ray.init(**options, runtime_env={"env_vars": {"QA_THREADS": "1"}})
        except Exception as error:  # Ray raises many types; all mean the same here
            reason = str(error).strip().splitlines()[:1]
            raise UsageError(f"No Ray cluster at {address}: {''.join(reason)}") from error
        try:
            context = ray.data.DataContext.get_current()
            context.enable_progress_bars = False
            context.execution_options.preserve_order = True
            context.target_max_block_size = BLOCK_BYTES
            for name in ("ray", "ray.data"):
                logging.getLogger(name).setLevel(logging.ERROR)
            yield ray, max(int(ray.cluster_resources().get("CPU", 1)) - 1, 1)
        finally:
            ray.shutdown()
