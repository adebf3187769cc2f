"""What kind of answer a question asks for: a table of name, pattern, examples.

The examples are the tests. A question can be of several kinds.
"""

import re
from dataclasses import dataclass

_START = r"\W*(?:(?:and|but|so|then|ok|well)\b\W*)*"
_SAID = (
    r"say|said|saying|think|thought|argue|argued|claim|claimed|react|respond|promise|promised|"
    r"want|wanted|call|called"
)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of question, known by its words."""

    name: str
    """What it is called."""
    pattern: re.Pattern[str]
    """Matches at the start of such a question."""
    examples: tuple[str, ...]
    """Questions of this kind."""
    others: tuple[str, ...]
    """Questions that look like it and are not."""

    def fits(self, question: str) -> bool:
        """Whether a question is of this kind."""
        return bool(self.pattern.match(question))


YES_OR_NO = Kind(
    "yes or no",
    re.compile(
        rf"{_START}(?:is|are|was|were|am|do|does|did|has|have|had|can|could|will|would|shall|should|"
        r"may|might|must)(?:n['’]t)?\b",
        re.IGNORECASE,
    ),
    ("Did she know?", "and was he caught", "Isn't it closed?"),
    ("Who did it?", "Island or mainland?"),
)
OPEN = Kind(
    "more than a few words",
    re.compile(
        rf"{_START}(?:why|how come|tell me|explain|describe|compare|list\b|"
        r"how (?!many|much|long|old|far|big|large|tall|deep|fast|high|often|wide|heavy|likely|soon)"
        r"|what(?:'s| is| was) the (?:story|background|reason|plan|difference|argument|excuse)|"
        r"what(?:'s| has| had| did)? happen|"
        rf"what (?:did|does|do|has|have|had|is|are|was|were)\b.{{1,80}}\b(?:{_SAID})\b)",
        re.IGNORECASE,
    ),
    (
        "Why did the ship sink?",
        "And how was it raised?",
        "What has the captain said about it?",
        "What happened to the crew?",
    ),
    ("How many were saved?", "Who raised the ship?", "When did the captain leave?"),
)
WHAT_SAID = Kind(
    "what someone said",
    re.compile(
        rf"{_START}what (?:did|does|do|has|have|had)\b(?P<who>.{{1,80}}?)\b"
        r"(?:say|said|tell|told|argue|argued|claim|claimed|announce|announced|write|written)\b",
        re.IGNORECASE,
    ),
    ("What did the captain say?", "what has Ann Lee said about it"),
    ("Who said so?", "What did the captain do?"),
)
WHO_SAID = Kind(
    "who said some words",
    re.compile(
        rf"{_START}(?:who(?:se words| was it that| was the one who)?|which \w+)\b"
        r"[^\"“„«]{0,40}[\"“„«](?P<words>[^\"“”„»]{2,})[\"”“»]",
        re.IGNORECASE,
    ),
    ("Who said “we will win”?", 'Who called it "a dark day"?', "Whose words are “never again”?"),
    ("Who said that they would win?", "When was “never again” said?"),
)
LATEST = Kind(
    "the latest",
    re.compile(
        r".*\b(?:latest|newest|most recent(?:ly)?|now|still|current(?:ly)?|at present|so far|"
        r"at the moment|these days|nowadays|up to date)\b",
        re.IGNORECASE | re.DOTALL,
    ),
    (
        "What is the latest death toll?",
        "Who is currently the leader?",
        "How many are still missing?",
        "Who leads the party now?",
    ),
    ("Who left the party?", "Who does not know it?"),
)
KINDS = (YES_OR_NO, OPEN, WHAT_SAID, WHO_SAID, LATEST)
"""All kinds."""
