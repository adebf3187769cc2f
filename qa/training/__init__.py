"""How the models of qa are trained: examples, negatives, training loop, measuring, model card.

Nothing else in qa imports this package. It runs from a checkout or the source distribution; wheels
leave out its question files. Run it with ``python -m qa.training --help``.

The modules in the order in which data passes through them:

    examples        published sets and our own → passages, questions, spans of answers
    tokens          texts → tokens with their character offsets
    crops           windows of whole words around an answer, beside it, or anywhere
    negatives       passages that a search finds for a question but that do not answer it
    perturb         questions changed so that their passage no longer answers them
    cloze_passages  a collection of news, and its passages that answer a question made by rule
    cloze           that collection → questions made by rule (`qa.questions`), with passages
    statements      questions with their answers → sentences that state them
    claim_rules     sentences changed, and the text that is shown beside them
    claims          sentences with text that holds them or does not, for the verifier
    batches         the examples of an epoch, in batches of about the same number of tokens
    forward         the forward pass of a transformer, fast on a CPU
    model           the reader: the encoder with a span head and an answerability head; the loss
    teacher         a larger model with the same heads
    distil          the teacher's scores, for the reader to learn from
    checkpoints     weights, averages and optimizer state on disk, written atomically
    progress        options, progress and log
    train           the training loop
    measure         exact match, F1 and AUROC on a development set
    card            the model card
    ship            a model as it ships: differences from the encoder's weights
    options         the command line
    steps           what the command does
"""
