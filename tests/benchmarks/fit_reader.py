"""Fits what weighs the reader's spans: their evidence, and the curve from it to a probability.

    QA_DATA=… python -m tests.benchmarks.fit_reader collect --work FOLDER
    python -m tests.benchmarks.fit_reader fit --work FOLDER

``collect`` asks questions twice, over a pool of paragraphs as it is and with the gold paragraph
gone, and keeps the features of every span: training questions whose paragraphs the reader never
saw (the held-out third of SQuADShifts), and the answerable development questions over their own
paragraphs and all of SQuADShifts. ``fit`` fits the weights on the training questions alone, and
the curve and its thresholds on half of the development articles; what it prints last is measured on
the other half. Prints what qa/answering/evidence.py and answer.py state.
"""

import argparse
from pathlib import Path

SEED = 20111024
SAMPLE = 2500
READ = 12
"""Passages read for each question, so that fewer can be tried from what is kept."""


def main() -> None:
    """Collect or fit."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("step", choices=["collect", "fit"])
    parser.add_argument("--work", type=Path, required=True, help="folder for what is kept")
    parser.add_argument("--read", type=int, default=8, help="passages read")
    parser.add_argument("--reader", default=None)
    given = parser.parse_args()
    if given.step == "collect":
        collect(given.work, given.reader)
    else:
        fit(given.work, given.read)


if __name__ == "__main__":
    main()
