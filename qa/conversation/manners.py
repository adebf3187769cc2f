"""What people say in a conversation that asks nothing of the articles: thanks, help, and so on.

Each kind is recognised by its words alone. Some need no article to be answered; the others ask for
sentences of articles (see ``telling``).
"""

import re
from enum import Enum


class Manner(Enum):
    """What a person means."""

    HELLO = "hello"
    THANKS = "thanks"
    HELP = "help"
    MORE = "more"
    SUMMARY = "summary"
    OVERVIEW = "overview"


_POLITE = r"(?:please|now|then|ok|okay|and|so|can you|could you|would you)"
_ARTICLE = r"(?:the|this|that) (?:article|story|source)"
_IT = rf"(?:it|this|that|{_ARTICLE})"
_PATTERNS = {
    Manner.HELLO: r"(?:hi|hello|hey|good (?:morning|afternoon|evening|day))(?: there)?",
    Manner.THANKS: (
        r"(?:many |ok |great )?(?:thanks|thank you|thx|cheers|ta)(?: (?:a lot|very much|so much|"
        r"you|that helps|that's all|that is all))*|that's all|bye|goodbye|great|ok|okay|cool"
    ),
    Manner.HELP: (
        r"help(?: me)?|what can (?:you|i) (?:do|ask)(?: here)?|how does this work|"
        r"how do i use (?:this|you)|who are you|what are you"
    ),
    Manner.MORE: (
        r"(?:tell|show|give) me more(?: about (?:it|this|that|him|her|them))?|more|go on|"
        r"(?:what|anything) else(?: is there| do you know| does it say| happened)?|continue"
    ),
    Manner.SUMMARY: (
        rf"(?:show me|open|read me|let me see) {_ARTICLE}|(?:summari[sz]e|sum up) {_IT}|"
        rf"(?:give me )?(?:a |the )?summary(?: of {_IT})?|what(?: is|'s) {_ARTICLE} about"
    ),
    Manner.OVERVIEW: (
        r"what(?: are|'re) (?:these|the|those|my) (?:articles|stories|files|texts) about|"
        r"what(?:'s| is) (?:in here|in there|here|in the library|in my articles|in this folder)|"
        r"what (?:articles|stories|topics) (?:are there|do you have|are here|have you got)|"
        r"what do (?:these|the|my) articles (?:cover|say|contain)|what can i ask about|"
        r"what topics are covered|give me an overview|overview"
    ),
}
_COMPILED = [
    (manner, re.compile(rf"\W*(?:{_POLITE}\W+)*(?:{words})(?:\W+{_POLITE})*\W*", re.IGNORECASE))
    for manner, words in _PATTERNS.items()
]

HELP = (
    "I answer questions from your articles and show the sentence that holds the answer. Ask in "
    "plain words: who did something, when, where, why, how many. A question may refer to the one "
    "before: “And what did he say about it?” Say “tell me more”, “summarise the article” or “what "
    "are these articles about?” If your articles do not hold the answer, I say so."
)
REPLIES = {
    Manner.HELLO: "Hello. Ask a question about your articles; “help” says what I can do.",
    Manner.THANKS: "You are welcome.",
    Manner.HELP: HELP,
}
"""Replies that need no article."""

NO_ARTICLES = "There are no articles here."
"""Reply to a request for an overview of nothing."""

NOTHING_CITED = "No article was cited yet. Ask a question first."
"""Reply to "tell me more" at the start of a conversation."""

NOTHING_MORE = "There is nothing more in the articles that were cited."
"""Reply to "tell me more" when all was told."""

_ABOUT = re.compile(
    rf"\W*(?:{_POLITE}\W+)*(?:(?:tell|say) (?:me )?(?:something |all )?about|"
    r"what happened (?:at|in|to|with|during|on)|what do you (?:know|have) (?:about|on)|"
    r"what(?:'s| is) the (?:story|latest|news) (?:with|about|on|of|behind)|"
    r"(?:the )?(?:latest|news) (?:on|about|of|from)|summari[sz]e) (?:the |a |an )?(.+?)\W*",
    re.IGNORECASE,
)


def manner_of(question: str) -> Manner | None:
    """Return what a person means who asks nothing of the articles; None for a question."""
    return next((kind for kind, form in _COMPILED if form.fullmatch(question)), None)


def subject_of(question: str) -> str:
    """Return what a person wants to be told about: "tell me about X"; empty if it is no such wish.

    Also "what happened at X", "the latest on X".
    """
    match = _ABOUT.fullmatch(question)
    return match[1] if match else ""
