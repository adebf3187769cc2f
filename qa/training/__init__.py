"""How the reader was made: examples, negatives, training, measuring and the model card.

Nothing at run time imports this package; it needs torch, transformers and safetensors.
Run it with ``python -m qa.training --help``.

The modules in the order of the data's way:

    examples     published sets → passages and questions with the spans of their answers
    tokens       text → word pieces with their character offsets, once for all
    crops        a window of whole words around an answer, or anywhere
    negatives    what BM25 and the encoder bring up for a question but holds no answer
    perturb      a question about another name or number, which its passage does not answer
    cloze_words  verbs, names and people, learnt from a collection of news
    cloze_rules  a sentence or headline → questions about its parts
    cloze        a collection of news → such questions, with passages that answer them or do not
    batches      one epoch of examples → batches of about so many tokens
    model        the encoder with a span head and an answerability head, and the loss
    checkpoints  weights, averages and optimizer on disk, written whole or not at all
    train        the loop: schedule, clipping, averaging, log, resume
    measure      exact match, F1 and AUROC on a development set
    card         the model card
"""
