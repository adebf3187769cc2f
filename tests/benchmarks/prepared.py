"""What the benchmarks run on: an indexed library, grown ones, questions, the rival's own files."""

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import faiss
import numpy as np

from qa import Library, settings
from qa.models import catalog

from .growing import SEED, SIZES, grow
from .labelled import data_folder
from .measuring import qa, run

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
QUESTION = "Who was sworn in hours after the death of Arafat?"
SHORT_SIZES = (60, 150)
LONG_WORDS = 60
"""Words of a question that is a pasted paragraph."""

RIVAL = """
import sys
import faiss
import numpy as np
from sentence_transformers import SentenceTransformer

model_folder, index_path, texts_path, question = sys.argv[1:]
model = SentenceTransformer(model_folder, device="cpu")
index = faiss.read_index(index_path)
query = model.encode([question], normalize_embeddings=True)
_, rows = index.search(query, 10)
texts = open(texts_path, encoding="utf-8").read().split("\\0")
for row in rows[0]:
    print(texts[row][:200])
"""
"""The rival of a cold question: what a person writes who knows sentence-transformers and FAISS."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """Folders and numbers that every part goes by."""

    work: Path
    """Where the benchmarks keep what they make."""
    news: Path
    """Folder of the grown library that has exactly the indexed articles, a file each."""
    sizes: tuple[int, ...]
    """Passages of the grown libraries."""
    rounds: int
    """How often a process is run."""
    questions: tuple[str, ...]
    """What is asked."""
    is_short: bool
    """Whether this run only looks for breakage."""

    def folder(self, size: int) -> Path:
        """Return where the grown library of that size is, with its articles; make it if need be."""
        folder = grown_folder(self.work, size)
        if not (folder / "done").exists():
            grow(self.work / "indexed", folder, size)
            (folder / "done").touch()
        return folder

    @property
    def long_questions(self) -> tuple[str, ...]:
        """Pasted beginnings of articles, as many as there are questions."""
        with Library.open(self.news / "library") as library:
            rows = sorted(library.articles(), key=lambda row: row.id)
            chosen = random.Random(SEED).choices(rows, k=len(self.questions))
            texts = [library.article(row.id).text for row in chosen]
        return tuple(" ".join(text.split()[:LONG_WORDS]) for text in texts)


def prepare(
    work: Path,
    indexed: Path | None,
    sizes: Sequence[int] | None,
    rounds: int | None,
    *,
    is_short: bool,
) -> Prepared:
    """Make what is missing.

    ``indexed`` is a library of the Wikinews articles; without one they are indexed, which takes
    an hour, or in a short run the sample articles.
    """
    work.mkdir(parents=True, exist_ok=True)
    link = work / "indexed"
    if indexed is not None and not link.exists():
        link.symlink_to(indexed.absolute())
    if not link.exists():
        news = data_folder() / "scale" / "wikinews_en.jsonl.gz" if not is_short else SEEDS
        ran = run(qa("index", news, "--library", link, "--quiet"))
        print(f"indexed {news.name}: {ran.seconds:.0f} s, peak {ran.peak_mb:.0f} MB", flush=True)
    lines = (SEEDS / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    questions = [str(json.loads(line)["question"]) for line in lines]
    with Library.open(link, create=False) as library:
        _, _, passages = library._store.count()
    prepared = Prepared(
        work,
        grown_folder(work, passages),
        tuple(sizes or (SHORT_SIZES if is_short else SIZES)),
        rounds or (1 if is_short else 8),
        tuple(questions[:3] if is_short else questions),
        is_short,
    )
    prepared.folder(passages)
    return prepared


def grown_folder(work: Path, size: int) -> Path:
    """Return where a grown library lies; without links, for a library knows its files by path."""
    return (work / "grown" / str(size)).resolve()


def rival_command(prepared: Prepared) -> list[str]:
    """Return the arguments of the rival's process, less the interpreter; make its files."""
    index_path, texts_path = prepared.work / "rival.faiss", prepared.work / "rival.txt"
    if not texts_path.exists():
        with Library.open(prepared.news / "library") as library:
            store = library._store
            dimension = int(store.facts()["dimension"])
            flat: Any = faiss.IndexFlatIP(dimension)
            texts: list[str] = []
            for numbers, vectors in store.embeddings_after(0, dimension):
                flat.add(vectors.astype(np.float32))
                passages = store.passages(numbers.tolist())
                texts += [passages[number].text for number in numbers.tolist()]
        faiss.write_index(flat, str(index_path))
        texts_path.write_text("\0".join(texts), encoding="utf-8")
    model = str(catalog.find(None).require())
    return ["-c", RIVAL, model, str(index_path), str(texts_path), QUESTION]


def original_encoder() -> Any:
    """Return sentence-transformers' own form of the model, on as many threads as qa uses."""
    settings.go_offline()
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    torch.set_num_threads(settings.threads())
    return SentenceTransformer(str(catalog.find(None).require()), device="cpu")
