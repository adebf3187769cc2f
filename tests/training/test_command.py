"""The command's options, and the steps that need no long training."""

from pathlib import Path

import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")

from qa.errors import QAError
from qa.training import __main__ as command
from qa.training import steps
from qa.training.options import parse_arguments
from qa.training.progress import TrainingOptions


def test_every_option_of_training_is_an_argument(tmp_path: Path) -> None:
    words = ["--data", str(tmp_path), "--checkpoints", str(tmp_path), "--finish", "3000"]
    found = parse_arguments("", [*words, "--frozen-layers", "-1", "--rate", "1e-4"])
    assert (found.finish_tokens, found.frozen_layers, found.rate) == (3000, -1, 1e-4)
    assert found.most_tokens is None
    for name in TrainingOptions.__dataclass_fields__:
        assert hasattr(found, name)


@pytest.mark.parametrize("action", [["--measure"], ["--ship", "out"], ["--mean-with", "other"]])
def test_without_a_checkpoint_the_command_says_so(tmp_path: Path, action: list[str]) -> None:
    words = ["--data", str(tmp_path), "--checkpoints", str(tmp_path), *action]
    with pytest.raises(SystemExit, match=r"no checkpoint in .*: train first"):
        steps.run(parse_arguments("", words))


def test_an_error_is_shown_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(arguments: object) -> None:
        raise QAError("the encoder is not installed")

    monkeypatch.setattr("sys.argv", ["training", "--data", ".", "--checkpoints", "."])
    monkeypatch.setattr(steps, "run", fail)
    with pytest.raises(SystemExit, match="the encoder is not installed"):
        command.main()
