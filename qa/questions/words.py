"""What the rules of `rules` know about words: verbs, names, and what kind of thing is named.

Verbs and people are learnt from the collection. A word is a past tense if its infinitive occurs
after "to". A name is a person if it occurs with a title or shares a first name with such names.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

AUXILIARIES = frozenset("is are was were has have had will would can could may might must".split())
_IRREGULAR = dict(
    pair.split(":")
    for pair in """
    won:win took:take gave:give began:begin became:become came:come made:make found:find
    held:hold led:lead left:leave lost:lose met:meet paid:pay put:put ran:run sent:send set:set
    shot:shoot sold:sell spent:spend told:tell went:go wrote:write broke:break brought:bring
    built:build bought:buy chose:choose cut:cut drew:draw drove:drive fell:fall flew:fly
    fought:fight got:get grew:grow hit:hit kept:keep knew:know rose:rise saw:see shook:shake
    spoke:speak stood:stand stole:steal struck:strike swept:sweep taught:teach threw:throw
    thought:think understood:understand withdrew:withdraw overthrew:overthrow beat:beat
    caught:catch felt:feel forgot:forget heard:hear sought:seek sank:sink said:say
    """.split()
)
"""The infinitives of irregular past tenses."""
CAPITAL = r"[A-Z][\w’'&-]*"
NAME = re.compile(
    rf"{CAPITAL}(?:(?: (?:of|of the|de|da|del|van|von|bin|al|la|el|and the)(?= [A-Z]))? {CAPITAL}"
    rf"|(?<=\b[A-Z])\. {CAPITAL})*"
)
TITLE = re.compile(
    r"(?:(?:Mr|Mrs|Ms|Dr|Sir|President|Prime Minister|Minister|Senator|Governor|Mayor|Judge|"
    r"Justice|General|Captain|Chancellor|King|Queen|Prince|Princess|Pope|Secretary|Foreign|"
    r"Defen[cs]e|Interior|Finance|State|Vice|Deputy|Former|The|Chief|Colonel|Professor|Attorney|"
    r"Representative|Congressman|Speaker|Chairman|Director|Police|Coach|Lord|Lieutenant|Sgt|Lt|"
    r"Gen|Sen|Gov|Rep|Executive|Leader)\.? )+"
)
_SPOKE = re.compile(r",? (?:said|told|added|says|stated|who (?:is|was|has))\b")
SMALL = frozenset("the a an of and for de in on at to".split())
COUNTRIES = frozenset(
    name.strip()
    for name in """
    Afghanistan, Argentina, Australia, Austria, Bangladesh, Belgium, Bolivia, Brazil, Canada, Chile,
    China, Colombia, Croatia, Cuba, Denmark, Egypt, Ethiopia, Finland, France, Georgia, Germany,
    Greece, Haiti, Hungary, Iceland, India, Indonesia, Iran, Iraq, Ireland, Israel, Italy, Jamaica,
    Japan, Jordan, Kenya, Kosovo, Kuwait, Lebanon, Libya, Malaysia, Mexico, Morocco, Nepal,
    Netherlands, New Zealand, Nigeria, North Korea, Norway, Pakistan, Palestine, Peru, Philippines,
    Poland, Portugal, Romania, Russia, Saudi Arabia, Serbia, Singapore, Somalia, South Africa,
    South Korea, Spain, Sri Lanka, Sudan, Sweden, Switzerland, Syria, Taiwan, Thailand, Tunisia,
    Turkey, Uganda, Ukraine, United Kingdom, United States, Venezuela, Vietnam, Yemen, Zimbabwe,
    Britain, England, Scotland, Wales
    """.split(",")
)
KINDS = {
    "university": "university", "party": "party", "court": "court", "airlines": "airline",
    "airways": "airline", "police": "police force", "bank": "bank", "company": "company",
    "corporation": "company", "inc": "company", "government": "government", "army": "army",
    "agency": "agency", "association": "organization", "ministry": "ministry",
    "council": "council", "committee": "committee", "commission": "commission", "union": "union",
    "department": "department", "organization": "organization", "foundation": "organization",
    "times": "newspaper", "post": "newspaper", "league": "league", "club": "club",
    "institute": "institute", "group": "group", "airport": "airport", "river": "river",
    "hurricane": "hurricane", "city": "city", "island": "island", "hospital": "hospital",
}  # fmt: skip
"""What is named, by the last word of the name."""
_ORGANIZATION_WORDS = frozenset(
    """
    organization organisation survey department office authority service services board center
    centre federation of nations news press human watch administration bureau force forces
    """.split()
)
"""Words in the names of organizations."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What has been learnt about the words of a collection."""

    people: frozenset[str]
    """Full and last names of people."""
    places: frozenset[str]
    """Names that often follow "in", "at" or "near"."""
    infinitives: Counter[str]
    """How often a word follows "to"."""

    def present(self, word: str) -> str | None:
        """Return the infinitive of a present tense such as "opens", or None."""
        for ending in ("es", "s"):
            base = word.removesuffix(ending)
            if word.endswith(ending) and self.infinitives[base] > 4:
                return base
        return None

    def base(self, past: str) -> str | None:
        """Return the infinitive of a past tense, or None if it is unknown."""
        if past in _IRREGULAR:
            return _IRREGULAR[past]
        if not past.endswith("ed") or len(past) < 5:
            return None
        forms = [past[:-1], past[:-2]]
        if past.endswith("ied"):
            forms.append(past[:-3] + "y")
        if past[-3] == past[-4]:
            forms.append(past[:-3])
        best = max(forms, key=lambda form: self.infinitives[form])
        return best if self.infinitives[best] > 1 else None


def collect_lexicon(texts: Iterable[str]) -> Lexicon:
    """Learn which names are people or places, and which words are verbs."""
    titled: Counter[str] = Counter()
    before: Counter[str] = Counter()
    inside: Counter[str] = Counter()
    infinitives: Counter[str] = Counter()
    for text in texts:
        infinitives.update(re.findall(r"\bto ([a-z]{2,})\b", text))
        for match in NAME.finditer(text):
            name = TITLE.sub("", match.group())
            if not name:
                continue
            before[name] += 1
            if re.search(r"\b(?:in|at|near) $", text[max(0, match.start() - 5) : match.start()]):
                inside[name] += 1
            if name != match.group() or _SPOKE.match(text, match.end()):
                titled[name] += 1
    places = {name for name, n in inside.items() if n > 2 and n > 0.3 * before[name]}
    # A name is a person too if its first name occurs in at least three names with a title.
    firsts = Counter(
        name.split(" ")[0]
        for name in titled
        if " " in name and not set(name.lower().split()) & _ORGANIZATION_WORDS
    )
    people = {
        name
        for name in before
        if name.count(" ") in (1, 2) and firsts[name.split(" ")[0]] > 2 and name not in places
    }
    lasts = Counter(name.rsplit(" ", 1)[1] for name in people)
    people |= {
        name
        for name, n in before.items()
        if " " not in name and (titled[name] > 0.3 * n or (lasts[name] > 0 and titled[name] > 0))
    }
    return Lexicon(frozenset(people - places), frozenset(places), infinitives)


def kind_of(name: str, lexicon: Lexicon) -> tuple[str, str]:
    """Return the kind of a name, and the question words that ask for it."""
    last = name.rsplit(" ", 1)[-1].lower().strip(".'’")
    words = set(name.lower().split())
    plain = name.removeprefix("The ").removeprefix("the ")
    if plain in COUNTRIES:
        return "name", "Which country"
    if last in KINDS:
        return "name", f"Which {KINDS[last]}"
    if words & _ORGANIZATION_WORDS:
        return "name", "Which organization"
    if plain in lexicon.people:
        return "person", "Who"
    if re.fullmatch(r"[A-Z]{3,6}", plain):
        return "name", "Which organization"
    return "name", "What"
