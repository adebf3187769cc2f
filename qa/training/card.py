"""Writes the model card of a checkpoint: data, licences, recipe and figures, in Markdown."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..atomic import atomic_write
from .examples import TrainingSet

_PUBLISHED = """\
| set | what | published at | licence |
|---|---|---|---|
| SQuADShifts: New Wikipedia, Reddit, Amazon reviews (Miller, Krauth, Recht & Schmidt 2020) | \
questions on three kinds of paragraphs, each answered by several people | \
https://modestyachts.github.io/squadshifts-website/ | no licence file is published with it |
| QED (Lamm et al. 2021) | questions from Natural Questions, each with a Wikipedia paragraph and \
short answers | https://github.com/google-research-datasets/QED | CC BY-SA 3.0 |
| ClapNQ, development set (Rosenthal et al. 2025) | questions from Natural Questions, each with a \
passage that answers it or one that does not | https://github.com/primeqa/clapnq | Apache-2.0 |
| UnAnsQ pairs (Zhu et al. 2019; from SQuAD 2.0's training set) | adversarial questions written by \
people, each paired with the answerable question that it was made from, on the same paragraph | \
https://github.com/haichao592/UnAnsQ | CC BY-SA 4.0 |
| SQuAD 1.1 and 2.0, samples of the training sets (Rajpurkar et al. 2016, 2018) | questions on \
Wikipedia paragraphs; from 2.0 only the two articles with unanswerable questions | \
https://rajpurkar.github.io/SQuAD-explorer/ | CC BY-SA 4.0 |
| TyDi QA, gold passages, English (Clark et al. 2020) | questions asked before a passage was seen \
| https://github.com/google-research-datasets/tydiqa | Apache-2.0 |
| AfriQA, English (Ogundepo et al. 2023) | questions asked before a passage was seen | \
https://github.com/masakhane-io/afriqa | CC BY 4.0 |
| QADiscourse, Wikinews part (Pyatkin et al. 2020) | questions such as why, how, since when, as a \
result of what | https://github.com/ValentinaPy/QADiscourse | CC BY 4.0 |
| QAMR, Wikinews and Wikipedia, 1,500 questions (Michael et al. 2018) | questions on single \
sentences | https://github.com/uwnlp/qamr | MIT |
| Wikinews, English, 19,339 articles | texts and titles, from which cloze questions are made by \
rule (`qa/training/cloze.py`) | https://en.wikinews.org | CC BY 2.5 |
| Questions on Wikinews (`qa/training/news_questions.jsonl`) | questions on passages of these \
articles, written for this reader by a large language model that read the passages; a quarter of \
them look answerable but are not; a program checked that each answer occurs word for word in the \
sentence that it was taken from | in this repository | that of the project |
| Questions asked about Wikinews before the article was seen \
(`qa/training/asked_questions.jsonl`) | 15,000 questions on 3,000 of these articles, and 5,266 \
near misses, written for this reader by a large language model in two separate steps: one writer \
saw only an article's headline and first sentence and asked what a curious person would ask; \
another saw the whole article and marked the shortest answer, or that there is none, and changed \
one detail to make the near misses; a program checked each answer against the text; of 200 \
questions reviewed by two others, 6 were marked wrongly and 8 were debatable | in this repository \
| that of the project |
| SQuAD 2.0, half of the development set (Rajpurkar, Jia & Liang 2018) | **measured on, never \
trained on** | https://rajpurkar.github.io/SQuAD-explorer/ | CC BY-SA 4.0 |
"""

_LAYOUT = """\
In the data folder, `reader-train/` contains `new_wiki.json`, `reddit.json`, `amazon_reviews.json`,
`qed.jsonl`, `clapnq_dev_answerable.jsonl` and `clapnq_dev_unanswerable.jsonl`, and optionally the
other sets as JSON lines (`qa/training/examples.py` names the files); `dev/` contains
`squad2-dev-half.json`; `scale/` optionally contains `wikinews_en.jsonl.gz` (JSON lines with `id`,
`title` and `text`), without which there are no questions on news. Then:

    python -m qa.training --data DIR --checkpoints CHECKPOINTS
    python -m qa.training --data DIR --checkpoints CHECKPOINTS --finish TOKENS
    python -m qa.training --data DIR --checkpoints CHECKPOINTS/finished --measure
"""


def _counts(training_set: TrainingSet) -> str:
    questions: Counter[tuple[str, bool]] = Counter()
    passages: Counter[tuple[str, bool]] = Counter()
    for passage in training_set.passages:
        passages[passage.source, passage.held_out] += 1
    for question in training_set.questions:
        passage = training_set.passages[question.passage]
        questions[passage.source, passage.held_out] += 1
    lines = [
        "| file | trained on: questions / passages | held out: questions / passages |",
        "|---|---|---|",
    ]
    for source in dict.fromkeys(passage.source for passage in training_set.passages):
        cells = [
            f"{questions[source, held_out]:,} / {passages[source, held_out]:,}"
            for held_out in (False, True)
        ]
        lines.append(f"| {source} | {cells[0]} | {cells[1]} |")
    return "\n".join(lines)


def _recipe(state: Mapping[str, Any]) -> str:
    options = state["options"]
    frozen = options["frozen_layers"]
    kept = "nothing is frozen" if frozen < 0 else "embeddings frozen"
    if frozen > 0:
        kept = f"embeddings and lowest {frozen} layers frozen"
    finish = (
        f"; the learning rate decayed to zero over the last {options['finish_tokens']:,} tokens"
        if options["finish_tokens"]
        else "; the learning rate did not decay"
    )
    return (
        f"- Start: all-MiniLM-L6-v2; {kept}; a linear start/end head, with [CLS] as no answer,"
        " and an answerability head on [CLS].\n"
        f"- {state['tokens']:,} tokens in {state['step']:,} steps"
        f" ({state['epoch']} whole epochs), {state['seconds'] / 60:.0f} minutes{finish}.\n"
        f"- AdamW, learning rate {options['rate']:g} (heads {options['head_rate']:g}),"
        f" {options['tokens_per_step']:,} tokens per step, dropout {options['dropout']:g},"
        f" weights averaged with decay {options['average_decay']:g}, seed {options['seed']}.\n"
        "- Each epoch asks every question of a fresh crop of whole words with an answer. It adds"
        " passages that BM25 or the encoder finds but that have no answer, crops beside the"
        " answer, and questions changed by rule (another name or number, an antonym, another"
        " word, a negation) so that their passage no longer answers them.\n"
        "- Each annotator's answer counts with its share of the votes."
    )


def write_card(
    path: Path,
    state: Mapping[str, Any],
    training_set: TrainingSet,
    figures: Mapping[str, float],
) -> None:
    """Write the model card.

    ``state`` is that of the checkpoint, ``training_set`` its data with the held-out part, and
    ``figures`` the result of `measure.figures` on the whole development set.
    """
    rows = "\n".join(
        f"| {name} | {value:,.0f} |" if name.endswith("answerable") else f"| {name} | {value:.3f} |"
        for name, value in figures.items()
    )
    text = f"""# Model card: the default reader

An extractive reader. Its input is a question and a passage; its output is the score of each token
as the first and as the last of the answer, and a score for "the passage does not answer". English,
lower-cased, six layers of 384 dimensions, trained from `sentence-transformers/all-MiniLM-L6-v2`
(Apache-2.0).

## Data

{_PUBLISHED}
{_counts(training_set)}

A share of {state["options"]["hold_out"]:.3f} of the paragraphs and articles is held out, chosen by
a seeded hash of their text. The reader is never trained on them or on their questions.

{_LAYOUT}
## Recipe

{_recipe(state)}

## Figures

Measured on half of SQuAD 2.0's development set, with the passage given. Exact match and F1 are over
answerable questions, for a span of at most 30 tokens. AUROC is for answerable against unanswerable
questions, by the score of the best span less that of no answer, and by the answerability head.

| figure | value |
|---|---|
{rows}

## Limits

English only. It copies a span; it cannot count, add, or answer yes or no. Many of its training
questions are about casual text (forum posts and product reviews), where people disagree more about
answers.
"""
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_write(path) as target:
        target.write_text(text, encoding="utf-8")
