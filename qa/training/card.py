"""The model card: data, licences, recipe and figures of a checkpoint, as Markdown."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .checkpoints import write_atomically
from .examples import TrainingSet

_PUBLISHED = """\
| set | what | published at | licence |
|---|---|---|---|
| SQuADShifts: New Wikipedia, Reddit, Amazon reviews (Miller, Krauth, Recht & Schmidt 2020) | \
questions on paragraphs of three kinds, each answered by several people | \
https://modestyachts.github.io/squadshifts-website/ | no licence file is published with it |
| QED (Lamm et al. 2021) | questions of Natural Questions, a Wikipedia paragraph, short answers | \
https://github.com/google-research-datasets/QED | CC BY-SA 3.0 |
| ClapNQ, development set (Rosenthal et al. 2025) | questions of Natural Questions with a passage \
that answers them, or none that does | https://github.com/primeqa/clapnq | Apache-2.0 |
| UnAnsQ pairs (Zhu et al. 2019; of SQuAD 2.0's training set) | people's adversarial questions, \
each beside the answerable one that it was made from, on the same paragraph | \
https://github.com/haichao592/UnAnsQ | CC BY-SA 4.0 |
| SQuAD 1.1 and 2.0, samples of their training sets (Rajpurkar et al. 2016, 2018) | questions on \
paragraphs of Wikipedia; of 2.0 the two articles that have unanswerable ones | \
https://rajpurkar.github.io/SQuAD-explorer/ | CC BY-SA 4.0 |
| TyDi QA, gold passages, English (Clark et al. 2020) | questions asked before any passage was \
seen | https://github.com/google-research-datasets/tydiqa | Apache-2.0 |
| AfriQA, English (Ogundepo et al. 2023) | the same | https://github.com/masakhane-io/afriqa | CC \
BY 4.0 |
| QADiscourse, Wikinews part (Pyatkin et al. 2020) | why, how, since when, as a result of what | \
https://github.com/ValentinaPy/QADiscourse | CC BY 4.0 |
| QAMR, Wikinews and Wikipedia, 1,500 questions (Michael et al. 2018) | questions on single \
sentences | https://github.com/uwnlp/qamr | MIT |
| Wikinews, English, 19,339 articles | text and titles alone, of which questions are made by rule \
(`qa/training/cloze.py`) | https://en.wikinews.org | CC BY 2.5 |
| Questions on Wikinews (`qa/training/news_questions.jsonl`) | on passages of those \
articles; a quarter of them look answerable and are not; written for this reader by a large \
language model that read the passages, and held against their text by program: each answer stands \
word for word in the sentence that it was taken from | in this repository | that of the project |
| Questions asked of Wikinews before the article was seen \
(`qa/training/asked_questions.jsonl`) | 15,000 questions on 3,000 of those articles, and \
5,266 near misses; written for this reader by a large language model in two steps kept apart: one \
writer saw an article's headline and first sentence alone and asked what a curious person would, \
another saw the whole article and marked the shortest words that answer, or that nothing does, and\
 changed one detail for the near misses; each answer is held against the text by program; of 200 \
that two others judged, 6 were marked wrongly and 8 debatable | in this repository | that of the \
project |
| SQuAD 2.0, half of the development set (Rajpurkar, Jia & Liang 2018) | **measured on, never \
trained on** | https://rajpurkar.github.io/SQuAD-explorer/ | CC BY-SA 4.0 |
"""

_LAYOUT = """\
`reader-train/` holds `new_wiki.json`, `reddit.json`, `amazon_reviews.json`, `qed.jsonl`,
`clapnq_dev_answerable.jsonl` and `clapnq_dev_unanswerable.jsonl`, and may hold the other sets as
JSON lines (`qa/training/examples.py` names the files); `dev/` holds
`squad2-dev-half.json`; `scale/` may hold `wikinews_en.jsonl.gz` (JSON lines with `id`, `title` and
`text`), without which no questions on news are made or read. Then:

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
        f"; the rate came down to zero over the last {options['finish_tokens']:,} tokens"
        if options["finish_tokens"]
        else "; the rate was not brought down"
    )
    return (
        f"- Start: all-MiniLM-L6-v2; {kept}; a linear start/end head, with [CLS] as no answer,"
        " and an answerability head on [CLS].\n"
        f"- {state['tokens']:,} tokens read in {state['step']:,} steps"
        f" ({state['epoch']} whole epochs), {state['seconds'] / 60:.0f} minutes{finish}.\n"
        f"- AdamW, rate {options['rate']:g} (heads {options['head_rate']:g}),"
        f" {options['tokens_per_step']:,} tokens a step, dropout {options['dropout']:g},"
        f" weights averaged with {options['average_decay']:g}, seed {options['seed']}.\n"
        "- Each epoch asks every question of a fresh crop of whole words that holds an answer,"
        " and adds passages that BM25 and the encoder bring up but that hold no answer, crops"
        " beside the answer, and questions changed by rule (another name or number, an opposite,"
        " another word, a negation) so that their passage no longer answers them.\n"
        "- Every person's answer counts with its share of the votes."
    )


def write_card(
    path: Path,
    state: Mapping[str, Any],
    training_set: TrainingSet,
    figures: Mapping[str, float],
) -> None:
    """Write the model card.

    ``state`` is a checkpoint's, ``training_set`` what it was trained on with what it held out,
    and ``figures`` those of `measure.figures` over the whole development set.
    """
    rows = "\n".join(
        f"| {name} | {value:,.0f} |" if name.endswith("answerable") else f"| {name} | {value:.3f} |"
        for name, value in figures.items()
    )
    text = f"""# Model card: the default reader

An extractive reader: question and passage in; scores of each token as the first and the last of
the answer out, with a score for "the passage does not answer". English, lower-cased, six layers
of 384, a start from `sentence-transformers/all-MiniLM-L6-v2` (Apache-2.0).

## Data

{_PUBLISHED}
{_counts(training_set)}

What is held out is the share {state["options"]["hold_out"]:.3f} of the paragraphs and articles, by
a seeded hash of their text: neither they nor their questions are ever trained on.

{_LAYOUT}
## Recipe

{_recipe(state)}

## Figures

Passage given, on half of SQuAD 2.0's development set. Exact match and F1 over answerable
questions, a span of at most 30 word pieces; AUROC of answerable against unanswerable by the best
span's score less that of no answer, and by the answerability head.

| figure | value |
|---|---|
{rows}

## Limits

English only. It copies a span and cannot count, add up, or answer yes or no. A good part of its
training questions is about casual text (forum posts and product reviews), where people disagree on
answers more.
"""
    write_atomically(path, lambda target: target.write_text(text, encoding="utf-8"))
