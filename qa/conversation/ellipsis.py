"""Questions that are a piece of one: "Why?", "And in 2012?", "What about France?".

English lets a question leave out all that it shares with the one before (sluicing, gapping). What
is left is the new piece; here it takes the place of the piece of its kind in the question before.
"""

import re

from .names import PEOPLE, Kind, kind_of, names_in
from .salience import Talk

LONGEST_BASE = 240
"""Code points of a question that others can be built on."""

_LEAD = r"\W*(?:(?:and|but|or|so|ok|okay|well|then)\b[, ]*)*"
_WH = (
    r"(?:how (?:come|long|many|much|often|old|far|big|large|tall|deep|fast|high)|since when|"
    r"for how long|by whom|why not|who else|what else|where else|why|how|when|where|who|whom|what|"
    r"which one)"
)
_AUXILIARY = (
    r"(?:is|are|was|were|am|do|does|did|has|have|had|can|could|will|would|shall|should|may|might|"
    r"must|isn't|aren't|wasn't|weren't|don't|doesn't|didn't|hasn't|haven't|hadn't|can't|couldn't|"
    r"won't|wouldn't)"
)
_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
)
_TIME = (
    rf"(?:(?:the )?(?:\d{{1,2}}(?:st|nd|rd|th)?(?: of)? )?{_MONTH}(?: \d{{1,2}}(?!\d))?"
    r"(?:,? \d{4})?|"
    r"(?:the )?(?:early |late |mid-?)?\d{4}s?|"
    r"(?:last|next|this|that|the same|the (?:following|next|previous)) "
    r"(?:year|month|week|day|season|summer|winter|spring|autumn|night|century)|"
    r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|yesterday|today|tomorrow|now)"
)
_TIME_PHRASE = re.compile(
    rf"(?:\b(?:in|on|since|until|by|before|after|during|around|from|as of) )?\b{_TIME}\b",
    re.IGNORECASE,
)
_ONLY_TIME = re.compile(
    rf"((?:in|on|since|until|by|before|after|during|around|from|as of) )?{_TIME}", re.IGNORECASE
)
_ONLY_WH = re.compile(rf"{_LEAD}({_WH})\W*", re.IGNORECASE)
_ABOUT = re.compile(rf"{_LEAD}(?:what|how) about (.+?)\W*", re.IGNORECASE)
_AND = re.compile(r"\W*(?:and|but|or)\b[, ]+(.+?)\W*", re.IGNORECASE)
_PREPOSITION = re.compile(
    r"(in|on|at|to|from|for|with|by|against|of|under|near) (.+)", re.IGNORECASE
)
_CLAUSE = re.compile(
    rf"\W*(?:(?P<wh>(?:\w+ )?(?:what|which|who|whom|whose|when|where|why|how)\b.*?) )?"
    rf"(?P<rest>{_AUXILIARY} .+?)\W*",
    re.IGNORECASE,
)
_SUBJECT_WH = re.compile(
    rf"\W*(?:who|what|(?:which|what) (?!{_AUXILIARY}\b)\w+) (?P<rest>(?!{_AUXILIARY}\b)\w.*?)\W*",
    re.IGNORECASE,
)
_PASSIVE = re.compile(
    r"\W*(?:how many|which|what) ([a-z]+(?: [a-z]+)?) (were|was|are|is) "
    r"(\w+(?:ed|en|wn|ld|nt|ht)\b.*?)\W*",
    re.IGNORECASE,
)
_CAUSES = frozenset({"Why", "How", "How come", "When", "Where", "Since when", "For how long"})
_VERB = re.compile(rf"\b{_AUXILIARY}\b", re.IGNORECASE)
_QUESTION_WORD = re.compile(r"\b(?:who|whom|whose|what|which|when|where|why|how)\b", re.IGNORECASE)
_HEAD = re.compile(r"(?:the|a|an|his|her|its|their|this|that) (?:[\w-]+ ){0,3}?([\w-]+)")


def completed(question: str, talk: Talk) -> str | None:
    """Return an elliptic question in full; None when it is not elliptic, or nothing completes it.

    The pronouns of the question are names already.
    """
    base = talk.last.question.strip()
    if not base or len(base) > LONGEST_BASE:
        return None
    if match := _ONLY_WH.fullmatch(question):
        return _with_question_word(match[1], base, talk.last.answer)
    about = _ABOUT.fullmatch(question) or _AND.fullmatch(question)
    piece = about[1] if about else question.strip(" ?.!")
    if not piece or len(piece.split()) > 6 or _VERB.search(piece) or _QUESTION_WORD.search(piece):
        return None
    is_bare = not about and (len(piece.split()) > 4 or not _ONLY_TIME.fullmatch(piece))
    if is_bare and not _PREPOSITION.fullmatch(piece) and not _HEAD.fullmatch(piece):
        return None
    return _with_time(piece, base) or _with_phrase(piece, base) or _with_noun(piece, base)


def _with_question_word(word: str, base: str, answer: str) -> str | None:
    """ "Why?" asks for the reason of what was asked just before: its clause under a new word."""
    word = word[0].upper() + word[1:]
    passive = _PASSIVE.fullmatch(base)
    if passive and word in _CAUSES:  # "How many miners were trapped?" "Why were miners trapped?"
        return f"{word} {passive[2]} {passive[1]} {passive[3]}?"
    subject = _SUBJECT_WH.fullmatch(base)
    if subject and word in ("Who", "Who else", "What else"):
        return f"{word} {subject['rest']}?"
    clause = _CLAUSE.fullmatch(base)
    if clause and not passive and word not in ("Who", "Whom"):
        return f"{word} {_lowered(clause['rest'])}?"
    if (
        subject and word in _CAUSES and 0 < len(answer.split()) <= 6
    ):  # "Who resigned?" "Papandreou." "Why?"
        return f"{word} {answer.strip(' .,')} {subject['rest']}?"
    return None


def _with_time(piece: str, base: str) -> str | None:
    """ "And in 2012?": the time takes the place of the time, or stands at the end."""
    time = _ONLY_TIME.fullmatch(piece)
    if not time:
        return None
    times = list(_TIME_PHRASE.finditer(base))
    if not times:
        words = piece if time[1] or not piece[0].isdigit() else f"in {piece}"
        return f"{_body(base)} {words}?"
    old = times[-1]
    if not time[1] and (found := re.match(r"(?:in|on|since|until|by|before|after|from) ", old[0])):
        piece = found[0] + piece
    return base[: old.start()] + piece + base[old.end() :]


def _with_phrase(piece: str, base: str) -> str | None:
    """ "And to France?": a phrase takes the place of the one with its preposition."""
    phrase = _PREPOSITION.fullmatch(piece)
    if not phrase:
        return None
    preposition = re.escape(phrase[1])
    for name in names_in(base):
        if re.search(rf"\b{preposition} $", base[: name.start], re.IGNORECASE):
            return base[: name.start] + phrase[2] + base[name.start + len(name.text) :]
    return f"{_body(base)} {piece}?"


def _with_noun(piece: str, base: str) -> str | None:
    """ "What about France?": a name takes the place of a name of its kind, a noun of its noun."""
    head = _HEAD.fullmatch(piece)
    if head:  # the second bridge, for: the first bridge
        noun = re.escape(head[1])
        old = re.search(rf"\b(?:the|a|an|his|her|its|their) (?:[\w-]+ )??{noun}\b", base)
        return base[: old.start()] + piece + base[old.end() :] if old else None
    names = [name for name in names_in(base) if name.text.lower() not in piece.lower()]
    if not piece[0].isupper() or not names or len(names_in(f"is {piece}")) != 1:
        return None
    wanted = kind_of(piece)
    same = [name for name in names if _alike(name.kind, wanted)]
    old_name = (same or names)[0]
    end = old_name.start + len(old_name.text)
    return base[: old_name.start] + piece + base[end:]


def _alike(one: Kind, other: Kind) -> bool:
    return one is other or (one in PEOPLE and other in PEOPLE)


def _body(question: str) -> str:
    return question.rstrip(" ?.!")


def _lowered(clause: str) -> str:
    """A clause that began a question: its first word is small now."""
    return clause[0].lower() + clause[1:]
