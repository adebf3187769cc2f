"""The command-line options of training."""

import argparse
import dataclasses
import os
from pathlib import Path

from .batches import Mix
from .checkpoints import AVERAGE_FILE, WEIGHTS_FILE
from .crops import CropSizes
from .progress import TrainingOptions


def parse_arguments(description: str, arguments: list[str] | None = None) -> argparse.Namespace:
    """Return the parsed options; ``arguments`` default to those of the program."""
    parser = argparse.ArgumentParser(
        prog="python -m qa.training",
        description=description,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_folders(parser)
    _add_actions(parser)
    _add_examples(parser)
    group = parser.add_argument_group(
        "training", "qa/training/progress.py explains these options and has their defaults"
    )
    for option in dataclasses.fields(TrainingOptions):
        if option.name == "finish_tokens":
            continue
        kind = int if option.default is None else type(option.default)
        group.add_argument(f"--{option.name.replace('_', '-')}", type=kind, default=option.default)
    return parser.parse_args(arguments)


def _add_folders(parser: argparse.ArgumentParser) -> None:
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
        help="folder of the encoder to start from (default: the installed one); an MPNet encoder"
        " makes a teacher",
    )
    parser.add_argument(
        "--start",
        type=Path,
        metavar="FOLDER",
        help="start from the reader that ships in FOLDER",
    )
    parser.add_argument(
        "--negatives",
        type=Path,
        help="file of mined negatives (default: CHECKPOINTS/negatives.json)",
    )
    parser.add_argument("--threads", type=int, help="CPU threads")


def _add_actions(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("instead of plain training")
    group.add_argument(
        "--finish",
        type=int,
        metavar="TOKENS",
        dest="finish_tokens",
        help="decay the learning rate to zero over this many tokens, from the last checkpoint or"
        " from --start, into --into",
    )
    group.add_argument(
        "--mean-with",
        type=Path,
        metavar="FOLDER",
        help="average the weights of the last checkpoint with those in FOLDER, into --into",
    )
    group.add_argument(
        "--score-epochs",
        type=int,
        metavar="EPOCHS",
        help="write the last checkpoint's scores of this many epochs' examples to the file --into",
    )
    group.add_argument(
        "--score-share", type=float, default=1.0, help="share of these examples that is scored"
    )
    group.add_argument(
        "--measure",
        action="store_true",
        help="measure the last checkpoint on the whole development set",
    )
    group.add_argument(
        "--card", type=Path, help="with --measure: write the model card to this file"
    )
    group.add_argument(
        "--ship", type=Path, help="write the differences from the encoder into this folder"
    )
    group.add_argument(
        "--weights",
        default=AVERAGE_FILE,
        help=f"weights to measure or ship: {AVERAGE_FILE} (the default) or {WEIGHTS_FILE}",
    )
    group.add_argument(
        "--into",
        type=Path,
        help="where the result goes (default: CHECKPOINTS/finished, CHECKPOINTS/mean or"
        " CHECKPOINTS/scores.npz)",
    )


def _add_examples(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("examples")
    mix = Mix()
    group.add_argument(
        "--share",
        action="append",
        default=[],
        metavar="SOURCE=SHARE",
        help="share of a source's questions in an epoch, for example reddit=0.1",
    )
    group.add_argument(
        "--mined",
        type=float,
        default=mix.mined,
        help="share of questions also asked of a passage that a search finds",
    )
    group.add_argument(
        "--perturbed",
        type=float,
        default=mix.perturbed,
        help="share of questions also asked in a changed form that has no answer",
    )
    group.add_argument(
        "--beside",
        type=float,
        default=mix.beside,
        help="share of questions also asked of a crop beside the answer",
    )
    group.add_argument(
        "--beside-asked",
        type=float,
        default=mix.beside_asked,
        help="the same for questions on whole articles",
    )
    group.add_argument(
        "--cloze",
        type=float,
        default=mix.cloze,
        help="number of cloze questions as a share of all questions, if --data has scale/",
    )
    group.add_argument(
        "--whole-share",
        type=float,
        default=CropSizes().whole_share,
        help="share of crops that are as long as passages in use",
    )
    group.add_argument(
        "--taught",
        type=Path,
        metavar="FILE",
        help="learn from the scores that --score-epochs wrote",
    )
    group.add_argument(
        "--claims",
        choices=("all", "written"),
        help="train or ship the verifier: on all claims, or on those of claims.jsonl alone",
    )
    group.add_argument(
        "--sample",
        type=int,
        default=800,
        help="development questions measured during training; 0 for none",
    )
