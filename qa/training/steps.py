"""What the command does: train, score examples, average, measure, ship."""

import argparse
import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import torch
from safetensors.torch import load_file

from ..atomic import atomic_write
from ..evaluation.sets import LabelledQuestion
from ..models import catalog
from ..models.catalog import WEIGHTS, file_sha256
from ..models.opening import open_encoder
from ..models.torch_models import add_difference
from .batches import EpochBuilder, Mix
from .card import write_card
from .checkpoints import (
    latest_checkpoint,
    load_checkpoint,
    mean_of,
    save_checkpoint,
)
from .claims import ClaimEpochs
from .cloze import ClozeSet, read_clozes
from .crops import CropSizes
from .distil import ScoredEpochs, score_examples, write_scores
from .examples import TrainingSet, read_training_set
from .measure import figures, read_all, read_questions
from .model import ReaderModel, SpanModel
from .negatives import mine_negatives
from .progress import Log, TrainingOptions
from .ship import PREFIX, write_difference
from .teacher import TeacherModel, is_teacher
from .tokens import load_tokenizer, special_ids
from .train import Trainer

if TYPE_CHECKING:
    from tokenizers import Tokenizer

LEAST_MINED = 0.25
"""Negatives are mined only for sources of which an epoch asks at least this share of questions."""
DEVELOPMENT_FILE = Path("dev/squad2-dev-half.json")
"""The development set, in the data folder."""


def run(arguments: argparse.Namespace) -> None:
    """Do what the options ask. Raises QAError, and SystemExit when there is no checkpoint."""
    if arguments.threads:
        torch.set_num_threads(arguments.threads)
    if arguments.mean_with is not None:
        average(arguments)
    elif arguments.ship is not None:
        ship(arguments)
    elif arguments.measure:
        measure(arguments)
    elif arguments.score_epochs:
        score(arguments)
    elif arguments.claims is not None:
        train_verifier(arguments)
    else:
        train(arguments)


def train(arguments: argparse.Namespace) -> None:
    """Train until stopped or done, or decay the rate to zero from a checkpoint."""
    setup = _set_up(arguments)
    options = setup.options
    epochs: EpochBuilder | ScoredEpochs = setup.builder
    if arguments.taught is not None:
        epochs = ScoredEpochs(
            setup.builder, arguments.taught, options.tokens_per_step, options.seed
        )
    training_set = setup.training_set
    _train(
        arguments,
        setup,
        epochs,
        questions=len(training_set.questions),
        seen=len(training_set.seen_questions()),
        passages=len(training_set.passages),
        seen_passages=len(training_set.seen_passages()),
        questions_with_negatives=len(setup.negatives),
        negatives=sum(map(len, setup.negatives.values())),
        clozes=len(setup.clozes.questions) if setup.clozes else 0,
        mix=dataclasses.asdict(setup.mix),
    )


def train_verifier(arguments: argparse.Namespace) -> None:
    """The same with claims instead of questions, and without the span head."""
    arguments.span_weight, arguments.answer_weight, arguments.sample = 0.0, 1.0, 0
    start = _start(arguments)
    options = start.options
    epochs = ClaimEpochs(
        read_training_set(arguments.data, options.hold_out, options.seed),
        arguments.data,
        start.tokenizer,
        options.tokens_per_step,
        options.seed,
        written_alone=arguments.claims == "written",
    )
    _train(arguments, start, epochs, claims=arguments.claims)


def _train(
    arguments: argparse.Namespace,
    setup: "_Start | _Setup",
    epochs: "EpochBuilder | ScoredEpochs | ClaimEpochs",
    **facts: object,
) -> None:
    """Train on these epochs; ``facts`` about them go into the log."""
    options = setup.options
    folder: Path = arguments.checkpoints
    latest = latest_checkpoint(folder)
    if options.finish_tokens is not None:
        folder = arguments.into or arguments.checkpoints / "finished"
        latest = latest_checkpoint(folder) or latest
        if latest is None and arguments.start is None:
            raise SystemExit(
                f"no checkpoint in {arguments.checkpoints} to finish: train first, or use --start"
            )
    model = _new_model(arguments, setup)
    if arguments.start is not None:
        # The answerability head does not ship; it keeps its new random weights.
        weights = add_difference(_encoder_folder(arguments), arguments.start, PREFIX.rstrip("."))
        model.load_state_dict(weights, strict=False)
    development: Sequence[LabelledQuestion] = []
    if arguments.sample:
        path = arguments.data / DEVELOPMENT_FILE
        development = read_questions(path, arguments.sample, options.seed)
    trainer = Trainer(model, epochs, setup.tokenizer, setup.reader, folder, options, development)
    if latest is not None:
        trainer.restore(load_checkpoint(latest))
    trainer.log.write(
        event="start",
        threads=torch.get_num_threads(),
        device=str(trainer.device),
        resumed=str(latest) if latest else None,
        options=dataclasses.asdict(options),
        **facts,
    )
    trainer.run()


def score(arguments: argparse.Namespace) -> None:
    """Write the last checkpoint's scores of the examples of some epochs."""
    setup = _set_up(arguments)
    folder: Path = arguments.checkpoints
    model = _new_model(arguments, setup)
    model.load_state_dict(load_checkpoint(_last_of(folder)).average)
    special, log = special_ids(setup.tokenizer), Log(folder)
    scores = [
        score_examples(
            model, setup.builder.examples(epoch), special, share=arguments.score_share, log=log
        )
        for epoch in range(arguments.score_epochs)
    ]
    write_scores(arguments.into or folder / "scores.npz", scores)


def average(arguments: argparse.Namespace) -> None:
    """Write a checkpoint with the mean of two checkpoints' averaged weights."""
    one, other = (
        load_checkpoint(_last_of(folder)) for folder in (arguments.checkpoints, arguments.mean_with)
    )
    into = arguments.into or arguments.checkpoints / "mean"
    print(save_checkpoint(into, mean_of(one, other), _encoder_folder(arguments)))


def measure(arguments: argparse.Namespace) -> None:
    """Measure a checkpoint on the whole development set; write the figures and the card."""
    encoder = _encoder_folder(arguments)
    latest = _last_of(arguments.checkpoints)
    model = ReaderModel(encoder)
    model.load_state_dict(load_file(latest / arguments.weights))
    questions = read_questions(arguments.data / DEVELOPMENT_FILE)
    found = figures(read_all(model, load_tokenizer(encoder), questions))
    print(json.dumps(found, indent=1))
    content = json.dumps(found)
    with atomic_write(latest.parent.parent / f"figures-{latest.name}.json") as path:
        path.write_text(content, encoding="utf-8")
    if arguments.card is not None:
        state = load_checkpoint(latest).state
        training_set = read_training_set(
            arguments.data, state["options"]["hold_out"], state["options"]["seed"]
        )
        write_card(arguments.card, state, training_set, found)


def ship(arguments: argparse.Namespace) -> None:
    """Write the differences from the encoder, and print the entry's lines for models.txt."""
    weights = _last_of(arguments.checkpoints) / arguments.weights
    verifies = arguments.claims is not None
    encoder = _encoder_folder(arguments)
    size = write_difference(weights, encoder, arguments.ship, verifies=verifies)
    print(f"bytes = {size}\ndigests =\n    {file_sha256(arguments.ship / WEIGHTS)} {WEIGHTS}")


class _Start(NamedTuple):
    """The options, and what the model starts from."""

    options: TrainingOptions
    reader: Path
    """Folder of the encoder that the reader starts from, whose tokenizer is used."""
    tokenizer: "Tokenizer"


class _Setup(NamedTuple):
    """The same, and the data to learn from."""

    options: TrainingOptions
    reader: Path
    tokenizer: "Tokenizer"
    training_set: TrainingSet
    negatives: dict[int, list[int]]
    clozes: ClozeSet | None
    mix: Mix
    builder: EpochBuilder


def _start(arguments: argparse.Namespace) -> _Start:
    options = TrainingOptions(
        **{o.name: getattr(arguments, o.name) for o in dataclasses.fields(TrainingOptions)}
    )
    reader = catalog.find(_encoder_name(arguments)).require()
    return _Start(options, reader, load_tokenizer(reader))


def _encoder_name(arguments: argparse.Namespace) -> str | None:
    """Name of the encoder that was given; None for the default, and for a teacher's."""
    teaches = arguments.encoder is not None and is_teacher(arguments.encoder)
    return None if teaches or arguments.encoder is None else str(arguments.encoder)


def _set_up(arguments: argparse.Namespace) -> _Setup:
    """Read the training sets and mine negatives."""
    options, reader, tokenizer = _start(arguments)
    folder: Path = arguments.checkpoints
    training_set = read_training_set(arguments.data, options.hold_out, options.seed)
    sources = {passage.source for passage in training_set.passages}
    given = (share.partition("=") for share in arguments.share)
    shares = {source: float(share) for source, _, share in given}
    negatives = mine_negatives(
        training_set,
        open_encoder(_encoder_name(arguments), "cuda" if torch.cuda.is_available() else None),
        arguments.negatives or folder / "negatives.json",
        sources={source for source in sources if shares.get(source, 1.0) >= LEAST_MINED},
    )
    clozes = None
    if arguments.cloze > 0:
        clozes = read_clozes(arguments.data, options.seed, folder / "clozes.json")
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
    return _Setup(options, reader, tokenizer, training_set, negatives, clozes, mix, builder)


def _encoder_folder(arguments: argparse.Namespace) -> Path:
    """The folder of the encoder to start from. Raises ModelError when it is not installed."""
    return arguments.encoder or catalog.find(None).require()


def _new_model(arguments: argparse.Namespace, setup: _Start | _Setup) -> SpanModel:
    """A model that starts from the encoder, with heads that are random but reproducible."""
    encoder = _encoder_folder(arguments)
    torch.manual_seed(setup.options.seed)
    return TeacherModel(encoder, setup.reader) if is_teacher(encoder) else ReaderModel(encoder)


def _last_of(checkpoints: Path) -> Path:
    """The folder of the last checkpoint. Raises SystemExit when there is none."""
    latest = latest_checkpoint(checkpoints)
    if latest is None:
        raise SystemExit(f"no checkpoint in {checkpoints}: train first")
    return latest
