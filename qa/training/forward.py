"""BERT's forward pass, quick on a CPU.

The same function as Hugging Face's ``BertModel`` (Devlin et al. 2019; post-norm layers), over
its weights, with the work that costs time on a CPU left out:

- activations stay bfloat16 from layer to layer where the processor is quicker at that, and the
  weights stay float32 and are cast once a step; automatic casting turns activations into float32
  and back a dozen times a layer;
- query, key and value come from one product, the scale folded into the query's weights, and go
  through the fused attention;
- random bits for dropout come from NumPy's generator, which makes bytes many times as fast as
  torch makes floats.
"""

import time
from functools import cache
from typing import TYPE_CHECKING, cast

import numpy as np
import torch
from torch import nn
from torch.nn import functional

if TYPE_CHECKING:
    from transformers import BertModel
    from transformers.models.bert.modeling_bert import BertLayer


@cache
def work_type(device: str) -> torch.dtype:
    """Return the type to compute in: bfloat16 on a GPU, and on a CPU that multiplies it faster."""
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
    """Inverted dropout (Srivastava et al. 2014) whose bits follow from a seed."""

    def __init__(self, share: float, seed: int) -> None:
        """Drop about ``share`` of the values, to the nearest 1/256."""
        self._below = round(share * 256)
        self._generator = np.random.Generator(np.random.SFC64(seed))

    def __call__(self, values: torch.Tensor) -> torch.Tensor:
        """Return the values with some set to zero and the others scaled up."""
        if self._below == 0:
            return values
        drawn = np.frombuffer(bytearray(self._generator.bytes(values.numel())), dtype=np.uint8)
        kept = torch.from_numpy(drawn).view(values.shape).to(values.device) >= self._below
        return values * (kept.to(values.dtype) * (256 / (256 - self._below)))


def linear(values: torch.Tensor, layer: nn.Linear) -> torch.Tensor:
    """Apply a layer whose weights are cast to the type of the values."""
    return functional.linear(values, layer.weight.to(values.dtype), layer.bias.to(values.dtype))


def normalize(values: torch.Tensor, norm: nn.LayerNorm) -> torch.Tensor:
    """Apply layer normalisation in the type of the values."""
    weight: torch.Tensor = norm.weight
    bias: torch.Tensor = norm.bias
    if values.is_cuda:
        weight, bias = weight.to(values.dtype), bias.to(values.dtype)
    return functional.layer_norm(values, norm.normalized_shape, weight, bias, norm.eps)


def attend(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, bias: torch.Tensor
) -> torch.Tensor:
    """Return the mixed values of scaled queries: each of shape (rows, heads, length, dim)."""
    if query.is_cuda or not torch.is_grad_enabled():
        return functional.scaled_dot_product_attention(query, key, value, attn_mask=bias, scale=1.0)
    # On a CPU the backward pass of the fused attention takes longer than all the rest.
    return (query @ key.transpose(-1, -2) + bias).softmax(-1) @ value


def _layer(
    hidden: torch.Tensor, bias: torch.Tensor, layer: "BertLayer", dropout: Dropout | None
) -> torch.Tensor:
    """Return a layer's output: (rows, length, dim), as ``hidden``; bias is (rows, 1, 1, length)."""
    attention = layer.attention.self
    rows, length, dim = hidden.shape
    heads: int = attention.num_attention_heads
    scale = (dim // heads) ** -0.5
    weight = torch.cat(
        (attention.query.weight * scale, attention.key.weight, attention.value.weight)
    )
    offset = torch.cat((attention.query.bias * scale, attention.key.bias, attention.value.bias))
    together = functional.linear(hidden, weight.to(hidden.dtype), offset.to(hidden.dtype))
    query, key, value = together.view(rows, length, 3, heads, dim // heads).permute(2, 0, 3, 1, 4)
    mixed = attend(query, key, value, bias)
    mixed = mixed.transpose(1, 2).reshape(rows, length, dim)
    mixed = linear(mixed, layer.attention.output.dense)
    if dropout is not None:
        mixed = dropout(mixed)
    hidden = normalize(mixed + hidden, layer.attention.output.LayerNorm)
    inner = functional.gelu(linear(hidden, layer.intermediate.dense))
    outer = linear(inner, layer.output.dense)
    if dropout is not None:
        outer = dropout(outer)
    return normalize(outer + hidden, layer.output.LayerNorm)


def encode(
    bert: "BertModel",
    ids: torch.Tensor,
    types: torch.Tensor,
    mask: torch.Tensor,
    dropout: Dropout | None = None,
) -> torch.Tensor:
    """Return the last hidden states, in the work type: shape (rows, length, dim).

    The inputs have shape (rows, length). Parts whose weights do not learn keep no gradient and
    are not dropped out of.
    """
    learning = torch.is_grad_enabled()
    layers = cast("list[BertLayer]", list(bert.encoder.layer))
    learns = any(p.requires_grad for p in bert.embeddings.parameters())
    with torch.set_grad_enabled(learning and learns):
        embedded = cast("torch.Tensor", bert.embeddings(input_ids=ids, token_type_ids=types))
        hidden = embedded.to(work_type(ids.device.type))
    bias = (1 - mask).to(hidden.dtype)[:, None, None, :] * -1e4
    for layer in layers:
        learns = learns or any(p.requires_grad for p in layer.parameters())
        with torch.set_grad_enabled(learning and learns):
            hidden = _layer(hidden, bias, layer, dropout if learns else None)
    return hidden
