"""Rules that turn a sentence of news into questions about its parts.

The sentence is split into *subject, finite verb, rest* (`clauses`). The questions ask for

- the subject: "Who/What + verb + rest?"; for the agent of a passive, "Who + verb + subject?";
- a number before a noun, in the subject or after the verb: "How many + noun + verb …?";
- a place or a date at the end of the clause: "Where/When + did + subject + verb + rest?";
- the object: "What did + subject + verb + rest?";
- the name after an office: "Who is the French president?".

Lewis et al. 2019 made cloze questions of this kind, Fabbri et al. 2020 made them from templates.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ..terms import MONTHS, NUMBER_WORDS
from .clauses import (
    CUT,
    DAYS,
    LOOSE,
    MOST_WORDS,
    NO_CLAUSE,
    asked,
    clause_of,
    is_whole,
    lowered,
    trim,
)
from .words import AUXILIARIES, CAPITAL, NAME, SMALL, TITLE, Lexicon, kind_of

_ROLE = (
    r"(?:prime minister|president|vice president|chancellor|foreign minister|finance minister|"
    r"defen[cs]e minister|interior minister|opposition leader|leader|mayor|governor|king|queen|"
    r"chairman|coach|captain|chief executive|ceo|head coach|secretary of state|attorney general|"
    r"secretary|spokesman|spokeswoman|spokesperson|minister|director|manager|ambassador|"
    r"secretary general|commander|founder|champion|premier|police chief)"
)
_OFFICE = re.compile(
    rf"(?:\b[Tt]he |\b[Ff]ormer )?((?:{CAPITAL} )?(?:{CAPITAL} )(?i:{_ROLE})),? "
    rf"({CAPITAL}(?: {CAPITAL}){{1,2}})"
)
_APPOSED = re.compile(
    rf"({CAPITAL}(?: {CAPITAL}){{1,2}}), (?:the |an? )?"
    rf"((?:[\w'-]+ ){{0,3}}(?i:{_ROLE}) (?:of|for|at) (?:the )?"
    rf"{CAPITAL}(?: {CAPITAL}){{0,4}})[,.]"
)
_NUMBER = (
    r"(?:\d[\d,]*(?:\.\d+)?(?: (?:hundred|thousand|million|billion))?|(?i:"
    + "|".join([*NUMBER_WORDS][2:])
    + r")(?:-\w+)?(?: (?:hundred|thousand|million))?)"
)
_COUNTED = re.compile(
    rf"(?:(?:[Aa]t least|[Mm]ore than|[Aa]bout|[Oo]ver|[Aa]round|[Nn]early|[Aa]pproximately|"
    rf"[Aa]lmost|[Uu]p to|[Aa]nother|[Tt]he|[Ss]ome|[Aa] total of) )*(?<![\w$€£.,-])({_NUMBER}) "
    r"((?:[a-z-]+ )?[a-z]{2,}s|people|men|women|children|(?:[a-z]+ )people)\b(?! old| ago)"
)
_MONEY = re.compile(r"(?:about |over |nearly |around )?((?:US)?[$€£]\d[\d,.]*\d(?: [mb]illion)?)\b")
_MONTH = f"(?:{'|'.join(MONTHS)})"
_DATE = re.compile(
    rf" (?:on|in|since|by|until) ({_MONTH} \d{{1,2}}(?:, \d{{4}})?|\d{{1,2}} {_MONTH}(?: \d{{4}})?|"
    rf"{_MONTH}(?: of)?(?: \d{{4}})|{_MONTH}|(?:1[89]|20)\d\d)\b(?! [A-Z\d])"
)
_PLACE = re.compile(
    rf" (?:in|at|near|outside) ((?:the )?{CAPITAL}(?: {CAPITAL}){{0,3}}"
    rf"(?:, {CAPITAL}(?: {CAPITAL})?)?)"
    r"(?=$|[.,;]| (?:on|in|after|before|when|during|for|to|and|by|at|with|as|following|since)\b)"
)
_INNER = re.compile(
    r"\b(?:that|after|when|because|while|before|although|and|but) (?=[A-Z\d]|the [a-z]|an? [a-z])"
)
"""The start of a clause that may stand alone."""
_RELATIVE = re.compile(rf"({CAPITAL} {CAPITAL}(?: {CAPITAL})?), who ([a-z]+) (.*)")
_VICTIMS = re.compile(
    rf"(?:[Aa]t least |[Oo]ver |[Mm]ore than |[Uu]p to |[Nn]early )?({_NUMBER})"
    r"( people| [a-z]+s)? (killed|injured|dead|arrested|wounded|missing|feared dead|hurt)\b ?(.*)"
)
_NO_ANSWERS = frozenset("The This That These He She It They We In On But And All One".split())
_AGENT = re.compile(rf" by ((?:the )?(?:[A-Z][\w.’'-]* )*{CAPITAL})(?=$|[.,;]| [a-z])")


@dataclass(frozen=True, slots=True)
class Cloze:
    """A question made from a sentence, with its answer."""

    question: str
    """The question."""
    answer: str
    """The part of the sentence that it asks for."""
    kind: str
    """Kind of answer: person, name, count, money, date, place or thing."""
    noun: str = ""
    """The counted noun, if the answer is a count."""


def headline_questions(headline: str, lexicon: Lexicon) -> list[Cloze]:
    """Return the questions that the rules make from a headline, whose verb is in the present."""
    if "Wikinews" in headline:
        return []
    headline = re.sub(r"^[A-Z][a-z]+: ", "", headline.replace("&quot;", '"')).rstrip(".")
    words = headline.split(" ")
    if not 4 <= len(words) <= 20 or '"' in headline or ":" in headline:
        return []
    found: list[Cloze] = []
    victims = _VICTIMS.match(headline)
    if victims:
        noun = (victims.group(2) or "people").strip()
        tail = trim(victims.group(4), MOST_WORDS - 4)
        question = tail and asked(f"How many {noun} were {victims.group(3)} {tail}")
        if question:
            found.append(Cloze(question, victims.group(1).lower(), "count", ""))
    for place in range(1, min(8, len(words) - 1)):
        word = words[place]
        subject, rest = " ".join(words[:place]), " ".join(words[place + 1 :])
        if word in NO_CLAUSE - {"to"} or words[place - 1].endswith(","):
            break
        if word == "to" and words[place + 1] in lexicon.infinitives:
            found += _about_subject(subject, "is", "to " + rest, lexicon)
            break
        if word in AUXILIARIES:
            found += _about_subject(subject, word, rest, lexicon)
            found += _about_rest(subject, word, "", rest, lexicon)
            break
        verb = lexicon.present(word) if word.islower() else None
        if verb:
            found += _about_subject(subject, word, rest, lexicon)
            found += _about_rest(subject, "does", verb, rest, lexicon)
            break
    return _fit(found)


def questions_of(sentence: str, lexicon: Lexicon) -> list[Cloze]:
    """Return the questions that the rules make from a sentence; for most there are none."""
    if not is_whole(sentence):
        return []
    found = list(_offices(sentence, lexicon))
    for start in [0, *(inner.end() for inner in _INNER.finditer(sentence))]:
        clause = clause_of(sentence[start:], lexicon)
        if clause is not None:
            found += _about_subject(*clause, lexicon)
            subject, verb, rest = clause
            base = "" if verb in AUXILIARIES else lexicon.base(verb)
            found += _about_rest(subject, "did" if base else verb, base or "", rest, lexicon)
    for match in _RELATIVE.finditer(sentence):
        tail = trim(match.group(3), MOST_WORDS - 3)
        known = match.group(2) in AUXILIARIES or lexicon.base(match.group(2))
        question = tail and known and asked(f"Who {match.group(2)} {tail}")
        if question and match.group(2) not in {"were", "are", "have"}:
            found.append(Cloze(question, match.group(1), "person"))
    return _fit(found)


def _fit(found: Iterable[Cloze]) -> list[Cloze]:
    """Drop questions that contain their answer, and answers that are not usable."""
    return [
        cloze
        for cloze in found
        if len(cloze.answer) > 1 + (not cloze.answer[0].isdigit())
        and cloze.answer not in _NO_ANSWERS
        and cloze.answer.lower() not in cloze.question.lower()
    ]


def _offices(sentence: str, lexicon: Lexicon) -> Iterable[Cloze]:
    for match in _OFFICE.finditer(sentence):
        question = asked(f"Who is the {match.group(1)}")
        own = match.group(1).split(" ")[0] not in {"Her", "His", "The", "Their", "But", "And"}
        if question and own and match.group(2) in lexicon.people:
            yield Cloze(question, match.group(2), "person")
    for match in _APPOSED.finditer(sentence):
        question = asked(f"Who is the {match.group(2)}")
        if question and match.group(1) in lexicon.people:
            yield Cloze(question, match.group(1), "person")


def _about_subject(subject: str, verb: str, rest: str, lexicon: Lexicon) -> Iterable[Cloze]:
    counted = _COUNTED.match(subject)
    tail = trim(rest, MOST_WORDS - 3)
    if not tail:
        return
    if counted is not None:
        after = subject[counted.end() :]
        question = asked(f"How many {counted.group(2)}{after} {verb} {tail}")
        if question:
            yield Cloze(question, counted.group(1), "count", counted.group(2).split(" ")[-1])
        return
    name = TITLE.sub("", subject)
    match = NAME.fullmatch(name) or NAME.fullmatch(name.removeprefix("the "))
    agent = _AGENT.search(" " + tail)
    if match is not None and name.split(" ")[0].lower() not in SMALL - {"the"}:
        kind, asks = kind_of(match.group(), lexicon)
        # A plural verb would not agree with "Which party".
        question = asked(f"{asks} {verb} {tail}")
        if question and verb not in {"were", "are", "have"}:
            yield Cloze(question, match.group(), kind)
    elif subject.count(" ") in (1, 2, 3) and re.match(r"(?:The|A|An) [a-z ]+$", subject):
        question = asked(f"What {verb} {tail}")
        if question:
            yield Cloze(question, subject.split(" ", 1)[1], "thing")
    if verb in {"was", "were"} and agent is not None:
        done = tail.split(" ")[0]
        name = TITLE.sub("", agent.group(1))
        base = lexicon.base(done)
        if base and done.endswith("ed") and NAME.fullmatch(name.removeprefix("the ")):
            kind, asks = kind_of(name, lexicon)
            between = tail[len(done) : agent.start()].strip()
            question = asked(f"{asks} {done} {lowered(subject)} {between}")
            if question:
                yield Cloze(question, name.removeprefix("the "), kind)


def _about_rest(
    subject: str, auxiliary: str, base: str, rest: str, lexicon: Lexicon
) -> Iterable[Cloze]:
    """Questions about what follows the verb, with an auxiliary before the subject."""
    if rest.startswith("to ") or base == "say":
        return
    front, back = f"{auxiliary} {lowered(subject)}", base + " " if base else ""
    rest = DAYS.sub("", " " + rest)
    end = CUT.search(rest)
    first = rest[: end.start()] if end else rest
    budget = MOST_WORDS - front.count(" ") - 2
    if budget < 2:
        return

    def ask(words: str, before: str) -> str | None:
        trimmed = trim(before, budget) if before.strip() else ""
        if before.strip() and not trimmed:
            return None
        return asked(f"{words} {front} {back}{trimmed}")

    for pattern, words, kind in ((_DATE, "When", "date"), (_PLACE, "Where", "place")):
        match = pattern.search(rest)
        if match and (not end or match.start() <= end.start()):
            question = ask(words, rest[: match.start()])
            answer = match.group(1).removeprefix("the ")
            known = kind != "place" or answer.split(",")[0] in lexicon.places
            if question and known:
                yield Cloze(question, answer, kind)
    counted = _COUNTED.search(first)
    if counted:
        after = first[counted.end() :]
        question = ask(f"How many {counted.group(2)}", first[: counted.start()] + after)
        if question:
            yield Cloze(question, counted.group(1), "count", counted.group(2).split(" ")[-1])
    money = _MONEY.search(first)
    if money:
        question = ask("How much", first[: money.start()] + first[money.end() :])
        if question:
            yield Cloze(question, money.group(1), "money")
    thing = re.match(
        r" (?:the |an? |its |his |her )((?:[\w'-]+ ){1,3}[\w'-]+?)"
        r"(?= (?:in|on|at|for|after|from|by|to|during|against|with|into|over)\b|$)",
        first,
    )
    if thing and base and not LOOSE.search(thing.group(1)):
        question = ask("What", first[thing.end() :])
        if question:
            yield Cloze(question, thing.group(1), "thing")
