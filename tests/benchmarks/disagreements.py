"""Disagreements: are they shown where two independent reports differ, and only there?

    QA_DATA=… python -m tests.benchmarks.disagreements --work DIR [--developing] [--verbose]

disagreements.json has 30 events. Two papers report each, in their own words; one detail (a number,
a date, a name or a place) is planted, three times with another value in the second report and three
times with the same value told in another form. A third report is of another event of the same sort.
The reports lie among OTHERS real articles. The first DEVELOPMENT events were looked at while the
rules were written; the others are for measuring.

A disagreement is *shown* when the answer's note names both values with their dates, the newest
first. A *false alarm* is such a note where the reports say the same.
"""

import argparse
import gzip
import hashlib
import json
import random
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa import Library
from qa.answering.later import DIFFER
from qa.datatypes import Answer, Status
from qa.training.examples import COLLECTION

from .labelled import data_folder

FILE = Path(__file__).with_name("disagreements.json")
DEVELOPMENT = 20
OTHERS = 300
SEED = 20111024

LEFT_OUT = frozenset(
    "a the in on at near last people percent magnitude guard general major colonel".split()
)

Event = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """An event with its planted details."""

    event: Event
    """The event."""
    first: str
    """The detail in the first, older report."""
    second: str
    """The detail in the second report."""
    differs: bool
    """Whether the two cannot both be right."""


def main() -> None:
    """Ask every question, and print what is shown by kind of detail."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", type=Path, required=True, help="folder for the libraries")
    parser.add_argument("--developing", action="store_true", help="the events for development")
    parser.add_argument("--verbose", action="store_true", help="print what is not as it should be")
    given = parser.parse_args()
    events = json.loads(FILE.read_text(encoding="utf-8"))
    chosen = events[:DEVELOPMENT] if given.developing else events[DEVELOPMENT:]
    counts: Counter[tuple[str, bool, str]] = Counter()
    for cases in rounds(chosen):
        with library_with(given.work, cases) as library:
            for case in cases:
                answer = library.ask(case.event["question"])
                found = outcome(case, answer)
                counts[case.event["kind"], case.differs, found] += 1
                if given.verbose and found != ("shown" if case.differs else "silent"):
                    print(explained(case, answer, found))
    report(counts)


def rounds(events: list[Event]) -> Iterator[list[Case]]:
    """Yield lists of cases that can lie in one library, for each event is in it once."""
    for name in ("differ", "same"):
        for pairs in zip(*(event[name] for event in events), strict=True):
            yield [
                Case(event, first, second, name == "differ")
                for event, (first, second) in zip(events, pairs, strict=True)
            ]


def library_with(work: Path, cases: list[Case]) -> Library:
    """Return a library of real articles and the reports of these cases."""
    others, folder = work / "others", work / "planted"
    if not (others / "done").exists():
        with Library.open(others) as library:
            library.add_articles(real_articles())
        (others / "done").touch()
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(others, folder)
    library = Library.open(folder)
    library.add_articles(report for case in cases for report in reports(case))
    return library


def real_articles() -> list[dict[str, object]]:
    """Return OTHERS Wikinews articles, chosen by a seed."""
    with gzip.open(data_folder() / COLLECTION, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [{**row, "source": row["id"]} for row in random.Random(SEED).sample(rows, OTHERS)]


def reports(case: Case) -> Iterator[dict[str, object]]:
    """Yield the two reports of a case, and the one of another event."""
    details = {"first": case.first, "second": case.second, "other": ""}
    for name, detail in details.items():
        title, published, text = case.event[name]
        text = text.replace("{x}", detail)
        number = hashlib.sha256(case.event["question"].encode()).hexdigest()[:6]
        source = f"{name}-{number}.txt"
        yield {"source": source, "title": title, "published": published, "text": text}


def outcome(case: Case, answer: Answer) -> str:
    """Return ``shown``, ``partly``, ``silent``, ``refused``, or ``other`` for another event."""
    if answer.status is Status.NOT_FOUND:
        return "refused"
    told = [note for note in answer.notes if note.startswith(DIFFER)]
    if told:
        shown = [each.partition(" (") for each in told[0].removeprefix(DIFFER).split(" · ")]
        names = [(core(words), where) for words, _, where in shown]
        wanted = [(case.second, "second"), (case.first, "first")]
        is_right = len(names) == len(wanted) and all(
            core(detail) == words and where.startswith(report)
            for (words, where), (detail, report) in zip(names, wanted, strict=True)
        )
        return "shown" if is_right else "partly"
    cited = {citation.article.title for citation in answer.citations}
    is_of_it = not cited.isdisjoint((case.event["first"][0], case.event["second"][0]))
    return "silent" if is_of_it else "other"


def core(detail: str) -> str:
    """Return a detail without the words that a reader may leave out."""
    words = (word for word in detail.casefold().split() if word not in LEFT_OUT)
    return " ".join(words)


def explained(case: Case, answer: Answer, found: str) -> str:
    """Return what was asked, what the reports say, and what was shown."""
    cited = "; ".join(each.lit_text for each in answer.citations)
    others = "; ".join(other.citation.lit_text for other in answer.alternatives)
    return (
        f"{found}: {case.event['question']} {case.first!r} {case.second!r}\n"
        f"    {answer.status} {cited!r}, others {others!r}, notes {answer.notes}"
    )


def report(counts: Counter[tuple[str, bool, str]]) -> None:
    """Print a line for each kind of detail."""
    for differs in (True, False):
        print("the reports differ" if differs else "the reports agree")
        total: Counter[str] = Counter()
        for kind in dict.fromkeys(kind for kind, _, _ in counts):
            row = Counter({o: n for (k, d, o), n in counts.items() if (k, d) == (kind, differs)})
            total += row
            print(f"    {kind:<8}{dict(row)}")
        print(f"    all     {dict(total)}")


if __name__ == "__main__":
    main()
