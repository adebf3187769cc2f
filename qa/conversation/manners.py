"""What people say in a conversation that asks nothing of the articles: thanks, help, and so on.

Each kind is recognised by its words alone. Some need no article to be answered; the others ask for
sentences of articles (see ``telling``).
"""

from enum import Enum


class Manner(Enum):
    """What a person means."""

    HELLO = "hello"
    THANKS = "thanks"
    HELP = "help"
    MORE = "more"
    SUMMARY = "summary"
    OVERVIEW = "overview"


_POLITE = (
    *("can you", "could you", "would you", "please", "now", "then", "ok", "okay", "and", "so"),
    *("very much", "so much", "a lot", "there"),
)
"""Words that may stand before and after a phrase."""

_ARTICLE = [
    f"{which} {what}"
    for which in ("the", "this", "that")
    for what in ("article", "story", "source")
]
_IT = ["it", "this", "that", *_ARTICLE]
_ALL = [
    f"{which} {what}"
    for which in ("these", "those", "the", "my")
    for what in ("articles", "stories", "files", "texts")
]
_PHRASES = {
    Manner.HELLO: ("hi", "hello", "hey", "good morning", "good afternoon", "good evening"),
    Manner.THANKS: (
        *("thanks", "thank you", "many thanks", "great thanks", "thx", "cheers", "that's all"),
        *("thanks that helps", "bye", "goodbye", "great", "cool"),
    ),
    Manner.HELP: (
        *("help", "help me", "what can you do", "what can i do", "what can i do here"),
        *("what can i ask", "what can i ask here", "how does this work", "how do i use this"),
        *("who are you", "what are you"),
    ),
    Manner.MORE: (
        *("more", "go on", "continue", "tell me more", "show me more", "give me more"),
        *(f"tell me more about {what}" for what in ("it", "this", "that", "him", "her", "them")),
        *("what else", "anything else", "what else is there", "what else do you know"),
        *("what else does it say", "what else happened"),
    ),
    Manner.SUMMARY: (
        *(f"{show} {what}" for show in ("show me", "open", "read me") for what in _ARTICLE),
        *(f"{tell} {what}" for tell in ("summarise", "summarize", "sum up") for what in _IT),
        *("summary", "a summary", "give me a summary", "give me the summary"),
        *(f"give me a summary of {what}" for what in _IT),
        *(f"{ask} {what} about" for ask in ("what is", "what's") for what in _ARTICLE),
    ),
    Manner.OVERVIEW: (
        *(f"what are {what} about" for what in _ALL),
        *(f"what's in {place}" for place in ("here", "there", "the library", "my articles")),
        *(f"what is in {place}" for place in ("here", "there", "the library", "my articles")),
        *(f"what {what} are there" for what in ("articles", "stories", "topics")),
        *(f"what {what} do you have" for what in ("articles", "stories", "topics")),
        *("what's here", "what is here", "what can i ask about", "what topics are covered"),
        *("give me an overview", "overview", "an overview"),
    ),
}
_MEANT = {phrase: manner for manner, phrases in _PHRASES.items() for phrase in phrases}

_ABOUT = (
    *("tell me about", "tell me something about", "tell me all about"),
    *(f"what happened {where}" for where in ("at", "in", "to", "with", "during", "on")),
    *("what do you know about", "what do you have on", "what do you have about"),
    *(
        f"{ask} {what} {on}"
        for ask in ("what's the", "what is the", "the", "any", "")
        for what in ("latest", "news", "latest news", "story")
        for on in ("on", "about", "with", "of", "from", "behind")
    ),
    *("summarise", "summarize"),
)
"""What stands before the subject that a person wants to be told about."""

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

NOTHING_MORE = "There is nothing more to tell from this article."
"""Reply to "tell me more" when all was told."""

NOT_THERE = "The article that was cited is not there any more, or the filter leaves it out."
"""Reply to "tell me more" about an article that cannot be told of."""

LONGEST = 200
"""Code points of what may be such a phrase; more is a question."""


def manner_of(question: str) -> Manner | None:
    """Return what a person means who asks nothing of the articles; None for a question."""
    if len(question) > LONGEST:
        return None
    said = _plain(question)
    while said not in _MEANT:
        shorter = _without_polite(said)
        if shorter == said:
            return None
        said = shorter
    return _MEANT[said]


def subject_of(question: str) -> str:
    """Return what a person wants to be told about: "tell me about X"; empty if it is no such wish.

    Also "what happened at X", "the latest on X".
    """
    if len(question) > LONGEST:
        return ""
    said = _plain(question)
    while (shorter := _without_polite(said)) != said:
        said = shorter
    for phrase in _ABOUT:
        start = f"{phrase.strip()} "
        if said.startswith(start):
            return said.removeprefix(start).removeprefix("the ").strip()
    return ""


def _plain(question: str) -> str:
    """Return a question in small letters, without punctuation at its ends and before spaces."""
    words = (word.strip('.,;:!?…"“”()') for word in question.casefold().replace("’", "'").split())
    return " ".join(word for word in words if word)


def _without_polite(said: str) -> str:
    """Return the words without one polite phrase at either end."""
    for words in _POLITE:
        if said.startswith(f"{words} "):
            return said.removeprefix(f"{words} ")
        if said.endswith(f" {words}"):
            return said.removesuffix(f" {words}")
    return said
