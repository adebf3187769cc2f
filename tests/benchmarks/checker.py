"""The checker of written sentences: fit its weights on some, measure it on others.

    QA_DATA=DIR python -m tests.benchmarks.checker fit
    python -m tests.benchmarks.checker measure [--of fitted] [--wrong]
    QA_DATA=DIR python -m tests.benchmarks.checker measure --of news

``fit`` prints the weights and the bias that qa/writing/check.py states, and how well they do when
each story is left out in turn. ``measure`` prints precision and recall of
*unsupported* with 95 % intervals (Wilson), by kind, and the milliseconds a sentence takes.
``--wrong`` lists the mistakes. checker_cases.py says what the sentences are.
"""

import argparse
import math
import os
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_predict

from qa.models.opening import open_encoder, open_reader, open_verifier
from qa.writing.check import HELD, Checker, nearest_article
from qa.writing.checked import CheckedSentence, Support
from qa.writing.signals import features, gather
from qa.writing.sources import Sources

from .checker_cases import Case, fitted, held_out, news

STRENGTH = 3.0
"""Inverse strength of the regularisation; of 1 and 3 the better in cross-validation."""
FOLDS = 6


def main() -> None:
    """Do what the arguments ask."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("action", choices=("fit", "measure"))
    parser.add_argument("--of", choices=("fitted", "held-out", "news"), default="held-out")
    parser.add_argument("--wrong", action="store_true", help="list the mistakes")
    given = parser.parse_args()
    count_tokens = open_encoder().count_tokens
    if given.action == "fit":
        fit(fitted(count_tokens) + news(count_tokens, Path(os.environ["QA_DATA"]), "fit"))
    elif given.of == "news":
        measure(news(count_tokens, Path(os.environ["QA_DATA"]), "measure"), list_wrong=given.wrong)
    else:
        some = held_out if given.of == "held-out" else fitted
        measure(some(count_tokens), list_wrong=given.wrong)


def fit(some: Sequence[Case]) -> None:
    """Print weights that tell sentences that their passages hold from those that none holds."""
    sources, reader, verifier = Sources(open_encoder()), open_reader(), open_verifier()
    rows, labels, groups = [], [], []
    for case in some:
        own = [case.passages[number - 1] for number in case.cited]
        if case.label is Support.ELSEWHERE:
            others = [passage for passage in case.passages if passage not in own]
            own = nearest_article(sources, others, case.sentence)
        evidence = gather(case.sentence, own, sources, reader, verifier)
        if evidence and case.label is not Support.NOT_CHECKABLE:
            rows.append(features(evidence))
            labels.append(case.label is not Support.UNSUPPORTED)
            groups.append(case.story)
    values, held = np.array([list(row.values()) for row in rows]), np.array(labels)
    model = LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=3000)
    folds = GroupKFold(FOLDS)
    chances = cross_val_predict(
        model, values, held, groups=groups, cv=folds, method="predict_proba"
    )
    model.fit(values, held)
    print("WEIGHTS = {")
    for name, weight in zip(rows[0], model.coef_[0], strict=True):
        print(f'    "{name}": {weight:.2f},')
    print(
        f"}}\nBIAS = {model.intercept_[0]:.2f}\n\n"
        f"{len(rows)} sentences, each story left out in turn:"
    )
    for least in (0.4, 0.45, 0.5, 0.55, 0.6):
        is_out = chances[:, 1] < least
        found, kept = (is_out & ~held).sum() / (~held).sum(), (~is_out & held).sum() / held.sum()
        mark = " (HELD)" if least == HELD else ""
        print(f"least {least}: {found:.3f} of the false found, {kept:.3f} of the true kept{mark}")


def measure(some: Sequence[Case], *, list_wrong: bool) -> None:
    """Print what the checker says of some cases."""
    checker = Checker(open_encoder(), open_reader(), open_verifier())
    told: list[tuple[Case, CheckedSentence]] = []
    seconds = []
    for case in some:
        start = time.perf_counter()
        told.append((case, checker.check(case.sentence, case.cited, case.passages)))
        seconds.append(time.perf_counter() - start)
    _table(told)
    print(f"\nmilliseconds: median {1e3 * np.median(seconds):.0f}, ", end="")
    print(f"mean {1e3 * np.mean(seconds):.0f}, 95 % under {1e3 * np.quantile(seconds, 0.95):.0f}")
    for case, checked in told if list_wrong else ():
        if checked.support is not case.label:
            print(f"{case.label} → {checked.support} | {case.kind} | {case.sentence}", end="")
            print(f" | {checked.reason}")


def _table(told: Sequence[tuple[Case, CheckedSentence]]) -> None:
    """Print precision and recall, what is found of each kind of false sentence, and the rest."""
    false = [pair for pair in told if pair[0].label is Support.UNSUPPORTED]
    called = [pair for pair in told if pair[1].support is Support.UNSUPPORTED]
    both = [pair for pair in false if pair in called]
    print(f"{len(told)} sentences, {len(false)} of them false\n")
    print("| of *unsupported* | share | 95 % interval | |\n|---|---|---|---|")
    print(_row("precision", len(both), len(called)))
    print(_row("recall", len(both), len(false)))
    for kind in sorted({case.kind for case, _ in false}):
        of_kind = [pair for pair in false if pair[0].kind == kind]
        print(_row(f"recall, {kind}", sum(pair in called for pair in of_kind), len(of_kind)))
    print(
        "\n| what is | supported | elsewhere | unsupported | not checkable |\n|---|---|---|---|---|"
    )
    for label in Support:
        of_label = [checked.support for case, checked in told if case.label is label]
        counts = " | ".join(str(of_label.count(verdict)) for verdict in Support)
        print(f"| {label} ({len(of_label)}) | {counts} |")
    true = [(case, c) for case, c in told if case.label in (Support.SUPPORTED, Support.ELSEWHERE)]
    kept = sum(c.support in (Support.SUPPORTED, Support.ELSEWHERE) for _, c in true)
    print("\n| of the true | share | 95 % interval | |\n|---|---|---|---|")
    print(_row("not struck through", kept, len(true)))
    print(
        _row("given their own verdict", sum(c.support is case.label for case, c in true), len(true))
    )


def _row(name: str, many: int, of: int) -> str:
    low, high = wilson(many, of)
    return f"| {name} | {many / max(of, 1):.3f} | {low:.3f} to {high:.3f} | {many} of {of} |"


def wilson(many: int, of: int) -> tuple[float, float]:
    """Return the 95 % interval of a share after Wilson 1927; 0 to 1 of nothing."""
    if not of:
        return 0.0, 1.0
    z, share = 1.96, many / of
    middle = share + z * z / (2 * of)
    half = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return (middle - half) / (1 + z * z / of), (middle + half) / (1 + z * z / of)


if __name__ == "__main__":
    main()
