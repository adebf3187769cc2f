"""How well a conversation holds: news dialogues asked turn by turn, as a person asks them.

    QA_DATA=… python -m tests.benchmarks.dialogues --work DIR [--half 0|1]

dialogues.jsonl has 120 dialogues of five to seven turns on Wikinews stories. A turn has its
question, a form that stands alone, its kind, and each right answer as article, field and offsets.
They are asked of ARTICLES articles: those of the dialogues, and others drawn by a seed. Half 0 is
for fitting, half 1 for measuring.

A turn is *right* when its answer has F1 enough with a right one, or a sentence shown holds one;
*wrong* when something else is shown, also where there is no answer; else it is *refused*. Printed
by kind, first as typed in a conversation, then in the forms that stand alone, each on its own.
"""

import argparse
import gzip
import hashlib
import json
import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from qa import Library
from qa.datatypes import Answer, AnswerKind, Status
from qa.scores import holds_answer, normalize_answer, token_f1
from qa.training.examples import COLLECTION

from .labelled import data_folder

FILE = Path(__file__).with_name("dialogues.jsonl")
ARTICLES = 1_500
SEED = 20111024
RIGHT = 0.5
"""F1 from which an answer is right."""

Dialogue = dict[str, Any]


def main() -> None:
    """Ask every turn, and print a table for each way to resolve it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", type=Path, required=True, help="folder for the library")
    parser.add_argument("--half", type=int, choices=(0, 1), help="one half of the dialogues")
    given = parser.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    dialogues = [json.loads(line) for line in FILE.read_text("utf-8").splitlines()]
    with gzip.open(data_folder() / COLLECTION, "rt", encoding="utf-8") as lines:
        articles = {raw["id"]: raw for raw in map(json.loads, lines)}
    chosen = [each for each in dialogues if given.half in (None, half(each))]
    with Library.open(given.work / "library") as library:
        library.add(pool(dialogues, articles, given.work / "articles.jsonl"))
        for name, is_typed in (("as typed", True), ("standing alone", False)):
            report(name, [ask(library, each, articles, is_typed=is_typed) for each in chosen])


def half(dialogue: Dialogue) -> int:
    """Return the half that a dialogue is in, by a hash of its story."""
    return hashlib.sha256(f"{SEED}/{dialogue['story']}".encode()).digest()[0] % 2


def pool(dialogues: Sequence[Dialogue], articles: dict[str, Any], file: Path) -> Path:
    """Write the articles that are asked, and others up to ARTICLES; return the file."""
    named = {name for each in dialogues for name in each["articles"]}
    named |= {
        answer[0] for each in dialogues for turn in each["turns"] for answer in turn["answers"]
    }
    others = random.Random(SEED).sample(sorted(articles.keys() - named), ARTICLES - len(named))
    if not file.exists():
        text = "".join(json.dumps(articles[name]) + "\n" for name in [*sorted(named), *others])
        file.write_text(text, encoding="utf-8")
    return file


def ask(
    library: Library, dialogue: Dialogue, articles: dict[str, Any], *, is_typed: bool
) -> list[tuple[str, str]]:
    """Ask a dialogue's turns in order; return kind and outcome of each, manners left out."""
    conversation = library.conversation()
    outcomes = []
    for turn in dialogue["turns"]:
        answer = conversation.ask(turn["question"]) if is_typed else library.ask(turn["alone"])
        golds = [articles[name][field][start:end] for name, field, start, end in turn["answers"]]
        if turn["kind"] != "manners":
            outcomes.append((turn["kind"], outcome(answer, golds)))
    return outcomes


def outcome(answer: Answer, golds: Sequence[str]) -> str:
    """Return whether what is shown is right, wrong, or nothing: refused."""
    if answer.status is Status.NOT_FOUND:
        return "refused"
    wanted = [normalize_answer(gold) for gold in golds]
    several = answer.kind in (AnswerKind.SENTENCES, AnswerKind.SUMMARY)
    shown = answer.citations if several else answer.citations[:1]
    held = any(holds_answer(normalize_answer(each.sentence), wanted) for each in shown)
    return "right" if held or token_f1(answer.text, golds) >= RIGHT else "wrong"


def report(name: str, dialogues: Sequence[Sequence[tuple[str, str]]]) -> None:
    """Print a line for each kind; follow-ups are all but the first of a dialogue."""
    counts: Counter[tuple[str, str]] = Counter()
    for turns in dialogues:
        for number, (kind, found) in enumerate(turns):
            counts[kind, found] += 1
            if number and kind != "absent":
                counts["follow-ups with an answer", found] += 1
    print(f"{name}: {len(dialogues)} dialogues")
    kinds = dict.fromkeys(kind for kind, _ in counts)
    for kind in sorted(kinds, key=lambda each: -sum(counts[each, o] for o in OUTCOMES)):
        each = [counts[kind, found] for found in OUTCOMES]
        line = ", ".join(f"{n:>3} {found}" for n, found in zip(each, OUTCOMES, strict=True))
        print(f"    {kind:<26} {sum(each):>4}: {line}")


OUTCOMES = ("right", "wrong", "refused")


if __name__ == "__main__":
    main()
