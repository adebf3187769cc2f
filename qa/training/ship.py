"""Writes a trained reader as it ships: the differences from the encoder, one byte per weight.

Only the trained layers differ, and the encoder is installed anyway. A matrix of differences is
stored as 8-bit integers with a scale for each row, which is more precise than the 8 bits in which
the whole weights run. Everything else, such as the span head, is stored in half precision.

A verifier ships in the same form: its answerability head takes the place of the row of the span
head that scores the first token, so that the score of [CLS] is its logit.
`qa.models.torch_models.load_question_answering` adds the differences to the encoder.
"""

from pathlib import Path

from ..atomic import atomic_write
from ..models.catalog import WEIGHTS
from ..models.torch_models import SCALES

PREFIX = "bert."
"""What the reader puts before the names of the encoder's weights."""
NOT_SHIPPED = "answer_head."
"""Prefix of the answerability head, which a reader only uses in training."""
SPAN_HEAD = "qa_outputs."
"""Prefix of the span head."""


def write_difference(
    weights: Path, encoder_folder: Path, folder: Path, *, verifies: bool = False
) -> int:
    """Write the differences into ``folder`` and return the size of the file in bytes.

    ``weights`` is a checkpoint's safetensors file, ``encoder_folder`` the folder of the encoder
    that it was trained from.
    """
    import torch
    from safetensors.torch import load_file, save_file

    encoder = load_file(encoder_folder / WEIGHTS)
    trained = load_file(weights)
    if verifies:
        for part in ("weight", "bias"):
            head, spans = trained[NOT_SHIPPED + part], trained[SPAN_HEAD + part]
            trained[SPAN_HEAD + part] = torch.cat([head, torch.zeros_like(spans[1:])])
    shipped = {}
    for name, tensor in trained.items():
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
