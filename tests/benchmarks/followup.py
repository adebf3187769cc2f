"""Follow-up questions: what would be searched, against what a person wrote, on CANARD.

    QA_DATA=… python -m tests.benchmarks.followup [--held-out]

CANARD (Elgohary et al. 2019) is conversations about Wikipedia articles, each question with a
stand-alone form by a person. Its conversations fall into two halves by a seeded hash. The rules
were made by looking at the first half alone, which is what is measured without --held-out.

Printed are mean token F1 (as SQuAD normalises and counts) of what would be searched against the
person's form: by our rules, which build on their own earlier results as in a real conversation; the
raw question; the last turn put before it; the whole history put before it. Then the same of the
questions that the person left as they were.

A history begins with the titles of article and section. They are what a person who opened the
article has before their eyes: they make the first exchange, one without an answer.
"""

import argparse
import hashlib
import json
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import mean

from qa.conversation.followup import stand_alone
from qa.conversation.past import Exchange
from qa.scores import token_f1

from .labelled import data_folder

SEED = 20111024
NO_ANSWER = "I don't know."
"""What CANARD gives as the answer when the article has none."""

_NOT_THE_TOPIC = re.compile(r"\s*\([^)]*\)|^[\d–-]+:\s*")
"""Years and the like in a section's title: "1987–1995: Solo years", "Solo years (1987–1995)"."""


@dataclass(frozen=True)
class Turn:
    """A question of a conversation."""

    dialogue: str
    """Which conversation."""
    titles: tuple[str, str]
    """Titles of the article and its section."""
    history: tuple[str, ...]
    """Earlier questions and answers in turn."""
    question: str
    """As it was asked."""
    rewrite: str
    """As a person wrote it to stand alone."""


def main() -> None:
    """Print the figures of one half."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--held-out", action="store_true", help="the half not looked at")
    given = parser.parse_args()
    turns = [turn for turn in read_turns() if is_held_out(turn.dialogue) == given.held_out]
    started = time.perf_counter()
    ours = resolve(turns)
    each_ms = (time.perf_counter() - started) * 1000 / len(turns)
    gold = [turn.rewrite for turn in turns]
    raw = [turn.question for turn in turns]
    dialogues = len({turn.dialogue for turn in turns})
    half = "held-out" if given.held_out else "development"
    print(f"{half} half: {len(turns)} questions, {dialogues} conversations; {each_ms:.1f} ms each")
    print(f"  ours                     {figure(ours, gold)}")
    print(f"  raw question             {figure(raw, gold)}")
    print(f"  last turn before it      {figure([before(turn, 2) for turn in turns], gold)}")
    print(f"  whole history before it  {figure([before(turn, None) for turn in turns], gold)}")
    pairs = list(zip(scores(ours, gold), scores(raw, gold), strict=True))
    print(f"  than raw: better {better(pairs)}, worse {worse(pairs)}")
    alone = [place for place, turn in enumerate(turns) if turn.rewrite == turn.question]
    same = sum(ours[place] == raw[place] for place in alone)
    print(f"stood alone already: {len(alone)} questions, {same} left unchanged")
    kept = [pairs[place] for place in alone]
    print(f"  ours {mean(score for score, _ in kept):.4f}, raw 1.0000; worse {worse(kept)}")


def read_turns() -> list[Turn]:
    """Return every question of the file, in its order."""
    rows = json.loads((data_folder() / "dev" / "canard-dev.json").read_text())
    return [
        Turn(
            row["QuAC_dialog_id"],
            (row["History"][0], row["History"][1]),
            tuple(row["History"][2:]),
            row["Question"],
            row["Rewrite"],
        )
        for row in rows
    ]


def is_held_out(dialogue: str) -> bool:
    """Whether a conversation is of the second half."""
    return hashlib.sha256(f"{SEED} {dialogue}".encode()).digest()[0] % 2 == 1


def resolve(turns: Sequence[Turn]) -> list[str]:
    """Return the stand-alone form of each question, earlier ones in the form that they got here."""
    known: dict[tuple[str, int], str] = {}
    for turn in sorted(turns, key=lambda turn: len(turn.history)):
        known[turn.dialogue, len(turn.history)] = stand_alone(
            turn.question, list(exchanges(turn, known))
        )
    return [known[turn.dialogue, len(turn.history)] for turn in turns]


def exchanges(turn: Turn, known: dict[tuple[str, int], str]) -> Iterator[Exchange]:
    """Yield what came before a question, as the chat would have it."""
    title, section = turn.titles
    yield Exchange(_NOT_THE_TOPIC.sub("", section), "", title)
    for place in range(0, len(turn.history) - 1, 2):
        asked, answer = turn.history[place : place + 2]
        asked = known.get((turn.dialogue, place), asked)
        yield Exchange(asked, "" if answer == NO_ANSWER else answer, title)


def before(turn: Turn, count: int | None) -> str:
    """Return the question with so many earlier texts before it, None being all and the titles."""
    earlier = [*turn.titles, *turn.history] if count is None else turn.history[-count:]
    return " ".join([*earlier, turn.question])


def scores(texts: Sequence[str], gold: Sequence[str]) -> list[float]:
    """Return the token F1 of each text."""
    return [token_f1(text, [wanted]) for text, wanted in zip(texts, gold, strict=True)]


def figure(texts: Sequence[str], gold: Sequence[str]) -> str:
    """Return the mean token F1, as it is printed."""
    return f"{mean(scores(texts, gold)):.4f}"


def better(pairs: Sequence[tuple[float, float]]) -> int:
    """Count where the first is the greater."""
    return sum(first > second for first, second in pairs)


def worse(pairs: Sequence[tuple[float, float]]) -> int:
    """Count where the first is the smaller."""
    return sum(first < second for first, second in pairs)


if __name__ == "__main__":
    main()
