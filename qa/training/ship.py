"""Writes a trained reader as it ships: the differences from the encoder, one byte per weight.

Only the trained layers differ, and the encoder is installed anyway. A matrix of differences is
stored as 8-bit integers with a scale for each row, which is more precise than the 8 bits in which
the whole weights run. Everything else, such as the span head, is stored in half precision.
`qa.models.torch_models.load_question_answering` adds the differences to the encoder.
"""

from pathlib import Path

from ..atomic import atomic_write
from ..models.catalog import WEIGHTS
from ..models.torch_models import SCALES

PREFIX = "bert."
"""What the reader puts before the names of the encoder's weights."""
NOT_SHIPPED = "answer_head."
"""Prefix of the answerability head, which is only used in training."""


def write_difference(weights: Path, encoder_folder: Path, folder: Path) -> int:
    """Write the differences into ``folder`` and return the size of the file in bytes.

    ``weights`` is a checkpoint's safetensors file, ``encoder_folder`` the folder of the encoder
    that it was trained from.
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
    with atomic_write(path) as target:
        save_file(shipped, target, metadata={"format": "pt"})
    return path.stat().st_size
