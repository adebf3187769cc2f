"""Who did it: a sentence of news whose subject is a name → a question for that name.

The predicate is taken word for word, which keeps its grammar right. Only people, countries and
names that say what they name ("… Committee on Intelligence") are asked for; of any other name the
rules cannot know whether to ask who or what.
"""

import re
from collections.abc import Iterator

from ..terms import STOP_WORDS
from .clauses import DAYS
from .rules import Cloze
from .words import AUXILIARIES, CAPITAL, COUNTRIES, KINDS, TITLE, Lexicon, kind_of

MOST_WORDS = 17
"""Most words of a question: what a person reads at a glance."""

_PARTICLE = r"(?:of|of the|on|for|for the|de|da|del|van|von|bin|al|la|el|and the)(?= [A-Z])"
_NAME = rf"(?:[A-Z]\.)*{CAPITAL}(?:(?: {_PARTICLE}| [A-Z]\.)? {CAPITAL})*"
_OPENING = re.compile(
    r"(?:(?:On|In|After|According|Following|During|At|Meanwhile|Earlier|Since|By|Yesterday|Today|"
    r"Tonight)\b[^,]{0,60}, )?(?:(?:The|An?|the|an?) )?"
)
_NOT_IN_ROLE = r"(?!(?:in|of|at|by|from|on|for|to|with|after)\b)"
_ROLE = rf"(?P<role>(?:{_NOT_IN_ROLE}[\w’'-]+ ){{0,4}}?{_NOT_IN_ROLE}[a-z][\w’'-]* )"
_ACTS = (
    rf"(?P<name>{_NAME})"
    r"(?:,(?: (?:aged )?\d\d,)? (?P<apposed>[^,;:]{3,80}),|, (?:aged )?\d\d,)? "
    r"(?P<verb>[a-z]+) (?P<rest>.+)"
)
_SUBJECT = re.compile(rf"(?P<role>){_ACTS}")
"""A name at the beginning: "Felix Baumgartner, a skydiver, jumped …"."""
_WITH_ROLE = re.compile(f"{_ROLE}{_ACTS}")
"""A name after what it names: "The skydiver Felix Baumgartner jumped …"."""
_OFFICE = re.compile(
    rf"(?P<role>)(?P<apposed>[^,;:]{{5,60}}), (?P<name>{_NAME}), (?P<verb>[a-z]+) (?P<rest>.+)"
)
"""A name after an office: "The speaker of parliament, James Wani Igga, read …"."""
_ABBREVIATION = re.compile(r" \([^()]{1,40}\)")
_CUT = re.compile(
    r",(?!\d)|;|:(?!\d)| (?:[-–—]|--) | (?=(?:but|which|who|where|while|although|though|whose|"
    r"because|saying|according|including)\b)"
)
_PERSONAL = re.compile(
    r"\b(?:Mr|Mrs|Ms|Dr|Sir|President|Minister|Senator|Governor|Mayor|Judge|Justice|General|"
    r"Captain|Chancellor|King|Queen|Prince|Princess|Pope|Secretary|Professor|Chairman|Leader)\.? $"
)
"""A title that only a person has."""
_LIST = re.compile(r", [A-Z][\w-]+,? and ")
"""The middle of a list of names, where a comma is no end."""
_ADJUNCT = re.compile(r" (?=(?:after|before|during|following|since|when|until|amid)\b)")
_CLAUSE_WORDS = frozenset("although though despite yesterday today meanwhile whilst".split())
_NO_FIRST_NAMES = frozenset(
    """
    cyclone hurricane typhoon storm tropical new two three four five six seven eight nine ten
    """.split()
)
_FINITE = frozenset("is was has had will".split())
_PRONOUN = re.compile(r"\b(?:he|she|his|her|him|who)\b")
_REPORTING = frozenset(
    "announced demanded declared revealed confirmed ruled attempted proposed claimed".split()
)
"""Verbs that say little without an object or a clause."""
_NO_OBJECT = re.compile(
    r"(?:that )?(?:at|in|of|on|after|during|for|by|with|from|before|when|if|while|\w+ly)\b"
)
_BACKGROUND = re.compile(
    r"(?:is|was|has|had) (?:(?:an?|one|born|known|well-known)\b|the (?!first|only|latest|\w+est\b))"
)
"""What somebody is or was: seldom news."""
_SUBORDINATE = re.compile(r" (?:when|if|whether|how|why|that|what)\b")
_TIMES = frozenset("minutes hours day days week weeks months years".split())
"""Last words of what "before" and "after" measure: "just hours before …"."""
_PLURAL = frozenset("were are have".split())
_NO_VERBS = frozenset(
    """
    said says say told tells added stated stressed noted thought believed believes hopes hoped
    wants wanted feels felt spoke warned warns reported reports commented explained insisted as
    was's his its this us is's thus across towards besides perhaps always sometimes based born
    called named aged and
    """.split()
)
"""Verbs of what somebody merely says or thinks, and words that only look like verbs."""
_HEADS = re.compile(r" (?:of|on|for|in|that|based|with|from|at|by)\b")
"""The end of the part of a name or phrase whose last word says what it is."""
_NOUNS = frozenset(KINDS.values()) - {"organization"}
_INNER = re.compile(r"\b(?:that|after|when|because|while|as|where) (?=[A-Z])")
"""The start of a clause within the sentence that may stand alone."""


def actor_questions(sentence: str, text: str, lexicon: Lexicon) -> Iterator[Cloze]:
    """Yield questions for the subject of a sentence of a text, and for those of its clauses."""
    plain = _ABBREVIATION.sub("", without_days(sentence))
    opening = _OPENING.match(plain)
    main = opening.end() if opening else 0
    for start in [main, *(found.end() for found in _INNER.finditer(plain, main))]:
        for pattern in (_SUBJECT, _WITH_ROLE, _OFFICE)[: 3 if start == main else 2]:
            match = pattern.match(plain, start)
            cloze = match and _question(match, text, lexicon)
            if cloze:
                yield cloze
                break


def _question(match: re.Match[str], text: str, lexicon: Lexicon) -> Cloze | None:
    """Return the question for a subject with its predicate; None if the rules cannot ask it."""
    name = TITLE.split(match["name"])[-1]
    if not begins_name(name) or not is_verb(match["verb"], match["rest"], lexicon):
        return None
    asks, tail = _asks(match, name, text, lexicon), predicate(match["rest"], lexicon)
    if not asks or not tail or not _tells(f"{match['verb']} {tail}"):
        return None
    question = f"{asks} {match['verb']} {tail}?"
    if asks == "Who":
        return Cloze(question, _HEADS.split(name)[0], "person")
    return Cloze(question, name, "name")


def _asks(match: re.Match[str], name: str, text: str, lexicon: Lexicon) -> str:
    """Return the words that ask for a subject; empty if the rules cannot know."""
    for said in (match["role"].strip(), _HEADS.split(match["apposed"] or "")[0]):
        noun = said.rsplit(" ", 1)[-1]
        if noun in _NOUNS:
            return f"Which {noun}"  # "the airline Ryanair", "Viacom, a media company"
    head = _HEADS.split(name)[0]
    asks = kind_of(head, lexicon)[1]
    if asks == "Which city":
        return ""  # or a football club
    if asks.startswith("Which"):
        is_more = match.start("name") > match.start()  # "A bomb in Pakistan killed …"
        return "" if is_more or head.lower() in KINDS else asks
    has_title = " " in name and bool(_PERSONAL.search(match["name"].removesuffix(name)))
    is_known = has_title or is_person(name, text, lexicon) or _acts_alone(name, text)
    first, last = name.split(" ", maxsplit=1)[0].lower(), name.rsplit(" ", 1)[-1]
    is_name = first not in _NO_FIRST_NAMES and not TITLE.fullmatch(f"{last} ")
    return "Who" if is_known and is_name and name not in lexicon.places else ""


def _tells(predicate: str) -> bool:
    """Return whether a predicate tells what happened, with the object that its verb needs."""
    words = predicate.split(" ")
    bar = next((at for at, word in enumerate(words) if word in _BARS), len(words))
    if _BACKGROUND.match(predicate) or sum(word in _FINITE for word in words[:bar]) > 1:
        return False
    first, _, rest = predicate.partition(" ")
    verb, rest = (rest.partition(" ")[::2]) if first in AUXILIARIES else (first, rest)
    return verb not in _REPORTING or not _NO_OBJECT.match(rest)


def begins_name(words: str) -> bool:
    """Return whether a name can begin with these words, and not a sentence or a clause."""
    first = words.split(" ", maxsplit=1)[0]
    return first[:1].isupper() and first.lower() not in STOP_WORDS | _CLAUSE_WORDS


def without_days(sentence: str) -> str:
    """Return a sentence without "on Friday" or "yesterday"; the comma after it stays."""
    return DAYS.sub(lambda found: "," * found[0].endswith(","), sentence).lstrip(" ,")


def is_verb(word: str, rest: str, lexicon: Lexicon) -> bool:
    """Return whether the word after a name is the finite verb of its sentence, and singular."""
    if rest.startswith(("and ", "or ")) or word in _NO_VERBS:
        return False
    if word in AUXILIARIES:
        return word not in _PLURAL
    if not (lexicon.base(word) or word.endswith("ed") or re.search(r"[^s'’]s$", word)):
        return False
    following = rest.split(",", maxsplit=1)[0].split(" ")
    near = following[: 3 if word.endswith("s") else 12]
    if word.endswith("s") and any(other.endswith(("ing", "ed")) for other in near):
        return False  # "Obama aides working …"
    bar = next((at for at, w in enumerate(near) if w in _BARS), len(near))
    return not any(w in AUXILIARIES or lexicon.base(w) for w in near[:bar])


_BARS = frozenset("that which who and when after before because as but what how if where".split())


def is_person(name: str, text: str, lexicon: Lexicon) -> bool:
    """Return whether a full name is a person's, from what its text or the collection says."""
    words = name.split(" ")
    if not 2 <= len(words) <= 4 or {name, words[-1]} & lexicon.places:
        return False
    begins = {words[0], " ".join(words[:2])}
    if begins & (lexicon.places | COUNTRIES) or words[0].lower() in _NO_FIRST_NAMES:
        return False
    if kind_of(name, lexicon)[1].startswith("Which"):
        return False
    last = re.escape(words[-1])
    signs = (
        rf"{re.escape(name)},? (?:aged )?\d\d\b(?! [a-z]+s\b)",
        rf"\b(?:Mr|Mrs|Ms|Dr)\.? (?:[A-Z]\w+ )?{last}\b",
        rf"(?<!\b[Tt]he )\b{last},? (?:said|told|added|says|stated|who)\b",
    )
    is_known = name in lexicon.people and _PRONOUN.search(text)
    return bool(is_known) or any(re.search(sign, text) for sign in signs)


def _acts_alone(name: str, text: str) -> bool:
    """Return whether a text of "he" or "she" goes on with the last part of a name as its subject.

    A ship or a town is not spoken of in this way.
    """
    first, _, last = name.rpartition(" ")
    is_subject = re.search(rf"(?:^|[.!?,] ){re.escape(last)} [a-z]", text, re.MULTILINE)
    return bool(first and is_subject and _PRONOUN.search(text))


def predicate(rest: str, lexicon: Lexicon) -> str:
    """Return the words after the verb that belong to its clause; empty if they cannot be asked.

    They are cut at a comma and, where they go on too long or into another clause, at the last
    "and", then at "after", "when" and the like.
    """
    if _LIST.search(rest):
        return ""
    end = _CUT.search(rest)
    kept = (rest[: end.start()] if end else rest.rstrip(".!?")).rstrip(" ,;:")
    inner = _SUBORDINATE.search(kept)
    if inner and not _is_clause(kept[inner.end() :], lexicon):
        kept = kept[: inner.start()]  # its verb stands behind the comma
    joined = kept.rfind(" and ")
    if joined > 0 and (not _is_complete(kept) or _is_clause(kept[joined + 5 :], lexicon)):
        kept = kept[:joined]
    if _is_complete(kept):
        return kept
    for cut in reversed(list(_ADJUNCT.finditer(kept))):
        shorter = kept[: cut.start()].rstrip(" ,")
        if _is_complete(shorter) and shorter.rsplit(" ", 1)[-1] not in _TIMES:
            return shorter
    return ""


def _is_complete(words: str) -> bool:
    """Return whether a predicate is short enough, and ends as a clause can end."""
    split = words.split(" ")
    is_half = " and " not in words and not {"between", "both"}.isdisjoint(split)
    is_open = split[-1] in STOP_WORDS or words.endswith(("ly", ".", "'s", "’s"))
    return 0 < len(split) <= MOST_WORDS - 2 and not is_half and not is_open


def _is_clause(words: str, lexicon: Lexicon) -> bool:
    """Return whether words after "and" have a verb that is not their first."""
    return any(w in AUXILIARIES or lexicon.base(w) for w in words.split(" ")[1:])
