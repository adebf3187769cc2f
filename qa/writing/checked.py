"""A written sentence and what its sources say of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from ..datatypes import Citation, Passage
from ..turns import Support

__all__ = ["CheckedSentence", "SentenceChecker", "Support"]


@dataclass(frozen=True, slots=True)
class CheckedSentence:
    """One sentence of a written answer, checked."""

    text: str
    """The sentence as it was written, without its citation marks."""
    cited: tuple[int, ...]
    """Numbers of the passages that it cites, from 1."""
    support: Support
    """Whether the passages hold it."""
    sources: tuple[Citation, ...]
    """The words that it rests on; of a passage that it does not cite if ``ELSEWHERE``."""
    reason: str = ""
    """One line that says why, such as ``no cited passage has “1,200”``."""


class SentenceChecker(Protocol):
    """Checks written sentences against the passages that their writer was shown."""

    def check(
        self, sentence: str, cited: Sequence[int], passages: Sequence[Passage]
    ) -> CheckedSentence:
        """Return the sentence with its support; ``cited`` are numbers of ``passages``, from 1."""
        ...
