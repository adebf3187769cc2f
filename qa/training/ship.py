"""A checkpoint → what ships: its difference from the encoder, a byte a weight.

Only the layers that learned differ, and the encoder is installed anyway. A matrix of differences is
kept as 8-bit integers with a scale for each row, which is finer than the 8 bits that the whole
weights run in; the rest, the span head among it, is kept in half precision.
`models.fallback.load_question_answering` adds the two up again.
"""

from pathlib import Path

from ..models.catalog import WEIGHTS
from ..models.torch_models import SCALES
from .checkpoints import write_atomically

PREFIX = "bert."
NOT_SHIPPED = "answer_head."
"""The answerability head helps training alone."""


def write_difference(weights: Path, encoder_folder: Path, folder: Path) -> int:
    """Write the difference into ``folder`` and return its size in bytes.

    ``weights`` is a checkpoint's safetensors file.
    """
    from safetensors.torch import load_file, save_file

    encoder = load_file(encoder_folder / WEIGHTS)
    shipped = {}
    for name, tensor in load_file(weights).items():
        known = encoder.get(name.removeprefix(PREFIX))
        if name.startswith(NOT_SHIPPED):
            continue
        difference = tensor if known is None else tensor - known
        if known is not None and not difference.any():
            continue
        if known is None or difference.dim() < 2:
            shipped[name] = difference.half().contiguous()
        else:
            scales = difference.abs().amax(1, keepdim=True).clamp(min=1e-12) / 127
            shipped[name] = (difference / scales).round().char().contiguous()
            shipped[name + SCALES] = scales.contiguous()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / WEIGHTS
    write_atomically(path, lambda target: save_file(shipped, target, metadata={"format": "pt"}))
    return path.stat().st_size
