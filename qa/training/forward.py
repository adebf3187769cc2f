"""The forward pass of a transformer encoder, written to be fast on a CPU.

It computes the same function as Hugging Face's ``BertModel`` (Devlin et al. 2019; post-norm
layers) from the same weights, and avoids what is slow on a CPU:

- Activations stay in bfloat16 from layer to layer if the processor is faster with it; the weights
  stay in float32 and are cast once per step. Automatic casting would convert activations to
  float32 and back a dozen times per layer.
- Query, key and value come from one matrix product, with the scale folded into the query's
  weights, and go through fused attention.
- Random bits for dropout come from NumPy, which generates bytes many times faster than torch
  generates floats.
"""

import time
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import torch
from torch import nn
from torch.nn import functional

if TYPE_CHECKING:
    from transformers import BertModel


@cache
def work_type(device: str) -> torch.dtype:
    """Return the dtype to compute in: bfloat16 on a GPU or where the CPU is faster with it."""
    if device == "cuda":
        return torch.bfloat16
    seconds = {}
    for kind in (torch.float32, torch.bfloat16):
        values, weights = torch.ones(2048, 384, dtype=kind), torch.ones(1536, 384, dtype=kind)
        times = []
        for _ in range(4):  # the first is a warm-up
            started = time.perf_counter()
            functional.linear(values, weights)
            times.append(time.perf_counter() - started)
        seconds[kind] = min(times[1:])
    return min(seconds, key=lambda kind: seconds[kind])


class Dropout:
    """Inverted dropout (Srivastava et al. 2014) that is reproducible from a seed."""

    def __init__(self, share: float, seed: int) -> None:
        """Drop about ``share`` of the values, rounded to a multiple of 1/256."""
        self._threshold = round(share * 256)
        self._generator = np.random.Generator(np.random.SFC64(seed))

    def __call__(self, values: torch.Tensor) -> torch.Tensor:
        """Return the values with some set to zero and the rest scaled up."""
        if self._threshold == 0:
            return values
        drawn = np.frombuffer(bytearray(self._generator.bytes(values.numel())), dtype=np.uint8)
        kept = torch.from_numpy(drawn).view(values.shape).to(values.device) >= self._threshold
        return values * (kept.to(values.dtype) * (256 / (256 - self._threshold)))


class Layer(NamedTuple):
    """The parts of a transformer layer, under the same names for every architecture."""

    heads: int
    """Number of attention heads."""
    query: nn.Linear
    key: nn.Linear
    value: nn.Linear
    attention_output: nn.Linear
    attention_norm: nn.LayerNorm
    intermediate: nn.Linear
    output: nn.Linear
    output_norm: nn.LayerNorm

    def learns(self) -> bool:
        """Return whether any weight of the layer is trained."""
        return any(weight.requires_grad for part in self[1:] for weight in part.parameters())


def bert_layer(layer: Any) -> Layer:
    """Return the parts of a ``BertLayer``."""
    attention = layer.attention.self
    return Layer(
        attention.num_attention_heads,
        attention.query,
        attention.key,
        attention.value,
        layer.attention.output.dense,
        layer.attention.output.LayerNorm,
        layer.intermediate.dense,
        layer.output.dense,
        layer.output.LayerNorm,
    )


def apply_layers(
    hidden: torch.Tensor,
    bias: torch.Tensor,
    layers: Iterable[Layer],
    dropout: Dropout | None,
    *,
    learns: bool,
) -> torch.Tensor:
    """Return the output of the last layer: (rows, length, dim), like ``hidden``.

    ``bias`` is added to the attention scores and must broadcast to (rows, heads, length, length).
    ``learns`` says whether anything below the first layer is trained. Layers below the lowest
    trained one compute no gradients and no dropout.
    """
    enabled = torch.is_grad_enabled()
    for layer in layers:
        learns = learns or layer.learns()
        with torch.set_grad_enabled(enabled and learns):
            hidden = _apply(hidden, bias, layer, dropout if learns else None)
    return hidden


def encode(
    bert: "BertModel",
    ids: torch.Tensor,
    types: torch.Tensor,
    mask: torch.Tensor,
    dropout: Dropout | None = None,
) -> torch.Tensor:
    """Return BERT's last hidden states in the work type: shape (rows, length, dim).

    The inputs have shape (rows, length).
    """
    learns = any(weight.requires_grad for weight in bert.embeddings.parameters())
    with torch.set_grad_enabled(torch.is_grad_enabled() and learns):
        embedded: torch.Tensor = bert.embeddings(input_ids=ids, token_type_ids=types)
        hidden = embedded.to(work_type(ids.device.type))
    bias = (1 - mask).to(hidden.dtype)[:, None, None, :] * -1e4
    layers = [bert_layer(layer) for layer in bert.encoder.layer]
    return apply_layers(hidden, bias, layers, dropout, learns=learns)


def _apply(
    hidden: torch.Tensor, bias: torch.Tensor, layer: Layer, dropout: Dropout | None
) -> torch.Tensor:
    """Return one layer's output: (rows, length, dim), like ``hidden``."""
    rows, length, dim = hidden.shape
    scale = (dim // layer.heads) ** -0.5
    weight = torch.cat((layer.query.weight * scale, layer.key.weight, layer.value.weight))
    offset = torch.cat((layer.query.bias * scale, layer.key.bias, layer.value.bias))
    joint = functional.linear(hidden, weight.to(hidden.dtype), offset.to(hidden.dtype))
    parts = joint.view(rows, length, 3, layer.heads, dim // layer.heads).permute(2, 0, 3, 1, 4)
    query, key, value = parts
    mixed = _attend(query, key, value, bias)
    mixed = _linear(mixed.transpose(1, 2).reshape(rows, length, dim), layer.attention_output)
    if dropout is not None:
        mixed = dropout(mixed)
    hidden = _normalize(mixed + hidden, layer.attention_norm)
    outer = _linear(functional.gelu(_linear(hidden, layer.intermediate)), layer.output)
    if dropout is not None:
        outer = dropout(outer)
    return _normalize(outer + hidden, layer.output_norm)


def _linear(values: torch.Tensor, layer: nn.Linear) -> torch.Tensor:
    """Apply a linear layer in the dtype of the values."""
    return functional.linear(values, layer.weight.to(values.dtype), layer.bias.to(values.dtype))


def _normalize(values: torch.Tensor, norm: nn.LayerNorm) -> torch.Tensor:
    """Apply layer normalisation in the dtype of the values."""
    weight: torch.Tensor = norm.weight
    bias: torch.Tensor = norm.bias
    if values.is_cuda:
        weight, bias = weight.to(values.dtype), bias.to(values.dtype)
    return functional.layer_norm(values, norm.normalized_shape, weight, bias, norm.eps)


def _attend(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, bias: torch.Tensor
) -> torch.Tensor:
    """Return the attention output for scaled queries; all have shape (rows, heads, length, dim)."""
    if query.is_cuda or not torch.is_grad_enabled():
        return functional.scaled_dot_product_attention(query, key, value, attn_mask=bias, scale=1.0)
    # On a CPU, fused attention has a backward pass that takes longer than everything else.
    return (query @ key.transpose(-1, -2) + bias).softmax(-1) @ value
