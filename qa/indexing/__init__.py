"""Files → passages → embeddings → the library, in batches; stopping a run loses no finished batch.

``plan`` compares the files on the disk with those that the library knows, ``match`` the articles
of one file with those that are stored. Both yield ``changes``, which ``pipeline`` carries out:
read, split, embed, write. ``run`` puts them together.
"""

from .report import Progress, Report

__all__ = ["Progress", "Report"]
