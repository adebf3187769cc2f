"""The verifier says whether a passage holds a claim."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from ..datatypes import Passage
from .lead import lead_of
from .manifest import Manifest
from .reader import OnnxReader


class Verifier(Protocol):
    """Says how well passages support a claim."""

    def support(self, claim: str, passages: Sequence[Passage]) -> list[float]:
        """Return a logit for each passage: above 0, it more likely holds the claim than not."""
        ...


class OnnxVerifier:
    """Runs an exported verifier. It has the form of a reader.

    It reads ``[CLS] claim [SEP] passage [SEP]``, with the headline in front of the passage; the
    score of [CLS] as the first token is the logit.
    """

    def __init__(self, graph: Path, manifest: Manifest) -> None:
        self._scores = OnnxReader(graph, manifest)

    def support(self, claim: str, passages: Sequence[Passage]) -> list[float]:
        """Return a logit for each passage; of a long one, and a long claim, the start is read."""
        pairs = [(claim, lead_of(passage) + passage.text) for passage in passages]
        return [float(first[0]) for first, _ in self._scores.logits(pairs)]
