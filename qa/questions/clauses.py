"""A sentence of news split into *subject, finite verb, rest*, without a parser.

The verb is the first auxiliary or known past tense. Clauses are cut at a comma or a preposition.
Sentences with a pronoun as subject, unbalanced quotation marks or missing words are skipped.
"""

import re

from .words import AUXILIARIES, SMALL, Lexicon

MOST_WORDS = 15
"""Most words of a clause in a question."""
LEAST_WORDS = 5
"""Fewest words of a question."""

_PRONOUNS = frozenset(
    """i he she it they we you this these those there that who which what one someone both all
    many some others several another most such here his her their its our my another each""".split()
)
_BROKEN = re.compile(
    r" ,|,,|\( |\(\)|\( ?[,;]| \.|\.\.|\b(?:the|a|an|of|in|by|from|with|for|at|on|to|and)"
    r"(?: (?:of|in|by|from|was|were|is|has|and)\b|[,.;)])|^[^A-Z0-9\"“]|  |[|{}\[\]=_<>*#]|http"
)
NO_CLAUSE = frozenset(
    "who which that where to and but when if as did does do not however although while be".split()
)
"""Words that show, before the verb, that the rules cannot find the subject."""
DAYS = re.compile(
    r",? ?\b(?:(?:on |last |this |late |early )*"
    r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day(?:'s)?(?: (?:morning|afternoon|evening|night))?|"
    r"yesterday|earlier today|today|tonight|tomorrow|this (?:morning|week|month|year|afternoon)|"
    r"last (?:night|week|month|year)|earlier this (?:week|month|year))\b,?"
)
_ADVERB = re.compile(
    r" (?:also|then|however|only|still|now|further|subsequently|just|later|allegedly|reportedly)\b"
)
LOOSE = re.compile(r"[\"“”()]|\b(?:he|she|they|it|we|I|you|this|these|us|me|him)\b")
CUT = re.compile(
    r",(?!\d)|;|:(?!\d)| [-–—] | "
    r"(?=(?:and|but|which|who|where|while|although|though|whose|because|as|with|"
    r"that|saying|according|including)\b)"
)
"""Where a clause may end."""
_SOFT_CUT = re.compile(
    r" (?=(?:in|on|at|for|after|before|during|following|from|by|since|to|over|when|until|under|"
    r"against|near|amid|between|through|into|about)\b)"
)


def is_whole(sentence: str) -> bool:
    """Return whether a sentence has no missing words, markup or unbalanced quotation marks."""
    words = sentence.count(" ") + 1
    return (
        7 <= words <= 60
        and sentence[-1] in ".!"
        and not _BROKEN.search(sentence)
        and sentence.count('"') % 2 == 0
    )


def trim(text: str, most_words: int) -> str:
    """Return the start of a clause, up to its first comma or, if still too long, a preposition."""
    text = DAYS.sub("", " " + text).strip()
    for cut in CUT.finditer(text):
        if text[: cut.start()].count(" ") + 1 >= 3:
            text = text[: cut.start()]
            break
    text = text.rstrip(" .!?,;:")
    while text.count(" ") + 1 > most_words:
        cuts = [cut.start() for cut in _SOFT_CUT.finditer(text)]
        if not cuts:
            return ""
        text = text[: cuts[-1]].rstrip(" ,")
    return text


def lowered(subject: str) -> str:
    """Return a subject as it stands inside a question: "the council" for "The council"."""
    first, _, rest = subject.partition(" ")
    return f"{first.lower()} {rest}" if first.lower() in SMALL else subject


def asked(words: str) -> str | None:
    """Return the words as a question if it can stand alone, else None."""
    words = re.sub(r"\s+", " ", _ADVERB.sub("", words)).strip(" ,.;:")
    words = re.sub(
        r" (?:the|a|an|of|in|by|to|for|on|at|with|from|as|than|around|about)$", "", words
    )
    count = words.count(" ") + 1
    if not LEAST_WORDS <= count <= MOST_WORDS + 3 or LOOSE.search(words):
        return None
    return words + "?"


def clause_of(sentence: str, lexicon: Lexicon) -> tuple[str, str, str] | None:
    """Return subject, verb and rest of a sentence, or None if the rules cannot find them."""
    opening = re.match(
        r"(?:(?:On|In|After|According|Following|During|At|However|Meanwhile|Earlier|Also|Since|By)\b"
        r"[^,]{0,60}, )(?=[A-Z\d]|the |a |an |at least )", sentence
    )  # fmt: skip
    begin = opening.end() if opening else 0
    words = sentence[begin:].rstrip(" .!").split(" ")
    for place, word in enumerate(words[:12]):
        if place and word in AUXILIARIES:
            break
        if word in NO_CLAUSE:
            return None
        if place and lexicon.base(word) and words[place - 1].lower() not in SMALL:
            rest = " ".join(words[place + 1 :])
            # "The man accused of theft was …": this is a participle; the verb comes later.
            later = re.search(r"\b(?:was|were|is|are|has|had|will|have)\b", rest)
            bar = re.search(
                r",|\b(?:that|which|who|and|when|after|before|because|as|but|what|how|if|where)\b",
                rest,
            )
            if later and not (bar and bar.start() < later.start()):
                return None
            break
        if word.endswith((",", ";", ":")) or word.startswith('"'):
            return None
    else:
        return None
    subject, verb, rest = " ".join(words[:place]), words[place], " ".join(words[place + 1 :])
    if words[0].lower() in _PRONOUNS or not subject or not rest:
        return None
    return subject, verb, rest
