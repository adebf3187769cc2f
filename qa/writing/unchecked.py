"""A checker that checks nothing, until there is one."""

from collections.abc import Sequence

from ..datatypes import Passage
from .checked import CheckedSentence, Support


class Unchecked:
    """Calls every sentence not checkable."""

    def check(
        self, sentence: str, cited: Sequence[int], passages: Sequence[Passage]
    ) -> CheckedSentence:
        """Return the sentence as not checkable."""
        return CheckedSentence(sentence, tuple(cited), Support.NOT_CHECKABLE, (), "not checked")
