"""Indexes a folder with the double, a few passages a batch, each batch published.

Run as a program by test_crash: ``FOLDER LIBRARY``. Says when it begins and when it is done.
"""

import runpy
import sys
from pathlib import Path

import qa.indexing
import qa.library
import qa.storage.index
from qa.library import Library

qa.indexing.BATCH_PASSAGES = 20
qa.storage.index.STALE_ROWS = 1

WordEncoder = runpy.run_path(str(Path(__file__).parent.parent / "conftest.py"))["WordEncoder"]
setattr(qa.library, "open_encoder", lambda name=None: WordEncoder())  # noqa: B010 - not exported

if __name__ == "__main__":
    folder, library_folder = sys.argv[1:]
    with Library.open(library_folder) as library:
        print("begins", flush=True)
        library.add(folder)
    print("done", flush=True)
