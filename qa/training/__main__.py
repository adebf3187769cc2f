"""``python -m qa.training``: train the reader or the verifier, measure it, write its card, ship it.

Train, or continue training (SIGTERM and Ctrl-C write a checkpoint before they stop it)::

    python -m qa.training --data DIR --checkpoints DIR

Start from a reader that has shipped instead of the encoder alone, if there is no checkpoint::

    python -m qa.training --data DIR --checkpoints DIR --start qa/models/weights/reader/reader

Decay the learning rate to zero from the last checkpoint; the result goes into another folder and
the checkpoint stays as it is::

    python -m qa.training --data DIR --checkpoints DIR --finish 3000000

Average two runs that had the same start; the mean performs better than either::

    python -m qa.training --data DIR --checkpoints DIR/finished --mean-with OTHER/finished

Train a teacher, let it score the examples of two epochs, and train the reader on these scores. The
options that select examples (``--share`` and the like) must be the same in all three::

    python -m qa.training --data DIR --checkpoints TEACHER --encoder all-mpnet-base-v2/
    python -m qa.training --data DIR --checkpoints TEACHER --encoder all-mpnet-base-v2/ \\
        --score-epochs 2 --into scores.npz
    python -m qa.training --data DIR --checkpoints DIR --taught scores.npz

Measure a checkpoint's averaged weights on the whole development set, and write the model card::

    python -m qa.training --data DIR --checkpoints DIR --measure --card CARD.md

Train the verifier from the reader: on claims of all kinds, then, with a decaying rate, on those
that were written by hand. With ``--ship``, ``--claims`` says that it is a verifier::

    python -m qa.training --data DIR --checkpoints DIR --hold-out 0 --claims all \\
        --start qa/models/weights/reader --most-tokens 4000000
    python -m qa.training --data DIR --checkpoints DIR --hold-out 0 --claims written \\
        --finish 3000000

Write what ships, the differences of the averaged weights from the encoder's::

    python -m qa.training --data DIR --checkpoints DIR/finished --ship qa/models/weights/reader

The folder given with ``--data``, or else in QA_DATA, contains ``reader-train/`` and
``dev/squad2-dev-half.json``. It may also contain the collection of news that the cloze questions
are made from. The card says where each set is published.
"""

from ..errors import QAError
from .options import parse_arguments


def main() -> None:
    """Parse the arguments and do what they ask."""
    arguments = parse_arguments(__doc__ or "")
    from . import steps  # imports torch, which --help does not need

    try:
        steps.run(arguments)
    except QAError as error:
        raise SystemExit(str(error)) from error


if __name__ == "__main__":
    main()
