"""Test doubles: models without weights, and an encoder that remembers embeddings."""

import re
import zlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from qa.datatypes import Passage, Span
    from qa.models.encoder import Encoder
    from qa.writing.checked import CheckedSentence


class WordEncoder:
    """A bag of hashed words as a unit vector: what shares words is near, exactly and always."""

    def __init__(self, name: str = "words", dimension: int = 64) -> None:
        self.name = name
        self.fingerprint = f"{name}-{dimension}"
        self.dimension = dimension
        self.room_tokens = 40
        self.encoded: list[str] = []
        """Every passage that was embedded, in order."""

    def encode(self, texts: Sequence[str], role: str) -> NDArray[np.float32]:
        """Return float32 ``(len(texts), dimension)``; a text without a word is the first axis.

        Raises UnicodeEncodeError for a lone surrogate, which a tokenizer takes no more than this.
        """
        "".join(texts).encode()
        if role == "passage":
            self.encoded += texts
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in enumerate(texts):
            for word in re.findall(r"\w+", text.lower()):
                vectors[row, zlib.crc32(f"{self.name} {word}".encode()) % self.dimension] += 1
            if not vectors[row].any():
                vectors[row, 0] = 1
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return the words of each text, by white space."""
        return [len(text.split()) for text in texts]


class WordReader:
    """Offers every sentence that shares a content word with the question: the more, the better."""

    name = "words"

    def read(
        self,
        question: str,
        passages: Sequence["Passage"],
        seconds: float | None = None,
        late: list["Passage"] | None = None,
    ) -> list["Span"]:
        """Return spans with scores from -2 to 8, best first."""
        from qa.datatypes import Span
        from qa.sentences import sentence_bounds
        from qa.terms import question_terms

        asked = set(question_terms(question))
        spans = []
        for passage in passages:
            for start, end in sentence_bounds(passage.text):
                shared = asked & set(question_terms(passage.text[start:end]))
                if shared:
                    score = 10 * len(shared) / len(asked) - 2
                    start_at, end_at = passage.start + start, passage.start + end
                    spans.append(Span(passage, start_at, end_at, score))
        return sorted(spans, key=lambda span: -span.score)


class RememberingEncoder:
    """A real encoder that embeds each text once: embeddings do not depend on companions."""

    def __init__(self, encoder: "Encoder") -> None:
        self._encoder = encoder
        self._known: dict[tuple[str, str], NDArray[np.float32]] = {}
        self.name, self.fingerprint = encoder.name, encoder.fingerprint
        self.dimension, self.room_tokens = encoder.dimension, encoder.room_tokens
        self.count_tokens = encoder.count_tokens

    def encode(self, texts: Sequence[str], role: Any) -> NDArray[np.float32]:
        """Return float32 ``(len(texts), dimension)``."""
        new = list(dict.fromkeys(text for text in texts if (role, text) not in self._known))
        for text, vector in zip(new, self._encoder.encode(new, role), strict=True):
            self._known[role, text] = vector
        rows = [self._known[role, text] for text in texts]
        return np.array(rows, np.float32).reshape(len(texts), self.dimension)


class DoubtingVerifier:
    """Doubts every claim a little; what else speaks for or against it decides."""

    def support(self, claim: str, passages: Sequence["Passage"]) -> list[float]:
        """Return -1 for each passage."""
        return [-1.0 for _ in passages]


class WordChecker:
    """Supports a sentence if a passage that it cites has its last word.

    A sentence that ends with a colon is not checkable.
    """

    def check(
        self, sentence: str, cited: Sequence[int], passages: Sequence["Passage"]
    ) -> "CheckedSentence":
        """Return the sentence with its support."""
        from qa.datatypes import Citation
        from qa.turns import Support
        from qa.writing.checked import CheckedSentence

        if sentence.endswith(":"):
            return CheckedSentence(sentence, tuple(cited), Support.NOT_CHECKABLE, ())
        word = sentence.rstrip(".").split()[-1]
        for number, passage in enumerate(passages, 1):
            at = passage.text.find(word)
            if at >= 0:
                start = passage.start + at
                source = Citation(number, passage.article, start, start + len(word))
                support = Support.SUPPORTED if number in cited else Support.ELSEWHERE
                return CheckedSentence(sentence, tuple(cited), support, (source,))
        reason = f"no passage has “{word}”"
        return CheckedSentence(sentence, tuple(cited), Support.UNSUPPORTED, (), reason)
