"""Runs exported models: an onnxruntime session, and a thread pool with one text per processor."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from .. import settings

Item = TypeVar("Item")
Result = TypeVar("Result")


def open_session(graph: Path) -> Any:
    """Return an onnxruntime session that computes on the calling thread.

    The graph is not optimised again; export.py has done that.
    """
    import onnxruntime

    onnxruntime.disable_telemetry_events()  # in case onnxruntime was imported before qa
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    return onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])


class Workers:
    """One thread for each processor that qa may use, started when there is work for several."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._threads = settings.threads()
        self._pool: ThreadPoolExecutor | None = None

    def map(self, work: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
        """Return ``work(item)`` for each item, in order."""
        if len(items) == 1 or self._threads == 1:
            return [work(item) for item in items]
        if self._pool is None:
            self._pool = ThreadPoolExecutor(self._threads, self._name)
        return list(self._pool.map(work, items))
