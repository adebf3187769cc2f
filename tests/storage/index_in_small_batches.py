"""Indexes a folder with the double, a few passages a batch, each batch published.

Run as a program by test_crash: ``FOLDER LIBRARY ROWS``, where ROWS is from how many vectors on
search is approximate. Each line that it is given starts a run in a
process of its own, which says its number and then each batch; the end is its exit status.
"""

import os
import runpy
import sys
from pathlib import Path

import qa.indexing.pipeline
import qa.models.encoder
import qa.storage.index
from qa.library import Library

qa.indexing.pipeline.BATCH_PASSAGES = 20
qa.storage.index.STALE_ROWS = 1

WordEncoder = runpy.run_path(str(Path(__file__).parent.parent / "doubles.py"))["WordEncoder"]
setattr(qa.models.encoder, "open_encoder", lambda name=None, device=None: WordEncoder())  # noqa: B010 - a double

if __name__ == "__main__":
    folder, library_folder, rows = sys.argv[1:]
    qa.storage.index.APPROXIMATE_ROWS = int(rows)
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            with Library.open(library_folder) as library:
                print(os.getpid(), flush=True)
                library.add(folder, progress=lambda *_: print("batch", flush=True))
            os._exit(0)
        print("ended", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
