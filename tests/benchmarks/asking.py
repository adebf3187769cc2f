"""Questions, cold and warm, and the commands that must feel instant."""

import sys
from collections.abc import Callable

import faiss
import numpy as np

from qa import Library

from .measuring import Row, Spread, alternate, ask, milliseconds, qa, ratios, run
from .prepared import QUESTION, Prepared, original_encoder, rival_command


def cold(prepared: Prepared) -> list[Row]:
    """A question as a process of its own, against the script with sentence-transformers."""
    library = prepared.news / "library"
    rival = [sys.executable, *rival_command(prepared)]
    taken = alternate(
        prepared.rounds,
        {
            "ours": lambda: run(ask(QUESTION, library), allowed=(0, 1)).seconds,
            "theirs": lambda: run(rival).seconds,
        },
    )
    ours, ratio = Spread.of(taken["ours"]), ratios(taken["theirs"], taken["ours"])
    processor = [
        run(ask(QUESTION, library), allowed=(0, 1)).processor_seconds
        for _ in range(prepared.rounds)
    ]
    return [
        Row(
            "cold",
            "cold question, whole process",
            "s",
            ours,
            Spread.of(taken["theirs"]),
            ratio,
            "8 times faster, under 1.5 s",
            ratio.median >= 8 and ours.median < 1.5,
        ),
        Row("cold", "cold question, processor time", "s", Spread.of(processor)),
    ]


def commands(prepared: Prepared) -> list[Row]:
    """Help, listing, and indexing what has not changed."""
    library, articles = prepared.news / "library", prepared.news / "articles"
    works: dict[str, tuple[list[str], float]] = {
        "qa --help": (qa("--help"), 0.25),
        "qa ls": (qa("ls", "--library", library), 0.25),
        "indexing unchanged files": (qa("index", articles, "--library", library, "--quiet"), 3.0),
    }

    def process(command: list[str]) -> Callable[[], float]:
        return lambda: run(command).seconds

    taken = alternate(
        prepared.rounds, {what: process(command) for what, (command, _) in works.items()}
    )
    with Library.open(library) as opened:
        _, count, _ = opened._store.count()
    return [
        Row(
            "commands",
            f"{what}, {count:,} articles",
            "s",
            spread := Spread.of(taken[what]),
            floor=f"≤ {floor} s",
            is_met=spread.median <= floor,
        )
        for what, (_, floor) in works.items()
    ]


def warm(prepared: Prepared) -> list[Row]:
    """Questions to a library that is open: to the answer, and retrieval alone against the rival."""
    original = original_encoder()
    flat = faiss.read_index(rival_command(prepared)[3])

    def theirs(question: str) -> None:
        query = original.encode([question], normalize_embeddings=True, show_progress_bar=False)
        flat.search(np.asarray(query, np.float32), 10)

    rows = []
    with Library.open(prepared.news / "library") as library:
        library.ask(QUESTION)  # loads the models
        theirs(QUESTION)
        answer = Spread.of(milliseconds(library.ask, prepared.questions))
        rows.append(
            Row(
                "warm",
                "warm question to answer",
                "ms",
                answer,
                floor="median ≤ 350 ms, 95th percentile ≤ 700 ms",
                is_met=answer.median <= 350 and answer.late <= 700,
            )
        )
        for what, questions in (
            ("warm retrieval", prepared.questions),
            ("warm retrieval, 60 words", prepared.long_questions),
        ):
            taken: dict[str, list[float]] = {"ours": [], "theirs": []}
            for question in questions:
                taken["ours"] += milliseconds(library.search, [question])
                taken["theirs"] += milliseconds(theirs, [question])
            ours = Spread.of(taken["ours"])
            rows.append(
                Row(
                    "warm",
                    what,
                    "ms",
                    ours,
                    Spread.of(taken["theirs"]),
                    ratios(taken["theirs"], taken["ours"]),
                    "median ≤ 25 ms",
                    ours.median <= 25,
                )
            )
    return rows
