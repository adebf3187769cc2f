"""How long the default reader takes for eight passages of 150 word pieces.

    QA_DATA=… python -m tests.benchmarks.reading [--questions N]

Passages are runs of the development paragraphs, cut to 150 pieces; each question reads eight that
it has not read before. Prints median and 95th percentile in milliseconds, and the word pieces read
in a second, on as many processors as qa may use.
"""

import argparse
import time

import numpy as np
from tokenizers import Tokenizer

from qa import settings
from qa.datatypes import Article, Passage
from qa.evaluation.sets import read_set
from qa.models import catalog
from qa.models.manifest import TOKENIZER, cache_folder
from qa.models.opening import open_reader

from .labelled import data_folder

PASSAGES = 8
PIECES = 150


def main() -> None:
    """Read, and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--questions", type=int, default=100)
    given = parser.parse_args()
    labelled = read_set(data_folder() / "dev" / "squad2-dev-half.json")
    reader = open_reader()
    folder = cache_folder(catalog.find(None, "reader"))
    tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    passages = cut(" ".join(paragraph.text for paragraph in labelled.paragraphs), tokenizer)
    times, pieces = [], 0
    for number, question in enumerate(labelled.questions[: given.questions + 1]):
        first = number * PASSAGES % (len(passages) - PASSAGES)
        chosen = passages[first : first + PASSAGES]
        started = time.perf_counter()
        reader.read(question.text, chosen)
        if number:  # the first warms up
            times.append((time.perf_counter() - started) * 1000)
            asked = len(tokenizer.encode(question.text, add_special_tokens=False).ids)
            pieces += PASSAGES * (PIECES + asked + 3)
    median, late = np.percentile(times, (50, 95))
    print(
        f"{len(times)} questions, {PASSAGES} passages of {PIECES} word pieces each, "
        f"{settings.threads()} processors: median {median:.0f} ms, 95th percentile {late:.0f} ms, "
        f"{pieces / sum(times) * 1000:,.0f} word pieces a second"
    )


def cut(text: str, tokenizer: Tokenizer) -> list[Passage]:
    """Return passages of so many word pieces each, one after another."""
    offsets = tokenizer.encode(text, add_special_tokens=False).offsets
    article = Article("1", "", "", None, text, "")
    return [
        Passage(article, offsets[first][0], offsets[first + PIECES - 1][1])
        for first in range(0, len(offsets) - PIECES, PIECES)
    ]


if __name__ == "__main__":
    main()
