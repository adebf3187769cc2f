"""Indexes a folder with a fake encoder, in small batches that are each published.

test_crash runs this program: ``FOLDER LIBRARY ROWS``. ROWS is the number of vectors from which
search is approximate. Each line of input starts a run in a new process, which prints its process id
and a line for each batch; then its exit status is printed.
"""

import os
import runpy
import sys
from pathlib import Path

import qa.indexing.pipeline
import qa.models.opening
import qa.storage.live_vectors
from qa.library import Library

qa.indexing.pipeline.BATCH_PASSAGES = 20
qa.storage.live_vectors.STALE_ROWS = 1

WordEncoder = runpy.run_path(str(Path(__file__).parent.parent / "doubles.py"))["WordEncoder"]
setattr(qa.models.opening, "open_encoder", lambda name=None, device=None: WordEncoder())  # noqa: B010 - a fake

if __name__ == "__main__":
    folder, library_folder, rows = sys.argv[1:]
    qa.storage.live_vectors.APPROXIMATE_ROWS = int(rows)
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            with Library.open(library_folder) as library:
                print(os.getpid(), flush=True)
                library.add(folder, progress=lambda *_: print("batch", flush=True))
            os._exit(0)
        print("ended", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
